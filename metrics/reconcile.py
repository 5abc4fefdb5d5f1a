"""Titles counted from the events beside the published stock, and what stands between the two.

Expected = the latest comparable published count, divided by n where the facts are a 1:n sample, to the nearest firm.
Difference = counted less expected. Reasons name what keeps the two from being the same count; they explain no part
of the difference by a number.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from metrics import targets

REASONS = ("sample", "synthetic", "basis", "rounded", "disputed", "earlier", "no_published_count")


def reconciled(
    held: pl.DataFrame, stock: pl.DataFrame, as_of: dt.date, *, sample_of: int | None, synthetic: bool
) -> pl.DataFrame:
    """One row for each tier of ``held``, in its order of first appearance.

    ``held``: tier, firms, as `metrics.title_status.held`. ``stock``: the published stock, as in `metrics.targets`.
    Returns tier, counted; published, qualifier, date, date_precision, mark, disputed of the row it is set against
    (null where nothing comparable was published); expected, difference (firms), difference_pct (of expected,
    Float64), and reasons (list of `REASONS`): sample, synthetic; basis (the events give titles valid on the day, the
    published figures do not say on which basis they stand), rounded (about, more than), disputed, earlier (the
    figure is of another day), no_published_count.
    """
    counted = held.group_by("tier", maintain_order=True).agg(counted=pl.col("firms").sum())
    rows = []
    for tier, firms in counted.iter_rows():
        seen = published_members(stock, tier, as_of)
        row = {"tier": tier, "counted": firms}
        if seen.is_empty():
            rows.append(row | {"reasons": _reasons(None, as_of, sample_of, synthetic)})
            continue
        said = seen.row(0, named=True)
        part = sample_of or 1
        expected = (2 * said["count"] + part) // (2 * part)
        kept = ("qualifier", "date", "date_precision", "mark", "disputed")
        row |= {"published": said["count"], **{name: said[name] for name in kept}}
        row |= {
            "expected": expected,
            "difference": firms - expected,
            "difference_pct": 100 * (firms - expected) / expected if expected else None,
            "reasons": _reasons(said, as_of, sample_of, synthetic),
        }
        rows.append(row)
    return pl.DataFrame(rows, schema=_RECONCILED)


def published_members(stock: pl.DataFrame, tier: str, as_of: dt.date) -> pl.DataFrame:
    """The published row that a tier is set against: the latest comparable one; empty where there is none."""
    return targets.members(stock, tier, as_of).tail(1)


_RECONCILED = {
    "tier": pl.String,
    "counted": pl.Int64,
    "published": pl.Int64,
    "qualifier": pl.String,
    "date": pl.Date,
    "date_precision": pl.String,
    "mark": pl.String,
    "disputed": pl.Boolean,
    "expected": pl.Int64,
    "difference": pl.Int64,
    "difference_pct": pl.Float64,
    "reasons": pl.List(pl.String),
}


def _reasons(said: dict | None, as_of: dt.date, sample_of: int | None, synthetic: bool) -> list[str]:
    holds = {
        "sample": bool(sample_of),
        "synthetic": synthetic,
        "basis": said is not None,
        "rounded": said is not None and said["qualifier"] != "exact",
        "disputed": said is not None and said["disputed"],
        "earlier": said is not None and said["date"] < as_of,
        "no_published_count": said is None,
    }
    return [reason for reason in REASONS if holds[reason]]
