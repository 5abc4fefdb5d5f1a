"""The one evaluator: rules of `data.rules` become Narwhals expressions over a firm's cells.

The same expressions run on Polars, on a DuckDB relation and on Spark. Three values throughout: a condition is
true, false or null (unknown), combined by Kleene logic; points are a pair [low, high]. Nothing is divided: a
ratio is compared by multiplying integers, in 64 bits where the bound of an amount (10^16 fen) allows it and in
128 bits for products of two amounts. Frames are laid out by `metrics.scoring.layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any

import narwhals as nw

from data.dataset import contract
from data.rules import (
    AllOf,
    AnyOf,
    AtLevel,
    Awarded,
    Bands,
    BestOf,
    Compare,
    Condition,
    Criterion,
    FirstOf,
    Flag,
    Group,
    Has,
    Levels,
    Measure,
    Named,
    PerUnits,
    Provincial,
    Rule,
    ScoreAtLeast,
    SizeIsNot,
    SizeStandard,
    Standard,
    Switch,
    Ticks,
)
from metrics.scoring.cells import cell

POINT = 10**15  # stored integers per point, as every decimal that is not money
SMALL = 9 * 10**18 // 10**16  # largest factor that keeps an amount of 10^16 fen within 64 bits


@dataclass(frozen=True)
class Points:
    """Points as [low, high], expressions over the `prepared` columns, which are computed first and once."""

    prepared: dict[str, nw.Expr]
    low: nw.Expr
    high: nw.Expr


@dataclass(frozen=True)
class Evaluator:
    """Expressions of one assessed year. `wide` is the 128-bit integer type of the engine at hand."""

    year: int
    wide: Any = nw.Int128

    def condition(self, rule: Condition) -> nw.Expr:
        """True, false or null for every firm."""
        match rule:
            case Compare():
                years = [
                    self._compare(rule.measure, rule.op, rule.edge, year) for year in range(rule.each_of)
                ]
                return every(years)
            case Awarded():
                return self._awarded(rule)
            case Flag():
                return nw.col(rule.field) if rule.wanted else ~nw.col(rule.field)
            case Has():
                return nw.col(f"{rule.field}__{rule.value}")
            case AtLevel():
                return nw.col(rule.field) >= rule.rank
            case AllOf():
                return every([self.condition(item) for item in rule.items])
            case AnyOf():
                return some([self.condition(item) for item in rule.items])
            case Named():
                return self.condition(rule.when)
            case Switch():
                return self._switch(rule)
            case SizeIsNot():
                return ~size_reaches(rule.size, rule.name)
            case ScoreAtLeast():
                parts = [(nw.col("score_low"), nw.col("score_high"), rule.total)]
                parts += [
                    (nw.col(f"low_group_{name}"), nw.col(f"high_group_{name}"), least)
                    for name, least in rule.groups
                ]
                return every([at_least(low, high, least * POINT) for low, high, least in parts])

    def points(self, criterion: Criterion) -> Points:
        """Points of a criterion: whole numbers, except where a province supplies decimals (then in POINT units)."""
        return self._points(criterion.rule, f"exact_{criterion.id}")

    def _points(self, rule: Rule, name: str) -> Points:
        match rule:
            case Bands():
                return _between(name, self._bands(rule), 0, rule.steps[0][1])
            case PerUnits():
                count = nw.col(rule.measure.fields[0])
                steps = [
                    (count >= full * rule.every, full * rule.points)
                    for full in range(rule.cap // rule.points, 0, -1)
                ]
                return _between(name, nw.when(~count.is_null()).then(chain(steps, 0)), 0, rule.cap)
            case Levels():
                codes = contract("annual_returns").column(rule.field).codes
                choice = nw.col(rule.field)
                given = [(choice == codes.index(value), points) for value, points in rule.points]
                exact = nw.when(~choice.is_null()).then(chain(given[:-1], given[-1][1]))
                return _between(name, exact, min(p for _, p in given), max(p for _, p in given))
            case FirstOf():
                return self._first_of(rule)
            case Ticks():
                ticks = [nw.col(field) for field in rule.fields]
                return Points({}, *(_capped(ticks, unknown, rule) for unknown in (False, True)))
            case BestOf():
                items = [self._points(item, f"{name}_{number}") for number, item in enumerate(rule.items)]
                prepared = {key: expr for item in items for key, expr in item.prepared.items()}
                return Points(
                    prepared,
                    nw.max_horizontal(*(item.low for item in items)),
                    nw.max_horizontal(*(item.high for item in items)),
                )
            case Provincial():
                return self._provincial(rule, name)

    def _bands(self, rule: Bands) -> nw.Expr:
        """Int8 points of the band, null where the measure is missing."""
        op = ">=" if rule.direction == "at_least" else "<="
        known, holds = self._comparison(rule.measure, [edge for edge, _ in rule.steps], 0)
        steps = [(holds(op, edge), points) for edge, points in rule.steps]
        return nw.when(known).then(chain(steps, 0))

    def _first_of(self, rule: FirstOf) -> Points:
        held = [
            (self.condition(option.when), option.points) for option in rule.options if option.when is not None
        ]
        last = rule.options[-1].points
        possible = [(when.fill_null(value=True), points) for when, points in held]
        return Points(
            {}, chain(held, last), chain(possible, last)
        )  # an unknown condition is passed over by `when`

    def _provincial(self, rule: Provincial, name: str) -> Points:
        supplied = nw.col(rule.field)
        low, high = supplied.fill_null(0), supplied.fill_null(rule.cap * POINT)
        prepared: dict[str, nw.Expr] = {}
        for plug_in in rule.plug_ins:
            own = [
                self._points(criterion.rule, f"{name}_{plug_in.province}_{criterion.id}")
                for criterion in plug_in.criteria
            ]
            here = nw.col("province") == plug_in.province
            for part in own:
                prepared |= part.prepared
            low = nw.when(here).then(_total([part.low for part in own]) * POINT).otherwise(low)
            high = nw.when(here).then(_total([part.high for part in own]) * POINT).otherwise(high)
        return Points(prepared, low, high)

    def _compare(self, measure: Measure, op: str, edge: Fraction, years_before: int) -> nw.Expr:
        if measure.kind in ("total", "mean") and op == ">=":
            return self._sum_at_least(measure, edge, years_before)
        known, holds = self._comparison(measure, [edge], years_before)
        return nw.when(known).then(holds(op, edge))

    def _sum_at_least(self, measure: Measure, edge: Fraction, years_before: int) -> nw.Expr:
        """What is known may already be enough: an amount that is missing is never below zero."""
        parts = [nw.col(cell(measure.fields[0], years_before + year)) for year in range(measure.years)]
        goal = edge * measure.scale * (measure.years if measure.kind == "mean" else 1)
        enough = (
            reduce(lambda a, b: a + b, [part.fill_null(0) for part in parts]) * goal.denominator
            >= goal.numerator
        )
        known = every([~part.is_null() for part in parts])
        return nw.when(enough).then(nw.lit(value=True)).when(known).then(nw.lit(value=False))

    def _comparison(
        self, measure: Measure, edges: Sequence[Fraction], years_before: int
    ) -> tuple[nw.Expr, Callable[[str, Fraction], nw.Expr]]:
        """(is the measure known?, how it compares with an edge), by multiplication of integers."""
        fields = [cell(field, years_before) for field in measure.fields]
        if measure.kind in ("value", "total", "mean"):
            parts = [nw.col(cell(measure.fields[0], years_before + year)) for year in range(measure.years)]
            times = measure.scale * (measure.years if measure.kind == "mean" else 1)
            common = lcm(*((edge * times).denominator for edge in edges))
            left = reduce(lambda a, b: a + b, parts) * common
            known = every([~part.is_null() for part in parts])
            return known, lambda op, edge: _operate(op, left, int(edge * times * common))
        if measure.kind == "mean_growth":
            return self._mean_growth(measure, edges, years_before)
        rates = {edge: edge / 100 + (1 if measure.kind == "growth" else 0) for edge in edges}
        common = lcm(*(rate.denominator for rate in rates.values()))
        if measure.kind == "growth":
            fields = [fields[0], cell(measure.fields[0], years_before + 1)]
        above, below = (nw.col(field) for field in fields)
        known = ~above.is_null() & (below > 0)
        if max(common, *(abs(int(rate * common)) for rate in rates.values())) > SMALL:
            above, below = above.cast(self.wide), below.cast(self.wide)
        left = above * common
        return known, lambda op, edge: _operate(op, left, below * int(rates[edge] * common))

    def _mean_growth(
        self, measure: Measure, edges: Sequence[Fraction], years_before: int
    ) -> tuple[nw.Expr, Callable[[str, Fraction], nw.Expr]]:
        """Mean of two yearly rates: (a/b + b/c) / 2 - 1 against r, as q(ac + bb) against 2(p + q)bc with r = p/q."""
        last, middle, first = (nw.col(cell(measure.fields[0], years_before + year)) for year in range(3))
        known = ~last.is_null() & (middle > 0) & (first > 0)
        common = lcm(*((edge / 100).denominator for edge in edges))
        a, b, c = (amount.cast(self.wide) for amount in (last, middle, first))
        left, right = (a * c + b * b) * common, b * c
        return known, lambda op, edge: _operate(op, left, right * int(2 * (edge / 100 + 1) * common))

    def _awarded(self, rule: Awarded) -> nw.Expr:
        """An award whose year lies outside the window does not count; a rank without a year may or may not."""
        rank, year = (nw.col(field) for field in rule.measure.fields)
        inside = (year <= self.year) & (year > self.year - rule.measure.years)
        ranked = nw.lit(value=True) if rule.rank is None else rank <= rule.rank
        none_claimed = rank.is_null() & year.is_null()
        return nw.when(none_claimed).then(nw.lit(value=False)).otherwise(inside & ranked)

    def _switch(self, rule: Switch) -> nw.Expr:
        conditions = [self.condition(then) for _, then in rule.branches] + [self.condition(rule.below)]
        known, holds = self._comparison(rule.measure, [edge for edge, _ in rule.branches], 0)
        chosen = conditions[-1]
        for (edge, _), then in reversed(list(zip(rule.branches, conditions, strict=False))):
            chosen = nw.when(holds(">=", edge)).then(then).otherwise(chosen)
        whatever = (
            nw.when(every(conditions))
            .then(nw.lit(value=True))
            .when(~some(conditions))
            .then(nw.lit(value=False))
        )
        return nw.when(known).then(chosen).otherwise(whatever)


def score_columns(rule: Standard) -> dict[str, nw.Expr]:
    """`score_low`, `score_high` in POINT units, from the columns low_<criterion>, high_<criterion>."""
    return {f"score_{end}": _points_of(rule.criteria, end) for end in ("low", "high")}


def group_points(group: Group, end: str) -> nw.Expr:
    """The low or high end of a group's points, in POINT units."""
    return _points_of(group.criteria, end)


