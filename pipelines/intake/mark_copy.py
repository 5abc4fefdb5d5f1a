"""Marking in the submitter's own workbook: fills and comments are added, everything else stays as it was.

Earlier marks are taken off first, so that marking twice is marking once. A marked cell's own style is remembered
in a hidden column of the to-do sheet, as the style of an empty cell.
"""

from __future__ import annotations

import re
import zipfile
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter, quote_sheetname, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.intake.findings import ERROR, WARNING
from pipelines.intake.formula_results import keep_formula_results
from pipelines.intake.plain_text import looks_like_a_formula
from pipelines.intake.todo import (
    COMMENTED_CELLS,
    FILLS,
    INK,
    LINE_COLUMNS,
    OURS,
    WIDTHS,
    Entry,
    Todo,
    comment_height,
    row_height,
)
from pipelines.intake.todo_sheet import free_name, is_todo_sheet

MARKS = {severity: PatternFill("solid", fgColor=f"FF{colour}") for severity, colour in FILLS.items()}
MARK_COLOURS = {f"FF{colour}" for colour in FILLS.values()}
STYLE_COLUMN = len(LINE_COLUMNS) + 1

LARGEST_COPY = 64 << 20
"""Bytes of XML that openpyxl holds within a minute and two gigabytes."""

MOST_SPANNED = 2_000_000
_SPAN = re.compile(rb'<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')

OwnStyles = dict[tuple[str, str], Any]


def fits_in_memory(path: Path) -> bool:
    """Whether openpyxl can hold the workbook: it makes a cell of its own for each that a merge or a link covers."""
    spanned = 0
    with zipfile.ZipFile(path) as package:
        parts = [part for part in package.infolist() if part.filename.endswith(".xml")]
        if sum(part.file_size for part in parts) > LARGEST_COPY:
            return False
        for part in parts:
            if part.filename.startswith("xl/worksheets/"):
                for span in _SPAN.findall(package.read(part)):
                    left, top, right, bottom = range_boundaries(span.decode())
                    spanned += (right - left + 1) * (bottom - top + 1)
    return spanned <= MOST_SPANNED


def mark_copy(path: Path, todo: Todo, out: Path) -> None:
    """Write the workbook at `path` with its marks to `out`.

    Raises whatever the workbook library raises on a workbook that it cannot hold: the caller then builds one.
    """
    book = openpyxl.load_workbook(path, rich_text=True)
    _take_marks_off(book)
    own_styles = _mark_cells(book, todo)
    _write_pages(book, todo, own_styles)
    for place, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = place == 0
    book.active = 0
    book.save(out)
    keep_formula_results(path, out)


def _take_marks_off(book: Workbook) -> None:
    ours = [sheet for sheet in book.worksheets if is_todo_sheet(sheet.title, sheet["A1"].value)]
    if not ours:
        return
    styles = {
        (str(row[1].value), str(row[2].value)): row[STYLE_COLUMN - 1]
        for sheet in ours
        for row in sheet.iter_rows(max_col=STYLE_COLUMN)
        if row[STYLE_COLUMN - 1].has_style and row[2].value
    }
    for sheet in ours:
        book.remove(sheet)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.has_style and cell.fill.fgColor.rgb in MARK_COLOURS:
                    _restore(cell, styles.get((sheet.title, cell.coordinate)))
                if isinstance(cell, Cell) and cell.comment:
                    cell.comment = _without_ours(cell.comment)


def _restore(cell: Cell | MergedCell, kept: Cell | MergedCell | None) -> None:
    """A cell that was moved since has no kept style: it loses the fill and keeps the rest."""
    if kept is None:
        cell.fill = PatternFill()
    else:
        cell._style = copy(kept._style)  # noqa: SLF001 - there is no public way to copy a style whole


def _without_ours(comment: Comment) -> Comment | None:
    words, mark, _ = comment.text.partition(OURS)
    if not mark:
        return comment
    own = words.rstrip("\n")
    return Comment(own, comment.author, comment.height, comment.width) if own else None


def _mark_cells(book: Workbook, todo: Todo) -> OwnStyles:
    """Fill and comment the cells; the own style of each, by sheet and cell."""
    own_styles: OwnStyles = {}
    commented = 0
    for title, cells in todo.by_cell().items():
        sheet = book[title] if title in book.sheetnames else None
        if not isinstance(sheet, Worksheet):
            continue
        for address, lines in cells.items():
            cell = _anchor(sheet, address)
            own_styles.setdefault((title, cell.coordinate), copy(cell._style))  # noqa: SLF001 - as above
            _fill(cell, ERROR if any(line["severity"] == ERROR for line in lines) else WARNING)
            if commented < COMMENTED_CELLS:
                _comment(cell, todo.comment(lines), todo.word("author"))
                commented += 1
    return own_styles


def _anchor(sheet: Worksheet, address: str) -> Cell:
    """The cell itself, or the one that holds the value of the merged range around it."""
    cell: Any = sheet[address]
    if isinstance(cell, MergedCell):
        around = next(area for area in sheet.merged_cells.ranges if address in area)
        cell = sheet.cell(around.min_row, around.min_col)
    return cell


def _fill(cell: Cell, severity: str) -> None:
    if cell.fill.fgColor.rgb == MARKS[ERROR].fgColor.rgb:
        return
    cell.fill = MARKS[severity]
    font = copy(cell.font)
    font.color = Color(rgb=f"FF{INK}")
    cell.font = font


def _comment(cell: Cell, words: str, author: str) -> None:
    earlier = cell.comment
    whole = f"{earlier.text}\n\n{words}" if earlier else words
    cell.comment = Comment(whole, earlier.author if earlier else author, comment_height(whole), 340)


def _write_pages(book: Workbook, todo: Todo, own_styles: OwnStyles) -> None:
    for number, page in enumerate(todo.pages()):
        sheet = book.create_sheet(free_name(todo.language, set(book.sheetnames)), number)
        _lay_out(sheet)
        for place, row in enumerate(page.rows, start=1):
            for across, entry in enumerate(row, start=1):
                if entry is not None:
                    _write(sheet.cell(place, across), entry)
            sheet.row_dimensions[place].height = row_height(row)
            listed = page.filtered and place > page.filtered[0] and row[1] and row[2]
            if listed and (row[1].value, row[2].value) in own_styles:
                sheet.cell(place, STYLE_COLUMN)._style = own_styles[row[1].value, row[2].value]  # noqa: SLF001
        if page.filtered:
            top, bottom = page.filtered
            sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(LINE_COLUMNS))}{bottom}"


def _lay_out(sheet: Worksheet) -> None:
    for place, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.column_dimensions[get_column_letter(STYLE_COLUMN)].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


_HEAD = PatternFill("solid", fgColor="FFDCE3EE")
_WRAPPED = Alignment(wrap_text=True, vertical="top", horizontal="left")
_RULED = Border(bottom=Side("hair", color="FF9AA5B1"))


def _write(cell: Any, entry: Entry) -> None:
    cell.value = entry.value
    if isinstance(entry.value, str):
        cell.data_type = "s"
        if looks_like_a_formula(entry.value):
            cell.quotePrefix = True
    if entry.style in {"title", "head"}:
        cell.font = cell.font + Font(bold=True)
    if entry.style == "head":
        cell.fill = _HEAD
    if entry.style not in {"title", "text"}:
        cell.alignment, cell.border = _WRAPPED, _RULED
    if entry.style in MARKS:
        cell.fill = MARKS[entry.style]
    if entry.link:
        title, address = entry.link
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(title)}!{address}")
        cell.font = cell.font + Font(color="FF0B5394", underline="single")
