"""What the pages of people's work read of an appraisal: small frames, cached by build, scope and panel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data.access import MINISTRY, Scope
from data.appraisal_policy import Scheme, load_scheme
from data.appraisals import Appraisal
from data.manifest import Published
from metrics.appraisal.certainty import Certainty
from metrics.appraisal.score import improvements
from metrics.origin import located
from pages.components.facts import facts_of
from pages.components.words import language
from pipelines.appraisal import Computed, appraisals, computed, results
from pipelines.appraisal_tables import lost_points


@dataclass(frozen=True)
class Appraised:
    """An appraisal as it stands on a build.

    ``nodes`` and ``totals`` as `metrics.appraisal.score.ScoreTree`, ``improvements`` as the function of that name,
    ``lost`` as `pipelines.appraisal_tables.lost_points` in the reader's language, ``measured`` every part as
    `metrics.appraisal.indicators.compute`.
    """

    appraisal: Appraisal
    as_of: dt.date
    nodes: pl.DataFrame
    totals: pl.DataFrame
    improvements: pl.DataFrame
    lost: pl.DataFrame
    measured: pl.DataFrame

    @property
    def scheme(self) -> Scheme:
        """The scheme of its round."""
        return load_scheme(self.appraisal.round)

    def of(self, province: str) -> Appraised:
        """The same for one province."""
        own = pl.col("province") == province
        frames = (self.nodes, self.totals, self.improvements, self.lost, self.measured)
        return Appraised(self.appraisal, self.as_of, *(frame.filter(own) for frame in frames))


def appraisals_of(build: Published, scope: Scope) -> tuple[Appraisal, ...]:
    """The appraisals there are facts for, latest first."""
    return _appraisals(build.file, scope, build)


def appraised(
    build: Published, scope: Scope, appraisal: Appraisal, judged: pl.DataFrame | None = None
) -> Appraised:
    """The appraisal with the panel's scores as far as the reader may see them; without them, what is judged is open."""
    return _appraised(build.file, scope, appraisal, _plain(judged), language(), build)


def certain(
    build: Published, scope: Scope, appraisal: Appraisal, judged: pl.DataFrame | None = None
) -> pl.DataFrame:
    """How sure ranks and grades are, one row a province: `metrics.appraisal.certainty.PROVINCES`."""
    return _certain(build.file, scope, appraisal, _plain(judged), build).provinces


def without(
    build: Published, scope: Scope, appraisal: Appraisal, judged: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What happens to a province when each indicator is left out: `metrics.appraisal.certainty.WITHOUT`."""
    return _certain(build.file, scope, appraisal, _plain(judged), build).without


def run_results(build: Published, scope: Scope, appraisal: Appraisal, judged: pl.DataFrame) -> dict:
    """What a run comes to, for its manifest: `pipelines.appraisal.results`."""
    found = computed(facts_of(build, scope), appraisal.round, appraisal.support_batch, appraisal.year)
    return results(found, _plain(judged))


def members(
    build: Published, scope: Scope, appraisal: Appraisal, province: str, indicator: str, part: str
) -> pl.DataFrame:
    """The rows behind a part of a province's indicator, with file, sheet and cell."""
    return _members(build.file, scope, appraisal, province, indicator, part, build)


def _plain(judged: pl.DataFrame | None) -> pl.DataFrame | None:
    """What the score reads of the panel, so that the moment of a submission makes no other cache entry."""
    return None if judged is None else judged.select("province", "indicator", "panelist", "score")


def computed_of(build: Published, scope: Scope, appraisal: Appraisal) -> Computed:
    """The appraisal with its indicators computed, once for all readers, panels and languages.

    Nothing but its indicators, tree and certainty may be asked of it: the rest reads facts, and readers that share
    an appraisal would share a cursor.
    """
    return _computed(build.file, appraisal, build, scope).seen_by(scope)


def assessed_of(build: Published, scope: Scope, appraisal: Appraisal) -> pl.DataFrame:
    """`metrics.appraisal.assessment.assess`, once for all readers."""
    whole, unit = _assessed(build.file, appraisal, build, scope), computed_of(build, scope, appraisal).unit
    return whole if unit is None else whole.filter(pl.col("province") == unit)


# Nobody changes these frames. The first reader's scope does not matter: the appraisal is read whole, and cut for each.
@st.cache_resource(max_entries=8, show_spinner=False)
def _computed(file: str, appraisal: Appraisal, _build: Published, _scope: Scope) -> Computed:  # noqa: ARG001 - the cache goes by it
    found = computed(facts_of(_build, _scope), appraisal.round, appraisal.support_batch, appraisal.year)
    found.indicators  # noqa: B018 - whoever shares it finds them
    return found


# One reader at a time is here, which is why it may read on the shared appraisal's cursor.
@st.cache_resource(max_entries=8, show_spinner=False)
def _assessed(file: str, appraisal: Appraisal, _build: Published, _scope: Scope) -> pl.DataFrame:
    return _computed(file, appraisal, _build, _scope).seen_by(MINISTRY).assessed


@st.cache_resource(max_entries=16, show_spinner=False)
def _appraisals(file: str, scope: Scope, _build: Published) -> tuple[Appraisal, ...]:  # noqa: ARG001 - the cache goes by it
    return appraisals(facts_of(_build, scope))


@st.cache_resource(max_entries=64, show_spinner=False)
def _appraised(
    file: str,  # noqa: ARG001 - the cache goes by it
    scope: Scope,
    appraisal: Appraisal,
    judged: pl.DataFrame | None,
    code: str,
    _build: Published,
) -> Appraised:
    found = computed_of(_build, scope, appraisal)
    tree = found.tree(judged)
    better = improvements(tree, found.scheme)
    lost = lost_points(found, tree, code)
    return Appraised(appraisal, found.as_of, tree.nodes, tree.totals, better, lost, found.indicators)


@st.cache_resource(max_entries=32, show_spinner=False)
def _certain(
    file: str,  # noqa: ARG001 - as above
    scope: Scope,
    appraisal: Appraisal,
    judged: pl.DataFrame | None,
    _build: Published,
) -> Certainty:
    return computed_of(_build, scope, appraisal).certainty(judged)


@st.cache_data(max_entries=256, show_spinner=False)
def _members(
    file: str,  # noqa: ARG001 - as above
    scope: Scope,
    appraisal: Appraisal,
    province: str,
    indicator: str,
    part: str,
    _build: Published,
) -> pl.DataFrame:
    facts = facts_of(_build, scope)
    found = computed(facts, appraisal.round, appraisal.support_batch, appraisal.year)
    rows = found.members(indicator, part, province)
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    pieces = [
        located(piece, receipts, field)
        for (field,), piece in rows.partition_by("field", as_dict=True, maintain_order=True).items()
    ]
    return pl.concat(pieces) if pieces else rows
