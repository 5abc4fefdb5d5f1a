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

import numpy as np
import polars as pl

from pipelines.intake.sheets import WIDEST, RawSheet, Refused, letter

DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 24
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
    delimiter = max(DELIMITERS, key=lambda mark: score(_peek(text, mark)))
    widths, blank = _records(text, delimiter)
    if len(widths) == 0:
        raise Refused("file_empty")
    widest = int(widths.max())
    if widest > WIDEST:
        raise Refused("too_many_columns", columns=widest, limit=WIDEST)
    cells = _cells(text, delimiter, widest, len(widths))
    numbers = pl.Series("row_no", np.arange(1, len(widths) + 1, dtype=np.int32))
    counted = pl.DataFrame({"row_no": numbers, "cells": widths.astype(np.int32), "is_blank": blank})
    return [RawSheet("", 1, cells.insert_column(0, numbers), widths=counted)]


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
        if not line.isascii() and _is_utf8(line):
            raise Refused("text_mixed", line=number)
    return text.encode("utf-8")


def _is_utf8(line: bytes) -> bool:
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


def _records(text: bytes, delimiter: str) -> tuple[np.ndarray, np.ndarray]:
    """Cells in each record, and whether the record is an empty line."""
    quoted = b'"' in text
    mark, carry, cells_open, length_open = ord(delimiter), np.uint8(0), 0, 0
    counts: list[np.ndarray] = []
    empties: list[np.ndarray] = []
    for start in range(0, len(text), _CHUNK):
        block = np.frombuffer(text, dtype=np.uint8, count=min(_CHUNK, len(text) - start), offset=start)
        ends, marks = block == 10, block == mark
        if quoted:
            inside = np.bitwise_xor.accumulate((block == 34).view(np.uint8)) ^ carry
            carry = inside[-1]
            ends &= inside == 0
            marks &= inside == 0
        at = np.flatnonzero(ends)
        running = np.cumsum(marks, dtype=np.int32)
        upto = running[at] + cells_open
        counts.append(np.diff(upto, prepend=np.int32(0)))
        lengths = np.diff(at, prepend=-1 - length_open) - 1
        returned = (lengths == 1) & (block[np.maximum(at - 1, 0)] == 13) & (at > 0)
        empties.append((lengths == 0) | returned)
        last = int(at[-1]) if len(at) else -1
        cells_open = (
            int(running[-1]) - (int(running[at[-1]]) if len(at) else 0) + (0 if len(at) else cells_open)
        )
        length_open = len(block) - 1 - last + (0 if len(at) else length_open)
    if carry:
        raise Refused("text_unclosed_quote", line=text[: text.rindex(b'"')].count(b"\n") + 1)
    if length_open:
        counts.append(np.array([cells_open], dtype=np.int32))
        empties.append(np.array([False]))
    if not counts:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=bool)
    return np.concatenate(counts) + 1, np.concatenate(empties)


def _cells(text: bytes, delimiter: str, width: int, records: int) -> pl.DataFrame:
    names = [letter(index) for index in range(1, width + 1)]
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String),
            quote_char='"' if b'"' in text else None,
            truncate_ragged_lines=True,
            empty_string_is_null=True,
        )
    except pl.exceptions.PolarsError:
        frame = None
    if frame is not None and frame.height == records:
        return frame
    return _cells_one_by_one(text, delimiter, names)


def _cells_one_by_one(text: bytes, delimiter: str, names: list[str]) -> pl.DataFrame:
    """The slow way, for quoting that the fast reader counts otherwise (a quotation mark inside a bare cell)."""
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=delimiter)
    width = len(names)
    rows = [[*record, *[None] * (width - len(record))][:width] for record in reader]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
