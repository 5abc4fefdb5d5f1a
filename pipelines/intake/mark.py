"""The submitter's own workbook comes back: marked cells, a comment at each, and a to-do sheet in front.

An ordinary XLSX keeps all it had. XLS, CSV, Parquet and very large workbooks are built from the values read; what
could not be opened as a table comes back as the to-do sheet alone.
"""

from __future__ import annotations

import logging
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl

from data.dataset import told_by_headers
from data.words import text
from pipelines.intake.check import Checked
from pipelines.intake.headers import score
from pipelines.intake.mark_built import mark_built
from pipelines.intake.mark_copy import fits_in_memory, mark_copy
from pipelines.intake.open_file import open_file
from pipelines.intake.sheets import RawSheet, Refused
from pipelines.intake.todo import COMMENTED_CELLS, Todo, build_todo
from pipelines.intake.todo_sheet import is_ours

MOST_COPY_FINDINGS = 200_000

log = logging.getLogger(__name__)


def mark_workbook(path: Path, checked: Checked, out: Path, language: str) -> None:
    """Write the marked workbook of a checked file to `out`, an .xlsx; the file itself is left as it is.

    Args:
        path: the submitted file.
        checked: what the check said of it.
        out: where the marked workbook goes; replaced whole or not at all.
        language: zh or en, for the to-do sheet and the comments.
    """
    kind, sheets = _opened(path, checked, language)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".marking-") as folder:
        draft = Path(folder) / "marked.xlsx"
        may_be_copied = (
            kind == "xlsx" and checked.findings.height <= MOST_COPY_FINDINGS and fits_in_memory(path)
        )
        if not (may_be_copied and _copied(path, checked, draft, language)):
            headers = {
                name or text("todo.data_sheet", language): row for name, row in checked.header_rows.items()
            }
            todo = _todo(path, checked, language, "rebuilt" if sheets else "not_opened")
            mark_built(sheets, headers, todo, draft)
        draft.replace(out)


def _opened(path: Path, checked: Checked, language: str) -> tuple[str, list[RawSheet]]:
    """The format and the sheets as read but for our own; none where the file could not be opened as a table."""
    known = (checked.dataset,) if checked.dataset else told_by_headers()
    try:
        kind, sheets = open_file(path, lambda records: score(records, known))
    except Refused:
        return "", []
    nameless = text("todo.data_sheet", language)
    return kind, [replace(sheet, name=sheet.name or nameless) for sheet in sheets if not is_ours(sheet)]


def _copied(path: Path, checked: Checked, draft: Path, language: str) -> bool:
    try:
        notes = ("macros",) if _has_macros(path) else ()
        mark_copy(path, _todo(path, checked, language, *notes), draft)
    except Exception:  # a foreign workbook breaks the library in ways that nobody can list
        log.warning("a workbook could not be marked in place and is built from its values", exc_info=True)
        return False
    return True


def _has_macros(path: Path) -> bool:
    with zipfile.ZipFile(path) as package:
        return "xl/vbaProject.bin" in package.namelist()


def _todo(path: Path, checked: Checked, language: str, *notes: str) -> Todo:
    """The to-do list; the one nameless sheet of a CSV or Parquet file gets the name it has in the built workbook."""
    nameless = (pl.col("sheet") == "") & (pl.col("cell") != "")
    findings = checked.findings.with_columns(
        sheet=pl.when(nameless).then(pl.lit(text("todo.data_sheet", language))).otherwise("sheet")
    )
    said = [text(f"todo.{note}", language) for note in notes]
    if findings.filter(pl.col("cell") != "").select("sheet", "cell").n_unique() > COMMENTED_CELLS:
        said.append(text("todo.comments_capped", language, limit=COMMENTED_CELLS))
    return build_todo(path.name, findings, language, tuple(said))
