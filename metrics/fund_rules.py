"""What the checks of the reward funds are given: a day's tables, the rounds' rules, and the verdicts there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

import polars as pl

from metrics.fund_flow import flow
from metrics.fund_frames import TRANCHE, Day

MET, VIOLATED, PENDING, UNJUDGED = VERDICTS = ("met", "violated", "pending", "unjudged")
BATCH = ("province", "round", "support_batch")


class RoundRules(Protocol):
    """What of a round the checks need; `data.rounds.Round` has it."""

    @property
    def code(self) -> str: ...
    @property
    def direct_share_pct(self) -> Decimal: ...
    @property
    def empowerment_share_pct(self) -> Decimal | None: ...
    @property
    def has_platforms(self) -> bool: ...
    @property
    def platforms_at_most(self) -> int | None: ...
    @property
    def report_within_days(self) -> int: ...
    @property
    def excluded_boards(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Asked:
    """A day's funds with the rules they are checked by."""

    day: Day
    rounds: Mapping[str, RoundRules]
    idle_after_days: int
    platform_money: Collection[str]

    @cached_property
    def flow(self) -> pl.DataFrame:
        """`metrics.fund_flow.flow` of the day."""
        return flow(self.day)


def of_tranche(row: Mapping[str, Any]) -> dict[str, Any]:
    """The tranche of a row, as a check names it."""
    return {name: row[name] for name in TRANCHE}


def of_batch(row: Mapping[str, Any]) -> dict[str, Any]:
    """The support batch of a row, as a check about a whole batch names it."""
    return {name: row[name] for name in BATCH}
