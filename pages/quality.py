"""Can the loaded data be relied on: do both readers agree, who has sent what, how fresh and how clean is it?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from data.access import NoFactsError
from pages.components.facts import facts_parts, no_facts, published_build, reader_scope, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import choice
from pages.components.header import scope_line, section
from pages.components.links import Step, next_steps
from pages.components.numbers import iso
from pages.components.proof import proof_button
from pages.components.quality_charts import coverage_bars, freshness_map, rate_bars
from pages.components.quality_figures import quality_figures, unit_proof
from pages.components.quality_reads import received
from pages.components.quality_references import reference_findings
from pages.components.quality_verdict import verdict, waiting
from pages.components.quality_words import coverage_rows, fresh_rows, labels, rate_rows
from pages.components.states import empty, loading
from pages.components.twin import twin
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.quality import quality_of

st.title(t("quality.title"), anchor=False)
build, reader = published_build(), reader_scope()
watch_build(build)
if build is None:
    no_facts()
    st.stop()
today = dt.datetime.now(dt.UTC).date()
scope_line(
    [t("quality.scope"), t("quality.today", day=iso(today)), *facts_parts(build)], synthetic=build.synthetic
)
try:
    found = quality_of(build)
except NoFactsError:
    # Another build was published between two looks at the store.
    st.rerun()
with loading(t("quality.loading")):
    read = received(build, reader, today)
if found:
    verdict(found)
else:
    waiting(build)
if read.rates.is_empty():
    empty(t("quality.nothing_received"), t("facts.first_step"))
    st.stop()
headline_figures(quality_figures(build, reader, found, read, today))
if found:
    reference_findings(found)

codes = list(unit_names(programme=True))
shares = dict(read.coverage.select("province", "share_pct").iter_rows())
order = sorted(codes, key=lambda code: (shares.get(code) is None, shares.get(code) or 0.0))
left, right = st.columns([2, 3], gap="medium")
with left:
    section(
        t("quality.coverage_title", year=read.year) if read.year else t("quality.figure.coverage_none"),
        t("quality.coverage_subtitle"),
    )
    table = coverage_rows(read.coverage)
    twin(
        lambda: coverage_bars(read.coverage, read.freshness, order, "quality_coverage_chart"),
        table,
        name=t("quality.coverage_name"),
        key="quality_coverage",
        labels=labels(table),
    )
with right:
    section(t("quality.freshness_title"), t("quality.freshness_subtitle"))
    table = fresh_rows(read.freshness)
    twin(
        lambda: freshness_map(read.freshness, order, "quality_freshness_chart"),
        table,
        name=t("quality.freshness_name"),
        key="quality_freshness",
        labels=labels(table),
    )
if read.year:
    names, rows = unit_names(), {row["province"]: row for row in read.coverage.iter_rows(named=True)}
    offered = [code for code in order if code in rows]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        unit = choice(
            "province",
            offered,
            label=t("quality.unit"),
            show=names.__getitem__,
            default=offered[0],
        )
        proof_button(
            unit_proof(build, reader, rows[unit], read.year), "quality_unit", t("quality.show_firms")
        )

section(t("quality.rates_title"), t("quality.rates_subtitle"))
table = rate_rows(read.rates)
twin(
    lambda: rate_bars(read.rates, "quality_rates_chart"),
    table,
    name=t("quality.rates_name"),
    key="quality_rates",
    labels=labels(table),
)

next_steps(
    [
        Step("load", t("quality.next_load")),
        Step("provinces", t("quality.next_provinces")),
        Step("methods", t("quality.next_methods"), {"tier": "contract"}),
    ]
)
