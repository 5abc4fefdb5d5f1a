"""Firms by reporting unit: tiles, sorted bars, table, and the rows behind; of June 2021, or of the registry."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from data import published
from metrics import unit_counts
from pages.components import charts, member_reads
from pages.components.filters import chosen, switch
from pages.components.header import section
from pages.components.member_proofs import Source, held_part, registry_proof
from pages.components.numbers import exact
from pages.components.proof import Proof, proof_button
from pages.components.twin import twin
from pages.components.unit_map import bars, tiles, unit_name, unit_names
from pages.components.words import t

_TILES_HEIGHT = 305
_BARS_HEIGHT = 820
_CITIES = "cities"


def cities_chosen() -> bool:
    """Whether cities with independent planning are counted in their province, as the address has it."""
    return chosen(_CITIES, ["0", "1"], "0") == "1"


def published_map(counts: Callable[[bool], tuple[pl.DataFrame, pl.DataFrame]]) -> Proof:
    """Draw what ``counts(with_cities)`` gives: `metrics.unit_counts.by_unit` and its members; returns their proof."""
    with_cities = cities_chosen()
    by_unit, members = counts(with_cities)
    total = exact(members["count"].sum())
    section(t("overview.map_title", total=total))
    _views(
        by_unit,
        "little_giant",
        "little_giants_2021_06",
        f"map_{'with' if with_cities else 'apart'}",
        t("overview.map_alt", total=total),
    )
    return _published_proof(members, with_cities=with_cities)


def registry_map(source: Source, tier: str) -> Proof:
    """Draw the titles of a tier valid on the day by unit; returns their proof."""
    with_cities = cities_chosen()
    counted = member_reads.counts(source.build, source.scope, source.as_of).filter(pl.col("tier") == tier)
    total = int(counted["valid"].sum())
    of_units = published.units().filter("in_programme").select("code")
    filled = of_units.join(
        counted.select(code="province", count="valid"), on="code", how="left", maintain_order="left"
    )
    by_unit = unit_counts.by_unit(
        filled.with_columns(pl.col("count").fill_null(0)), published.units(), with_cities=with_cities
    )
    name = t(f"tier.{tier}")
    title = t("overview.registry_map_title", tier=name, total=exact(total))
    unknown = total - int(by_unit["count"].sum())
    section(title, t("overview.unknown_unit", count=exact(unknown)) if unknown else "")
    _views(
        by_unit,
        tier,
        f"titles_by_unit_{tier}_build{source.build.build}",
        f"units_{tier}_{'with' if with_cities else 'apart'}",
        t("overview.registry_map_alt", tier=name, total=exact(total)),
    )
    return registry_proof(
        source,
        title,
        exact(total),
        t(f"overview.registry_map_formula_{'with' if with_cities else 'apart'}"),
        [held_part(source, tier, total, t("proof.part_of.held"))],
        "reporting_unit",
    )


def map_with_foot(draw: Callable[[], Proof], key: str, *, with_switch: bool = True) -> None:
    """A map, and under it the switch of the cities, once a page, and the proof of its sum."""
    proof = draw()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if with_switch:
            switch(_CITIES, label=t("overview.with_cities"), help=t("overview.with_cities_help"))
        proof_button(proof, key)


def _views(by_unit: pl.DataFrame, tier: str, name: str, key: str, alt: str) -> None:
    def draw_tiles() -> None:
        charts.draw(tiles(by_unit, height=_TILES_HEIGHT), key=f"{key}_tiles", alt=alt)

    def draw_bars() -> None:
        colour = charts.palette().tiers[tier]
        charts.draw(bars(by_unit, height=_BARS_HEIGHT, colour=colour), key=f"{key}_bars", alt=alt)

    twin(
        {t("overview.tiles"): draw_tiles, t("overview.bars"): draw_bars}, _table(by_unit), name=name, key=key
    )


def _table(by_unit: pl.DataFrame) -> pl.DataFrame:
    counted = by_unit.filter("in_programme").sort("count", "code", descending=[True, False], nulls_last=True)
    return counted.select(
        "code",
        pl.col(unit_name()).alias("unit"),
        "count",
        pl.col("counted_in").replace(unit_names()).alias("counted_in"),
    )


def _published_proof(members: pl.DataFrame, *, with_cities: bool) -> Proof:
    total = exact(members["count"].sum())
    return Proof(
        title=t("overview.map_title", total=total),
        value=total,
        formula=t(f"overview.map_formula_{'with' if with_cities else 'apart'}"),
        basis=t(f"overview.cities_{'with' if with_cities else 'apart'}"),
        as_of="2021-06-11",
        marks=("T",),
        members=members.select(
            pl.col("code").replace(unit_names()).alias("unit"),
            pl.col("counted_in").replace(unit_names()),
            "count",
            pl.lit("T").alias("mark"),
            "file",
            "row_no",
        ),
    )
