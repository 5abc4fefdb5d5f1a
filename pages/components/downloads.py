"""Every row of a result as a file: in words for people, in codes for programs; made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st

from pages.components.numbers import exact
from pages.components.upload import XLSX
from pages.components.words import t
from pipelines.exports import EXCEL_ROWS, csv_bytes, parquet_bytes, xlsx_bytes


def exports(whole: Callable[[], pl.DataFrame], count: int, name: str, key: str) -> None:
    """``count`` rows as CSV, and as a workbook where its sheet can hold them; ``whole`` runs when one is asked for."""
    made = [("csv", csv_bytes, "text/csv")]
    if count < EXCEL_ROWS:
        made.append(("xlsx", xlsx_bytes, XLSX))
    for kind, make, mime in made:
        st.download_button(
            t(f"twin.{kind}"),
            lambda make=make: make(whole()),
            f"{name}.{kind}",
            mime,
            key=f"{key}_{kind}",
            on_click="ignore",
        )
    if count >= EXCEL_ROWS:
        st.caption(t("twin.too_long", count=exact(count)))


def downloads(table: pl.DataFrame, worded: Callable[[], bytes], name: str, key: str, label: str) -> None:
    """The buttons: ``worded`` makes the workbook in words, under ``label``; ``table`` is the result in codes.

    A workbook is left out where its sheet cannot hold all rows.
    """
    made: list[tuple[str, Callable[[], bytes], str, str]] = [
        ("csv", partial(csv_bytes, table), "csv", "text/csv"),
        ("parquet", partial(parquet_bytes, table), "parquet", "application/vnd.apache.parquet"),
    ]
    if table.height < EXCEL_ROWS:
        made[:0] = [("words", worded, "xlsx", XLSX), ("xlsx", partial(xlsx_bytes, table), "xlsx", XLSX)]
    with st.container(horizontal=True, gap="small"):
        for kind, make, ending, mime in made:
            st.download_button(
                label if kind == "words" else t(f"download.{kind}"),
                make,
                f"{name}{'' if kind == 'words' else '_codes'}.{ending}",
                mime,
                key=f"{key}_{kind}",
                on_click="ignore",
                type="primary" if kind == "words" else "secondary",
            )
