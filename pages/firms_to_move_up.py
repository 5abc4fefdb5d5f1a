"""Which firms could take the next step, and what would it take?"""

from __future__ import annotations

import streamlit as st

from data.access import NoFactsError
from data.rules import TIERS
from pages.components.facts import (
    default_as_of,
    facts_parts,
    no_facts,
    published_build,
    reader_scope,
    watch_build,
)
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice
from pages.components.gradient_reads import rule_of, tallies
from pages.components.gradient_waiting import waiting
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.move_up_reads import Asked, counts
from pages.components.move_up_views import firms_view, move_up_figures, units_view
from pages.components.numbers import iso
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import t

ALL = "all"
names = unit_names()


def tier_filter() -> str:
    """The tier that the firms would reach."""
    return choice(
        "tier",
        TIERS,
        label=t("move_up.tier"),
        show=lambda code: t(f"tier_short.{code}"),
        default="little_giant",
    )


def province_filter() -> str:
    """One reporting unit, or all that the reader may see."""
    if unit := reader_scope().unit:
        return unit
    offered = [ALL, *unit_names(programme=True)]
    show = {ALL: t("move_up.country")} | names
    return choice("province", offered, label=t("move_up.unit"), show=show.__getitem__, default=ALL)


tier, place = title_with_filters(t("move_up.title"), tier_filter, province_filter)
build, reader = published_build(), reader_scope()
watch_build(build)
if build is None:
    no_facts()
    st.stop()
asked = Asked(tier, default_as_of(build), None if place == ALL else place, "ready")
try:
    with loading(t("move_up.loading")):
        year = tallies(build, reader).year
        counted = counts(build, reader, tier, asked.as_of)
except NoFactsError:
    scope_line(facts_parts(build), synthetic=build.synthetic)
    waiting(build, "write_scores")
    st.stop()

rule = rule_of(tier)
scope_line(
    [
        names.get(place, t("move_up.country")),
        t("move_up.of_year", year=year or "—"),
        t("move_up.titles_on", day=iso(asked.as_of)),
        rule.document.number,
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
    help=t("move_up.scope_help"),
)
if year is None or counted.is_empty():
    empty(t("move_up.no_returns"), t("gradient.no_returns_step"))
    st.stop()
headline_figures(move_up_figures(build, reader, asked, counted, year))
if place == ALL:
    units_view(counted, tier, f"move_up_units_{tier}_build{build.build}")
firms_view(build, reader, asked, counted)

next_steps(
    [
        Step("score_firm", t("move_up.next_score"), carried("tier")),
        Step("gradient", t("move_up.next_gradient"), carried("tier", "province")),
        Step("target_progress", t("move_up.next_progress"), carried("tier")),
        Step("methods", t("move_up.next_methods"), carried("tier")),
    ]
)
