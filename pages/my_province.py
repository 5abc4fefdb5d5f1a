"""What does our province still have to do this year, and where would it win points?"""

from __future__ import annotations

import streamlit as st

from data.home import home
from pages.components.facts import published_build, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import carried
from pages.components.header import section, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.reader_switch import unit_names
from pages.components.self_figures import headline_of
from pages.components.self_todo import layers_view, todo_view
from pages.components.states import empty, loading
from pages.components.words import t
from pages.components.work_frame import (
    appraisal_filter,
    appraisals_or_stop,
    chosen_appraisal,
    only_for,
    work_scope,
)
from pages.components.work_reads import appraised
from pipelines.workflow.self_evaluation import read

by = only_for("province", t("my_province.title"))
build, found = appraisals_or_stop(published_build(), by, t("my_province.title"))
watch_build(build)
unit = by.unit or ""
who = unit_names(short=False)[unit]

(code,) = title_with_filters(t("my_province.title"), lambda: appraisal_filter(found))
appraisal = chosen_appraisal(code)
with loading(t("work.loading")):
    own = appraised(build, by.scope, appraisal).of(unit)
    standing = read(home(), by, appraisal, unit)
work_scope(build, own, who)
if own.totals.is_empty():
    empty(t("my_province.not_in", unit=who), t("my_province.not_in_step"))
    st.stop()

headline_figures(headline_of(build, by.scope, own, standing))
section(t("my_province.todo_title"), t("my_province.todo_subtitle"))
todo_view(build, by.scope, own, standing)
section(t("my_province.layers_title"), t("my_province.layers_subtitle"))
layers_view(build, own, unit)

next_steps(
    [
        Step("self_evaluation", t("my_province.next_self"), carried("appraisal")),
        Step("firms_to_move_up", t("my_province.next_firms")),
        Step("distribution_plan", t("my_province.next_plan")),
        Step("methods", t("my_province.next_methods")),
    ]
)
