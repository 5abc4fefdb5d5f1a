"""Why a firm stands where it stands: every criterion with its reading, band, next band and the distance to it.

The explanation adds nothing to the score: points, requirements and verdict are the evaluator's own outcome for the
firm; what is added are the readings (exact fractions, for showing) and which step of the rule the points came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl

from data.rule_inputs import inputs_of
from data.rules import (
    AllOf,
    AnyOf,
    Bands,
    BestOf,
    Compare,
    Condition,
    Criterion,
    FirstOf,
    Group,
    Label,
    Levels,
    Measure,
    Named,
    PerUnits,
    Provincial,
    Requirement,
    RuleInput,
    Standard,
    Switch,
    Ticks,
)
from metrics.scoring.cells import cell, denominators, measures_in
from metrics.scoring.evaluate import POINT, Evaluator
from metrics.scoring.outcome import REASONS, VERDICTS, has_score


@dataclass(frozen=True)
class Reading:
    """A measure of one firm in the unit a person reads; `value` is None where `state` is missing or undefined."""

    measure: Measure
    years_before: int
    value: Fraction | None
    state: str  # known | missing | undefined


@dataclass(frozen=True)
class Step:
    """One step of a criterion: its points, and its edge (bands, levels by name, words of an option)."""

    points: Fraction
    edge: Fraction | None = None
    label: Label | None = None
    value: str = ""
    measure: Measure | None = None


@dataclass(frozen=True)
class CriterionResult:
    """Points of one criterion.

    `reached` and `next` index `steps` (best first); None where the points are open or nothing better exists.
    """

    criterion: Criterion
    group: Group
    low: Fraction
    high: Fraction
    reason: str
    readings: tuple[Reading, ...]
    steps: tuple[Step, ...]
    reached: int | None
    next: int | None
    missing: tuple[RuleInput, ...]

    @property
    def is_certain(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Part:
    """One comparison inside a requirement. `path` names the alternatives it belongs to (through-trains, branches)."""

    condition: Condition
    holds: bool | None
    readings: tuple[Reading, ...]
    path: tuple[Label, ...]
    route: str = ""


@dataclass(frozen=True)
class RequirementResult:
    requirement: Requirement
    holds: bool | None
    routes: dict[str, bool | None]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Explanation:
    rule: Standard
    year: int
    verdict: str
    route: str
    score: tuple[Fraction, Fraction] | None
    subtotals: dict[str, tuple[Fraction, Fraction]]
    criteria: tuple[CriterionResult, ...]
    requirements: tuple[RequirementResult, ...]
    missing: tuple[str, ...]
    orientation: bool


def explain(scored: pl.DataFrame, rule: Standard, year: int) -> Explanation:
    """Explain one scored firm (one row of `metrics.scoring.score.score_firms`)."""
    row = scored.row(0, named=True)
    requirements = tuple(_requirement(item, scored, row, year) for item in rule.requirements)
    routes = {name: held for item in requirements for name, held in item.routes.items()}
    verdict = VERDICTS[row["verdict"]]
    route = next((name for name, held in routes.items() if held), "") if verdict == "meets" else ""
    return Explanation(
        rule=rule,
        year=year,
        verdict=verdict,
        route=route,
        score=(_points(row["score_low"]), _points(row["score_high"])) if has_score(rule) else None,
        subtotals={
            group.id: (_points(row[f"low_group_{group.id}"]), _points(row[f"high_group_{group.id}"]))
            for group in rule.groups
        },
        criteria=tuple(
            _criterion(criterion, group, row) for group in rule.groups for criterion in group.criteria
        ),
        requirements=requirements,
        missing=tuple(row["missing"] or ()),
        orientation=bool(row["orientation"]),
    )


def read_measure(measure: Measure, row: dict[str, Any], years_before: int = 0) -> Reading:
    """Read a measure from a laid-out firm: percent for ratios and growth, the column's own unit otherwise."""
    span = {"growth": 2, "mean_growth": 3}.get(
        measure.kind, measure.years if measure.kind in ("total", "mean") else 1
    )
    names = [cell(field, years_before + year) for field in measure.fields for year in range(span)]
    amounts = [row.get(name) for name in names]
    if any(amount is None for amount in amounts):
        return Reading(measure, years_before, None, "missing")
    return _known_reading(measure, amounts, years_before)


def _known_reading(measure: Measure, amounts: list[Any], years_before: int) -> Reading:
    try:
        match measure.kind:
            case "ratio":
                value = Fraction(amounts[0], amounts[1]) * 100
            case "growth":
                value = (Fraction(amounts[0], amounts[1]) - 1) * 100
            case "mean_growth":
                value = ((Fraction(amounts[0], amounts[1]) + Fraction(amounts[1], amounts[2])) / 2 - 1) * 100
            case "mean":
                value = Fraction(sum(amounts), len(amounts) * measure.scale)
            case "total":
                value = Fraction(sum(amounts), measure.scale)
            case _:
                value = Fraction(amounts[0], measure.scale)
    except ZeroDivisionError:
        return Reading(measure, years_before, None, "undefined")
    return Reading(measure, years_before, value, "known")


