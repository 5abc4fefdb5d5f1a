"""Every receipt in one table, newest first."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.components.numbers import MISSING, exact
from pages.components.receipt_words import dataset_names, moment
from pages.components.states import empty
from pages.components.twin import table_with_export
from pages.components.words import t

_WIDTHS = {"file": 215, "dataset": 105, "received": 125, "replaces": 80, "made_up": 130, "state": 60}
_TO_THE_MINUTE = -3


def receipt_table(receipts: pl.DataFrame) -> None:
    """The receipts, as `receipt_list.receipts` gives them."""
    if receipts.is_empty():
        empty(t("load.no_receipts"), t("load.no_receipts_step"))
        return
    shown = receipt_rows(receipts)
    table_with_export(
        shown,
        name=t("load.receipts_name"),
        key="load_receipts",
        labels={name: t(f"load.column.{name}") for name in shown.columns},
        column_config={name: st.column_config.Column(width=width) for name, width in _WIDTHS.items()},
    )


def receipt_rows(receipts: pl.DataFrame) -> pl.DataFrame:
    """Receipts as people read them."""
    names = dataset_names()
    return receipts.select(
        "receipt_id",
        "file",
        pl.col("dataset").replace_strict(names, default=pl.col("dataset"), return_dtype=pl.String),
        "rows",
        received=pl.Series([moment(at)[:_TO_THE_MINUTE] for at in receipts["received_at"]], dtype=pl.String),
        warnings=pl.col("warnings"),
        state=pl.Series(
            [t(f"load.receipt.{'counts' if counts else 'withdrawn'}") for counts in receipts["counts"]],
            dtype=pl.String,
        ),
        replaces=pl.col("replaces").cast(pl.String).fill_null(MISSING),
        made_up=pl.Series(
            [_made_up(*row) for row in receipts.select("synthetic", "sample_of").iter_rows()], dtype=pl.String
        ),
    )


def _made_up(synthetic: bool, sample_of: int | None) -> str:
    said = [t("app.synthetic")] if synthetic else []
    if sample_of:
        said.append(t("facts.sample", n=exact(sample_of)))
    return t("rule.semicolon").join(said) or MISSING
