"""The cells of a sheet's XML, read two ways with one result.

`fast_cells` treats the XML as bytes: the positions of all "<" give every tag at once, so a sheet of five million cells
needs a few dozen array operations and no object per cell. It knows the dialect that spreadsheet programs write and
says `Unfamiliar` to anything else. `slow_cells` parses any well-formed XML element by element.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.intake.sheets import Refused, column_number
from pipelines.intake.xlsx_package import refuse_declarations
from pipelines.intake.xlsx_parts import local, rich_text, unescape

CHUNK = 1 << 24
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
KINDS = ("n", "s", "str", "b", "e", "inlineStr", "d")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ATTRIBUTES = re.compile(rb'(?: (?:s="(\d+)"|t="(\w+)"|[A-Za-z:]+="[^"<>]*"))*\s*/?')
_STYLE, _TYPE = re.compile(rb' s="(\d+)"'), re.compile(rb' t="(\w+)"')
_LONGEST_ATTRIBUTES = 48
_PRESERVED = b'<t xml:space="preserve">'


class Unfamiliar(Exception):  # noqa: N818 - reads as what it says of the XML
    """XML outside the dialect of the fast way."""


@dataclass
class Cells:
    """Cells in long form, in the order of the file.

    row and column are 1-based, kind is an index into KINDS, text is raw with entities resolved; formulas holds the
    formula cells as (row, column, whether a result is stored).
    """

    row: np.ndarray
    column: np.ndarray
    kind: np.ndarray
    style: np.ndarray
    text: pl.Series
    formulas: list[tuple[int, int, bool]]


def fast_cells(xml: bytes) -> Iterator[Callable[[], Cells]]:
    """The cells in chunks, each as a call that reads it, so that several can be read at once.

    Raises Unfamiliar, at once or in a call.
    """
    start = xml.find(b"<sheetData")
    if start < 0:
        raise Unfamiliar
    if xml[start : start + 12] == b"<sheetData/>":
        return
    end = xml.rfind(b"</sheetData>")
    if end < 0 or xml[start + 10 : start + 11] not in {b">", b" "} or xml.find(b"<!", start) >= 0:
        raise Unfamiliar
    padded = xml + b" " * 64
    while start < end:
        stop = end if end - start <= CHUNK else xml.rfind(b"<row", start + 1, start + CHUNK)
        if stop <= start:
            raise Unfamiliar
        yield partial(_chunk, padded, start, stop)
        start = stop


def _chunk(padded: bytes, start: int, stop: int) -> Cells:
    body = np.frombuffer(padded, dtype=np.uint8, count=stop - start + 64, offset=start)
    words = np.ndarray(shape=(stop - start + 56,), dtype="<u8", buffer=padded, strides=(1,), offset=start)
    find = _Tags(body, stop - start)
    cells, rows = find.opening("c", " "), find.opening("r", "o")
    starts, ends = find.opening("v", ">") + 3, find.closing("v")
    cell_ends, row_ends = find.count_closing("c"), find.count_closing("r")
    at_formulas = np.zeros(0, dtype=np.int64)
    if find.count != len(cells) + len(rows) + len(starts) + len(ends) + cell_ends + row_ends + find.frame:
        at_formulas = np.concatenate([find.opening("f", ">"), find.opening("f", " "), find.opening("f", "/")])
        starts, ends = _with_inline(padded[start : stop + 64], find, starts, ends)
    if len(starts) != len(ends) or (starts > ends).any() or (starts[1:] <= ends[:-1]).any():
        raise Unfamiliar
    cells_before = np.searchsorted(cells, rows)
    if len(cells) and (not len(rows) or cells_before[0] != 0):
        raise Unfamiliar
    numbers = _row_numbers(body, rows)
    per_row = np.diff(cells_before, append=len(cells))
    columns, after = _columns(body, words, cells, np.repeat(_digits(numbers), per_row))
    kinds, styles, closed = _attributes(body, words, after)
    if cell_ends + closed != len(cells):
        raise Unfamiliar
    owners = _owners(cells, starts)
    texts = _slices(padded, starts + start, ends + start)
    in_rows = np.repeat(numbers, per_row)
    formulas = _formulas(at_formulas, cells, owners, texts, kinds, in_rows, columns)
    if len(owners) != len(cells):
        in_rows, columns, kinds, styles = in_rows[owners], columns[owners], kinds[owners], styles[owners]
    return Cells(in_rows, columns, kinds, styles, _resolved(texts, kinds), formulas)


class _Tags:
    """Where the tags of one letter stand.

    The letter is compared over all bytes at once, which costs less than a look at each tag.
    """

    def __init__(self, body: np.ndarray, length: int) -> None:
        self.opens = body[:length] == ord("<")
        self.first, self.second = body[1 : length + 1], body[2 : length + 2]
        self.closes = self.opens & (self.first == ord("/"))
        self.count = int(np.count_nonzero(self.opens))
        self.frame = int(body[:10].tobytes() == b"<sheetData")

    def opening(self, name: str, then: str) -> np.ndarray:
        return np.flatnonzero(self.opens & (self.first == ord(name)) & (self.second == ord(then)))

    def closing(self, name: str) -> np.ndarray:
        return np.flatnonzero(self.closes & (self.second == ord(name)))

    def count_closing(self, name: str) -> int:
        return int(np.count_nonzero(self.closes & (self.second == ord(name))))


def _with_inline(
    xml: bytes, find: _Tags, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The values with those of inline strings among them.

    Rich text, and values that ask to keep their spaces, are Unfamiliar.
    """
    spaced = find.opening("v", " ")
    if (
        find.opening("r", ">").size
        or find.opening("c", ">").size
        or any(xml[at + 3] != ord("/") for at in spaced)
    ):
        raise Unfamiliar
    plain, preserved = find.opening("t", ">"), find.opening("t", " ")
    if any(xml[at : at + len(_PRESERVED)] != _PRESERVED for at in preserved):
        raise Unfamiliar
    starts = np.sort(np.concatenate([starts, plain + 3, preserved + len(_PRESERVED)]))
    return starts, np.sort(np.concatenate([ends, find.closing("t")]))


