"""Check a long CSV file piece by piece and stage its typed rows: the same findings and rows as `check_file` gives.

One thread reads and lays out the pieces in order, two check them, and the results are taken in order again. Only a few
pieces are in memory at a time; of the rows before them, one number and one place each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from data.dataset import Contract, contract, told_by_headers
from pipelines.intake import findings as fd
from pipelines.intake.check import Checked, _absent, _close, _ragged, _tables
from pipelines.intake.check_cells import Tally, check_cells, check_columns, typed_frame
from pipelines.intake.cross_checks import cross_check
from pipelines.intake.headers import DEEPEST, score
from pipelines.intake.layout import Table
from pipelines.intake.open_file import MOST_ROWS
from pipelines.intake.read_csv import read_cells
from pipelines.intake.sheets import ROW, RawSheet, Refused
from pipelines.intake.stage_between import check_between, columns_compared, key_numbers, within_rows
from pipelines.intake.stage_layout import Above, take_piece
from pipelines.intake.stage_pieces import (
    Form,
    NotUtf8Error,
    Piece,
    UnsureError,
    form_of,
    pieces,
    records_of,
    sheet_of_piece,
    text_at,
)
from pipelines.intake.stage_rows import staged_rows, staged_schema

WORKERS = 2
WAITING = 3
"""Pieces that wait to be checked while the next one is read."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Place:
    """Where a piece lies: its first row, its bytes in the file, and where each of its records ends in its text."""

    first: int
    start: int
    end: int
    ends: np.ndarray


@dataclass(frozen=True)
class _Part:
    """What the check of one piece gave."""

    rows: pa.Table
    found: list[pl.DataFrame]
    tallies: dict[str, Tally]
    numbers: np.ndarray


@dataclass
class _Taken:
    """What is kept of all pieces so far."""

    found: list[pl.DataFrame] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    numbers: list[np.ndarray] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)
    table: Table | None = None


def stage_long(path: Path, dataset: str | None, out: Path, progress: Progress | None, size: int) -> Checked:
    """Check a CSV file in pieces of about ``size`` bytes and write its typed rows to ``out``, refused or not.

    Raises UnsureError where only the whole file can decide.
    """
    try:
        return _stage(path, "utf-8", dataset, out, progress, size)
    except NotUtf8Error:
        return _stage(path, "gb18030", dataset, out, progress, size)


def _stage(
    path: Path, encoding: str, dataset: str | None, out: Path, progress: Progress | None, size: int
) -> Checked:
    known = (dataset,) if dataset else told_by_headers()
    form = form_of(path, encoding, lambda records: score(records, known))
    top = _top(path, form, size)
    try:
        name, (first, *_), said = _tables([top], known)
    except Refused as refused:
        raise UnsureError(refused) from None
    above = Above(top, first.header, contract(name))
    taken = _take(path, form, above, out, progress, size)
    found = [frame for frame in said if not frame["rule"].is_in(["ragged_row", "no_rows"]).any()]
    table, rows = taken.table or first, sum(map(len, taken.numbers))
    if not rows and not any(frame.height for frame in [*found, *taken.found]):
        found.append(fd.finding("no_rows", sheet=top.name, sheet_no=top.number))
    found += _absent([table], above.rules, None) + taken.found
    found += check_columns(table, above.rules, taken.tallies) + _check_between(path, form, above, out, taken)
    return replace(_close(path.name, name, "csv", [table], found, None), rows=rows)


def _top(path: Path, form: Form, size: int) -> RawSheet:
    """The first records, among which the header is looked for."""
    text = b""
    for piece in pieces(path, form, size):
        text += piece.text
        ends = records_of(Piece(text, 0, 0, 0), form).ends
        if len(ends) >= DEEPEST:
            text = text[: ends[DEEPEST - 1]]
            break
    return sheet_of_piece(Piece(text, 0, 0, 0), form, 1)[0]


def _take(path: Path, form: Form, above: Above, out: Path, progress: Progress | None, size: int) -> _Taken:
    """Check all pieces and write their rows."""
    taken, total = _Taken(), path.stat().st_size
    schema = (
        pl.DataFrame(schema=staged_schema(above.rules)).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    )
    with (
        ThreadPoolExecutor(WORKERS) as workers,
        ParquetWriter(out, schema, compression="lz4", use_dictionary=False, write_statistics=False) as writer,
    ):
        waiting: deque[Future[_Part]] = deque()
        for end, table in _tables_of_pieces(path, form, above, taken, size):
            waiting.append(workers.submit(_check_piece, table, above.rules))
            if len(waiting) > WAITING:
                _add(taken, waiting.popleft().result(), writer)
            if progress:
                progress(end, total)
        while waiting:
            _add(taken, waiting.popleft().result(), writer)
    return taken


