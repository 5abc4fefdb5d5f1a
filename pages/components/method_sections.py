"""The sections of the methods page, each with its table and export."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.appraisal_policy import Scheme
from data.dataset import Contract
from data.rules import SizeStandard, Standard
from metrics.scoring import rulebook_sections
from metrics.scoring.rulebook_sections import Section
from pages.components.header import section
from pages.components.rule_choice import words
from pages.components.twin import export_buttons, labelled
from pipelines import appraisal_sections as scheme
from pipelines import title_sections as titles


def standard_sections(rule: Standard) -> None:
    """One standard."""
    _draw(rulebook_sections.of_standard(rule, words()), rule.tier)


def size_sections(size: SizeStandard) -> None:
    """The size classes."""
    _draw(rulebook_sections.of_size(size, words()), size.id)


def title_sections() -> None:
    """Titles, targets and how progress is judged."""
    _draw(titles.of_titles(words()), "titles")


def appraisal_sections(of: Scheme) -> None:
    """How a province's year is appraised in a round."""
    _draw(scheme.of_scheme(of, words()), of.round)


def contract_sections(rules: Contract) -> None:
    """The columns of a dataset."""
    _draw(rulebook_sections.of_contract(rules, words()), rules.dataset)


def _draw(sections: Sequence[Section], name: str) -> None:
    for found in sections:
        section(found.title, found.note if found.table is not None else "")
        if found.table is None:
            st.markdown(found.note)
            continue
        shown = labelled(_plain(rulebook_sections.read_down(found.table)))
        st.table(shown, border="horizontal", hide_index=True)
        export_buttons(labelled(found.table), name=f"{name}_{found.key}", key=f"{name}_{found.key}")


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """The table with signs escaped that a table on a page would read as markup: “> 70%” is no quotation."""
    return table.with_columns(pl.all().str.replace(r"^([>#+*-])", r"\$1"))
