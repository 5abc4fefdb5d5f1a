"""The main view of the provinces page: sorted bars with target marks, tiles, and the table of every column."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data import published
from metrics import unit_counts
from pages.components import charts
from pages.components.header import section
from pages.components.member_proofs import Source
from pages.components.member_series import Line, line_figure
from pages.components.numbers import exact, iso
from pages.components.proof import proof_button
from pages.components.province_figures import (
    UnitFigure,
    tier_history,
    unit_figures,
)
from pages.components.province_proofs import tier_proof
from pages.components.province_reads import Units, targets_of
from pages.components.title_quality_view import rule_change_note
from pages.components.twin import twin
from pages.components.unit_map import tiles, unit_names
from pages.components.words import t

_BAR_HEIGHT, _TILES_HEIGHT, _SMALL_HEIGHT = 21, 360, 170
_ACROSS = 4
_WIDE = 1.4  # room at the right of the longest bar for its numbers
_TABLE = (
    "valid", "opened", "ended", "due", "target", "attained_pct", "expected", "returned", "coverage_pct",
    "above_scale_smes", "density",
)  # fmt: skip


def units_view(source: Source, units: Units) -> None:
    """The units of the tier, most titles first."""
    name = t(f"tier.{units.tier}")
    alt = t("provinces.bars_alt", tier=name, units=units.rows.height)
    key = f"provinces_{units.tier}_{'with' if units.with_cities else 'apart'}"

    def draw_bars() -> None:
        charts.draw(bars_with_targets(units), key=f"{key}_bars", alt=alt)

    def draw_tiles() -> None:
        charts.draw(tiles(_on_map(units), height=_TILES_HEIGHT), key=f"{key}_tiles", alt=alt)

    years = {
        "year": source.as_of.year,
        "returns": units.returns_year or "—",
        "context": units.context_year or "—",
    }
    twin(
        {t("overview.bars"): draw_bars, t("overview.tiles"): draw_tiles},
        table_of(units),
        name=f"units_{units.tier}_build{source.build.build}",
        key=key,
        labels={"unit": t("provinces.column.unit")}
        | {column: t(f"provinces.column.{column}") for column in _TABLE},
    )
    st.caption(t("provinces.table_note", **years))


def table_of(units: Units) -> pl.DataFrame:
    """The table twin: every unit with all columns; ratios to two places."""
    shown = units.rows.sort("valid", "code", descending=[True, False])
    return shown.select(
        pl.col("code").replace_strict(unit_names(), return_dtype=pl.String).alias("unit"),
        pl.col(_TABLE).exclude("attained_pct", "coverage_pct", "density"),
        pl.col("attained_pct", "coverage_pct", "density").round(2),
    ).select("unit", *_TABLE)


def bars_with_targets(units: Units) -> charts.Chart:
    """Sorted bars; a thin upright mark is the unit's own target; both numbers stand in a column at the right."""
    colours = charts.palette()
    ranked = units.rows.sort("valid", "code", descending=[True, False])
    listed = [unit_names()[code] for code in ranked["code"]]
    with_target = ranked.filter(pl.col("target").is_not_null())
    most = max([*ranked["valid"].to_list(), *with_target["target"].to_list(), 1])
    chart = charts.figure(
        charts.bar(
            x=ranked["valid"].to_list(),
            y=listed,
            orientation="h",
            marker={"color": colours.tiers[units.tier]},
            hovertemplate="%{y} <b>%{x:,}</b><extra></extra>",
        ),
        charts.scatter(
            x=with_target["target"].to_list(),
            y=[unit_names()[code] for code in with_target["code"]],
            mode="markers",
            marker={"symbol": "line-ns", "size": 13, "line": {"color": colours.text, "width": 2}},
            hovertext=[
                t("provinces.target_hover", unit=unit_names()[code], target=exact(target))
                for code, target in with_target.select("code", "target").iter_rows()
            ],
            hoverinfo="text",
        ),
        charts.scatter(
            x=[most * _WIDE] * ranked.height,
            y=listed,
            mode="text",
            text=[_beside(*row) for row in ranked.select("valid", "target").iter_rows()],
            textposition="middle left",
            hoverinfo="skip",
        ),
        height=_BAR_HEIGHT * ranked.height + 10,
    )
    chart.update_layout(
        bargap=0.3,
        margin={"t": 4, "r": 4},
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis=charts.names_axis(ranked.height),
    )
    return chart


