"""What has the support programme in hand, what was done with it, and what do its two rounds rule?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

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
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.member_proofs import Source
from pages.components.programme_figures import headline_of
from pages.components.programme_reads import ALL, batches_of, has_programme, programme_of
from pages.components.programme_rules import rules_view
from pages.components.programme_views import units_view, work_view
from pages.components.published_words import when
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import t

build, scope = published_build(), reader_scope()


def as_of_filter() -> str:
    """The day that everything is counted to."""
    return day("as_of", label=t("programme.as_of"), default=default_as_of(build)).isoformat() if build else ""


def programme_filter() -> str:
    """A round, or a support batch of it."""
    return choice("programme", list(known), label=t("programme.which"), show=known.__getitem__, default=ALL)


def province_filter() -> str:
    """One reporting unit, or all that the reader may see."""
    if scope.unit:
        return scope.unit
    labels = {ALL: t("programme.all_provinces")} | unit_names()
    return choice(
        "province", list(labels), label=t("programme.province"), show=labels.__getitem__, default=ALL
    )


watch_build(build)
if build is None or not has_programme(build):
    st.title(t("programme.title"), anchor=False)
    if build is None:
        no_facts()
    else:
        scope_line(facts_parts(build), synthetic=build.synthetic)
        empty(t("programme.none"), t("programme.none_step"))
    rules_view()
    st.stop()

with loading(t("programme.loading")):
    known = {ALL: t("programme.all_batches")} | batches_of(Source(build, scope, default_as_of(build)))
chosen, programme, province = title_with_filters(
    t("programme.title"), as_of_filter, programme_filter, province_filter
)
source = Source(build, scope, dt.date.fromisoformat(chosen))
found = programme_of(source, programme, province)
scope_line(
    [
        known[programme],
        t("programme.all_provinces") if province == ALL else unit_names()[province],
        t("overview.scope_as_of", when=when(source.as_of, "day")),
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
)
headline_figures(headline_of(found))
work_view(found)
units_view(found)
rules_view()

next_steps(
    [
        Step("funds", t("programme.next_funds"), carried("as_of", "province")),
        Step("appraisal_results", t("programme.next_appraisal"), carried("province")),
        Step("efficiency", t("programme.next_efficiency"), carried("as_of")),
        Step("provinces", t("programme.next_provinces"), carried("as_of")),
    ]
)
