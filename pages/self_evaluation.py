"""What do we say of our own year, where does it differ from the computed points, and may it be handed in?"""

from __future__ import annotations

import streamlit as st

from pages.components.figures import headline_figures
from pages.components.filters import carried, choice
from pages.components.header import section
from pages.components.left_fields import save_left_fields
from pages.components.links import Step, next_steps
from pages.components.self_figures import form_headline
from pages.components.self_files import report_buttons, template_in_and_out
from pages.components.self_form import adopt_button, form
from pages.components.self_submit import gaps_of, standing_banner, submit_panel
from pages.components.self_todo import improvements_view
from pages.components.words import both, t
from pages.components.work_frame import own_appraisal

save_left_fields()
by, build, found, standing = own_appraisal(t("self_evaluation.title"))
unit = by.unit or ""
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
        Step("methods", t("my_province.next_methods"), {"tier": "appraisal"}),
    ]
)
