"""Rows of any dataset as a person would write them, and what the check says of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from data.dataset import Check, Column, Contract, contract, datasets
from data.words import LANGUAGES
from pipelines.intake.check import Checked, check_rows
from pipelines.intake.findings import render
from pipelines.intake.provinces import units
from tests.intake.hostile.honest import credit_code

COLUMNS = [(name, column.field) for name in datasets() for column in contract(name).columns]
NASTY = ("合计", "注：", "说明", "日期：", "浙江省", "全国", "1", "=1+1", "制表人：", "name", "企业名称")
"""Texts that around a table would be no data."""
YEAR = 2024


def of_columns(**wanted: Any) -> list[tuple[str, str]]:
    """Every (dataset, field) whose column has these properties."""
    return [
        (name, field)
        for name, field in COLUMNS
        if all(getattr(contract(name).column(field), key) == value for key, value in wanted.items())
    ]


def honest(dataset: str, serial: int = 0) -> dict[str, str]:
    """A row without fault as a person would write it: the required cells only, told apart by `serial`."""
    rules = contract(dataset)
    row = {
        column.field: honest_cell(column, serial)
        for column in rules.columns
        if column.is_required or (column.format == "credit_code" and column.field in rules.key)
    }
    for check in rules.checks:
        if check.kind == "only_when" and not only_when_holds(check, rules, row):
            column = rules.column(check.settings["column"])
            cells = (honest_cell(column, other) for other in range(len(column.values) or 3))
            row[column.field] = next(
                cell for cell in cells if only_when_holds(check, rules, row | {column.field: cell})
            )
    return row


def only_when_holds(check: Check, rules: Contract, row: Mapping[str, str]) -> bool:
    """Whether a row keeps a check of the kind only_when; cells are labels or figures as written."""
    cell, given = (_code(rules.column(check.settings[name]), row) for name in ("column", "when"))
    return cell not in check.settings["values"] or given in check.settings["is"]


def _code(column: Column, row: Mapping[str, str]) -> str:
    cell = row[column.field]
    return next((v.code for v in column.values if cell in (v.code, v.zh, v.en, *v.also)), cell)


def honest_cell(column: Column, serial: int) -> str:
    if column.format == "credit_code":
        return credit_code(20_000_000 + serial)
    if column.format == "reporting_unit":
        return list(units().values())[serial].zh
    if column.values:
        return column.values[serial % len(column.values)].zh
    if column.type == "int" and column.high is not None and column.high < YEAR:
        return str(int(column.low or 0) + serial % int(column.high))
    kinds = {"int": str(YEAR), "decimal": "5", "date": "2024-06-30"}
    return kinds.get(column.type, f"示范{serial}")


def check(dataset: str, *rows: dict[str, str | None]) -> Checked:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return check_rows(pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String)), dataset)


def errors(checked: Checked) -> list[tuple[str, str | None]]:
    """The (rule, column) of what blocks; each can be said in both languages."""
    for language in LANGUAGES:
        said = render(checked.findings, language)
        assert (said["message"] != "").all()
        assert not said["message"].str.contains(r"[{}]").any()
    assert checked.accepted == (checked.errors == 0)
    return checked.findings.filter(pl.col("severity") == "error").select("rule", "column").rows()


def write_csv(path: Path, heads: list[str], rows: list[list[str | None]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heads, *[[cell or "" for cell in row] for row in rows]])
    return path