def _tables_of_pieces(
    path: Path, form: Form, above: Above, taken: _Taken, size: int
) -> Iterator[tuple[int, Table]]:
    """Where each piece ends in the file, and its rows; its place and its ragged rows are noted."""
    row = 1
    for piece in pieces(path, form, size):
        sheet, ends = sheet_of_piece(piece, form, row)
        taken.places.append(_Place(row, piece.start, piece.end, ends))
        row += len(ends)
        if row - 1 > MOST_ROWS:
            raise UnsureError(Refused("too_many_rows", rows=row - 1, limit=MOST_ROWS))
        sheet = _below_header(sheet, above.header.row_no)
        if sheet.cells.height:
            table = take_piece(sheet, above)
            taken.found += _ragged(table)
            taken.table = taken.table or replace(table, sheet=above.top, rows=table.rows.clear())
            yield piece.end, table


def _below_header(sheet: RawSheet, header_row: int) -> RawSheet:
    if sheet.cells[ROW][0] > header_row or sheet.widths is None:
        return sheet
    below = pl.col(ROW) > header_row
    return replace(sheet, cells=sheet.cells.filter(below), widths=sheet.widths.filter(below))


def _check_piece(table: Table, rules: Contract) -> _Part:
    typed, found, tallies = check_cells(table, rules)
    raw = table.rows.with_columns(sheet_no=pl.lit(table.sheet.number, dtype=pl.Int16))
    found += cross_check(typed, raw, within_rows(rules))
    rows = staged_rows(typed_frame(typed, raw, rules), rules)
    present = [name for name in rules.key if name in raw.columns]
    numbers = key_numbers(typed, rules, present)
    return _Part(rows.to_arrow(compat_level=pl.CompatLevel.oldest()), found, tallies, numbers)


def _add(taken: _Taken, part: _Part, writer: ParquetWriter) -> None:
    writer.write_table(part.rows)
    taken.found += [frame for frame in part.found if frame.height]
    taken.numbers.append(part.numbers)
    for name, tally in part.tallies.items():
        taken.tallies[name] = taken.tallies[name] + tally if name in taken.tallies else tally


def _check_between(path: Path, form: Form, above: Above, out: Path, taken: _Taken) -> list[pl.DataFrame]:
    _require_known_provinces(above, taken.found)
    if not taken.numbers:
        return []
    columns = above.header.fields
    wanted = {name: columns[name] for name in columns_compared(above.rules) if name in columns}
    assert above.top.widths is not None  # noqa: S101 - the records of a CSV file are always counted
    width = int(above.top.widths["cells"][above.header.position])

    def received(rows: pl.Series) -> pl.DataFrame:
        numbers = rows.to_numpy()
        firsts = np.searchsorted(numbers, [place.first for place in taken.places])
        lasts = [*firsts[1:], len(numbers)]
        texts = [
            text_at(path, form, (place.start, place.end), place.ends, numbers[first:last] - place.first)
            for place, first, last in zip(taken.places, firsts, lasts, strict=True)
            if last > first
        ]
        cells = read_cells(b"".join(texts), form.delimiter, width, len(rows))
        if cells is None:
            raise UnsureError
        return cells.select(rows, *[pl.col(place).alias(name) for name, place in wanted.items()])

    present = [name for name in above.rules.key if name in columns]
    return check_between(np.concatenate(taken.numbers), out, above.rules, present, received)


def _require_known_provinces(above: Above, found: list[pl.DataFrame]) -> None:
    """Headings change the province of all rows; what was said of rows in pieces before the first may be otherwise."""
    since, rules = above.headed_from, above.rules
    if since is None:
        return
    if any(rules.column(name).format == "reporting_unit" for name in rules.key):
        raise UnsureError
    if since > above.first_row and "province" not in above.header.fields:
        raise UnsureError
    if any(((frame["column"] == "province") & (frame[ROW] < since)).any() for frame in found):
        raise UnsureError
