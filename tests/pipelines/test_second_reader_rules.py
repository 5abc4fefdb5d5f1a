"""What the second reader asks: rules drawn from the contracts, arithmetic in SQL, and what agreement means."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from stdnum.cn import uscc as oracle

from data import words
from data.dataset import CHECK_KINDS, contract, datasets
from pipelines.second_reader import codes, rules
from pipelines.second_reader.agreement import COUNTS, compare
from tests.oracle import credit_codes


def test_a_repeated_key_counts_every_row_after_the_first_within_a_receipt_and_blanks_are_a_value() -> None:
    sql = next(rule for rule in rules.rules_of(contract("title_events")) if rule.id == "repeated_key").setting
    rows = pl.DataFrame(
        {
            "receipt_id": [1, 1, 1, 1, 2, 1],
            "sheet_no": [1, 1, 1, 1, 1, 2],
            "row_no": [2, 3, 4, 5, 2, 2],
            "uscc": [None, None, "a", "a", None, None],
            "name": ["x", "x", "x", "x", "x", "x"],
            **{name: ["same"] * 6 for name in ("tier", "event", "event_date", "title_batch")},
        }
    )
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        assert sorted(connection.sql(sql.format(batch="rows")).fetchall()) == [
            (1, 1, 3),
            (1, 1, 5),
            (1, 2, 2),
        ]


def test_too_many_rows_of_a_kind_are_counted_within_a_receipt_and_all_of_them_given() -> None:
    asked = rules.rules_of(contract("platforms"))
    sql = next(rule for rule in asked if rule.id == "platforms_of_a_province").setting
    provinces = ["110000"] * 4 + ["120000"] * 3 + [None] * 4 + ["130000"] * 4
    rows = pl.DataFrame(
        {
            "receipt_id": [1] * 11 + [1, 1, 2, 2],
            "sheet_no": 1,
            "row_no": range(2, 17),
            "round": "round-1",
            "support_batch": 1,
            "province": provinces,
        }
    )
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        found = connection.sql(sql.format(batch="rows")).fetchall()
    assert sorted(found) == [(1, 1, row) for row in (2, 3, 4, 5)]


@settings(deadline=None)
@given(
    st.lists(st.text(codes.ALPHABET, min_size=17, max_size=17), min_size=1, max_size=20),
    st.sampled_from(codes.ALPHABET),
)
def test_the_check_character_in_sql_is_the_one_of_another_implementation(
    bodies: list[str], last: str
) -> None:
    given_codes = [body + end for body in bodies for end in (last, oracle.calc_check_digit(body))]
    wrong = answers(given_codes, f"c, {codes.has_wrong_check('c')}, {codes.is_well_formed('c')}")
    assert wrong == [(c, oracle.calc_check_digit(c[:17]) != c[17], True) for c in given_codes]


@settings(deadline=None)
@given(st.lists(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8), min_size=1, max_size=20),
       st.sampled_from("0123456789AX"))  # fmt: skip
def test_the_organisation_code_in_sql_is_the_one_of_another_implementation(
    bodies: list[str], last: str
) -> None:
    ends = [(body, end) for body in bodies for end in (last, credit_codes.organisation_check(body))]
    wrong = answers([f"91320505{body}{end}0" for body, end in ends], codes.has_wrong_organisation_check("c"))
    assert [found for (found,) in wrong] == [
        credit_codes.organisation_check(body) != end for body, end in ends
    ]


@pytest.mark.parametrize(
    "odd", ["", "9132", "91320505I000000000", "913205050000000000 ", "91320505000000000a"]
)
def test_a_code_out_of_form_is_not_well_formed(odd: str) -> None:
    assert answers([odd], codes.is_well_formed("c")) == [(False,)]


def answers(given_codes: list[str], question: str) -> list[tuple]:
    with duckdb.connect() as connection:
        connection.register("t", pl.DataFrame({"c": given_codes}))
        return connection.table("t").project(question).fetchall()


def counts(*rows: tuple[str, str, str, str, int | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def test_agreement_sets_both_counts_side_by_side() -> None:
    first = counts(
        ("a", "jump", "revenue", "warning", 2),
        ("a", "formula", "revenue", "warning", 5),
        ("a", "planned_city", "province", "warning", 1),
        ("a", "unheard_of", "name", "warning", 1),
    )
    second = counts(
        ("a", "jump", "revenue", "warning", 2),
        ("a", "below_low", "revenue", "error", 0),
        ("a", "above_high", "revenue", "error", None),
        ("a", "planned_city", "province", "error", 1),
    )
    expected = pl.DataFrame(
        [
            ("a", "above_high", "revenue", "error", 0, None, False),
            ("a", "below_low", "revenue", "error", 0, 0, True),
            ("a", "formula", "revenue", "warning", 5, None, None),
            ("a", "jump", "revenue", "warning", 2, 2, True),
            ("a", "planned_city", "province", "error", 1, 1, False),
            ("a", "unheard_of", "name", "warning", 1, None, False),
        ],
        schema=["dataset", "rule", "column", "severity", "first", "second", "agrees"],
        orient="row",
    )
    assert_frame_equal(compare(first, second), expected)


@pytest.mark.parametrize("dataset", datasets())
def test_a_rule_is_named_once_and_as_the_first_reader_names_it(dataset: str) -> None:
    found = rules.rules_of(contract(dataset))
    assert len({(rule.id, rule.column) for rule in found}) == len(found)
    known = {check.id for check in contract(dataset).checks} | set(rules.OF_LOADING)
    assert [
        rule.id
        for rule in found
        if rule.id not in known and f"findings.{rule.id}.message" not in words.catalogue("zh")
    ] == []
    assert all(rule.text.keys() == {"zh", "en"} for rule in found if rule.column)


def test_every_kind_of_check_is_asked() -> None:
    assert rules._OF_CHECKS.keys() == CHECK_KINDS.keys()
    assert len(rules.reporting_units()) == 37
