"""What the pages read of the registry's scores: tallies whole, firms a page at a time, everything only for an export.

Cached under build, scope and arguments. Raises NoFactsError where the worker has not computed them yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from data.access import Facts, Scope
from data.manifest import Published
from data.rule_inputs import inputs_of
from data.rulebook import standard
from data.rules import Standard
from metrics import lost_points
from metrics.origin import located
from metrics.scoring.outcome import VERDICTS
from pages.components.facts import facts_for_export, facts_of
from pages.components.member_pages import PAGE
from pipelines.registry_scores import RULE_SET

EVERY = "firms"


@dataclass(frozen=True)
class Tallies:
    """Lost points, unmet requirements and verdicts by reporting unit, and the accounting year (None: no firms)."""

    losses: pl.DataFrame
    unmet: pl.DataFrame
    verdicts: pl.DataFrame
    year: int | None


@dataclass(frozen=True)
class Listed:
    """Which firms are listed: those that lose points of a criterion, fail a requirement, have a verdict; or `EVERY`."""

    tier: str
    of: str
    province: str | None


def rule_of(tier: str) -> Standard:
    """The standard that the registry is scored under."""
    return standard(RULE_SET, tier)


def tallies(build: Published, scope: Scope) -> Tallies:
    """The tallies of a build; small, whatever the number of firms."""
    return _tallies(build.file, scope, build)


def page_of_firms(build: Published, scope: Scope, listed: Listed, page: int) -> pl.DataFrame:
    """One page of the listed firms, the first one being 0; with the file of each row."""
    return _page(build.file, scope, listed, page, build)


def all_firms(build: Published, scope: Scope, listed: Listed) -> pl.DataFrame:
    """Every listed firm, for an export. Raises NoFactsError where another build was published meanwhile."""
    facts = facts_for_export(build, scope)
    return _with_places(_listed(facts, listed).pl(), facts, listed)


def counted(found: Tallies, listed: Listed) -> int:
    """How many firms are listed, from the tallies."""
    rule = rule_of(listed.tier)
    if listed.of == EVERY:
        return sum(lost_points.verdicts(found.verdicts, rule, listed.province).values())
    if listed.of in VERDICTS.values():
        code = next(code for code, word in VERDICTS.items() if word == listed.of)
        return lost_points.verdicts(found.verdicts, rule, listed.province).get(code, 0)
    if rule.criteria:
        rows, count = lost_points.by_criterion(found.losses, rule, listed.province), "firms_losing"
        return rows.filter(pl.col("criterion") == listed.of)[count].sum()
    rows = lost_points.requirements(found.unmet, rule, listed.province)
    return rows.filter(pl.col("requirement") == listed.of)["failed"].sum()


@st.cache_data(max_entries=16, show_spinner=False)
def _tallies(file: str, scope: Scope, _build: Published) -> Tallies:  # noqa: ARG001 - the cache goes by it
    facts = facts_of(_build, scope)
    # The tallies appear last: whoever finds them finds the scores.
    frames = [facts.table(name).pl() for name in ("verdicts", "unmet", "lost_points")]
    year = facts.table("scores_innovative").select("year").limit(1).fetchall()
    return Tallies(frames[2], frames[1], frames[0], year[0][0] if year else None)


@st.cache_data(max_entries=256, show_spinner=False)
def _page(file: str, scope: Scope, listed: Listed, page: int, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    facts = facts_of(_build, scope)
    return _with_places(_listed(facts, listed).limit(PAGE, PAGE * page).pl(), facts, listed)


def _listed(facts: Facts, listed: Listed) -> Any:
    scores, rule = facts.table(f"scores_{listed.tier}"), rule_of(listed.tier)
    if listed.of == EVERY:
        found = lost_points.members_scored(scores, None, listed.province)
    elif listed.of in VERDICTS.values():
        found = lost_points.members_scored(scores, listed.of, listed.province)
    elif rule.criteria:
        criterion = next(item for item in rule.criteria if item.id == listed.of)
        found = lost_points.members(scores, criterion, listed.province)
    else:
        found = lost_points.members_failing(scores, listed.of, listed.province)
    return found.to_native()


def _with_places(rows: pl.DataFrame, facts: Facts, listed: Listed) -> pl.DataFrame:
    """With the cell that the criterion reads first; of the credit code, where no one cell decides."""
    read = {item.id: inputs_of(item)[0].field for item in rule_of(listed.tier).criteria}
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    return located(rows, receipts, read.get(listed.of, "uscc"))
