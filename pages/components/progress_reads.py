"""What the page of target progress reads: small frames, cached under build, scope and arguments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from data import published
from data.access import Scope
from data.manifest import Published
from data.titles_policy import title_rules
from metrics import progress, projection, reconcile, title_history
from pages.components import member_reads
from pages.components.facts import facts_of
from pages.components.member_proofs import Source
from pipelines.progress import projected_of, steps_of


@dataclass(frozen=True)
class Progress:
    """One tier's progress on a day: the rows of `metrics.progress` and `metrics.reconcile`, as mappings.

    units: `metrics.progress.unit_progress`; history: titles by quarter; past, projected: `metrics.projection`,
    projected None where nothing was observed; target: its part of a sample.
    """

    tier: str
    target: int
    registry: dict[str, Any]
    published: dict[str, Any]
    difference: dict[str, Any]
    split: dict[str, Any]
    units: pl.DataFrame
    history: pl.DataFrame
    steps: dict[int, int]
    past: pl.DataFrame
    projected: pl.DataFrame | None


def progress_of(source: Source, tier: str) -> Progress:
    """Everything the page shows of a tier."""
    return _progress(source.build.file, source.scope, source.as_of, tier, source.build)


@st.cache_data(max_entries=64, show_spinner=False)
def _progress(file: str, scope: Scope, as_of: dt.date, tier: str, _build: Published) -> Progress:
    rules, part = published.targets(), _build.sample_of or 1
    national = published.target_table().filter(pl.col("tier") == tier)
    turns = member_reads.turns(_build, scope)
    stock = member_reads.stock_of(_build, scope)
    own = member_reads.targets(_build, scope)
    since = rules.horizon.from_
    registry = progress.registry_progress(turns, national, as_of, since, rules.pace, part=part)
    beside = reconcile.reconciled(
        registry.select("tier", "firms"), stock, as_of, sample_of=_build.sample_of, synthetic=_build.synthetic
    )
    said = progress.published_progress(stock, national, as_of, since, rules.pace)
    units = int(published.units()["in_programme"].sum())
    due, flows = _flows(file, scope, as_of, _build)
    past = projection.past_years(flows, turns, tier, as_of, rules.projection.past_years)
    steps = steps_of(due, tier)
    target = registry["target"][0]
    return Progress(
        tier,
        target,
        registry.row(0, named=True),
        said.row(0, named=True),
        beside.row(0, named=True),
        progress.split(own, national, as_of.year, units, part=part).row(0, named=True),
        progress.unit_progress(turns, own, tier, as_of, rules.pace),
        _history(turns, tier, as_of),
        steps,
        past,
        projected_of(steps, past, as_of, target),
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _flows(file: str, scope: Scope, as_of: dt.date, _build: Published) -> tuple[pl.DataFrame, pl.DataFrame]:  # noqa: ARG001 - as above
    periods = facts_of(_build, scope).table("title_periods")
    due = projection.falling_due(periods, as_of, title_rules().validity_years)
    return due, projection.flows(periods, as_of, published.targets().projection.past_years)


def _history(turns: pl.DataFrame, tier: str, as_of: dt.date) -> pl.DataFrame:
    first = turns["day"].min() or as_of
    days = title_history.quarter_ends(min(first, as_of), as_of)  # type: ignore[type-var, arg-type]
    held = title_history.held_at(turns, days)
    return held.filter(pl.col("tier") == tier).select("day", "firms")
