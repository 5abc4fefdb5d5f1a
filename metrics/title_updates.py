"""Titles whose firm did not update its information in time, which costs admission to the review, not the title.

Expected to update by the deadline of a year: every firm that holds the title on the day and held it without a break
since the deadline or before; names without a credit code are left out, as updates are known by code. Missed: no
update of that year was completed by the day; an update after the deadline is late, and not missed.
Source: 工信部企业〔2022〕63号, chapter 3 (`data/policy/titles.yaml`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl

from metrics.title_status import held_members


def latest_deadline(as_of: dt.date, month: int, day: int) -> dt.date:
    """The latest yearly deadline that is over on the day."""
    this_year = dt.date(as_of.year, month, day)
    return this_year if this_year < as_of else dt.date(as_of.year - 1, month, day)


def expected_members(periods: Any, as_of: dt.date, deadline: dt.date, tier: str) -> nw.LazyFrame[Any]:
    """The terms of the firms that had to update; columns `metrics.title_status.MEMBER`."""
    held = held_members(periods, as_of, tier)
    return held.filter(nw.col("held_since") <= deadline, ~nw.col("uscc").is_null())


def missed_members(
    periods: Any, updates: Any, as_of: dt.date, deadline: dt.date, tier: str
) -> nw.LazyFrame[Any]:
    """Of them, those without a completed update; ``updates``: current rows of `annual_updates`."""
    expected = expected_members(periods, as_of, deadline, tier)
    return expected.join(_completed(updates, as_of, deadline, tier), on="uscc", how="anti")


def missed(periods: Any, updates: Any, as_of: dt.date, deadline: dt.date, tier: str) -> pl.DataFrame | None:
    """Firms expected to update and those that missed it, by province (null: unknown): province, expected, missed.

    None where no update of the tier and year was ever received: then nothing is known, and nobody missed it.
    """
    if _of_year(updates, deadline, tier).select("uscc").head(1).collect("polars").to_native().is_empty():
        return None
    found = (
        expected_members(periods, as_of, deadline, tier)
        .join(_completed(updates, as_of, deadline, tier), on="uscc", how="left")
        .group_by("province")
        .agg(nw.len().alias("expected"), nw.col("updates").is_null().sum().alias("missed"))
        .collect("polars")
        .to_native()
    )
    counted = pl.col("expected", "missed").cast(pl.Int64)
    return found.select(pl.col("province").cast(pl.String), counted).sort("province", nulls_last=True)


def _of_year(updates: Any, deadline: dt.date, tier: str) -> nw.LazyFrame[Any]:
    received = nw.from_native(updates).lazy()
    return received.filter(nw.col("tier").cast(nw.String) == tier, nw.col("year") == deadline.year)


def _completed(updates: Any, as_of: dt.date, deadline: dt.date, tier: str) -> nw.LazyFrame[Any]:
    """The credit codes of those that completed an update of the year by the day, once each: uscc, updates."""
    done = _of_year(updates, deadline, tier).filter(nw.col("completed_on") <= as_of)
    return done.group_by("uscc").agg(nw.len().alias("updates"))
