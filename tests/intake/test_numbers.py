"""Numbers as text become exact integers: fen for amounts, 10^-15 for percentages, nothing through a float."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.numbers import FEN_PLACES, fifteen_digits, read_number, read_numbers

MONEY = "10k yuan"
fen = st.integers(-(10**16), 10**16)


def plain(value: int, places: int) -> str:
    """An integer of 10^-places units as a decimal text."""
    digits = f"{abs(value):0{places + 1}d}"
    return ("-" if value < 0 else "") + digits[:-places] + "." + digits[-places:]


@given(st.lists(fen, min_size=1, max_size=50))
def test_any_amount_in_10k_yuan_comes_back_to_the_fen(amounts: list[int]) -> None:
    parsed = read_numbers(pl.Series([plain(amount, 6) for amount in amounts]), 6, MONEY)
    assert parsed.values.to_list() == amounts
    assert parsed.is_clean


@given(fen, st.sampled_from(sorted(FEN_PLACES)))
def test_an_amount_in_any_unit_of_a_heading_is_the_same_fen(amount: int, unit: str) -> None:
    places = FEN_PLACES[unit]
    assert read_number(plain(amount, places), places, MONEY) == (amount, None)


@given(fen, st.booleans(), st.booleans(), st.sampled_from(["", " ", "\u3000", "¥", "￥"]))
def test_separators_width_and_currency_do_not_change_an_amount(
    amount: int, group: bool, wide: bool, front: str
) -> None:
    whole, _, rest = plain(abs(amount), 6).partition(".")
    text = (f"{int(whole):,}" if group else whole) + "." + rest
    text = (
        ("-" if amount < 0 else "") + front.strip() + text
        if front in {"¥", "￥"}
        else front + ("-" if amount < 0 else "") + text
    )
    text = text.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}) if wide else text
    assert read_numbers(pl.Series([text]), 6, MONEY).values.to_list() == [amount]


@given(st.integers(-(10**12), 10**12), st.integers(7, 15))
def test_what_does_not_land_on_a_fen_is_refused_and_what_does_is_not(value: int, places: int) -> None:
    exact = Fraction(value, 10**places) * 10**6
    expected = (int(exact), None) if exact.denominator == 1 else (None, "not_on_a_fen")
    assert read_number(plain(value, places), 6, MONEY) == expected


@given(st.integers(-(10**14), 10**14))
def test_a_double_of_a_spreadsheet_lands_on_the_fen_that_was_typed(amount: int) -> None:
    double = float(plain(amount, 6))
    assert read_number(fifteen_digits(repr(double)), 6, MONEY) == (amount, None)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader_and_both_ways_agree(text: str) -> None:
    value, rule = read_number(text, 6, MONEY)
    assert value is None or rule is None
    column = read_numbers(pl.Series([text, "1"]), 6, MONEY)
    assert column.values[1] == 1_000_000
    if rule is None and value is not None:
        assert column.values[0] == value


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("约300", "not_a_number"),
        ("一百", "not_a_number"),
        ("100-200", "not_a_number"),
        ("1,23", "not_a_number"),
        ("1.234,50", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("1.#QNAN", "not_a_number"),
        ("-", "placeholder"),
        ("—", "placeholder"),
        ("无", "placeholder"),
        ("N/A", "placeholder"),
        ("None", "placeholder"),
        ("#DIV/0!", "error_cell"),
        ("#N/A", "error_cell"),
        ("TRUE", "boolean_in_number"),
        ("2024-01-05", "date_in_number"),
        ("1.2E+05", "scientific"),
        ("１２万", "ambiguous_amount"),
        ("3.5亿元", "unit_in_cell"),
        ("5%", "unit_in_cell"),
        ("$5", "not_a_number"),
        ("0.0000001", "not_on_a_fen"),
    ],
)
def test_what_is_no_plain_amount_is_named_for_what_it_is(text: str, rule: str) -> None:
    assert read_number(text, 6, MONEY) == (None, rule)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12万元", 12_000_000),
        ("(1,234.50)", -1_234_500_000),
        ("−3", -3_000_000),
        (".5", 500_000),
        ("7.", 7_000_000),
    ],
)
def test_spellings_that_can_only_mean_one_figure_are_read(text: str, value: int) -> None:
    assert read_number(text, 6, MONEY) == (value, None)


def test_whole_columns_take_a_point_zero_and_no_fraction() -> None:
    parsed = read_numbers(pl.Series(["120.0", "12.5", "7人", None, " "]), 0, "persons", whole=True)
    assert parsed.values.to_list() == [120, None, 7, None, None]
    assert parsed.rules.to_list() == [None, "not_whole", None, None, None]
