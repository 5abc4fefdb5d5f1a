"""The contract of a dataset: its columns, keys and checks, read strictly from ``data/contracts/``.

A column is defined once, in the contract; the reader, the checks, the template workbook, the second reader and the
documentation are derived from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.contract_model import (
    BLANKS,
    CHECK_KINDS,
    DECIMAL_SCALE,
    FEN_PER_UNIT,
    FORMATS,
    MONEY,
    SEVERITIES,
    TYPES,
    VISIBILITIES,
    WORKBOOKS,
    Check,
    Column,
    Contract,
    Reference,
    Value,
)
from data.strict_yaml import FileError, load, refuse_unknown

__all__ = [
    "CHECK_KINDS", "CONTRACTS", "DECIMAL_SCALE", "FEN_PER_UNIT", "MONEY", "WORKBOOKS", "Check", "Column", "Contract",
    "contract", "datasets", "of_workbook", "read_contract", "told_by_headers",
]  # fmt: skip

CONTRACTS = Path(__file__).parent / "contracts"

_VALUES_OF = {"is": "when", "values": "column"}
"""Lists of values → the setting that names the column whose values they are."""
_COLUMN_KEYS = (
    "zh_header", "en", "also", "type", "format", "unit", "low", "high", "at_most", "decimals", "values", "blank",
    "visibility", "meaning",
)  # fmt: skip


@lru_cache(maxsize=1)
def datasets() -> tuple[str, ...]:
    """The names of all datasets that have a contract."""
    return tuple(sorted(path.stem for path in CONTRACTS.glob("*.yaml")))


@lru_cache(maxsize=1)
def told_by_headers() -> tuple[str, ...]:
    """The names of the datasets that a file's headers tell."""
    return tuple(name for name in datasets() if contract(name).key)


@lru_cache(maxsize=8)
def of_workbook(name: str) -> tuple[str, ...]:
    """The names of the datasets that have a sheet in a workbook, in the order of the sheets."""
    placed = [
        (found[1], each) for each in datasets() if (found := contract(each).workbook) and found[0] == name
    ]
    return tuple(each for _, each in sorted(placed))


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
    keys = ("dataset", "title", "key", "unit_of", "workbook", "references", "columns", "checks")
    tree = refuse_unknown(load(path), keys, file, "")
    for key in ("dataset", "title", "columns"):
        _need(tree, key, file, "")
    if not isinstance(tree.get("key"), list):
        raise FileError(file, "key", "is missing. Write it; [] for a printed list that has none.")
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
        tree["dataset"],
        _both(tree["title"], file, "title"),
        tuple(tree["key"]),
        columns,
        checks,
        _unit_of(tree["unit_of"], fields, file) if "unit_of" in tree else None,
        _workbook(tree["workbook"], file) if "workbook" in tree else None,
        tuple(
            _reference(entry, values, file, f"references[{index}]")
            for index, entry in enumerate(tree.get("references", ()))
        ),
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
    decimals = int(_number(entry.get("decimals", "0"), file, f"{path}.decimals"))
    if (kind == "decimal") != bool(decimals) or (entry.get("unit") == MONEY and 10**decimals != FEN_PER_UNIT):
        raise FileError(
            file,
            f"{path}.decimals",
            "a decimal needs them, an amount has six (a fen), no other type has any.",
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
        decimals=decimals,
    )


def _value(code: str, entry: Any, file: str, path: str) -> Value:
    refuse_unknown(entry, ("zh", "en", "also"), file, path)
    labels = _both({key: text for key, text in entry.items() if key != "also"}, file, path)
    return Value(code, labels["zh"], labels["en"], tuple(entry.get("also", ())))


def _check(name: str, entry: Any, columns: Mapping[str, tuple[str, ...]], file: str, path: str) -> Check:
    refuse_unknown(entry, ("severity", *CHECK_KINDS, "expected", "message", "remedy"), file, path)
    kinds = [key for key in entry if key in CHECK_KINDS]
    if len(kinds) != 1:
        raise FileError(file, path, f"needs exactly one of {', '.join(CHECK_KINDS)}.")
    kind = kinds[0]
    settings = refuse_unknown(entry[kind], CHECK_KINDS[kind], file, f"{path}.{kind}")
    for key in CHECK_KINDS[kind]:
        _need(settings, key, file, f"{path}.{kind}")
        if key in {"times", "count"}:
            _number(settings[key], file, f"{path}.{kind}.{key}")
            continue
        if key in _VALUES_OF:
            codes = columns.get(settings[_VALUES_OF[key]], ())
            for code in settings[key] if codes else ():
                _one_of(code, codes, file, f"{path}.{kind}.{key}")
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


def _unit_of(entry: Any, fields: set[str], file: str) -> tuple[str, Mapping[str, str]]:
    refuse_unknown(entry, ("dataset", "by"), file, "unit_of")
    for key in ("dataset", "by"):
        _need(entry, key, file, "unit_of")
    for field, _ in _mapping(entry["by"], file, "unit_of.by"):
        _known(field, fields, file, "unit_of.by")
    return entry["dataset"], entry["by"]


def _reference(entry: Any, columns: Mapping[str, tuple[str, ...]], file: str, path: str) -> Reference:
    refuse_unknown(entry, ("to", "by", "when"), file, path)
    for key in ("to", "by"):
        _need(entry, key, file, path)
    _one_of(entry["to"], datasets(), file, f"{path}.to")
    for field, _ in _mapping(entry["by"], file, f"{path}.by"):
        _known(field, set(columns), file, f"{path}.by")
    if "when" not in entry:
        return Reference(entry["to"], entry["by"])
    when = refuse_unknown(entry["when"], ("column", "is"), file, f"{path}.when")
    for key in ("column", "is"):
        _need(when, key, file, f"{path}.when")
    _known(when["column"], set(columns), file, f"{path}.when.column")
    for code in when["is"]:
        _one_of(code, columns[when["column"]], file, f"{path}.when.is")
    return Reference(entry["to"], entry["by"], (when["column"], tuple(when["is"])))


def _workbook(entry: Any, file: str) -> tuple[str, int]:
    refuse_unknown(entry, ("of", "place"), file, "workbook")
    for key in ("of", "place"):
        _need(entry, key, file, "workbook")
    return (
        _one_of(entry["of"], WORKBOOKS, file, "workbook.of"),
        int(_number(entry["place"], file, "workbook.place")),
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
