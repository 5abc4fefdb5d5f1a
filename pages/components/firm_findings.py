"""What the check has to say of the entries of one firm: what blocks, and what wants a second look."""

from __future__ import annotations

import streamlit as st

from data.rule_inputs import inputs_of
from data.rules import RuleInput, Standard
from metrics.scoring.rule_words import Words
from pages.components.words import language, t
from pipelines.intake.check import Checked
from pipelines.one_firm import findings_by_cell


def findings_box(checked: Checked, rule: Standard, year: int, words: Words) -> None:
    """Name every entry that the check speaks of, as it also stands under its field."""
    items = inputs_of(rule)
    names = dict(zip(items, words.cells(items, rule, year), strict=True))
    lines: dict[str, list[str]] = {"error": [], "warning": []}
    for (field, before), found in findings_by_cell(checked, language()).items():
        cell = RuleInput(field=field, years_before=before)
        name = names.get(cell) or words.cell(cell, year)
        for severity, text in found:
            lines[severity].append(f"- {t('score_firm.refused_elsewhere', cell=name, text=text)}")
    if lines["error"]:
        st.error("\n".join([t("score_firm.refused", count=checked.errors), "", *lines["error"]]))
    if lines["warning"]:
        st.warning("\n".join([t("score_firm.look_again"), "", *lines["warning"]]))
