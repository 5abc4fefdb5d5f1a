"""One firm out of a checked file, explained as the form explains one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from data.dataset import Column, contract
from data.rules import Standard
from metrics.scoring.explain import explain
from metrics.scoring.improve import ways
from metrics.scoring.layout import with_absent_firms
from metrics.scoring.score import score_firms
from metrics.scoring.size import size_classes
from metrics.scoring.win_back import chances
from pipelines.intake.check import Checked
from pipelines.one_firm import DATASET, OneFirm

LISTED = ";"
YES_NO = {True: "yes", False: "no"}


def firm_of_file(checked: Checked, uscc: str, rule: Standard, year: int) -> OneFirm:
    """Score and explain one firm of an accepted file. Raises ValueError if the file was refused or lacks the firm."""
    if checked.frame is None:
        raise ValueError("the file was refused: see the findings of the check.")
    rows = checked.frame.filter(pl.col("uscc") == uscc)
    if rows.is_empty():
        raise ValueError(f"no row of {uscc} in the file.")
    return explained(rows, rule, year)


def explained(rows: pl.DataFrame, rule: Standard, year: int) -> OneFirm:
    """Score and explain one firm from its typed rows, of which there is one at least."""
    typed = with_absent_firms(rows, year)
    explanation = explain(score_firms(typed, rule, year), rule, year)
    found = ways(typed, rule, year)
    size = size_classes(typed.filter(pl.col("year") == year)).row(0, named=True)
    return OneFirm(
        explanation, chances(explanation, found), found, size["size_class"], size["industry"], typed
    )


def cells_of(typed: pl.DataFrame) -> dict[tuple[str, int], str]:
    """Typed rows of one firm as text: (column, calendar year) → what the cell says, codes of choices and lists."""
    known = {}
    for row in typed.iter_rows(named=True):
        for column in contract(DATASET).columns:
            known[(column.field, row["year"])] = _text(column, row)
    return known


def _text(column: Column, row: dict[str, Any]) -> str:
    if column.type == "list":
        return LISTED.join(code for code in column.codes if row.get(f"{column.field}__{code}"))
    value = row.get(column.field)
    if value is None:
        return ""
    match column.type:
        case "decimal":
            digits = len(str(column.scale)) - 1
            return f"{Decimal(value).scaleb(-digits):f}".rstrip("0").rstrip(".") if value else "0"
        case "bool":
            return YES_NO[value]
        case "choice":
            return column.codes[value]
        case _:
            return str(value)
