"""What the page of firms to move up reads: counts by unit, firms a page at a time, everything only for an export.

Cached under build, scope and arguments. Raises NoFactsError where the worker has not computed the scores yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import polars as pl
import streamlit as st

from data.access import Facts, NoFactsError, Scope
from data.manifest import Published
from data.rules import Standard
from metrics import move_up
from metrics.origin import located
from metrics.scoring.improve import Change
from pages.components.facts import facts_for_export, facts_of
from pages.components.gradient_reads import rule_of
from pages.components.member_pages import PAGE
from pipelines.registry_scores import DATASET, latest_year, typed_returns

EXPLAINED_AT_MOST = (
    5_000  # not policy: firms for which changes are looked for while the worker has not done it
)
_AT_ONCE = 200  # not policy: firms whose trial changes stand in memory together


@dataclass(frozen=True)
class Asked:
    """Which firms: tier, day, unit (None: the country), kind of `metrics.move_up.KINDS`, holders of the one below."""

    tier: str
    as_of: dt.date
    province: str | None
    kind: str
    with_lower: bool = False


@dataclass(frozen=True)
class Firms:
    """Listed firms with file and cell of their return; by firm the smallest change that is enough, where one is.

    ``changes`` is None where they are not known yet.
    """

    rows: pl.DataFrame
    changes: dict[str, Change] | None
    year: int


def counts(build: Published, scope: Scope, tier: str, as_of: dt.date) -> pl.DataFrame:
    """`metrics.move_up.counts` of the whole country."""
    return _counts(build.file, scope, tier, as_of, build)


def page_of(build: Published, scope: Scope, asked: Asked, page: int) -> Firms:
    """One page of the list, the first one being 0."""
    return _page(build.file, scope, asked, page, build)


def all_of(build: Published, scope: Scope, asked: Asked) -> Firms:
    """The whole list."""
    facts = facts_for_export(build, scope)
    return _firms(facts, _listed(_candidates(facts, asked.tier, asked.as_of), asked), asked)


def are_changes_known(build: Published, scope: Scope, asked: Asked) -> bool:
    """Whether the worker has written what the firms of the tier would have to change."""
    try:
        facts_of(build, scope).table(f"changes_{asked.tier}")
    except NoFactsError:
        return False
    return True


@st.cache_resource(max_entries=6, show_spinner=False)
def _index(file: str, scope: Scope, tier: str, as_of: dt.date, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    """Every candidate of a tier in a few columns: kept as it is, as a copy for each reader would take too long."""
    return _candidates(facts_of(_build, scope), tier, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def _counts(file: str, scope: Scope, tier: str, as_of: dt.date, _build: Published) -> pl.DataFrame:
    return move_up.counts(_index(file, scope, tier, as_of, _build))


@st.cache_data(max_entries=128, show_spinner=False)
def _page(file: str, scope: Scope, asked: Asked, page: int, _build: Published) -> Firms:
    found = _listed(_index(file, scope, asked.tier, asked.as_of, _build), asked)
    return _firms(facts_of(_build, scope), found.slice(PAGE * page, PAGE), asked)


def _candidates(facts: Facts, tier: str, as_of: dt.date) -> pl.DataFrame:
    scores, periods = facts.table(f"scores_{tier}"), facts.table("title_periods")
    found = move_up.candidates(scores, periods, rule_of(tier), as_of)
    return move_up.ranked(found.collect("polars").to_native())


def _listed(found: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    return move_up.listed(found, asked.kind, asked.province, with_lower=asked.with_lower)


def _firms(facts: Facts, firms: pl.DataFrame, asked: Asked) -> Firms:
    """Listed firms as they are shown; only those that are one requirement short have a change to look for."""
    rule, year = rule_of(asked.tier), latest_year(facts) or 0
    rows = move_up.with_scores(firms, facts.table(f"scores_{asked.tier}"), rule)
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    changes = _changes(facts, firms, rule, year) if asked.kind == "nearly" else None
    return Firms(located(rows, receipts, "uscc"), changes, year)


def _changes(facts: Facts, firms: pl.DataFrame, rule: Standard, year: int) -> dict[str, Change] | None:
    try:
        return move_up.changes_of(firms, facts.table(f"changes_{rule.tier}"))
    except NoFactsError:
        if firms.height > EXPLAINED_AT_MOST:
            return None
    changes: dict[str, Change] = {}
    for returns in _returns(facts, firms["uscc"]):
        changes |= move_up.smallest_changes(returns, rule, year)
    return changes


def _returns(facts: Facts, uscc: pl.Series) -> Iterator[pl.DataFrame]:
    for start in range(0, len(uscc), _AT_ONCE):
        chosen = nw.col("uscc").is_in(uscc[start : start + _AT_ONCE].to_list())
        yield typed_returns(nw.from_native(facts.table(DATASET)).lazy().filter(chosen).to_native())
