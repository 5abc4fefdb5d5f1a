"""What a province still has to do, most points first, and how its points stand by layer."""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from data.rounds import load_round
from pages.components import charts
from pages.components.facts import facts_of
from pages.components.numbers import exact
from pages.components.twin import table_with_export, twin
from pages.components.words import both, t
from pages.components.work_proofs import grade_said, names
from pages.components.work_reads import Appraised
from pipelines.workflow.self_evaluation import SelfEvaluation

_PLACES, _BAR_HEIGHT = 2, 46
_NAMED = 3  # points: a narrower bar has no room for its name
_COLUMNS = ("kind", "what", "why", "gain", "grade_then", "due")


def todo_view(build: Published, scope: Scope, found: Appraised, standing: SelfEvaluation) -> None:
    """Everything still open as one table: dates first, then the form, then points by what they would bring."""
    rows = [*_dates(build, scope, found), *_form(found, standing), *_points(found)]
    if not rows:
        st.success(t("my_province.all_done"))
        return
    table = pl.DataFrame(rows, schema_overrides={"gain": pl.Float64, "due": pl.Date}).select(_COLUMNS)
    table_with_export(
        _readable(table),
        exported=table,
        name=f"todo_{standing.province}_{found.appraisal.code}",
        key="self_todo",
        labels={name: t(f"my_province.column.{name}") for name in _COLUMNS},
        column_config=_widths(),
    )


def layers_view(build: Published, found: Appraised, unit: str) -> None:
    """Points by layer: reached, open while something is missing, lost."""
    rows = found.nodes.filter(pl.col("level") == "layer").select(
        layer=pl.col("code").replace_strict(
            {code: both(layer) for code, layer in found.scheme.layers.items()}, return_dtype=pl.String
        ),
        weight=pl.col("weight_used").round(_PLACES),
        reached=pl.col("points_low").round(_PLACES),
        open=(pl.col("points_high") - pl.col("points_low")).round(_PLACES),
        lost=pl.col("lost_sure").round(_PLACES),
    )
    labels = {name: t(f"my_province.layer.{name}") for name in rows.columns}

    def draw() -> None:
        charts.draw(_bars(rows, labels), key=f"layers_{unit}", alt=t("my_province.layers_alt"))

    twin(draw, rows, name=f"layers_{unit}_build{build.build}", key=f"layers_{unit}", labels=labels)


def improvements_view(found: Appraised, unit: str) -> None:
    """What would win points, most first: by doing, by reporting data, or by the panel."""
    st.caption(t("self_evaluation.win_note"))
    rows = _points(found, with_panel=True)
    if not rows:
        st.success(t("self_evaluation.nothing_to_win"))
        return
    table = pl.DataFrame(rows).select("kind", "what", "why", "gain", "grade_then")
    table_with_export(
        _readable(table),
        exported=table,
        name=f"improvements_{unit}_{found.appraisal.code}",
        key="self_improvements",
        labels={name: t(f"my_province.column.{name}") for name in table.columns},
        column_config=_widths(),
    )


def _readable(table: pl.DataFrame) -> pl.DataFrame:
    """Numbers and days as text, so that what is not there is blank."""
    gains = [f"{gain:.{_PLACES}f}" if gain is not None else "" for gain in table["gain"]]
    shown = table.with_columns(gain=pl.Series(gains, dtype=pl.String))
    if "due" not in table.columns:
        return shown
    return shown.with_columns(due=pl.col("due").dt.to_string("%Y-%m-%d").fill_null(""))


def _widths() -> dict[str, object]:
    return {
        "kind": st.column_config.TextColumn(width=64),
        "what": st.column_config.TextColumn(width=185),
        "why": st.column_config.TextColumn(width=300),
        "gain": st.column_config.TextColumn(width=84, alignment="right"),
        "grade_then": st.column_config.TextColumn(width=104),
        "due": st.column_config.TextColumn(width=90),
    }


def _dates(build: Published, scope: Scope, found: Appraised) -> list[dict]:
    """Quotas whose distribution plan is not reported yet: the day by which it must be."""
    of = found.appraisal
    received = facts_of(build, scope).table("fund_receipts").pl()
    open_ = received.filter(
        pl.col("round").cast(pl.String) == of.round,
        pl.col("support_batch") == of.support_batch,
        pl.col("plan_reported_on").is_null(),
        pl.col("received_on") <= found.as_of,
    )
    if scope.unit:
        open_ = open_.filter(pl.col("province") == scope.unit)
    days = load_round(of.round).report_within_days
    return [
        {
            "kind": t("my_province.kind.date"),
            "what": t("my_province.report_plan", tranche=tranche),
            "why": t("my_province.report_plan_why", day=received_on.isoformat(), days=days),
            "gain": None,
            "grade_then": "",
            "due": received_on + dt.timedelta(days=days),
        }
        for tranche, received_on in open_.select("tranche", "received_on").sort("received_on").iter_rows()
    ]


def _form(found: Appraised, standing: SelfEvaluation) -> list[dict]:
    if standing.state == "submitted":
        return []
    known = names(found)
    unfilled = sum(standing.entry(code).value is None for code in known)
    if not unfilled and standing.state != "returned":
        return [_row("form", t("my_province.hand_in"), t("my_province.hand_in_why"))]
    why = (
        t("my_province.returned_why", reason=standing.returned)
        if standing.returned
        else t("my_province.fill_in_why", open=exact(unfilled), all=exact(len(known)))
    )
    return [_row("form", t("my_province.fill_in"), why)]


def _points(found: Appraised, *, with_panel: bool = False) -> list[dict]:
    known = names(found)
    said = {(row["indicator"], row["part"]): row["said"] for row in found.lost.iter_rows(named=True)}
    return [
        _row(
            row["how"],
            _name(found, known, row["indicator"], row["part"]),
            said.get((row["indicator"], row["part"]), ""),
            round(row["gain"], _PLACES),
            grade_said(found, row["grade_then"]) if row["grade_then"] else "",
        )
        for row in found.improvements.iter_rows(named=True)
        if with_panel or row["how"] != "panel"
    ]


def _name(found: Appraised, known: dict[str, str], indicator: str, part: str) -> str:
    parts = found.scheme.indicator(indicator).parts
    return f"{known[indicator]} · {both(parts[part])}" if len(parts) > 1 and part else known[indicator]


def _row(kind: str, what: str, why: str, gain: float | None = None, then: str = "") -> dict:
    kinds = t(f"my_province.kind.{kind}")
    return {"kind": kinds, "what": what, "why": why, "gain": gain, "grade_then": then, "due": None}


def _bars(rows: pl.DataFrame, labels: dict[str, str]) -> charts.Chart:
    colours = charts.palette()
    shades = {"reached": colours.grades["excellent"], "open": colours.outside, "lost": colours.grades["poor"]}
    traces = [
        charts.bar(
            x=rows[name].to_list(),
            y=rows["layer"].to_list(),
            orientation="h",
            name=labels[name],
            marker={"color": shade},
            text=[f"{labels[name]} {exact(value)}" if value >= _NAMED else "" for value in rows[name]],
            textposition="inside",
            textangle=0,
            insidetextanchor="start",
            hovertemplate=f"%{{y}}　{labels[name]} %{{x}}<extra></extra>",
        )
        for name, shade in shades.items()
    ]
    chart = charts.figure(*traces, height=_BAR_HEIGHT * rows.height + 30)
    chart.update_layout(
        barmode="stack",
        showlegend=False,
        margin={"t": 4},
        yaxis={"autorange": "reversed", "type": "category"},
        xaxis={"title": {"text": t("my_province.layers_axis")}},
    )
    return chart
