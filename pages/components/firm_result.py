"""The result beside the form: verdict, figures, and why; a fragment, so that a proof redraws it alone."""

from __future__ import annotations

import streamlit as st

from data.rule_inputs import inputs_of
from metrics.scoring.cells import label as cell_code
from metrics.scoring.rule_words import Words
from pages.components import firm_answers
from pages.components.criterion_rows import criterion_rows, criterion_table
from pages.components.firm_answers import Answers
from pages.components.requirement_list import requirement_list
from pages.components.twin import table_with_export
from pages.components.verdict import requirement_table, verdict_box, verdict_figures
from pages.components.way_list import way_list, way_table
from pages.components.words import t
from pipelines.one_firm import OneFirm


@st.fragment
def firm_result(firm: OneFirm, words: Words, entered: Answers) -> None:
    """Everything there is to say of one scored firm."""
    if firm_answers.is_example() and entered == firm_answers.answers():
        st.markdown(t("score_firm.example_loaded"))
    verdict_box(firm.explanation, words)
    verdict_figures(firm.explanation, words, entered)
    views = {t("score_firm.tab_requirements"): requirement_list}
    if firm.explanation.criteria:
        views = {t("score_firm.tab_criteria"): criterion_rows} | views
    views[t("score_firm.tab_ways")] = way_list
    tabs = st.tabs([*views, t("twin.table")], key="firm_tabs")
    for tab, draw in zip(tabs, views.values(), strict=False):
        with tab:
            draw(firm, words, entered)
    with tabs[-1]:
        _tables(firm, words)
    _blanks(firm, words, entered)


def _tables(firm: OneFirm, words: Words) -> None:
    if firm.explanation.criteria:
        table_with_export(criterion_table(firm, words), name="criteria", key="firm_criteria")
    widths = {"requirement": 210, "holds": 100, "document": 120, "mark": 40}
    table_with_export(
        requirement_table(firm.explanation, words),
        name="conditions",
        key="firm_conditions",
        column_config={name: st.column_config.TextColumn(width=width) for name, width in widths.items()},
    )
    if firm.ways.plans:
        table_with_export(way_table(firm, words), name="plans", key="firm_plans")


def _blanks(firm: OneFirm, words: Words, entered: Answers) -> None:
    """What was left blank, and whether it matters to the verdict."""
    found = firm.explanation
    blank = [
        item
        for item in inputs_of(found.rule)
        if not entered.get((item.field, found.year - item.years_before))
    ]
    if not blank:
        return
    matters = [item for item in blank if cell_code(item, found.year) in found.missing]
    idle = [item for item in blank if item not in matters]
    st.markdown(f"**{t('score_firm.missing_title', count=len(blank))}**")
    for key, items in (("missing_matters", matters), ("missing_idle", idle)):
        if items:
            names = t("rule.list").join(words.cells(items, found.rule, found.year))
            st.markdown(t(f"score_firm.{key}", cells=names))
