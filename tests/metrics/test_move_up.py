"""Firms to move up: who is listed, in which order, and that what it would take is enough and smallest."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl
import pytest

from data.rulebook import standard
from metrics import move_up
from metrics.scoring.improve import effort, ways
from metrics.scoring.score import score_firms
from tests.metrics.ledger import event, on_polars, rows
from tests.metrics.scoring.firms import YEAR, random_firm, returns

D = dt.date
TODAY = D(2024, 6, 1)
RULE = standard("measures-2022", "srdi")
HOLDS = [f"holds_{requirement.id}" for requirement in RULE.requirements]
GATE = next(f"holds_{item.id}" for item in RULE.requirements if item.is_entry_gate)
OTHER = next(f"holds_{item.id}" for item in RULE.requirements if not item.is_entry_gate)
FAILS, MEETS, OPEN = 0, 1, 2


def scores(*firms: tuple[str, int, int, int, dict[str, bool | None]]) -> pl.DataFrame:
    """uscc, verdict, unmet, certain points, and the requirements that do not hold."""
    return pl.DataFrame(
        [
            {
                "uscc": uscc, "name": uscc, "province": "440000", "verdict": verdict, "score_low": low,
                "score_high": low, **dict.fromkeys(HOLDS, True), **holds, "unmet": unmet, "missing": "",
                "receipt_id": 1, "sheet_no": 1, "row_no": at,
            }
            for at, (uscc, verdict, unmet, low, holds) in enumerate(firms, start=2)
        ]
    )  # fmt: skip


def kinds(found: pl.DataFrame, periods: pl.DataFrame) -> dict[str, str]:
    listed = move_up.candidates(found, periods, RULE, TODAY).collect("polars").to_native()
    return dict(listed.select("uscc", "kind").iter_rows())


NO_TITLES = on_polars(rows())


def test_ready_is_who_meets_and_nearly_who_fails_one_condition_that_figures_can_change() -> None:
    found = scores(
        ("meets", MEETS, 0, 70, {}),
        ("one short", FAILS, 1, 50, {OTHER: False}),
        ("a fact", FAILS, 1, 80, {GATE: False}),
        ("two short", FAILS, 2, 50, {OTHER: False}),
        ("unknown", OPEN, 0, 50, {OTHER: None}),
    )
    assert kinds(found, NO_TITLES) == {"meets": "ready", "one short": "nearly", "unknown": "open"}


def test_holders_of_the_title_and_barred_firms_are_left_out() -> None:
    found = scores(("A", MEETS, 0, 70, {}), ("B", MEETS, 0, 70, {}), ("C", MEETS, 0, 70, {}))
    srdi = {"tier": "srdi"}
    periods = on_polars(
        rows(
            event("A", "recognised", D(2023, 1, 1), **srdi),
            event("B", "recognised", D(2023, 1, 1), **srdi),
            event("B", "cancelled_for_cause", D(2024, 1, 1), **srdi),
            event("C", "recognised", D(2020, 1, 1), **srdi),
            event("C", "lapsed", D(2023, 1, 1), **srdi),
        )
    )
    assert kinds(found, periods) == {"C": "ready"}


def test_the_title_below_is_said_beside_each_firm_and_its_holders_stand_first() -> None:
    found = scores(("A", MEETS, 0, 60, {}), ("B", MEETS, 0, 90, {}), ("C", MEETS, 0, 80, {}))
    periods = on_polars(rows(event("A", "announced", D(2023, 1, 1), tier="innovative")))
    candidates = move_up.candidates(found, periods, RULE, TODAY).collect("polars").to_native()
    listed = move_up.listed(move_up.ranked(candidates), "ready")
    assert listed.select("uscc", "has_lower").rows() == [("A", True), ("B", False), ("C", False)]
    shown = move_up.with_scores(listed, found, RULE)
    assert shown.select("uscc", "row_no").rows() == [("A", 2), ("B", 3), ("C", 4)]
    only = move_up.listed(candidates, "ready", with_lower=True)
    assert only["uscc"].to_list() == ["A"]
    assert move_up.counts(candidates).rows() == [("440000", "ready", 3, 1)]


def test_the_lowest_tier_has_no_title_below() -> None:
    rule = standard("measures-2022", "innovative")
    holds = {f"holds_{item.id}": [True] for item in rule.requirements}
    found = (
        scores(("A", MEETS, 0, 60, {}))
        .drop(HOLDS)
        .with_columns(**{name: pl.lit(value=True) for name in holds})
    )
    candidates = move_up.candidates(found, NO_TITLES, rule, TODAY).collect("polars").to_native()
    assert candidates["has_lower"].to_list() == [None]


@pytest.mark.parametrize("tier", ["innovative", "srdi"])
def test_the_smallest_change_is_the_one_found_for_a_firm_alone_and_it_is_enough(tier: str) -> None:
    rule = standard("measures-2022", tier)
    draw = random.Random(11)
    firms = returns(*(random_firm(draw, missing=0.0) for _ in range(60)))
    short = score_firms(firms, rule, YEAR).filter(pl.col("verdict") != MEETS)["uscc"].sort()
    found = move_up.smallest_changes(firms, rule, YEAR)
    enough = [uscc for uscc in short if uscc in found]
    assert enough
    for uscc in [*enough[:3], *[uscc for uscc in short if uscc not in found][:2]]:
        own = firms.filter(uscc=uscc)
        alone = ways(own, rule, YEAR)
        single = [] if alone.blocked else [plan for plan in alone.plans if len(plan.changes) == 1]
        assert (uscc in found) == bool(single)
        if single:
            change = found[uscc]
            assert effort((change,)) == pytest.approx(single[0].effort)
            changed = pl.when(pl.col("year") == YEAR).then(change.needed).otherwise(change.item.field)
            kind = own.schema[change.item.field]
            mended = own.with_columns(changed.cast(kind).alias(change.item.field))
            assert score_firms(mended, rule, YEAR)["verdict"].to_list() == [MEETS]
