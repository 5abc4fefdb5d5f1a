"""The short sentences a rule file is written in, read into conditions and measures.

class1_ip >= 1                        a column or a named measure against an edge, in the reader's unit
rd_ratio >= 3 in each of 2 years      the same, year by year
national_award, national_award <= 5   an award of any rank, or ranked within five
own_brand, not abnormal_list          a yes/no column
product_fields has six_bases          a list column
rd_institution at least provincial    an ordered choice
{all_of: [...]}, {any_of: [...]}      both, either
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from data.dataset import Column, contract
from data.rules import (
    AllOf,
    AnyOf,
    AtLevel,
    Awarded,
    Compare,
    Condition,
    Flag,
    Has,
    Label,
    Measure,
    SizeIsNot,
    SizeStandard,
    Switch,
)
from data.strict_yaml import FileError, refuse_unknown

COMPARE = re.compile(r"(\w+) (>=|<=|>|<) (-?\d+(?:\.\d+)?)(?: in each of (\d+) years)?")
FLAG = re.compile(r"(not )?(\w+)")
HAS = re.compile(r"(\w+) has (\w+)")
AT_LEVEL = re.compile(r"(\w+) at least (\w+)")
MEASURE_KINDS = ("ratio", "growth", "mean_growth", "total", "mean", "award")


class Reader:
    """Reads the parts of one rule file; knows its measures, the contract's columns and the waivers in force."""

    def __init__(self, file: str, waived: tuple[str, ...] = (), size: SizeStandard | None = None) -> None:
        self.file = file
        self.waived = waived
        self.size = size
        self.measures: dict[str, Measure] = {}

    def fail(self, path: str, message: str) -> FileError:
        return FileError(self.file, path, message)

    def column(self, field: str, path: str, *types: str) -> Column:
        """The contract's column of that name, of one of the types (any, if none is named)."""
        returns = contract("annual_returns")
        column = next((found for found in returns.columns if found.field == field), None)
        if column is None:
            raise self.fail(
                path, f"{field!r} is neither a measure of this file nor a column of annual_returns."
            )
        if types and column.type not in types:
            raise self.fail(path, f"{field} is of type {column.type}, needed: {' or '.join(types)}.")
        return column

    def label(self, tree: Mapping[str, Any], path: str) -> Label:
        for language in ("zh", "en"):
            if not tree.get(language):
                raise self.fail(path, f"the label {language!r} is missing. Give both zh and en.")
        return Label(zh=tree["zh"], en=tree["en"])

    def number(self, text: Any, path: str) -> Fraction:
        try:
            return Fraction(text)
        except (TypeError, ValueError):
            raise self.fail(path, f"{text!r} is not a number.") from None

    def whole(self, text: Any, path: str) -> int:
        found = self.number(text, path)
        if found.denominator != 1:
            raise self.fail(path, f"{text!r} must be a whole number.")
        return int(found)

    def read_measures(self, tree: Mapping[str, Any]) -> tuple[Measure, ...]:
        for name, body in tree.items():
            self.measures[name] = self._measure(name, body, f"measures.{name}")
        return tuple(self.measures.values())

    def _measure(self, name: str, body: Any, path: str) -> Measure:
        refuse_unknown(body, ("zh", "en", "years", "within_years", *MEASURE_KINDS), self.file, path)
        kinds = [kind for kind in MEASURE_KINDS if kind in body]
        if len(kinds) != 1:
            raise self.fail(path, f"give exactly one of {', '.join(MEASURE_KINDS)}.")
        kind = kinds[0]
        fields = tuple(body[kind]) if isinstance(body[kind], list) else (body[kind],)
        if len(fields) != (2 if kind in ("ratio", "award") else 1):
            raise self.fail(f"{path}.{kind}", "ratio and award take two columns, the others one.")
        columns = [self.column(field, f"{path}.{kind}", "int", "decimal") for field in fields]
        years = self.whole(body.get("within_years" if kind == "award" else "years", "1"), path)
        if kind == "mean_growth" and years != 2:
            raise self.fail(path, "mean_growth is defined over 2 years.")
        unit, scale = columns[0].unit or "count", columns[0].scale
        if kind in ("ratio", "growth", "mean_growth"):
            unit, scale = "percent", 1
        return Measure(
            id=name,
            label=self.label(body, path),
            kind=kind,  # type: ignore[arg-type]
            fields=fields,
            years=years,
            unit=unit,
            scale=scale,
        )

    def measure(self, name: str, path: str) -> Measure:
        """A named measure, or a number column as it stands."""
        if name in self.measures:
            return self.measures[name]
        column = self.column(name, path, "int", "decimal")
        return Measure(
            id=name,
            label=Label(zh=column.zh_header, en=column.en),
            kind="value",
            fields=(name,),
            unit=column.unit or "count",
            scale=column.scale,
        )

    def condition(self, tree: Any, path: str) -> Condition:
        if isinstance(tree, str):
            return self._sentence(" ".join(tree.split()), path)
        refuse_unknown(
            tree,
            ("all_of", "any_of", "size_class", "is_not", "switch", "at_least", "below", "waivable", "when"),
            self.file,
            path,
        )
        if "all_of" in tree:
            return AllOf(items=self._several(tree["all_of"], f"{path}.all_of"))
        if "any_of" in tree:
            return AnyOf(items=self._several(tree["any_of"], f"{path}.any_of"))
        if "waivable" in tree:
            inner = self.condition(tree.get("when"), f"{path}.when")
            return AllOf(items=()) if tree["waivable"] in self.waived else inner
        if "switch" in tree:
            return self._switch(tree, path)
        if self.size is None or tree.get("size_class") != self.size.id:
            raise self.fail(path, f"unknown size standard {tree.get('size_class')!r}.")
        if tree.get("is_not") not in dict(self.size.classes):
            raise self.fail(path, f"is_not: allowed are {', '.join(dict(self.size.classes))}.")
        return SizeIsNot(size=self.size, name=tree["is_not"])

    def _several(self, trees: Any, path: str) -> tuple[Condition, ...]:
        if not isinstance(trees, list) or not trees:
            raise self.fail(path, "expected a list of conditions.")
        return tuple(self.condition(item, f"{path}[{index}]") for index, item in enumerate(trees))

    def _switch(self, tree: Mapping[str, Any], path: str) -> Switch:
        branches = tuple(
            (self.number(edge, f"{path}.at_least"), self.condition(then, f"{path}.at_least.{edge}"))
            for edge, then in tree.get("at_least", {}).items()
        )
        self.descending([edge for edge, _ in branches], f"{path}.at_least")
        return Switch(
            measure=self.measure(tree["switch"], path),
            branches=branches,
            below=self.condition(tree.get("below"), f"{path}.below"),
        )

    def descending(self, values: list[Fraction], path: str) -> None:
        for above, below in pairwise(values):
            if above <= below:
                raise self.fail(
                    path, f"edges must descend ({_plain(above)} then {_plain(below)}). Reorder them."
                )

    def _sentence(self, text: str, path: str) -> Condition:
        if found := COMPARE.fullmatch(text):
            measure = self.measure(found[1], path)
            edge = self.number(found[3], path)
            if measure.kind == "award":
                if found[2] != "<=":
                    raise self.fail(path, "a rank is compared with <=.")
                return Awarded(measure=measure, rank=self.whole(found[3], path))
            return Compare(measure=measure, op=found[2], edge=edge, each_of=int(found[4] or 1))  # type: ignore[arg-type]
        if found := HAS.fullmatch(text):
            column = self.column(found[1], path, "list")
            return Has(field=found[1], value=self._value(column, found[2], path))
        if found := AT_LEVEL.fullmatch(text):
            column = self.column(found[1], path, "choice")
            value = self._value(column, found[2], path)
            return AtLevel(field=found[1], value=value, rank=column.codes.index(value))
        if found := FLAG.fullmatch(text):
            if found[2] in self.measures and self.measures[found[2]].kind == "award":
                return Awarded(measure=self.measures[found[2]], rank=None)
            self.column(found[2], path, "bool")
            return Flag(field=found[2], wanted=not found[1])
        raise self.fail(
            path,
            f"cannot read {text!r}. Write it as one of: name >= 3, name, not name, name has value, "
            "name at least value.",
        )

    def _value(self, column: Column, value: str, path: str) -> str:
        if value not in column.codes:
            raise self.fail(
                path, f"{column.field} has no value {value!r}. Allowed: {', '.join(column.codes)}."
            )
        return value


def _plain(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else str(float(value))
