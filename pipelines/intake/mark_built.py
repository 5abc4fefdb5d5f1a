"""A workbook built from the values read, for files that cannot carry marks: XLS, CSV, Parquet, very large XLSX.

Cells keep their addresses, merges and percent signs. Where a file has more rows than a sheet, the table continues on
further sheets below its header, and the to-do list points there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_cell_to_rowcol
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.intake.findings import ERROR, WARNING
from pipelines.intake.plain_text import exact_number, looks_like_a_formula, storable
from pipelines.intake.sheets import ROW, RawSheet, column_number
from pipelines.intake.todo import COMMENTED_CELLS, FILLS, INK, WIDTHS, Page, Todo, comment_height, row_height
from pipelines.intake.todo_sheet import free_name

ROWS_BELOW_HEADER = 1_048_575
"""What a sheet holds below its first row."""

LONGEST_NAME = 31
COLUMN_WIDTH = 16
_NOT_IN_NAMES = str.maketrans("[]:*?/\\'", "        ")


def mark_built(sheets: list[RawSheet], header_rows: dict[str, int], todo: Todo, out: Path) -> None:
    """Write the sheets with marks, and the to-do list in front, to `out`.

    Args:
        sheets: as read, each with a name.
        header_rows: sheet -> number of its header row; where a table continues, this row is repeated.
        todo: the list; its sheets and cells as in the file.
        out: an .xlsx.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        fronts = [book.add_worksheet(free_name(todo.language, _names(book))) for _ in todo.pages()]
        formats = _Formats(book)
        marked = _Marked(book, todo, formats)
        names = {sheet.name: marked.write(sheet, header_rows.get(sheet.name, 1)) for sheet in sheets}
        for front, page in zip(fronts, _moved(todo, names).pages(), strict=True):
            _write_page(front, page, formats)


