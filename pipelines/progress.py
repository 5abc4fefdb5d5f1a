"""Progress toward the targets and where titles go from here: what `tidu progress` and `tidu forecast` print."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from data import access, published
from data.access import MINISTRY, Facts
from data.titles_policy import title_rules
from metrics import progress, projection, published_stock, reconcile, title_history
from metrics.origin import located

_PUBLISHED = (
    "tier, date, date_precision, province, title_batch, event, basis, count, qualifier, mark, source, "
    "receipt_id, sheet_no, row_no"
)


def progress_json(as_of: dt.date | None = None) -> dict[str, Any]:
    """Every target beside the titles of the registry and the published figures, then each unit's own targets.

    Returns as_of, build, synthetic, sample_of, horizon; tiers: by tier target, registry
    (`metrics.progress.registry_progress`), published (`published_progress`), difference
    (`metrics.reconcile.reconciled`) and split (`metrics.progress.split`); provinces: by tier the units furthest from
    their target first (`unit_progress`); classes: the bounds in percent. Raises NoFactsError.
    """
    facts = access.read(MINISTRY)
    build, rules = facts.build, published.targets()
    day = as_of or build.as_of or build.published_at.date()
    part = build.sample_of or 1
    turns = title_history.turns(facts.table("title_periods"))
    stock = _stock(facts)
    national = published.target_table()
    registry = progress.registry_progress(turns, national, day, rules.horizon.from_, rules.pace, part=part)
    said = progress.published_progress(stock, national, day, rules.horizon.from_, rules.pace)
    beside = reconcile.reconciled(
        registry.select("tier", "firms"), stock, day, sample_of=build.sample_of, synthetic=build.synthetic
    )
    own = facts.table("provincial_targets").select("province, tier, year, target").pl()
    units = published.units()["in_programme"].sum()
    parts = progress.split(own, national, day.year, units, part=part)
    named = {"registry": registry, "published": said, "difference": beside, "split": parts}
    return {
        "as_of": day.isoformat(),
        "build": build.build,
        "synthetic": build.synthetic,
        "sample_of": build.sample_of,
        "horizon": {"from": rules.horizon.from_.isoformat(), "to": rules.horizon.to.isoformat()},
        "classes": {
            "significant_from_percent": str(rules.pace.significant_from_percent),
            "moderate_from_percent": str(rules.pace.moderate_from_percent),
            "is_assumption": rules.pace.is_assumption,
        },
        "tiers": {
            tier: {"target": target, **{name: _of(tier, frame) for name, frame in named.items()}}
            for tier, target in national.select("tier", "target").iter_rows()
        },
        "provinces": {
            tier: progress.unit_progress(turns, own, tier, day, rules.pace).to_dicts()
            for tier in published.TIERS
        },
    }


def forecast_json(as_of: dt.date | None = None) -> dict[str, Any]:
    """The projection of every tier: `metrics.projection.forecast` by year, and the observed years it repeats.

    Returns as_of, build, synthetic, sample_of, model (years, past_years, draws, seed, is_assumption); tiers: held,
    target (its part of a sample), falling_due (by year), observed, projected (null where no review was ever
    observed). Raises NoFactsError.
    """
    facts = access.read(MINISTRY)
    build, model = facts.build, published.targets().projection
    day = as_of or build.as_of or build.published_at.date()
    periods = facts.table("title_periods")
    turns = title_history.turns(periods)
    flows = projection.flows(periods, day, model.past_years)
    due = projection.falling_due(periods, day, title_rules().validity_years)
    targets = dict(published.target_table().select("tier", "target").iter_rows())
    tiers = {}
    for tier, target in targets.items():
        of_part = target // (build.sample_of or 1)
        steps = steps_of(due, tier)
        past = projection.past_years(flows, turns, tier, day, model.past_years)
        projected = projected_of(steps, past, day, of_part)
        tiers[tier] = {
            "held": sum(steps.values()),
            "target": of_part,
            "falling_due": steps,
            "observed": past.to_dicts(),
            "projected": None if projected is None else projected.to_dicts(),
        }
    return {
        "as_of": day.isoformat(),
        "build": build.build,
        "synthetic": build.synthetic,
        "sample_of": build.sample_of,
        "model": model.model_dump(exclude={"mark"}),
        "tiers": tiers,
    }


def steps_of(due: pl.DataFrame, tier: str) -> dict[int, int]:
    """Titles by the year in which they fall due, from `metrics.projection.falling_due` of the units asked for."""
    summed = due.filter(pl.col("tier") == tier).group_by("step").agg(pl.col("firms").sum()).sort("step")
    return dict(summed.iter_rows())


def projected_of(
    steps: dict[int, int], past: pl.DataFrame, as_of: dt.date, target: int | None
) -> pl.DataFrame | None:
    """`metrics.projection.forecast` on the model of the policy file; None where no review was ever observed."""
    model = published.targets().projection
    holders = projection.project(
        steps,
        past,
        years=model.years,
        validity_years=title_rules().validity_years,
        draws=model.draws,
        seed=model.seed,
    )
    if holders is None:
        return None
    return projection.forecast(holders, projection.anniversaries(as_of, model.years)[1:], target)


def _stock(facts: Facts) -> pl.DataFrame:
    loaded = facts.table("published_counts").select(_PUBLISHED).pl()
    if loaded.is_empty():
        return published.stock()
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    return published_stock.joined(published.stock(), located(loaded, receipts, "count"))


def _of(tier: str, frame: pl.DataFrame) -> dict[str, Any] | None:
    rows = frame.filter(pl.col("tier") == tier).drop("tier").to_dicts()
    return rows[0] if rows else None
