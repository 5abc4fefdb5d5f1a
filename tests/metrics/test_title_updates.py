"""Who had to update by the yearly deadline, and who did not."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import pytest

from data.titles_policy import title_rules
from metrics import title_updates
from tests.metrics.ledger import event, on_duckdb, on_polars, rows

D = dt.date
DEADLINE, TODAY = D(2024, 4, 30), D(2024, 6, 1)
HELD = rows(
    event("A", "recognised", D(2023, 6, 1)),
    event("B", "recognised", D(2024, 4, 30)),
    event("C", "recognised", D(2024, 5, 1)),
    event("a listed name", "recognised", D(2022, 6, 1)),
)


def updates(*found: tuple[str, str, int, dt.date | None]) -> pl.DataFrame:
    schema = {"uscc": pl.String, "tier": pl.String, "year": pl.Int64, "completed_on": pl.Date}
    return pl.DataFrame(list(found), schema=schema, orient="row")


def missed(received: pl.DataFrame) -> list[str]:
    found = title_updates.missed_members(on_polars(HELD), received, TODAY, DEADLINE, "little_giant")
    return sorted(found.collect("polars").to_native()["firm"])


@pytest.mark.parametrize(
    ("as_of", "deadline"),
    [(D(2024, 4, 30), D(2023, 4, 30)), (D(2024, 5, 1), D(2024, 4, 30)), (D(2024, 1, 1), D(2023, 4, 30))],
)
def test_a_deadline_counts_once_its_day_is_over(as_of: dt.date, deadline: dt.date) -> None:
    by = title_rules().update_by
    assert title_updates.latest_deadline(as_of, by.month, by.day) == deadline


@pytest.mark.parametrize("ledger", [on_polars, on_duckdb])
def test_firms_with_a_code_that_held_the_title_by_the_deadline_had_to_update(ledger) -> None:
    found = title_updates.expected_members(ledger(HELD), TODAY, DEADLINE, "little_giant")
    assert sorted(found.collect("polars").to_native()["firm"]) == ["A", "B"]


def test_an_update_of_the_year_counts_though_it_came_late() -> None:
    assert missed(updates(("A", "little_giant", 2024, D(2024, 5, 20)))) == ["B"]


@pytest.mark.parametrize(
    "other",
    [
        ("A", "little_giant", 2023, D(2023, 4, 1)),
        ("A", "srdi", 2024, D(2024, 4, 1)),
        ("A", "little_giant", 2024, None),
        ("A", "little_giant", 2024, D(2024, 6, 2)),
    ],
)
def test_another_year_or_tier_or_an_update_not_completed_by_the_day_does_not(other) -> None:
    assert missed(updates(other)) == ["A", "B"]


def test_without_any_update_of_the_year_nothing_is_known() -> None:
    periods = on_polars(HELD)
    none = updates(("A", "little_giant", 2023, D(2023, 4, 1)))
    assert title_updates.missed(periods, none, TODAY, DEADLINE, "little_giant") is None
    some = updates(("A", "little_giant", 2024, D(2024, 4, 1)))
    found = title_updates.missed(periods, some, TODAY, DEADLINE, "little_giant")
    assert found is not None
    assert found.rows() == [("440000", 2, 1)]


@pytest.mark.parametrize(
    ("received", "counted"),
    [
        ([("A", D(2024, 4, 1)), ("B", D(2024, 4, 1)), ("B", D(2024, 4, 9))], (2, 0)),
        ([("A", D(2024, 4, 1)), ("A", D(2024, 5, 2)), ("C", D(2024, 4, 1))], (2, 1)),
        ([("C", D(2024, 4, 1)), ("a listed name", D(2024, 4, 1))], (2, 2)),
    ],
)
def test_the_counts_are_those_of_the_firms_listed_however_often_one_updates(received, counted) -> None:
    some = updates(*((uscc, "little_giant", 2024, day) for uscc, day in received))
    with duckdb.connect() as connection:
        stored = [connection.from_arrow(frame.to_arrow()) for frame in (on_polars(HELD), some)]
        for tables in ((on_polars(HELD), some), stored):
            found = title_updates.missed(*tables, TODAY, DEADLINE, "little_giant")
            assert found is not None
            assert found.rows() == [("440000", *counted)]
    assert counted[1] == len(missed(some))