def unit_view(source: Source, units: Units, code: str | None) -> None:
    """One unit's own figures, or the country's, each with its proof; below, its three tiers by quarter."""
    place = unit_names()[code] if code else t("provinces.country")
    section(t("provinces.unit_title", unit=place, tier=t(f"tier.{units.tier}")))
    figures = unit_figures(source, units, code)
    for start in range(0, len(figures), _ACROSS):
        columns = st.columns(_ACROSS, gap="small")
        for column, figure in zip(columns, figures[start : start + _ACROSS], strict=False):
            with column:
                _small_figure(figure, code)
    _history(source, units, code, place)


def _small_figure(figure: UnitFigure, code: str | None) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.caption(figure.label)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{figure.value}**", width="content")
            if figure.proof:
                proof_button(figure.proof, f"unit_{code or 'country'}_{figure.column}")
        if figure.remark:
            st.caption(figure.remark)


def _history(source: Source, units: Units, code: str | None, place: str) -> None:
    provinces = units.provinces(code) if code else None
    held = tier_history(source, provinces)
    section(t("provinces.history_title", unit=place), t("provinces.history_subtitle", day=iso(source.as_of)))

    def draw() -> None:
        for column, tier in zip(st.columns(len(published.TIERS), gap="medium"), published.TIERS, strict=True):
            with column:
                _small_multiple(source, held.filter(pl.col("tier") == tier), tier, provinces, code)

    there = [tier for tier in published.TIERS if tier in set(held["tier"])]
    table = held.pivot("tier", index="day", values="firms").select("day", *there)
    twin(
        draw,
        table.sort("day", descending=True),
        name=f"titles_{code or 'country'}_build{source.build.build}",
        key=f"history_{code or 'country'}",
        labels={"day": t("overview.quarter")} | {tier: t(f"tier.{tier}") for tier in there},
    )
    if held.height:
        rule_change_note(held["day"].min(), source.as_of)  # type: ignore[arg-type]


def _small_multiple(
    source: Source, held: pl.DataFrame, tier: str, provinces: tuple[str, ...] | None, code: str | None
) -> None:
    name = t(f"tier.{tier}")
    firms = held["firms"][-1] if held.height else 0
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"{name} **{exact(firms)}**", width="content")
        proof_button(tier_proof(source, tier, firms, provinces), f"history_{code or 'country'}_{tier}")
    own = targets_of(source, tier).filter(pl.col("province").is_in(provinces or ()))
    target = int(own["target"].sum()) if provinces and own.height == len(provinces) else None
    label = t("provinces.target_mark", year=source.as_of.year, target=exact(target)) if target else ""
    line = Line(tier, held["day"].to_list(), held["firms"].to_list(), target, label)
    charts.draw(
        line_figure(line, height=_SMALL_HEIGHT),
        key=f"history_{code or 'country'}_{tier}",
        alt=t("provinces.history_alt", tier=name),
    )


def _on_map(units: Units) -> pl.DataFrame:
    """The rows as the tile map takes them: a city that is counted in its province points to it."""
    own = units.rows.select("code", count="valid")
    placed = unit_counts.by_unit(own, published.units(), with_cities=False)
    if not units.with_cities:
        return placed
    return placed.with_columns(counted_in=pl.col("planned_city_of"))


def _beside(valid: int, target: int | None) -> str:
    return exact(valid) if target is None else f"{exact(valid)} / {exact(target)}"
