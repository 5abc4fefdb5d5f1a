"""Where a verdict can change: the values of one cell at which some comparison of a standard turns.

Given the other cells of a firm, every comparison in which a cell takes part turns at a value that whole-number
arithmetic finds exactly. These values with their neighbours and the ends of the cell's domain stand for the whole
domain: between two of them nothing changes. They serve twice, to make verdicts exact when one cell is missing and
to say what change would be enough.

The middle year of a mean growth rate has two turning points and a minimum between them; they need no search,
because zero, at which the rate is undefined and all its points are open, lies in the same domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import reduce

import narwhals as nw

from data.dataset import contract
from data.rule_inputs import inputs_of
from data.rules import (
    Awarded,
    Bands,
    Compare,
    Measure,
    Node,
    PerUnits,
    RuleInput,
    SizeIsNot,
    Standard,
    Switch,
)
from metrics.scoring.cells import cell, other_half
from metrics.scoring.evaluate import size_floor
from metrics.scoring.layout import YEARS_BEFORE, earlier_fields

WIDE = nw.Int128
NEIGHBOURS = (-1, 0, 1)
Amount = Callable[[str, int], nw.Expr]


def breakpoints(rule: Standard, item: RuleInput, year: int) -> list[nw.Expr]:
    """Int64 expressions, null where they fall outside, of the values of a cell that stand for its whole domain.

    `rule` is the standard, `year` the assessed year; the firm's other cells are columns of the laid-out frame.
    """
    column = contract("annual_returns").column(item.field)
    if column.type == "bool":
        return [_whole(0), _whole(1)]
    if column.type == "choice":
        return [_whole(code) for code in range(len(column.codes))]
    low, high = domain(item)
    near = [value + step for value in turning(rule, item, year) for step in NEIGHBOURS]
    inside = [nw.when((value >= low) & (value <= high)).then(value).cast(nw.Int64) for value in near]
    return [low, high, *inside]


def turning(rule: Standard, item: RuleInput, year: int) -> list[nw.Expr]:
    """The values of an amount's cell at which a comparison turns, wherever they fall; `WIDE`."""
    if _is_award_year(item):
        return [_whole(year + step).cast(WIDE) for step in (-3, -2, 0, 1)]
    return [value.cast(WIDE) for value in _turning(rule, item)]


def domain(item: RuleInput) -> tuple[nw.Expr, nw.Expr]:
    """Least and greatest value of a cell by the contract, given the firm's other cells of the same year."""
    columns = contract("annual_returns").columns
    column = contract("annual_returns").column(item.field)
    lowest = [_whole(column.stored_low)]
    highest = [_whole(column.stored_high)]
    if column.at_most and _is_laid_out(column.at_most, item.years_before):
        highest.append(nw.col(cell(column.at_most, item.years_before)).cast(nw.Int64))
    lowest += [
        nw.col(cell(other.field, item.years_before)).cast(nw.Int64)
        for other in columns
        if other.at_most == item.field and _is_laid_out(other.field, item.years_before)
    ]
    return nw.max_horizontal(*lowest), nw.min_horizontal(*highest)


def _whole(value: int) -> nw.Expr:
    """A constant as long as the frame: Polars does not stretch a column computed from literals alone."""
    return nw.col("year").cast(nw.Int64) * 0 + value


def _is_award_year(item: RuleInput) -> bool:
    return item.field.endswith("_year") and other_half(item.field) is not None


def _is_laid_out(field: str, years_before: int) -> bool:
    return years_before == 0 or (years_before in YEARS_BEFORE and field in earlier_fields(years_before))


def _turning(node: object, item: RuleInput) -> Iterator[nw.Expr]:
    """Values of the cell at which a comparison inside this part of the rule turns, rounded down."""
    match node:
        case Compare():
            for before in range(node.each_of):
                yield from _solve(node.measure, node.edge, item, before)
        case Bands():
            for edge, _ in node.steps:
                yield from _solve(node.measure, edge, item, 0)
        case PerUnits():
            if item == RuleInput(field=node.measure.fields[0]):
                yield from (_whole(node.every * full) for full in range(1, node.cap // node.points + 1))
        case Awarded():
            if item.field == node.measure.fields[0] and node.rank is not None:
                yield _whole(node.rank)
        case Switch():
            for edge, then in node.branches:
                yield from _solve(node.measure, edge, item, 0)
                yield from _turning(then, item)
            yield from _turning(node.below, item)
        case SizeIsNot():
            if item.field != "industry_code" and item in inputs_of(node):
                yield size_floor(node.size, node.name, item.field)
        case Node():
            for name in type(node).model_fields:
                yield from _turning(getattr(node, name), item)
        case tuple():
            for part in node:
                yield from _turning(part, item)


def _solve(measure: Measure, edge: Fraction, item: RuleInput, before: int) -> Iterator[nw.Expr]:
    """Solve `measure = edge` for one cell; nothing where the cell does not take part."""
    place = item.years_before - before
    if item.field not in measure.fields or not 0 <= place <= measure.years:
        return

    def amount(field: str, years: int) -> nw.Expr:
        return nw.col(cell(field, before + years)).cast(WIDE)

    match measure.kind:
        case "value" | "total" | "mean":
            goal = int(edge * measure.scale * (measure.years if measure.kind == "mean" else 1))
            others = [amount(measure.fields[0], year) for year in range(measure.years) if year != place]
            if place < measure.years:
                yield reduce(lambda left, part: left - part, others, _whole(goal).cast(WIDE))
        case "ratio":
            yield from _solve_ratio(
                edge / 100, measure.fields, (item.field, place), (measure.fields[1], 0), amount
            )
        case "growth":
            field = measure.fields[0]
            yield from _solve_ratio(edge / 100 + 1, measure.fields, (field, place), (field, 1), amount)
        case "mean_growth":
            yield from _solve_mean_growth(edge / 100, measure.fields[0], place, amount)


def _solve_ratio(
    rate: Fraction, fields: tuple[str, ...], unknown: tuple[str, int], below: tuple[str, int], amount: Amount
) -> Iterator[nw.Expr]:
    """Solve above / below = rate."""
    if unknown == (fields[0], 0):
        yield amount(*below) * rate.numerator // rate.denominator
    elif unknown == below and rate > 0:
        yield amount(fields[0], 0) * rate.denominator // rate.numerator


def _solve_mean_growth(rate: Fraction, field: str, place: int, amount: Amount) -> Iterator[nw.Expr]:
    """q(ac + bb) = 2(p + q)bc with rate = p/q, for a (the last year) or c (the first)."""
    p, q = rate.numerator, rate.denominator
    a, b, c = (amount(field, year) for year in range(3))
    if place == 0:
        yield b * (2 * (p + q) * c - q * b) // nw.when(c > 0).then(c * q)
    elif place == 2:
        divisor = 2 * (p + q) * b - q * a
        yield b * b * q // nw.when(divisor > 0).then(divisor)
