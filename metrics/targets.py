"""How far the published stock of each tier is from its national target.

Attained share = count of the latest comparable observation on or before the as-of date ÷ target. A target is
reached when an observation proves it: "more than n" proves every number up to n + 1, "about n" only what
lies below n less half of its last stated digit. The day is never known, so "reached on" is the interval
between the last observation that did not prove it and the first that did. Counts of different bases are
never added. Sources: targets in the interpretation of 工信部企业〔2022〕63号; stock and batches as each row says.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl


def observations(stock: pl.DataFrame, tier: str, as_of: dt.date) -> pl.DataFrame:
    """The published rows of a tier up to ``as_of``, oldest first.

    Returns the columns of ``stock`` and ``low`` and ``high``: the firms each row proves at least and at most
    (``high`` is null where the row sets no upper bound).
    """
    return (
        stock.lazy()
        .filter((pl.col("tier") == tier) & (pl.col("date") <= as_of))
        .with_columns(low=_low(), high=_high())
        .sort("date", "row_no")
        .collect()
    )


def members(stock: pl.DataFrame, tier: str, as_of: dt.date) -> pl.DataFrame:
    """The rows behind every figure of a tier in `attained`: its comparable observations, oldest first."""
    return observations(stock, tier, as_of).filter("comparable")


def left_out(stock: pl.DataFrame, tier: str, as_of: dt.date) -> pl.DataFrame:
    """The rows of a tier that are not measured against its target; each carries its reason in its note."""
    return observations(stock, tier, as_of).filter(~pl.col("comparable"))


def attained(stock: pl.DataFrame, targets: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """One row per row of ``targets`` (tier, target, horizon_to), in its order.

    Returns tier, target; count, qualifier, date, date_precision, mark, disputed of the latest comparable
    observation; share_pct (Float64, for reading); reading: reached | below | open | none (``open``: the row
    proves neither; ``none``: no comparable row); change (firms, on the stated counts) since since_date
    (since_precision); reached_after, reached_by (Date) with their precisions, the interval in which the target
    was passed; in_horizon: whether it was passed by the end of its period; held: held | lost | open, null when
    it was never passed.
    """
    rows = [
        _attained(members(stock, tier, as_of), tier, target, horizon_to)
        for tier, target, horizon_to in targets.select("tier", "target", "horizon_to").iter_rows()
    ]
    return pl.DataFrame(rows, schema=_ATTAINED)


def rederived(
    stock: pl.DataFrame, batches: pl.DataFrame, parts: pl.DataFrame, tolerance_percent: Decimal
) -> pl.DataFrame:
    """Check each published little-giant stock that ``parts`` names against the sum of its batches.

    ``parts``: date, batch, event, basis. Returns date, date_precision, stated, qualifier, derived,
    difference (derived less stated), verdict: exact; satisfies (it lies in what the statement leaves open,
    as 14,704 does for "more than 14,600"); within or outside of the tolerance (percent of the stated
    count).
    """
    stated = stock.filter(pl.col("tier") == "little_giant").select(
        "date", "date_precision", "qualifier", stated="count", low=_low(), high=_high()
    )
    summed = (
        rederivation_members(batches, parts)
        .group_by("date")
        .agg(derived=pl.col("count").sum())
        .join(stated, on="date", how="inner")
        .sort("date")
    )
    checked = summed.with_columns(difference=pl.col("derived") - pl.col("stated"))
    verdicts = [_agreement(row, tolerance_percent) for row in checked.iter_rows(named=True)]
    return checked.select(
        "date", "date_precision", "stated", "qualifier", "derived", "difference"
    ).with_columns(verdict=pl.Series(verdicts, dtype=pl.String))


def rederivation_members(batches: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The batch rows that ``parts`` names, each under the date of the stock it belongs to, with its basis."""
    keys = ["batch", "event", "basis"]
    return parts.join(batches, on=keys, how="inner").sort("date", "row_no")


