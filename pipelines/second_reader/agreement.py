"""Do both readers count the same? Each rule and column of each dataset, over every receipt that counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import polars as pl

KEY = ["dataset", "rule", "column"]
COUNTS: dict[str, Any] = {
    "dataset": pl.String, "rule": pl.String, "column": pl.String, "severity": pl.String, "count": pl.Int64,
}  # fmt: skip

# what was in the file and is in no table: how a cell was written, sheets that were left out, a column as a whole
ONLY_FIRST = ("formula", "placeholder_blank", "share_as_fraction", "sheet_hidden", "sheet_not_read")


def compare(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Both readers' counts side by side.

    Args:
        first: dataset, rule, column ("" for a whole table), severity, count; a rule that found nothing may be absent.
        second: the same, with every rule that was asked; count is null where it could not be asked.

    Returns:
        dataset, rule, column, severity, first, second, agrees; ``agrees`` is null where only the first reader can see
        what the rule is about. A rule of the first reader that the second should know and does not is a disagreement.
    """
    both = first.rename({"count": "first"}).join(
        second.rename({"count": "second"}).with_columns(asked=pl.lit(value=True)),
        on=KEY,
        how="full",
        coalesce=True,
    )
    asked = pl.col("asked").fill_null(value=False)
    counted = both.with_columns(
        first=pl.col("first").fill_null(0),
        severity=pl.coalesce("severity_right", "severity"),
        same_severity=(pl.col("severity") == pl.col("severity_right")).fill_null(value=True),
    )
    return (
        counted.with_columns(
            agrees=pl.when(~asked & pl.col("rule").is_in(ONLY_FIRST))
            .then(None)
            .otherwise(pl.col("first").eq_missing(pl.col("second")) & pl.col("same_severity"))
        )
        .select(*KEY, "severity", "first", "second", "agrees")
        .sort(KEY)
    )


def first_counts(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The first reader's warnings over all receipts of a facts file; an accepted file has no errors."""
    rows = connection.execute("SELECT dataset, findings FROM receipts").fetchall()
    counts = [
        (dataset, *_rule_and_column(name), "warning", count)
        for dataset, findings in rows
        for name, count in json.loads(findings).items()
    ]
    return pl.DataFrame(counts, schema=COUNTS, orient="row").group_by(*KEY, "severity").agg(pl.sum("count"))


def second_counts(read: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The second reader's counts, from the datasets of `read.read_build`."""
    counts = [
        (found["dataset"], asked["rule"], asked["column"], asked["severity"], asked["unexpected"])
        for found in read
        for asked in found["expectations"]
    ]
    return pl.DataFrame(counts, schema=COUNTS, orient="row")


def _rule_and_column(name: str) -> tuple[str, str]:
    rule, _, column = name.partition("|")
    return rule, column
