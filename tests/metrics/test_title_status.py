"""Counts of titles on a day, each the sum of the rows that prove it."""

import datetime as dt
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics import title_status as status
from tests.metrics.ledger import event, on_polars, rows
from tests.metrics.test_titles import DAYS, SHORT, START, histories

D = dt.date
RECOGNISED = D(2023, 7, 1)
TODAY = D(2025, 12, 31)


def ladder(firm: str, *tiers: str) -> list[dict[str, Any]]:
    return [event(firm, "recognised", RECOGNISED, tier=tier) for tier in tiers]


def collected(members: Any) -> pl.DataFrame:
    return members.collect("polars").to_native()


@pytest.fixture(scope="module")
def terms() -> pl.DataFrame:
    return on_polars(
        rows(
            *ladder("A", "innovative", "srdi", "little_giant"),
            *ladder("B", "innovative", "srdi"),
            *ladder("C", "srdi", "little_giant"),
            *ladder("a listed name", "little_giant"),
            event("B", "cancelled_for_cause", D(2025, 3, 1), tier="srdi"),
            event("C", "updated", D(2025, 4, 1), tier="srdi"),
        )
    )


def test_firms_are_counted_by_tier_and_province_and_names_without_a_code_apart(terms: pl.DataFrame) -> None:
    found = status.held(terms, TODAY)
    assert found.select("tier", "province", "firms", "unmatched").rows() == [
        ("innovative", "440000", 2, 0),
        ("little_giant", None, 1, 1),
        ("little_giant", "440000", 1, 0),
        ("little_giant", "510000", 1, 0),
        ("srdi", "440000", 1, 0),
        ("srdi", "510000", 1, 0),
    ]


def test_the_members_of_a_count_name_firm_term_and_source_row(terms: pl.DataFrame) -> None:
    row = collected(status.held_members(terms, TODAY, "innovative")).sort("firm").row(1, named=True)
    assert (row["uscc"], row["name"], row["province"]) == ("B", "合成B", "440000")
    assert (row["valid_from"], row["due_on"]) == (RECOGNISED, D(2026, 7, 1))
    assert (row["opened_receipt"], row["opened_sheet"], row["opened_row"]) == (1, 1, 5)


def test_a_higher_title_without_the_lower_one_is_shown(terms: pl.DataFrame) -> None:
    assert status.nesting(terms, TODAY).rows() == [
        ("little_giant", "srdi", None, 1),
        ("srdi", "innovative", "510000", 1),
    ]
    assert set(collected(status.nesting_members(terms, TODAY))["firm"]) == {"C", "a listed name"}


def test_a_title_is_due_from_the_day_after_today_to_the_end_of_the_span(terms: pl.DataFrame) -> None:
    due_on = D(2026, 7, 1)
    firms = [
        status.due(terms, as_of, until)["firms"].sum()
        for as_of, until in [
            (TODAY, due_on),
            (TODAY, due_on - dt.timedelta(days=1)),
            (due_on - dt.timedelta(days=1), due_on),
            (due_on, D(2027, 1, 1)),
        ]
    ]
    assert firms == [7, 0, 7, 0]
    row = status.due(terms, TODAY, due_on, "srdi").row(0, named=True)
    assert row == {"tier": "srdi", "province": "440000", "title_batch": "1", "due_on": due_on, "firms": 1}


def test_every_month_of_a_span_is_counted_also_those_in_which_nothing_falls_due() -> None:
    due = pl.DataFrame({"month": [D(2026, 1, 1), D(2026, 1, 1), D(2026, 3, 1)], "firms": [2, 3, 4]})
    found = status.due_by_month(due, D(2025, 12, 31), D(2026, 3, 31))
    assert found.rows() == [(D(2026, 1, 1), 5), (D(2026, 2, 1), 0), (D(2026, 3, 1), 4)]
    empty = status.due_by_month(due.clear(), D(2025, 12, 30), D(2026, 1, 1))
    assert empty.rows() == [(D(2025, 12, 1), 0), (D(2026, 1, 1), 0)]


