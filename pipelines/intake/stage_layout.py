"""Rows of data in one piece of a long file, as if the whole file had been read.

What a row is depends on three things before it: the header, the province heading it stands under, and whether notes
have begun. A piece is therefore read below the header and below the rows that were left out so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from data.dataset import Contract
from pipelines.intake.headers import Header, squeeze
from pipelines.intake.layout import Table, take_rows
from pipelines.intake.provinces import read_heading
from pipelines.intake.sheets import ROW, RawSheet, letter
from pipelines.intake.stage_pieces import UnsureError

MOST_LEFT_OUT = 1_000
"""Different rows that are no data; a file with more of them is no table."""


@dataclass
class Above:
    """What stands above the data of a file, and what was left out of the data so far.

    top: the first records. first_row: first row of the first piece that is not blank; last_kept: the last row of data;
    0 before there is one. left_out: the cells of a row that is no data → its number, the latest of each. headed_from:
    first row of the piece that has the first province heading.
    """

    top: RawSheet
    header: Header
    rules: Contract
    first_row: int = 0
    last_kept: int = 0
    left_out: dict[tuple[str | None, ...], int] = field(default_factory=dict)
    headed_from: int | None = None


def take_piece(sheet: RawSheet, above: Above) -> Table:
    """The data rows of a piece. Raises UnsureError where they depend on more than is known of the rows before."""
    first = sheet.cells[ROW][0]
    table = _below(sheet, above, above.left_out)
    kept = table.rows[ROW]
    # notes end where data goes on; whether they did is not known, so it must not matter
    certain = {row: at for row, at in above.left_out.items() if at > above.last_kept or _is_heading(row)}
    if len(certain) < len(above.left_out) and not _below(sheet, above, certain).rows[ROW].equals(kept):
        raise UnsureError
    if len(kept) < sheet.cells.height:
        _remember(_left_out(sheet, kept), above, first)
    if not above.first_row and (len(kept) or above.left_out):
        above.first_row = first
    above.last_kept = kept[-1] if len(kept) else above.last_kept
    return table


def _below(sheet: RawSheet, above: Above, left_out: dict[tuple[str | None, ...], int]) -> Table:
    """The rows of a piece read below the header and the rows given; these themselves are not among them."""
    width = max(len(above.top.letters), len(sheet.letters), *map(len, left_out))
    head = _widened(above.top.cells.head(above.header.position + 1), width)
    before = [head]
    if above.first_row:
        # in the place of the file's first row, which is always looked at, stands the header again
        before.append(head.tail(1))
    if left_out:
        numbers = pl.Series(ROW, list(left_out.values()), dtype=pl.Int32)
        letters = [letter(at + 1) for at in range(width)]
        texts = pl.DataFrame(
            [[*row, *[None] * (width - len(row))] for row in left_out],
            schema=dict.fromkeys(letters, pl.String),
            orient="row",
        )
        before.append(texts.insert_column(0, numbers).sort(ROW))
    cells = pl.concat([*before, _widened(sheet.cells, width)])
    assert sheet.widths is not None and above.top.widths is not None  # noqa: S101, PT018 - CSV always counts
    widths = pl.concat([above.top.widths.head(above.header.row_no), sheet.widths])
    table = take_rows(replace(sheet, cells=cells, widths=widths), above.header, above.rules)
    if len(before) > 1:
        table.rows = table.rows.filter(pl.col(ROW) >= sheet.cells[ROW][0])
    return table


def _widened(cells: pl.DataFrame, width: int) -> pl.DataFrame:
    have = cells.width - 1
    more = [pl.lit(None, dtype=pl.String).alias(letter(at + 1)) for at in range(have, width)]
    return cells.with_columns(more) if more else cells


def _left_out(sheet: RawSheet, kept: pl.Series) -> pl.DataFrame:
    missing = sheet.cells.filter(~pl.col(ROW).is_in(kept.implode()))
    return missing.filter(pl.any_horizontal(pl.col(sheet.letters).is_not_null()))


def _remember(rows: pl.DataFrame, above: Above, first: int) -> None:
    for number, *cells in rows.iter_rows():
        row = tuple(cells[: max(at + 1 for at, text in enumerate(cells) if text is not None)])
        if above.headed_from is None and _is_heading(row):
            above.headed_from = first
        above.left_out.pop(row, None)
        above.left_out[row] = number
    if len(above.left_out) > MOST_LEFT_OUT:
        raise UnsureError


def _is_heading(row: tuple[str | None, ...]) -> bool:
    filled = [text for text in row if text and text.strip()]
    return len(filled) == 1 and read_heading(squeeze(filled[0]), national=True) is not None
