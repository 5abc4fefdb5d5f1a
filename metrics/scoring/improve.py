"""What it would take: the fewest and smallest changes of a firm's own figures with which it meets a standard.

Every figure the firm can work on (`data/policy/changes.yaml`, a product assumption) is tried at its turning points
(`metrics.scoring.breakpoints`) by the evaluator itself, one change at a time, then two, then three. What is found is
therefore enough, to the fen; the search keeps only the most promising partial changes, so a smaller combination of
three may in rare cases exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from data.dataset import contract
from data.rule_inputs import inputs_of
from data.rulebook import changes
from data.rules import AllOf, AnyOf, Condition, Named, RuleInput, ScoreAtLeast, Standard
from metrics.scoring.breakpoints import NEIGHBOURS, breakpoints, domain, turning
from metrics.scoring.cells import cell
from metrics.scoring.evaluate import POINT, Evaluator
from metrics.scoring.layout import lay_out, with_absent_firms
from metrics.scoring.outcome import evaluate

KEPT = 60  # not policy: partial changes that the search carries on
SHOWN = 5  # not policy: plans shown


@dataclass(frozen=True)
class Change:
    """One figure of the assessed year, from what it is (None: missing) to what would be enough; stored integers."""

    item: RuleInput
    now: int | None
    needed: int


@dataclass(frozen=True)
class Plan:
    """Changes that together are enough; `effort` is the sum of relative changes, by which plans are ranked."""

    changes: tuple[Change, ...]
    effort: float


@dataclass(frozen=True)
class Ways:
    """Ranked plans, and for each criterion the smallest single change that wins more points: {id: (change, points)}.

    `blocked` names entry conditions that fail and are facts no figure changes; plans answer everything else.
    """

    plans: tuple[Plan, ...]
    next_band: dict[str, tuple[Change, int]]
    blocked: tuple[str, ...]


def ways(returns: pl.DataFrame, rule: Standard, year: int) -> Ways:
    """Find what one firm would have to change. `returns`: its typed rows; `rule`: the standard aimed at.

    No plans: nothing but blocked facts is left to meet, or more changes are needed than `most_changes`.
    """
    firm = lay_out(with_absent_firms(returns, year).lazy(), year).collect(backend="polars").to_native()
    start = _evaluated(firm, rule, year).row(0, named=True)
    items = _workable(rule)
    single = _tried(firm.with_columns(__trail=_NO_TRAIL), rule, year, items)
    scored = _evaluated(single, rule, year)
    next_band = _next_bands(scored, start, rule, firm.row(0, named=True), items)
    blocked = tuple(
        item.id for item in rule.requirements if item.is_entry_gate and start[f"holds_{item.id}"] is False
    )
    if all(start[f"holds_{item.id}"] for item in rule.requirements if item.id not in blocked):
        return Ways((), next_band, blocked)
    goal = pl.all_horizontal(f"holds_{item.id}" for item in rule.requirements if item.id not in blocked)
    found: list[Plan] = []
    for round_number in range(changes().most_changes):
        reached = scored.filter(goal)
        found += [
            _plan(row["__trail"], items, firm.row(0, named=True)) for row in reached.iter_rows(named=True)
        ]
        if found or round_number + 1 == changes().most_changes:
            break
        best = _promising(scored, rule, firm, items, year)
        scored = _evaluated(_tried(best.select(single.columns), rule, year, items), rule, year)
    return Ways(_ranked(found), next_band, blocked)


def tried_once(returns: pl.DataFrame, rule: Standard, year: int) -> tuple[pl.DataFrame, list[RuleInput]]:
    """Many firms at once, each with every single change for the better: evaluated rows, and the figures changed.

    Returns the columns of `metrics.scoring.outcome.evaluate` and uscc, __item (place among the figures), __now and
    __needed (stored integers). `returns`: typed rows of the firms, each with one of the year.
    """
    firms = lay_out(with_absent_firms(returns, year).lazy(), year).collect(backend="polars").to_native()
    items = _workable(rule)
    steps = _steps(firms.with_columns(__trail=_NO_TRAIL), rule, year, items)
    changed = _changed(firms, steps, items).with_columns(steps["__item", "__now", "__needed"])
    return _evaluated(changed, rule, year), items


TRAIL = {"item": pl.Int64, "value": pl.Int64}
_NO_TRAIL = pl.lit([], dtype=pl.List(pl.Struct(TRAIL)))


def _workable(rule: Standard) -> list[RuleInput]:
    allowed = changes()
    listed = {*allowed.more, *allowed.less, *allowed.yes}
    return [item for item in inputs_of(rule) if item.years_before == 0 and item.field in listed]


def _evaluated(firms: pl.DataFrame, rule: Standard, year: int) -> pl.DataFrame:
    return evaluate(nw.from_native(firms.lazy()), rule, year).to_native().collect()


def _tried(firms: pl.DataFrame, rule: Standard, year: int, items: list[RuleInput]) -> pl.DataFrame:
    """Every firm with every figure at every turning point that is a change for the better, added to its trail."""
    steps = _steps(firms, rule, year, items)
    step = pl.concat_list(pl.struct(item=steps["__item"], value=steps["__needed"]))
    return _changed(firms, steps, items).with_columns(__trail=pl.concat_list("__trail", step))


def _steps(firms: pl.DataFrame, rule: Standard, year: int, items: list[RuleInput]) -> pl.DataFrame:
    """Those changes alone: __firm (place among the firms), __item (among the figures), __now and __needed."""
    found = []
    for index, item in enumerate(items):
        now, needed = pl.col("__now"), pl.col("__needed")
        better = needed < now if item.field in changes().less else needed > now
        is_free = ~pl.col("__trail").list.eval(pl.element().struct.field("item") == index).list.any()
        values = pl.DataFrame(
            {
                "__now": firms[cell(item.field)].cast(pl.Int64),
                "__needed": _values(firms, rule, item, year),
                "__trail": firms["__trail"],
            }
        )
        found.append(
            values.with_row_index("__firm")
            .filter(is_free)
            .drop("__trail")
            .explode("__needed")
            .filter(now.is_null() | better, needed.is_not_null())
            .filter(needed.abs() < contract("annual_returns").column(item.field).stored_high)
            .select("__firm", pl.lit(index, dtype=pl.Int64).alias("__item"), "__now", "__needed")
        )
    return pl.concat(found)


def _changed(firms: pl.DataFrame, steps: pl.DataFrame, items: list[RuleInput]) -> pl.DataFrame:
    """A firm's row for each step, with the figure changed."""
    # The whole rows only here: a firm has some dozens of steps, and a row nearly a hundred columns.
    whole = firms[steps["__firm"]]
    return whole.with_columns(
        pl.when(steps["__item"] == index)
        .then(steps["__needed"].cast(firms.schema[cell(item.field)], strict=False))
        .otherwise(pl.col(cell(item.field)))
        .alias(cell(item.field))
        for index, item in enumerate(items)
    )


