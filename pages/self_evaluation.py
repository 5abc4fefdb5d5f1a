"""What do we say of our own year, where does it differ from the computed points, and may it be handed in?"""

from __future__ import annotations

import streamlit as st

from data.home import home
from pages.components.facts import published_build, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice
from pages.components.header import section, title_with_filters
from pages.components.left_fields import save_left_fields
from pages.components.links import Step, next_steps
from pages.components.reader_switch import unit_names
from pages.components.self_figures import form_headline
from pages.components.self_files import report_buttons, template_in_and_out
from pages.components.self_form import adopt_button, form
from pages.components.self_submit import gaps_of, standing_banner, submit_panel
from pages.components.self_todo import improvements_view
from pages.components.states import empty, loading
from pages.components.words import both, t
from pages.components.work_frame import (
    appraisal_filter,
    appraisals_or_stop,
    chosen_appraisal,
    only_for,
    work_scope,
)
from pages.components.work_reads import appraised
from pipelines.workflow.self_evaluation import read

save_left_fields()
by = only_for("province", t("self_evaluation.title"))
build, offered = appraisals_or_stop(published_build(), by, t("self_evaluation.title"))
watch_build(build)
unit = by.unit or ""
who = unit_names(short=False)[unit]

(code,) = title_with_filters(t("self_evaluation.title"), lambda: appraisal_filter(offered))
appraisal = chosen_appraisal(code)
with loading(t("work.loading")):
    found = appraised(build, by.scope, appraisal).of(unit)
standing = read(home(), by, appraisal, unit)
work_scope(build, found, who)
if found.totals.is_empty():
    empty(t("my_province.not_in", unit=who), t("my_province.not_in_step"))
    st.stop()

standing_banner(standing)
headline_figures(form_headline(build, found, standing, gaps_of(found, standing)))
filling, winning, files, handing_in = st.tabs(
    [t(f"self_evaluation.tab.{name}") for name in ("fill", "win", "files", "submit")], key="self_tabs"
)
with filling:
    layers = {layer: both(entry) for layer, entry in found.scheme.layers.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        layer = choice(
            "layer",
            list(layers),
            label=t("self_evaluation.layer"),
            show=layers.__getitem__,
            default=next(iter(layers)),
            as_buttons=True,
        )
        adopt_button(by, found, standing)
    st.caption(t("self_evaluation.saved_each"))
    form(build, by, found, standing, layer)
with winning:
    improvements_view(found, unit)
with files:
    section(t("self_evaluation.files_title"))
    template_in_and_out(found, standing)
    section(t("self_evaluation.report_title"))
    report_buttons(build, by, found, standing)
with handing_in:
    submit_panel(build, by, found, standing)

next_steps(
    [
        Step("my_province", t("self_evaluation.next_province"), carried("appraisal")),
        Step("distribution_plan", t("my_province.next_plan")),
        Step("methods", t("my_province.next_methods")),
    ]
)
