"""Small tables handed to a calculator: one header, one row per unit; every fault named by file, cell, value and remedy.

CSV (UTF-8, GB18030), XLSX, XLS or Parquet, read by `pipelines.intake`; of a workbook, its first visible sheet. There
is no contract: the calculator says which columns it needs. Words of the rules: ``calculator.fault`` in the locale.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.words import text
from pipelines.intake.findings import render
from pipelines.intake.open_file import open_file
from pipelines.intake.plain_text import shown
from pipelines.intake.sheets import RawSheet, Refused
from pipelines.uploads import plain_name

MISSING = ("NA", "NaN", "nan")
"""How statistical programs write a missing value; an empty cell is one as well."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """One cell as it came: where it stands, under which header, and what it holds (None: nothing)."""

    file: str
    row: int
    letter: str
    column: str
    value: str | None


@dataclass(frozen=True)
class Fault:
    """Why a table is refused: the rule, the cell (or the whole file), and what the rule's words need."""

    rule: str
    file: str
    row: int | None = None
    letter: str = ""
    column: str = ""
    value: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, language: str) -> dict[str, Any]:
        """The fault as commands print it."""
        words = {"file": self.file, "column": self.column, "value": shown(self.value), **self.said}
        return {
            "severity": "error",
            "rule": self.rule,
            "file": self.file,
            "sheet": "",
            "cell": f"{self.letter}{self.row}" if self.row is not None else "",
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": text(f"calculator.fault.{self.rule}.message", language, **words),
            "remedy": text(f"calculator.fault.{self.rule}.remedy", language, **words),
        }


class TableRefusedError(Exception):
    """A table that a calculator does not take; ``faults`` says why, cell by cell."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.file}: {fault.rule}" for fault in faults))
        self.faults = tuple(faults)


class UnreadableError(Exception):
    """A file that cannot be opened as a table at all; ``refused`` carries the rule of the intake."""

    def __init__(self, file: str, refused: Refused) -> None:
        super().__init__(f"{file}: {refused.rule}")
        self.file, self.refused = file, refused

    def as_json(self, language: str) -> dict[str, Any]:
        """The reason as commands print it."""
        found = render(self.refused.finding(), language).row(0, named=True)
        names = ("severity", "rule", "sheet", "cell", "column", "value", "message", "remedy")
        return {"file": self.file, "row": None, **{name: found[name] or "" for name in names}}


@dataclass(frozen=True)
class Grid:
    """A table as it came: its header, and rows of cells by header."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]

    def fault(self, rule: str, cell: Cell | None = None, **said: object) -> Fault:
        """A fault of a cell of this table, or of the whole file."""
        if cell is None:
            return Fault(rule, self.file, said=said)
        return Fault(rule, self.file, cell.row, cell.letter, cell.column, cell.value or "", said)

    def texts(self, column: str) -> list[str | None]:
        """The values of a column, as text."""
        return [row[column].value for row in self.rows]


def read_grid(path: Path, needed: Iterable[str] = (), name: str = "") -> Grid:
    """Read a table that has the columns ``needed``; ``name`` is what people call the file.

    Raises UnreadableError; TableRefusedError with the rules no_rows, no_header, column_twice, column_missing,
    row_width.
    """
    file = name or path.name
    wanted = set(needed)

    def score(records: Sequence[Sequence[str]]) -> int:
        return max(
            (len(wanted & {cell.strip() for cell in row}) * 100 + len(row) for row in records[:1]), default=0
        )

    try:
        _, sheets = open_file(path, score)
    except Refused as refused:
        raise UnreadableError(file, refused) from None
    sheet = next((sheet for sheet in sheets if not sheet.hidden), None)
    return _grid(sheet, file, needed)


def read_grid_bytes(content: bytes, name: str, needed: Iterable[str] = ()) -> Grid:
    """The same for bytes that a reader handed over under a name."""
    with tempfile.TemporaryDirectory(prefix="tidu-upload-") as folder:
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        return read_grid(path, needed, name)


def numbers(grid: Grid, column: str, faults: list[Fault]) -> list[Decimal | None]:
    """The column's numbers, exactly; None where a cell is missing. What is no number goes to ``faults``."""
    found: list[Decimal | None] = []
    for row in grid.rows:
        cell = row[column]
        if cell.value is None or cell.value in MISSING:
            found.append(None)
        elif _NUMBER.fullmatch(cell.value):
            found.append(Decimal(cell.value))
        else:
            found.append(None)
            faults.append(grid.fault("not_a_number", cell))
    return found


def keys(grid: Grid, column: str, faults: list[Fault]) -> list[str]:
    """The column's names, each once; an empty or repeated one goes to ``faults``."""
    seen: dict[str, int] = {}
    found = []
    for row in grid.rows:
        cell = row[column]
        name = cell.value or ""
        if not name:
            faults.append(grid.fault("name_missing", cell))
        elif name in seen:
            faults.append(grid.fault("name_twice", cell, first=seen[name]))
        seen.setdefault(name, cell.row)
        found.append(name)
    return found


def _grid(sheet: RawSheet | None, file: str, needed: Iterable[str]) -> Grid:
    lines = [] if sheet is None else [line for line in sheet.cells.iter_rows() if any(map(_said, line[1:]))]
    if sheet is None or not lines:
        raise TableRefusedError([Fault("no_header", file)])
    header, letters = lines[0], sheet.letters
    last = max(at for at, cell in enumerate(header[1:]) if _said(cell)) + 1
    columns = tuple(_said(cell) or "" for cell in header[1 : last + 1])
    faults = _header_faults(columns, letters, header[0], file, tuple(needed))
    if len(lines) == 1:
        faults.append(Fault("no_rows", file))
    faults += _width_faults(sheet, last, header[0], file)
    if faults:
        raise TableRefusedError(faults)
    rows = tuple(
        {
            column: Cell(file, line[0], letters[at], column, _said(line[at + 1]))
            for at, column in enumerate(columns)
        }
        for line in lines[1:]
    )
    return Grid(file, columns, rows)


def _header_faults(
    columns: tuple[str, ...], letters: Sequence[str], row: int, file: str, needed: tuple[str, ...]
) -> list[Fault]:
    faults = [
        Fault("column_twice" if column else "column_unnamed", file, row, letters[at], column, column)
        for at, column in enumerate(columns)
        if not column or column in columns[:at]
    ]
    given = ", ".join(column for column in columns if column)
    return faults + [
        Fault("column_missing", file, row, column=column, said={"given": given})
        for column in needed
        if column not in columns
    ]


def _width_faults(sheet: RawSheet, width: int, header_row: int, file: str) -> list[Fault]:
    """Rows of a CSV file with more or fewer cells than its header: shifted, for all we know."""
    if sheet.widths is None:
        return []
    return [
        Fault("row_width", file, row, said={"cells": cells, "width": width})
        for row, cells, is_blank in sheet.widths.select("row_no", "cells", "is_blank").iter_rows()
        if row > header_row and not is_blank and cells != width
    ]


def _said(cell: str | None) -> str | None:
    return (cell or "").strip() or None