def _values(firms: pl.DataFrame, rule: Standard, item: RuleInput, year: int) -> pl.Series:
    """Of each firm, the values at which something turns, with their neighbours and the ends of the domain."""
    if contract("annual_returns").column(item.field).type in ("bool", "choice"):
        points = {f"__{at}": value for at, value in enumerate(breakpoints(rule, item, year))}
        found = nw.from_native(firms).select(**points).to_native()
    else:
        low, high = domain(item)
        points = {f"__{at}": value for at, value in enumerate(turning(rule, item, year))}
        at = nw.from_native(firms).select(**points, __low=low, __high=high).to_native()
        near = [pl.col(name) + step for name in points for step in NEIGHBOURS]
        found = at.select(
            "__low",
            "__high",
            *(
                pl.when(value.is_between("__low", "__high")).then(value).cast(pl.Int64).alias(f"__{place}")
                for place, value in enumerate(near)
            ),
        )
    return found.select(pl.concat_list(pl.all().cast(pl.Int64)).list.drop_nulls().list.unique()).to_series()


def _promising(
    scored: pl.DataFrame, rule: Standard, firm: pl.DataFrame, items: list[RuleInput], year: int
) -> pl.DataFrame:
    """The partial changes that leave least to do, each figure's smallest change first."""
    evaluator = Evaluator(year)
    left = [_distance(requirement.condition, evaluator) for requirement in rule.requirements]
    ranked = nw.from_native(scored).with_columns(__left=nw.sum_horizontal(*left)).to_native()
    row = firm.row(0, named=True)
    efforts = [effort(_changes(trail, items, row)) for trail in ranked["__trail"]]
    return (
        ranked.with_columns(pl.Series("__effort", efforts, dtype=pl.Float64))
        .sort("__left", "__effort")
        .with_columns(
            pl.col("__trail").list.eval(pl.element().struct.field("item")).list.sort().alias("__items")
        )
        .unique(["__left", "__items"], keep="first", maintain_order=True)
        .head(KEPT)
    )


