"""The cells of a sheet's XML, read two ways with one result.

`fast_cells` treats the XML as bytes: the positions of all "<" give every tag at once, so a sheet of five million cells
needs a few dozen array operations and no object per cell. It knows the dialect that spreadsheet programs write and
says `Unfamiliar` to anything else. `slow_cells` parses any well-formed XML element by element.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.intake.sheets import Refused, column_number
from pipelines.intake.xlsx_parts import local, rich_text, unescape

CHUNK = 1 << 26
KINDS = ("n", "s", "str", "b", "e", "inlineStr", "d")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ATTRIBUTES = re.compile(rb'(?: (?:s="(\d+)"|t="(\w+)"|[A-Za-z:]+="[^"<>]*"))*\s*')
_STYLE, _TYPE = re.compile(rb' s="(\d+)"'), re.compile(rb' t="(\w+)"')
_PRESERVED = b'<t xml:space="preserve">'


class Unfamiliar(Exception):
    """XML outside the dialect of the fast way."""


@dataclass
class Cells:
    """Cells in long form, in the order of the file: row and column (1-based), kind (index into KINDS), style, text
    (raw, entities resolved) and, apart, the formula cells as (row, column, whether a result is stored)."""

    row: np.ndarray
    column: np.ndarray
    kind: np.ndarray
    style: np.ndarray
    text: pl.Series
    formulas: list[tuple[int, int, bool]]


def fast_cells(xml: bytes) -> Iterator[Cells]:
    """Chunks of cells. Raises Unfamiliar, possibly after some chunks."""
    start = xml.find(b"<sheetData")
    if start < 0:
        raise Unfamiliar
    if xml[start : start + 12] == b"<sheetData/>":
        return
    end = xml.rfind(b"</sheetData>")
    if end < 0 or xml[start + 10 : start + 11] not in {b">", b" "}:
        raise Unfamiliar
    while start < end:
        stop = end if end - start <= CHUNK else xml.rfind(b"<row", start + 1, start + CHUNK)
        if stop <= start:
            raise Unfamiliar
        yield _chunk(xml[start:stop])
        start = stop


def _chunk(xml: bytes) -> Cells:
    if b"<!" in xml or b"<?" in xml:
        raise Unfamiliar
    padded = xml + b" " * 64
    body = np.frombuffer(padded, dtype=np.uint8)
    opens = np.flatnonzero(body == ord("<"))
    first, second = body[opens + 1], body[opens + 2]
    ends_name = (second == ord(">")) | (second == ord(" "))
    is_cell = (first == ord("c")) & ends_name
    is_value = (first == ord("v")) & (second == ord(">"))
    is_text = (first == ord("t")) & ends_name
    is_formula = (first == ord("f")) & (ends_name | (second == ord("/")))
    is_row = (first == ord("r")) & (second == ord("o"))
    if ((first == ord("r")) & ends_name).any() or ((first == ord("v")) & (second == ord(" "))).any():
        raise Unfamiliar  # rich text inside a cell, or a value that asks to keep its spaces
    nexts = np.append(opens[1:], len(xml))
    cells, rows = opens[is_cell], opens[is_row]
    cell_ends = nexts[is_cell]
    closed = int(((first == ord("/")) & (second == ord("c"))).sum())
    if closed + int((body[cell_ends - 2] == ord("/")).sum()) < len(cells) or (len(cells) and not len(rows)):
        raise Unfamiliar
    row_numbers = _row_numbers(body, rows)

    holds = is_value | is_text
    starts = opens[holds] + 3
    preserved = is_text[holds] & (body[opens[holds] + 2] == ord(" "))
    if preserved.any():
        for at in opens[holds][preserved]:
            if padded[at : at + 24] != _PRESERVED:
                raise Unfamiliar
        starts = np.where(preserved, opens[holds] + 24, starts)
    owners = np.searchsorted(cells, opens[holds]) - 1
    if len(owners) and (owners[0] < 0 or (np.diff(owners) <= 0).any()):
        raise Unfamiliar
    texts = _slices(xml, starts, nexts[holds])
    columns, after = _columns(body, cells)
    kinds, styles = _attributes(padded, body, after, cell_ends, cells)
    in_row = np.searchsorted(rows, cells) - 1
    if len(in_row) and in_row[0] < 0:
        raise Unfamiliar
    rows_of_cells = row_numbers[in_row]
    formulas = _formulas(opens, is_formula, cells, owners, texts, rows_of_cells, columns)
    return Cells(rows_of_cells[owners], columns[owners], kinds[owners], styles[owners], _resolved(texts, xml), formulas)


def _row_numbers(body: np.ndarray, rows: np.ndarray) -> np.ndarray:
    for place, char in enumerate(b'<row r="'):
        if len(rows) and (body[rows + place] != char).any():
            raise Unfamiliar
    numbers, open_ = np.zeros(len(rows), dtype=np.int32), np.ones(len(rows), dtype=bool)
    for place in range(8, 16):
        digit = body[rows + place].astype(np.int32) - 48
        open_ &= (digit >= 0) & (digit <= 9)
        numbers = np.where(open_, numbers * 10 + digit, numbers)
    if open_.any() or (numbers < 1).any():
        raise Unfamiliar
    return numbers


def _columns(body: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The column number of each cell, and where its attributes after the reference begin."""
    for place, char in enumerate(b'<c r="'):
        if len(cells) and (body[cells + place] != char).any():
            raise Unfamiliar
    at = cells + 6
    columns, letters = np.zeros(len(cells), dtype=np.int32), np.zeros(len(cells), dtype=np.int8)
    open_ = np.ones(len(cells), dtype=bool)
    for place in range(3):
        char = body[at + place]
        open_ &= (char >= 65) & (char <= 90)
        if not open_.any():
            break
        columns = np.where(open_, columns * 26 + (char - 64), columns)
        letters += open_
    at = at + letters
    open_ = np.ones(len(cells), dtype=bool)
    digits = np.zeros(len(cells), dtype=np.int8)
    for place in range(8):
        char = body[at + place]
        open_ &= (char >= 48) & (char <= 57)
        if not open_.any():
            break
        digits += open_
    at = at + digits
    if (letters == 0).any() or (digits == 0).any() or (body[at] != ord('"')).any():
        raise Unfamiliar
    return columns, at + 1


