"""Where the little giants of batches 1 and 2 were in June 2021: tiles, sorted bars, table, and the rows behind."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from pages.components import charts
from pages.components.filters import switch
from pages.components.header import section
from pages.components.numbers import exact
from pages.components.proof import Proof, proof_button
from pages.components.twin import twin
from pages.components.unit_map import bars, tiles, unit_name
from pages.components.words import t

_TILES_HEIGHT = 305
_BARS_HEIGHT = 820


def map_view(counts: Callable[[bool], tuple[pl.DataFrame, pl.DataFrame]]) -> None:
    """Draw what ``counts(with_cities)`` gives: `metrics.unit_counts.by_unit` and its members, which prove the sum."""
    body = st.container()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with_cities = switch("cities", label=t("overview.with_cities"), help=t("overview.with_cities_help"))
        by_unit, members = counts(with_cities)
        proof_button(_proof(by_unit, members, with_cities=with_cities), "map")
    with body:
        _views(by_unit, members, with_cities=with_cities)


def _views(by_unit: pl.DataFrame, members: pl.DataFrame, *, with_cities: bool) -> None:
    total = exact(members["count"].sum())
    section(t("overview.map_title", total=total))
    key = f"map_{'with' if with_cities else 'apart'}"

    def draw_tiles() -> None:
        charts.draw(
            tiles(by_unit, height=_TILES_HEIGHT), key=f"{key}_tiles", alt=t("overview.map_alt", total=total)
        )

    def draw_bars() -> None:
        colour = charts.palette().tiers["little_giant"]
        charts.draw(
            bars(by_unit, height=_BARS_HEIGHT, colour=colour),
            key=f"{key}_bars",
            alt=t("overview.map_alt", total=total),
        )

    twin(
        {t("overview.tiles"): draw_tiles, t("overview.bars"): draw_bars},
        _table(by_unit),
        name="little_giants_2021_06",
        key=key,
    )


def _table(by_unit: pl.DataFrame) -> pl.DataFrame:
    names = dict(by_unit.select("code", unit_name()).iter_rows())
    counted = by_unit.filter("in_programme").sort("count", "code", descending=[True, False], nulls_last=True)
    return counted.select(
        "code",
        pl.col(unit_name()).alias("unit"),
        "count",
        pl.col("counted_in").replace(names).alias("counted_in"),
    )


def _proof(by_unit: pl.DataFrame, members: pl.DataFrame, *, with_cities: bool) -> Proof:
    total = exact(members["count"].sum())
    names = dict(by_unit.select("code", unit_name()).iter_rows())
    return Proof(
        title=t("overview.map_title", total=total),
        value=total,
        formula=t(f"overview.map_formula_{'with' if with_cities else 'apart'}"),
        basis=t(f"overview.cities_{'with' if with_cities else 'apart'}"),
        as_of="2021-06-11",
        marks=("T",),
        members=members.select(
            pl.col("code").replace(names).alias("unit"),
            pl.col("counted_in").replace(names),
            "count",
            pl.lit("T").alias("mark"),
            "file",
            "row_no",
        ),
    )
