"""Data envelopment analysis: how far each unit lies from the frontier that the best units form.

Input orientation: θ ≤ 1, the smallest share of its own inputs with which the unit's outputs would still be possible.
Output orientation: φ ≥ 1, the largest multiple of its own outputs that its inputs would allow. Returns to scale are
constant (crs: CCR) or variable (vrs: BCC). Two stages: first the radial score, then, with the score held, the
largest sum of slacks. Peers are the efficient units that the target is a mixture of, with their weights.
Scale efficiency = crs score ÷ vrs score (the other way round for φ). Returns to scale: constant where both agree;
decreasing where the score under non-increasing returns is the vrs score; else increasing.
Learning from peers: a unit is compared with what others did, measured without error; it is no grade.
Source: W. W. Cooper, L. M. Seiford, K. Tone, Data Envelopment Analysis, 2nd ed. 2007, chapters 2 to 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

Returns = Literal["crs", "vrs"]
Orientation = Literal["input", "output"]
RETURNS: tuple[Returns, ...] = ("crs", "vrs")
ORIENTATIONS: tuple[Orientation, ...] = ("input", "output")

_SAME = 1e-7
_NOTHING = 1e-8
_Shape = Literal["crs", "vrs", "nirs"]
_SHAPES: tuple[_Shape, ...] = ("crs", "vrs", "nirs")
_Rows = tuple[np.ndarray, np.ndarray]


class DeaError(ValueError):
    """A cell that the method cannot use.

    ``rule``: missing, not_positive (an input), negative (an output), no_output (all outputs zero), twice (a unit
    twice in one period).
    """

    def __init__(self, rule: str, unit: str, column: str, period: str | None = None) -> None:
        where = f"{unit}, {period}" if period is not None else unit
        super().__init__(f"{where}, {column}: {rule}.")
        self.rule, self.unit, self.column, self.period = rule, unit, column, period


def units_wanted(inputs: int, outputs: int) -> int:
    """How many units a comparison needs to tell them apart: max(m × s, 3 (m + s)), Cooper et al. 2007, p. 284."""
    return max(inputs * outputs, 3 * (inputs + outputs))


def dea(
    data: pl.DataFrame,
    unit: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    returns: Returns = "crs",
    orientation: Orientation = "input",
    period: str | None = None,
) -> pl.DataFrame:
    """Efficiency of every row of ``data`` among the rows of its period (of all, without ``period``).

    ``unit`` and ``period`` name columns that are read as text; inputs are above zero, outputs zero or more with
    one above zero. Returns, in the order of ``data``: the unit (and period) under its own name; efficiency (θ or
    φ, exactly 1 on the frontier); scale_efficiency (≤ 1); returns_to_scale (increasing | constant | decreasing);
    slack_<column> for each input and output, in its own unit; peers ("A 0.4; B 0.6", largest weight first).
    Raises DeaError naming unit and column.
    """
    texts = [pl.col(name).cast(pl.String) for name in (unit, *([period] if period else []))]
    numbers = [pl.col(name).cast(pl.Float64) for name in (*inputs, *outputs)]
    table = data.select(*texts, *numbers)
    _check(table, unit, inputs, outputs, period)
    groups = table.partition_by(period, maintain_order=True) if period and table.height else [table]
    found = [_group(group, unit, inputs, outputs, returns, orientation) for group in groups]
    keys = [name for name in (unit, period) if name]
    return data.select(texts).join(pl.concat(found), on=keys, how="left", maintain_order="left")


def _check(
    table: pl.DataFrame, unit: str, inputs: Sequence[str], outputs: Sequence[str], period: str | None
) -> None:
    keys = [name for name in (unit, period) if name]
    nothing = pl.all_horizontal(pl.col(name) == 0 for name in outputs)
    broken: list[tuple[str, str, pl.Expr]] = [("twice", unit, pl.struct(keys).is_duplicated())]
    broken += [
        ("missing", name, pl.col(name).is_null() | ~pl.col(name).is_finite()) for name in (*inputs, *outputs)
    ]
    broken += [("not_positive", name, pl.col(name) <= 0) for name in inputs]
    broken += [("negative", name, pl.col(name) < 0) for name in outputs]
    broken.append(("no_output", outputs[0], nothing))
    for rule, column, test in broken:
        rows = table.filter(test)
        if rows.height:
            raise DeaError(rule, str(rows[unit][0]), column, str(rows[period][0]) if period else None)


def _group(
    group: pl.DataFrame,
    unit: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    returns: Returns,
    orientation: Orientation,
) -> pl.DataFrame:
    # Where several mixtures of peers are as good, the solver takes one by the order of the units: always the same.
    group = group.sort(unit)
    x, y = group.select(inputs).to_numpy(), group.select(outputs).to_numpy()
    names = group[unit].to_list()
    rows = []
    for at in range(group.height):
        scores: dict[_Shape, float] = {shape: _radial(x, y, at, shape, orientation) for shape in _SHAPES}
        weights, slack_x, slack_y = _slacks(x, y, at, returns, orientation, scores[returns])
        constant, variable = scores["crs"], scores["vrs"]
        rows.append(
            {
                "efficiency": scores[returns],
                "scale_efficiency": constant / variable if orientation == "input" else variable / constant,
                "returns_to_scale": _scale(constant, variable, scores["nirs"]),
                **{f"slack_{name}": float(value) for name, value in zip(inputs, slack_x, strict=True)},
                **{f"slack_{name}": float(value) for name, value in zip(outputs, slack_y, strict=True)},
                "peers": _peers(names, weights),
            }
        )
    keys = [name for name in group.columns if name not in {*inputs, *outputs}]
    schema = {"efficiency": pl.Float64, "scale_efficiency": pl.Float64, "returns_to_scale": pl.String}
    schema |= {f"slack_{name}": pl.Float64 for name in (*inputs, *outputs)} | {"peers": pl.String}
    return pl.concat([group.select(keys), pl.DataFrame(rows, schema=schema)], how="horizontal")


def _radial(x: np.ndarray, y: np.ndarray, at: int, shape: _Shape, orientation: Orientation) -> float:
    """The first stage: the score, then a weight a unit. Columns are divided by their mean: size is no matter."""
    inputs, outputs = x / x.mean(axis=0), y / _means(y)
    own_x, own_y = inputs[at], outputs[at]
    none_x, none_y = np.zeros_like(own_x), np.zeros_like(own_y)
    shrinks = orientation == "input"
    # Σ weights × inputs ≤ θ × own inputs (or own inputs); Σ weights × outputs ≥ own outputs (or φ × own outputs).
    rows = np.vstack(
        [
            np.column_stack([-own_x if shrinks else none_x, inputs.T]),
            np.column_stack([none_y if shrinks else own_y, -outputs.T]),
        ]
    )
    values = np.concatenate([none_x, -own_y] if shrinks else [own_x, none_y])
    cost = np.zeros(1 + len(x))
    cost[0] = 1 if shrinks else -1
    score = float(_solve(cost, shape, slice(1, None), at_most=(rows, values))[0])
    return 1.0 if abs(score - 1) < _SAME else score


def _slacks(
    x: np.ndarray, y: np.ndarray, at: int, returns: Returns, orientation: Orientation, score: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The second stage: weights, input and output slacks with the score held and the sum of slacks the largest."""
    scale_x, scale_y = x.mean(axis=0), _means(y)
    inputs, outputs = x / scale_x, y / scale_y
    own_x = inputs[at] * (score if orientation == "input" else 1)
    own_y = outputs[at] * (score if orientation == "output" else 1)
    units, m, s = len(x), x.shape[1], y.shape[1]
    rows = np.vstack(
        [
            np.column_stack([inputs.T, np.eye(m), np.zeros((m, s))]),
            np.column_stack([outputs.T, np.zeros((s, m)), -np.eye(s)]),
        ]
    )
    largest = max(scale_x.max(), scale_y.max())
    cost = -np.concatenate([np.zeros(units), scale_x / largest, scale_y / largest])
    found = _solve(cost, returns, slice(units), equal=(rows, np.concatenate([own_x, own_y])))
    found = np.where(found < _NOTHING, 0, found)
    return found[:units], found[units : units + m] * scale_x, found[units + m :] * scale_y