def _attributes(
    padded: bytes, body: np.ndarray, after: np.ndarray, ends: np.ndarray, cells: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Kind and style of each cell, read once per distinct spelling of the attributes."""
    lengths = ends - after
    kinds, styles = np.zeros(len(cells), dtype=np.int8), np.zeros(len(cells), dtype=np.int32)
    if not len(cells):
        return kinds, styles
    if lengths.max() > 24 or lengths.min() < 1:
        raise Unfamiliar
    words = np.ndarray(shape=(len(body) - 8,), dtype="<u8", buffer=padded, strides=(1,))
    keys = []
    for place in range(0, 24, 8):
        left = np.clip(lengths - place, 0, 8).astype(np.uint64)
        if not left.any():
            break
        mask = np.where(left == 8, np.uint64(2**64 - 1), (np.uint64(1) << (left * np.uint64(8))) - np.uint64(1))
        keys.append(words[after + place] & mask)
    frame = pl.DataFrame({f"k{index}": key for index, key in enumerate(keys)})
    for group in frame.unique().iter_rows():
        here = np.logical_and.reduce([key == np.uint64(part) for key, part in zip(keys, group, strict=True)])
        sample = int(np.argmax(here))
        written = padded[after[sample] : ends[sample]].rstrip(b"/> ")
        if not _ATTRIBUTES.fullmatch(written):
            raise Unfamiliar
        style, kind = _STYLE.search(written), _TYPE.search(written)
        name = kind[1].decode() if kind else "n"
        if name not in KINDS:
            raise Unfamiliar
        kinds[here], styles[here] = KINDS.index(name), int(style[1]) if style else 0
    return kinds, styles


def _slices(xml: bytes, starts: np.ndarray, ends: np.ndarray) -> pl.Series:
    """The text between each start and end, without copying it piece by piece."""
    offsets = np.empty(2 * len(starts) + 1, dtype=np.int64)
    offsets[0:-1:2], offsets[1::2] = starts, ends
    offsets[-1] = ends[-1] if len(ends) else 0
    every = pa.LargeStringArray.from_buffers(2 * len(starts), pa.py_buffer(offsets), pa.py_buffer(xml))
    return pl.Series("text", every, dtype=pl.String).gather_every(2)


def _resolved(texts: pl.Series, xml: bytes) -> pl.Series:
    if b"&" not in xml and b"_x" not in xml:
        return texts
    odd = texts.str.contains("&", literal=True) | texts.str.contains("_x", literal=True)
    if not odd.any():
        return texts
    plain = pl.Series([unescape(text) for text in texts.filter(odd)], dtype=pl.String)
    return texts.scatter(odd.arg_true(), plain)


def _formulas(
    opens: np.ndarray, is_formula: np.ndarray, cells: np.ndarray, owners: np.ndarray, texts: pl.Series,
    rows: np.ndarray, columns: np.ndarray,
) -> list[tuple[int, int, bool]]:  # fmt: skip
    if not is_formula.any():
        return []
    at = np.unique(np.searchsorted(cells, opens[is_formula]) - 1)
    stored = np.zeros(len(cells), dtype=bool)
    stored[owners] = (texts.str.len_bytes() > 0).to_numpy()
    return [(int(rows[index]), int(columns[index]), bool(stored[index])) for index in at]


def slow_cells(xml: bytes) -> Cells:
    """All cells of a sheet in any well-formed XML. Raises Refused: workbook_damaged."""
    row_list, column_list, kind_list, style_list = [], [], [], []
    texts: list[str] = []
    formulas: list[tuple[int, int, bool]] = []
    row, column = 0, 0
    try:
        for event, item in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
            name = local(item)
            if name == "row" and event == "start":
                row, column = int(item.get("r") or row + 1), 0
            elif name == "c" and event == "end":
                place = _REFERENCE.fullmatch(item.get("r") or "")
                column = column_number(place[1]) if place else column + 1
                text, has_formula = _cell_text(item)
                if has_formula:
                    formulas.append((row, column, bool(text)))
                if text is not None:
                    kind = item.get("t") or "n"
                    row_list.append(row)
                    column_list.append(column)
                    kind_list.append(KINDS.index(kind) if kind in KINDS else KINDS.index("str"))
                    style_list.append(int(item.get("s") or 0))
                    texts.append(text)
                item.clear()
            elif name == "row":
                item.clear()
    except (ElementTree.ParseError, ValueError):
        raise Refused("workbook_damaged") from None
    return Cells(
        np.array(row_list, dtype=np.int32), np.array(column_list, dtype=np.int32), np.array(kind_list, dtype=np.int8),
        np.array(style_list, dtype=np.int32), pl.Series("text", texts, dtype=pl.String), formulas,
    )  # fmt: skip


def _cell_text(item: ElementTree.Element) -> tuple[str | None, bool]:
    text, has_formula = None, False
    for child in item:
        name = local(child)
        if name == "v":
            text = unescape(child.text or "") if child.text else ""
        elif name == "is":
            text = rich_text(child)
        elif name == "f":
            has_formula = True
    return text, has_formula
