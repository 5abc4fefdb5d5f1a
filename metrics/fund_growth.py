"""Growth of supported firms beside that of comparable ones that were not: an association, not an effect.

Both are little giants at the end of the accounting year with revenue above 0 in it and in the year before. Supported:
key little giants whose batch's first money came to their province by the end of that year; key firms that were to be
supported later are in neither group. Growth = revenue ÷ revenue of the year before − 1; compared by medians, which a
few extreme firms do not move.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl

from metrics.fund_frames import ROW, Day

_BATCH = ("province", "round", "support_batch")
_READ = ("uscc", "name", "province", "year", "revenue", *ROW)
_PER_CENT = 100


def returns_of_giants(returns: Any, periods: Any) -> pl.DataFrame:
    """What `firms` reads, cut to the firms that ever held the title: a small part of a country's returns.

    ``returns`` and ``periods``: current annual returns and terms of titles, as relations or frames.
    """
    terms = nw.from_native(periods).lazy()
    giants = terms.filter(nw.col("tier") == "little_giant", ~nw.col("uscc").is_null()).select("uscc").unique()
    rows = nw.from_native(returns).lazy().select(*_READ).join(giants, on="uscc", how="semi")
    found: pl.DataFrame = rows.collect("polars").to_native()
    return found.sort("year", *ROW)


def firms(returns: Any, day: Day, year: int) -> pl.DataFrame:
    """The firms of both groups: uscc, name, province, is_supported, revenue, revenue_before (fen), growth_pct, row.

    ``returns``: current annual returns (a relation, or a frame); the province is that of the year's return.
    """
    rows: pl.DataFrame = (
        nw.from_native(returns)
        .lazy()
        .filter(nw.col("year").is_in([year - 1, year]), nw.col("revenue") > 0)
        .select(*_READ)
        .collect("polars")
        .to_native()
    )
    end = dt.date(year, 12, 31)
    valid = day.giants.filter(
        pl.col("valid_from") <= end, pl.col("valid_to").is_null() | (pl.col("valid_to") > end)
    )
    before = rows.filter(pl.col("year") == year - 1).select("uscc", revenue_before="revenue")
    grown = (
        rows.filter(pl.col("year") == year)
        .join(before, on="uscc")
        .join(valid, on="uscc", how="semi")
        .drop("year")
    )
    supported, later = _supported(day, end)
    return (
        grown.join(later, on="uscc", how="anti")
        .with_columns(
            is_supported=pl.col("uscc").is_in(supported["uscc"].implode()),
            growth_pct=_PER_CENT * (pl.col("revenue") / pl.col("revenue_before") - 1),
        )
        .sort("province", "uscc")
        .select("uscc", "name", "province", "is_supported", "revenue", "revenue_before", "growth_pct", *ROW)
    )


def medians(grown: pl.DataFrame) -> pl.DataFrame:
    """The medians by province, in order of its code, and of the whole country (province null) last.

    Returns province, supported and unsupported (firms), supported_pct and unsupported_pct (median growth; null: no
    firm), difference_points.
    """
    sides = [
        pl.col("growth_pct").filter(mask).median().alias(f"{name}_pct")
        for name, mask in (("supported", pl.col("is_supported")), ("unsupported", ~pl.col("is_supported")))
    ]
    counts = [
        pl.col("is_supported").sum().cast(pl.Int64).alias("supported"),
        (~pl.col("is_supported")).sum().cast(pl.Int64).alias("unsupported"),
    ]
    by_province = grown.group_by("province").agg(*counts, *sides).sort("province")
    whole = grown.select(pl.lit(None, pl.String).alias("province"), *counts, *sides)
    return pl.concat([by_province, whole]).with_columns(
        difference_points=pl.col("supported_pct") - pl.col("unsupported_pct")
    )


def latest_year(returns: Any, as_of: dt.date) -> int | None:
    """The latest accounting year with returns that had ended on the day; None where there is none."""
    found = nw.from_native(returns).lazy().filter(nw.col("year") < as_of.year).select(nw.col("year").max())
    return found.collect("polars").to_native().item()


def _supported(day: Day, end: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Key firms supported by that day, and those of later batches alone."""
    began = day.receipts.filter(pl.col("received_on") <= end).select(_BATCH).unique()
    supported = day.key_firms.join(began, on=_BATCH, how="semi").select("uscc").unique()
    return supported, day.key_firms.select("uscc").unique().join(supported, on="uscc", how="anti")
