"""The views of target progress: registry beside publications, and the units' own targets."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from metrics import reconcile
from pages.components import charts
from pages.components.header import section
from pages.components.member_proofs import Source, published_part, row_part
from pages.components.member_reads import stock_of, targets
from pages.components.numbers import MISSING, exact, iso, percent, signed
from pages.components.progress_figures import pace_said
from pages.components.progress_reads import Progress
from pages.components.proof import Proof, proof_button
from pages.components.published_words import said_exactly, when
from pages.components.twin import table_with_export, twin
from pages.components.unit_map import unit_names
from pages.components.words import t

_BAR = 21
_BESIDE = (150, 345, 345)  # pixels of the columns
_ROOM = 1.55  # at the right of the longest bar for the column of words
_UNITS = (
    "unit", "firms", "target", "share_pct", "missing", "base", "observed_per_year", "required_per_year",
    "ratio_pct", "pace",
)  # fmt: skip


def beside_view(source: Source, found: Progress) -> None:
    """The registry's figures and the published ones side by side, and why they differ."""
    section(t("progress.beside_title"), t("progress.beside_subtitle"))
    table = pl.DataFrame(
        [
            {"measure": t(f"progress.measure.{name}"), "registry": own, "published": said}
            for name, (own, said) in _lines(found).items()
        ]
    )
    table_with_export(
        table,
        name=f"registry_and_published_{found.tier}_build{source.build.build}",
        key=f"progress_beside_{found.tier}",
        labels={name: t(f"progress.column.{name}") for name in table.columns},
        column_config={
            name: st.column_config.TextColumn(width=width)
            for name, width in zip(table.columns, _BESIDE, strict=True)
        },
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_difference(source, found.difference), width="content")
        members = reconcile.published_members(stock_of(source.build, source.scope), found.tier, source.as_of)
        if members.height:
            proof = Proof(
                title=t("progress.beside_title"),
                value=_told(found.published),
                formula=t("progress.formula.beside"),
                marks=members["mark"].to_list(),
                as_of=iso(source.as_of),
                parts=[published_part(members, found.tier)],
            )
            proof_button(proof, "progress_beside")


def units_view(source: Source, found: Progress) -> None:
    """Each unit against its own target of the year, furthest first; their sum beside the national target."""
    year, tier = source.as_of.year, t(f"tier.{found.tier}")
    section(
        t("progress.units_title", tier=tier, year=year),
        t("progress.units_subtitle", year=year) if found.units.height else "",
    )
    if found.units.is_empty():
        st.info(t("progress.no_targets", year=year))
        return
    _split(source, found)

    def draw() -> None:
        charts.draw(_units(found), key=f"progress_units_{found.tier}", alt=t("progress.units_alt"))

    twin(
        {t("progress.units_tab"): draw},
        _table(found.units),
        name=f"targets_{found.tier}_{year}_build{source.build.build}",
        key=f"progress_units_{found.tier}",
        labels={name: t(f"progress.column.{name}") for name in _UNITS},
    )


def _lines(found: Progress) -> dict[str, tuple[str, str]]:
    row, said = found.registry, found.published
    return {
        "count": (exact(row["firms"]), _told(said)),
        "day": (iso(row["latest_date"]), iso(said["date"], said["date_precision"] or "day")),
        "target": (exact(row["target"]), exact(said["target"])),
        "share": (percent(row["share_pct"]), percent(said["share_pct"])),
        "base": (_base(row), _base(said)),
        "increase": (_yearly(row["observed_per_year"]), _yearly(said["observed_per_year"])),
        "required": (_yearly(row["required_per_year"]), _yearly(said["required_per_year"])),
        "pace": (t(f"progress.pace.{row['pace']}"), t(f"progress.pace.{said['pace']}")),
        "how": (pace_said(row), pace_said(said)),
    }


def _split(source: Source, found: Progress) -> None:
    year, parts = source.as_of.year, found.split
    own = targets(source.build, source.scope).filter(pl.col("tier") == found.tier, pl.col("year") == year)
    unit = pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String)
    rows = own.select(unit, "target", "file", "sheet", "cell")
    counts = {name: exact(parts[name]) for name in ("target", "summed", "setting", "without")}
    proof = Proof(
        title=t("progress.split_title"),
        value=counts["summed"],
        formula=t("progress.formula.split"),
        as_of=iso(source.as_of),
        parts=[row_part(rows, t("proof.part_of.units"), f"targets_{found.tier}_{year}")],
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(t("progress.split", share=percent(parts["share_pct"]), **counts), width="content")
        proof_button(proof, "progress_split")


def _table(units: pl.DataFrame) -> pl.DataFrame:
    paces = {code: t(f"progress.pace.{code}") for code in units["pace"].unique()}
    return (
        units.with_columns(
            unit=pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String),
            pace=pl.col("pace").replace_strict(paces, return_dtype=pl.String),
        )
        .select(_UNITS)
        .with_columns(
            pl.col("share_pct", "ratio_pct").round(1),
            pl.col("observed_per_year", "required_per_year").round(0),
        )
    )


def _units(found: Progress) -> charts.Chart:
    colours = charts.palette()
    rows = found.units.filter(pl.col("share_pct").is_not_null())
    most = max([*rows["share_pct"].to_list(), 100.0])
    said = [
        t(
            "progress.bar",
            share=percent(row["share_pct"]),
            firms=exact(row["firms"]),
            target=exact(row["target"]),
            pace=t(f"progress.pace.{row['pace']}"),
        )
        for row in rows.iter_rows(named=True)
    ]
    listed = [unit_names()[code] for code in rows["province"]]
    chart = charts.figure(
        charts.bar(
            x=rows["share_pct"].to_list(),
            y=listed,
            orientation="h",
            marker={"color": colours.tiers[found.tier]},
            hovertemplate="%{y} <b>%{x:.1f}%</b><extra></extra>",
        ),
        charts.scatter(
            x=[most * _ROOM] * rows.height,
            y=listed,
            mode="text",
            text=said,
            textposition="middle left",
            hoverinfo="skip",
        ),
        height=_BAR * rows.height + 20,
    )
    chart.update_layout(
        bargap=0.3,
        margin={"t": 4},
        xaxis={"visible": False, "range": [0, most * _ROOM]},
        yaxis=charts.names_axis(rows.height),
    )
    dashed = {"color": colours.quiet, "width": 1.5, "dash": "dash"}
    chart.add_shape(type="line", x0=100, x1=100, xref="x", y0=0, y1=1, yref="paper", line=dashed)
    return chart


def _difference(source: Source, gap: dict[str, Any]) -> str:
    if gap["published"] is None:
        return t("overview.beside_none")
    told = {
        "said": said_exactly(gap["published"], gap["qualifier"]),
        "when": when(gap["date"], gap["date_precision"]),
        "difference": signed(gap["difference"]),
        "reasons": t("number.and").join(
            t(f"overview.reason.{reason}", n=source.build.sample_of or 1) for reason in gap["reasons"]
        ),
    }
    if source.build.sample_of:
        return t("overview.beside_sample", **told, expected=exact(gap["expected"]))
    return t("overview.beside", **told)


def _told(said: dict[str, Any]) -> str:
    return MISSING if said["count"] is None else said_exactly(said["count"], said["qualifier"])


def _base(row: dict[str, Any]) -> str:
    if row["base_date"] is None:
        return MISSING
    return t("progress.base_said", day=iso(row["base_date"]), count=exact(row["base"]))


def _yearly(value: float | None) -> str:
    return MISSING if value is None else signed(round(value))
