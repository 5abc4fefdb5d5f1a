"""How is a pot shared among the provinces, and what does another assumption change for each of them?"""

from __future__ import annotations

import streamlit as st

from data.rounds import load_round, rounds
from pages.components.allocation_reads import (
    appraisal_said,
    is_settled,
    programme_said,
    provinces_of,
)
from pages.components.allocation_scenarios import scenarios
from pages.components.allocation_source import chosen_rows, firm_records, upload_rows
from pages.components.allocation_views import (
    headline,
    ledgers_view,
    province_choice,
    provinces_view,
    step_view,
)
from pages.components.appraisal_reads import opens_first
from pages.components.facts import facts_parts, published_build, reader_scope, watch_build
from pages.components.filters import carried, choice
from pages.components.header import scope_line, section, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.states import empty, loading
from pages.components.words import both, t
from pages.components.work_reads import appraisals_of

FACTS, FILE = "facts", "file"
build, scope = published_build(), reader_scope()
known = appraisals_of(build, scope) if build and build.rows.get("key_firms") else ()
by_code = {each.code: each for each in known}


def source_filter() -> str:
    """Whether provinces come from the facts or from a file; without key firms, only from a file."""
    options = [FACTS, FILE] if known else [FILE]
    labels = {code: t(f"allocate.source.{code}") for code in options}
    return choice(
        "source", options, label=t("allocate.source_label"), show=labels.__getitem__, default=options[0]
    )


def programme_filter() -> str:
    """The appraisal the money follows; of a file, the round."""
    if by_code and source == FACTS:
        labels = {code: appraisal_said(each) for code, each in by_code.items()}
        settled = (each for each in known if is_settled(build, scope, each))
        first = opens_first(known) or next(settled, known[0])
        return choice(
            "appraisal", list(by_code), label=t("allocate.programme"), show=labels.get, default=first.code
        )
    labels = {each.code: both(each.title) for each in rounds()}
    return choice(
        "round", list(labels), label=t("allocate.programme"), show=labels.get, default=next(iter(labels))
    )


def tranche_filter() -> str:
    """The tranche that is allotted."""
    codes = [str(each.number) for each in found.tranches]
    labels = {code: t("allocate.tranche_said", tranche=code) for code in codes}
    return choice("tranche", codes, label=t("allocate.tranche"), show=labels.get, default=codes[1])


watch_build(build)
(source,) = title_with_filters(t("allocate.title"), source_filter)
left, right = st.columns(2, gap="small")
with left:
    programme = programme_filter()
appraisal = by_code.get(programme) if source == FACTS else None
found = load_round(appraisal.round if appraisal else programme)
with right:
    tranche = int(tranche_filter())
if appraisal and build:
    with loading(t("allocate.loading")):
        given, is_preview = provinces_of(build, scope, appraisal)
    table, firms, key = chosen_rows(given.rows), firm_records(given.firms), f"{programme}_{tranche}"
    grades = "preview" if is_preview else "published"
    scope_line(
        [
            programme_said(appraisal.round, appraisal.support_batch),
            t(f"allocate.grades_{grades}", run=given.run or ""),
            t("allocate.with_list" if given.is_assessed else "allocate.without_list"),
            t("allocate.model"),
            *facts_parts(build),
        ],
        synthetic=build.synthetic,
    )
else:
    scope_line([both(found.title), t("allocate.model")])
    table, key = upload_rows(), f"{programme}_{tranche}_file"
    firms = None
    if table is None:
        empty(t("allocate.no_file"), t("allocate.no_file_step"))
        st.stop()

pair = scenarios(table, found, tranche, key)
if pair is None:
    st.stop()
headline(pair, build if appraisal else None, firms)
provinces_view(pair)
section(t("allocate.steps_title"))
step_view(pair, province_choice(pair))
ledgers_view(pair)
st.caption(t("allocation.model_note"))

next_steps(
    [
        Step("funds", t("allocate.next_funds"), carried("province")),
        Step("appraisal_results", t("allocate.next_appraisal"), carried("appraisal")),
        Step("distribution_plan", t("allocate.next_plan"), {}),
    ]
)
