"""How does a province share what it received, within the rules and within the 30 days?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from data.rounds import load_round
from pages.components.allocation_reads import programme_said, received_by, recipients
from pages.components.allocation_source import firm_records
from pages.components.facts import (
    default_as_of,
    facts_parts,
    published_build,
    reader_scope,
    stop_without,
    watch_build,
)
from pages.components.filters import carried, choice, day
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.numbers import iso
from pages.components.plan_form import plan_form
from pages.components.plan_views import clock, headline, plan_files, recipients_view
from pages.components.states import empty
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.reports.distribution_plan import Filing

build, scope = published_build(), reader_scope()
watch_build(build)
received = received_by(build, scope) if build and build.rows.get("fund_receipts") else ()
own = tuple(each for each in received if scope.unit in (None, each.province))
if build is None or not own:
    stop_without(
        build, t("distribution_plan.title"), t("distribution_plan.none"), t("distribution_plan.none_step")
    )


def province_filter() -> str:
    """The province whose plan it is; a province's own people have no choice."""
    codes = list(dict.fromkeys(each.province for each in own))
    known = unit_names()
    labels = {code: known[code] for code in codes}
    label = t("distribution_plan.province")
    return choice("province", codes, label=label, show=labels.__getitem__, default=codes[0])


def as_of_filter() -> str:
    """The day the clock is read on."""
    return day("as_of", label=t("distribution_plan.as_of"), default=default_as_of(build)).isoformat()


province, as_of = title_with_filters(t("distribution_plan.title"), province_filter, as_of_filter)
by_code = {each.code: each for each in own if each.province == province}
labels = {
    code: t(
        "distribution_plan.received_said",
        batch=programme_said(each.round, each.support_batch),
        tranche=each.tranche,
        day=iso(each.received_on),
    )
    for code, each in by_code.items()
}
code = choice(
    "received",
    list(by_code),
    label=t("distribution_plan.receipt"),
    show=labels.get,
    default=next(iter(by_code)),
)
receipt = by_code[code]
filing = Filing(receipt, dt.date.fromisoformat(as_of), build.build, build.synthetic)
scope_line(
    [unit_names()[province], labels[code], t("allocate.model"), *facts_parts(build)],
    synthetic=build.synthetic,
)
clock(receipt, filing, load_round(receipt.round).report_within_days)
found = recipients(build, scope, receipt)
if not found.rows:
    empty(t("distribution_plan.no_firms"), t("distribution_plan.no_firms_step"))
    st.stop()
outcome = plan_form(found.rows, receipt)
if outcome is None:
    st.stop()
headline(outcome, build, firm_records(found.firms), receipt)
recipients_view(outcome, filing)
plan_files(outcome, filing)

next_steps(
    [
        Step("funds", t("distribution_plan.next_funds"), carried("province", "as_of")),
        Step("self_evaluation", t("distribution_plan.next_self"), carried("province")),
        Step("load", t("distribution_plan.next_load"), {}),
    ]
)
