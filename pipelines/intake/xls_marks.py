"""What calamine does not tell of an old .xls: its formulas, error values, percent formats and merged cells.

An .xls is a compound file (OLE) whose stream ``Workbook`` is a run of records, each a number, a length and its bytes
(MS-XLS); the few records that matter here are read and the rest passed over. Nothing is executed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.intake.sheets import Refused

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _XF, _FORMAT = 0x0809, 0x000A, 0x0085, 0x002F, 0x00E0, 0x041E
_FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK, _MERGED = 0x0006, 0x0205, 0x0203, 0x027E, 0x00BD, 0x00E5
_WORKSHEET = 0x0010
_PERCENTS = {9, 10}
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF


@dataclass
class Marks:
    """The marks of one sheet, rows and columns 1-based.

    formulas: (row, column, has a stored result); errors: (row, column, text); percents: (row, column); merges: (top,
    left, bottom, right).
    """

    formulas: list[tuple[int, int, bool]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    percents: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_marks(data: bytes) -> list[Marks | None]:
    """The marks of each sheet in the workbook's order, None for what is no worksheet.

    Raises Refused: workbook_encrypted, workbook_damaged, format_unsupported (a compound file of another kind).
    """
    try:
        stream = _workbook_stream(data)
        return _sheets(stream)
    except (struct.error, IndexError):
        raise Refused("workbook_damaged") from None


def _sheets(stream: bytes) -> list[Marks | None]:
    offsets: list[int] = []
    formats: list[int] = []
    percents = set(_PERCENTS)
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise Refused("workbook_encrypted")
        if kind == _BOUNDSHEET:
            offsets.append(struct.unpack_from("<I", body)[0])
        elif kind == _XF:
            formats.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _FORMAT and b"%" in re.sub(rb'"[^"]*"', b"", body[2:]):
            percents.add(struct.unpack_from("<H", body)[0])
        elif kind == _EOF:
            break
    percent_styles = {index for index, number in enumerate(formats) if number in percents}
    return [_sheet(stream, offset, percent_styles) for offset in offsets]


def _sheet(stream: bytes, offset: int, percent_styles: set[int]) -> Marks | None:
    marks, depth = Marks(), 0
    for kind, body in _records(stream, offset):
        if kind == _BOF:
            depth += 1
            if depth == 1 and struct.unpack_from("<H", body, 2)[0] != _WORKSHEET:
                return None
        elif kind == _EOF:
            depth -= 1
            if not depth:
                break
        elif depth == 1:
            _note(marks, kind, body, percent_styles)
    return marks


def _note(marks: Marks, kind: int, body: bytes, percent_styles: set[int]) -> None:
    if kind in {_FORMULA, _BOOLERR, _NUMBER, _RK}:
        row, column, style = struct.unpack_from("<HHH", body)
        if kind == _FORMULA:
            marks.formulas.append((row + 1, column + 1, True))
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                marks.errors.append((row + 1, column + 1, ERRORS.get(body[8], "#VALUE!")))
        if kind == _BOOLERR and body[7]:
            marks.errors.append((row + 1, column + 1, ERRORS.get(body[6], "#VALUE!")))
        if style in percent_styles and kind != _BOOLERR:
            marks.percents.append((row + 1, column + 1))
    elif kind == _MULRK and percent_styles:
        row, first = struct.unpack_from("<HH", body)
        for place in range((len(body) - 6) // 6):
            if struct.unpack_from("<H", body, 4 + 6 * place)[0] in percent_styles:
                marks.percents.append((row + 1, first + place + 1))
    elif kind == _MERGED:
        for place in range(struct.unpack_from("<H", body)[0]):
            top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * place)
            marks.merges.append((top + 1, left + 1, bottom + 1, right + 1))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    size = len(stream)
    while at + 4 <= size:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(data: bytes) -> bytes:
    """The stream Workbook (or Book) of a compound file (MS-CFB)."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    small = 1 << struct.unpack_from("<H", data, 32)[0]
    if not (sector in {512, 4096} and small == 64):
        raise Refused("workbook_damaged")
    count, first_directory = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    cutoff, first_small_table = struct.unpack_from("<II", data, 56)
    table_sectors = list(struct.unpack_from("<109I", data, 76))
    extension = struct.unpack_from("<I", data, 68)[0]
    while extension < _END and len(table_sectors) <= len(data) // 4:
        block = struct.unpack_from(f"<{sector // 4}I", data, (extension + 1) * sector)
        table_sectors += block[:-1]
        extension = block[-1]
    table: list[int] = []
    for number in [number for number in table_sectors if number < _END][:count]:
        table += struct.unpack_from(f"<{sector // 4}I", data, (number + 1) * sector)

    def chain(start: int) -> bytes:
        return b"".join(
            data[(number + 1) * sector : (number + 2) * sector] for number in _chain(start, table)
        )

    directory = chain(first_directory)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    named = {
        entry[: struct.unpack_from("<H", entry, 64)[0]].decode("utf-16-le", "replace").rstrip("\0"): entry
        for entry in reversed(entries)
    }
    if "EncryptedPackage" in named:
        raise Refused("workbook_encrypted")
    entry = named.get("Workbook") or named.get("Book")
    if entry is None:
        raise Refused("format_unsupported", found="DOC" if "WordDocument" in named else "OLE")
    start, size = struct.unpack_from("<II", entry, 116)
    if size >= cutoff:
        return chain(start)[:size]
    container = chain(struct.unpack_from("<I", entries[0], 116)[0])
    small_table = chain(first_small_table)
    links = list(struct.unpack_from(f"<{len(small_table) // 4}I", small_table))
    return b"".join(container[number * small : (number + 1) * small] for number in _chain(start, links))[
        :size
    ]


def _chain(start: int, table: list[int]) -> Iterator[int]:
    """The sectors of a chain; one longer than its table runs in a circle."""
    number, steps = start, 0
    while number < _END:
        if steps > len(table):
            raise Refused("workbook_damaged")
        yield number
        number, steps = table[number], steps + 1
