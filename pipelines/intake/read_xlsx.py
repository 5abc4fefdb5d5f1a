"""XLSX: from the package's XML to sheets of text, with row numbers as Excel shows them.

Numbers are read to the 15 significant digits Excel keeps; a number displayed as a date becomes that date's text, so
that a date in a column of figures is seen; error values keep their text.
"""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from decimal import InvalidOperation

import numpy as np
import polars as pl

from pipelines.intake.numbers import fifteen_digits
from pipelines.intake.sheets import WIDEST, RawSheet, Refused, column_number, letter
from pipelines.intake.xlsx_cells import KINDS, Cells, Unfamiliar, fast_cells, slow_cells
from pipelines.intake.xlsx_package import unpack
from pipelines.intake.xlsx_parts import Book, SheetPart, read_book

MOST_CELLS = 150_000_000
"""Rows times columns of a sheet: memory is taken for the rectangle, however few of its cells are filled."""

READERS = min(4, os.cpu_count() or 1)

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell[^>]*?ref="\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)"')
_DAYS_1904 = 1462
_FIRST_OF_MARCH_1900 = 60  # not policy: the serial number of a day that never was, 29 February 1900


def read_xlsx(data: bytes) -> list[RawSheet]:
    """Read all worksheets of a package. Raises Refused as `unpack` and `read_book` do, and for a sheet too large."""
    book = read_book(unpack(data))
    return [_read_sheet(part, book) for part in book.sheets]


def _read_sheet(part: SheetPart, book: Book) -> RawSheet:
    try:
        with ThreadPoolExecutor(max_workers=READERS) as readers:
            chunks = list(readers.map(lambda read: _Chunk(_narrow(read(), part), book), fast_cells(part.xml)))
    except Unfamiliar:
        chunks = [_Chunk(_narrow(slow_cells(part.xml), part), book)]
    columns = sorted({number for chunk in chunks for number in chunk.columns})
    rows = sum(chunk.height for chunk in chunks)
    if rows * len(columns) > MOST_CELLS:
        raise Refused(
            "sheet_too_large", rows=rows, columns=len(columns), sheet=part.name, sheet_no=part.number
        )
    names = [letter(number) for number in range(columns[0], columns[-1] + 1)] if columns else []
    frames = [chunk.frame(names) for chunk in chunks if chunk.height]
    cells = pl.concat(frames) if frames else pl.DataFrame(schema={"row_no": pl.Int32})
    if frames and not cells["row_no"].is_sorted():
        cells = cells.sort("row_no", maintain_order=True)
    formulas = [entry for chunk in chunks for entry in chunk.formulas]
    percents = [chunk.percents for chunk in chunks if chunk.percents.height]
    sheet = RawSheet(part.name, part.number, cells, merges=_merges(part.xml), hidden=part.hidden)
    if formulas:
        sheet.formulas = pl.DataFrame(
            {
                "row_no": pl.Series([row for row, _, _ in formulas], dtype=pl.Int32),
                "letter": [letter(column) for _, column, _ in formulas],
                "has_value": [stored for _, _, stored in formulas],
            }
        )
    if percents:
        sheet.percents = pl.concat(percents)
    return sheet


def _narrow(cells: Cells, part: SheetPart) -> Cells:
    """The cells, if no column stands too far right; asked before a column is built for each."""
    widest = int(cells.column.max()) if len(cells.column) else 0
    if widest > WIDEST:
        raise Refused("too_many_columns", columns=widest, limit=WIDEST, sheet=part.name, sheet_no=part.number)
    return cells


class _Chunk:
    """Some rows of a sheet, turned from long form into one text column per Excel column."""

    def __init__(self, cells: Cells, book: Book) -> None:
        self.formulas = cells.formulas
        self.row_numbers, place = _distinct_in_order(cells.row)
        self.height = len(self.row_numbers)
        self.columns: dict[int, pl.Series] = {}
        percents: list[pl.DataFrame] = []
        order = np.argsort(cells.column.astype(np.uint16), kind="stable")
        bounds = np.flatnonzero(np.diff(cells.column[order])) + 1
        for group in np.split(order, bounds) if len(order) else []:
            number = int(cells.column[group[0]])
            kinds, styles = cells.kind[group], cells.style[group]
            texts = _texts(cells.text.gather(group), kinds, styles, book)
            self.columns[number] = _spread(texts, place[group], self.height)
            if book.percent_styles:
                shown = (kinds == 0) & np.isin(styles, list(book.percent_styles))
                if shown.any():
                    rows = pl.Series("row_no", cells.row[group][shown], dtype=pl.Int32)
                    percents.append(
                        pl.DataFrame({"row_no": rows}).with_columns(letter=pl.lit(letter(number)))
                    )
        self.percents = pl.concat(percents) if percents else pl.DataFrame()

    def frame(self, names: list[str]) -> pl.DataFrame:
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, self.height)
        columns = [self.columns.get(column_number(name), nothing).alias(name) for name in names]
        return pl.DataFrame([pl.Series("row_no", self.row_numbers, dtype=pl.Int32), *columns])


