"""How a part of an indicator is measured: rows with their share of a numerator and a denominator, and their sums.

Every figure is the sum of its rows, so that its proof is those rows. An unknown numerator (null) lies between 0 and
the row's denominator; the figure then is an interval. Both are whole numbers of one unit: fen for amounts, 1 for what
is counted, the contract's scale for what is weighted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from metrics.appraisal.asked import ROW, Asked

COLUMNS: Mapping[str, Any] = {
    "province": pl.String,
    "label": pl.String,
    "num": pl.Int128,
    "den": pl.Int128,
    "dataset": pl.String,
    "field": pl.String,
    "receipt_id": pl.Int32,
    "sheet_no": pl.Int16,
    "row_no": pl.Int32,
}
MISSING, NOT_APPLICABLE, NOTHING = "missing", "not_applicable", "nothing"
ONE = Fraction(1)


@dataclass(frozen=True)
class Reading:
    """A ratio between ``low`` ÷ ``den`` and ``high`` ÷ ``den``; ``unknown`` of its rows had no value."""

    low: Fraction
    high: Fraction
    den: Fraction
    unknown: int = 0


@dataclass(frozen=True)
class Measure:
    """How one part is measured.

    ``rows`` gives the frame of `COLUMNS`, ``needs`` the tables without any row of which nothing is known. ``absent``
    is what a province without rows is: missing, not_applicable, nothing (done: 0 of 1), or what tells that and its
    reason. ``platforms_only``: it is about platforms, and not applicable to a province that has none. ``read`` is how
    the rows are read where they are not summed.
    """

    rows: Callable[[Asked], pl.DataFrame]
    needs: tuple[str, ...] = ()
    absent: str | Callable[[Asked, str], tuple[str, str]] = MISSING
    platforms_only: bool = False
    read: Callable[[Asked, pl.DataFrame], dict[str, Reading]] | None = None

    def readings(self, asked: Asked, rows: pl.DataFrame) -> dict[str, Reading]:
        """The reading of each province that has rows with a denominator or a numerator."""
        return (self.read or _sums)(asked, rows)


def rows_of(
    frame: pl.DataFrame, dataset: str, field: str, num: pl.Expr, den: pl.Expr, label: str | pl.Expr = ""
) -> pl.DataFrame:
    """The rows of a dataset in the form of `COLUMNS`."""
    named = pl.lit("") if isinstance(label, str) and not label else label
    return frame.select(
        "province",
        label=pl.col(named) if isinstance(named, str) else named,
        num=num,
        den=den,
        dataset=pl.lit(dataset),
        field=pl.lit(field),
        receipt_id="receipt_id",
        sheet_no="sheet_no",
        row_no="row_no",
    ).cast(pl.Schema(COLUMNS))


def first_of(by: Sequence[str] | str) -> pl.Expr:
    """Whether a row is the first of its group, in the order of files and rows."""
    return pl.struct(ROW).rank("ordinal").over(by) == 1


def counted(condition: pl.Expr) -> pl.Expr:
    """1 where the condition holds, 0 where it does not, null where it is not known."""
    return condition.cast(pl.Int8)


def _sums(_: Asked, rows: pl.DataFrame) -> dict[str, Reading]:
    summed = rows.group_by("province").agg(
        low=pl.col("num").fill_null(0).sum(),
        high=pl.coalesce("num", "den").sum(),
        whole=pl.col("den").sum(),
        unknown=pl.col("num").is_null().sum(),
    )
    return {
        province: Reading(Fraction(low), Fraction(high), Fraction(whole), unknown)
        for province, low, high, whole, unknown in summed.iter_rows()
    }
