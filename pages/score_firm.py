"""Would this firm be recognised, by which rule, and what would it take?"""

from __future__ import annotations

import streamlit as st

from data.rules import Standard
from pages.components import firm_answers
from pages.components.filters import carried
from pages.components.firm_findings import findings_box
from pages.components.firm_result import firm_result
from pages.components.links import Step, next_steps
from pages.components.rule_choice import assessment_filters, governing, rule_scope, words
from pages.components.rule_form import rule_form
from pages.components.states import loading
from pages.components.words import language, t
from pipelines.intake.check import Checked
from pipelines.one_firm import check_firm, findings_by_cell, score_firm

assessment = assessment_filters(title=t("score_firm.title"))
rule = governing(assessment)
if rule is None:
    st.stop()
rule_scope(assessment, rule)


def checked() -> Checked | None:
    """The answers through the same check as a file; None as long as nothing was submitted."""
    if firm_answers.answers() is None:
        return None
    return check_firm(firm_answers.cells(assessment.year), assessment.year, firm_answers.province())


def left_side(standard: Standard, found: Checked | None) -> None:
    """The example and clear buttons, and the form."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("score_firm.example"),
            help=t("score_firm.example_help"),
            key="example",
            on_click=firm_answers.load_example,
            args=(assessment.tier, assessment.year),
        )
        st.button(t("score_firm.clear"), key="clear", on_click=firm_answers.clear, disabled=found is None)
    rule_form(standard, assessment.year, words(), findings_by_cell(found, language()) if found else {})


def right_side(standard: Standard, found: Checked | None) -> None:
    """The result, or why there is none yet."""
    if found is None:
        start = [
            f"**{t('score_firm.start_title')}**",
            t("score_firm.start_blank"),
            t("score_firm.start_example"),
        ]
        st.info("\n\n".join(start))
        return
    findings_box(found, standard, assessment.year, words())
    if not found.accepted:
        return
    with loading(t("score_firm.tier")):
        firm = score_firm(found, standard, assessment.year)
    firm_result(firm, words(), firm_answers.answers() or {})


form, result = st.columns([0.45, 0.55], gap="medium")
outcome = checked()
with form:
    left_side(rule, outcome)
with result:
    right_side(rule, outcome)

next_steps(
    [
        Step("methods", t("score_firm.next_methods"), carried("tier")),
        Step("score_file", t("score_firm.next_file"), carried("tier", "kind", "year", "on", "rules")),
    ]
)
