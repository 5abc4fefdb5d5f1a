"""Progress toward the targets: share attained, yearly increase observed and required, pace, reached and held.

From a base to the latest count, with years of 365.2425 days:
observed increase = (latest - base) / years between; required increase = (target - latest) / years left.
Pace, in Eurostat's form: the yearly rate of growth from base to latest over the rate that leads from base to target
by the end of the period; where the base is next to nothing (`near_zero_percent` of the target), the yearly increase
over the required one. There is no pace without two counts, from a base that is at the target already, or for a
period that ended with the base. Counts of a 1:n sample are set against 1/n of a target, rounded down.
Source of the classes: `data/policy/targets.yaml`, an assumption of this product.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, Protocol

import polars as pl

from metrics import targets as published_targets
from metrics import title_history

CLASSES = ("significant", "moderate", "insufficient", "away", "none")
METHODS = ("growth", "linear", "none")
_DAYS_A_YEAR = 365.2425
PACE = {
    "base_date": pl.Date,
    "base": pl.Int64,
    "latest_date": pl.Date,
    "latest": pl.Int64,
    "observed_per_year": pl.Float64,
    "required_per_year": pl.Float64,
    "observed_growth_pct": pl.Float64,
    "required_growth_pct": pl.Float64,
    "ratio_pct": pl.Float64,
    "method": pl.String,
    "pace": pl.String,
}


class Rules(Protocol):
    """The bounds of the classes, in percent."""

    significant_from_percent: Any
    moderate_from_percent: Any
    near_zero_percent: Any


Count = tuple[dt.date, int]


def pace(
    base: Count | None, latest: Count | None, target: int, until: dt.date, rules: Rules
) -> dict[str, Any]:
    """The columns of `PACE` for one target (firms) to be reached at the end of ``until``.

    required_per_year is null where the target is reached or the period is over. ratio_pct is 100 where growth so
    far, kept up, would just reach the target in time.
    """
    found: dict[str, Any] = dict.fromkeys(PACE) | {"method": "none", "pace": "none"}
    if base:
        found |= {"base_date": base[0], "base": base[1]}
    if latest:
        left = until - latest[0]
        found |= {"latest_date": latest[0], "latest": latest[1]}
        if left.days > 0 and latest[1] < target:
            found["required_per_year"] = (target - latest[1]) / _years(left)
    if not base or not latest or latest[0] <= base[0]:
        return found
    between, whole = latest[0] - base[0], until - base[0]
    found["observed_per_year"] = (latest[1] - base[1]) / _years(between)
    if base[1] >= target or whole.days <= 0:
        return found
    if base[1] * 100 <= Fraction(rules.near_zero_percent) * target:
        ratio = Fraction(latest[1] - base[1], between.days) / Fraction(target - base[1], whole.days) * 100
        found["method"] = "linear"
    else:
        observed = 100 * ((latest[1] / base[1]) ** (1 / _years(between)) - 1)
        required = 100 * ((target / base[1]) ** (1 / _years(whole)) - 1)
        ratio = 100 * observed / required
        found |= {"method": "growth", "observed_growth_pct": observed, "required_growth_pct": required}
    return found | {"ratio_pct": float(ratio), "pace": _class(ratio, rules)}


def published_progress(
    stock: pl.DataFrame, targets: pl.DataFrame, as_of: dt.date, horizon_from: dt.date, rules: Rules
) -> pl.DataFrame:
    """`metrics.targets.attained` with `PACE`, from the first comparable publication of the period to the latest."""
    rows = []
    for row in published_targets.attained(stock, targets, as_of).iter_rows(named=True):
        seen = published_targets.members(stock, row["tier"], as_of).filter(pl.col("date") >= horizon_from)
        counts = seen.select("date", "count").rows()
        until = targets.filter(tier=row["tier"])["horizon_to"][0]
        ends = (counts[0], counts[-1]) if counts else (None, None)
        rows.append(row | pace(*ends, row["target"], until, rules))
    schema = published_targets.attained(stock, targets, as_of).schema
    return pl.DataFrame(rows, schema={**schema, **PACE})


def registry_progress(
    turns: pl.DataFrame,
    targets: pl.DataFrame,
    as_of: dt.date,
    horizon_from: dt.date,
    rules: Rules,
    *,
    part: int = 1,
) -> pl.DataFrame:
    """Each target beside the titles valid on the day, in the order of ``targets`` (tier, target, horizon_to).

    ``turns``: `metrics.title_history.turns`; ``part``: n of a 1:n sample. Returns tier, target (its part), firms,
    share_pct, reached_on (first day at or above the target), in_horizon, held (held | lost; null before it was
    reached) and `PACE` from the day the period began.
    """
    held = title_history.held_at(turns, [horizon_from, as_of])
    counted = {(tier, day): firms for tier, day, firms in held.iter_rows()}
    rows = []
    for tier, whole, until in targets.select("tier", "target", "horizon_to").iter_rows():
        target = whole // part
        firms = counted.get((tier, as_of), 0)
        reached_on = _reached_on(turns.filter(tier=tier), target, as_of)
        base = (horizon_from, counted.get((tier, horizon_from), 0))
        rows.append(
            {
                "tier": tier,
                "target": target,
                "firms": firms,
                "share_pct": 100 * firms / target if target else None,
                "reached_on": reached_on,
                "in_horizon": None if reached_on is None else reached_on <= until,
                "held": None if reached_on is None else "held" if firms >= target else "lost",
                **pace(base, (as_of, firms), target, until, rules),
            }
        )
    kinds = {
        "tier": pl.String, "target": pl.Int64, "firms": pl.Int64, "share_pct": pl.Float64,
        "reached_on": pl.Date, "in_horizon": pl.Boolean, "held": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema={**kinds, **PACE})


def unit_progress(
    turns: pl.DataFrame, targets: pl.DataFrame, tier: str, as_of: dt.date, rules: Rules
) -> pl.DataFrame:
    """Each unit with a target of the tier for the year of the day: how far it is, and at what pace this year.

    ``targets``: province, tier, year, target. Returns province, target, firms, share_pct, missing (firms still
    needed, 0 at the target) and `PACE` from the end of the year before to the day; those furthest from their target
    first.
    """
    own = targets.filter(pl.col("tier").cast(pl.String) == tier, pl.col("year") == as_of.year)
    begin, end = dt.date(as_of.year - 1, 12, 31), dt.date(as_of.year, 12, 31)
    rows = []
    of_tier = turns.filter(tier=tier)
    for province, target in own.select("province", "target").iter_rows():
        of_unit = of_tier.filter(province=province)
        counted = [title_history.holders(of_unit, day) for day in (begin, as_of)]
        rows.append(
            {
                "province": province,
                "target": target,
                "firms": counted[1],
                "share_pct": 100 * counted[1] / target if target else None,
                "missing": max(target - counted[1], 0),
                **pace((begin, counted[0]), (as_of, counted[1]), target, end, rules),
            }
        )
    kinds = {
        "province": pl.String, "target": pl.Int64, "firms": pl.Int64, "share_pct": pl.Float64,
        "missing": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema={**kinds, **PACE}).sort("share_pct", "province", nulls_last=True)


def split(
    targets: pl.DataFrame, national: pl.DataFrame, year: int, units: int, *, part: int = 1
) -> pl.DataFrame:
    """The national target beside the sum of the units' own: tier, target, summed, setting, without, share_pct.

    ``targets``: province, tier, year, target; setting: units with a target of the year; without: the others.
    summed and share_pct are null where no unit has one. A sum over fewer than all units is a sum of those alone.
    """
    own = (
        targets.filter(pl.col("year") == year)
        .group_by(pl.col("tier").cast(pl.String))
        .agg(summed=pl.col("target").sum(), setting=pl.col("province").n_unique())
    )
    return (
        national.select("tier", target=pl.col("target") // part)
        .join(own, on="tier", how="left", maintain_order="left")
        .with_columns(setting=pl.col("setting").fill_null(0).cast(pl.Int64))
        .with_columns(
            without=units - pl.col("setting"),
            share_pct=100 * pl.col("summed") / pl.col("target"),
        )
        .select("tier", "target", "summed", "setting", "without", "share_pct")
    )


def _class(ratio: float | Fraction, rules: Rules) -> str:
    if ratio < 0:
        return "away"
    if ratio >= Fraction(rules.significant_from_percent):
        return "significant"
    return "moderate" if ratio >= Fraction(rules.moderate_from_percent) else "insufficient"


def _reached_on(turns: pl.DataFrame, target: int, as_of: dt.date) -> dt.date | None:
    daily = (
        turns.filter(pl.col("day") <= as_of)
        .group_by("day")
        .agg(change=pl.col("began").sum() - pl.col("stopped").sum())
        .sort("day")
        .with_columns(firms=pl.col("change").cum_sum())
    )
    reached = daily.filter(pl.col("firms") >= target)
    return reached["day"][0] if reached.height else None


def _years(span: dt.timedelta) -> float:
    return span.days / _DAYS_A_YEAR
