"""Workbooks through calamine: XLS always, and XLSX where the direct reader meets what it does not know."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import python_calamine

from pipelines.intake.numbers import fifteen_digits
from pipelines.intake.sheets import WIDEST, RawSheet, Refused, letter


def read_workbook(data: bytes) -> list[RawSheet]:
    """Read every visible sheet of a workbook. Raises Refused: workbook_damaged, workbook_encrypted, too_many_columns."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Refused("workbook_encrypted") from None
    except python_calamine.CalamineError:
        raise Refused("workbook_damaged") from None
    found = []
    for index, about in enumerate(book.sheets_metadata):
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = book.get_sheet_by_index(index)
            rows = sheet.to_python(skip_empty_area=False)
            merges = sheet.merged_cell_ranges or []
        except (python_calamine.CalamineError, OSError, ValueError):
            raise Refused("workbook_damaged", sheet=about.name) from None
        width = max((len(row) for row in rows), default=0)
        if width > WIDEST:
            raise Refused("too_many_columns", columns=width, limit=WIDEST, sheet=about.name)
        texts = {
            letter(place + 1): pl.Series([text(row[place]) for row in rows], dtype=pl.String) for place in range(width)
        }
        cells = pl.DataFrame({"row_no": pl.Series(range(1, len(rows) + 1), dtype=pl.Int32), **texts})
        spans = [(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in merges]
        raw = RawSheet(about.name, index + 1, cells, merges=spans)
        raw.hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
        found.append(raw)
    return found


def text(value: Any) -> str | None:
    """The text of a cell: numbers to 15 digits without exponent, dates ISO, blanks None."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return fifteen_digits(repr(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
