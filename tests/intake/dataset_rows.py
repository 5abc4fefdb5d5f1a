"""Rows of any dataset as a person would write them, and what the check says of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl

from data.dataset import Column, contract, datasets
from data.words import LANGUAGES
from pipelines.intake.check import Checked, check_rows
from pipelines.intake.findings import render
from pipelines.intake.provinces import units
from tests.intake.hostile.honest import credit_code

COLUMNS = [(name, column.field) for name in datasets() for column in contract(name).columns]
NASTY = ("合计", "注：", "说明", "日期：", "浙江省", "全国", "1", "=1+1", "制表人：", "name", "企业名称")
"""Texts that around a table would be no data."""


def of_columns(**wanted: Any) -> list[tuple[str, str]]:
    """Every (dataset, field) whose column has these properties."""
    return [
        (name, field)
        for name, field in COLUMNS
        if all(getattr(contract(name).column(field), key) == value for key, value in wanted.items())
    ]


def honest(dataset: str, serial: int = 0) -> dict[str, str]:
    """A row without fault as a person would write it: the required cells only, told apart by `serial`."""
    return {
        column.field: honest_cell(column, serial)
        for column in contract(dataset).columns
        if column.is_required or (column.format == "credit_code" and column.field in contract(dataset).key)
    }


def honest_cell(column: Column, serial: int) -> str:
    if column.format == "credit_code":
        return credit_code(20_000_000 + serial)
    if column.format == "reporting_unit":
        return list(units().values())[serial].zh
    if column.values:
        return column.values[serial % len(column.values)].zh
    return {"int": "2024", "date": "2024-06-30"}.get(column.type, f"示范{serial}")


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
