"""A workbook built from the values read, for files that cannot carry marks: XLS, CSV, Parquet, very large XLSX.

Cells keep their addresses. Where a file has more rows than a sheet, the table continues on further sheets below a
repeated header, and the to-do list points there.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_cell_to_rowcol
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.intake.findings import ERROR, WARNING
from pipelines.intake.plain_text import looks_like_a_formula, storable
from pipelines.intake.todo import COMMENTED_CELLS, FILLS, INK, WIDTHS, Todo, row_height
from pipelines.intake.todo_sheet import free_name

ROWS_BELOW_HEADER = 1_048_575
"""What a sheet holds below its first row."""

LONGEST_NAME = 31
COLUMN_WIDTH = 16
_EXACT_DIGITS = 15
_NOT_IN_NAMES = str.maketrans("[]:*?/\\'", "        ")

Grid = tuple[str, Iterable[Iterable[Any]]]
"""A sheet's name as in the findings, and its rows from the sheet's first row on."""


def mark_built(grids: Iterable[Grid], todo: Todo, out: Path) -> None:
    """Write the sheets with marks, and the to-do list in front, to `out`."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, {**options, "nan_inf_to_errors": True}) as book:
        pages = list(todo.pages())
        fronts = [book.add_worksheet(free_name(todo.language, _names(book))) for _ in pages]
        formats = _Formats(book)
        marked = _Marked(book, todo, formats)
        names = {name: marked.write(name, rows) for name, rows in grids}
        for sheet, page in zip(fronts, _moved(todo, names).pages(), strict=True):
            _write_page(sheet, page, formats)


class _Formats:
    """Each combination of fill, quoting and date once; a workbook has few."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(wanted)) if wanted else None
        return self._made[key]


class _Marked:
    """The sheets of values, marked as they are written."""

    def __init__(self, book: Workbook, todo: Todo, formats: _Formats) -> None:
        self._book, self._todo, self._formats = book, todo, formats
        self._by_cell = todo.by_cell()
        self._left_to_comment = COMMENTED_CELLS

    def write(self, name: str, rows: Iterable[Iterable[Any]]) -> list[str]:
        """Write one sheet, continued where it is full; the names of the sheets written."""
        marks = _by_row(self._by_cell.get(name, {}))
        source = iter(rows)
        header = list(next(source, []))
        names: list[str] = []
        for number, block in enumerate(_blocks(source)):
            sheet = self._book.add_worksheet(_sheet_name(name, number, _names(self._book)))
            names.append(sheet.get_name())
            sheet.set_column(0, max(len(header) - 1, 0), COLUMN_WIDTH)
            self._write_row(sheet, 0, header, marks.pop(0, {}))
            above, place = number * ROWS_BELOW_HEADER, 0
            for place, row in enumerate(block, start=1):
                self._write_row(sheet, place, row, marks.pop(above + place, {}))
            for beyond in sorted(row for row in marks if place < row - above <= ROWS_BELOW_HEADER):
                self._write_row(sheet, beyond - above, [], marks.pop(beyond))
        return names

    def _write_row(self, sheet: Worksheet, place: int, row: Iterable[Any], marks: dict[int, Any]) -> None:
        for across, value in enumerate(row):
            lines = marks.pop(across, None)
            if lines or value is not None:
                self._write_cell(sheet, place, across, value, lines)
        for across, lines in sorted(marks.items()):
            self._write_cell(sheet, place, across, None, lines)

    def _write_cell(self, sheet: Worksheet, place: int, across: int, value: Any, lines: Any) -> None:
        look: dict[str, Any] = {}
        if lines:
            severity = ERROR if any(line["severity"] == ERROR for line in lines) else WARNING
            look = {"bg_color": f"#{FILLS[severity]}", "font_color": f"#{INK}"}
        put_value(sheet, place, across, value, look, self._formats)
        if lines and self._left_to_comment:
            self._left_to_comment -= 1
            words = self._todo.comment(lines)
            height = min(20 * (2 + sum(1 + len(line) // 24 for line in words.splitlines())), 480)
            author = self._todo.word("author")
            sheet.write_comment(place, across, words, {"author": author, "width": 340, "height": height})


def put_value(
    sheet: Worksheet, place: int, across: int, value: Any, look: dict[str, Any], formats: _Formats
) -> None:
    """One received value into one cell: text stays text, a date a date, a number a number if it keeps all digits."""
    if isinstance(value, bool):
        sheet.write_boolean(place, across, value, formats.get(**look))
    elif isinstance(value, dt.datetime | dt.date):
        shape = (
            "yyyy-mm-dd hh:mm:ss"
            if isinstance(value, dt.datetime) and value.time() != dt.time()
            else "yyyy-mm-dd"
        )
        sheet.write_datetime(place, across, value, formats.get(num_format=shape, **look))
    elif (number := exact_number(value)) is not None:
        sheet.write_number(place, across, number, formats.get(**look))
    elif value is None or value == "":
        sheet.write_blank(place, across, None, formats.get(**look))
    else:
        words = storable(str(value))
        quoted = {"quote_prefix": True} if looks_like_a_formula(words) else {}
        sheet.write_string(place, across, words, formats.get(**look, **quoted))


def exact_number(value: Any) -> float | int | None:
    """The number that a value or its text is, when a spreadsheet gives back the very same digits; else None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = str(value)
    if sum(sign.isdigit() for sign in text) > _EXACT_DIGITS:
        return None
    for kind in (int, float):
        try:
            number = kind(text)
        except (ValueError, OverflowError):
            continue
        if repr(number) == text and math.isfinite(number):
            return number
    return None


