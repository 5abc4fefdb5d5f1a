"""How many firms held a title at the end of each quarter.

Holders on a day = terms that began by then, less terms that ended by then: of two terms of which one continues the
other, the first ends on the day the second begins, and no two terms of a title overlap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from metrics.titles import CONTINUED


def quarter_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """The last days of the quarters from the one that holds ``first``, and ``last`` itself at the end."""
    ends = pl.date_range(
        pl.lit(first).dt.truncate("1q"), pl.lit(last).dt.truncate("1q"), interval="1q", eager=False
    )
    closed = pl.select(ends.dt.offset_by("1q").dt.offset_by("-1d")).to_series().to_list()
    return [*(day for day in closed if day < last), last]


def turns(periods: Any) -> pl.DataFrame:
    """How many terms began and ended on each day: tier, province (null: unknown), day, began, stopped, opened, ended.

    ``periods``: `metrics.titles.periods`. began and stopped count every term; opened and ended those of them that
    neither continue another nor are continued (`metrics.title_status.changes`). As many rows as there are days on
    which something changed, whatever the number of firms.
    """
    terms = nw.from_native(periods).lazy()
    opens = nw.col("held_since") == nw.col("valid_from")
    ends = nw.col("ended_by") != CONTINUED
    began = _counted(terms, "valid_from", "began", "opened", opens)
    stopped = _counted(terms.filter(~nw.col("valid_to").is_null()), "valid_to", "stopped", "ended", ends)
    return (
        pl.concat([began, stopped], how="diagonal")
        .group_by("tier", "province", "day")
        .agg(pl.col("began", "stopped", "opened", "ended").sum())
        .sort("day", "tier", "province")
    )


def held_at(turns: pl.DataFrame, days: Sequence[dt.date]) -> pl.DataFrame:
    """Holders on each of the days, from `turns` of the units asked for: tier, day, firms; every tier on every day."""
    asked = pl.DataFrame({"day": sorted(days)}, schema={"day": pl.Date})
    grid = turns.select("tier").unique().join(asked, how="cross").sort("day")
    summed = (
        turns.group_by("tier", "day")
        .agg(change=pl.col("began").sum() - pl.col("stopped").sum())
        .sort("day")
        .with_columns(firms=pl.col("change").cum_sum().over("tier"))
    )
    found = grid.join_asof(summed.drop("change"), on="day", by="tier", check_sortedness=False)
    return found.with_columns(pl.col("firms").fill_null(0)).sort("tier", "day")


def holders(turns: pl.DataFrame, day: dt.date) -> int:
    """Holders on a day, over all tiers and units of `turns`."""
    known = turns.filter(pl.col("day") <= day)
    return int(known.select(pl.col("began").sum() - pl.col("stopped").sum()).item())


def year_of_titles(turns: pl.DataFrame, as_of: dt.date, since: dt.date) -> pl.DataFrame:
    """Firms with a title on the day, and titles opened and ended after ``since`` up to it.

    Returns tier, province (null: unknown), valid, opened, ended.
    """
    by_then = pl.col("day") <= as_of
    in_span = by_then & (pl.col("day") > since)
    return (
        turns.group_by("tier", "province")
        .agg(
            valid=pl.col("began").filter(by_then).sum() - pl.col("stopped").filter(by_then).sum(),
            opened=pl.col("opened").filter(in_span).sum(),
            ended=pl.col("ended").filter(in_span).sum(),
        )
        .sort("tier", "province")
    )


def _counted(terms: nw.LazyFrame[Any], day: str, every: str, some: str, condition: nw.Expr) -> pl.DataFrame:
    of_it = nw.when(condition).then(1).otherwise(0)
    counted = (
        terms.with_columns(of_it=of_it)
        .group_by("tier", "province", day)
        .agg(nw.len().alias(every), nw.col("of_it").sum().alias(some))
    )
    found: pl.DataFrame = counted.collect("polars").to_native()
    return found.select(
        pl.col("tier", "province").cast(pl.String),
        pl.col(day).alias("day"),
        pl.col(every, some).cast(pl.Int64),
    )
