"""The contract of a dataset: its columns, keys and checks, read strictly from ``data/contracts/``.

A column is defined once, in the contract; the reader, the checks, the template workbook, the second reader and the
documentation are derived from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from data.strict_yaml import FileError, load, refuse_unknown

CONTRACTS = Path(__file__).parent / "contracts"

TYPES = ("text", "int", "decimal", "bool", "date", "choice", "list")
FORMATS = ("", "credit_code", "reporting_unit", "industry_code")
BLANKS = ("error", "missing", "not_applicable", "none_claimed")
VISIBILITIES = ("public", "own_unit", "ministry")
SEVERITIES = ("error", "warning")
MONEY = "10k yuan"
FEN_PER_UNIT = 10**6  # 1 万元
DECIMAL_SCALE = 10**15  # holds every decimal below a thousand that a spreadsheet's double can carry
MONEY_BOUND = 10**16  # fen: beyond it, products of two amounts would leave 128 bits
COUNT_BOUND = 10**9

_CHECK_KINDS: dict[str, tuple[str, ...]] = {
    "at_most": ("column", "of"),
    "jump": ("columns", "times"),
    "planned_city": ("code", "unit"),
    "organisation_code": ("column",),
    "implies": ("if", "then"),
    "required_when": ("column", "when", "is"),
}
_COLUMN_KEYS = (
    "zh_header", "en", "also", "type", "format", "unit", "low", "high", "at_most", "decimals", "values", "blank",
    "visibility", "meaning",
)  # fmt: skip


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
    ``values`` is a closed list, held as the codes themselves.
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
        """How many stored integers make one of the column's units: fen in 10k yuan, 10^15 in any other decimal."""
        return FEN_PER_UNIT if self.is_money else DECIMAL_SCALE if self.type == "decimal" else 1

    @property
    def stored_low(self) -> int:
        """The least integer that a cell of this column can hold."""
        return -self._widest if self.low is None else int(self.low * self.scale)

    @property
    def stored_high(self) -> int:
        """The greatest integer that a cell of this column can hold."""
        return self._widest if self.high is None else int(self.high * self.scale)

    @property
    def _widest(self) -> int:
        return MONEY_BOUND if self.is_money else COUNT_BOUND * self.scale

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
class Contract:
    """A dataset: its title, key, columns in order, and checks over its rows."""

    dataset: str
    title: Mapping[str, str]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]

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


@lru_cache(maxsize=1)
def datasets() -> tuple[str, ...]:
    """The names of all datasets that have a contract."""
    return tuple(sorted(path.stem for path in CONTRACTS.glob("*.yaml")))


@lru_cache(maxsize=64)
def contract(dataset: str) -> Contract:
    """The contract of a dataset.

    Raises FileError when the dataset has no contract or its file breaks the form of one: unknown or repeated keys,
    a value out of its permitted set, a reference to a column that does not exist.
    """
    if dataset not in datasets():
        raise FileError(
            f"contracts/{dataset}.yaml", "", f"no such dataset. There are: {', '.join(datasets())}."
        )
    return read_contract(CONTRACTS / f"{dataset}.yaml")


def read_contract(path: Path) -> Contract:
    """Read one contract file; errors as in `contract`."""
    file = f"contracts/{path.name}"
    tree = refuse_unknown(load(path), ("dataset", "title", "key", "columns", "checks"), file, "")
    for key in ("dataset", "title", "key", "columns"):
        _need(tree, key, file, "")
    if tree["dataset"] != path.stem:
        raise FileError(file, "dataset", f"must be {path.stem!r}, the name of the file.")
    columns = tuple(
        _column(field, entry, file, f"columns.{field}")
        for field, entry in _mapping(tree["columns"], file, "columns")
    )
    fields = {column.field for column in columns}
    values = {column.field: column.codes for column in columns}
    checks = tuple(
        _check(name, entry, values, file, f"checks.{name}")
        for name, entry in _mapping(tree.get("checks", {}), file, "checks")
    )
    found = Contract(
        tree["dataset"], _both(tree["title"], file, "title"), tuple(tree["key"]), columns, checks
    )
    for index, field in enumerate(found.key):
        _known(field, fields, file, f"key[{index}]")
    for column in columns:
        if column.at_most:
            _known(column.at_most, fields, file, f"columns.{column.field}.at_most")
    return found