class _Formats:
    """Each look once; a workbook has few."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look) if look else None
        return self._made[key]

    def put_text(self, sheet: Worksheet, place: int, across: int, words: str, **look: Any) -> None:
        """Text as text; what a spreadsheet would run if somebody typed it is quoted."""
        quoted = {"quote_prefix": True} if looks_like_a_formula(words) else {}
        sheet.write_string(place, across, words, self.get(**look, **quoted))


class _Marked:
    """The sheets of values, marked as they are written, row by row."""

    def __init__(self, book: Workbook, todo: Todo, formats: _Formats) -> None:
        self._book, self._todo, self._formats = book, todo, formats
        self._by_cell = todo.by_cell()
        self._left_to_comment = COMMENTED_CELLS

    def write(self, source: RawSheet, header_row: int) -> list[str]:
        """Write one sheet, continued where it is full; the names of the sheets written."""
        marks = _by_row(self._by_cell.get(source.name, {}))
        percents = _percents(source)
        rows = _rows(source)
        first, header, names = next(rows, []), [], []
        for number, block in enumerate(_blocks(rows)):
            sheet = self._book.add_worksheet(_sheet_name(source.name, number, _names(self._book)))
            names.append(sheet.get_name())
            sheet.set_column(0, max(len(first) - 1, 0), COLUMN_WIDTH)
            above, place = number * ROWS_BELOW_HEADER, 0
            self._write_row(sheet, 0, header or first, marks.pop(0, {}), set())
            for place, row in enumerate(block, start=1):
                if above + place + 1 == header_row:
                    header = row
                shown = percents.get(above + place + 1, set())
                self._write_row(sheet, place, row, marks.pop(above + place, {}), shown)
            for beyond in sorted(row for row in marks if place < row - above <= ROWS_BELOW_HEADER):
                self._write_row(sheet, beyond - above, [], marks.pop(beyond), set())
            if source.hidden:
                sheet.hide()
            if number == 0:
                # merge_range would write the covered cells again, which rows written in order do not allow
                sheet.merge = [
                    [top - 1, left - 1, bottom - 1, right - 1] for top, left, bottom, right in source.merges
                ]
        return names

    def _write_row(
        self, sheet: Worksheet, place: int, row: list[str | None], marks: dict[int, Any], percents: set[int]
    ) -> None:
        for across in range(max(len(row), max(marks, default=-1) + 1)):
            value = row[across] if across < len(row) else None
            if value is not None or across in marks:
                look = {"num_format": "0.00%"} if across in percents else {}
                self._write_cell(sheet, place, across, value, marks.get(across), look)

    def _write_cell(
        self, sheet: Worksheet, place: int, across: int, value: str | None, lines: Any, look: dict[str, Any]
    ) -> None:
        if lines:
            severity = ERROR if any(line["severity"] == ERROR for line in lines) else WARNING
            look = {**look, "bg_color": f"#{FILLS[severity]}", "font_color": f"#{INK}"}
        if value is None or value == "":
            sheet.write_blank(place, across, None, self._formats.get(**look))
        elif (number := exact_number(value)) is not None:
            sheet.write_number(place, across, number, self._formats.get(**look))
        else:
            self._formats.put_text(sheet, place, across, storable(value), **look)
        if lines and self._left_to_comment:
            self._left_to_comment -= 1
            words = self._todo.comment(lines)
            options = {"author": self._todo.word("author"), "width": 340, "height": comment_height(words)}
            sheet.write_comment(place, across, words, options)


def _rows(sheet: RawSheet) -> Iterator[list[str | None]]:
    """Every row of a sheet from the first, with the blank ones that the reader left out."""
    places = [column_number(letters) - 1 for letters in sheet.letters]
    width = max(places, default=-1) + 1
    written = 0
    for number, *values in sheet.cells.select(ROW, *sheet.letters).iter_rows():
        for _ in range(written + 1, number):
            yield []
        row: list[str | None] = [None] * width
        for place, value in zip(places, values, strict=True):
            row[place] = value
        yield row
        written = number


def _percents(sheet: RawSheet) -> dict[int, set[int]]:
    """Row number -> 0-based columns whose number Excel showed times 100."""
    found: dict[int, set[int]] = {}
    for row, letters in sheet.percents.iter_rows():
        found.setdefault(row, set()).add(column_number(letters) - 1)
    return found


def _by_row(marks: dict[str, Any]) -> dict[int, dict[int, Any]]:
    """0-based row, then 0-based column, then the lines about that cell."""
    rows: dict[int, dict[int, Any]] = {}
    for cell, lines in marks.items():
        row, column = xl_cell_to_rowcol(cell)
        rows.setdefault(row, {})[column] = lines
    return rows


def _blocks(rows: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """The rows below the first, cut where a sheet is full and never held; one empty block where there are none."""
    first = next(rows, None)
    yield iter(()) if first is None else chain([first], islice(rows, ROWS_BELOW_HEADER - 1))
    while (first := next(rows, None)) is not None:
        yield chain([first], islice(rows, ROWS_BELOW_HEADER - 1))


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
    lines, groups = _relocated(todo.lines, names), _relocated(todo.groups, names)
    notes = (todo.word("split"),) if any(len(written) > 1 for written in names.values()) else ()
    return Todo(todo.file, todo.language, lines, groups, (*todo.notes, *notes))


def _relocated(frame: pl.DataFrame, names: dict[str, list[str]]) -> pl.DataFrame:
    parts = pl.col("cell").str.extract_groups(r"^([A-Z]+)(\d+)$")
    below = parts.struct.field("2").cast(pl.Int64) - 2
    number = pl.when(below > 0).then(below // ROWS_BELOW_HEADER).otherwise(0)
    moved = pl.when(below < 0).then(1).otherwise(below % ROWS_BELOW_HEADER + 2)
    spread = {
        f"{name}\n{place}": sheet for name, sheets in names.items() for place, sheet in enumerate(sheets)
    }
    return frame.with_columns(
        sheet=pl.concat_str("sheet", number, separator="\n").replace_strict(
            spread, default=pl.col("sheet"), return_dtype=pl.String
        ),
        cell=pl.when(below.is_null()).then("cell").otherwise(pl.concat_str(parts.struct.field("1"), moved)),
    )


def _write_page(sheet: Worksheet, page: Page, formats: _Formats) -> None:
    ruled = {"text_wrap": True, "valign": "top", "align": "left", "bottom": 7, "bottom_color": "#9AA5B1"}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True},
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
                formats.put_text(sheet, place, across, entry.value, **look)
    if page.filtered:
        top, bottom = page.filtered
        sheet.autofilter(top - 1, 0, bottom - 1, len(WIDTHS) - 1)
