"""What did the reward funds bring, unit by unit, and whom can each one learn from?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from metrics.efficiency import ORIENTATIONS, RETURNS
from pages.components.efficiency_figures import headline_of
from pages.components.efficiency_reads import CENTRAL, WITH_LOCAL, Chosen, frontier_of, group_names
from pages.components.efficiency_views import frontier_view, ratios_view
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
from pages.components.fund_reads import ALL, funds_of, has_funds, programmes
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.member_proofs import Source
from pages.components.published_words import when
from pages.components.states import empty, loading
from pages.components.words import t

build, scope = published_build(), reader_scope()


def as_of_filter() -> str:
    """The day the money is followed to."""
    return day("as_of", label=t("funds.as_of"), default=default_as_of(build)).isoformat() if build else ""


def comparison() -> Chosen:
    """How units are compared: whose money, which returns to scale, which way round."""
    with st.container(horizontal=True, gap="medium"):
        programme = choice(
            "programme", list(known), label=t("funds.programme"), show=known.__getitem__, default=ALL
        )
        money = choice(
            "money", (CENTRAL, WITH_LOCAL), label=t("efficiency.money"),
            show=lambda code: t(f"efficiency.money_{code}"), default=CENTRAL,
        )  # fmt: skip
        returns = choice(
            "returns", RETURNS, label=t("efficiency.returns"), show=lambda code: t(f"efficiency.returns_{code}"),
            default="vrs",
        )  # fmt: skip
        orientation = choice(
            "orientation", ORIENTATIONS, label=t("efficiency.orientation"),
            show=lambda code: t(f"efficiency.orientation_{code}"), default="output",
        )  # fmt: skip
    return Chosen(programme, money, returns, orientation)  # type: ignore[arg-type]


watch_build(build)
if build is None or not has_funds(build):
    stop_without(build, t("efficiency.title"), t("efficiency.none"), t("efficiency.none_step"))

(shown,) = title_with_filters(t("efficiency.title"), as_of_filter)
with loading(t("efficiency.loading")):
    source = Source(build, scope, dt.date.fromisoformat(shown))
    known = {ALL: t("funds.all_programmes")} | programmes(source)
chosen = comparison()
funds = funds_of(source, chosen.programme, ALL)
scope_line(
    [
        known[chosen.programme],
        t("overview.scope_as_of", when=when(source.as_of, "day")),
        t("efficiency.never_a_grade"),
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
)
if funds.tranches.is_empty():
    empty(t("funds.nothing_yet"), t("funds.nothing_yet_step"))
    st.stop()

with loading(t("efficiency.loading")):
    frontier, groups = frontier_of(source, chosen), group_names(funds)
headline_figures(headline_of(funds, frontier, groups))
ratios_view(funds)
if frontier.scored.is_empty():
    empty(t("efficiency.nobody"), t("efficiency.nobody_step"))
else:
    frontier_view(funds, frontier, chosen, groups)

next_steps(
    [
        Step("funds", t("efficiency.next_funds"), carried("as_of", "programme")),
        Step("appraisal_results", t("efficiency.next_appraisal")),
        Step("composite", t("efficiency.next_composite")),
    ]
)
