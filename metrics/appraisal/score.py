"""From the measured parts and the panel's scores to points, grades and what was lost: the score tree.

A node's share is the mean of its children's, by weight; a child that is not applicable leaves its weight to its
siblings in proportion. What is missing lies between nothing and everything, so points are an interval. All of it is
exact, and a grade is decided before any rounding. A product model, not an official score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from data.appraisal_policy import FULL, Scheme
from metrics.appraisal.indicators import COMPUTED
from metrics.appraisal.measure import MISSING, NOT_APPLICABLE, ONE

TOTAL, LAYER, INDICATOR, PART = LEVELS = ("total", "layer", "indicator", "part")
CHAIR = "chair"
NODES: dict[str, Any] = {
    "province": pl.String,
    "level": pl.String,
    "code": pl.String,
    "parent": pl.String,
    "kind": pl.String,
    "state": pl.String,
    "reason": pl.String,
    "weight": pl.Float64,
    "weight_used": pl.Float64,
    "points_low": pl.Float64,
    "points_high": pl.Float64,
    "lost_sure": pl.Float64,
    "lost_possible": pl.Float64,
    "used": pl.String,
    "share_low": pl.String,
    "share_high": pl.String,
    "panelists": pl.Int64,
}
TOTALS: dict[str, Any] = {
    "province": pl.String,
    "points_low": pl.Float64,
    "points_high": pl.Float64,
    "low": pl.String,
    "high": pl.String,
    "grade_low": pl.String,
    "grade_high": pl.String,
    "grade": pl.String,
    "rank": pl.Int64,
}
IMPROVEMENTS: dict[str, Any] = {
    "province": pl.String,
    "indicator": pl.String,
    "part": pl.String,
    "how": pl.String,
    "reason": pl.String,
    "gain": pl.Float64,
    "to_next": pl.Float64,
    "grade_then": pl.String,
}


@dataclass(frozen=True)
class ScoreTree:
    """The scores of one appraisal.

    ``nodes`` (`NODES`): every node of each province's tree, top down; used is the exact weight in points, lost_sure
    is lost whatever the missing values are, lost_possible may be. ``totals`` (`TOTALS`): points as an interval,
    rounded for reading and exact as text, the grades of both ends, the grade where they agree, and the rank by the
    middle of the interval (ties share it).
    """

    nodes: pl.DataFrame
    totals: pl.DataFrame
    version: str


@dataclass
class _Node:
    code: str
    level: str
    weight: Fraction
    kind: str = "computed"
    state: str = COMPUTED
    reason: str = ""
    low: Fraction = Fraction(0)
    high: Fraction = ONE
    panelists: int | None = None
    children: tuple[_Node, ...] = ()
    used: Fraction = Fraction(0)


def score(indicators: pl.DataFrame, judged: pl.DataFrame | None, scheme: Scheme) -> ScoreTree:
    """The trees of all provinces in ``indicators`` (`metrics.appraisal.indicators.COLUMNS`).

    ``judged``: province, indicator, panelist, score (percent of the indicator's points, as a decimal or its text);
    submitted scores alone. The score is their mean; one by the panelist ``chair`` stands in place of the others. A
    judged indicator without a score is missing: not done. Raises ValueError for a score outside 0 to 100, a panelist
    with two scores, or an indicator that the scheme does not let the panel judge.
    """
    means = _means(judged, scheme)
    measured: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for row in indicators.iter_rows(named=True):
        measured.setdefault(row["province"], {})[row["indicator"], row["part"]] = row
    nodes, totals = [], []
    for province in sorted(measured):
        tree = _tree(scheme, measured[province], means.get(province, {}))
        _use(tree, Fraction(FULL))
        nodes += [{"province": province} | row for row in _rows(tree, "")]
        totals.append({"province": province} | _total(tree, scheme))
    ranked = _ranked(totals)
    return ScoreTree(pl.DataFrame(nodes, schema=NODES), pl.DataFrame(ranked, schema=TOTALS), scheme.version)


def grade_of(scheme: Scheme, points: Fraction) -> str:
    """The grade of exact points: the best one whose cut-off they reach."""
    return next(code for code, rule in scheme.grades.items() if points >= Fraction(rule.at_least))


def improvements(tree: ScoreTree, scheme: Scheme) -> pl.DataFrame:
    """What each province could still win, most points first; `IMPROVEMENTS`.

    how: act (points lost by what was done), report (what is missing could win them), panel (not judged yet, or judged
    below full). gain: points between the lowest score and full marks; to_next: points from the province's lowest
    score to the next grade; grade_then: the grade if this alone were won (null: the same as now).
    """
    totals = {row["province"]: row for row in tree.totals.iter_rows(named=True)}
    leaves = tree.nodes.filter(
        (pl.col("level") == PART) | ((pl.col("level") == INDICATOR) & (pl.col("kind") == "judged")),
        pl.col("share_low").is_not_null(),
    )
    rows = [_improvement(row, totals[row["province"]], scheme) for row in leaves.iter_rows(named=True)]
    found = pl.DataFrame([row for row in rows if row["gain"]], schema=IMPROVEMENTS)
    return found.sort(["province", "gain", "indicator", "part"], descending=[False, True, False, False])


def _improvement(row: Mapping[str, Any], total: Mapping[str, Any], scheme: Scheme) -> dict[str, Any]:
    is_part = row["level"] == PART
    low = Fraction(total["low"])
    gain = Fraction(row["used"]) * (1 - Fraction(row["share_low"]))
    now, then = grade_of(scheme, low), grade_of(scheme, low + gain)
    above = [
        rule.at_least for code, rule in scheme.grades.items() if rule.at_least > 0 and low < rule.at_least
    ]
    unknown = row["state"] == MISSING or row["reason"] == "partly_known"
    return {
        "province": row["province"],
        "indicator": row["parent"] if is_part else row["code"],
        "part": row["code"].partition(".")[2] if is_part else "",
        "how": "panel" if not is_part else "report" if unknown else "act",
        "reason": row["reason"],
        "gain": float(gain),
        "to_next": float(Fraction(above[-1]) - low) if above else None,
        "grade_then": then if then != now else None,
    }


def _means(judged: pl.DataFrame | None, scheme: Scheme) -> dict[str, dict[str, tuple[Fraction, int]]]:
    given: dict[tuple[str, str], dict[str, Fraction]] = {}
    if judged is None:
        return {}
    for province, indicator, panelist, written in judged.select(
        "province", "indicator", "panelist", "score"
    ).iter_rows():
        if indicator not in scheme.judged:
            raise ValueError(f"{indicator!r} is not judged. Judged are: {', '.join(scheme.judged)}.")
        value = Fraction(Decimal(str(written)))
        if not 0 <= value <= Fraction(FULL):
            raise ValueError(
                f"{province}, {indicator}, panelist {panelist}: {written} is not within 0 to 100."
            )
        seats = given.setdefault((province, indicator), {})
        if str(panelist) in seats:
            raise ValueError(f"{province}, {indicator}: panelist {panelist} has two scores. Keep one.")
        seats[str(panelist)] = value / Fraction(FULL)
    found: dict[str, dict[str, tuple[Fraction, int]]] = {}
    for (province, indicator), seats in given.items():
        values = [seats[CHAIR]] if CHAIR in seats else list(seats.values())
        found.setdefault(province, {})[indicator] = (sum(values, Fraction(0)) / len(values), len(values))
    return found


def _tree(
    scheme: Scheme,
    measured: Mapping[tuple[str, str], Mapping[str, Any]],
    means: Mapping[str, tuple[Fraction, int]],
) -> _Node:
    layers = []
    for layer, of_layer in scheme.layers.items():
        own = []
        for code, found in of_layer.indicators.items():
            if found.kind == "judged":
                own.append(_judged(code, Fraction(found.weight), means.get(code)))
                continue
            parts = [
                _part(f"{code}.{name}", Fraction(part.weight), measured.get((code, name)))
                for name, part in found.parts.items()
            ]
            own.append(_mean(_Node(code, INDICATOR, Fraction(found.weight)), parts))
        layers.append(_mean(_Node(layer, LAYER, Fraction(of_layer.weight)), own))
    return _mean(_Node(TOTAL, TOTAL, Fraction(FULL)), layers)


def _judged(code: str, weight: Fraction, mean: tuple[Fraction, int] | None) -> _Node:
    if mean is None:
        return _Node(code, INDICATOR, weight, "judged", MISSING, "not_done", panelists=0)
    value, panelists = mean
    reason = "" if value == ONE else "judged"
    return _Node(code, INDICATOR, weight, "judged", COMPUTED, reason, value, value, panelists)


def _part(code: str, weight: Fraction, row: Mapping[str, Any] | None) -> _Node:
    if row is None:
        return _Node(code, PART, weight, state=MISSING, reason="not_loaded")
    if row["state"] == NOT_APPLICABLE:
        return _Node(code, PART, weight, state=NOT_APPLICABLE, reason=row["reason"])
    low, high = Fraction(row["share_low"]), Fraction(row["share_high"])
    return _Node(code, PART, weight, state=row["state"], reason=row["reason"], low=low, high=high)


def _mean(node: _Node, children: Iterable[_Node]) -> _Node:
    """The node with its share, the weighted mean over the children that apply."""
    node.children = tuple(children)
    applying = [child for child in node.children if child.state != NOT_APPLICABLE]
    if not applying:
        node.state = NOT_APPLICABLE
        return node
    whole = sum((child.weight for child in applying), Fraction(0))
    node.low = sum((child.weight * child.low for child in applying), Fraction(0)) / whole
    node.high = sum((child.weight * child.high for child in applying), Fraction(0)) / whole
    states = {child.state for child in applying}
    node.state = states.pop() if len(states) == 1 else COMPUTED
    return node


def _use(node: _Node, points: Fraction) -> None:
    """Hand the points down: what does not apply uses none, its siblings share them."""
    node.used = points
    applying = [child for child in node.children if child.state != NOT_APPLICABLE]
    whole = sum((child.weight for child in applying), Fraction(0))
    for child in applying:
        _use(child, points * child.weight / whole)


def _rows(node: _Node, parent: str) -> list[dict[str, Any]]:
    applies = node.state != NOT_APPLICABLE
    own = {
        "level": node.level,
        "code": node.code,
        "parent": parent,
        "kind": node.kind,
        "state": node.state,
        "reason": node.reason,
        "weight": float(node.weight),
        "weight_used": float(node.used),
        "points_low": float(node.used * node.low) if applies else None,
        "points_high": float(node.used * node.high) if applies else None,
        "lost_sure": float(node.used * (1 - node.high)) if applies else None,
        "lost_possible": float(node.used * (1 - node.low)) if applies else None,
        "used": str(node.used),
        "share_low": str(node.low) if applies else None,
        "share_high": str(node.high) if applies else None,
        "panelists": node.panelists,
    }
    return [own, *(row for child in node.children for row in _rows(child, node.code))]


def _total(tree: _Node, scheme: Scheme) -> dict[str, Any]:
    low, high = Fraction(FULL) * tree.low, Fraction(FULL) * tree.high
    worst, best = grade_of(scheme, low), grade_of(scheme, high)
    return {
        "points_low": float(low),
        "points_high": float(high),
        "low": str(low),
        "high": str(high),
        "grade_low": worst,
        "grade_high": best,
        "grade": worst if worst == best else None,
    }


def _ranked(totals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    middles = [Fraction(row["low"]) + Fraction(row["high"]) for row in totals]
    return [
        row | {"rank": 1 + sum(other > own for other in middles)}
        for row, own in zip(totals, middles, strict=True)
    ]
