"""The rulebook: opens rule sets, standards and the size standard of `data/policy/`, and says which one governs.

Everything is read once (`data.rule_files`) and kept; a rule set that is known only by its dates is never applied.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from data.rule_files import POLICY, read_rule_set, read_size_standard, read_standard
from data.rules import RuleSet, SizeStandard, Standard
from data.strict_models import Fact, read_model


class NoRuleSetError(ValueError):
    """No rule set is in force, or the one in force is not shipped."""


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """Every known rule set, oldest first; some are known only by their dates (`shipped` is then empty)."""
    return tuple(read_rule_set(path.parent) for path in sorted(POLICY.glob("*/rule_set.yaml")))


@cache
def standard(rule_set: str, tier: str, waived: tuple[str, ...] = ()) -> Standard:
    """Open a shipped standard; `waived` names conditions of it that are left out.

    Raises NoRuleSetError when this release does not hold it, FileError when its file is not sound.
    """
    known = next((found for found in rule_sets() if found.id == rule_set), None)
    if known is None or tier not in known.shipped:
        raise NoRuleSetError(
            f"{rule_set} {tier}: not in this release. Shipped: "
            + "; ".join(f"{found.id} ({', '.join(found.shipped)})" for found in rule_sets() if found.shipped)
            + "."
        )
    return read_standard(POLICY / rule_set, tier, size_standard(), waived)


@cache
def size_standard(name: str = "size-2011") -> SizeStandard:
    """Open a size standard."""
    return read_size_standard(POLICY / name)


def rule_set_for(tier: str, kind: str, assessed_on: dt.date) -> str:
    """Name the rule set that governs an assessment of `tier` on a day.

    Raises NoRuleSetError, naming the dates, when none was in force or the one in force is not shipped.
    """
    periods = [
        (found, period)
        for found in rule_sets()
        for period in found.periods
        if period.standard == tier and kind in period.kinds
    ]
    spans = "; ".join(f"{found.id} {period.first} to {period.last or 'now'}" for found, period in periods)
    for found, period in periods:
        if period.first <= assessed_on and (period.last is None or assessed_on <= period.last):
            if tier in found.shipped:
                return found.id
            raise NoRuleSetError(
                f"{tier} ({kind}) assessed on {assessed_on} is governed by {found.id}, {found.document.number}, which "
                f"this release does not hold. In force: {spans}. Give --assessed-on within a shipped period or --rules."
            )
    raise NoRuleSetError(
        f"no rule set governs {tier} ({kind}) on {assessed_on}. In force: {spans}. "
        "Give another --assessed-on or --rules."
    )


class Changes(Fact):
    """Figures a firm can work on: columns that may rise, may fall, or may become yes (a product assumption)."""

    source: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    yes: tuple[str, ...]
    most_changes: int


@cache
def changes() -> Changes:
    """Open `data/policy/changes.yaml`. Raises FileError, naming the key, when it breaks its form."""
    return read_model(Changes, POLICY / "changes.yaml", "policy/changes.yaml")
