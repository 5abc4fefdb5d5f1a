"""What stands around the firms: provincial targets and the context of provinces, both invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from data.dataset import DECIMAL_SCALE, contract
from pipelines.demo.firms import Place
from pipelines.demo.returns import YEARS

SOURCE = "合成数据，非官方目标"
_TARGET_YEARS = (2023, 2024, 2025)  # not policy: years
_BEGINS, _ENDS = ("announced", "recognised"), ("review_failed", "lapsed", "cancelled_for_cause")


def held(events: pl.DataFrame, on: dt.date) -> pl.DataFrame:
    """How many firms hold each tier at the end of a day: tier, count. Renewals are in time here, so ends decide."""
    codes = contract("title_events").column("event").codes
    known = events.filter(pl.col("event_date") <= on)

    def of(names: tuple[str, ...]) -> pl.DataFrame:
        return known.filter(pl.col("event").is_in([codes.index(name) for name in names])).select(
            "uscc", "tier"
        )

    return (
        of(_BEGINS)
        .join(of(_ENDS), on=["uscc", "tier"], how="anti")
        .group_by("tier")
        .agg(count=pl.len())
        .sort("tier")
    )


def unit_targets(place: Place, events: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """A unit's targets by tier and year: what it reached, give or take; the columns of `provincial_targets`."""
    rows = []
    for year in _TARGET_YEARS:
        for tier, count in held(events, dt.date(year, 12, 31)).iter_rows():
            target = int(np.ceil(count * rng.uniform(0.92, 1.18) / 5) * 5)
            rows.append((place.code, tier, year, target, SOURCE))
    kinds = {
        "province": pl.String,
        "tier": pl.Int8,
        "year": pl.Int64,
        "target": pl.Int64,
        "source": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")


def unit_context(place: Place, years: Sequence[int], rng: np.random.Generator) -> pl.DataFrame:
    """A unit's context by year, in proportion to its firms; the columns of `province_context`."""
    n = len(years)
    since = np.array(years) - YEARS[0]
    grows = 1 + 0.04 * since
    intensity = rng.uniform(1.0, 3.4) * (1 + 0.03 * since)
    return pl.DataFrame(
        {
            "province": [place.code] * n,
            "year": list(years),
            "above_scale_smes": (place.firms * rng.uniform(0.35, 0.6) * grows).astype(np.int64),
            "smes": (place.firms * rng.uniform(30, 60) * grows).astype(np.int64),
            "rd_intensity": (intensity * 100).astype(np.int64) * (DECIMAL_SCALE // 100),
            "high_tech_firms": (place.firms * rng.uniform(0.25, 0.45) * grows**2).astype(np.int64),
        }
    )
