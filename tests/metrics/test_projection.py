"""The projection repeats what was observed: certain where nothing varies, and the same for the same seed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import projection, title_history
from tests.metrics.ledger import event, on_duckdb, on_polars, rows

D = dt.date
TODAY = D(2024, 12, 31)


def past(*years: tuple[int, int, int, int, int]) -> pl.DataFrame:
    """Years as held, opened, passed, failed, otherwise."""
    columns = ("held", "opened", "passed", "failed", "otherwise")
    return pl.DataFrame(list(years), schema=dict.fromkeys(columns, pl.Int64), orient="row")


def project(due: dict[int, int], observed: pl.DataFrame, years: int = 4, seed: int = 1) -> np.ndarray:
    found = projection.project(due, observed, years=years, validity_years=3, draws=500, seed=seed)
    assert found is not None
    return found


def test_where_all_pass_and_none_come_the_stock_stays() -> None:
    assert (project({1: 10, 2: 20, 3: 30}, past((60, 0, 10, 0, 0))) == 60).all()


def test_where_none_pass_the_titles_end_in_the_year_they_fall_due() -> None:
    found = project({1: 10, 2: 20, 3: 30}, past((60, 0, 0, 10, 0)))
    assert (found == np.array([50, 30, 0, 0])).all()


def test_new_titles_fall_due_after_their_validity() -> None:
    found = project({}, past((0, 100, 0, 10, 0)), years=6)
    mean = found.mean(axis=0)
    assert mean[:3] == pytest.approx([100, 200, 300], rel=0.05)
    assert mean[3:] == pytest.approx([300, 300, 300], rel=0.05)


def test_what_ends_otherwise_ends_among_the_titles_that_are_not_due() -> None:
    assert (project({2: 40}, past((100, 0, 1, 0, 100))) == 0).all()


def test_a_cancellation_in_the_first_year_is_a_share_of_those_who_came() -> None:
    observed = past((0, 1_000, 0, 0, 1), (1_000, 0, 10, 0, 0))
    assert (project({2: 1_000}, observed, years=1) > 900).all()


def test_the_same_seed_gives_the_same_holders_and_another_one_others() -> None:
    observed = past((100, 30, 20, 5, 1), (120, 60, 25, 2, 0))
    assert (project({1: 50}, observed, seed=4) == project({1: 50}, observed, seed=4)).all()
    assert (project({1: 50}, observed, seed=4) != project({1: 50}, observed, seed=5)).any()


def test_without_a_review_or_expiry_there_is_no_projection() -> None:
    for observed in (past(), past((0, 10, 0, 0, 0))):
        assert projection.project({1: 5}, observed, years=3, validity_years=3, draws=10, seed=1) is None


def test_the_median_lies_in_the_intervals_and_the_wider_holds_the_narrower() -> None:
    holders = project({1: 50, 2: 70, 3: 90}, past((100, 30, 20, 5, 1), (120, 60, 25, 2, 0)))
    days = projection.anniversaries(TODAY, 4)[1:]
    found = projection.forecast(holders, days, 200)
    ordered = ["low_95", "low_80", "median", "high_80", "high_95"]
    for row in found.select(ordered).rows():
        assert list(row) == sorted(row)
    assert found["day"].to_list() == [D(2025, 12, 31), D(2026, 12, 31), D(2027, 12, 31), D(2028, 12, 31)]
    assert found["reached_pct"].is_between(0, 100).all()
    assert found["reached_pct"][0] == 100 * (holders[:, 0] >= 200).mean()


HISTORY = rows(
    event("A", "recognised", D(2020, 6, 1), tier="srdi"),
    event("B", "recognised", D(2020, 6, 1), tier="srdi"),
    event("A", "review_passed", D(2023, 7, 1), tier="srdi"),
    event("C", "recognised", D(2023, 9, 1), tier="srdi"),
    event("C", "cancelled_for_cause", D(2024, 2, 1), tier="srdi"),
    event("C", "announced", D(2022, 1, 1), tier="innovative"),
)


@pytest.mark.parametrize("ledger", [on_polars, on_duckdb])
def test_flows_are_counted_in_the_years_up_to_the_day(ledger) -> None:
    found = projection.flows(ledger(HISTORY), TODAY, 2)
    assert found.rows() == [
        ("srdi", "440000", D(2023, 12, 31), 0, 1, 1, 0),
        ("srdi", "510000", D(2023, 12, 31), 1, 0, 0, 0),
        ("srdi", "510000", D(2024, 12, 31), 0, 0, 0, 1),
    ]  # fmt: skip


def test_observed_years_begin_with_the_first_title_and_say_the_pass_rate() -> None:
    ledger = on_polars(HISTORY)
    turns = title_history.turns(ledger)
    found = projection.past_years(projection.flows(ledger, TODAY, 6), turns, "srdi", TODAY, 6)
    assert found["year_end"].to_list() == [D(year, 12, 31) for year in range(2020, 2025)]
    assert found.row(3, named=True) == {
        "year_end": D(2023, 12, 31), "held": 2, "opened": 1, "passed": 1, "failed": 1, "otherwise": 0, "pass_pct": 50.0,
    }  # fmt: skip
    own = projection.past_years(projection.flows(ledger, TODAY, 6), turns, "srdi", TODAY, 6, ["510000"])
    assert own["held"].sum() == 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dates(D(2019, 1, 1), D(2026, 1, 1)), max_size=12))
def test_the_titles_that_fall_due_are_all_titles_in_force(days: list[dt.date]) -> None:
    events = rows(*[event(f"name {at}", "recognised", day) for at, day in enumerate(days)])
    due = projection.falling_due(on_polars(events), TODAY, 3)
    assert due["firms"].sum() == sum(day <= TODAY for day in days)
    assert due["step"].is_between(1, 3).all()
    overdue_or_first = sum(day <= D(2022, 12, 31) for day in days)
    assert due.filter(pl.col("step") == 1)["firms"].sum() == overdue_or_first