def steps_of(criterion: Criterion) -> tuple[Step, ...]:
    """The steps of a criterion, best first, as the rule states them."""
    match criterion.rule:
        case Bands():
            return (
                *(
                    Step(Fraction(points), edge, measure=criterion.rule.measure)
                    for edge, points in criterion.rule.steps
                ),
                Step(Fraction(0)),
            )
        case BestOf():
            steps = [
                Step(Fraction(points), edge, measure=item.measure)
                for item in criterion.rule.items
                for edge, points in item.steps
            ]
            return (*sorted(steps, key=lambda step: -step.points), Step(Fraction(0)))
        case FirstOf():
            return tuple(
                Step(Fraction(option.points), label=option.label) for option in criterion.rule.options
            )
        case Levels():
            return tuple(Step(Fraction(points), value=value) for value, points in criterion.rule.points)
        case Ticks():
            most = -(-criterion.rule.cap // criterion.rule.each)
            return tuple(
                Step(Fraction(min(count * criterion.rule.each, criterion.rule.cap)), Fraction(count))
                for count in range(most, -1, -1)
            )
        case PerUnits():
            most = criterion.rule.cap // criterion.rule.points
            return tuple(
                Step(
                    Fraction(full * criterion.rule.points),
                    Fraction(full * criterion.rule.every),
                    measure=criterion.rule.measure,
                )
                for full in range(most, -1, -1)
            )
        case Provincial():
            return ()


def _criterion(criterion: Criterion, group: Group, row: dict[str, Any]) -> CriterionResult:
    unit = POINT if isinstance(criterion.rule, Provincial) else 1
    low, high = (Fraction(row[f"{end}_{criterion.id}"], unit) for end in ("low", "high"))
    steps = steps_of(criterion)
    reached = (
        next((index for index, step in enumerate(steps) if step.points == low), None) if low == high else None
    )
    better = [index for index, step in enumerate(steps) if step.points > high]
    readings = tuple(read_measure(measure, row) for measure, _ in measures_in(criterion.rule))
    missing = (
        tuple(
            item
            for item in inputs_of(criterion)
            if cell(item.field, item.years_before) in row and row[cell(item.field, item.years_before)] is None
        )
        if low != high
        else ()
    )
    zero = [name for name in denominators(criterion.rule) if row.get(name) == 0]
    reason = REASONS[row[f"reason_{criterion.id}"]]
    return CriterionResult(
        criterion,
        group,
        low,
        high,
        "undefined" if zero and low != high else reason,
        readings,
        steps,
        reached,
        max(better) if better else None,
        missing,
    )


def _requirement(
    requirement: Requirement, scored: pl.DataFrame, row: dict[str, Any], year: int
) -> RequirementResult:
    leaves: list[tuple[Condition, tuple[Label, ...], str]] = []
    for condition, route in (
        [(requirement.when, "")]
        if requirement.when is not None
        else [(item.when, item.id) for item in requirement.routes]
    ):
        leaves += [(leaf, path, route) for leaf, path in _leaves(condition, row)]
    evaluator = Evaluator(year)
    held = (
        nw.from_native(scored)
        .select(**{str(index): evaluator.condition(leaf) for index, (leaf, _, _) in enumerate(leaves)})
        .to_native()
        .row(0)
    )
    parts = tuple(
        Part(
            leaf,
            holds,
            tuple(
                read_measure(measure, row, before)
                for measure, each in measures_in(leaf)
                for before in range(each)
            ),
            path,
            route,
        )
        for (leaf, path, route), holds in zip(leaves, held, strict=True)
    )
    routes = {route.id: row[f"through_{route.id}"] for route in requirement.routes}
    return RequirementResult(requirement, row[f"holds_{requirement.id}"], routes, parts)


def _leaves(
    node: Condition, row: dict[str, Any], path: tuple[Label, ...] = ()
) -> list[tuple[Condition, tuple[Label, ...]]]:
    match node:
        case AllOf() | AnyOf():
            return [leaf for item in node.items for leaf in _leaves(item, row, path)]
        case Named():
            return _leaves(node.when, row, (*path, node.label))
        case Switch():
            value = read_measure(node.measure, row).value
            if value is None:
                return [(node, path)]
            entry, then = _branch(node, value)
            return [(entry, path), *_leaves(then, row, path)]
        case _:
            return [(node, path)]


def _branch(node: Switch, value: Fraction) -> tuple[Compare, Condition]:
    """The branch that a firm falls in: the comparison by which it does, and what the branch asks for."""
    for edge, then in node.branches:
        if value >= edge:
            return Compare(measure=node.measure, op=">=", edge=edge), then
    return Compare(measure=node.measure, op="<", edge=node.branches[-1][0]), node.below


def _points(stored: int) -> Fraction:
    return Fraction(stored, POINT)
