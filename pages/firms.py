"""Which firm is it, what titles does it hold, and how does it stand?"""

from __future__ import annotations

import streamlit as st

from data.access import NoFactsError, Scope
from data.manifest import Published
from data.rules import TIERS
from pages.components.facts import (
    default_as_of,
    facts_parts,
    no_facts,
    published_build,
    reader_scope,
    watch_build,
)
from pages.components.filters import carried, choice
from pages.components.firm_record import returns_view, scores_view, titles_view
from pages.components.firm_record_reads import Record, record_of
from pages.components.firm_result import firm_result
from pages.components.firm_search import Wanted, find, found_firms, wanted_text
from pages.components.gradient_reads import rule_of
from pages.components.gradient_waiting import waiting
from pages.components.header import scope_line, section, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.numbers import iso
from pages.components.plain_text import plain
from pages.components.rule_choice import words
from pages.components.states import empty
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.firm_of_file import cells_of, explained
from pipelines.one_firm import OneFirm

ALL = "all"
UNASKED = "none"
names = unit_names()


def tier_filter() -> str:
    """Holders of one title, or all firms."""
    show = {ALL: t("firms.any_title")} | {tier: t(f"tier_short.{tier}") for tier in TIERS}
    return choice("held", [ALL, *TIERS], label=t("firms.tier"), show=show.__getitem__, default=ALL)


def province_filter() -> str:
    """One reporting unit, or the whole country."""
    offered = [ALL, *unit_names(programme=True)]
    show = {ALL: t("gradient.country")} | names
    return choice("province", offered, label=t("gradient.province"), show=show.__getitem__, default=ALL)


def leave() -> None:
    """Go back from a record to the search."""
    st.query_params.pop("uscc", None)


@st.cache_data(max_entries=64, show_spinner=False)
def explanation(file: str, scope: Scope, uscc: str, tier: str, _record: Record) -> OneFirm:  # noqa: ARG001 - the cache goes by it
    """Every criterion and condition of one standard, and what it would take."""
    return explained(_record.returns, rule_of(tier), _record.year or 0)


def show_search(build: Published, scope: Scope) -> None:
    """Look for firms and choose one."""
    held, place = title_with_filters(t("firms.title"), tier_filter, province_filter)
    as_of = default_as_of(build)
    scope_line(
        [names.get(place, t("gradient.country")), t("firms.as_of", day=iso(as_of)), *facts_parts(build)],
        synthetic=build.synthetic,
    )
    wanted = Wanted(wanted_text(), None if place == ALL else place, None if held == ALL else held, as_of)
    try:
        found = find(build, scope, wanted)
    except NoFactsError:
        waiting(build, "write_names")
    else:
        found_firms(build, scope, wanted, found)


def show_record(build: Published, scope: Scope, uscc: str) -> None:
    """Everything known of one firm."""
    record = record_of(build, scope, uscc)
    st.title(plain(record.name) if record else t("firms.title"), anchor=False)
    st.button(t("firms.back"), on_click=leave, type="tertiary")
    if record is None:
        empty(t("firms.unknown", uscc=plain(uscc)), t("firms.unknown_step"))
        return
    former = t("rule.list").join(plain(name) for name in record.former["name"])
    scope_line(
        [
            record.uscc,
            names.get(record.province or "", ""),
            t("firms.formerly", names=former) if former else "",
            *facts_parts(build),
        ],
        synthetic=build.synthetic,
    )
    said = words()
    titles_view(record, default_as_of(build))
    scores_view(build, record, said)
    if record.returns.height and record.year:
        _explained(build, scope, record)
    returns_view(record, said)


def _explained(build: Published, scope: Scope, record: Record) -> None:
    show = {UNASKED: t("firms.explain_none")} | {tier: t(f"tier_short.{tier}") for tier in TIERS}
    tier = choice(
        "explain",
        [UNASKED, *TIERS],
        label=t("firms.explain"),
        show=show.__getitem__,
        default=UNASKED,
        as_buttons=True,
    )
    if tier != UNASKED:
        section(t("firms.explain_title", tier=t(f"tier.{tier}")))
        firm = explanation(build.file, scope, record.uscc, tier, record)
        firm_result(firm, words(), cells_of(firm.typed))


build, reader = published_build(), reader_scope()
watch_build(build)
asked = st.query_params.get("uscc")
if build is None:
    st.title(t("firms.title"), anchor=False)
    no_facts()
    st.stop()
if asked:
    show_record(build, reader, asked)
else:
    show_search(build, reader)
next_steps(
    [
        Step("gradient", t("firms.next_gradient"), carried("province")),
        Step("score_firm", t("firms.next_score")),
        Step("methods", t("firms.next_methods")),
    ]
)
