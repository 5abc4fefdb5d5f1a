"""XLS through calamine, with what it leaves out (formulas, error values, percent formats) from the records."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import python_calamine

from pipelines.intake.numbers import fifteen_digits
from pipelines.intake.sheets import RawSheet, Refused, letter
from pipelines.intake.xls_marks import Marks, read_marks


def read_xls(data: bytes) -> list[RawSheet]:
    """Read every worksheet of an old workbook.

    Raises Refused: workbook_damaged, workbook_encrypted and the rest of `read_marks`.
    """
    marks = read_marks(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = []
        for index, about in enumerate(book.sheets_metadata):
            known = marks[index] if index < len(marks) else None
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet and known is not None:
                rows = book.get_sheet_by_index(index).to_python(skip_empty_area=False)
                hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
                found.append(_sheet(about.name, index + 1, rows, known, hidden=hidden))
    except python_calamine.PasswordError:
        raise Refused("workbook_encrypted") from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise Refused("workbook_damaged") from None
    return found


def _sheet(name: str, number: int, rows: list[list[Any]], marks: Marks, *, hidden: bool) -> RawSheet:
    height, width = len(rows), max((len(row) for row in rows), default=0)
    texts = [[text(row[place]) for row in rows] for place in range(width)]
    for row, column, error in marks.errors:
        if row <= height and column <= width:
            texts[column - 1][row - 1] = error
    cells = pl.DataFrame(
        {
            "row_no": pl.Series(range(1, height + 1), dtype=pl.Int32),
            **{letter(place + 1): pl.Series(column, dtype=pl.String) for place, column in enumerate(texts)},
        }
    )
    sheet = RawSheet(name, number, cells, merges=marks.merges, hidden=hidden)
    if marks.formulas:
        sheet.formulas = pl.DataFrame(
            [(row, letter(column), stored) for row, column, stored in marks.formulas],
            schema={"row_no": pl.Int32, "letter": pl.String, "has_value": pl.Boolean},
            orient="row",
        )
    if marks.percents:
        places = [(row, letter(column)) for row, column in marks.percents]
        sheet.percents = pl.DataFrame(places, schema={"row_no": pl.Int32, "letter": pl.String}, orient="row")
    return sheet


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
