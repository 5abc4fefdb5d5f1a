"""The uniform rule of firms and platforms: each line at its edge, in its order, and what is not known."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from data.appraisal_policy import load_scheme
from data.rounds import load_round
from metrics.appraisal.asked import Asked
from metrics.appraisal.assessment import assess, counts
from tests.metrics.appraisal.small_programme import END, A, asked, firm, of_batch, periods, table, title

FLOOR = 20_000_000 * 100
HELD = periods(title("F1", A, dt.date(2024, 1, 1)))
COLUMNS = {"uscc": pl.String, "name": pl.String, "listed_board": pl.String, "listed_on": pl.Date}
YEARLY = {"year": pl.Int64, "revenue": pl.Int64, "net_profit": pl.Int64, "rd_expense": pl.Int64}


def tasks(*actuals: int | None, target: int = 100) -> pl.DataFrame:
    kinds = ("rd_growth", "cloud", "listing", "chain_support")
    rows = [
        {"uscc": "F1", "year": 2025, "task_code": kind, "target": target, "actual": actual}
        for kind, actual in zip(kinds, actuals, strict=False)
    ]
    return of_batch("tasks", rows)


def used(paid: int, amount: int) -> dict[str, pl.DataFrame]:
    payment = {"payment_id": "1", "province": A, "tranche": 1, "recipient_kind": "key_little_giant"}
    own = {"recipient_uscc": "F1", "recipient_name": "合成F1", "paid": paid, "paid_on": dt.date(2025, 3, 1)}
    use = {"payment_id": "1", "used_on": dt.date(2025, 6, 1), "amount": amount, "use_category": "innovation"}
    return {
        "fund_payments": of_batch("fund_payments", [payment | own]),
        "fund_use": of_batch("fund_use", [use]),
    }


def result(tables: dict[str, Any], key: dict[str, Any] | None = None, **changes: Any) -> tuple[str, str, str]:
    given = {"key_firms": of_batch("key_firms", [firm("F1") | (key or {})]), "title_periods": HELD} | tables
    found = assess(of_round_2(given) if changes.pop("second", False) else asked(given, **changes))
    return found.select("result", "rule", "missing").row(0)


def of_round_2(tables: dict[str, pl.DataFrame]) -> Asked:
    """The same tables, in the second round."""
    moved = {
        name: frame.with_columns(round=pl.lit("round-2")) if "round" in frame.columns else frame
        for name, frame in tables.items()
    }
    return asked(moved, scheme=load_scheme("round-2"), round=load_round("round-2"))


@pytest.mark.parametrize(
    ("actuals", "expected"),
    [
        ((100, 100), ("continue", "all_met")),
        ((60, 60), ("continue", "all_met")),
        ((60, 59), ("suspend", "tasks_behind")),
        ((40, 40), ("suspend", "tasks_behind")),
        ((40, 39), ("stop", "tasks_far")),
        ((200, 0), ("suspend", "tasks_behind")),
    ],
)
def test_tasks_decide_at_60_and_40_percent_exactly(
    actuals: tuple[int, ...], expected: tuple[str, str]
) -> None:
    assert result({"tasks": tasks(*actuals), **used(100, 50)})[:2] == expected


@pytest.mark.parametrize(("amount", "expected"), [(50, "continue"), (49, "suspend")])
def test_spending_of_exactly_half_is_enough(amount: int, expected: str) -> None:
    assert result({"tasks": tasks(100), **used(100, amount)})[0] == expected


def test_a_firm_that_was_paid_nothing_is_not_behind_with_spending() -> None:
    tables = {"tasks": tasks(100), **used(100, 0)}
    tables["fund_payments"] = tables["fund_payments"].with_columns(
        recipient_uscc=pl.lit("F2"), recipient_name=pl.lit("乙")
    )
    assert result(tables)[0] == "continue"


def test_a_lost_title_stops_whatever_else_holds_and_an_unknown_ledger_is_undetermined() -> None:
    ended = periods(title("F1", A, dt.date(2021, 1, 1), valid_to=END))
    tables = {"tasks": tasks(100), **used(100, 100)}
    assert result(tables | {"title_periods": ended})[:2] == ("stop", "title_lost")
    assert result(tables | {"title_periods": periods()}) == ("undetermined", "", "title_lost")


@pytest.mark.parametrize(
    ("board", "on", "expected"),
    [("star", END, "stop"), ("star", END + dt.timedelta(1), "continue"), ("neeq", END, "continue"),
     ("bse", END, "continue")],
)  # fmt: skip
def test_listing_on_an_excluded_board_by_the_day_stops(board: str, on: dt.date, expected: str) -> None:
    returns = table([{"uscc": "F1", "year": 2024, "listed_board": board, "listed_on": on}], COLUMNS | YEARLY)
    assert result({"tasks": tasks(100), "annual_returns": returns, **used(100, 100)})[0] == expected


def test_missing_tasks_are_undetermined_only_where_they_could_change_the_result() -> None:
    assert result({"tasks": tasks(None), **used(100, 100)}) == ("undetermined", "", "tasks_far;tasks_behind")
    assert result({"tasks": tasks(100, 100, 100, None), **used(100, 100)})[0] == "continue"
    assert result({"tasks": tasks(0, 0, 0, None), **used(100, 100)})[0] == "stop"
    ended = periods(title("F1", A, dt.date(2021, 1, 1), valid_to=END))
    assert result({"tasks": tasks(None), "title_periods": ended, **used(100, 100)})[0] == "stop"


@pytest.mark.parametrize(
    ("invested", "targets_met", "expected"),
    [
        (FLOOR - 1, True, ("recover", "investment_below")),
        (FLOOR, True, ("continue", "all_met")),
        (FLOOR, False, ("stop", "targets_missed")),
        (FLOOR - 1, False, ("recover", "investment_below")),
        (None, True, ("continue", "all_met")),
        (FLOOR, None, ("undetermined", "")),
    ],
)
def test_the_second_round_recovers_one_fen_below_the_floor_and_stops_where_targets_are_missed(
    invested: int | None, targets_met: bool | None, expected: tuple[str, str]
) -> None:
    key = {"investment_actual": invested, "targets_met": targets_met}
    assert result({"tasks": tasks(100), **used(100, 100)}, key, second=True)[:2] == expected


def test_the_score_is_the_share_of_the_weighted_tasks_downwards_to_two_places() -> None:
    tables = {
        "key_firms": of_batch("key_firms", [firm("F1")]),
        "title_periods": HELD,
        "tasks": tasks(2, target=3),
    }
    assert assess(asked(tables))["score"].to_list() == ["66.66"]


def platform(**more: Any) -> dict[str, pl.DataFrame]:
    row = {"uscc": "P1", "name": "合成平台", "province": A, "valid_to": dt.date(2026, 12, 31)} | more
    done = {
        "platform_uscc": "P1",
        "served_uscc": "F1",
        "served_on": END,
        "service_line": "ip",
        "point_to_point": True,
    }
    return {
        "key_firms": of_batch("key_firms", [firm("F1")]),
        "title_periods": HELD,
        "platforms": of_batch("platforms", [row]),
        "platform_services": of_batch("platform_services", [done]),
    }


def platform_result(tables: dict[str, pl.DataFrame]) -> tuple[str, str]:
    found = assess(asked(tables)).filter(pl.col("object_kind") == "platform")
    return found.select("result", "rule").row(0)


def test_a_platform_passes_and_fails_line_by_line() -> None:
    assert platform_result(platform()) == ("passed", "all_met")
    assert platform_result(platform(valid_to=END)) == ("passed", "all_met")
    assert platform_result(platform(valid_to=END - dt.timedelta(1))) == ("failed", "recognition_lapsed")
    assert platform_result(platform(valid_to=None)) == ("undetermined", "")
    served = platform()["platform_services"]
    not_close = platform() | {"platform_services": served.with_columns(point_to_point=pl.lit(value=False))}
    assert platform_result(not_close) == ("failed", "no_point_to_point")
    others = platform() | {"platform_services": served.with_columns(platform_uscc=pl.lit("P2"))}
    assert platform_result(others) == ("failed", "no_service")


def test_counts_follow_from_the_list() -> None:
    found = assess(asked(platform() | {"tasks": tasks(100), **used(100, 100)}))
    assert counts(found).rows() == [(A, "key_little_giant", "continue", 1), (A, "platform", "passed", 1)]
