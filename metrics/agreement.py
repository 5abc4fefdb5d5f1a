"""How far raters agree: Krippendorff's α on four levels of measurement, and the intraclass correlations.

α = 1 - observed ÷ expected disagreement over the pairable scores (units with two scores or more); missing cells are
allowed. 1 is perfect agreement, 0 what chance would give, below 0 systematic disagreement; without any variation it
is undefined (null), because nothing could have disagreed. ICC(2,1) and ICC(2,k): two-way random effects, absolute
agreement, one rater and the mean of all k; they need every cell, and numbers that measure (not nominal codes).
Sources: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011; P. E. Shrout, J. L. Fleiss, Intraclass
Correlations, Psychological Bulletin 86, 1979.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
_PAIR = 2


class Icc(NamedTuple):
    """Reliability of one rater's score and of the mean of all raters; null where undefined."""

    single: float | None
    average: float | None


@dataclass(frozen=True)
class Agreement:
    """What `agreement` found; ``scores`` were given, ``pairable`` of them in units with two or more."""

    level: Level
    alpha: float | None
    icc: Icc
    raters: int
    units: int
    scores: int
    pairable: int


class ScoreError(ValueError):
    """A score that the level of measurement does not allow; ``rule``: not_a_number, negative, scored_twice."""

    def __init__(self, rule: str, rater: str, unit: str, score: str) -> None:
        super().__init__(f"rater {rater}, unit {unit}, score {score}: {rule}.")
        self.rule, self.rater, self.unit, self.score = rule, rater, unit, score


def agreement(scores: pl.DataFrame, level: Level = "interval") -> Agreement:
    """Agreement of the raters of ``scores``: rater, unit (String), score (String or a number; null is missing).

    Nominal scores are labels and may be any text. Raises ScoreError for a score that is no number (other
    levels), below zero (ratio), or a second score of one rater for one unit; ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"unknown level {level!r}. Known: {', '.join(LEVELS)}.")
    table = scores.select(
        pl.col("rater").cast(pl.String), pl.col("unit").cast(pl.String), pl.col("score").cast(pl.String)
    ).sort("rater", "unit")
    _check(table, level)
    given = table.drop_nulls("score")
    pairable = given.filter(pl.len().over("unit") >= _PAIR)
    return Agreement(
        level=level,
        alpha=_alpha(pairable, level),
        icc=Icc(None, None) if level == "nominal" else _icc(table),
        raters=table["rater"].n_unique(),
        units=table["unit"].n_unique(),
        scores=given.height,
        pairable=pairable.height,
    )


def _check(table: pl.DataFrame, level: Level) -> None:
    twice = table.filter(pl.struct("rater", "unit").is_duplicated())
    if twice.height:
        raise ScoreError("scored_twice", **_texts(twice))
    if level == "nominal":
        return
    number = pl.col("score").cast(pl.Float64, strict=False)
    odd = table.filter(pl.col("score").is_not_null() & ~number.is_finite().fill_null(value=False))
    if odd.height:
        raise ScoreError("not_a_number", **_texts(odd))
    below = table.filter(number < 0)
    if level == "ratio" and below.height:
        raise ScoreError("negative", **_texts(below))


def _texts(rows: pl.DataFrame) -> dict[str, str]:
    return {name: str(value) for name, value in rows.row(0, named=True).items()}


def _alpha(pairable: pl.DataFrame, level: Level) -> float | None:
    if pairable.is_empty():
        return None
    numbered = pairable if level == "nominal" else pairable.with_columns(pl.col("score").cast(pl.Float64))
    values = numbered["score"].unique().sort()
    places = {value: at for at, value in enumerate(values)}
    coincidences = np.zeros((len(values), len(values)))
    for (_,), unit in numbered.group_by(["unit"], maintain_order=True):
        counts = np.bincount([places[score] for score in unit["score"]], minlength=len(values))
        pairs = np.outer(counts, counts) - np.diag(counts)
        coincidences += pairs / (unit.height - 1)
    totals = coincidences.sum(axis=0)
    distance = _distance(values.to_numpy(), totals, level)
    expected = float((np.outer(totals, totals) * distance).sum())
    if not expected:
        return None
    return float(1 - (totals.sum() - 1) * (coincidences * distance).sum() / expected)


def _distance(values: np.ndarray, totals: np.ndarray, level: Level) -> np.ndarray:
    """Squared difference between every two values, as the level of measurement defines it."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        # All scores from the one to the other, the two ends counted by half.
        middles = np.cumsum(totals) - totals / 2
        return (middles[:, None] - middles[None, :]) ** 2
    difference = values[:, None] - values[None, :]
    if level == "interval":
        return difference**2
    together = values[:, None] + values[None, :]
    share = np.divide(difference, together, out=np.zeros_like(difference), where=together != 0)
    return share**2


def _icc(table: pl.DataFrame) -> Icc:
    raters, units = table["rater"].n_unique(), table["unit"].n_unique()
    if table["score"].null_count() or table.height != raters * units or raters < _PAIR or units < _PAIR:
        return Icc(None, None)
    ordered = table.sort("unit", "rater")["score"].cast(pl.Float64).to_numpy()
    cells = ordered.reshape(units, raters)
    mean, by_unit, by_rater = cells.mean(), cells.mean(axis=1), cells.mean(axis=0)
    between_units = raters * ((by_unit - mean) ** 2).sum() / (units - 1)
    between_raters = units * ((by_rater - mean) ** 2).sum() / (raters - 1)
    left = cells - by_unit[:, None] - by_rater[None, :] + mean
    error = (left**2).sum() / ((units - 1) * (raters - 1))
    spread = raters * (between_raters - error) / units
    return Icc(
        single=_ratio(between_units - error, between_units + (raters - 1) * error + spread),
        average=_ratio(between_units - error, between_units + spread / raters),
    )


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None
