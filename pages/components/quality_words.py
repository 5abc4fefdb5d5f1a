"""The checks and the files of the quality page, as people read them."""

from __future__ import annotations

import polars as pl

from data.dataset import contract, datasets
from data.words import has
from pages.components.numbers import MISSING
from pages.components.receipt_words import dataset_names, moment
from pages.components.unit_map import unit_names
from pages.components.words import both, language, t
from pipelines.quality import Quality

_AGREES = {True: "yes", False: "no", None: "only_first"}


def check_rows(checks: pl.DataFrame) -> pl.DataFrame:
    """Checks of both readers with the words of their dataset, rule and column."""
    titles = dataset_names()
    rows = [
        (
            titles.get(dataset, dataset),
            rule_name(dataset, rule),
            column_name(dataset, column),
            t(f"todo.{severity}") if severity else MISSING,
            first,
            second,
            t(f"quality.agrees.{_AGREES[agrees]}"),
        )
        for dataset, rule, column, severity, first, second, agrees in checks.iter_rows()
    ]
    names = ["dataset", "rule", "column", "severity", "first", "second", "agrees"]
    kinds = [pl.Int64 if name in {"first", "second"} else pl.String for name in names]
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def sample_rows(found: Quality) -> pl.DataFrame:
    """The rows that the second reader objects to, where the readers differ."""
    rows = [
        (
            dataset_names().get(dataset, dataset),
            rule_name(dataset, rule),
            column_name(dataset, column),
            file,
            sheet,
            cell or row,
        )
        for dataset, rule, column, _, file, sheet, row, cell in found.samples.with_columns(
            pl.col("row_no").cast(pl.String).fill_null(MISSING)
        ).iter_rows()
    ]
    names = ["dataset", "rule", "column", "file", "sheet", "cell"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def fresh_rows(freshness: pl.DataFrame) -> pl.DataFrame:
    """The latest receipt of each unit and dataset."""
    return freshness.select(
        pl.col("dataset").replace_strict(dataset_names(), default=pl.col("dataset"), return_dtype=pl.String),
        "days",
        "rows",
        "receipt_id",
        "file",
        unit=_units(),
        received=pl.Series([moment(at) for at in freshness["received_at"]], dtype=pl.String),
    ).select("unit", "dataset", "days", "received", "rows", "receipt_id", "file")


def rate_rows(rates: pl.DataFrame) -> pl.DataFrame:
    """Warnings by receipt."""
    return rates.select(
        "receipt_id",
        "file",
        pl.col("dataset").replace_strict(dataset_names(), default=pl.col("dataset"), return_dtype=pl.String),
        "rows",
        "warnings",
        pl.col("per_1000").round(2),
        received=pl.Series([moment(at) for at in rates["received_at"]], dtype=pl.String),
    )


def coverage_rows(coverage: pl.DataFrame) -> pl.DataFrame:
    """Coverage by unit, least first."""
    return coverage.sort("share_pct", "missing", descending=[False, True], nulls_last=True).select(
        unit=_units(),
        share_pct=pl.col("share_pct").round(1),
        returned=pl.col("returned"),
        expected=pl.col("expected"),
        missing=pl.col("missing"),
        unexpected=pl.col("unexpected"),
    )


def labels(rows: pl.DataFrame) -> dict[str, str]:
    """Column → the heading readers see."""
    return {name: t(f"quality.column.{name}") for name in rows.columns}


def rule_name(dataset: str, rule: str) -> str:
    """What a rule asks for: the contract's own words, ours, or its code where there are none."""
    for check in contract(dataset).checks if dataset in datasets() else ():
        if check.id == rule:
            return both(check.expected)
    return t(f"quality.rule.{rule}") if has(f"quality.rule.{rule}", language()) else rule


def column_name(dataset: str, column: str) -> str:
    """The heading of a column; the whole table where a rule is of none."""
    if not column:
        return t("quality.whole_table")
    known = dataset in datasets() and column in contract(dataset).fields
    return contract(dataset).column(column).label(language()) if known else column


def _units() -> pl.Expr:
    named = pl.col("province").replace_strict(
        unit_names(), default=pl.col("province"), return_dtype=pl.String
    )
    return named.fill_null(t("quality.unknown_unit"))
