"""CSV: UTF-8 with or without its mark, or GB18030; comma, semicolon or tab.

Records keep the number a spreadsheet would show (quoted line breaks inside, blank lines counted), and how many cells
each has, so that a record with a cell too few or too many is found and never shifted.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.intake.sheets import WIDEST, RawSheet, Refused, letter

DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 24
_LINE_FEED, _RETURN, _QUOTE = b'\n\r"'
_PEEK = 1 << 18
_CJK = re.compile("[\u4e00-\u9fff]")

Score = Callable[[Sequence[Sequence[str]]], int]


def read_csv(data: bytes, score: Score) -> list[RawSheet]:
    """Read CSV bytes into one sheet without a name.

    ``score`` says how well a few parsed records hold a header; it chooses the delimiter. Raises Refused:
    text_utf16, text_nul, text_encoding, text_mixed, text_unclosed_quote, too_many_columns.
    """
    text = _utf8(data)
    if b"\n" not in text and b"\r" in text:
        text = text.replace(b"\r", b"\n")
    delimiter = choose_delimiter(text, score)
    records = count_cells(text, delimiter)
    if not len(records.cells):
        raise Refused("file_empty")
    if records.widest > WIDEST:
        raise Refused("too_many_columns", columns=records.widest, limit=WIDEST)
    cells = read_cells(text, delimiter, records.widest, len(records.cells))
    if cells is None:
        cells = _cells_one_by_one(text, delimiter, records.widest)
    return [sheet_of(cells, records)]


def sheet_of(cells: pl.DataFrame, records: Records, first: int = 1) -> RawSheet:
    """The sheet of some records, the first of which a spreadsheet would show in row ``first``."""
    numbers = pl.Series("row_no", np.arange(first, first + len(records.cells), dtype=np.int32))
    counted = pl.DataFrame({"row_no": numbers, "cells": records.cells, "is_blank": records.is_blank})
    return RawSheet("", 1, cells.insert_column(0, numbers), widths=counted)


def choose_delimiter(text: bytes, score: Score) -> str:
    """The delimiter under which the beginning of a text best holds a header."""
    return max(DELIMITERS, key=lambda mark: score(_peek(text, mark)))


def _utf8(data: bytes) -> bytes:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        raise Refused("text_utf16")
    marked = data.startswith(codecs.BOM_UTF8)
    body = data[3:] if marked else data
    if b"\x00" in body:
        raise Refused("text_nul", line=body[: body.index(b"\x00")].count(b"\n") + 1)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    else:
        return body
    try:
        if marked:
            raise UnicodeDecodeError("utf-8", body, at, at + 1, "marked as UTF-8")
        text = body.decode("gb18030")
    except UnicodeDecodeError as error:
        # the reading that got further is the one that was meant
        raise Refused("text_encoding", line=body[: max(at, error.start)].count(b"\n") + 1) from None
    for number, line in enumerate(body.splitlines(), 1):
        if not line.isascii() and is_utf8_chinese(line):
            raise Refused("text_mixed", line=number)
    return text.encode("utf-8")


def is_utf8_chinese(line: bytes) -> bool:
    """Whether a line is plainly UTF-8 Chinese; a short GB18030 word can be valid UTF-8 by chance, a line cannot."""
    try:
        return len(_CJK.findall(line.decode("utf-8"))) >= 4
    except UnicodeDecodeError:
        return False


def _peek(text: bytes, delimiter: str) -> list[list[str]]:
    head = text[:_PEEK].decode("utf-8", errors="ignore")
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            found.append(record[:WIDEST])
            if len(found) == 60:
                break
    except csv.Error:
        return found
    return found


@dataclass(frozen=True)
class Records:
    """The records of a text, in order: how many cells each has, whether it is an empty line, and where it ends.

    cells: Int32; is_blank: Boolean; ends: Int64, the place after each record's line break.
    """

    cells: np.ndarray
    is_blank: np.ndarray
    ends: np.ndarray

    @property
    def widest(self) -> int:
        """The cells of the widest record."""
        return int(self.cells.max())


def count_cells(text: bytes, delimiter: str) -> Records:
    """Find the records of a text. Raises Refused: text_unclosed_quote."""
    quoted = b'"' in text
    mark, carry = ord(delimiter), np.uint8(0)
    cells_open, last_end = 0, 0
    counts: list[np.ndarray] = []
    ends: list[np.ndarray] = []
    for start in range(0, len(text), _CHUNK):
        block = np.frombuffer(text, dtype=np.uint8, count=min(_CHUNK, len(text) - start), offset=start)
        marks = (block == mark) | (block == _LINE_FEED)
        if quoted:
            inside = np.bitwise_xor.accumulate((block == _QUOTE).view(np.uint8)) ^ carry
            carry = inside[-1]
            marks &= inside == 0
        at = np.flatnonzero(marks)
        lines = np.flatnonzero(block[at] == _LINE_FEED)
        counts.append(np.diff(lines, prepend=-1 - cells_open).astype(np.int32))
        ends.append(at[lines] + (start + 1))
        cells_open = len(at) - 1 - int(lines[-1]) if len(lines) else cells_open + len(at)
        last_end = int(ends[-1][-1]) if len(lines) else last_end
    if carry:
        raise Refused("text_unclosed_quote", line=text[: text.rindex(b'"')].count(b"\n") + 1)
    if last_end < len(text):
        counts.append(np.array([cells_open + 1], dtype=np.int32))
        ends.append(np.array([len(text)], dtype=np.int64))
    if not counts:
        return Records(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64))
    places = np.concatenate(ends)
    return Records(np.concatenate(counts), _empty_lines(text, places), places)


def _empty_lines(text: bytes, ends: np.ndarray) -> np.ndarray:
    lengths = np.diff(ends, prepend=0)
    blank = lengths == 1
    pairs = np.flatnonzero(lengths == 2)
    signs = np.frombuffer(text, dtype=np.uint8)
    blank[pairs[(signs[ends[pairs] - 2] == _RETURN) & (signs[ends[pairs] - 1] == _LINE_FEED)]] = True
    if len(ends) and signs[ends[-1] - 1] != _LINE_FEED:
        blank[-1] = False
    return blank


def read_cells(text: bytes, delimiter: str, width: int, records: int) -> pl.DataFrame | None:
    """The cells as String columns under Excel letters; None where the fast reader counts the records otherwise."""
    names = [letter(index) for index in range(1, width + 1)]
    # the reader takes the number of columns from the first line, so that one as wide as the widest goes before
    ruler = b"-" + delimiter.encode() * (width - 1) + b"\n"
    try:
        frame = pl.read_csv(
            ruler + text,
            has_header=False,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String),
            quote_char='"' if b'"' in text else None,
            truncate_ragged_lines=True,
            empty_string_is_null=True,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != records + 1:
        return None
    frame = frame.slice(1)
    return frame.select(_or_null(pl.all())) if b'""' in text else frame


def _cells_one_by_one(text: bytes, delimiter: str, width: int) -> pl.DataFrame:
    """The slow way, for quoting that the fast reader counts otherwise (a quotation mark inside a bare cell)."""
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=delimiter)
    names = [letter(index) for index in range(1, width + 1)]
    try:
        rows = [[*record, *[None] * (width - len(record))][:width] for record in reader]
    except csv.Error:
        raise Refused("file_damaged") from None
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").select(_or_null(pl.all()))


def _or_null(cells: pl.Expr) -> pl.Expr:
    """A cell that holds nothing between its quotation marks is as empty as one without them."""
    return pl.when(cells != "").then(cells)
