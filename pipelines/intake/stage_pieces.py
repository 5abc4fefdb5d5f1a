"""A long CSV file in pieces of complete records, so that no more than a few of them are ever in memory.

Line breaks, quotation marks and the three delimiters are no part of any longer sign in UTF-8 or GB18030: a file can be
cut at a line break before it is decoded.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipelines.intake.read_csv import (
    Records,
    Score,
    choose_delimiter,
    count_cells,
    is_utf8_chinese,
    read_cells,
    sheet_of,
)
from pipelines.intake.sheets import WIDEST, RawSheet, Refused

PIECE = 32 << 20
LONGEST_RECORD = 256 << 20
"""Bytes after which a record without an end is no record: a quotation mark is open, or lines end otherwise."""

_HEAD = 1 << 19


class UnsureError(Exception):
    """What only the whole file can decide; ``refused`` is what can be said where the file is too long for that."""

    def __init__(self, refused: Refused | None = None) -> None:
        self.refused = refused
        super().__init__()


class NotUtf8Error(Exception):
    """The bytes are not UTF-8: they are GB18030 or damaged."""


@dataclass(frozen=True)
class Form:
    """How a CSV file is written: its encoding (utf-8, gb18030), its delimiter, and where its text begins."""

    encoding: str
    delimiter: str
    start: int


@dataclass(frozen=True)
class Piece:
    """Complete records as UTF-8; in the file they go from byte ``start`` to before ``end``, after ``lines`` lines."""

    text: bytes
    start: int
    end: int
    lines: int


def form_of(path: Path, encoding: str, score: Score) -> Form:
    """The form of a file, its encoding given, by its first records.

    Raises NotUtf8Error, and UnsureError where the first bytes fit no form.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        raise UnsureError(Refused("text_utf16"))
    if start and encoding != "utf-8":
        raise UnsureError
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head[start:])
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            raise NotUtf8Error from None
        line = head[: error.start].count(b"\n") + 1
        raise UnsureError(Refused("text_encoding", line=line)) from None
    return Form(encoding, choose_delimiter(text.encode(), score), start)


def pieces(path: Path, form: Form, size: int = PIECE) -> Iterator[Piece]:
    """The file from its first record to its last, in pieces of about ``size`` bytes.

    Raises UnsureError for bytes that are not of the form's encoding, for a zero byte, and for a record without end.
    """
    lines = 0
    with path.open("rb") as file:
        at = file.seek(form.start)
        for raw in _cut(file, size):
            if b"\x00" in raw:
                line = lines + raw[: raw.index(b"\x00")].count(b"\n") + 1
                raise UnsureError(Refused("text_nul", line=line))
            if not lines and b"\n" not in raw and b"\r" in raw:
                raise UnsureError
            yield Piece(_as_utf8(raw, form, lines), at, at + len(raw), lines)
            at += len(raw)
            lines += raw.count(b"\n")


def text_at(path: Path, form: Form, piece: tuple[int, int], ends: np.ndarray, wanted: np.ndarray) -> bytes:
    """The text of some records of a piece: ``wanted`` are their positions in it, ``ends`` where its records end."""
    start, end = piece
    with path.open("rb") as file:
        file.seek(start)
        text = _as_utf8(file.read(end - start), form, 0)
    begins = np.concatenate([[0], ends[:-1]])
    found = (text[begins[at] : ends[at]] for at in wanted.tolist())
    return b"".join(record if record.endswith(b"\n") else record + b"\n" for record in found)


def records_of(piece: Piece, form: Form) -> Records:
    """The records of a piece. Raises UnsureError where a quotation mark is open."""
    try:
        return count_cells(piece.text, form.delimiter)
    except Refused as refused:
        line = piece.lines + int(refused.known.get("line", 1))
        raise UnsureError(Refused(refused.rule, line=line)) from None


def sheet_of_piece(piece: Piece, form: Form, first: int) -> tuple[RawSheet, np.ndarray]:
    """The cells of a piece whose first record is row ``first``, and where each record ends in its text.

    Raises NotUtf8Error, and UnsureError where the cells cannot be told for certain.
    """
    records = records_of(piece, form)
    if not len(records.ends):
        raise UnsureError
    if records.widest > WIDEST:
        raise UnsureError(Refused("too_many_columns", columns=records.widest, limit=WIDEST))
    if b'"' in piece.text and not is_cleanly_quoted(piece.text, form.delimiter):
        raise UnsureError
    cells = read_cells(piece.text, form.delimiter, records.widest, len(records.ends))
    if cells is None:
        _require_utf8(piece, form)
        raise UnsureError
    return sheet_of(cells, records, first), records.ends


def is_cleanly_quoted(text: bytes, delimiter: str) -> bool:
    """Whether each quotation mark opens a cell, closes one, or is doubled within one; all readers then agree."""
    signs = np.frombuffer(text, dtype=np.uint8)
    at = np.flatnonzero(signs == ord('"'))
    if len(at) % 2:
        return False
    around = np.zeros(256, dtype=bool)
    around[[ord(delimiter), *b"\r\n"]] = True
    opening, closing = at[0::2], at[1::2]
    opens = (opening == 0) | around[signs[np.maximum(opening - 1, 0)]]
    closes = (closing == len(signs) - 1) | around[signs[np.minimum(closing + 1, len(signs) - 1)]]
    doubled = opening[1:] == closing[:-1] + 1
    opens[1:] |= doubled
    closes[:-1] |= doubled
    return bool(opens.all() and closes.all())


def _require_utf8(piece: Piece, form: Form) -> None:
    try:
        piece.text.decode("utf-8")
    except UnicodeDecodeError as error:
        if not form.start:
            raise NotUtf8Error from None
        line = piece.lines + piece.text[: error.start].count(b"\n") + 1
        raise UnsureError(Refused("text_encoding", line=line)) from None


def _cut(file: BinaryIO, size: int) -> Iterator[bytes]:
    rest = b""
    while block := file.read(size):
        rest += block
        end = _last_end(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > LONGEST_RECORD:
            raise UnsureError(Refused("text_unclosed_quote", line=1) if b'"' in rest else None)
    if rest:
        yield rest


def _last_end(text: bytes) -> int:
    """Where the last complete record ends: after a line break with an even number of quotation marks before it."""
    end = text.rfind(b"\n") + 1
    marks = text.count(b'"', 0, end)
    while end and marks % 2:
        before = text.rfind(b"\n", 0, end - 1) + 1
        marks -= text.count(b'"', before, end)
        end = before
    return end


def _as_utf8(raw: bytes, form: Form, lines: int) -> bytes:
    """A piece as UTF-8; that UTF-8 is what it says, the reader of the cells sees."""
    if form.encoding == "utf-8":
        return raw
    try:
        text = raw.decode(form.encoding).encode()
    except UnicodeDecodeError as error:
        line = lines + raw[: error.start].count(b"\n") + 1
        raise UnsureError(Refused("text_encoding", line=line)) from None
    for number, line in enumerate(raw.splitlines(), lines + 1):
        if not line.isascii() and is_utf8_chinese(line):
            raise UnsureError(Refused("text_mixed", line=number))
    return text
