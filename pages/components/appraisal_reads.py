"""What the page of the appraisal's results is drawn from: the run in force, or a preview of one; the assessed firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data.access import Scope
from data.appraisals import Appraisal
from data.home import home
from data.manifest import Published
from metrics.appraisal.indicators import as_decimal
from metrics.origin import located
from pages.components import work_reads
from pages.components.decide_reads import with_reviews
from pages.components.facts import facts_of
from pages.components.reader_switch import reader
from pages.components.words import language
from pages.components.work_reads import Appraised, appraised, assessed_of, certain, computed_of
from pipelines.appraisal_tables import reason_said
from pipelines.workflow.decision import PublishedRun, published_run
from pipelines.workflow.panel import scores_visible

_REASON = ("object_kind", "rule", "missing")
GRADES = ("excellent", "good", "fair", "poor")


@dataclass(frozen=True)
class Shown:
    """An appraisal as the page shows it.

    ``units``: province, points_low, points_high, grade_low, grade_high, grade, rank, rank_low, rank_high, chance_* and
    decided (the chair's grade; null in a preview), best first; of the published run where there is one (``run``), else
    of the facts and the panel's scores that this reader may see. ``found``: the trees on the present facts.
    ``is_current``: the published run is what the present facts and scheme give.
    """

    build: Published
    scope: Scope
    appraisal: Appraisal
    found: Appraised
    units: pl.DataFrame
    run: PublishedRun | None
    judged: pl.DataFrame | None
    is_current: bool


def opens_first(offered: Sequence[Appraisal]) -> Appraisal | None:
    """The latest published appraisal, else the latest that a panel reviews; None where there is neither.

    ``offered``: latest first.
    """
    published = (one for one in offered if published_run(home(), one))
    return next(published, None) or with_reviews(home(), offered)


def shown(build: Published, scope: Scope, appraisal: Appraisal) -> Shown:
    """The published run of the appraisal, or its preview."""
    scores = scores_visible(home(), reader(), appraisal)
    judged = None if scores.is_empty() else scores
    found = appraised(build, scope, appraisal, judged)
    run = published_run(home(), appraisal)
    if run is None:
        units = found.totals.drop("low", "high").join(
            certain(build, scope, appraisal, judged), on="province", how="left"
        )
        decided = units.with_columns(decided=pl.lit(None, pl.String))
        return Shown(build, scope, appraisal, found, _ranked(decided), None, judged, is_current=True)
    is_current = (run.content["inputs"]["facts"], run.scheme_sha256) == (build.content, found.scheme.version)
    return Shown(build, scope, appraisal, found, _ranked(_of_run(run)), run, judged, is_current=is_current)


def assessed(build: Published, scope: Scope, appraisal: Appraisal) -> pl.DataFrame:
    """`metrics.appraisal.assessment.assess`, with the reason in words (said) and file, sheet and cell of the list."""
    return _assessed(build.file, scope, appraisal, language(), build)


def without(shown_: Shown, province: str) -> pl.DataFrame:
    """What happens to a province when each indicator is left out: `metrics.appraisal.certainty.WITHOUT`."""
    found = work_reads.without(shown_.build, shown_.scope, shown_.appraisal, shown_.judged)
    return found.filter(pl.col("province") == province)


def _of_run(run: PublishedRun) -> pl.DataFrame:
    decided = {row["province"]: row["grade"] for row in run.content["inputs"]["decisions"]}
    rows = [
        row
        | {f"points_{end}": float(as_decimal(row[end]) or 0) for end in ("low", "high")}
        | {"decided": decided.get(row["province"])}
        for row in run.content["results"]["provinces"]
    ]
    return pl.DataFrame(rows, infer_schema_length=None).drop("low", "high")


def _ranked(units: pl.DataFrame) -> pl.DataFrame:
    return units.sort("rank", "province")


@st.cache_resource(max_entries=16, show_spinner=False)
def _assessed(
    file: str,  # noqa: ARG001 - the cache goes by it
    scope: Scope,
    appraisal: Appraisal,
    code: str,
    _build: Published,
) -> pl.DataFrame:
    facts = facts_of(_build, scope)
    found, rows = computed_of(_build, scope, appraisal), assessed_of(_build, scope, appraisal)
    reasons = rows.select(_REASON).unique()
    said = [reason_said(found, row, code) for row in reasons.iter_rows(named=True)]
    told = reasons.with_columns(said=pl.Series(said, dtype=pl.String))
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    return located(rows.join(told, on=_REASON, how="left", maintain_order="left"), receipts, "uscc")
