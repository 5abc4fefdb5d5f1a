"""Is a firm large, medium, small or micro, and which figure decides?"""

from __future__ import annotations

import streamlit as st

from data.rulebook import size_standard
from metrics.scoring.size_reading import read_size
from pages.components.header import scope_line
from pages.components.links import Step, next_steps
from pages.components.rule_choice import words
from pages.components.size_file import size_file
from pages.components.size_form import checked_answers, size_form
from pages.components.size_result import size_result
from pages.components.size_table import size_table
from pages.components.words import t

size = size_standard()
said = words()
st.title(t("size_class.title"), anchor=False)
scope_line(
    [
        said.label(size.title),
        said.document(size.document),
        t("size_class.scope_marks", mark=size.document.source, map_mark=size.code_map.source),
        t("size_class.scope_private"),
    ],
    help="  \n".join(f"{mark} {t(f'mark.{mark}')}" for mark in (size.document.source, size.code_map.source)),
)


def one_firm() -> None:
    """The form, and the class with its reasons beside it."""
    form, result = st.columns([0.4, 0.6], gap="medium")
    with form:
        given = size_form(said)
    with result:
        if not given:
            st.info(f"**{t('size_class.start')}**\n\n{t('size_class.start_blank')}")
            return
        found = checked_answers(given)
        if found.frame is None:
            st.error(t("size_class.refused", count=found.errors))
            return
        size_result(read_size(found.frame), given, said)


firm_tab, file_tab, table_tab = st.tabs(
    [t("size_class.tab_firm"), t("size_class.tab_file"), t("size_class.tab_table")], key="size_tabs"
)
with firm_tab:
    one_firm()
with file_tab:
    size_file(said)
with table_tab:
    size_table(said)

next_steps(
    [
        Step("score_firm", t("size_class.next_firm")),
        Step("score_file", t("size_class.next_file")),
        Step("methods", t("size_class.next_methods")),
    ]
)