def _points_of(criteria: Sequence[Criterion], end: str) -> nw.Expr:
    whole = [nw.col(f"{end}_{item.id}") for item in criteria if not isinstance(item.rule, Provincial)]
    supplied = [nw.col(f"{end}_{item.id}") for item in criteria if isinstance(item.rule, Provincial)]
    parts = [_total(whole) * POINT] if whole else []
    return reduce(lambda a, b: a + b, parts + supplied) if parts or supplied else nw.lit(0, dtype=nw.Int64)


def _total(parts: Sequence[nw.Expr]) -> nw.Expr:
    """Sum of whole points, each at most 100: small integers until the end."""
    return reduce(lambda a, b: a + b, [part.cast(nw.Int16) for part in parts[:1]] + list(parts[1:])).cast(
        nw.Int64
    )


def size_reaches(size: SizeStandard, name: str) -> nw.Expr:
    """Does a firm reach every figure of a size class? Null where a figure that decides is missing, or no industry."""
    industry = nw.col("industry")
    parts = []
    for field in ("employees", "revenue", "total_assets"):
        floors = size_floor(size, name, field)
        parts.append(nw.when(~floors.is_null()).then(nw.col(field) >= floors).otherwise(nw.lit(value=True)))
    return nw.when(~industry.is_null()).then(every(parts))


