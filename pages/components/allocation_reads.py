"""What the allocation pages read of the facts: key firms by province with grades, tranches received, recipients."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.access import Scope
from data.appraisals import Appraisal
from data.home import home
from data.manifest import Published
from pages.components.facts import facts_of
from pages.components.reader_switch import reader
from pages.components.words import t
from pages.components.work_reads import computed_of
from pipelines.allocation_facts import (
    CentralRows,
    Receipt,
    Recipients,
    central_rows,
    receipts_of,
    recipients_of_tranche,
)
from pipelines.workflow.decision import published_run
from pipelines.workflow.panel import scores_visible


def provinces_of(build: Published, scope: Scope, appraisal: Appraisal) -> tuple[CentralRows, bool]:
    """`pipelines.allocation_facts.central_rows`, and whether its grades are a preview.

    Without a published run the grades are the model's on what the reader may see, where they are certain.
    """
    run = published_run(home(), appraisal)
    found = _provinces(build.file, scope, appraisal, run and run.number, build)
    if run is not None:
        return found, False
    scores = scores_visible(home(), reader(), appraisal)
    grades = _preview(build.file, scope, appraisal, scores.write_json(), build)
    rows = found.rows.with_columns(
        grade=pl.col("province").replace_strict(grades, default=None, return_dtype=pl.String)
    )
    return CentralRows(rows, None, found.is_assessed, found.firms), True


def is_settled(build: Published, scope: Scope, appraisal: Appraisal) -> bool:
    """Whether the list of continued firms of an appraisal is known, so that a next tranche can follow it."""
    run = published_run(home(), appraisal)
    return _provinces(build.file, scope, appraisal, run and run.number, build).is_assessed


def received_by(build: Published, scope: Scope) -> tuple[Receipt, ...]:
    """`pipelines.allocation_facts.receipts_of`."""
    return _received(build.file, scope, build)


def recipients(build: Published, scope: Scope, receipt: Receipt) -> Recipients:
    """`pipelines.allocation_facts.recipients_of_tranche`."""
    return _recipients(build.file, scope, receipt, build)


def appraisal_said(appraisal: Appraisal) -> str:
    """An appraisal in words: round, support batch, year."""
    batch = programme_said(appraisal.round, appraisal.support_batch)
    return t("allocate.appraisal", batch=batch, year=appraisal.year)


def programme_said(round_code: str, support_batch: int) -> str:
    """A support batch in words."""
    return t("allocate.batch", round=t(f"allocate.round.{round_code}"), batch=support_batch)


@st.cache_data(max_entries=32, show_spinner=False)
def _provinces(
    file: str,  # noqa: ARG001 - the cache goes by it
    scope: Scope,
    appraisal: Appraisal,
    run: int | None,  # noqa: ARG001 - as above
    _build: Published,
) -> CentralRows:
    return central_rows(facts_of(_build, scope), appraisal, home())


@st.cache_data(max_entries=32, show_spinner=False)
def _preview(
    file: str,  # noqa: ARG001 - the cache goes by it
    scope: Scope,
    appraisal: Appraisal,
    scores: str,
    _build: Published,
) -> dict[str, str]:
    found = computed_of(_build, scope, appraisal)
    judged = scores_visible(home(), reader(), appraisal) if scores != "[]" else None
    totals = found.tree(judged).totals.filter(pl.col("grade").is_not_null())
    return dict(totals.select("province", "grade").iter_rows())


@st.cache_data(max_entries=8, show_spinner=False)
def _received(file: str, scope: Scope, _build: Published) -> tuple[Receipt, ...]:  # noqa: ARG001 - as above
    return receipts_of(facts_of(_build, scope))


@st.cache_data(max_entries=32, show_spinner=False)
def _recipients(file: str, scope: Scope, receipt: Receipt, _build: Published) -> Recipients:  # noqa: ARG001 - as above
    return recipients_of_tranche(facts_of(_build, scope), receipt)
