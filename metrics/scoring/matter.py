"""Which missing cells matter: those that stand in a part of the rule which is still open.

A cell matters to a firm when it is missing (or is a denominator of zero) and every node between it and the
verdict is unknown: a requirement that already fails, or an alternative that already holds, needs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from data.rule_inputs import inputs_of
from data.rules import (
    AllOf,
    AnyOf,
    Condition,
    Named,
    RuleInput,
    ScoreAtLeast,
    SizeIsNot,
    Standard,
    Switch,
)
from metrics.scoring.cells import absent, cell, denominators
from metrics.scoring.evaluate import Evaluator, size_floor, some

Open = tuple[RuleInput, nw.Expr]


def mattering(rule: Standard, evaluator: Evaluator) -> dict[RuleInput, nw.Expr]:
    """Say for each cell that the standard reads whether its absence matters to the verdict.

    Boolean expressions over scored firms whose verdict is open.
    """
    found: dict[RuleInput, list[nw.Expr]] = {item: [] for item in inputs_of(rule)}
    for requirement in rule.requirements:
        alive = nw.col(f"holds_{requirement.id}").is_null()
        for item, opened in _open_cells(requirement.condition, alive, rule, evaluator):
            found[item].append(opened)
    return {item: some(parts) for item, parts in found.items() if parts}


def _open_cells(node: Condition, alive: nw.Expr, rule: Standard, evaluator: Evaluator) -> Iterator[Open]:
    match node:
        case AllOf() | AnyOf():
            for item in node.items:
                yield from _open_cells(item, alive & evaluator.condition(item).is_null(), rule, evaluator)
        case Named():
            yield from _open_cells(node.when, alive, rule, evaluator)
        case Switch():
            for part in (*(then for _, then in node.branches), node.below):
                yield from _open_cells(part, alive & evaluator.condition(part).is_null(), rule, evaluator)
            yield from _leaf(node.measure, alive)
        case ScoreAtLeast():
            for criterion in rule.criteria:
                uncertain = alive & (nw.col(f"low_{criterion.id}") < nw.col(f"high_{criterion.id}"))
                yield from _leaf(criterion.rule, uncertain)
        case SizeIsNot():
            yield RuleInput(field="industry_code"), alive & nw.col("industry").is_null()
            for field in ("employees", "revenue", "total_assets"):
                floor = size_floor(node.size, node.name, field)
                compared = ~floor.is_null() | nw.col("industry_code").is_null()
                yield RuleInput(field=field), alive & compared & nw.col(field).is_null()
        case _:
            yield from _leaf(node, alive)


def _leaf(node: object, alive: nw.Expr) -> Iterator[Open]:
    dividing = denominators(node)
    for item in inputs_of(node):  # type: ignore[arg-type]
        name = cell(item.field, item.years_before)
        empty = absent(item)
        yield item, alive & (empty | (nw.col(name) == 0) if name in dividing else empty)
