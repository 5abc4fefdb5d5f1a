"""How sure a rank and a grade are: seeded draws over weights, panel and missing values; and one indicator left out.

In every draw each weight is multiplied by a number drawn evenly from 1 ± the scheme's spread (the same for all
provinces) and the weights are scaled back to 100; a judged score is the mean of as many panelists as there were, drawn
from them with replacement; what is missing is drawn evenly between its lowest and highest share. What drives the
spread of a province's points = covariance of an indicator's points with the total ÷ variance of the total, which sums
to 1. Statistics in floating point, rounded; the grade itself is decided in `metrics.appraisal.score`. A province's
draws depend on its code and the seed alone, never on who else is there or in which order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from data.appraisal_policy import FULL, Scheme
from metrics.appraisal.measure import NOT_APPLICABLE
from metrics.appraisal.score import CHAIR, INDICATOR, grade_of, score

PROVINCES: dict[str, Any] = {
    "province": pl.String,
    "rank_low": pl.Int64,
    "rank_high": pl.Int64,
    "points_p05": pl.Float64,
    "points_p95": pl.Float64,
    "chance_excellent": pl.Float64,
    "chance_good": pl.Float64,
    "chance_fair": pl.Float64,
    "chance_poor": pl.Float64,
}
WITHOUT: dict[str, Any] = {
    "province": pl.String,
    "indicator": pl.String,
    "points": pl.Float64,
    "grade": pl.String,
    "rank": pl.Int64,
    "share_of_spread": pl.Float64,
}
_FIFTH, _NINETY_FIFTH = 5, 95  # not policy: the ends of an interval of 90 in 100 draws
_PLACES = 6  # not policy: decimals that are kept


@dataclass(frozen=True)
class Certainty:
    """``provinces`` (`PROVINCES`): rank and points between which 90 of 100 draws lie, and the chance of each grade.

    ``without`` (`WITHOUT`): of each indicator that applies, points, grade and rank by the middle of the interval when
    it is left out and its weight spread over the rest, and its share in the spread of the draws.
    """

    provinces: pl.DataFrame
    without: pl.DataFrame


@dataclass
class _Province:
    """Of each indicator: points it counts for, lowest and highest share, the panel's shares where judged."""

    code: str
    weights: np.ndarray
    low: np.ndarray
    high: np.ndarray
    panel: dict[int, np.ndarray]
    middle: list[tuple[Fraction, Fraction]]
    drawn: np.ndarray


def certainty(indicators: pl.DataFrame, judged: pl.DataFrame | None, scheme: Scheme) -> Certainty:
    """The certainty of the ranks and grades that `metrics.appraisal.score.score` gives of the same."""
    codes = [code for _, code, _ in scheme.indicators()]
    provinces = _provinces(indicators, judged, scheme, codes)
    if not provinces:
        return Certainty(pl.DataFrame(schema=PROVINCES), pl.DataFrame(schema=WITHOUT))
    factors = _factors(scheme, len(codes))
    for province in provinces:
        province.drawn = _drawn(province, factors, scheme.certainty.seed)
    points = np.column_stack([province.drawn.sum(axis=1) for province in provinces])
    ranks = 1 + (points[:, :, None] < points[:, None, :]).sum(axis=2)
    found = [
        {"province": province.code} | _summary(points[:, at], ranks[:, at], scheme)
        for at, province in enumerate(provinces)
    ]
    return Certainty(
        pl.DataFrame(found, schema=PROVINCES),
        pl.DataFrame(_without(provinces, codes, scheme), schema=WITHOUT),
    )


def _provinces(
    indicators: pl.DataFrame, judged: pl.DataFrame | None, scheme: Scheme, codes: list[str]
) -> list[_Province]:
    nodes = score(indicators, judged, scheme).nodes.filter(pl.col("level") == INDICATOR)
    panels = _panels(judged)
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in nodes.iter_rows(named=True):
        found.setdefault(row["province"], {})[row["code"]] = row
    return [
        _province(code, [rows[name] for name in codes], [panels.get((code, name)) for name in codes])
        for code, rows in sorted(found.items())
    ]


def _province(code: str, rows: list[Mapping[str, Any]], panels: list[np.ndarray | None]) -> _Province:
    exact = [
        (Fraction(0), Fraction(0))
        if row["state"] == NOT_APPLICABLE
        else (Fraction(row["used"]), (Fraction(row["share_low"]) + Fraction(row["share_high"])) / 2)
        for row in rows
    ]
    sides = [[float(Fraction(row[side] or "0")) for row in rows] for side in ("share_low", "share_high")]
    return _Province(
        code=code,
        weights=np.array([float(weight) for weight, _ in exact]),
        low=np.array(sides[0]),
        high=np.array(sides[1]),
        panel={at: panel for at, panel in enumerate(panels) if panel is not None},
        middle=exact,
        drawn=np.empty(0),
    )


