"""Number and quality side by side: reviews, cancellations, firms that moved up; and where the rules changed."""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from data.rulebook import rule_sets
from metrics import title_quality, unit_progress
from metrics.origin import located
from metrics.title_quality import DECIDED
from metrics.title_status import ABOVE
from pages.components.facts import facts_of
from pages.components.filters import switch
from pages.components.header import section
from pages.components.member_pages import Records
from pages.components.member_proofs import Source, registry_proof, row_part
from pages.components.numbers import MISSING, exact, iso, percent
from pages.components.proof import is_open, proof_button
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import t

_KEY = "title_quality"


def quality_view(source: Source, tier: str) -> None:
    """Each unit's titles beside what became of them in the year before the day."""
    rows = _rows(source.build.file, source.scope, tier, source.as_of, source.build)
    since = unit_progress.year_before(source.as_of)
    section(t("title_quality.title", tier=t(f"tier.{tier}")), t("title_quality.subtitle", since=iso(since)))
    uneven = title_quality.concentration(rows.filter(pl.col("province").is_not_null())["valid"])
    gini, cv = uneven["gini"], uneven["cv_pct"]
    passed, failed = int(rows["passed"].sum()), int(rows["failed"].sum())
    told = {
        "gini": MISSING if gini is None else exact(round(gini, 2)),
        "cv": percent(cv),
        "passed": exact(passed),
        "decided": exact(passed + failed),
        "share": percent(100 * passed / (passed + failed)) if passed + failed else MISSING,
    }
    said = t("title_quality.said", **told)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(said, width="content")
        parts = [_part(source, tier, what, since) for what in DECIDED] if is_open(_KEY) else []
        proof = registry_proof(
            source,
            t("title_quality.proof"),
            told["share"],
            t("title_quality.formula"),
            parts,
            "title_quality",
        )
        proof_button(proof, _KEY)
    if tier in ABOVE and switch("moved_up", label=t("title_quality.with_moved_up")):
        moved = _moved(source.build.file, source.scope, tier, source.as_of, source.build)
        rows = rows.join(
            moved, on="province", how="left", nulls_equal=True, maintain_order="left"
        ).with_columns(
            moved_up_pct=pl.when(pl.col("valid") > 0).then(
                100 * pl.col("moved_up").fill_null(0) / pl.col("valid")
            )
        )
    table = rows.with_columns(
        pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String),
        pl.col(pl.Float64).round(1),
    )
    table_with_export(
        table,
        name=f"title_quality_{tier}_build{source.build.build}",
        key=f"title_quality_{tier}",
        labels={name: t(f"title_quality.column.{name}") for name in table.columns},
    )


def rule_change_note(first: dt.date, last: dt.date) -> None:
    """Say which rule sets came into force within a series: what lies before and after does not quite compare."""
    crossed = [
        (begins, known.document.number)
        for known in rule_sets()
        if first < (begins := min(period.first for period in known.periods)) <= last
    ]
    if crossed:
        said = [t("title_quality.change", day=iso(day), document=number) for day, number in sorted(crossed)]
        st.caption(t("title_quality.crosses", changes=t("number.and").join(said)))


def _part(source: Source, tier: str, what: str, since: dt.date) -> Records:
    facts = facts_of(source.build, source.scope)
    terms = title_quality.decided_members(facts.table("title_periods"), tier, what, since, source.as_of)
    turn, on = ("opened", "valid_from") if what == "passed" else ("closed", "valid_to")
    place = (f"{turn}_receipt", f"{turn}_sheet", f"{turn}_row")
    rows: pl.DataFrame = terms.select("name", "uscc", "province", on, *place).collect("polars").to_native()
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    found = located(rows.sort("province", "name", on), receipts, "event_date", place).select(
        "name",
        "uscc",
        pl.col("province").cast(pl.String).replace_strict(unit_names(), default=None, return_dtype=pl.String),
        on,
        "file",
        "sheet",
        "cell",
    )
    return row_part(found, t(f"title_quality.column.{what}"), f"{what}_{tier}")


@st.cache_resource(max_entries=32, show_spinner=False)
def _rows(file: str, scope: Scope, tier: str, as_of: dt.date, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    periods = facts_of(_build, scope).table("title_periods")
    return title_quality.by_unit(periods, tier, unit_progress.year_before(as_of), as_of)


@st.cache_resource(max_entries=16, show_spinner=False)
def _moved(file: str, scope: Scope, tier: str, as_of: dt.date, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    return title_quality.moved_up(facts_of(_build, scope).table("title_periods"), tier, as_of)
