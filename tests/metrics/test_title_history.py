"""Holders by quarter: what began by then, less what ended by then; equal to counting the day itself."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import title_history, title_status
from tests.metrics.ledger import event, on_duckdb, on_polars, rows

DAY = dt.date(2025, 2, 10)


def test_quarters_end_on_their_last_day_and_the_run_on_the_day_asked_for() -> None:
    assert title_history.quarter_ends(dt.date(2024, 6, 30), DAY) == [
        dt.date(2024, 6, 30),
        dt.date(2024, 9, 30),
        dt.date(2024, 12, 31),
        DAY,
    ]


def test_the_last_day_of_a_quarter_is_not_said_twice() -> None:
    end = dt.date(2025, 3, 31)
    assert title_history.quarter_ends(dt.date(2025, 1, 1), end) == [end]


days = st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))
events = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "unknown"]),
        st.sampled_from(["recognised", "review_passed", "review_failed", "cancelled_for_cause"]),
        days,
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(events, st.lists(days, min_size=1, max_size=6, unique=True))
def test_holders_of_a_day_are_those_counted_on_that_day(history: list[tuple], asked: list[dt.date]) -> None:
    terms = on_polars(rows(*(event(firm, kind, on) for firm, kind, on in history)))
    found = title_history.held_at(title_history.turns(terms), asked)
    counted = {
        day: title_status.held_members(terms, day).collect("polars").to_native().height for day in asked
    }
    assert dict(found.select("day", "firms").iter_rows()) == (counted if terms.height else {})


def test_both_engines_give_the_same_turns() -> None:
    history = rows(
        event("A", "recognised", dt.date(2020, 7, 1)),
        event("B", "recognised", dt.date(2021, 7, 1)),
        event("A", "cancelled_for_cause", dt.date(2022, 3, 4)),
        event("listed only", "recognised", dt.date(2022, 3, 4)),
    )
    first, other = (title_history.turns(engine(history)) for engine in (on_polars, on_duckdb))
    assert first.equals(other)
    assert (first["began"].sum(), first["stopped"].sum()) == (3, 1)


@settings(deadline=None, max_examples=40)
@given(events, days, days)
def test_a_year_of_titles_is_what_the_ledger_counts(
    history: list[tuple], one: dt.date, other: dt.date
) -> None:
    since, as_of = sorted([one, other])
    terms = on_polars(rows(*(event(firm, kind, on) for firm, kind, on in history)))
    found = title_history.year_of_titles(title_history.turns(terms), as_of, since)
    changed = title_status.changes(terms, since, as_of)
    assert found["valid"].sum() == title_status.held(terms, as_of)["firms"].sum()
    for change in ("opened", "ended"):
        assert found[change].sum() == changed.filter(pl.col("change") == change)["firms"].sum()
