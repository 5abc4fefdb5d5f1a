"""Who reviews which province, how far each review is, and which self-evaluations are in."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.home import home
from data.readers import SEATS, Reader
from pages.components.decide_reads import UnderReview
from pages.components.header import section
from pages.components.plain_text import plain
from pages.components.receipt_words import moment
from pages.components.states import empty, error
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.workflow.panel import assign
from pipelines.workflow.refusals import WorkflowError
from pipelines.workflow.self_evaluation import give_back


def assign_view(by: Reader, found: UnderReview) -> None:
    """The reviews with their progress, and the form that assigns seats to provinces."""
    section(t("decide.assign_title"), t("decide.assign_subtitle"))
    names = unit_names()
    taking_part = [unit for unit in names if unit in set(found.appraised.totals["province"])]
    labels = {seat: t("reader.seat_of", seat=seat) for seat in range(1, SEATS + 1)}
    with st.form("decide_assign", border=True):
        units = st.multiselect(
            t("decide.assign_units"), taking_part, format_func=names.__getitem__, key="assign_units"
        )
        seats = st.multiselect(
            t("decide.assign_seats"),
            list(labels),
            format_func=labels.__getitem__,
            key="assign_seats",
        )
        pressed = st.form_submit_button(t("decide.assign_button"), type="primary")
    if pressed and units:
        try:
            for unit in units:
                assign(home(), by, found.appraised.appraisal, unit, seats)
        except WorkflowError as refused:
            error(t("self_evaluation.refused"), plain(str(refused)), t("my_reviews.changed_remedy"))
        else:
            st.rerun()
    if found.progress.is_empty():
        empty(t("decide.nobody"), t("decide.nobody_step"))
        return
    table = found.progress.select(
        unit=pl.col("province").replace(names),
        seat="panelist",
        scored="scored",
        submitted_at=pl.Series([moment(at) if at else "" for at in found.progress["submitted_at"]]),
    )
    _table(table, "reviews")


def received_view(by: Reader, found: UnderReview) -> None:
    """Which provinces have handed in their self-evaluation; nothing of its content before that."""
    section(t("decide.received_title"), t("decide.received_subtitle"))
    if found.standings.is_empty():
        empty(t("decide.none_received"))
        return
    rows = found.standings.select(
        unit=pl.col("province").replace(unit_names()),
        state=pl.Series([t(f"work.state.{state}") for state in found.standings["state"]], dtype=pl.String),
        number="number",
        submitted_at=pl.Series([moment(at) if at else "" for at in found.standings["submitted_at"]]),
    )
    _table(rows, "received")
    _give_back(by, found)


def _give_back(by: Reader, found: UnderReview) -> None:
    names = unit_names()
    submitted = found.standings.filter(pl.col("state") == "submitted")["province"].to_list()
    if not submitted:
        return
    with st.form("decide_give_back", border=True):
        unit = st.selectbox(
            t("decide.give_back_unit"), submitted, format_func=names.__getitem__, key="give_back_unit"
        )
        reason = st.text_input(t("decide.give_back_reason"), key="give_back_reason")
        pressed = st.form_submit_button(t("decide.give_back"), help=t("decide.give_back_help"))
    if not pressed:
        return
    try:
        give_back(home(), by, found.appraised.appraisal, unit, reason)
    except WorkflowError as refused:
        error(t("decide.not_given_back"), plain(str(refused)), t("decide.give_back_remedy"))
    else:
        st.rerun()


def _table(rows: pl.DataFrame, key: str) -> None:
    labels = {name: t(f"work.column.{name}") for name in rows.columns}
    table_with_export(rows, name=key, key=f"decide_{key}", labels=labels)