def _by_row(marks: dict[str, Any]) -> dict[int, dict[int, Any]]:
    """0-based row, then 0-based column, then the lines about that cell."""
    rows: dict[int, dict[int, Any]] = {}
    for cell, lines in marks.items():
        row, column = xl_cell_to_rowcol(cell)
        rows.setdefault(row, {})[column] = lines
    return rows


def _blocks(source: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """The rows below the header, cut where a sheet is full and never held; one empty block where there are none."""
    first = next(source, None)
    yield iter(()) if first is None else chain([first], islice(source, ROWS_BELOW_HEADER - 1))
    while (first := next(source, None)) is not None:
        yield chain([first], islice(source, ROWS_BELOW_HEADER - 1))


def _names(book: Workbook) -> set[str]:
    return {sheet.get_name() for sheet in book.worksheets()}


def _sheet_name(name: str, number: int, taken: set[str]) -> str:
    base = name.translate(_NOT_IN_NAMES).strip()[:LONGEST_NAME] or "1"
    folded = {known.casefold() for known in taken}
    while True:
        number += 1
        tail = "" if number == 1 else f" ({number})"
        candidate = base[: LONGEST_NAME - len(tail)] + tail
        if candidate.casefold() not in folded:
            return candidate


def _moved(todo: Todo, names: dict[str, list[str]]) -> Todo:
    """The list with sheet names and rows as they came to stand in the workbook."""
    if all(written == [name] for name, written in names.items()):
        return todo
    return Todo(
        todo.file, todo.language, _relocated(todo.lines, names), _relocated(todo.groups, names), todo.notes
    )


def _relocated(frame: pl.DataFrame, names: dict[str, list[str]]) -> pl.DataFrame:
    parts = pl.col("cell").str.extract_groups(r"^([A-Z]+)(\d+)$")
    below = parts.struct.field("2").cast(pl.Int64) - 2
    number = pl.when(below > 0).then(below // ROWS_BELOW_HEADER).otherwise(0)
    spread = {
        f"{name}\n{place}": sheet for name, sheets in names.items() for place, sheet in enumerate(sheets)
    }
    moved_row = pl.when(below < 0).then(1).otherwise(below % ROWS_BELOW_HEADER + 2)
    return frame.with_columns(
        sheet=pl.concat_str("sheet", number.fill_null(0), separator="\n").replace_strict(
            spread, default=pl.col("sheet"), return_dtype=pl.String
        ),
        cell=pl.concat_str(parts.struct.field("1"), moved_row),
    )


def _write_page(sheet: Worksheet, page: Any, formats: _Formats) -> None:
    ruled = {"text_wrap": True, "valign": "top", "align": "left", "bottom": 7, "bottom_color": "#9AA5B1"}
    looks = {
        "title": {"bold": True, "font_size": 13},
        "text": {},
        "head": {**ruled, "bold": True, "bg_color": "#DCE3EE"},
        "cell": ruled,
        "link": {**ruled, "font_color": "#0B5394", "underline": 1},
        ERROR: {**ruled, "bg_color": f"#{FILLS[ERROR]}"},
        WARNING: {**ruled, "bg_color": f"#{FILLS[WARNING]}"},
    }
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for place, row in enumerate(page.rows):
        if height := row_height(row):
            sheet.set_row(place, height)
        for across, entry in enumerate(row):
            if entry is None:
                continue
            look = looks[entry.style]
            if entry.link:
                target = f"internal:{quote_sheetname(entry.link[0])}!{entry.link[1]}"
                sheet.write_url(place, across, target, formats.get(**look), str(entry.value))
            elif isinstance(entry.value, int):
                sheet.write_number(place, across, entry.value, formats.get(**look))
            else:
                quoted = {"quote_prefix": True} if looks_like_a_formula(entry.value) else {}
                sheet.write_string(place, across, entry.value, formats.get(**look, **quoted))
    if page.filtered:
        top, bottom = page.filtered
        sheet.autofilter(top - 1, 0, bottom - 1, len(WIDTHS) - 1)
