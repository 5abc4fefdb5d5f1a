"""How far is the country from its three targets, in published figures?"""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from data import published
from metrics import targets, unit_counts
from pages.components.figures import headline_figures
from pages.components.filters import choice
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.overview_figures import tier_figure
from pages.components.overview_map import map_view
from pages.components.overview_series import series_view
from pages.components.published_words import dates_of, when
from pages.components.words import t

stock, units, events = published.stock(), published.units(), published.events()


@st.cache_data(max_entries=64)
def progress(as_of: dt.date) -> pl.DataFrame:
    """Each target and what was published of it by a date."""
    return targets.attained(stock, published.target_table(), as_of)


@st.cache_data(max_entries=64)
def checks(as_of: dt.date) -> pl.DataFrame:
    """The published little-giant stocks against the sums of their batches."""
    parts, tolerance = published.rederivation_table(), published.targets().tolerance_percent
    return targets.rederived(stock, published.batches(), parts, tolerance).filter(pl.col("date") <= as_of)


@st.cache_data(max_entries=2)
def little_giants(with_cities: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Little giants by reporting unit in June 2021, and the rows behind."""
    counts = published.little_giants_by_unit()
    return (
        unit_counts.by_unit(counts, units, with_cities=with_cities),
        unit_counts.members(counts, units, with_cities=with_cities),
    )


days = dates_of(stock)


def as_of_filter() -> str:
    """The as-of date, among the dates of publication."""
    return choice(
        "as_of", list(days), label=t("overview.as_of"), show=days.__getitem__, default=next(iter(days))
    )


def tier_filter() -> str:
    """The tier of the main view."""
    return choice(
        "tier",
        published.TIERS,
        label=t("overview.tier"),
        show=lambda code: t(f"tier_short.{code}"),
        default="little_giant",
    )


chosen, tier = title_with_filters(t("overview.title"), as_of_filter, tier_filter)
as_of = dt.date.fromisoformat(chosen)
rows = {row["tier"]: row for row in progress(as_of).iter_rows(named=True)}
seen = {code: targets.members(stock, code, as_of) for code in rows}
apart = {code: targets.left_out(stock, code, as_of) for code in rows}

marks = sorted(set(stock["mark"]))
scope_line(
    [
        t("overview.scope_units", count=units["in_programme"].sum()),
        t("overview.scope_basis"),
        t(
            "overview.scope_as_of",
            when=when(as_of, "month" if len(days[chosen]) == len("2026-01") else "day"),
        ),
        t("overview.scope_marks", marks=t("number.and").join(marks)),
    ],
    help="  \n".join(f"{mark} {t(f'mark.{mark}')}" for mark in marks),
)
headline_figures([tier_figure(row, seen[code], apart[code], days[chosen]) for code, row in rows.items()])

main, side = st.columns([1.25, 1], gap="medium")
with main:
    latest = chosen == next(iter(days))
    of_little_giants = tier == "little_giant"
    parts = targets.rederivation_members(published.batches(), published.rederivation_table())
    series_view(
        targets.observations(stock, tier, as_of),
        [event for event in events if latest or event.date <= as_of],
        events,
        tier=tier,
        target=rows[tier]["target"],
        checks=checks(as_of).filter(of_little_giants),
        check_parts=parts.filter(pl.col("date") <= as_of),
    )
with side:
    map_view(little_giants)

next_steps(
    [
        Step("score_firm", t("overview.next_score_firm"), {"tier": tier}),
        Step("score_file", t("overview.next_score_file"), {"tier": tier}),
        Step("methods", t("overview.next_methods")),
    ]
)
