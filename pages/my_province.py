"""What does our province still have to do this year, and where would it win points?"""

from __future__ import annotations

from pages.components.figures import headline_figures
from pages.components.filters import carried
from pages.components.header import section
from pages.components.links import Step, next_steps
from pages.components.self_figures import headline_of
from pages.components.self_todo import layers_view, todo_view
from pages.components.words import t
from pages.components.work_frame import own_appraisal

by, build, own, standing = own_appraisal(t("my_province.title"))
unit = by.unit or ""
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
        Step("methods", t("my_province.next_methods"), {"tier": "appraisal"}),
    ]
)
