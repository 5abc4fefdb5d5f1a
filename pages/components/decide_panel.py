"""How far the panel agrees, and who scores above or below the others on the same items."""

from __future__ import annotations

import polars as pl
import streamlit as st

from metrics.agreement import agreement
from metrics.severity import severity
from pages.components.decide_figures import said
from pages.components.decide_reads import UnderReview, rated
from pages.components.header import section
from pages.components.states import empty
from pages.components.twin import table_with_export
from pages.components.words import t
from pages.components.work_proofs import names

_PLACES = 2


def agreement_view(found: UnderReview) -> None:
    """Agreement over all and by indicator; the severity of each seat."""
    if found.scores.is_empty():
        empty(t("decide.no_scores"), t("decide.no_scores_step"))
        return
    section(t("decide.severity_title"), t("decide.severity_subtitle"))
    rows = severity(rated(found.scores)).select(
        seat="rater",
        scores="scores",
        compared="compared",
        mean=pl.col("mean").round(_PLACES),
        difference=pl.col("difference").round(_PLACES),
        largest=pl.col("largest").round(_PLACES),
    )
    _table(rows, "severity")
    section(t("decide.agreement_title"), t("decide.agreement_subtitle"))
    _table(pl.DataFrame(_by_indicator(found)), "agreement")


def _by_indicator(found: UnderReview) -> list[dict]:
    known = names(found.appraised)
    pieces = {t("decide.all_indicators"): found.scores} | {
        known[code]: found.scores.filter(pl.col("indicator") == code)
        for code in found.appraised.scheme.judged
        if code in set(found.scores["indicator"])
    }
    rows = []
    for name, scores in pieces.items():
        told = agreement(rated(scores))
        rows.append(
            {
                "indicator": name,
                "scores": told.scores,
                "compared": told.pairable,
                "alpha": said(told.alpha),
                "icc_single": said(told.icc.single),
                "icc_average": said(told.icc.average),
            }
        )
    return rows


def _table(rows: pl.DataFrame, key: str) -> None:
    labels = {name: t(f"work.column.{name}") for name in rows.columns}
    st.caption(t(f"decide.note.{key}"))
    table_with_export(rows, name=key, key=f"decide_{key}", labels=labels)