def _column(field: str, entry: Any, file: str, path: str) -> Column:
    refuse_unknown(entry, _COLUMN_KEYS, file, path)
    for key in ("zh_header", "en", "type", "blank", "visibility", "meaning"):
        _need(entry, key, file, path)
    kind = _one_of(entry["type"], TYPES, file, f"{path}.type")
    values = tuple(
        _value(code, value, file, f"{path}.values.{code}")
        for code, value in _mapping(entry.get("values", {}), file, f"{path}.values")
    )
    if (kind in {"choice", "list"} and not values) or (values and kind not in {"choice", "list", "text"}):
        raise FileError(
            file,
            f"{path}.values",
            "a choice or a list needs values, a text may have them, and no other type does.",
        )
    high = entry.get("high", "")
    if high and high != "next_year":
        _number(high, file, f"{path}.high")
    return Column(
        field=field,
        zh_header=entry["zh_header"],
        en=entry["en"],
        type=kind,
        meaning=_both(entry["meaning"], file, f"{path}.meaning"),
        blank=_one_of(entry["blank"], BLANKS, file, f"{path}.blank"),
        visibility=_one_of(entry["visibility"], VISIBILITIES, file, f"{path}.visibility"),
        format=_one_of(entry.get("format", ""), FORMATS, file, f"{path}.format"),
        unit=entry.get("unit", ""),
        also=tuple(entry.get("also", ())),
        values=values,
        low=_number(entry["low"], file, f"{path}.low") if "low" in entry else None,
        high_rule=high,
        at_most=entry.get("at_most", ""),
        decimals=int(_number(entry.get("decimals", "0"), file, f"{path}.decimals")),
    )


def _value(code: str, entry: Any, file: str, path: str) -> Value:
    refuse_unknown(entry, ("zh", "en", "also"), file, path)
    labels = _both({key: text for key, text in entry.items() if key != "also"}, file, path)
    return Value(code, labels["zh"], labels["en"], tuple(entry.get("also", ())))


def _check(name: str, entry: Any, columns: Mapping[str, tuple[str, ...]], file: str, path: str) -> Check:
    refuse_unknown(entry, ("severity", *_CHECK_KINDS, "expected", "message", "remedy"), file, path)
    kinds = [key for key in entry if key in _CHECK_KINDS]
    if len(kinds) != 1:
        raise FileError(file, path, f"needs exactly one of {', '.join(_CHECK_KINDS)}.")
    kind = kinds[0]
    settings = refuse_unknown(entry[kind], _CHECK_KINDS[kind], file, f"{path}.{kind}")
    for key in _CHECK_KINDS[kind]:
        _need(settings, key, file, f"{path}.{kind}")
        if key == "times":
            _number(settings[key], file, f"{path}.{kind}.times")
            continue
        if key == "is":
            for code in settings[key]:
                _one_of(code, columns[settings["when"]], file, f"{path}.{kind}.is")
            continue
        for field in [settings[key]] if isinstance(settings[key], str) else settings[key]:
            _known(field, set(columns), file, f"{path}.{kind}.{key}")
    for key in ("severity", "expected", "message", "remedy"):
        _need(entry, key, file, path)
    return Check(
        id=name,
        kind=kind,
        severity=_one_of(entry["severity"], SEVERITIES, file, f"{path}.severity"),
        settings=settings,
        expected=_both(entry["expected"], file, f"{path}.expected"),
        message=_both(entry["message"], file, f"{path}.message"),
        remedy=_both(entry["remedy"], file, f"{path}.remedy"),
    )


def _mapping(tree: Any, file: str, path: str) -> list[tuple[str, Any]]:
    if not isinstance(tree, Mapping):
        raise FileError(file, path, "expected a mapping.")
    return list(tree.items())


def _both(entry: Any, file: str, path: str) -> Mapping[str, str]:
    refuse_unknown(entry, ("zh", "en"), file, path)
    for language in ("zh", "en"):
        _need(entry, language, file, path)
    return entry


def _need(entry: Any, key: str, file: str, path: str) -> None:
    if not isinstance(entry, Mapping) or not entry.get(key):
        raise FileError(file, f"{path}.{key}" if path else key, "is missing or empty. Write it.")


def _one_of(value: str, allowed: tuple[str, ...], file: str, path: str) -> str:
    if value not in allowed:
        raise FileError(file, path, f"{value!r} is not one of {', '.join(name for name in allowed if name)}.")
    return value


def _known(field: str, fields: set[str], file: str, path: str) -> None:
    if field not in fields:
        raise FileError(file, path, f"no column {field!r} in this contract.")


def _number(text: str, file: str, path: str) -> Decimal:
    try:
        return Decimal(text)
    except (ArithmeticError, TypeError):
        raise FileError(file, path, f"{text!r} is not a number.") from None
