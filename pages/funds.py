"""Where do the reward funds stand, how fast do they move, and what is against the rules?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from pages.components.facts import (
    default_as_of,
    facts_parts,
    published_build,
    reader_scope,
    stop_without,
    watch_build,
)
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice, day
from pages.components.fund_figures import headline_of
from pages.components.fund_findings import findings_view
from pages.components.fund_growth_views import growth_view
from pages.components.fund_reads import ALL, funds_of, has_funds, programmes
from pages.components.fund_views import flow_view, published_view
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.member_proofs import Source
from pages.components.published_words import when
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import t

build, scope = published_build(), reader_scope()


def as_of_filter() -> str:
    """The day the money is followed to."""
    return day("as_of", label=t("funds.as_of"), default=default_as_of(build)).isoformat() if build else ""


def programme_filter() -> str:
    """A round, or a support batch of it; those that money or plans are known of."""
    known = programme_names()
    return choice("programme", list(known), label=t("funds.programme"), show=known.__getitem__, default=ALL)


def programme_names() -> dict[str, str]:
    """The rounds and batches by code, all of them first."""
    if build is None:
        return {ALL: ""}
    return {ALL: t("funds.all_programmes")} | programmes(Source(build, scope, default_as_of(build)))


def province_filter() -> str:
    """One reporting unit, or all that the reader may see."""
    if scope.unit:
        return scope.unit
    labels = {ALL: t("funds.all_provinces")} | unit_names()
    return choice("province", list(labels), label=t("funds.province"), show=labels.__getitem__, default=ALL)


watch_build(build)
if build is None or not has_funds(build):
    stop_without(build, t("funds.title"), t("funds.none"), t("funds.none_step"))

with loading(t("funds.loading")):
    known = programme_names()
chosen, programme, province = title_with_filters(
    t("funds.title"), as_of_filter, programme_filter, province_filter
)
with loading(t("funds.loading")):
    source = Source(build, scope, dt.date.fromisoformat(chosen))
    funds = funds_of(source, programme, province)
scope_line(
    [
        known[programme],
        t("funds.all_provinces") if province == ALL else unit_names()[province],
        t("overview.scope_as_of", when=when(source.as_of, "day")),
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
)
if funds.tranches.is_empty():
    empty(t("funds.nothing_yet"), t("funds.nothing_yet_step"))
    st.stop()

headline_figures(headline_of(funds))
flow_view(funds)
findings_view(funds)
growth_view(funds)
published_view(funds)

next_steps(
    [
        Step("efficiency", t("funds.next_efficiency"), carried("as_of", "province")),
        Step("appraisal_results", t("funds.next_appraisal"), carried("province")),
        Step("allocate", t("funds.next_allocate"), {}),
        Step("quality", t("funds.next_quality")),
    ]
)
