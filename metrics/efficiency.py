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
from typing import Any, Literal

import numpy as np
import polars as pl

Returns = Literal["crs", "vrs"]
Orientation = Literal["input", "output"]
RETURNS: tuple[Returns, ...] = ("crs", "vrs")
ORIENTATIONS: tuple[Orientation, ...] = ("input", "output")

_SAME = 1e-7
_NOTHING = 1e-8
_AT_ONCE = 40  # not policy: programs solved together, enough for the provinces, few for a large file
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
    rows = _rows(group, unit, inputs, outputs, returns, orientation) if group.height else []
    keys = [name for name in group.columns if name not in {*inputs, *outputs}]
    schema = {"efficiency": pl.Float64, "scale_efficiency": pl.Float64, "returns_to_scale": pl.String}
    schema |= {f"slack_{name}": pl.Float64 for name in (*inputs, *outputs)} | {"peers": pl.String}
    return pl.concat([group.select(keys), pl.DataFrame(rows, schema=schema)], how="horizontal")


def _rows(
    group: pl.DataFrame,
    unit: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    returns: Returns,
    orientation: Orientation,
) -> list[dict[str, Any]]:
    x, y = group.select(inputs).to_numpy(), group.select(outputs).to_numpy()
    names = group[unit].to_list()
    scores, mixed = {}, {}
    for shape in RETURNS:
        scores[shape], mixed[shape] = _radial(x, y, shape, orientation)
    weights, slack_x, slack_y = _slacks(x, y, returns, orientation, scores[returns])
    constant, variable = scores["crs"], scores["vrs"]
    return [
        {
            "efficiency": float(scores[returns][at]),
            "scale_efficiency": float(
                constant[at] / variable[at] if orientation == "input" else variable[at] / constant[at]
            ),
            "returns_to_scale": _scale(constant[at], variable[at], mixed["crs"][at].sum()),
            **{f"slack_{name}": float(value) for name, value in zip(inputs, slack_x[at], strict=True)},
            **{f"slack_{name}": float(value) for name, value in zip(outputs, slack_y[at], strict=True)},
            "peers": _peers(names, weights[at]),
        }
        for at in range(group.height)
    ]


def _radial(
    x: np.ndarray, y: np.ndarray, returns: Returns, orientation: Orientation
) -> tuple[np.ndarray, np.ndarray]:
    """The first stage: the score of each unit, and its mixture of units: a weight a unit, a row each.

    Columns are divided by their mean: size is no matter.
    """
    inputs, outputs = x / x.mean(axis=0), y / _means(y)
    shrinks = orientation == "input"
    units, m, s = len(x), x.shape[1], y.shape[1]
    cost = np.zeros(1 + units)
    cost[0] = 1 if shrinks else -1
    programs = []
    for own_x, own_y in zip(inputs, outputs, strict=True):
        # Σ weights × inputs ≤ θ × own inputs (or own inputs); Σ weights × outputs ≥ own outputs (or φ × own outputs).
        score = np.concatenate([-own_x, np.zeros(s)] if shrinks else [np.zeros(m), own_y])
        rows = np.column_stack([score, np.vstack([inputs.T, -outputs.T])])
        programs.append((rows, np.concatenate([np.zeros(m), -own_y] if shrinks else [own_x, np.zeros(s)])))
    found = _solve(cost, programs, slice(1, None) if returns == "vrs" else None, is_equal=False)
    scores = found[:, 0]
    return np.where(np.abs(scores - 1) < _SAME, 1.0, scores), found[:, 1:]


def _slacks(
    x: np.ndarray, y: np.ndarray, returns: Returns, orientation: Orientation, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The second stage: weights, input and output slacks with the score held and the sum of slacks the largest."""
    scale_x, scale_y = x.mean(axis=0), _means(y)
    inputs, outputs = x / scale_x, y / scale_y
    held_x = inputs * (scores[:, None] if orientation == "input" else 1)
    held_y = outputs * (scores[:, None] if orientation == "output" else 1)
    units, m, s = len(x), x.shape[1], y.shape[1]
    rows = np.vstack(
        [
            np.column_stack([inputs.T, np.eye(m), np.zeros((m, s))]),
            np.column_stack([outputs.T, np.zeros((s, m)), -np.eye(s)]),
        ]
    )
    largest = max(scale_x.max(), scale_y.max())
    cost = -np.concatenate([np.zeros(units), scale_x / largest, scale_y / largest])
    programs = [(rows, values) for values in np.column_stack([held_x, held_y])]
    found = _solve(cost, programs, slice(units) if returns == "vrs" else None, is_equal=True)
    found = np.where(found < _NOTHING, 0, found)
    return found[:, :units], found[:, units : units + m] * scale_x, found[:, units + m :] * scale_y


def _means(y: np.ndarray) -> np.ndarray:
    """Mean of each output; one for an output that nobody has."""
    return np.where(y.any(axis=0), y.mean(axis=0), 1)


def _solve(cost: np.ndarray, programs: list[_Rows], to_one: slice | None, *, is_equal: bool) -> np.ndarray:
    """The variables of each program, a row each: zero or more, and of those its rows allow, they cost least.

    ``programs``: rows and what they come to at most, or, ``is_equal``, exactly; the variables ``to_one`` sum to one.
    Some programs are solved together as one of blocks, because each call of the solver costs more than the solving.
    """
    # SciPy's optimiser is slow to import: only who solves pays for it.
    from scipy.optimize import linprog
    from scipy.sparse import block_diag

    together = np.zeros((1, len(cost)))
    if to_one is not None:
        together[0, to_one] = 1
    solved = []
    for start in range(0, len(programs), _AT_ONCE):
        part = programs[start : start + _AT_ONCE]
        rows = block_diag([rows for rows, _ in part], format="csc")
        values = np.concatenate([values for _, values in part])
        equal = [(rows, values)] if is_equal else []
        if to_one is not None:
            equal.append((block_diag([together] * len(part), format="csc"), np.ones(len(part))))
        found = linprog(
            np.tile(cost, len(part)),
            **({} if is_equal else {"A_ub": rows, "b_ub": values}),
            **_stacked(equal),
            bounds=(0, None),
            method="highs",
        )
        if found.x is None:
            raise ArithmeticError(f"The linear program was not solved: {found.message}")
        solved.append(found.x.reshape(len(part), len(cost)))
    return np.vstack(solved) if solved else np.zeros((0, len(cost)))


def _stacked(equal: list[tuple[Any, np.ndarray]]) -> dict[str, Any]:
    from scipy.sparse import vstack

    if not equal:
        return {}
    return {
        "A_eq": vstack([rows for rows, _ in equal], format="csc"),
        "b_eq": np.concatenate([values for _, values in equal]),
    }


def _scale(constant: float, variable: float, weights: float) -> str:
    # Scores that differ have no mixture of weight one under crs, so all its mixtures weigh more, or all weigh less:
    # less is allowed under non-increasing returns too, whose score then is that of crs.
    if abs(constant - variable) < _SAME * variable:
        return "constant"
    return "decreasing" if weights > 1 else "increasing"


def _peers(names: Sequence[str], weights: np.ndarray) -> str:
    shown = {name: f"{weight:.6g}" for name, weight in zip(names, weights, strict=True) if weight}
    return "; ".join(
        f"{name} {shown[name]}" for name in sorted(shown, key=lambda name: (-float(shown[name]), name))
    )
