"""The parts of output and benefit at their edges: tasks, services, updates, growth, quality, firms, surveys."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.appraisal.output_benefit import attained, tasks_done
from tests.metrics.appraisal.small_programme import (
    ONE,
    A,
    B,
    asked,
    firm,
    of_batch,
    part,
    periods,
    platforms,
    share,
    state,
    table,
    title,
)

FIRMS = of_batch("key_firms", [firm("F1"), firm("F2"), firm("F9", B)])


@pytest.mark.parametrize(
    ("actual", "target", "result"),
    [(5, 10, "1/2"), (10, 10, "1"), (11, 10, "1"), (-1, 10, "0"), (0, 0, "1"), (-1, 0, "0"), (1, 3, "1/3")],
)
def test_a_task_counts_up_to_its_target(actual: int, target: int, result: str) -> None:
    assert attained(actual, target) == Fraction(result)


def test_tasks_are_weighed_one_without_a_weight_weighs_1_and_an_unknown_one_is_an_interval() -> None:
    rows = [
        {"uscc": "F1", "task_code": "rd_growth", "target": 10, "actual": 5, "weight": 3 * ONE},
        {"uscc": "F2", "task_code": "gap_filling", "target": 10, "actual": None, "weight": None},
        {"uscc": "F2", "task_code": "cloud", "target": 10, "actual": 10, "weight": None},
        {"uscc": "F9", "task_code": "cloud", "target": 10, "actual": 10, "year": 2024},
    ]
    tables = {"key_firms": FIRMS, "tasks": of_batch("tasks", [{"year": 2025} | row for row in rows])}
    found = part(asked(tables), "innovation_tasks", "done")
    assert (found["share_low"], found["share_high"]) == ("3/8", "5/8")
    assert share(part(asked(tables), "digital_tasks", "done")) == 1
    assert state(part(asked(tables), "chain_tasks", "done"))[0] == "not_applicable"
    assert state(part(asked(tables), "digital_tasks", "done", B))[0] == "not_applicable"


TASK = st.tuples(
    st.just("A"), st.integers(1, 10**6), st.integers(-5, 10**9), st.none() | st.integers(-5, 10**9)
)


@given(st.lists(TASK, min_size=1, max_size=8))
def test_weighted_tasks_equal_the_formula_written_out(rows) -> None:
    def one(actual: int, target: int) -> Fraction:
        return (
            min(Fraction(1), Fraction(max(actual, 0), target)) if target > 0 else Fraction(actual >= target)
        )

    found = tasks_done(rows)["A"]
    assert found.den == sum(weight for _, weight, _, _ in rows)
    assert found.low == sum(
        weight * one(actual, target) for _, weight, target, actual in rows if actual is not None
    )
    assert found.high - found.low == sum(weight for _, weight, _, actual in rows if actual is None)


def services(*rows: tuple[str, str, str, bool]) -> pl.DataFrame:
    names = ("platform_uscc", "served_uscc", "service_line", "point_to_point")
    own = [dict(zip(names, row, strict=True)) | {"served_on": dt.date(2025, 5, 1)} for row in rows]
    return of_batch("platform_services", own)


def test_services_count_little_giants_served_key_firms_reached_and_lines() -> None:
    giants = [title(code, A, dt.date(2024, 1, 1)) for code in ("F1", "F2", "G3", "G4")]
    done = services(
        ("P1", "F1", "technology", True),
        ("P1", "F1", "ip", False),
        ("P1", "G3", "ip", False),
        ("P9", "F2", "cloud", True),
    )
    tables = {
        "key_firms": FIRMS,
        "platforms": platforms("P1"),
        "platform_services": done,
        "title_periods": periods(*giants),
    }
    of = asked(tables)
    found = {name: part(of, "platform_services", name) for name in ("served", "point_to_point", "lines")}
    assert [(one["numerator"], one["denominator"]) for one in found.values()] == [(2, 4), (1, 2), (2, 7)]
    assert share(found["served"]) == 1, "full marks at half of the little giants"


def test_updates_are_judged_on_the_deadline_for_those_who_held_the_title_then() -> None:
    giants = [
        title("G1", A, dt.date(2024, 1, 1)),
        title("G2", A, dt.date(2025, 4, 30)),
        title("G3", A, dt.date(2025, 5, 1)),
    ]
    rows = [("G1", dt.date(2025, 4, 30)), ("G2", dt.date(2025, 5, 1)), ("G3", dt.date(2025, 4, 1))]
    updates = of_batch(
        "annual_updates",
        [{"uscc": uscc, "tier": "little_giant", "year": 2025, "completed_on": on} for uscc, on in rows],
    )
    tables = {"key_firms": FIRMS, "annual_updates": updates, "title_periods": periods(*giants)}
    found = part(asked(tables), "annual_updates", "on_time")
    assert (found["numerator"], found["denominator"]) == (1, 2)


@pytest.mark.parametrize(("target", "result"), [(3, "1"), (4, "1"), (5, "1/2"), (7, "1/4")])
def test_gradient_growth_is_the_net_increase_over_what_was_missing_to_the_target(
    target: int, result: str
) -> None:
    before = [title(f"G{at}", A, dt.date(2024, 1, 1)) for at in range(2)]
    ended = title("X", A, dt.date(2024, 1, 1), valid_to=dt.date(2025, 2, 1), ended_by="lapsed")
    new = [title(f"N{at}", A, dt.date(2025, 6, 1)) for at in range(2)]
    aim = {"province": A, "tier": "little_giant", "year": 2025, "target": target}
    tables = {
        "key_firms": FIRMS,
        "provincial_targets": of_batch("provincial_targets", [aim]),
        "title_periods": periods(*before, ended, *new),
    }
    # 3 at the end of 2024, 4 on the day: one gained on the way to the target.
    assert share(part(asked(tables), "gradient_growth", "little_giant")) == Fraction(result)


def test_a_target_that_was_reached_and_is_not_kept_earns_nothing() -> None:
    gone = title("G1", A, dt.date(2022, 1, 1), valid_to=dt.date(2025, 2, 1), ended_by="lapsed")
    aims = of_batch(
        "provincial_targets", [{"province": A, "tier": "little_giant", "year": 2025, "target": 1}]
    )
    tables = {"key_firms": FIRMS, "provincial_targets": aims, "title_periods": periods(gone)}
    assert share(part(asked(tables), "gradient_growth", "little_giant")) == 0


def test_quality_counts_reviews_cancellations_and_density() -> None:
    terms = [
        title("P", A, dt.date(2025, 7, 1), opened_by="review_passed", held_since=dt.date(2022, 7, 1)),
        title("L", A, dt.date(2022, 7, 1), valid_to=dt.date(2025, 7, 1), ended_by="lapsed"),
        title("C", A, dt.date(2023, 7, 1), valid_to=dt.date(2025, 8, 1), ended_by="cancelled_for_cause"),
        *(title(f"S{at}", A, dt.date(2024, 1, 1)) for at in range(98)),
    ]
    context = of_batch("province_context", [{"province": A, "year": 2024, "above_scale_smes": 6600}])
    tables = {"key_firms": FIRMS, "province_context": context, "title_periods": periods(*terms)}
    of = asked(tables)
    reviews = part(of, "quality", "reviews")
    assert (reviews["numerator"], reviews["denominator"], share(reviews)) == (1, 2, 0)
    cancelled = part(of, "quality", "cancelled")
    assert (cancelled["numerator"], cancelled["denominator"], share(cancelled)) == (1, 100, Fraction(1, 2))
    density = part(of, "quality", "density")
    assert (density["numerator"], density["denominator"], share(density)) == (99, 6600, Fraction(1, 2))


def grown(rows: list[tuple[str, int, int]]) -> pl.DataFrame:
    columns = {
        "uscc": pl.String,
        "year": pl.Int64,
        "revenue": pl.Int64,
        "net_profit": pl.Int64,
        "rd_expense": pl.Int64,
    }
    years = [(uscc, 2024, before) for uscc, before, _ in rows] + [
        (uscc, 2025, after) for uscc, _, after in rows
    ]
    columns |= {"name": pl.String, "province": pl.String, "listed_board": pl.String, "listed_on": pl.Date}
    return table([{"uscc": uscc, "year": year, "revenue": value} for uscc, year, value in years], columns)


def test_supported_firms_are_compared_by_medians_with_the_provinces_other_little_giants() -> None:
    own, other = [f"F{at}" for at in range(3)], [f"G{at}" for at in range(4)]
    returns = grown(
        [
            ("F0", 100, 100),
            ("F1", 100, 112),
            ("F2", 100, 300),
            *((code, 100, 107 + at) for at, code in enumerate(other)),
        ]
    )
    tables = {
        "key_firms": of_batch("key_firms", [firm(code) for code in own]),
        "title_periods": periods(*(title(code, A, dt.date(2024, 1, 1)) for code in own + other)),
        "annual_returns": returns,
    }
    found = part(asked(tables), "supported_growth", "revenue")
    assert found["value_low"] == "7/2", "12 % less the mean of 8 % and 9 %"
    assert share(found) == Fraction(17, 20)
    assert state(part(asked(tables), "supported_growth", "net_profit")) == ("missing", "too_few")
    fewer = tables | {"key_firms": of_batch("key_firms", [firm(code) for code in own[:2]])}
    assert state(part(asked(fewer), "supported_growth", "revenue")) == ("not_applicable", "too_few")


def test_satisfaction_is_weighted_by_respondents_and_scaled() -> None:
    rows = [(100, 9 * ONE, 10 * ONE), (300, 60 * ONE, 100 * ONE)]
    surveys = of_batch(
        "satisfaction",
        [{"respondents": people, "score": score, "scale_max": most} for people, score, most in rows],
        province=A,
        year=2025,
    )
    found = part(asked({"key_firms": FIRMS, "satisfaction": surveys}), "satisfaction", "mean")
    assert found["value_low"] == str(Fraction(100 * (900 + 18000), 1000 + 30000))
    assert state(part(asked({"key_firms": FIRMS, "satisfaction": surveys}), "satisfaction", "mean", B)) == (
        "missing",
        "no_rows",
    )
