"""How far a firm is from the next better band of a criterion, for ordering firms by what is easiest to win back.

The distance is the relative change of one figure, the one above the line of the criterion's measure (the amount
itself, the numerator of a ratio, the last year of a growth), that reaches the edge while all else stays. It is null
where the points are full or uncertain, where the criterion measures nothing (choices, ticks, a province's own
indicators), and where the figure is zero or negative. It is a floating-point number: no verdict depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce

import narwhals as nw

from data.rules import Bands, BestOf, Criterion, Measure, PerUnits
from metrics.scoring.cells import cell

_KINDS = frozenset({"value", "total", "mean", "ratio", "growth", "mean_growth"})


def next_band(criterion: Criterion) -> dict[str, nw.Expr]:
    """`change` (share of the figure, negative where it has to fall) and `gain` (points of the next band).

    Expressions over laid-out firms with `low_<criterion>` and `high_<criterion>`.
    """
    low, high = nw.col(f"low_{criterion.id}"), nw.col(f"high_{criterion.id}")
    ways = _ways(criterion, low)
    nothing = (nw.lit(None, dtype=nw.Float64), nw.lit(None, dtype=nw.Int8))
    change, gain = reduce(_nearer, ways) if ways else nothing
    is_open = (low == high) & (low < criterion.max)
    return {
        "change": nw.when(is_open).then(change).cast(nw.Float32),
        "gain": nw.when(is_open & ~change.is_null()).then(gain).cast(nw.Int8),
    }


def _ways(criterion: Criterion, low: nw.Expr) -> list[tuple[nw.Expr, nw.Expr]]:
    rule = criterion.rule
    match rule:
        case PerUnits():
            count = nw.col(rule.measure.fields[0]).cast(nw.Float64)
            needed = (count // rule.every + 1) * rule.every
            change = nw.when((count > 0) & (low < rule.cap)).then(needed / count - 1)
            return [(change, nw.lit(rule.points, dtype=nw.Int8))]
        case Bands():
            return [_way(rule, low)] if rule.measure.kind in _KINDS else []
        case BestOf():
            return [_way(item, low) for item in rule.items if item.measure.kind in _KINDS]
        case _:
            return []


def _way(rule: Bands, low: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """The change to the nearest edge with more points than the criterion has, and what it brings."""
    figure, needed = _figure(rule.measure)
    change, gain = nw.lit(None, dtype=nw.Float64), nw.lit(None, dtype=nw.Int8)
    for edge, points in rule.steps:  # best first: the last one that still brings something is the nearest
        better = low < points
        change = nw.when(better).then(needed(edge) / figure - 1).otherwise(change)
        gain = nw.when(better).then(points - low).otherwise(gain)
    return nw.when(figure > 0).then(change), gain


def _figure(measure: Measure) -> tuple[nw.Expr, Callable[[Fraction], nw.Expr]]:
    """The figure that is to change, and what it has to be at an edge."""
    columns = [nw.col(cell(measure.fields[0], year)).cast(nw.Float64) for year in range(3)]
    top = columns[0]
    match measure.kind:
        case "ratio":
            below = nw.col(measure.fields[1]).cast(nw.Float64)
            return _where(below > 0, top), lambda edge: below * float(edge / 100)
        case "growth":
            return _where(columns[1] > 0, top), lambda edge: columns[1] * float(1 + edge / 100)
        case "mean_growth":
            middle, first = columns[1:]
            known = _where((middle > 0) & (first > 0), top)
            return known, lambda edge: middle * (float(2 * (1 + edge / 100)) - middle / first)
        case _:
            parts = [nw.col(cell(measure.fields[0], year)) for year in range(measure.years)]
            times = measure.scale * (measure.years if measure.kind == "mean" else 1)
            total = reduce(lambda a, b: a + b, parts).cast(nw.Float64)
            return total, lambda edge: nw.lit(float(edge * times))


def _where(known: nw.Expr, figure: nw.Expr) -> nw.Expr:
    return nw.when(known).then(figure)


def _nearer(one: tuple[nw.Expr, nw.Expr], other: tuple[nw.Expr, nw.Expr]) -> tuple[nw.Expr, nw.Expr]:
    first = other[0].is_null() | (one[0].abs() <= other[0].abs())
    return tuple(nw.when(first).then(a).otherwise(b) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]
