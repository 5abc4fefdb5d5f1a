"""What the four calculators make of the tables handed to them: composite, agreement, efficiency, apportion.

The metrics are pure and know no files; here their refusals become faults of a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from metrics.agreement import Agreement, Level, ScoreError, agreement
from metrics.apportion import Method, apportion
from metrics.composite import (
    NORMALISE,
    ConstantIndicatorError,
    FaultyTreeError,
    Missing,
    Node,
    Tree,
    composite,
    tree_of,
)
from metrics.efficiency import DeaError, Orientation, Returns, dea, units_wanted
from pipelines.calculator_files import MISSING, Cell, Fault, Grid, TableRefusedError, keys, numbers

UNIT = "unit"
STRUCTURE = ("code", "parent", "weight")
STRUCTURE_OPTIONAL = ("direction", "normalise")
SCORES = ("rater", UNIT, "score")
WEIGHTS = (UNIT, "weight")
_NOTHING = (None, *MISSING)
# A program that reads the root's empty cell as a missing number writes the others as 1.0 and -1.0.
_DIRECTIONS = {"1": 1, "+1": 1, "1.0": 1, "-1": -1, "-1.0": -1} | dict.fromkeys(_NOTHING, 1)


@dataclass(frozen=True)
class Composite:
    """A scored index: its tree, the result (`metrics.composite.composite`), and how many cells were missing."""

    tree: Tree
    table: pl.DataFrame
    missing: int


@dataclass(frozen=True)
class Efficiency:
    """Efficiency scores, and the periods that have fewer units than the comparison needs."""

    table: pl.DataFrame
    wanted: int
    few: dict[str, int]
    """Units by period ("" where there is one), for those below ``wanted``."""


def composite_of(
    data: Grid, structure: Grid, *, missing: Missing = "renormalise", draws: int = 0, seed: int = 0
) -> Composite:
    """The index that ``structure`` makes of ``data``. Raises TableRefusedError."""
    tree = structure_of(structure)
    faults: list[Fault] = []
    for column in data.columns:
        if column not in (UNIT, *tree.leaves):
            known = ", ".join(tree.leaves)
            faults.append(
                Fault("unknown_code", data.file, column=column, value=column, said={"known": known})
            )
    for code in tree.leaves:
        if code not in data.columns:
            given = ", ".join(data.columns)
            faults.append(Fault("column_missing", data.file, column=code, said={"given": given}))
    units = keys(data, UNIT, faults)
    leaves = {code: numbers(data, code, faults) for code in tree.leaves if code in data.columns}
    if faults:
        raise TableRefusedError(faults)
    written = {code: [None if value is None else str(value) for value in leaves[code]] for code in leaves}
    table = pl.DataFrame(
        {UNIT: units, **written}, schema={UNIT: pl.String, **dict.fromkeys(leaves, pl.String)}
    )
    try:
        scored = composite(table, tree, missing=missing, draws=draws, seed=seed)
    except ConstantIndicatorError as constant:
        raise TableRefusedError([Fault("constant", data.file, column=constant.code)]) from None
    return Composite(tree, scored, sum(value is None for values in leaves.values() for value in values))


def structure_of(structure: Grid) -> Tree:
    """The tree that a structure table describes. Raises TableRefusedError."""
    faults = [
        Fault("unknown_column", structure.file, column=column, value=column, said={"known": _known_columns()})
        for column in structure.columns
        if column not in (*STRUCTURE, *STRUCTURE_OPTIONAL)
    ]
    weights = numbers(structure, "weight", faults)
    nodes = [
        _node(structure, row, weight, faults) for row, weight in zip(structure.rows, weights, strict=True)
    ]
    if faults:
        raise TableRefusedError(faults)
    try:
        return tree_of(nodes)
    except FaultyTreeError as faulty:
        raise TableRefusedError(
            [
                structure.fault(
                    f"tree_{fault.rule}",
                    None if fault.at is None else structure.rows[fault.at][fault.column],
                    code=fault.code,
                )
                for fault in faulty.faults
            ]
        ) from None


def _known_columns() -> str:
    return ", ".join((*STRUCTURE, *STRUCTURE_OPTIONAL))


def _node(structure: Grid, cells: Mapping[str, Cell], weight: Decimal | None, faults: list[Fault]) -> Node:
    code = cells["code"].value
    if code is None:
        faults.append(structure.fault("name_missing", cells["code"]))
    parent = None if cells["parent"].value in _NOTHING else cells["parent"].value
    if parent is not None and cells["weight"].value in _NOTHING:
        faults.append(structure.fault("weight_missing", cells["weight"]))
    direction = cells["direction"].value if "direction" in cells else None
    if direction not in _DIRECTIONS:
        faults.append(structure.fault("not_a_direction", cells["direction"]))
    normalise = cells["normalise"].value if "normalise" in cells else None
    if normalise not in (*_NOTHING, *NORMALISE):
        faults.append(structure.fault("not_a_normalisation", cells["normalise"], known=", ".join(NORMALISE)))
    return Node(
        code or "",
        parent,
        Decimal(1) if weight is None else weight,
        _DIRECTIONS.get(direction, 1),  # type: ignore[arg-type]
        "minmax" if normalise == "minmax" else "none",
    )


def agreement_of(scores: Grid, level: Level) -> Agreement:
    """The agreement of raters. Raises TableRefusedError."""
    faults: list[Fault] = []
    for row in scores.rows:
        faults += [scores.fault("name_missing", row[name]) for name in SCORES[:2] if row[name].value is None]
    if level != "nominal":
        numbers(scores, "score", faults)
    if faults:
        raise TableRefusedError(faults)
    table = pl.DataFrame(
        {
            name: [None if name == "score" and value in MISSING else value for value in scores.texts(name)]
            for name in SCORES
        },
        schema=dict.fromkeys(SCORES, pl.String),
    )
    try:
        return agreement(table, level)
    except ScoreError as odd:
        row = [row for row in scores.rows if (row["rater"].value, row[UNIT].value) == (odd.rater, odd.unit)][
            -1
        ]
        raise TableRefusedError([scores.fault(f"score_{odd.rule}", row["score"])]) from None


def efficiency_of(
    grid: Grid,
    unit: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    returns: Returns = "crs",
    orientation: Orientation = "input",
    period: str | None = None,
) -> Efficiency:
    """Efficiency of the rows of a table, each period by itself. Raises TableRefusedError."""
    faults: list[Fault] = []
    names = [name for name in (unit, period) if name]
    for row in grid.rows:
        faults += [grid.fault("name_missing", row[name]) for name in names if row[name].value is None]
    columns = {name: numbers(grid, name, faults) for name in (*inputs, *outputs)}
    if faults:
        raise TableRefusedError(faults)
    table = pl.DataFrame(
        {name: grid.texts(name) for name in names}
        | {name: [None if value is None else float(value) for value in columns[name]] for name in columns},
        schema=dict.fromkeys(names, pl.String) | dict.fromkeys(columns, pl.Float64),
    )
    try:
        found = dea(table, unit, inputs, outputs, returns=returns, orientation=orientation, period=period)
    except DeaError as odd:
        rows = [
            row
            for row in grid.rows
            if row[unit].value == odd.unit and (period is None or row[period].value == odd.period)
        ]
        raise TableRefusedError(
            [grid.fault(f"dea_{odd.rule}", rows[-1][odd.column], unit=odd.unit)]
        ) from None
    wanted = units_wanted(len(inputs), len(outputs))
    sizes = found.group_by(period or pl.lit("")).len().iter_rows()
    return Efficiency(found, wanted, {str(name): size for name, size in sorted(sizes) if size < wanted})


def apportion_of(grid: Grid, total: int, method: Method) -> pl.DataFrame:
    """Whole units by weight: unit, amount (Int64), in the order of the table. Raises TableRefusedError."""
    faults: list[Fault] = []
    units = keys(grid, UNIT, faults)
    weights = numbers(grid, "weight", faults)
    for row, weight in zip(grid.rows, weights, strict=True):
        if row["weight"].value in _NOTHING:
            faults.append(grid.fault("weight_missing", row["weight"]))
        elif weight is not None and weight < 0:
            faults.append(grid.fault("weight_negative", row["weight"]))
    if not faults and not any(weights):
        faults.append(grid.fault("weights_zero"))
    if faults:
        raise TableRefusedError(faults)
    exact = {unit: weight for unit, weight in zip(units, weights, strict=True) if weight is not None}
    shared = apportion(exact, total, method)
    return pl.DataFrame(
        {UNIT: list(shared), "amount": list(shared.values())}, schema={UNIT: pl.String, "amount": pl.Int64}
    )