_ATTAINED = {
    "tier": pl.String,
    "target": pl.Int64,
    "count": pl.Int64,
    "qualifier": pl.String,
    "date": pl.Date,
    "date_precision": pl.String,
    "mark": pl.String,
    "disputed": pl.Boolean,
    "share_pct": pl.Float64,
    "reading": pl.String,
    "change": pl.Int64,
    "since_date": pl.Date,
    "since_precision": pl.String,
    "reached_after": pl.Date,
    "reached_after_precision": pl.String,
    "reached_by": pl.Date,
    "reached_by_precision": pl.String,
    "in_horizon": pl.Boolean,
    "held": pl.String,
}


def _attained(seen: pl.DataFrame, tier: str, target: int, horizon_to: dt.date) -> dict[str, Any]:
    if seen.is_empty():
        return {"tier": tier, "target": target, "reading": "none"}
    rows = seen.with_columns(reading=_reading(target)).to_dicts()
    latest = rows[-1]
    found = {
        "tier": tier,
        "target": target,
        **{
            name: latest[name]
            for name in ("count", "qualifier", "date", "date_precision", "mark", "disputed")
        },
        "share_pct": 100 * latest["count"] / target,
        "reading": latest["reading"],
    }
    if len(rows) > 1:
        before = rows[-2]
        found |= {
            "change": latest["count"] - before["count"],
            "since_date": before["date"],
            "since_precision": before["date_precision"],
        }
    return found | _passed(rows, horizon_to)


def _passed(rows: list[dict[str, Any]], horizon_to: dt.date) -> dict[str, Any]:
    first = next((index for index, row in enumerate(rows) if row["reading"] == "reached"), None)
    if first is None:
        return {}
    by = rows[first]
    after = rows[first - 1] if first else {"date": None, "date_precision": None}
    held = {"reached": "held", "below": "lost", "open": "open"}[rows[-1]["reading"]]
    return {
        "reached_after": after["date"],
        "reached_after_precision": after["date_precision"],
        "reached_by": by["date"],
        "reached_by_precision": by["date_precision"],
        "in_horizon": by["date"] <= horizon_to,
        "held": held,
    }


def _reading(target: int) -> pl.Expr:
    return (
        pl.when(pl.col("low") >= target)
        .then(pl.lit("reached"))
        .when(pl.col("high") < target)
        .then(pl.lit("below"))
        .otherwise(pl.lit("open"))
    )


def _low() -> pl.Expr:
    said = pl.col("qualifier")
    return (
        pl.when(said == "more_than")
        .then(pl.col("count") + 1)
        .when(said == "about")
        .then(pl.col("count") - _half_of_last_digit())
        .otherwise(pl.col("count"))
    )


def _high() -> pl.Expr:
    said = pl.col("qualifier")
    return (
        pl.when(said == "about")
        .then(pl.col("count") + _half_of_last_digit())
        .when(said == "exact")
        .then(pl.col("count"))
        .otherwise(None)
    )


def _half_of_last_digit() -> pl.Expr:
    # 140,000 is said to the nearest 10,000: its last stated digit is the 4.
    said = pl.col("count").cast(pl.String)
    zeros = said.str.len_chars() - said.str.strip_chars_end("0").str.len_chars()
    place = pl.lit(10, dtype=pl.Int64).pow(zeros.cast(pl.Int64))
    return pl.when(pl.col("count") == 0).then(pl.lit(0, dtype=pl.Int64)).otherwise(place // 2)


def _agreement(row: dict[str, Any], tolerance_percent: Decimal) -> str:
    if row["qualifier"] == "exact" and row["difference"] == 0:
        return "exact"
    if row["low"] <= row["derived"] and (row["high"] is None or row["derived"] <= row["high"]):
        return "satisfies"
    return "within" if abs(row["difference"]) * 100 <= tolerance_percent * row["stated"] else "outside"