def _panels(judged: pl.DataFrame | None) -> dict[tuple[str, str], np.ndarray]:
    """The shares that each panel gave, in the order of its panelists; the chair's alone where the chair gave one."""
    if judged is None:
        return {}
    named = judged.select(
        "province", "indicator", pl.col("panelist").cast(pl.String), pl.col("score").cast(pl.String)
    )
    seats: dict[tuple[str, str], dict[str, float]] = {}
    for province, indicator, panelist, written in named.sort("province", "indicator", "panelist").iter_rows():
        seats.setdefault((province, indicator), {})[panelist] = float(Decimal(written) / FULL)
    return {
        key: np.array([given[CHAIR]] if CHAIR in given else list(given.values()))
        for key, given in seats.items()
    }


def _factors(scheme: Scheme, indicators: int) -> np.ndarray:
    spread = float(scheme.certainty.weight_spread_percent / FULL)
    generator = np.random.default_rng(scheme.certainty.seed)
    return generator.uniform(1 - spread, 1 + spread, size=(scheme.certainty.draws, indicators))


def _drawn(province: _Province, factors: np.ndarray, seed: int) -> np.ndarray:
    """The points of each indicator in each draw."""
    generator = np.random.default_rng([seed, int.from_bytes(province.code.encode())])
    draws, indicators = factors.shape
    shares = province.low + generator.random((draws, indicators)) * (province.high - province.low)
    for at, panel in sorted(province.panel.items()):
        shares[:, at] = panel[generator.integers(0, len(panel), size=(draws, len(panel)))].mean(axis=1)
    weights = province.weights * factors
    return weights / weights.sum(axis=1, keepdims=True) * float(FULL) * shares


def _summary(points: np.ndarray, ranks: np.ndarray, scheme: Scheme) -> dict[str, Any]:
    worst, best = np.percentile(ranks, (_NINETY_FIFTH, _FIFTH), method="closest_observation")
    low, high = np.percentile(points, (_FIFTH, _NINETY_FIFTH))
    chances = {}
    above = np.inf
    for grade, rule in scheme.grades.items():
        # Draws within rounding of a cut-off are counted as reaching it, as the exact score would.
        cut = float(rule.at_least) - 10**-_PLACES
        chances[f"chance_{grade}"] = round(float(((points >= cut) & (points < above)).mean()), _PLACES)
        above = cut
    return {
        "rank_low": int(best),
        "rank_high": int(worst),
        "points_p05": round(float(low), _PLACES),
        "points_p95": round(float(high), _PLACES),
        **chances,
    }


def _without(provinces: list[_Province], codes: list[str], scheme: Scheme) -> list[dict[str, Any]]:
    rows = []
    spread = {province.code: _shares_of_spread(province) for province in provinces}
    sums = {province.code: _sums(province) for province in provinces}
    for at, code in enumerate(codes):
        points = {
            province.code: _points_without(province, at, *sums[province.code]) for province in provinces
        }
        rows += [
            {
                "province": province.code,
                "indicator": code,
                "points": round(float(points[province.code]), _PLACES),
                "grade": grade_of(scheme, points[province.code]),
                "rank": 1 + sum(other > points[province.code] for other in points.values()),
                "share_of_spread": spread[province.code][at],
            }
            for province in provinces
            if province.middle[at][0]
        ]
    return sorted(rows, key=lambda row: (row["province"], codes.index(row["indicator"])))


def _sums(province: _Province) -> tuple[Fraction, Fraction]:
    """The weights of all indicators, and what they earn."""
    return (
        sum((weight for weight, _ in province.middle), Fraction(0)),
        sum((weight * share for weight, share in province.middle), Fraction(0)),
    )


def _points_without(province: _Province, at: int, weights: Fraction, earned: Fraction) -> Fraction:
    weight, share = province.middle[at]
    kept = weights - weight
    return Fraction(FULL) * (earned - weight * share) / kept if kept else Fraction(0)


def _shares_of_spread(province: _Province) -> list[float]:
    total = province.drawn.sum(axis=1)
    around = total - total.mean()
    variance = float((around**2).mean())
    if not variance:
        return [0.0] * province.drawn.shape[1]
    return [
        round(float(((own - own.mean()) * around).mean()) / variance, _PLACES) for own in province.drawn.T
    ]
