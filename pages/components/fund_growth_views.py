"""The funds page: how supported little giants grew, beside comparable ones that were not supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from data.access import Facts
from data.appraisal_policy import load_scheme
from data.dataset import FEN_PER_UNIT
from metrics.origin import located
from pages.components import charts
from pages.components.facts import build_said, facts_for_export, facts_of
from pages.components.fund_reads import ALL, Funds, growth_of
from pages.components.header import section
from pages.components.member_pages import PAGE, Records
from pages.components.numbers import exact, iso, percent
from pages.components.proof import Proof, proof_button
from pages.components.twin import twin
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.funds import Growth

SIDES = {"supported": True, "unsupported": False}
_ROW, _HEAD = 21, 74
_WIDE = 0.13  # room at the right of the last dot for the difference, as a share of the axis
_SHOWN = ("name", "province", "revenue_before", "revenue", "growth_pct", "file", "sheet", "cell")


def growth_view(funds: Funds) -> None:
    """Median growth of both groups by unit, the country first; the table has them all, the proof every firm."""
    found = growth_of(funds.source)
    whole = found.medians.row(by_predicate=pl.col("province").is_null(), named=True)
    if found.year is None or not whole["supported"]:
        return
    chosen, row = _chosen(found.medians, funds), _own(found.medians, funds)
    if row is None:
        return
    head, proof = st.columns([8, 1], vertical_alignment="bottom", gap="small")
    with head:
        section(
            t("funds.growth.title"),
            t("funds.growth.subtitle", year=found.year, before=found.year - 1)
            + t("funds.growth.firms", firms=exact(row["supported"]), others=exact(row["unsupported"])),
        )
    with proof:
        proof_button(_proof(funds, found, row), "growth")
    least = max(load_scheme(code).growth_firms_at_least for code in funds.asked.flow["round"].unique())
    drawn = chosen.filter(pl.min_horizontal(*SIDES) >= least)

    def draw() -> None:
        alt = t("funds.growth.alt", units=drawn.height)
        charts.draw(growth_dots(drawn), key=f"funds_growth_{funds.province}", alt=alt)
        left = chosen.height - drawn.height
        st.caption(t("funds.growth.left_out", units=left, least=least) if left else t("funds.growth.note"))

    shown = _ranked(chosen).select(
        "label", *SIDES, pl.col("supported_pct", "unsupported_pct", "difference_points").round(2)
    )
    twin(
        draw,
        shown,
        name=f"funds_growth_{found.year}_build{funds.source.build.build}",
        key=f"funds_growth_{funds.province}",
        labels={name: t(f"funds.growth.column.{name}") for name in shown.columns},
    )


def growth_dots(medians: pl.DataFrame) -> charts.Chart:
    """A dot for each group, a line between, the difference beside; the largest difference first."""
    colours = charts.palette()
    ranked = _ranked(medians)
    labels = ranked["label"].to_list()
    ways: tuple[list[float | None], list[str | None]] = ([], [])
    for label, one, other in ranked.select("label", "supported_pct", "unsupported_pct").iter_rows():
        ways[0].extend([one, other, None])
        ways[1].extend([label, label, None])
    found = [value for value in ways[0] if value is not None]
    low, high = min([*found, 0.0]), max([*found, 0.0])
    room = max(high - low, 1.0) * _WIDE  # not policy: an axis needs a length
    dots = [
        charts.scatter(
            x=ranked[f"{side}_pct"].to_list(),
            y=labels,
            mode="markers",
            name=t(f"funds.growth.side.{side}"),
            marker={"size": 10, "symbol": symbol, "color": colour},
            hovertext=[
                t("funds.growth.hover", label=label, side=t(f"funds.growth.side.{side}"), value=percent(value),
                  firms=exact(firms))
                for label, value, firms in ranked.select("label", f"{side}_pct", side).iter_rows()
            ],
            hoverinfo="text",
        )
        for side, symbol, colour in (
            ("unsupported", "circle-open", colours.quiet),
            ("supported", "circle", colours.tiers["key_little_giant"]),
        )
    ]  # fmt: skip
    chart = charts.figure(
        charts.scatter(
            x=ways[0], y=ways[1], mode="lines", line={"color": colours.quiet, "width": 2}, hoverinfo="skip",
            showlegend=False,
        ),
        *dots,
        charts.scatter(
            x=[high + room] * len(labels), y=labels, mode="text", textposition="middle left", hoverinfo="skip",
            text=[_signed(value) for value in ranked["difference_points"]], showlegend=False,
        ),
        height=_ROW * len(labels) + _HEAD,
    )  # fmt: skip
    chart.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "reversed"},
        margin={"t": 34, "r": 4},
        xaxis={
            "range": [low - room / 8, high + room],
            "showgrid": True,
            "ticksuffix": "%",
        },
        yaxis=charts.names_axis(len(labels)),
    )
    return chart


def _chosen(medians: pl.DataFrame, funds: Funds) -> pl.DataFrame:
    """The chosen units and the country, which a province does not see."""
    own = medians if funds.province == ALL else medians.filter(pl.col("province") == funds.province)
    country = medians.filter(pl.col("province").is_null())
    if funds.source.scope.unit or funds.province == ALL:
        return own
    return pl.concat([own, country])


def _ranked(medians: pl.DataFrame) -> pl.DataFrame:
    """Under their names, the country first, then the largest difference."""
    named = pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String)
    country = pl.when(pl.col("province").is_null()).then(pl.lit(t("funds.all_provinces")))
    return medians.with_columns(label=pl.coalesce(country, named, "province")).sort(
        pl.col("province").is_not_null(), "difference_points", "label", descending=[False, True, False],
        nulls_last=True,
    )  # fmt: skip


def _own(medians: pl.DataFrame, funds: Funds) -> dict[str, Any] | None:
    """The medians of the chosen unit, or of the country; None where the unit has no such firms."""
    province = None if funds.province == ALL else funds.province
    rows = medians.filter(pl.col("province").eq_missing(pl.lit(province, pl.String)))
    return rows.row(0, named=True) if rows.height else None


def _signed(difference: float | None) -> str:
    sign = "+" if difference is not None and round(difference, 1) > 0 else ""
    return sign + exact(difference, 1)


def _proof(funds: Funds, found: Growth, row: Mapping[str, Any]) -> Proof:
    firms = found.firms
    if funds.province != ALL:
        firms = firms.filter(pl.col("province") == funds.province)
    return Proof(
        title=t("funds.growth.title"),
        value=t(
            "funds.growth.value",
            supported=percent(row["supported_pct"]),
            unsupported=percent(row["unsupported_pct"]),
            difference=_signed(row["difference_points"]),
        ),
        formula=t("funds.growth.formula", year=found.year, before=(found.year or 0) - 1),
        basis=t("funds.growth.basis"),
        as_of=iso(funds.source.as_of),
        marks=("M",),
        parts=[_records(funds, firms, side) for side in SIDES],
        build=build_said(funds.source.build),
    )


def _records(funds: Funds, firms: pl.DataFrame, side: str) -> Records:
    own = firms.filter(pl.col("is_supported") == SIDES[side])
    headers = {name: t(f"funds.growth.firm.{name}") for name in _SHOWN}
    names, source = unit_names(), funds.source

    def readable(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        receipts = facts.table("receipts").select("receipt_id, file, places").pl()
        shown = located(rows, receipts, "revenue").with_columns(
            pl.col("province").replace_strict(names, default=None, return_dtype=pl.String),
            pl.col("revenue", "revenue_before") / FEN_PER_UNIT,
            pl.col("growth_pct").round(2),
        )
        return shown.select(pl.col(name).alias(header) for name, header in headers.items())

    return Records(
        label=t(f"funds.growth.side.{side}"),
        name=f"growth_{side}_build{source.build.build}",
        count=own.height,
        page=lambda page: readable(own.slice(page * PAGE, PAGE), facts_of(source.build, source.scope)),
        whole=lambda: readable(own, facts_for_export(source.build, source.scope)),
    )
