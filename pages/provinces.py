"""Which provinces are ahead of their target, which behind, and what does each one's own record say?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from data.published import TIERS
from pages.components.facts import (
    default_as_of,
    facts_parts,
    published_build,
    reader_scope,
    stop_without,
    watch_build,
)
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice, day, switch
from pages.components.header import scope_line, section, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.member_proofs import Source
from pages.components.member_reads import has_titles
from pages.components.numbers import exact
from pages.components.overview_map import cities_chosen
from pages.components.province_figures import headline_of
from pages.components.province_reads import units_of
from pages.components.province_views import unit_view, units_view
from pages.components.published_words import when
from pages.components.states import loading
from pages.components.title_quality_view import quality_view
from pages.components.unit_map import unit_names
from pages.components.words import t

ALL = "all"
build, scope = published_build(), reader_scope()


def as_of_filter() -> str:
    """The day the titles are counted on."""
    return day("as_of", label=t("provinces.as_of"), default=default_as_of(build)).isoformat() if build else ""


def tier_filter() -> str:
    """The tier that is compared."""
    return choice(
        "tier", TIERS, label=t("provinces.tier"), show=lambda code: t(f"tier_short.{code}"), default="srdi"
    )


watch_build(build)
if build is None or not has_titles(build):
    stop_without(build, t("provinces.title"), t("provinces.no_titles"), t("facts.no_titles_step"))

chosen, tier = title_with_filters(t("provinces.title"), as_of_filter, tier_filter)
with loading(t("provinces.loading")):
    source = Source(build, scope, dt.date.fromisoformat(chosen))
    found = units_of(source, tier, with_cities=cities_chosen())
scope_line(
    [
        t("provinces.scope_units", count=found.rows.height),
        t("overview.scope_registry"),
        t("overview.scope_as_of", when=when(source.as_of, "day")),
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
)
headline_figures(headline_of(source, found))

unknown = t("overview.unknown_unit", count=exact(found.unknown)) if found.unknown else ""
section(t("provinces.units_title", tier=t(f"tier.{tier}")), unknown or t("provinces.units_subtitle"))
units_view(source, found)
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    switch("cities", label=t("overview.with_cities"), help=t("overview.with_cities_help"))
    shown = [ALL, *found.rows["code"]]
    labels = {ALL: t("provinces.country")} | unit_names()
    place = choice("province", shown, label=t("provinces.unit"), show=labels.__getitem__, default=ALL)
unit_view(source, found, None if place == ALL else place)
quality_view(source, tier)

next_steps(
    [
        Step("gradient", t("provinces.next_gradient"), carried("tier", "province")),
        Step("firms", t("provinces.next_firms"), carried("tier", "province")),
        Step("overview", t("provinces.next_overview"), carried("tier", "as_of", "cities")),
        Step("quality", t("provinces.next_quality")),
    ]
)
