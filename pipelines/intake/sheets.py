"""What every reader gives: sheets of text cells under Excel letters and row numbers, and what it knows besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.intake.findings import finding

WIDEST = 2_000
"""Columns a table may have; Excel's own limit of 16,384 is never a table of ours."""
ROW = "row_no"
MARKS = {"row_no": pl.Int32, "letter": pl.String}


class Refused(Exception):  # noqa: N818 - reads as what happened to the file
    """A file, or a part of it, that cannot be read: the rule broken and the arguments of its words."""

    def __init__(self, rule: str, **known: Any) -> None:
        self.rule, self.known = rule, known
        super().__init__(rule)

    def finding(self) -> pl.DataFrame:
        """The one finding that says so."""
        return finding(self.rule, **self.known)


def _marks(**more: Any) -> pl.DataFrame:
    return pl.DataFrame(schema={**MARKS, **more})


@dataclass
class RawSheet:
    """One sheet as read, nothing interpreted.

    cells: row_no (Int32, 1-based as Excel shows it) and one String column per letter, in order; blank rows may be
    left out. formulas: row_no, letter, has_value. percents: cells whose number Excel displays times 100. merges:
    (first row, first column, last row, last column), 1-based. widths: how many cells each CSV record
    has, and whether it is an empty line. hidden: not shown by Excel.
    """

    name: str
    number: int
    cells: pl.DataFrame
    formulas: pl.DataFrame = field(default_factory=lambda: _marks(has_value=pl.Boolean))
    percents: pl.DataFrame = field(default_factory=_marks)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: pl.DataFrame | None = None
    hidden: bool = False

    @property
    def letters(self) -> list[str]:
        """The letters of the columns, left to right."""
        return [name for name in self.cells.columns if name != ROW]


def letter(index: int) -> str:
    """The Excel letter of a column, 1-based: 1 is A, 27 is AA."""
    text = ""
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(letters: str) -> int:
    """The 1-based number of a column letter."""
    number = 0
    for char in letters:
        number = number * 26 + ord(char) - 64
    return number
