"""What the pages read of the registry: counts of titles by day and unit, targets, returns, context, published counts.

Small frames, whatever the number of firms, cached under build, scope and arguments.
"""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import polars as pl
import streamlit as st

from data import published
from data.access import Facts, Scope
from data.manifest import Published
from metrics import published_stock, returns_coverage, title_history, title_status, unit_progress
from metrics.origin import located
from pages.components.facts import facts_of

_PUBLISHED = (
    "tier", "date", "date_precision", "province", "title_batch", "event", "basis", "count", "qualifier", "mark",
    "source",
)  # fmt: skip
_ROW = ("receipt_id", "sheet_no", "row_no")


def has_titles(build: Published | None) -> bool:
    """Whether title events or official lists were loaded, without which the registry says nothing of titles."""
    return build is not None and any(build.rows.get(name) for name in ("title_events", "title_lists"))


def turns(build: Published, scope: Scope) -> pl.DataFrame:
    """`metrics.title_history.turns`."""
    return _turns(build.file, scope, build)


def counts(build: Published, scope: Scope, as_of: dt.date) -> pl.DataFrame:
    """`metrics.unit_progress.title_counts`."""
    return _counts(build.file, scope, as_of, build)


def coverage(build: Published, scope: Scope) -> tuple[int | None, pl.DataFrame]:
    """The latest accounting year with returns (None: no returns), and `metrics.returns_coverage.coverage` of it."""
    return _coverage(build.file, scope, build)


def targets(build: Published, scope: Scope) -> pl.DataFrame:
    """Provincial targets: province, tier, year, target, source, and file, sheet and cell of the target."""
    return _rows(
        build.file, scope, "provincial_targets", ("province", "tier", "year", "target", "source"), build
    )


def context(build: Published, scope: Scope) -> pl.DataFrame:
    """Industrial SMEs above scale: province, year, above_scale_smes, and its file, sheet and cell."""
    return _rows(build.file, scope, "province_context", ("province", "year", "above_scale_smes"), build)


def stock_of(build: Published | None, scope: Scope) -> pl.DataFrame:
    """The published national stocks: those shipped, and those loaded."""
    if build is None or not build.rows.get("published_counts"):
        return published.stock()
    loaded = _rows(build.file, scope, "published_counts", _PUBLISHED, build)
    return published_stock.joined(published.stock(), loaded)


@st.cache_data(max_entries=4, show_spinner=False)
def _turns(file: str, scope: Scope, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    return title_history.turns(facts_of(_build, scope).table("title_periods"))


@st.cache_data(max_entries=128, show_spinner=False)
def _counts(file: str, scope: Scope, as_of: dt.date, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    periods = facts_of(_build, scope).table("title_periods")
    due = title_status.due(periods, as_of, unit_progress.year_after(as_of))
    return unit_progress.title_counts(turns(_build, scope), due, as_of)


@st.cache_data(max_entries=4, show_spinner=False)
def _coverage(file: str, scope: Scope, _build: Published) -> tuple[int | None, pl.DataFrame]:  # noqa: ARG001 - as above
    facts = facts_of(_build, scope)
    year = _latest_year(facts)
    tables = [facts.table(name) for name in ("title_periods", "enterprises", "annual_returns")]
    return year, returns_coverage.coverage(*tables, [] if year is None else [year])


@st.cache_data(max_entries=8, show_spinner=False)
def _rows(file: str, scope: Scope, dataset: str, columns: tuple[str, ...], _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    facts = facts_of(_build, scope)
    found = facts.table(dataset).select(", ".join(f'"{name}"' for name in (*columns, *_ROW))).pl()
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    choices = [name for name in ("tier", "event", "basis") if name in columns]
    field = {"provincial_targets": "target", "province_context": "above_scale_smes"}.get(dataset, "count")
    return located(found, receipts, field).with_columns(pl.col(choices).cast(pl.String)).sort(_ROW)


def _latest_year(facts: Facts) -> int | None:
    latest = nw.from_native(facts.table("annual_returns")).lazy().select(nw.col("year").max())
    return latest.collect("polars").to_native().item()
