"""Units beside their target, returns and industry; cities apart or counted in their province; no guess at a gap."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from data import published
from metrics import title_history, title_status, unit_progress
from tests.metrics.ledger import event, on_polars, rows

DAY = dt.date(2025, 12, 31)
COUNTS = {"valid": pl.Int64, "opened": pl.Int64, "ended": pl.Int64, "due": pl.Int64}


def units(*, with_cities: bool = False, **tables: dict[str, tuple]) -> dict[str, dict[str, Any]]:
    """`by_unit` of what is given as province → values, each row under its unit's code."""
    kinds = {
        "counts": COUNTS,
        "targets": {"target": pl.Int64},
        "coverage": {"expected": pl.Int64, "returned": pl.Int64},
        "context": {"above_scale_smes": pl.Int64},
    }
    frames = {
        name: pl.DataFrame(
            [(code, *values) for code, values in tables.get(name, {}).items()],
            schema={"province": pl.String} | schema,
            orient="row",
        )
        for name, schema in kinds.items()
    }
    found = unit_progress.by_unit(**frames, units=published.units(), with_cities=with_cities)
    return {row["code"]: row for row in found.iter_rows(named=True)}


LIAONING, DALIAN = "210000", "210200"
HELD = {LIAONING: (30, 5, 2, 4), DALIAN: (12, 3, 1, 2)}


def test_there_are_37_units_and_one_without_a_title_has_none() -> None:
    found = units(counts=HELD)
    assert len(found) == 37
    assert (found["XPCC"]["valid"], found["XPCC"]["target"], found["XPCC"]["attained_pct"]) == (0, None, None)


def test_a_city_counted_in_its_province_is_no_unit_of_its_own() -> None:
    found = units(counts=HELD, targets={LIAONING: (40,), DALIAN: (10,)}, with_cities=True)
    assert len(found) == 32
    row = found[LIAONING]
    assert (row["valid"], row["opened"], row["ended"], row["due"]) == (42, 8, 3, 6)
    assert (row["target"], row["attained_pct"], row["is_reached"]) == (50, 84.0, False)


def test_a_sum_of_which_one_part_is_not_known_is_not_known() -> None:
    row = units(counts=HELD, targets={LIAONING: (40,)}, context={DALIAN: (900,)}, with_cities=True)[LIAONING]
    assert (row["target"], row["attained_pct"], row["is_reached"], row["density"]) == (None, None, None, None)


def test_ratios_are_of_their_two_parts() -> None:
    row = units(counts=HELD, coverage={DALIAN: (80, 60)}, context={DALIAN: (6_000,)})[DALIAN]
    assert (row["coverage_pct"], row["density"]) == (75.0, 2.0)


@pytest.mark.parametrize("column", ["expected", "above_scale_smes", "target"])
def test_nothing_is_divided_by_zero(column: str) -> None:
    given = {"coverage": {DALIAN: (0, 0)}, "context": {DALIAN: (0,)}, "targets": {DALIAN: (0,)}}
    row = units(counts=HELD, **given)[DALIAN]
    ratio = {"expected": "coverage_pct", "above_scale_smes": "density", "target": "attained_pct"}[column]
    assert (row[column], row[ratio]) == (0, None)


def test_the_summary_names_how_many_reached_their_target_the_median_and_the_largest() -> None:
    table = {LIAONING: (30, 0, 0, 0), DALIAN: (12, 0, 0, 0)} | {
        code: (20, 0, 0, 0) for code in published.units().filter("in_programme")["code"] if code not in HELD
    }
    found = unit_progress.by_unit(
        pl.DataFrame(
            [(code, *row) for code, row in table.items()],
            schema={"province": pl.String} | COUNTS,
            orient="row",
        ),
        pl.DataFrame({"province": [LIAONING, DALIAN], "target": [30, 13]}),
        pl.DataFrame(schema={"province": pl.String, "expected": pl.Int64, "returned": pl.Int64}),
        pl.DataFrame(schema={"province": pl.String, "above_scale_smes": pl.Int64}),
        published.units(),
        with_cities=False,
    )
    assert unit_progress.summary(found) == {
        "targets": 2, "reached": 1, "median": 20.0, "most": 30, "largest": LIAONING,
    }  # fmt: skip


def test_a_year_goes_from_the_same_day_of_the_year_before() -> None:
    assert unit_progress.year_before(dt.date(2024, 2, 29)) == dt.date(2023, 2, 28)
    assert unit_progress.year_after(dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)


def test_counts_of_a_year_are_those_of_the_ledger() -> None:
    terms = on_polars(
        rows(
            event("A", "recognised", dt.date(2023, 7, 1)),
            event("B", "recognised", dt.date(2025, 3, 1)),
            event("C", "recognised", dt.date(2025, 1, 1)),
            event("C", "cancelled_for_cause", dt.date(2025, 6, 1)),
            event("listed only", "recognised", dt.date(2025, 5, 1)),
        )
    )
    due = title_status.due(terms, DAY, unit_progress.year_after(DAY))
    found = unit_progress.title_counts(title_history.turns(terms), due, DAY)
    rows_of = {row["province"]: row for row in found.iter_rows(named=True)}
    assert (rows_of["440000"]["valid"], rows_of["440000"]["opened"], rows_of["440000"]["due"]) == (2, 1, 1)
    assert (rows_of["510000"]["valid"], rows_of["510000"]["opened"], rows_of["510000"]["ended"]) == (0, 1, 1)
    assert (rows_of[None]["valid"], rows_of[None]["due"]) == (1, 0)