def _distinct_in_order(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The row numbers that occur, ascending, and each cell's place among them."""
    if len(rows) and (np.diff(rows) >= 0).all():
        starts = np.append(True, np.diff(rows) > 0)
        return rows[starts], np.cumsum(starts) - 1
    distinct, place = np.unique(rows, return_inverse=True)
    return distinct, place


def _spread(texts: pl.Series, place: np.ndarray, height: int) -> pl.Series:
    if len(texts) == height and (len(place) < 2 or (np.diff(place) > 0).all()):
        return texts
    index = np.full(height, -1, dtype=np.int64)
    index[place] = np.arange(len(texts))
    return texts.gather(pl.Series(index).set(pl.Series(index < 0), None))


def _texts(texts: pl.Series, kinds: np.ndarray, styles: np.ndarray, book: Book) -> pl.Series:
    texts = texts.set(texts.str.len_bytes() == 0, None)
    for kind in np.unique(kinds):
        here = kinds == kind
        name = KINDS[kind]
        if name == "n":
            texts = _put(texts, here, _numbers)
            if book.date_styles:
                dated = here & np.isin(styles, list(book.date_styles))
                texts = (
                    _put(texts, dated, lambda part: _dates(part, from_1904=book.from_1904))
                    if dated.any()
                    else texts
                )
        elif name == "s":
            texts = _put(texts, here, lambda part: book.strings.gather(_indices(part, len(book.strings))))
        elif name == "b":
            texts = _put(texts, here, lambda part: part.replace({"1": "TRUE", "0": "FALSE"}))
    return texts


def _put(texts: pl.Series, here: np.ndarray, change: object) -> pl.Series:
    if here.all():
        return change(texts)  # type: ignore[operator]
    mask = pl.Series(here)
    return texts.scatter(mask.arg_true(), change(texts.filter(mask)))  # type: ignore[operator]


def _indices(texts: pl.Series, count: int) -> pl.Series:
    index = texts.cast(pl.UInt32, strict=False)
    return index.set(index >= count, None)


def _numbers(texts: pl.Series) -> pl.Series:
    """Numbers as they stand, but for those with an exponent or more digits than Excel keeps."""
    odd = (texts.str.len_bytes() > 15) | texts.str.contains("[eE]")
    if not odd.any():
        return texts
    distinct = texts.filter(odd).drop_nulls().unique()
    return texts.replace(distinct, pl.Series([_fifteen(text) for text in distinct], dtype=pl.String))


def _fifteen(text: str) -> str:
    try:
        return fifteen_digits(text)
    except InvalidOperation:
        return text


def _dates(texts: pl.Series, *, from_1904: bool) -> pl.Series:
    """Serial numbers as ISO dates, with the time where there is one; what is no serial number stays."""
    serial = texts.cast(pl.Float64, strict=False)
    serial = serial + _DAYS_1904 if from_1904 else serial
    # Excel takes 1900 for a leap year: its days before 1 March 1900 are one further on
    serial = pl.select(pl.when(serial < _FIRST_OF_MARCH_1900).then(serial + 1).otherwise(serial)).to_series()
    within = serial.is_between(1, 2_958_466).fill_null(value=False)
    seconds = (serial.set(~within, None) * 86_400).round(0).cast(pl.Int64) - 25_569 * 86_400
    moments = pl.from_epoch(seconds, time_unit="s")
    texts_of = moments.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    return texts_of.zip_with(within, texts)


def _merges(xml: bytes) -> list[tuple[int, int, int, int]]:
    start = xml.rfind(b"</sheetData>")
    tail = xml[start:] if start >= 0 else xml[-(1 << 20) :]
    return [
        (int(top), column_number(left.decode()), int(bottom), column_number(right.decode()))
        for left, top, right, bottom in _MERGE.findall(tail)
    ]
