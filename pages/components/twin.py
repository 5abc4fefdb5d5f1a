"""A chart and its table twin in tabs; the table exports every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from pages.components.downloads import exports
from pages.components.numbers import exact
from pages.components.words import t

SHOWN_ROWS = 10_000


def twin(
    views: Mapping[str, Callable[[], object]] | Callable[[], object],
    table: pl.DataFrame,
    *,
    name: str,
    key: str,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Tabs: one per view (label → function that draws it; a lone function is labelled "Chart"), then the table.

    ``name`` is the file name of the export without its ending, ``key`` a stable widget key.
    """
    drawn = views if isinstance(views, Mapping) else {t("twin.chart"): views}
    tabs = st.tabs([*drawn, t("twin.table")], key=f"{key}_tabs")
    for tab, draw in zip(tabs, drawn.values(), strict=False):
        with tab:
            draw()
    with tabs[-1]:
        table_with_export(table, name=name, key=key, labels=labels)


def table_with_export(
    table: pl.DataFrame,
    *,
    name: str,
    key: str,
    labels: Mapping[str, str] | None = None,
    column_config: Mapping[str, object] | None = None,
    height: int | str = "auto",
    exported: pl.DataFrame | None = None,
) -> None:
    """A table with its CSV and XLSX export. Column names are shown under ``labels``, else ``column.<name>``.

    ``column_config`` goes by column name (before labelling). ``exported`` replaces the table in the export, where
    a column is text for reading and a number for calculating.
    """
    shown = labelled(table, labels)
    config = {
        label: (column_config or {}).get(name, _config(kind))
        for (name, kind), label in zip(table.schema.items(), shown.columns, strict=True)
    }
    st.dataframe(
        shown.head(SHOWN_ROWS),
        hide_index=True,
        column_config={label: setting for label, setting in config.items() if setting is not None},
        key=f"{key}_table",
        height=height,  # type: ignore[arg-type]
    )
    if table.height > SHOWN_ROWS:
        st.caption(t("twin.shown", shown=exact(SHOWN_ROWS), count=exact(table.height)))
    export_buttons(shown if exported is None else labelled(exported, labels), name=name, key=key)


def export_buttons(table: pl.DataFrame, *, name: str, key: str) -> None:
    """The two export buttons of a table whose columns carry their labels; files are made when asked for."""
    with st.container(horizontal=True, gap="small"):
        exports(lambda: table, table.height, name, key)


def labelled(table: pl.DataFrame, labels: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The table under the headers readers see."""
    given = labels or {}
    return table.rename({column: given.get(column) or t(f"column.{column}") for column in table.columns})


def _config(kind: pl.DataType) -> object | None:
    # A year, a row number or a code is never grouped; amounts and counts are labelled by the page when they should be.
    if kind.is_integer():
        return st.column_config.NumberColumn(format="localized")
    if kind == pl.Date:
        return st.column_config.DateColumn(format="YYYY-MM-DD")
    return None
