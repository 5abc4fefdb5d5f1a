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

from data.dataset import datasets
from data.words import text
from pipelines.intake.check import Checked
from pipelines.intake.headers import score
from pipelines.intake.mark_built import mark_built
from pipelines.intake.mark_copy import mark_copy
from pipelines.intake.open_file import open_file
from pipelines.intake.sheets import RawSheet, Refused
from pipelines.intake.todo import COMMENTED_CELLS, Todo, build_todo
from pipelines.intake.todo_sheet import is_ours

LARGEST_COPY = 64 << 20
"""Bytes of sheet XML that the marking library holds within a minute and two gigabytes."""

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
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".marking-") as folder:
        draft = Path(folder) / "marked.xlsx"
        if not (_may_be_copied(path, checked) and _copied(path, checked, draft, language)):
            sheets = _sheets(path, checked, language)
            todo = _todo(path, checked, language, "rebuilt" if sheets else "not_opened")
            headers = {
                name or text("todo.data_sheet", language): row for name, row in checked.header_rows.items()
            }
            mark_built(sheets, headers, todo, draft)
        draft.replace(out)


def _may_be_copied(path: Path, checked: Checked) -> bool:
    """Whether the file is a workbook that was let in, and of a size that can be held whole."""
    if checked.format != "xlsx" or checked.findings.height > MOST_COPY_FINDINGS:
        return False
    with zipfile.ZipFile(path) as package:
        parts = (part for part in package.infolist() if part.filename.startswith("xl/worksheets/"))
        return sum(part.file_size for part in parts) <= LARGEST_COPY


def _copied(path: Path, checked: Checked, draft: Path, language: str) -> bool:
    try:
        mark_copy(path, _todo(path, checked, language), draft)
    except Exception:  # a foreign workbook breaks the library in ways that nobody can list
        log.warning("a workbook could not be marked in place and is built from its values", exc_info=True)
        return False
    return True


def _sheets(path: Path, checked: Checked, language: str) -> list[RawSheet]:
    """The sheets as read but for our own; none where the file could not be opened as a table."""
    known = (checked.dataset,) if checked.dataset else datasets()
    try:
        sheets = open_file(path, lambda records: score(records, known))[1]
    except Refused:
        return []
    nameless = text("todo.data_sheet", language)
    return [replace(sheet, name=sheet.name or nameless) for sheet in sheets if not is_ours(sheet)]


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
