"""What the efficiency page reads: ratios by unit, and the comparison on the frontier, once for a build."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data.access import Scope
from data.appraisal_policy import Indicator, load_scheme
from data.manifest import Published
from metrics.efficiency import Orientation, Returns, dea, units_wanted
from metrics.fund_outputs import INPUTS, by_unit, comparable
from pages.components.fund_reads import ALL, Funds, funds_of
from pages.components.member_proofs import Source
from pages.components.words import both

CENTRAL, WITH_LOCAL = "central", "with_local"
_INPUTS = {CENTRAL: INPUTS[:1], WITH_LOCAL: INPUTS}


@dataclass(frozen=True)
class Chosen:
    """How the reader compares: of which round and batch, money of which kind, returns to scale, orientation."""

    programme: str
    money: str
    returns: Returns
    orientation: Orientation


@dataclass(frozen=True)
class Frontier:
    """The compared units with inputs and outputs, their scores (`metrics.efficiency.dea`), and who was left out."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    table: pl.DataFrame
    scored: pl.DataFrame
    left_out: tuple[str, ...]
    wanted: int

    @property
    def efficient(self) -> pl.DataFrame:
        """The units on the frontier that no slack takes off it."""
        slacks = [pl.col(f"slack_{name}") == 0 for name in (*self.inputs, *self.outputs)]
        return self.scored.filter(pl.col("efficiency") == 1, *slacks)


def task_groups(funds: Funds) -> dict[str, tuple[str, ...]]:
    """The groups in which the appraisal of the chosen rounds counts tasks: indicator → kinds of task."""
    found: dict[str, tuple[str, ...]] = {}
    for _, name, indicator in _indicators(funds):
        if indicator.tasks:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *indicator.tasks)))
    return found


def group_names(funds: Funds) -> dict[str, str]:
    """The names of those groups in the reader's language."""
    return {name: both(indicator) for _, name, indicator in _indicators(funds) if indicator.tasks}


def frontier_of(source: Source, chosen: Chosen) -> Frontier:
    """The comparison that the reader chose."""
    return _frontier(source.build.file, source.scope, source.as_of, chosen, source.build)


# Nobody changes these frames, so that every reader of a build, scope and day may share them.
@st.cache_resource(max_entries=8, show_spinner=False)
def _frontier(file: str, scope: Scope, as_of: dt.date, chosen: Chosen, _build: Published) -> Frontier:  # noqa: ARG001 - the cache goes by it
    funds = funds_of(Source(_build, scope, as_of), chosen.programme, ALL)
    kinds = task_groups(funds)
    inputs, outputs = _INPUTS[chosen.money], tuple(kinds)
    whole = by_unit(funds.provinces, funds.tasks, kinds)
    table = comparable(whole, inputs, outputs)
    scored = dea(table, "province", inputs, outputs, returns=chosen.returns, orientation=chosen.orientation)
    left = whole.filter(~pl.col("province").is_in(table["province"].implode()))
    return Frontier(
        inputs, outputs, table, scored, tuple(left["province"]), units_wanted(len(inputs), len(outputs))
    )


def _indicators(funds: Funds) -> list[tuple[str, str, Indicator]]:
    codes = sorted(funds.tranches["round"].unique())
    return [found for code in codes for found in load_scheme(code).indicators()]