def _digits(numbers: np.ndarray) -> np.ndarray:
    return np.searchsorted(10 ** np.arange(1, 8), numbers, side="right") + 1


def _owners(cells: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The index of the cell that each value stands in."""
    if len(cells) == len(starts) and (cells < starts).all() and (starts[:-1] < cells[1:]).all():
        return np.arange(len(cells))
    owners = np.searchsorted(cells, starts) - 1
    if len(owners) and (owners[0] < 0 or (np.diff(owners) <= 0).any()):
        raise Unfamiliar
    return owners


def _row_numbers(body: np.ndarray, rows: np.ndarray) -> np.ndarray:
    for place, char in enumerate(b'<row r="'):
        if len(rows) and (body[rows + place] != char).any():
            raise Unfamiliar
    numbers, open_ = np.zeros(len(rows), dtype=np.int32), np.ones(len(rows), dtype=bool)
    for place in range(8, 16):
        digit = body[rows + place].astype(np.int32) - 48
        open_ &= (digit >= 0) & (digit <= 9)
        numbers = np.where(open_, numbers * 10 + digit, numbers)
    if open_.any() or (numbers < 1).any() or (numbers > MOST_ROWS).any():
        raise Unfamiliar
    return numbers


def _columns(
    body: np.ndarray, words: np.ndarray, cells: np.ndarray, digits: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The column number of each cell, and where its attributes after the reference begin."""
    opening = words[cells]
    if ((opening & np.uint64(0xFFFF_FFFF_FFFF)) != np.uint64(int.from_bytes(b'<c r="', "little"))).any():
        raise Unfamiliar
    columns = ((opening >> np.uint64(48)) & np.uint64(255)).astype(np.int32) - 64
    second = (opening >> np.uint64(56)).astype(np.int32) - 64
    letters = 1 + (second > 0)
    columns = np.where(second > 0, columns * 26 + second, columns)
    third = body[cells + 8].astype(np.int32) - 64
    if (longer := (second > 0) & (third > 0)).any():
        letters, columns = letters + longer, np.where(longer, columns * 26 + third, columns)
    after = cells + 6 + letters + digits
    # the reference has as many digits as the row's own number, so a cell listed under another row shows here
    if (columns < 1).any() or (columns > MOST_COLUMNS).any() or (body[after] != ord('"')).any():
        raise Unfamiliar
    return columns, after + 1


def _attributes(body: np.ndarray, words: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Kind and style of each cell, and how many cells are closed at once.

    They are read once per distinct spelling of the attributes.
    """
    kinds, styles, closed = np.zeros(len(after), dtype=np.int8), np.zeros(len(after), dtype=np.int32), 0
    rest = np.flatnonzero(body[after] != ord(">"))
    for length in range(1, _LONGEST_ATTRIBUTES):
        if not rest.size:
            return kinds, styles, closed
        ends_here = body[after[rest] + length] == ord(">")
        if not ends_here.any():
            continue
        group, rest = rest[ends_here], rest[~ends_here]
        for same, written in _spellings(body, words, after, group, length):
            if not _ATTRIBUTES.fullmatch(written):
                raise Unfamiliar
            style, kind = _STYLE.search(written), _TYPE.search(written)
            name = kind[1].decode() if kind else "n"
            if name not in KINDS:
                raise Unfamiliar
            kinds[same], styles[same] = KINDS.index(name), int(style[1]) if style else 0
            closed += len(same) if written.endswith(b"/") else 0
    if rest.size:
        raise Unfamiliar
    return kinds, styles, closed


def _spellings(
    body: np.ndarray, words: np.ndarray, after: np.ndarray, group: np.ndarray, length: int
) -> Iterator[tuple[np.ndarray, bytes]]:
    """The cells of a group by the bytes that follow their reference."""
    keys = []
    for place in range(0, length, 8):
        left = min(length - place, 8)
        mask = np.uint64(2**64 - 1 if left == 8 else (1 << (8 * left)) - 1)
        keys.append(words[after[group] + place] & mask)
    distinct = pl.DataFrame({f"k{index}": key for index, key in enumerate(keys)}).unique()
    for parts in distinct.iter_rows():
        same = group
        if distinct.height > 1:
            same = group[
                np.logical_and.reduce([key == np.uint64(part) for key, part in zip(keys, parts, strict=True)])
            ]
        yield same, body[after[same[0]] : after[same[0]] + length].tobytes()


def _slices(xml: bytes, starts: np.ndarray, ends: np.ndarray) -> pl.Series:
    """The text between each start and end, without copying it piece by piece."""
    offsets = np.empty(2 * len(starts) + 1, dtype=np.int64)
    offsets[0:-1:2], offsets[1::2] = starts, ends
    offsets[-1] = ends[-1] if len(ends) else 0
    every = pa.LargeStringArray.from_buffers(2 * len(starts), pa.py_buffer(offsets), pa.py_buffer(xml))
    return pl.Series("text", every, dtype=pl.String).gather_every(2)


def _resolved(texts: pl.Series, kinds: np.ndarray) -> pl.Series:
    """Entities and escapes resolved in texts written in the cells themselves."""
    own = np.isin(kinds, [KINDS.index("str"), KINDS.index("inlineStr")])
    if not own.any():
        return texts
    odd = pl.Series(own) & (texts.str.contains("&", literal=True) | texts.str.contains("_x", literal=True))
    if not odd.any():
        return texts
    return texts.scatter(
        odd.arg_true(), pl.Series([unescape(text) for text in texts.filter(odd)], dtype=pl.String)
    )


def _formulas(
    at: np.ndarray, cells: np.ndarray, owners: np.ndarray, texts: pl.Series, kinds: np.ndarray, rows: np.ndarray,
    columns: np.ndarray,
) -> list[tuple[int, int, bool]]:  # fmt: skip
    """The formula cells. An empty text is a result (kind str); an empty value of any other kind is none."""
    if not at.size:
        return []
    stored = np.zeros(len(cells), dtype=bool)
    stored[owners] = (texts.str.len_bytes() > 0).to_numpy()
    stored |= kinds == KINDS.index("str")
    return [
        (int(rows[index]), int(columns[index]), bool(stored[index]))
        for index in np.unique(np.searchsorted(cells, at) - 1)
    ]


def slow_cells(xml: bytes) -> Cells:
    """All cells of a sheet in any well-formed XML. Raises Refused: workbook_damaged."""
    row_list, column_list, kind_list, style_list = [], [], [], []
    texts: list[str] = []
    formulas: list[tuple[int, int, bool]] = []
    row, column = 0, 0
    refuse_declarations(xml)
    try:
        for event, item in ET.iterparse(io.BytesIO(xml), events=("start", "end")):  # noqa: S314 - no declarations
            name = local(item)
            if name == "row" and event == "start":
                row, column = int(item.get("r") or row + 1), 0
            elif name == "c" and event == "end":
                place = _REFERENCE.fullmatch(item.get("r") or "")
                column = column_number(place[1]) if place else column + 1
                if row > MOST_ROWS or column > MOST_COLUMNS:
                    raise Refused("sheet_too_large", rows=row, columns=column)
                text, has_formula = _cell_text(item)
                if has_formula:
                    formulas.append((row, column, bool(text) or item.get("t") == "str"))
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
    except (ET.ParseError, ValueError):
        raise Refused("workbook_damaged") from None
    return Cells(
        np.array(row_list, dtype=np.int32), np.array(column_list, dtype=np.int32), np.array(kind_list, dtype=np.int8),
        np.array(style_list, dtype=np.int32), pl.Series("text", texts, dtype=pl.String), formulas,
    )  # fmt: skip


def _cell_text(item: ET.Element) -> tuple[str | None, bool]:
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
