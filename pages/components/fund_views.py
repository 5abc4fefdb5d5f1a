"""The main view of the funds page: where the money stands by province or tranche, how fast it moves, and the table."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.dataset import FEN_PER_UNIT
from metrics import fund_flow
from pages.components import charts
from pages.components.fund_reads import ALL, Funds
from pages.components.fund_words import in_headline
from pages.components.header import section
from pages.components.numbers import exact, percent
from pages.components.twin import table_with_export, twin
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.funds import amount, place_said

_BAR, _HEAD = 21, 44
_WIDE = 1.45  # room at the right of the longest bar for its numbers
_FEN_PER_YUAN = 100
_AMOUNTS = fund_flow.STAGES
_SPEED = (
    "days_to_plan_median",
    "days_to_plan_max",
    "days_to_payment_median",
    "days_to_payment_max",
    "idle_days",
)


def flow_view(funds: Funds) -> None:
    """Where the money stands: by province, or, of one province, by tranche."""
    one = funds.province != ALL
    rows = _rows(funds)
    section(
        t("funds.flow_tranches", province=unit_names()[funds.province]) if one else t("funds.flow_title"),
        t("funds.flow_subtitle"),
    )
    key = f"funds_{funds.programme}_{funds.province}"
    alt = t("funds.flow_alt", rows=rows.height)

    def draw_amounts() -> None:
        charts.draw(flow_bars(rows), key=f"{key}_flow", alt=alt)

    def draw_speed() -> None:
        charts.draw(speed_dots(rows, _limit(funds)), key=f"{key}_speed", alt=t("funds.speed_alt"))
        st.caption(t("funds.speed_note"))

    views = {t("funds.amounts"): draw_amounts}
    if not one:
        views[t("funds.speed")] = draw_speed
    shown = _table(rows, with_ratios=not one)
    twin(
        views,
        shown,
        name=f"funds_{funds.programme}_{funds.province}_build{funds.source.build.build}",
        key=key,
        labels={name: t(f"funds.column.{name}") for name in shown.columns},
    )
    if funds.day.unplaced:
        st.caption(t("funds.unplaced", count=exact(funds.day.unplaced)))


def flow_bars(rows: pl.DataFrame) -> charts.Chart:
    """Bars of what was received, in three parts: used, paid and not yet used, not paid; most received first."""
    colours = charts.palette()
    ranked = rows.sort("received", "label", descending=[True, False])
    spent = pl.min_horizontal("used", "paid")
    parts = ranked.select(
        "label",
        *_AMOUNTS,
        spent=spent,
        rest=pl.col("paid") - spent,
        share=pl.when(pl.col("received") > 0).then(100 * pl.col("paid") / pl.col("received")),
    )
    labels = parts["label"].to_list()
    most = max([*(parts["spent"] + parts["rest"] + parts["idle"]).to_list(), 1])
    fills = {"spent": colours.quiet, "rest": colours.grid, "idle": colours.high}
    bars = [
        charts.bar(
            x=[fen / _FEN_PER_YUAN for fen in parts[name]],
            y=labels,
            orientation="h",
            name=t(f"funds.bar.{name}"),
            marker={"color": fill, "line": {"color": colours.quiet, "width": 1 if name == "rest" else 0}},
            hovertext=[
                t("funds.bar_hover", label=label, part=t(f"funds.bar.{name}"), amount=amount(fen, language()))
                for label, fen in zip(labels, parts[name], strict=True)
            ],
            hoverinfo="text",
        )
        for name, fill in fills.items()
    ]
    beside = charts.scatter(
        x=[most * _WIDE / _FEN_PER_YUAN] * len(labels),
        y=labels,
        mode="text",
        text=[
            t("funds.beside", received=in_headline(fen), share=percent(share))
            for fen, share in parts.select("received", "share").iter_rows()
        ],
        textposition="middle left",
        hoverinfo="skip",
        showlegend=False,
    )
    chart = charts.figure(*bars, beside, height=_BAR * len(labels) + _HEAD)
    chart.update_layout(
        barmode="stack",
        bargap=0.3,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        margin={"t": _HEAD - 10, "r": 4},
        xaxis={"visible": False, "range": [0, most * _WIDE / _FEN_PER_YUAN]},
        yaxis=charts.names_axis(len(labels)),
    )
    return chart


def speed_dots(rows: pl.DataFrame, limit: int) -> charts.Chart:
    """Median days from the receipt to the plan and to the payment; the slowest first, the term as a dashed line."""
    colours = charts.palette()
    ranked = rows.filter(pl.col("days_to_payment_median").is_not_null()).sort(
        "days_to_payment_median", "label", descending=[True, False]
    )
    labels = ranked["label"].to_list()
    dots = [
        charts.scatter(
            x=ranked[f"days_to_{step}_median"].to_list(),
            y=labels,
            mode="markers",
            name=t(f"funds.dot.{step}"),
            marker={"size": 9, "symbol": symbol, "color": colour},
            hovertemplate=f"%{{y}} {t(f'funds.dot.{step}')} <b>%{{x}}</b><extra></extra>",
        )
        for step, symbol, colour in (
            ("plan", "circle-open", colours.quiet),
            ("payment", "circle", colours.tiers["srdi"]),
        )
    ]
    chart = charts.figure(*dots, height=_BAR * len(labels) + _HEAD + 20)
    chart.add_vline(x=limit, line={"color": colours.quiet, "width": 1.5, "dash": "dash"})
    chart.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        margin={"t": _HEAD - 10},
        xaxis={"rangemode": "tozero", "showgrid": True, "title": {"text": t("funds.days_axis")}},
        yaxis=charts.names_axis(len(labels)),
    )
    return chart


def published_view(funds: Funds) -> None:
    """Published transfers beside received quotas: how many agree, and those that do not."""
    found = fund_flow.published_against_received(funds.day)
    if funds.province != ALL:
        found = found.filter(pl.col("province") == funds.province)
    if found.is_empty() or funds.day.transfers.is_empty():
        return
    unlike = found.filter(pl.col("verdict") != "equal")
    equal = found.height - unlike.height
    if unlike.is_empty():
        section(t("funds.published_title"), t("funds.published_equal", equal=equal))
        return
    section(t("funds.published_title"), t("funds.published_subtitle", equal=equal))
    table = unlike.select(
        province=pl.col("province").replace_strict(unit_names(), return_dtype=pl.String),
        document_no="document_no",
        published=_in_units("published"),
        received=_in_units("received"),
        difference=_in_units("difference"),
        verdict=pl.col("verdict").replace_strict(
            {code: t(f"funds.verdict.{code}") for code in unlike["verdict"].unique()}, return_dtype=pl.String
        ),
    )
    labels = {name: t(f"funds.column.{name}") for name in table.columns}
    table_with_export(table, name="published_against_received", key="funds_published", labels=labels)


def _rows(funds: Funds) -> pl.DataFrame:
    """One row a bar, under its label: provinces, or the tranches of one."""
    if funds.province == ALL:
        named = pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String)
        return funds.provinces.with_columns(label=pl.coalesce(named, "province"))
    said = [place_said(row, language()) for row in funds.tranches.iter_rows(named=True)]
    return funds.tranches.with_columns(label=pl.Series(said, dtype=pl.String))


def _table(rows: pl.DataFrame, *, with_ratios: bool) -> pl.DataFrame:
    ranked = rows.sort("received", "label", descending=[True, False])
    money = [_in_units(name) for name in _AMOUNTS]
    if not with_ratios:
        return ranked.select("label", *money, "first_received_on", "idle_days")
    ratios = [pl.col(name).round(2) for name in ("execution_pct", "utilisation_pct", "direct_paid_pct")]
    return ranked.select("label", *money, *ratios, *_SPEED)


def _in_units(column: str) -> pl.Expr:
    return (pl.col(column) / FEN_PER_UNIT).alias(column)


def _limit(funds: Funds) -> int:
    codes: Sequence[str] = funds.tranches["round"].unique().to_list()
    return min(funds.asked.rounds[code].report_within_days for code in codes)
