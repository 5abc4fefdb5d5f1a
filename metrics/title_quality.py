"""The quality of titles beside their number: reviews passed, titles cancelled, and holders who moved up a tier.

Pass rate = reviews passed ÷ (passed + failed or lapsed), decided after one day and up to another. Moved up = of the
firms that hold a tier on the day, those that hold the next one too; the time between tiers runs from the day since
which the lower title has been held to that of the higher, where that is not the earlier one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl

from metrics.title_status import ABOVE, held_members

PASSED, FAILED, CANCELLED = ("review_passed",), ("review_failed", "lapsed"), ("cancelled_for_cause",)
DECIDED = {"passed": PASSED, "failed": FAILED, "cancelled": CANCELLED}


def by_unit(periods: Any, tier: str, since: dt.date, as_of: dt.date) -> pl.DataFrame:
    """One row for each province (null: unknown) that ever had a title of the tier, in order of its code.

    ``periods``: `metrics.titles.periods`. Returns province, valid (holders on the day), passed, failed, cancelled
    (after ``since`` up to the day), pass_pct (null: nothing decided).
    """
    terms = nw.from_native(periods).lazy().filter(nw.col("tier") == tier)
    ends_later = (nw.col("valid_to") > as_of) | nw.col("valid_to").is_null()
    wanted = {"valid": (nw.col("valid_from") <= as_of) & ends_later}
    wanted |= {what: _decided(what, since, as_of) for what in DECIDED}
    counted = (
        terms.with_columns(nw.when(where).then(1).otherwise(0).alias(name) for name, where in wanted.items())
        .group_by("province")
        .agg(nw.col(name).sum() for name in wanted)
    )
    found: pl.DataFrame = counted.collect("polars").to_native()
    return (
        found.select(pl.col("province").cast(pl.String), pl.col(list(wanted)).cast(pl.Int64))
        .with_columns(pass_pct=_share("passed", pl.col("passed") + pl.col("failed")))
        .sort("province", nulls_last=True)
    )


def moved_up(periods: Any, tier: str, as_of: dt.date) -> pl.DataFrame:
    """Holders of a tier who hold the next one too: province, moved_up (firms), median_days between the two titles.

    No row for the highest tier.
    """
    if tier not in ABOVE:
        return pl.DataFrame(schema={"province": pl.String, "moved_up": pl.Int64, "median_days": pl.Float64})
    own = held_members(periods, as_of, tier).select("firm", "province", "held_since")
    above = held_members(periods, as_of, ABOVE[tier]).select("firm", above_since="held_since")
    both: pl.DataFrame = own.join(above, on="firm", how="inner").collect("polars").to_native()
    days = (pl.col("above_since") - pl.col("held_since")).dt.total_days()
    return (
        both.with_columns(pl.col("province").cast(pl.String))
        .group_by("province")
        .agg(moved_up=pl.len().cast(pl.Int64), median_days=days.filter(days >= 0).median())
        .sort("province", nulls_last=True)
    )


def decided_members(periods: Any, tier: str, what: str, since: dt.date, as_of: dt.date) -> nw.LazyFrame[Any]:
    """The terms that were opened by a passed review, or ended by what ``what`` names, after ``since`` up to the day."""
    terms = nw.from_native(periods).lazy().filter(nw.col("tier") == tier)
    return terms.filter(_decided(what, since, as_of))


def concentration(counts: pl.Series) -> dict[str, float | None]:
    """How uneven counts are: gini (0 even, to 1) and cv_pct (standard deviation ÷ mean); null without any firm."""
    values = counts.drop_nulls().sort().cast(pl.Float64)
    total, n = float(values.sum()), values.len()
    if not total:
        return {"gini": None, "cv_pct": None}
    ranked = sum((2 * rank - n - 1) * value for rank, value in enumerate(values, start=1))
    spread = float(values.std(ddof=0) or 0.0)  # type: ignore[arg-type]
    return {"gini": ranked / (n * total), "cv_pct": 100 * spread * n / total}


def _decided(what: str, since: dt.date, as_of: dt.date) -> nw.Expr:
    by, on = ("opened_by", "valid_from") if what == "passed" else ("ended_by", "valid_to")
    return nw.col(by).is_in(DECIDED[what]) & (nw.col(on) > since) & (nw.col(on) <= as_of)


def _share(part: str, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(100 * pl.col(part) / whole)
