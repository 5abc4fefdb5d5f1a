"""Is a firm large, medium, small or micro, and which figure decides?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.rulebook import size_standard
from metrics.scoring import rulebook_tables
from metrics.scoring.size_reading import read_size
from pages.components.header import page_header
from pages.components.links import Step, next_steps
from pages.components.rule_choice import words
from pages.components.size_file import size_file
from pages.components.size_form import checked_answers, size_form
from pages.components.size_result import size_result
from pages.components.twin import table_with_export
from pages.components.words import t

NUMERALS = "一二三四五六七八九十"

size = size_standard()
said = words()
page_header(t("size_class.title"), [
    said.label(size.title),
    said.document(size.document),
    t("size_class.scope_marks", mark=size.document.source, map_mark=size.code_map.source),
    t("size_class.scope_private"),
])


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


def standard_table() -> None:
    """All industries with their item of Article 4, their codes and the figures of each class."""
    st.caption(t("size_class.table_note"))
    table = rulebook_tables.size_classes(size, said)
    items = [t("size_class.article", number=_item(place)) for place in range(1, table.height + 1)]
    table_with_export(table.insert_column(0, pl.Series("article_item", items)), name="size_standard",
                      key="size_standard", height=600, labels={"article_item": t("size_class.article_column")})
    mark = size.code_map.source
    st.caption(t("size_class.map_note", document=said.document(size.code_map), mark=mark, meaning=t(f"mark.{mark}")))


def _item(place: int) -> str:
    """The item's number as the notice prints it, or in digits."""
    if said.language != "zh":
        return str(place)
    tens, ones = divmod(place, 10)
    return ("" if not tens else "十") + (NUMERALS[ones - 1] if ones else "")


firm_tab, file_tab, table_tab = st.tabs([t("size_class.tab_firm"), t("size_class.tab_file"), t("size_class.tab_table")],
                                        key="size_tabs")
with firm_tab:
    one_firm()
with file_tab:
    size_file(said)
with table_tab:
    standard_table()

next_steps(
    [
        Step("score_firm", t("size_class.next_firm")),
        Step("score_file", t("size_class.next_file")),
        Step("methods", t("size_class.next_methods")),
    ]
)
