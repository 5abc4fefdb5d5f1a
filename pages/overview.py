"""How far is the country from its three targets: by the titles of the registry, and by published figures?"""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from data import published
from metrics import targets, unit_counts
from pages.components import states
from pages.components.facts import (
    default_as_of,
    facts_parts,
    no_facts,
    published_build,
    reader_scope,
    watch_build,
)
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice, day
from pages.components.header import scope_line, section, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.member_proofs import Source
from pages.components.member_reads import has_titles, stock_of
from pages.components.overview_figures import tier_figure
from pages.components.overview_map import map_with_foot, published_map, registry_map
from pages.components.overview_registry import registry_figures, registry_series
from pages.components.overview_series import series_view
from pages.components.published_words import dates_of, when
from pages.components.words import t

units, events = published.units(), published.events()


@st.cache_data(max_entries=64)
def progress(stock: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Each target and what was published of it by a date."""
    return targets.attained(stock, published.target_table(), as_of)


@st.cache_data(max_entries=64)
def checks(as_of: dt.date) -> pl.DataFrame:
    """The published little-giant stocks against the sums of their batches."""
    parts, tolerance = published.rederivation_table(), published.targets().tolerance_percent
    found = targets.rederived(published.stock(), published.batches(), parts, tolerance)
    return found.filter(pl.col("date") <= as_of)


@st.cache_data(max_entries=2)
def little_giants(with_cities: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Little giants by reporting unit in June 2021, and the rows behind."""
    counts = published.little_giants_by_unit()
    return (
        unit_counts.by_unit(counts, units, with_cities=with_cities),
        unit_counts.members(counts, units, with_cities=with_cities),
    )


build, scope = published_build(), reader_scope()
watch_build(build)
stock = stock_of(build, scope)
days = dates_of(stock)
registered = build if has_titles(build) else None


def as_of_filter() -> str:
    """The as-of date: any day of the registry, else one of the dates of publication."""
    if registered:
        return day("as_of", label=t("overview.as_of"), default=default_as_of(registered)).isoformat()
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


def published_series(as_of: dt.date, *, is_latest: bool) -> None:
    """The published stock of the tier by its dates, and its check against the batches."""
    parts = targets.rederivation_members(published.batches(), published.rederivation_table())
    series_view(
        targets.observations(stock, tier, as_of),
        [event for event in events if is_latest or event.date <= as_of],
        events,
        tier=tier,
        target=rows[tier]["target"],
        checks=checks(as_of).filter(tier == "little_giant"),
        check_parts=parts.filter(pl.col("date") <= as_of),
    )


chosen, tier = title_with_filters(t("overview.title"), as_of_filter, tier_filter)
as_of = dt.date.fromisoformat(chosen)
rows = {row["tier"]: row for row in progress(stock, as_of).iter_rows(named=True)}
marks = sorted(set(stock["mark"]))
is_latest = as_of.isoformat() >= next(iter(days))
counted = t("overview.scope_units", count=units["in_programme"].sum())
explained = "  \n".join(f"{mark} {t(f'mark.{mark}')}" for mark in marks)

if registered:
    source = Source(registered, scope, as_of)
    scope_line(
        [
            counted,
            t("overview.scope_registry"),
            t("overview.scope_as_of", when=when(as_of, "day")),
            *facts_parts(registered),
        ],
        synthetic=registered.synthetic,
    )
    headline_figures(registry_figures(source, stock))
    main, side = st.columns([1.25, 1], gap="medium")
    with main:
        registry_series(source, tier)
    with side:
        map_with_foot(lambda: registry_map(source, tier), "units")
    section(
        t("overview.published_title"), t("overview.published_subtitle", marks=t("number.and").join(marks))
    )
else:
    precision = "month" if len(days[chosen]) == len("2026-01") else "day"
    scope_line(
        [
            counted,
            t("overview.scope_basis"),
            t("overview.scope_as_of", when=when(as_of, precision)),
            t("overview.scope_marks", marks=t("number.and").join(marks)),
            *(facts_parts(build) if build else []),
        ],
        synthetic=bool(build and build.synthetic),
        help=explained,
    )
    seen = {code: targets.members(stock, code, as_of) for code in rows}
    apart = {code: targets.left_out(stock, code, as_of) for code in rows}
    headline_figures([tier_figure(row, seen[code], apart[code], days[chosen]) for code, row in rows.items()])

main, side = st.columns([1.25, 1], gap="medium")
with main:
    published_series(as_of, is_latest=is_latest)
with side:
    map_with_foot(lambda: published_map(little_giants), "map", with_switch=registered is None)

if build is None:
    no_facts()
elif registered is None:
    states.empty(t("facts.no_titles"), t("facts.no_titles_step"))

next_steps(
    [
        Step("provinces", t("overview.next_provinces"), {"tier": tier, **carried("as_of", "cities")}),
        Step("gradient", t("overview.next_gradient"), {"tier": tier}),
        Step("score_firm", t("overview.next_score_firm"), {"tier": tier}),
        Step("score_file", t("overview.next_score_file"), {"tier": tier}),
        Step("methods", t("overview.next_methods")),
    ]
)
