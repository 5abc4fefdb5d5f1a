"""How far the units are with the 25 measures of 2020 in support of SMEs: counted by status, and one measure's figures.

A measure without a row, or with a blank status, is not reported, which is neither started nor not. A share is held
against its figure as whole numbers of the last decimal kept: exactly the figure is enough.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

STATUSES = ("in_force", "in_progress", "not_started")


def by_unit(rows: pl.DataFrame, year: int, measures: int) -> pl.DataFrame:
    """One row for each province with a row in the year, most in force first: province, a count of each status, unknown.

    ``rows``: province, year, measure, status; ``measures``: how many there are.
    """
    of_year = rows.filter(pl.col("year") == year).unique(
        ["province", "measure"], keep="first", maintain_order=True
    )
    counted = of_year.group_by("province").agg(
        (pl.col("status") == status).sum().cast(pl.Int64).alias(status) for status in STATUSES
    )
    unknown = measures - pl.sum_horizontal(STATUSES)
    return counted.with_columns(unknown=unknown).sort(
        "in_force", "in_progress", "province", descending=[True, True, False]
    )


def of_measure(rows: pl.DataFrame, year: int, measure: int) -> pl.DataFrame:
    """The rows of one measure in a year, in order of province."""
    return rows.filter(pl.col("year") == year, pl.col("measure") == measure).sort("province")


def at_least(values: pl.Series, percent: Decimal, scale: int) -> pl.Series:
    """Whether each share (whole numbers, ``scale`` to a percent) reaches the figure; null where there is none."""
    return values.cast(pl.Int64) >= int(percent * scale)
