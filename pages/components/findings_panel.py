"""What the check found in an upload: what to do next, causes first, then every cell, and the workbook back."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from pages.components.numbers import exact
from pages.components.plain_text import plain
from pages.components.twin import table_with_export
from pages.components.upload import XLSX, Upload
from pages.components.words import language, t
from pipelines.intake.check import Checked
from pipelines.intake.findings import ERROR, WARNING, grouped, render

SHOWN_CAUSES = 12
SHOWN_CELLS = 6
COLUMNS = ("severity", "sheet", "cell", "column", "value", "message", "expected", "remedy")
COLOURS = {ERROR: "red", WARNING: "orange"}


def refusal(given: Upload, checked: Checked, said: str) -> None:
    """A file that was not accepted: why, what to do next, the marked workbook, the findings. `said` is its word."""
    has_cells = checked.findings.filter(pl.col("cell") != "").height > 0
    counts = {"errors": exact(checked.errors), "warnings": exact(checked.warnings)}
    st.error(f"{t(said, **counts)}\n\n{t('upload.next' if has_cells else 'upload.next_whole')}")
    _panel(given, checked, main=True)


def acceptance(given: Upload, checked: Checked) -> None:
    """A file that was accepted, with its warnings if it has any; they stay at hand."""
    if not checked.warnings:
        st.success(t("upload.accepted", rows=exact(checked.rows)))
        return
    with st.expander(t("upload.accepted_warned", rows=exact(checked.rows), warnings=exact(checked.warnings))):
        _panel(given, checked, main=False)


def _panel(given: Upload, checked: Checked, *, main: bool) -> None:
    causes = grouped(checked.findings, language())
    _marked_button(given, checked, "primary" if main else "secondary")
    by_cause, by_cell = st.tabs(
        [
            t("upload.by_cause", count=exact(causes.height)),
            t("upload.by_cell", count=exact(checked.findings.height)),
        ],
        key="findings_tabs",
    )
    with by_cause:
        for cause in causes.head(SHOWN_CAUSES).iter_rows(named=True):
            _cause(cause)
        if causes.height > SHOWN_CAUSES:
            st.caption(t("upload.more_causes", count=exact(causes.height - SHOWN_CAUSES)))
    with by_cell:
        table_with_export(
            _every_cell(checked),
            name=t("upload.findings_name", name=given.stem),
            key="findings",
            labels={name: t(f"todo.{word}") for name, word in zip(COLUMNS, _words(), strict=True)},
            column_config={
                "severity": st.column_config.TextColumn(width=56),
                "sheet": st.column_config.TextColumn(width=90),
                "cell": st.column_config.TextColumn(width=64),
                "value": st.column_config.TextColumn(width=120),
                "message": st.column_config.TextColumn(width=220),
            },
        )


def _marked_button(given: Upload, checked: Checked, kind: str) -> None:
    st.download_button(
        t("upload.mark"),
        partial(given.marked, checked, language()),
        f"{t('upload.marked_name', name=given.stem)}.xlsx",
        XLSX,
        key="marked",
        on_click="ignore",
        type=kind,  # type: ignore[arg-type]
    )


def _cause(cause: dict) -> None:
    """One cause: what is wrong and how often, then what to do, what is expected, where."""
    kind = "cause" if cause["column_label"] else "cause_whole"
    if cause["count"] > 1:
        kind += "_such_as"
    label = cause["column_label"]
    said = t(f"upload.{kind}", column=plain(label[:1].upper() + label[1:]), message=plain(cause["message"]))
    times = t("upload.times", severity=t(f"todo.{cause['severity']}"), count=exact(cause["count"]))
    remedy, expected = plain(cause["remedy"]), plain(cause["expected"])
    below = [t("upload.remedy", remedy=remedy, expected=expected)]
    cells = _places(cause["cells"] or "")
    if cells:
        word = "where_more" if cause["count"] > SHOWN_CELLS else "where"
        below.append(t(f"upload.{word}", cells=cells, count=exact(cause["count"])))
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":{COLOURS[cause['severity']]}-badge[{times}] {said}")
        st.caption("  \n".join(below))


def _places(cells: str) -> str:
    """The first cells of a cause, each sheet named once."""
    by_sheet: dict[str, list[str]] = {}
    for place in [place for place in cells.split(", ") if place][:SHOWN_CELLS]:
        sheet, _, cell = place.rpartition("!")
        by_sheet.setdefault(sheet, []).append(cell)
    said = [
        " ".join(part for part in (plain(sheet), t("rule.list").join(map(plain, some))) if part)
        for sheet, some in by_sheet.items()
    ]
    return t("rule.semicolon").join(said)


def _every_cell(checked: Checked) -> pl.DataFrame:
    """The findings as rows of text, in the order in which they stand in the file, errors first."""
    severities = {ERROR: t("todo.error"), WARNING: t("todo.warning")}
    return render(checked.findings, language()).select(
        pl.col("severity").replace_strict(severities, return_dtype=pl.String),
        "sheet",
        pl.when(pl.col("cell") == "").then(pl.lit(t("upload.no_cell"))).otherwise("cell").alias("cell"),
        pl.col("column_label").alias("column"),
        pl.col("value").fill_null(t("upload.blank")),
        "message",
        "expected",
        "remedy",
    )


def _words() -> tuple[str, ...]:
    return ("severity", "sheet_column", "cell", "column", "value", "problem", "expected", "remedy")
