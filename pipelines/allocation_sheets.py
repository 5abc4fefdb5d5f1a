"""Sheets of the allocation calculators as typed rows, or every reason why not.

A column is known by its field name or its label in either language; an amount is in 万元 unless its header names
another unit, as in ``cap (yuan)``. A column that is not known is refused with those it may be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from rapidfuzz import process

from data.dataset import FEN_PER_UNIT, contract
from data.words import LANGUAGES, text
from pipelines.allocation_cells import CELLS, MONEY, Fault
from pipelines.intake.open_file import open_file
from pipelines.intake.sheets import ROW, RawSheet, Refused, letter
from pipelines.uploads import plain_name

Values = dict[str, Any]
_UNITS = {"元": "元", "yuan": "元", "万元": "万元", "10k yuan": "万元"}
_UNIT = re.compile(r"^(.+?)\s*[(（]\s*(元|万元|yuan|10k yuan)\s*[)）]$", re.IGNORECASE)
_NEAR = 55  # not policy: likeness of two words, in percent


@dataclass(frozen=True)
class Problem:
    """What stands in the way: the row as a spreadsheet shows it (0: the file), column, value, rule of the words."""

    row: int
    column: str
    value: str
    rule: str
    said: Mapping[str, object]

    def words(self, language: str) -> str:
        """The problem as a sentence, with its place."""
        named = _label(self.column, language) if self.column in CELLS else self.column
        message = text(f"allocation.problem.{self.rule}", language, **self.said)
        place = text("allocation.place", language, row=self.row, column=named) if self.row else ""
        value = text("allocation.found", language, value=self.value) if self.value else ""
        return f"{place}{message}{value}"


class ProblemsError(ValueError):
    """A file that is not taken, with every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.words("en") for problem in problems))


def read_rows(path: Path, fields: Sequence[str], needed: Sequence[str]) -> list[Values]:
    """The rows of the first sheet as typed values under their field names, with ``_row``; blank rows are left out."""
    try:
        _, sheets = open_file(path, lambda records: _known(records[0], fields) if records else 0)
    except Refused as refused:
        raise ProblemsError([Problem(0, "", "", "unreadable", {"reason": refused.rule})]) from None
    return rows_of(sheets[0], fields, needed)


def read_upload(name: str, content: bytes, fields: Sequence[str], needed: Sequence[str]) -> list[Values]:
    """As `read_rows`, of a file that a reader hands over."""
    with TemporaryDirectory(prefix="tidu-upload-") as folder:
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        return read_rows(path, fields, needed)


def rows_of_table(table: pl.DataFrame, fields: Sequence[str], needed: Sequence[str]) -> list[Values]:
    """As `read_rows`, of a table of text whose columns carry the field names; its first row is row 1."""
    letters = {name: letter(at) for at, name in enumerate(table.columns, start=1)}
    heads = pl.DataFrame({letters[name]: [name] for name in table.columns})
    cells = pl.concat(
        [heads, table.select(pl.col(name).cast(pl.String).alias(letters[name]) for name in table.columns)]
    )
    return rows_of(RawSheet("", 1, cells.with_row_index(ROW).cast({ROW: pl.Int32})), fields, needed)


def text_of(rows: Sequence[Values], fields: Sequence[str]) -> pl.DataFrame:
    """Typed rows as the text they would be filled in as: amounts in 万元, a factor as ``x0.8``."""
    return pl.DataFrame(
        {field: [_filled_in(field, row.get(field)) for row in rows] for field in fields},
        schema=dict.fromkeys(fields, pl.String),
    )


def _filled_in(field: str, value: Any) -> str | None:
    if value is None:
        return None
    if field == "exception":
        factor = value.get("factor")
        return f"x{_plain(factor)}" if factor is not None else _plain(Fraction(value["amount"], FEN_PER_UNIT))
    if field in MONEY:
        return _plain(Fraction(value, FEN_PER_UNIT))
    return _plain(value) if isinstance(value, Fraction) else str(value)


def _plain(value: Fraction) -> str:
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def rows_of(sheet: RawSheet, fields: Sequence[str], needed: Sequence[str]) -> list[Values]:
    """As `read_rows`, of a sheet already read."""
    cells = sheet.cells.filter(pl.any_horizontal(pl.exclude(ROW).str.strip_chars().str.len_chars() > 0))
    if cells.is_empty():
        raise ProblemsError([Problem(0, "", "", "no_rows", {})])
    first, *rest = cells.iter_rows(named=True)
    columns, problems = _header(first, fields)
    problems += [
        Problem(0, "", "", "column_needed", {"name": field})
        for field in needed
        if field not in {found for found, _ in columns.values()}
    ]
    if problems:
        raise ProblemsError(problems)
    percents = set(sheet.percents.iter_rows())
    rows = [_typed(row, columns, needed, percents, problems) for row in rest]
    if problems:
        raise ProblemsError(problems)
    if not rows:
        raise ProblemsError([Problem(0, "", "", "no_rows", {})])
    return rows


def _header(
    first: Mapping[str, Any], fields: Sequence[str]
) -> tuple[dict[str, tuple[str, str]], list[Problem]]:
    """Letter → (field, unit), and what is wrong with the header."""
    known, columns, problems = _names(tuple(fields)), {}, []
    for at, heading in first.items():
        if at == ROW or not (heading or "").strip():
            continue
        name, unit = _split(heading)
        field = known.get(name)
        if field is None:
            near = [
                match for match, score, _ in process.extract(name, list(known), limit=3) if score >= _NEAR
            ]
            said = {"names": ", ".join(near or fields)}
            problems.append(Problem(first[ROW], heading, "", "column_unknown", said))
        elif field in {found for found, _ in columns.values()}:
            problems.append(Problem(first[ROW], heading, "", "column_doubled", {"name": field}))
        else:
            columns[at] = (field, unit)
    return columns, problems


def _typed(
    row: Mapping[str, Any],
    columns: Mapping[str, tuple[str, str]],
    needed: Sequence[str],
    percents: set[tuple[int, str]],
    problems: list[Problem],
) -> Values:
    values: Values = {"_row": row[ROW]}
    for at, (field, unit) in columns.items():
        cell = (row[at] or "").strip()
        if not cell:
            if field in needed:
                problems.append(Problem(row[ROW], field, "", "blank", {}))
            continue
        if (row[ROW], at) in percents:
            cell = f"{Decimal(cell) * 100:f}%"
        try:
            values[field] = CELLS[field](cell, unit)
        except Fault as fault:
            problems.append(Problem(row[ROW], field, cell, fault.rule, fault.said))
    return values


def _split(heading: str) -> tuple[str, str]:
    plain = heading.strip().strip("*＊").strip()
    found = _UNIT.match(plain)
    name, unit = (found[1], _UNITS[found[2].lower()]) if found else (plain, "万元")
    return name.strip().lower().replace(" ", "_"), unit


def _known(record: Sequence[str], fields: Sequence[str]) -> int:
    names = _names(tuple(fields))
    return sum(_split(cell)[0] in names for cell in record if cell)


@cache
def _names(fields: tuple[str, ...]) -> dict[str, str]:
    # The province stands under the headings that it has in every other file of the programme, too.
    unit = contract("key_firms").column("province")
    also = {"province": (unit.zh_header, *unit.also)}
    return {
        name: field
        for field in fields
        for name in (
            field,
            *(_split(_label(field, language))[0] for language in LANGUAGES),
            *also.get(field, ()),
        )
    }


def _label(field: str, language: str) -> str:
    return text(f"allocation.field.{field}", language)
