"""A composite index: any tree of indicators, combined by weighted arithmetic means from the leaves to the root.

Value of a node = direction × what it holds (a leaf: its cell; any other node: the weighted mean of its children),
then, under ``minmax``, stretched over the units so that the lowest is 0 and the highest 100. Weights count among
siblings: they are divided by their sum. A missing child leaves its weight to its siblings, which is what most
published indices do; under ``strict`` its parent is missing instead. Where every child is missing the parent is.
The score is the root's value; equal scores share a rank and the next rank is skipped (1, 2, 2, 4).

Decimals all the way (50 digits), so that equal means are equal; draws of the weights are statistics and floats.
Vocabulary (code, parent, direction, weight, level): W. Becker and others, COINr, JOSS 7(78), 2022, 4567; method:
OECD and JRC, Handbook on Constructing Composite Indicators, 2008.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Literal

import numpy as np
import polars as pl

Normalise = Literal["none", "minmax"]
Missing = Literal["renormalise", "strict"]
Values = Sequence[Decimal | None]

NORMALISE: tuple[Normalise, ...] = ("none", "minmax")
MISSING: tuple[Missing, ...] = ("renormalise", "strict")
RESULT_COLUMNS = ("unit", "rank", "score", "rank_p05", "rank_p95")
"""Columns of a result that are no nodes: a node must not be called like one."""

DIGITS = 50  # not policy: digits that Decimal carries
_EQUAL = Context(prec=30)  # not policy: digits at which two means count as equal
_FLOAT_DIGITS = 12  # not policy: the same, for drawn scores
PERTURBATION = 0.25  # not policy: each drawn weight lies within a quarter of its own
_LOW, _HIGH = 0.05, 0.95  # not policy: quantiles of the drawn ranks


@dataclass(frozen=True)
class Node:
    """One row of a structure; the root has no parent, and its weight does not count."""

    code: str
    parent: str | None
    weight: Decimal = Decimal(1)
    direction: Literal[1, -1] = 1
    normalise: Normalise = "none"


@dataclass(frozen=True)
class Tree:
    """Nodes in which every parent exists and one root is above all."""

    root: str
    nodes: Mapping[str, Node]
    children: Mapping[str, tuple[str, ...]]
    upward: tuple[str, ...]
    """Codes, children before their parent."""

    @property
    def leaves(self) -> tuple[str, ...]:
        """The indicators, in the order of the structure."""
        return tuple(code for code in self.nodes if not self.children[code])


@dataclass(frozen=True)
class Fault:
    """Why a structure is refused: the node and its place among the nodes, the column, and what is wrong."""

    code: str
    column: str
    rule: str
    at: int | None = None


class FaultyTreeError(ValueError):
    """The nodes are no tree with usable weights; ``faults`` says why, node by node."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.code}: {fault.rule} ({fault.column})" for fault in faults))
        self.faults = tuple(faults)


