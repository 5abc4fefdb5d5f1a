"""Where the number of titles goes from here: stock and flow by the year in which validity runs out.

State: the titles of a day by the number of years until their review or renewal is due (those overdue fall due
first). Each coming year draws one of the observed years at random and repeats it: of the titles due the share that
passed then passes, for the term of validity; of the others as large a share ends as then ended otherwise of the
titles held or gained; and as many new ones as then come. Around each share and count there is the chance of single
firms (binomial, Poisson). The interval is of that model: it knows no change of policy. Floating-point numbers and
random draws; nothing is decided by them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import pairwise
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from metrics import title_history
from metrics.titles import CONTINUED

PASSED = (CONTINUED,)
FAILED = ("lapsed", "expired", "review_failed")
INTERVALS = {80: (10.0, 90.0), 95: (2.5, 97.5)}  # not policy: shares of the draws, in percent
FLOWS = ("opened", "passed", "failed", "otherwise")


def anniversaries(as_of: dt.date, years: int) -> list[dt.date]:
    """The day and the same day of each of the ``years`` after it (negative: before it), in order of time."""
    steps = range(years + 1) if years >= 0 else range(years, 1)
    return [pl.select(pl.lit(as_of).dt.offset_by(f"{step}y")).item() for step in steps]


def flows(periods: Any, as_of: dt.date, years: int) -> pl.DataFrame:
    """What happened to titles in each of the years up to the day: tier, province, year_end (Date) and `FLOWS`.

    ``periods``: `metrics.titles.periods`. opened: titles that do not continue another; passed: terms that a decision
    continued; failed: terms that a review, a list or the validity ended; otherwise: cancelled or superseded.
    """
    ends = anniversaries(as_of, -years)
    terms = nw.from_native(periods).lazy()
    opened = terms.filter(nw.col("held_since") == nw.col("valid_from"))
    parts = [
        _yearly(opened.with_columns(flow=nw.lit("opened")), "valid_from", ends),
        _yearly(terms.with_columns(flow=_how_ended()), "valid_to", ends),
    ]
    found = pl.concat(parts).pivot("flow", index=["tier", "province", "year_end"], values="firms")
    for name in FLOWS:
        if name not in found.columns:
            found = found.with_columns(pl.lit(0, dtype=pl.Int64).alias(name))
    return found.select("tier", "province", "year_end", pl.col(FLOWS).fill_null(0)).sort(
        "tier", "province", "year_end", nulls_last=True
    )


def falling_due(periods: Any, as_of: dt.date, years: int) -> pl.DataFrame:
    """The titles in force on the day by the year in which their validity runs out: tier, province, step, firms.

    step: 1 for the year after the day, with what is overdue already; what is due after ``years`` stands under the
    last one.
    """
    ends = anniversaries(as_of, years)[1:]
    step = nw.lit(years)
    for number, end in reversed(list(enumerate(ends, start=1))):
        step = nw.when(nw.col("due_on") <= end).then(number).otherwise(step)
    in_force = (nw.col("valid_to") > as_of) | nw.col("valid_to").is_null()
    counted = (
        nw.from_native(periods)
        .lazy()
        .filter(nw.col("valid_from") <= as_of, in_force)
        .with_columns(step=step)
        .group_by("tier", "province", "step")
        .agg(firms=nw.len())
        .collect("polars")
        .to_native()
    )
    return counted.with_columns(
        pl.col("tier", "province").cast(pl.String), pl.col("step", "firms").cast(pl.Int64)
    ).sort("tier", "province", "step", nulls_last=True)


def past_years(
    flows: pl.DataFrame,
    turns: pl.DataFrame,
    tier: str,
    as_of: dt.date,
    years: int,
    provinces: Collection[str] | None = None,
) -> pl.DataFrame:
    """The observed years of a tier, in some units or the whole country, oldest first.

    ``flows``: `flows`; ``turns``: `metrics.title_history.turns`. Returns year_end, held (titles at its beginning),
    `FLOWS` and pass_pct (of those passed and failed; null where there was neither). Years before the first title of
    the tier are left out.
    """
    ends = anniversaries(as_of, -years)
    chosen = pl.lit(value=True) if provinces is None else pl.col("province").is_in(provinces)
    own = turns.filter(pl.col("tier") == tier, chosen)
    rows = []
    for begin, end in pairwise(ends):
        if not own.filter(pl.col("day") <= end).height:
            continue
        of_year = flows.filter(pl.col("tier") == tier, chosen, pl.col("year_end") == end)
        held = title_history.holders(own, begin)
        rows.append({"year_end": end, "held": held, **{name: int(of_year[name].sum()) for name in FLOWS}})
    schema = {"year_end": pl.Date, "held": pl.Int64, **dict.fromkeys(FLOWS, pl.Int64)}
    resolved = pl.col("passed") + pl.col("failed")
    return pl.DataFrame(rows, schema=schema).with_columns(
        pass_pct=pl.when(resolved > 0).then(100 * pl.col("passed") / resolved)
    )


def project(
    due: dict[int, int], past: pl.DataFrame, *, years: int, validity_years: int, draws: int, seed: int
) -> np.ndarray | None:
    """Holders at the end of each projected year: an array of draws x years; the same seed gives the same array.

    ``due``: step → titles, of `falling_due`; ``past``: one row a year with `FLOWS` and held (titles at its
    beginning), summed over the units asked for. None where no review or expiry was ever observed.
    """
    counts = {name: past[name].to_numpy() for name in ("held", *FLOWS)}
    resolved = counts["passed"] + counts["failed"]
    if not resolved.sum():
        return None
    pooled = counts["passed"].sum() / resolved.sum()
    pass_rate = np.where(resolved > 0, counts["passed"] / np.maximum(resolved, 1), pooled)
    # Whoever came in the year could be cancelled in it: in the first one there is nobody else.
    other = counts["otherwise"] / np.maximum(counts["held"] + counts["opened"], 1)
    chance = np.random.default_rng(seed)
    longest = max(validity_years, *due, 1)
    cohorts = np.zeros((draws, longest), dtype=np.int64)
    for step, firms in due.items():
        cohorts[:, step - 1] = firms
    found = np.zeros((draws, years), dtype=np.int64)
    for year in range(years):
        like = chance.integers(past.height, size=draws)
        passed = chance.binomial(cohorts[:, 0], pass_rate[like])
        rest = chance.binomial(cohorts[:, 1:], 1 - other[like][:, None])
        cohorts = np.concatenate([rest, np.zeros((draws, 1), dtype=np.int64)], axis=1)
        cohorts[:, validity_years - 1] += passed + chance.poisson(counts["opened"][like])
        found[:, year] = cohorts.sum(axis=1)
    return found


def forecast(holders: np.ndarray, days: list[dt.date], target: int | None) -> pl.DataFrame:
    """The middle and the intervals of `project`: day, median, low_80, high_80, low_95, high_95, reached_pct.

    reached_pct: share of the draws that are at the target or above on the day; null without a target.
    """
    bounds = {
        f"{end}_{share}": np.percentile(holders, bound, axis=0).round().astype(np.int64)
        for share, pair in INTERVALS.items()
        for end, bound in zip(("low", "high"), pair, strict=True)
    }
    reached = None if target is None else 100.0 * (holders >= target).mean(axis=0)
    return pl.DataFrame(
        {
            "day": days,
            "median": np.median(holders, axis=0).round().astype(np.int64),
            **{name: bounds[name] for name in ("low_80", "high_80", "low_95", "high_95")},
            "reached_pct": reached,
        },
        schema_overrides={"reached_pct": pl.Float64},
    )


def _yearly(terms: nw.LazyFrame[Any], day: str, ends: list[dt.date]) -> pl.DataFrame:
    last = nw.lit(ends[-1])
    for end in reversed(ends[1:-1]):
        last = nw.when(nw.col(day) <= end).then(nw.lit(end)).otherwise(last)
    counted = (
        terms.filter(nw.col(day) > ends[0], nw.col(day) <= ends[-1], ~nw.col("flow").is_null())
        .with_columns(year_end=last)
        .group_by("tier", "province", "year_end", "flow")
        .agg(firms=nw.len())
        .collect("polars")
        .to_native()
    )
    return counted.select(
        pl.col("tier", "province", "flow").cast(pl.String),
        pl.col("year_end").cast(pl.Date),
        pl.col("firms").cast(pl.Int64),
    )


def _how_ended() -> nw.Expr:
    by = nw.col("ended_by")
    return (
        nw.when(by.is_in(PASSED))
        .then(nw.lit("passed"))
        .when(by.is_in(FAILED))
        .then(nw.lit("failed"))
        .when(~by.is_null())
        .then(nw.lit("otherwise"))
    )
