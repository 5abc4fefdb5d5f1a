"""Share, pace, required increase, reached and held: each as its definition says, at the edges too."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from data import published
from metrics import progress, title_history
from tests.metrics.ledger import event, on_polars, rows

D = dt.date
RULES = SimpleNamespace(
    significant_from_percent=Decimal(95), moderate_from_percent=Decimal(60), near_zero_percent=Decimal(1)
)
BEGIN, END = D(2021, 1, 1), D(2031, 1, 1)
HALF = D(2026, 1, 1)


def paced(base: int | None, latest: int | None, target: int = 1000, on: dt.date = HALF) -> dict[str, Any]:
    first = None if base is None else (BEGIN, base)
    return progress.pace(first, None if latest is None else (on, latest), target, END, RULES)


def test_the_classes_of_the_policy_are_those_of_the_tests_and_are_marked_an_assumption() -> None:
    found = published.targets().pace
    assert {name: getattr(found, name) for name in vars(RULES)} == vars(RULES)
    assert found.is_assumption


def test_growth_at_the_required_rate_has_a_ratio_of_one_hundred() -> None:
    found = paced(40, 200)
    # Five times in half the time, where five times five is needed in all of it.
    assert found["ratio_pct"] == pytest.approx(100, abs=0.2)
    assert (found["method"], found["pace"]) == ("growth", "significant")


@pytest.mark.parametrize(
    ("latest", "expected"),
    [(475, "significant"), (474, "moderate"), (300, "moderate"), (299, "insufficient"), (0, "insufficient")],
)
def test_from_a_base_of_nothing_the_yearly_increases_are_compared_and_the_edge_takes_the_better_class(
    latest: int, expected: str
) -> None:
    found = progress.pace((BEGIN, 0), (D(2026, 1, 2), latest), 1000, D(2031, 1, 3), RULES)
    assert (found["method"], found["pace"]) == ("linear", expected)
    assert found["observed_growth_pct"] is None


def test_a_base_of_one_percent_of_the_target_is_next_to_nothing_and_one_above_it_is_not() -> None:
    assert paced(10, 500)["method"] == "linear"
    assert paced(11, 500)["method"] == "growth"


def test_a_count_below_its_base_moves_away() -> None:
    found = paced(100, 90)
    assert found["pace"] == "away"
    assert found["observed_per_year"] < 0
    assert paced(5, 4)["pace"] == "away"


@pytest.mark.parametrize(("base", "latest"), [(None, None), (None, 10), (10, None), (1000, 1200)])
def test_without_two_counts_or_from_a_base_at_the_target_there_is_no_pace(
    base: int | None, latest: int | None
) -> None:
    assert (paced(base, latest)["method"], paced(base, latest)["pace"]) == ("none", "none")


def test_two_counts_of_one_day_have_no_pace() -> None:
    assert paced(10, 20, on=BEGIN)["pace"] == "none"


def test_the_required_increase_is_what_is_missing_by_the_years_that_are_left() -> None:
    found = paced(10, 500)
    assert found["required_per_year"] == pytest.approx(100, rel=1e-3)
    assert found["observed_per_year"] == pytest.approx(98, rel=1e-3)
    assert paced(10, 1000)["required_per_year"] is None
    assert paced(10, 500, on=END)["required_per_year"] is None


def turns() -> pl.DataFrame:
    """One title from 2019, two more in 2021; two end in 2023 and one of them comes back in 2024."""
    given = [event("A", "recognised", D(2019, 6, 1))]
    given += [event(firm, "recognised", D(2021, 6, 1)) for firm in ("B", "C")]
    given += [event(firm, "lapsed", D(2023, 3, 1)) for firm in ("A", "B")]
    given += [event("B", "recognised", D(2024, 3, 1))]
    return title_history.turns(on_polars(rows(*given)))


def target(count: int) -> pl.DataFrame:
    return pl.DataFrame({"tier": ["little_giant"], "target": [count], "horizon_to": [D(2025, 12, 31)]})


@pytest.mark.parametrize(
    ("as_of", "firms", "held"),
    [
        (D(2021, 5, 31), 1, None),
        (D(2021, 6, 1), 3, "held"),
        (D(2023, 3, 1), 1, "lost"),
        (D(2024, 3, 1), 2, "lost"),
    ],
)
def test_a_target_is_reached_on_the_first_day_at_it_and_held_as_long_as_the_count_is(
    as_of: dt.date, firms: int, held: str | None
) -> None:
    row = progress.registry_progress(turns(), target(3), as_of, BEGIN, RULES).row(0, named=True)
    assert (row["firms"], row["held"]) == (firms, held)
    assert row["reached_on"] == (D(2021, 6, 1) if held else None)
    assert row["base"] == 1


def test_a_sample_is_set_against_its_part_of_the_target() -> None:
    row = progress.registry_progress(turns(), target(61), D(2021, 6, 1), BEGIN, RULES, part=20).row(
        0, named=True
    )
    assert (row["target"], row["share_pct"], row["held"]) == (3, 100, "held")


def test_each_unit_is_measured_against_its_own_target_of_the_year_and_the_furthest_stands_first() -> None:
    own = pl.DataFrame(
        {
            "province": ["440000", "510000", "510000", "110000"],
            "tier": ["little_giant"] * 4,
            "year": [2021, 2021, 2020, 2021],
            "target": [2, 4, 9, 5],
        }
    )
    found = progress.unit_progress(turns(), own, "little_giant", D(2021, 6, 30), RULES)
    assert found.select("province", "firms", "target", "missing", "base").rows() == [
        ("110000", 0, 5, 5, 0), ("510000", 1, 4, 3, 0), ("440000", 2, 2, 0, 1),
    ]  # fmt: skip


def test_the_national_target_stands_beside_the_sum_of_the_units_own_and_says_how_many_set_none() -> None:
    own = pl.DataFrame(
        {"province": ["440000", "510000"], "tier": ["srdi"] * 2, "year": [2024] * 2, "target": [30, 50]}
    )
    national = pl.DataFrame({"tier": ["srdi", "little_giant"], "target": [100, 10]})
    assert progress.split(own, national, 2024, 37).rows() == [
        ("srdi", 100, 80, 2, 35, 80.0), ("little_giant", 10, None, 0, 37, None),
    ]  # fmt: skip
    assert progress.split(own, national, 2023, 37)["summed"].null_count() == 2


def test_the_published_pace_runs_from_the_first_to_the_latest_comparable_publication_of_the_period() -> None:
    found = progress.published_progress(
        published.stock(), published.target_table(), D(2022, 12, 31), D(2021, 1, 1), published.targets().pace
    )
    row = found.filter(tier="little_giant").row(0, named=True)
    assert (row["base_date"], row["base"], row["latest"], row["reading"]) == (
        D(2021, 6, 11),
        1832,
        8997,
        "below",
    )
    assert row["required_per_year"] == pytest.approx(
        (10_000 - 8_997) / ((D(2025, 12, 31) - D(2022, 9, 8)).days / 365.2425)
    )
    assert found.filter(tier="innovative")["pace"].item() == "none"
