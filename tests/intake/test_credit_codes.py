"""Unified social credit codes: no real code is refused, every altered character is found."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from pipelines.intake.check import check_rows
from pipelines.intake.credit_code import ALPHABET, faults, normalise, organisation_faults

# codes of well-known companies, from their published reports
REAL = [
    "91110000802100433B", "914403001922038216", "91330100799655058B", "91110108551385082Q", "91440300708461136T",
    "9111000071093123XX",
]  # fmt: skip


def _code(prefix: str) -> str:
    return prefix + oracle.calc_check_digit(prefix)


prefixes = st.text(ALPHABET, min_size=17, max_size=17)


def rules(codes: list[str | None]) -> list[str | None]:
    return faults(normalise(pl.Series(codes, dtype=pl.String))).to_list()


@given(st.lists(prefixes, min_size=1, max_size=40))
def test_every_code_with_the_right_check_character_is_taken(bodies: list[str]) -> None:
    codes = [_code(body) for body in bodies]
    assert rules(codes) == [None] * len(codes)


@given(prefixes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_altered_character_is_found(body: str, place: int, other: str) -> None:
    code = _code(body)
    if code[place] != other:
        assert rules([code[:place] + other + code[place + 1 :]]) == ["credit_code_check"]


@given(st.lists(st.text(ALPHABET, min_size=18, max_size=18), min_size=1, max_size=40))
def test_the_verdict_is_that_of_an_independent_implementation(codes: list[str]) -> None:
    expected = [
        None if oracle.calc_check_digit(code[:17]) == code[17] else "credit_code_check" for code in codes
    ]
    assert rules(codes) == expected


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_outside_the_alphabet_are_named_as_such(letter: str) -> None:
    assert rules([REAL[0][:9] + letter + REAL[0][10:]]) == ["credit_code_letter"]


def test_width_case_and_spaces_do_not_matter() -> None:
    code = REAL[0]
    wide = code.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    spellings = [code.lower(), f" {code[:8]} {code[8:]}\u00a0", wide, f"\ufeff{code}", f"'{code}"]
    assert normalise(pl.Series(spellings)).to_list() == [code] * len(spellings)


def test_blank_codes_stay_blank() -> None:
    assert normalise(pl.Series(["", "  ", None])).to_list() == [None, None, None]
    assert rules(["", None]) == [None, None]


def test_a_code_that_a_spreadsheet_turned_into_a_number_is_said_to_be_one() -> None:
    assert rules(["9.11E+17", "911101080000000000000"])[0] == "credit_code_number"


def test_a_wrong_organisation_code_inside_a_right_credit_code_only_warns() -> None:
    codes = [_code("91110108" + "40000001" + check) for check in "0123456789X"]
    wrong = organisation_faults(pl.Series(codes)).to_list()
    assert wrong.count(False) == 1
    code = codes[wrong.index(True)]
    row = {"uscc": [code], "name": ["甲"], "province": ["北京"], "year": ["2024"]}
    checked = check_rows(pl.DataFrame(row), "annual_returns")
    assert checked.accepted
    assert checked.findings["rule"].to_list() == ["organisation_code"]


def test_real_codes_pass_both_checks() -> None:
    assert rules(REAL) == [None] * len(REAL)
    assert not organisation_faults(pl.Series(REAL)).any()