class ConstantIndicatorError(ValueError):
    """``minmax`` was asked of a node that has the same value in every unit."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"{code} has the same value in every unit: minmax needs two. Use none, or take it out."
        )
        self.code = code


def tree_of(nodes: Sequence[Node]) -> Tree:
    """Check the nodes and order them.

    Raises FaultyTreeError with the rules: duplicate, reserved, unknown_parent, no_root, more_roots, cycle,
    negative_weight, no_weight (a parent whose children weigh nothing together), no_indicator.
    """
    by_code = {node.code: node for node in reversed(nodes)}
    faults = _row_faults(nodes, by_code)
    if faults:
        raise FaultyTreeError(faults)
    children = {code: tuple(node.code for node in nodes if node.parent == code) for code in by_code}
    root = next(node.code for node in nodes if node.parent is None)
    downward = [root]
    for code in downward:
        downward += children[code]
    faults = [
        Fault(node.code, "parent", "cycle", at)
        for at, node in enumerate(nodes)
        if node.code not in set(downward)
    ]
    places = {node.code: at for at, node in enumerate(nodes)}
    faults += [
        Fault(code, "weight", "no_weight", places[code])
        for code in downward
        if children[code] and not sum(by_code[child].weight for child in children[code])
    ]
    if not children[root]:
        faults.append(Fault(root, "code", "no_indicator", places[root]))
    if faults:
        raise FaultyTreeError(faults)
    return Tree(root, {node.code: node for node in nodes}, children, tuple(reversed(downward)))


def composite(
    data: pl.DataFrame, tree: Tree, *, missing: Missing = "renormalise", draws: int = 0, seed: int = 0
) -> pl.DataFrame:
    """Score and rank the units of ``data``: unit (String) and a column per leaf of ``tree`` (others are ignored).

    Leaves hold numbers, or numbers written as text (read exactly); null is missing. Returns unit, rank (Int64),
    score, a Float64 column per node under its code (children after their parent, as in the structure), rank_p05,
    rank_p95 (Int64; null without ``draws``); best first, then by unit, units without a score last. Raises
    ConstantIndicatorError.

    ``draws`` times every weight is redrawn, uniformly within a quarter of itself and apart from all others;
    rank_p05 and rank_p95 are the 5th and 95th percentile of the ranks that come of it, with the same seed the
    same.
    """
    units = data["unit"].to_list()
    leaves = {code: [_exact(value) for value in data[code].to_list()] for code in tree.leaves}
    with localcontext(prec=DIGITS):
        values = _values(tree, leaves, len(units), missing)
        scores = [None if value is None else _EQUAL.plus(value) for value in values[tree.root]]
    order = sorted(scores, key=lambda score: (score is None, -(score or Decimal(0))))
    ranks = {score: place for place, score in reversed(list(enumerate(order, start=1)))}
    low, high = _drawn_ranks(tree, leaves, missing, draws, seed) if draws else (None, None)
    shown = {code: pl.Series(_floats(values[code]), dtype=pl.Float64) for code in tree.nodes}
    return pl.DataFrame(
        {
            "unit": pl.Series(units, dtype=pl.String),
            "rank": pl.Series([None if score is None else ranks[score] for score in scores], dtype=pl.Int64),
            "score": shown[tree.root],
            **shown,
            "rank_p05": pl.Series(low if low is not None else [None] * len(units), dtype=pl.Int64),
            "rank_p95": pl.Series(high if high is not None else [None] * len(units), dtype=pl.Int64),
        }
    ).sort("rank", "unit", nulls_last=True)


def _row_faults(nodes: Sequence[Node], by_code: Mapping[str, Node]) -> list[Fault]:
    roots = [at for at, node in enumerate(nodes) if node.parent is None]
    seen: set[str] = set()
    faults = []
    for at, node in enumerate(nodes):
        if node.code in seen:
            faults.append(Fault(node.code, "code", "duplicate", at))
        seen.add(node.code)
        if node.code in RESULT_COLUMNS:
            faults.append(Fault(node.code, "code", "reserved", at))
        if node.parent is not None and node.parent not in by_code:
            faults.append(Fault(node.code, "parent", "unknown_parent", at))
        if node.weight < 0:
            faults.append(Fault(node.code, "weight", "negative_weight", at))
    faults += [Fault(nodes[at].code, "parent", "more_roots", at) for at in roots[1:]]
    return faults if roots else [*faults, Fault("", "parent", "no_root")]


def _values(tree: Tree, leaves: Mapping[str, Values], height: int, missing: Missing) -> dict[str, Values]:
    found: dict[str, Values] = {}
    for code in tree.upward:
        node, below = tree.nodes[code], tree.children[code]
        held = leaves[code] if not below else _means(tree, below, found, height, missing)
        turned = [None if value is None else value * node.direction for value in held]
        found[code] = turned if node.normalise == "none" else _stretched(code, turned)
    return found


def _means(
    tree: Tree, below: Sequence[str], found: Mapping[str, Values], height: int, missing: Missing
) -> list[Decimal | None]:
    weights = [tree.nodes[child].weight for child in below]
    return [
        _mean(weights, [found[child][row] for child in below], strict=missing == "strict")
        for row in range(height)
    ]


def _mean(weights: Sequence[Decimal], values: Values, *, strict: bool) -> Decimal | None:
    total = weight_there = Decimal(0)
    for weight, value in zip(weights, values, strict=True):
        if value is not None:
            total += weight * value
            weight_there += weight
        elif strict and weight:
            return None
    return total / weight_there if weight_there else None


def _stretched(code: str, values: Values) -> Values:
    there = [value for value in values if value is not None]
    if not there:
        return values
    low, high = min(there), max(there)
    if low == high:
        raise ConstantIndicatorError(code)
    return [None if value is None else 100 * (value - low) / (high - low) for value in values]


def _drawn_ranks(
    tree: Tree, leaves: Mapping[str, Values], missing: Missing, draws: int, seed: int
) -> tuple[list[int | None], list[int | None]]:
    """The two percentiles of each unit's rank, in the order of the rows."""
    random = np.random.default_rng(seed)
    codes = sorted(tree.nodes)
    held = {code: np.array(_floats(values), dtype=float) for code, values in leaves.items()}
    drawn = []
    for _ in range(draws):
        noise = random.uniform(1 - PERTURBATION, 1 + PERTURBATION, len(codes))
        weights = {code: float(tree.nodes[code].weight) * noise[at] for at, code in enumerate(codes)}
        drawn.append(_ranked(_drawn_scores(tree, held, weights, strict=missing == "strict")))
    ranks = np.array(drawn)
    low, high = np.quantile(ranks, [_LOW, _HIGH], axis=0, method="inverted_cdf")
    return tuple([None if value == 0 else int(value) for value in side] for side in (low, high))  # type: ignore[return-value]


def _drawn_scores(
    tree: Tree, held: Mapping[str, np.ndarray], weights: Mapping[str, float], *, strict: bool
) -> np.ndarray:
    found: dict[str, np.ndarray] = {}
    for code in tree.upward:
        node, below = tree.nodes[code], tree.children[code]
        value = _drawn_means([found[child] for child in below], [weights[child] for child in below], strict)
        value = node.direction * (value if below else held[code])
        if node.normalise == "minmax" and not np.isnan(value).all():
            low, high = np.nanmin(value), np.nanmax(value)
            value = 100 * (value - low) / (high - low) if high > low else value
        found[code] = value
    return found[tree.root]


def _drawn_means(children: list[np.ndarray], weights: list[float], strict: bool) -> np.ndarray:
    if not children:
        return np.empty(0)
    stacked, weight = np.array(children), np.array(weights)[:, None]
    there = ~np.isnan(stacked)
    total = np.where(there, stacked * weight, 0.0).sum(axis=0)
    weight_there = (there * weight).sum(axis=0)
    mean = np.divide(total, weight_there, out=np.full_like(total, np.nan), where=weight_there > 0)
    return np.where((~there & (weight > 0)).any(axis=0), np.nan, mean) if strict else mean


def _ranked(scores: np.ndarray) -> np.ndarray:
    """Competition ranks, best first; 0 where there is no score."""
    there = ~np.isnan(scores)
    falling = -np.round(scores[there], _FLOAT_DIGITS)
    ranks = np.zeros(len(scores), dtype=np.int64)
    ranks[there] = np.searchsorted(np.sort(falling), falling, side="left") + 1
    return ranks


def _exact(value: float | str | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _floats(values: Values) -> list[float | None]:
    return [None if value is None else float(value) for value in values]