def _means(y: np.ndarray) -> np.ndarray:
    """Mean of each output; one for an output that nobody has."""
    return np.where(y.any(axis=0), y.mean(axis=0), 1)


def _solve(
    cost: np.ndarray,
    shape: _Shape,
    weights: slice,
    *,
    at_most: _Rows | None = None,
    equal: _Rows | None = None,
) -> np.ndarray:
    """The variables, zero or more, that cost least; their weights sum to one under vrs, to one at most under nirs."""
    # SciPy's optimiser is slow to import: only who solves pays for it.
    from scipy.optimize import linprog

    together = np.zeros(len(cost))
    together[weights] = 1
    if shape == "vrs":
        equal = _with_row(equal, together)
    elif shape == "nirs":
        at_most = _with_row(at_most, together)
    found = linprog(
        cost,
        **({"A_ub": at_most[0], "b_ub": at_most[1]} if at_most else {}),
        **({"A_eq": equal[0], "b_eq": equal[1]} if equal else {}),
        bounds=(0, None),
        method="highs",
    )
    if found.x is None:
        raise ArithmeticError(f"The linear program was not solved: {found.message}")
    return found.x


def _with_row(rows: _Rows | None, row: np.ndarray) -> _Rows:
    if rows is None:
        return row[None, :], np.ones(1)
    return np.vstack([rows[0], row]), np.append(rows[1], 1)


def _scale(constant: float, variable: float, falling: float) -> str:
    if abs(constant - variable) < _SAME * variable:
        return "constant"
    return "decreasing" if abs(falling - variable) < _SAME * variable else "increasing"


def _peers(names: Sequence[str], weights: np.ndarray) -> str:
    shown = {name: f"{weight:.6g}" for name, weight in zip(names, weights, strict=True) if weight}
    return "; ".join(
        f"{name} {shown[name]}" for name in sorted(shown, key=lambda name: (-float(shown[name]), name))
    )
