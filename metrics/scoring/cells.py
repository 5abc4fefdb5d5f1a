"""The cells a rule reads: how they are named in a laid-out firm, when they are absent, which of them divide."""

from __future__ import annotations

import narwhals as nw

from data.rules import Awarded, Bands, BestOf, Compare, Measure, PerUnits, RuleInput


def cell(field: str, years_before: int = 0) -> str:
    """Name the column that holds a field of the assessed year, or of a year before it."""
    return field if years_before == 0 else f"{field}_y{years_before}"


def label(item: RuleInput, year: int) -> str:
    """Name a cell for people: `main_revenue@2023`."""
    return f"{item.field}@{year - item.years_before}"


def other_half(field: str) -> str | None:
    """The other column of an award: its year for its rank, its rank for its year."""
    for ending, other in (("_rank", "_year"), ("_year", "_rank")):
        if field.endswith(("award" + ending, "maker_china" + ending)):
            return field.removesuffix(ending) + other
    return None


def absent(item: RuleInput) -> nw.Expr:
    """Is a cell missing? Half an award is missing only where the other half is given; both blank is no award."""
    column = nw.col(cell(item.field, item.years_before))
    partner = other_half(item.field)
    return column.is_null() & ~nw.col(partner).is_null() if partner else column.is_null()


def measures_in(node: object) -> list[tuple[Measure, int]]:
    """The measures that a leaf of a rule compares, each with how many years it is taken."""
    match node:
        case Measure():
            return [(node, 1)]
        case Compare():
            return [(node.measure, node.each_of)]
        case Bands() | PerUnits() | Awarded():
            return [(node.measure, 1)]
        case BestOf():
            return [(item.measure, 1) for item in node.items]
        case _:
            return []


def denominators(node: object) -> set[str]:
    """Columns by which a leaf of a rule divides: a zero there leaves its measure undefined."""
    found: set[str] = set()
    for measure, each_of in measures_in(node):
        for before in range(each_of):
            if measure.kind == "ratio":
                found.add(cell(measure.fields[1], before))
            elif measure.kind in ("growth", "mean_growth"):
                found |= {cell(measure.fields[0], before + year) for year in range(1, measure.years + 1)}
    return found
