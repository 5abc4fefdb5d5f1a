"""Which grade does each province get, does the panel agree, and may the run be published?"""

from __future__ import annotations

import streamlit as st

from data.home import home
from pages.components.decide_assign import assign_view, received_view
from pages.components.decide_figures import headline_of
from pages.components.decide_grades import decision_view, grades_view
from pages.components.decide_panel import agreement_view
from pages.components.decide_publish import publish_view
from pages.components.decide_reads import under_review, with_reviews
from pages.components.facts import published_build, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice
from pages.components.header import title_with_filters
from pages.components.links import Step, next_steps
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import t
from pages.components.work_frame import (
    appraisal_filter,
    appraisals_or_stop,
    chosen_appraisal,
    only_for,
    work_scope,
)

by = only_for("chair", t("decide.title"))
build, offered = appraisals_or_stop(published_build(), by, t("decide.title"))
watch_build(build)

(code,) = title_with_filters(
    t("decide.title"), lambda: appraisal_filter(offered, with_reviews(home(), offered))
)
with loading(t("work.loading")):
    found = under_review(home(), build, by, chosen_appraisal(code))
work_scope(build, found.appraised, t("decide.scope", units=len(found.graded)))
headline_figures(headline_of(build, found))

grading, agreeing, publishing, assigning, received = st.tabs(
    [t(f"decide.tab.{name}") for name in ("grade", "agree", "publish", "assign", "received")],
    key="decide_tabs",
)
with grading:
    if found.graded:
        grades_view(build, found)
        names = unit_names()
        first = found.graded[0]
        unit = choice("unit", found.graded, label=t("reader.unit"), show=names.__getitem__, default=first)
        decision_view(build, by, found, unit)
    else:
        empty(t("decide.nobody"), t("decide.nobody_step"))
with agreeing:
    agreement_view(found)
with publishing:
    publish_view(build, by, found)
with assigning:
    assign_view(by, found)
with received:
    received_view(by, found)

next_steps(
    [
        Step("appraisal_results", t("decide.next_results"), carried("appraisal")),
        Step("allocate", t("decide.next_allocate"), carried("appraisal")),
        Step("methods", t("my_province.next_methods"), {"tier": "appraisal"}),
    ]
)
