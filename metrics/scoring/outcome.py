"""From laid-out firms to outcome columns: points, requirements, routes, verdict and reasons, as small codes."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from data.rules import Provincial, ScoreAtLeast, Standard
from metrics.scoring.cells import denominators
from metrics.scoring.evaluate import POINT, Evaluator, every, group_points, score_columns, some

# Codes of the outcome columns; words are added at the edge.
MEETS, FAILS, UNDETERMINED = 1, 0, 2
FULL, LOWER_BAND, MISSING, UNDEFINED = 0, 1, 2, 3
VERDICTS = {FAILS: "fails", MEETS: "meets", UNDETERMINED: "undetermined"}
REASONS = {FULL: "full", LOWER_BAND: "lower_band", MISSING: "missing", UNDEFINED: "undefined"}


def evaluate(firms: nw.LazyFrame[Any], rule: Standard, year: int, wide: Any = nw.Int128) -> nw.LazyFrame[Any]:
    """Add the outcome columns to laid-out firms, by the one set of expressions."""
    for stage in stages(rule, Evaluator(year, wide)):
        firms = firms.with_columns(**stage) if stage else firms
    return firms


def stages(rule: Standard, evaluator: Evaluator) -> list[dict[str, nw.Expr]]:
    """Columns in the order in which they build on each other."""
    prepared: dict[str, nw.Expr] = {}
    ends: dict[str, nw.Expr] = {}
    for criterion in rule.criteria:
        points = evaluator.points(criterion)
        prepared |= points.prepared
        ends |= {f"low_{criterion.id}": points.low, f"high_{criterion.id}": points.high}
    totals = score_columns(rule)
    for group in rule.groups:
        totals |= {f"{end}_group_{group.id}": group_points(group, end) for end in ("low", "high")}
    requirements = {}
    for requirement in rule.requirements:
        if requirement.when is not None:
            requirements[f"holds_{requirement.id}"] = evaluator.condition(requirement.when)
        for route in requirement.routes:
            requirements[f"through_{route.id}"] = evaluator.condition(route.when)
    routed = {
        f"holds_{requirement.id}": some([nw.col(f"through_{route.id}") for route in requirement.routes])
        for requirement in rule.requirements
        if requirement.routes
    }
    met = every([nw.col(f"holds_{requirement.id}") for requirement in rule.requirements])
    verdict = {
        "verdict": nw.when(met)
        .then(nw.lit(MEETS, dtype=nw.Int8))
        .when(~met)
        .then(nw.lit(FAILS, dtype=nw.Int8))
        .otherwise(nw.lit(UNDETERMINED, dtype=nw.Int8)),
        "orientation": nw.col("division").is_in(list(rule.orientation.divisions)),
    }
    return [prepared, ends, totals, requirements, routed, verdict | reasons(rule)]


def reasons(rule: Standard) -> dict[str, nw.Expr]:
    """Why points are lost, by criterion: FULL, LOWER_BAND, MISSING, or UNDEFINED (a denominator of zero)."""
    found = {}
    for criterion in rule.criteria:
        low, high = nw.col(f"low_{criterion.id}"), nw.col(f"high_{criterion.id}")
        best = criterion.max * POINT if isinstance(criterion.rule, Provincial) else criterion.max
        code = (
            nw.when(low >= best)
            .then(nw.lit(FULL, dtype=nw.Int8))
            .when(low == high)
            .then(nw.lit(LOWER_BAND, dtype=nw.Int8))
        )
        zero = [nw.col(name) == 0 for name in sorted(denominators(criterion.rule))]
        if zero:
            code = code.when(some(zero)).then(nw.lit(UNDEFINED, dtype=nw.Int8))
        found[f"reason_{criterion.id}"] = code.otherwise(nw.lit(MISSING, dtype=nw.Int8))
    return found


def has_score(rule: Standard) -> bool:
    """Whether the standard decides by points at all."""
    return any(isinstance(route.when, ScoreAtLeast) for item in rule.requirements for route in item.routes)
