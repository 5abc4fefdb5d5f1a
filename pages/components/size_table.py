"""The size standard as the notice tabulates it: one line an industry, the floors of each class by letter."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.dataset import contract
from data.rulebook import size_standard
from data.rules import Industry
from metrics.scoring.rule_words import Words
from metrics.scoring.rulebook_tables import size_classes
from pages.components.numbers import exact
from pages.components.twin import table_with_export
from pages.components.words import t

LETTERS = {"employees": "X", "revenue": "Y", "total_assets": "Z"}
HEIGHT = 563
WIDTHS = {
    "article_item": 74,
    "industry": 170,
    "codes": 170,
    "size_large": 180,
    "size_medium": 160,
    "size_small": 150,
}


def size_table(words: Words) -> None:
    """The table with its notes: what the letters mean, how the classes are read, where the codes come from."""
    size = size_standard()
    floors = [name for name, _ in size.classes][:-1]
    st.caption(f"{t('size_class.letters')}{t('size_class.table_note')}")
    table = size_classes(size, words).with_columns(
        pl.Series(f"size_{name}", [_floors(industry, name) for industry in size.industries])
        for name in floors
    )
    items = [t(f"size_class.article.i{place}") for place in range(1, table.height + 1)]
    table_with_export(
        table.insert_column(0, pl.Series("article_item", items)),
        name="size_standard",
        key="size_standard",
        height=HEIGHT,
        labels={"article_item": t("size_class.article_column")},
        column_config={name: st.column_config.TextColumn(width=width) for name, width in WIDTHS.items()},
    )
    mark = size.code_map.source
    st.caption(
        t("size_class.map_note", document=words.document(size.code_map), mark=mark, meaning=t(f"mark.{mark}"))
    )


def _floors(industry: Industry, size_class: str) -> str:
    return t("rule.list").join(
        t(
            "size_class.floor",
            letter=LETTERS[field],
            figure=exact(floor // contract("annual_returns").column(field).scale),
        )
        for field, floor in industry.floor(size_class).items()
    )