def test_past_its_validity_a_reviewed_title_is_overdue_and_still_counted(terms: pl.DataFrame) -> None:
    found = (
        status.held(terms, D(2026, 7, 1)).group_by("tier").agg(pl.col("firms", "overdue").sum()).sort("tier")
    )
    assert found.rows() == [("little_giant", 3, 3), ("srdi", 2, 2)]
    assert collected(status.overdue_members(terms, D(2026, 7, 1))).height == 5


def test_what_was_due_in_an_earlier_year_is_still_told_for_that_year() -> None:
    passed = event("A", "review_passed", D(2026, 6, 1))
    assert (
        status.due(on_polars(rows(*ladder("A", "little_giant"), passed)), TODAY, D(2026, 12, 31))[
            "firms"
        ].sum()
        == 1
    )


def test_a_name_new_on_a_review_list_is_counted_with_a_warning() -> None:
    terms = on_polars(rows(event("A", "review_passed", RECOGNISED), *ladder("B", "little_giant")))
    assert status.held(terms, TODAY).select("firms", "new_on_review").rows() == [(2, 1)]


def test_a_cancelled_firm_may_apply_again_after_three_years(terms: pl.DataFrame) -> None:
    firms = [
        collected(status.barred_members(terms, day))["firm"].to_list()
        for day in (D(2025, 2, 28), D(2025, 3, 1), D(2028, 2, 29), D(2028, 3, 1))
    ]
    assert firms == [[], ["B"], ["B"], []]


def test_changes_say_what_opened_and_what_ended_a_title(terms: pl.DataFrame) -> None:
    assert status.changes(terms, D(2025, 1, 1), TODAY).rows() == [
        ("srdi", "440000", "ended", "cancelled_for_cause", 1)
    ]
    assert status.changes(terms, D(2023, 1, 1), D(2024, 1, 1))["firms"].sum() == 8


days = st.integers(-10, DAYS + 10).map(lambda number: START + dt.timedelta(days=number))


@settings(max_examples=40, deadline=None)
@given(histories(dated_back=True), days, days)
def test_what_is_held_is_what_was_held_and_the_opened_less_the_ended(
    events: pl.DataFrame, one: dt.date, other: dt.date
) -> None:
    terms, (since, as_of) = on_polars(events, **SHORT), sorted([one, other])
    by = status.changes(terms, since, as_of).group_by("tier", "change").agg(pl.col("firms").sum()).rows()
    moved = {(tier, change): firms for tier, change, firms in by}
    for tier in ("innovative", "srdi", "little_giant"):
        before, after = (status.held(terms, day, tier)["firms"].sum() for day in (since, as_of))
        assert after == before + moved.get((tier, "opened"), 0) - moved.get((tier, "ended"), 0)


@settings(max_examples=25, deadline=None)
@given(histories(), days, days)
def test_every_count_is_the_number_of_its_members_on_either_engine(
    events: pl.DataFrame, one: dt.date, other: dt.date
) -> None:
    terms, (since, as_of) = on_polars(events, **SHORT), sorted([one, other])
    with duckdb.connect() as connection:
        connection.register("terms_in", terms.to_arrow())
        relation = connection.table("terms_in")
        for name, span in {
            "held": (as_of,),
            "due": (since, as_of),
            "changes": (since, as_of),
            "nesting": (as_of,),
        }.items():
            count, members = getattr(status, name), getattr(status, f"{name}_members")
            counted = count(terms, *span)
            listed = collected(members(terms, *span))
            assert counted["firms"].sum() == listed.height
            assert_frame_equal(count(relation, *span), counted)
            order = ["tier", "firm", "valid_from", "opened_row", *listed.columns[18:]]
            assert_frame_equal(collected(members(relation, *span)).sort(order), listed.sort(order))