def _distance(node: Condition, evaluator: Evaluator) -> nw.Expr:
    """How much of a condition is still open: comparisons that do not hold, and points short in tens."""
    match node:
        case AllOf():
            return (
                nw.sum_horizontal(*(_distance(item, evaluator) for item in node.items))
                if node.items
                else nw.lit(0.0)
            )
        case AnyOf():
            return nw.min_horizontal(*(_distance(item, evaluator) for item in node.items))
        case Named():
            return _distance(node.when, evaluator)
        case ScoreAtLeast():
            parts = [("score_low", node.total)] + [
                (f"low_group_{name}", least) for name, least in node.groups
            ]
            short = [least - nw.col(name).cast(nw.Float64) / POINT for name, least in parts]
            return nw.sum_horizontal(
                *(nw.when(gap > 0).then(gap / 10).otherwise(nw.lit(0.0)) for gap in short)
            )
        case _:
            return nw.when(evaluator.condition(node)).then(nw.lit(0.0)).otherwise(nw.lit(1.0))


def _next_bands(
    scored: pl.DataFrame, start: dict[str, Any], rule: Standard, row: dict[str, Any], items: list[RuleInput]
) -> dict[str, tuple[Change, int]]:
    found = {}
    for criterion in rule.criteria:
        low = f"low_{criterion.id}"
        better = scored.filter(pl.col(low) > start[low])
        options = [
            (_changes(line["__trail"], items, row), line[low])
            for line in better.select("__trail", low).iter_rows(named=True)
        ]
        if options:
            least, points = min(
                options, key=lambda option: (option[1] != min(p for _, p in options), effort(option[0]))
            )
            found[criterion.id] = (least[0], int(points - start[low]))
    return found


def _changes(trail: list[dict[str, int]], items: list[RuleInput], row: dict[str, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(
            items[step["item"]],
            None if (now := row[cell(items[step["item"]].field)]) is None else int(now),
            step["value"],
        )
        for step in trail
    )


def _plan(trail: list[dict[str, int]], items: list[RuleInput], row: dict[str, Any]) -> Plan:
    found = _changes(trail, items, row)
    return Plan(found, effort(found))


def effort(found: tuple[Change, ...]) -> float:
    """Sum of relative changes; a yes counts as one, a missing figure too."""
    total = 0.0
    for change in found:
        column = contract("annual_returns").column(change.item.field)
        if column.type in ("bool", "choice") or change.now is None:
            total += 1.0
        else:
            total += abs(change.needed - change.now) / max(abs(change.now), column.scale)
    return total


def _ranked(plans: list[Plan]) -> tuple[Plan, ...]:
    """Smallest effort first, one plan for each set of figures."""
    best: dict[frozenset[RuleInput], Plan] = {}
    for plan in sorted(plans, key=lambda plan: plan.effort):
        best.setdefault(frozenset(change.item for change in plan.changes), plan)
    return tuple(best.values())[:SHOWN]