def size_floor(size: SizeStandard, name: str, field: str) -> nw.Expr:
    """The figure of a class in the firm's industry, null where the class has none in that column."""
    by_figure: dict[int, list[int]] = {}
    for index, industry in enumerate(size.industries):
        figure = industry.floor(name).get(field)
        if figure is not None:
            by_figure.setdefault(figure, []).append(index)
    found = nw.lit(None, dtype=nw.Int64)
    for figure, indexes in by_figure.items():
        found = (
            nw.when(nw.col("industry").is_in(indexes)).then(nw.lit(figure, dtype=nw.Int64)).otherwise(found)
        )
    return found


def every(conditions: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene and; true when there is nothing to meet."""
    return reduce(lambda a, b: a & b, conditions) if conditions else nw.lit(value=True)


def some(conditions: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene or."""
    return reduce(lambda a, b: a | b, conditions)


def at_least(low: nw.Expr, high: nw.Expr, edge: int) -> nw.Expr:
    """Does a quantity known only as [low, high] reach an edge?"""
    return nw.when(low >= edge).then(nw.lit(value=True)).when(high < edge).then(nw.lit(value=False))


def chain(steps: Sequence[tuple[nw.Expr, int]], otherwise: int) -> nw.Expr:
    """Points of the first condition that holds."""
    found = nw.lit(otherwise, dtype=nw.Int8)
    for when, points in reversed(steps):
        found = nw.when(when).then(nw.lit(points, dtype=nw.Int8)).otherwise(found)
    return found


def _operate(op: str, left: nw.Expr, right: nw.Expr | int) -> nw.Expr:
    match op:
        case ">=":
            return left >= right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left < right


def _between(name: str, exact: nw.Expr, low: int, high: int) -> Points:
    return Points({name: exact}, nw.col(name).fill_null(low), nw.col(name).fill_null(high))


def _capped(ticks: Sequence[nw.Expr], unknown: bool, rule: Ticks) -> nw.Expr:
    count = reduce(lambda a, b: a + b, [tick.fill_null(unknown).cast(nw.Int8) for tick in ticks])
    most = -(-rule.cap // rule.each)
    steps = [(count >= number, min(number * rule.each, rule.cap)) for number in range(most, 0, -1)]
    return chain(steps, 0)
