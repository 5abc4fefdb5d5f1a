"""The records behind a figure, a page at a time, and all of them in the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl
import streamlit as st

from pages.components.downloads import exports
from pages.components.numbers import MISSING, exact
from pages.components.twin import labelled
from pages.components.words import t

PAGE = 50
_ROW_HEIGHT, _SHOWN_ROWS = 35, 11


@dataclass(frozen=True)
class Records:
    """One list of records: what it is, how many, a page of them (the first being 0), and the whole.

    Both return the table as it is read, under the reader's headers. ``whole`` runs when an export is asked for, when
    nobody's page is being drawn: it may use nothing of the reader's session. ``name`` is the export's file name.
    """

    label: str
    name: str
    count: int
    page: Callable[[int], pl.DataFrame]
    whole: Callable[[], pl.DataFrame]


def records_of(
    table: pl.DataFrame, label: str, name: str, labels: Mapping[str, str] | None = None
) -> Records:
    """The records of a small table that is at hand."""
    shown = labelled(table, labels)
    return Records(label, name, table.height, lambda page: shown.slice(page * PAGE, PAGE), lambda: shown)


def record_pages(records: Records, key: str) -> None:
    """Draw a page of the records with its buttons and the export."""
    if not records.count:
        st.info(t("proof.none_such"))
        return
    last = (records.count - 1) // PAGE
    at = f"{key}_page"
    page = min(st.session_state.get(at, 0), last)
    rows = records.page(page)
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            name: st.column_config.DateColumn(format="YYYY-MM-DD")
            for name, kind in rows.schema.items()
            if kind == pl.Date
        },
        placeholder=MISSING,
        key=f"{key}_{page}_rows",
        height=_ROW_HEIGHT * (min(rows.height, _SHOWN_ROWS) + 1) + 3,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if last:
            pager(at, page, records.count)
        exports(records.whole, records.count, records.name, key)


def pager(at: str, page: int, count: int, span: str = "proof.span", said: str = "") -> None:
    """Which of ``count`` rows (``said``: how many in words) are shown, in the words ``span``, and the pages around."""
    first, last = page * PAGE + 1, (count - 1) // PAGE
    shown = {
        "first": exact(first),
        "last": exact(min(first + PAGE - 1, count)),
        "count": said or exact(count),
    }
    st.markdown(t(span, **shown), width="content")
    for word, to, is_end in (("before", page - 1, page == 0), ("after", page + 1, page == last)):
        st.button(
            t(f"proof.{word}"),
            key=f"{at}_{word}",
            disabled=is_end,
            on_click=_turn,
            args=(at, to),
            type="tertiary",
        )


def _turn(at: str, page: int) -> None:
    st.session_state[at] = page
