"""Where an allocation's provinces come from: the facts, or a file that a reader hands over."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from data.words import text
from pages.components.member_pages import Records, records_of
from pages.components.states import error
from pages.components.unit_map import unit_names
from pages.components.upload import MOST_MEGABYTES, XLSX
from pages.components.words import language, t
from pipelines.allocation_files import CENTRAL
from pipelines.allocation_sheets import ProblemsError, read_upload, text_of
from pipelines.exports import xlsx_bytes


def chosen_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the facts as the text a file would hold, under every field."""
    return text_of(rows.to_dicts(), CENTRAL)


def upload_rows() -> pl.DataFrame | None:
    """The rows of a file, as text under every field; None before one is given and where it is refused."""
    st.download_button(
        t("allocate.template"),
        partial(_template, language()),
        f"allocation_{language()}.xlsx",
        XLSX,
        key="allocate_template",
        on_click="ignore",
    )
    given = st.file_uploader(t("allocate.upload"), key="allocate_upload", max_upload_size=MOST_MEGABYTES)
    if given is None:
        return None
    try:
        rows = read_upload(given.name, given.getvalue(), CENTRAL, ("province", "firms"))
    except ProblemsError as refused:
        lines = [problem.words(language()) for problem in refused.problems]
        error(t("allocate.refused"), "  \n".join(lines), t("allocate.refused_remedy"))
        return None
    return text_of(rows, CENTRAL)


def firm_records(firms: pl.DataFrame) -> Records:
    """The key firms behind a measure, with the file, sheet and cell of each."""
    shown = firms.select(
        pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String),
        "uscc",
        "name",
        "file",
        "sheet",
        "cell",
    )
    labels = {column: t(f"proof.column.{column}") for column in shown.columns}
    return records_of(shown, t("allocate.part.firms"), "key_firms", labels)


def _template(code: str) -> bytes:
    heads = text_of([], CENTRAL).rename({field: text(f"allocation.field.{field}", code) for field in CENTRAL})
    return xlsx_bytes(heads, code)
