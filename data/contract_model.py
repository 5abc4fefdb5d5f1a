"""What a dataset's contract says: its columns with their types, units and bounds, its key, its checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

TYPES = ("text", "int", "decimal", "bool", "date", "choice", "list")
FORMATS = ("", "credit_code", "reporting_unit", "industry_code")
BLANKS = ("error", "missing", "not_applicable", "none_claimed")
VISIBILITIES = ("public", "own_unit", "ministry")
SEVERITIES = ("error", "warning")
WORKBOOKS = ("self_evaluation", "funds")
MONEY = "10k yuan"
FEN_PER_UNIT = 10**6  # 1 万元
DECIMAL_SCALE = 10**15  # fifteen decimals: all that a double carries below a thousand
DECIMAL_BOUND = 10**18  # stored: beyond it, products of two figures would leave 128 bits
MONEY_BOUND = 10**16  # fen: beyond it, products of two amounts would leave 128 bits
COUNT_BOUND = 10**9

CHECK_KINDS: dict[str, tuple[str, ...]] = {
    "at_most": ("column", "of"),
    "jump": ("columns", "times"),
    "planned_city": ("code", "unit"),
    "organisation_code": ("column",),
    "implies": ("if", "then"),
    "required_when": ("column", "when", "is"),
    "only_when": ("column", "values", "when", "is"),
    "at_most_rows": ("count", "of", "column"),
}
"""Kinds of checks and what each is told. only_when: the column has one of the values only where ``when`` has one of
those of ``is``. at_most_rows: no more rows than ``count`` are the same in the columns ``of``; ``column`` is marked."""


@dataclass(frozen=True)
class Value:
    """One permitted value of a choice or list: its code, its labels, and other spellings that are read as it."""

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a dataset.

    ``unit`` is "" where there is none; amounts have the unit ``10k yuan`` and are held as integer fen. ``low`` and
    ``high`` are inclusive and in the column's own unit. ``blank`` says what an empty cell means. A text with
    ``values`` is a closed list, held as the codes themselves. ``decimals`` is how many decimal places a decimal keeps;
    it is held as a whole number of the last of them.
    """

    field: str
    zh_header: str
    en: str
    type: str
    meaning: Mapping[str, str]
    blank: str
    visibility: str
    format: str = ""
    unit: str = ""
    also: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    low: Decimal | None = None
    high_rule: str = ""
    at_most: str = ""
    decimals: int = 0

    @property
    def high(self) -> Decimal | None:
        """The inclusive upper bound; ``next_year`` in a contract is the year after today's."""
        if not self.high_rule:
            return None
        next_year = date.today().year + 1  # noqa: DTZ011 - the year on the calendar of the place
        return Decimal(next_year) if self.high_rule == "next_year" else Decimal(self.high_rule)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the permitted values, in the contract's order."""
        return tuple(value.code for value in self.values)

    @property
    def is_money(self) -> bool:
        """Whether the column is an amount, held as integer fen."""
        return self.unit == MONEY

    @property
    def scale(self) -> int:
        """How many stored integers make one of the column's units: fen in 10k yuan, 10^decimals in any decimal."""
        return 10**self.decimals if self.type == "decimal" else 1

    @property
    def stored_low(self) -> int:
        """The least integer that a cell of this column can hold."""
        return -self.widest if self.low is None else int(self.low * self.scale)

    @property
    def stored_high(self) -> int:
        """The greatest integer that a cell of this column can hold."""
        return self.widest if self.high is None else int(self.high * self.scale)

    @property
    def widest(self) -> int:
        """The greatest integer, of either sign, that a column without bounds of its own can hold."""
        return MONEY_BOUND if self.is_money else DECIMAL_BOUND if self.type == "decimal" else COUNT_BOUND

    @property
    def is_required(self) -> bool:
        """Whether the column must be there and no cell of it may be empty."""
        return self.blank == "error"

    def label(self, language: str) -> str:
        """The column's name for a reader: the Chinese header with its unit, or the English label."""
        return self.zh_header if language == "zh" else self.en


@dataclass(frozen=True)
class Check:
    """A check over the rows of a dataset: what is compared, how grave it is, and what to say in both languages."""

    id: str
    kind: str
    severity: str
    settings: Mapping[str, Any]
    expected: Mapping[str, str]
    message: Mapping[str, str]
    remedy: Mapping[str, str]


@dataclass(frozen=True)
class Reference:
    """What a row points to: a row of the dataset ``to``, found by own column → column there.

    ``when``: a column and its values; only rows that have one of them point there.
    """

    to: str
    by: Mapping[str, str]
    when: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Contract:
    """A dataset: its title, key, columns in order, and checks over its rows.

    A dataset with an empty key is a printed list: nothing identifies a row but its place, so no later file takes a
    row's place, and as any table of names would look like it, it is read only where it is asked for.

    ``unit_of`` says whose a row is where the dataset itself names no province: the dataset that knows, and own column →
    column there, by which the row is found. ``workbook`` names the workbook that the dataset has a sheet in, and the
    sheet's place there: datasets of workbooks may come in one file. ``references`` are what else a row points to; files
    come in any order, so what is not there yet is a finding on the whole of the facts, never a refusal of a file.
    """

    dataset: str
    title: Mapping[str, str]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    unit_of: tuple[str, Mapping[str, str]] | None = None
    workbook: tuple[str, int] | None = None
    references: tuple[Reference, ...] = ()

    @property
    def points_to(self) -> tuple[Reference, ...]:
        """Everything that a row points to, whose row it is by another dataset's word included."""
        return (*((Reference(*self.unit_of),) if self.unit_of else ()), *self.references)

    def column(self, field: str) -> Column:
        """The column of this name; KeyError, naming the dataset, when there is none."""
        if field not in self._by_field:
            raise KeyError(f"{self.dataset} has no column {field!r}.")
        return self._by_field[field]

    @cached_property
    def _by_field(self) -> dict[str, Column]:
        return {column.field: column for column in self.columns}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.field for column in self.columns)
