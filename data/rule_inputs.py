"""The cells that a part of a rule reads."""

from __future__ import annotations

from data.rules import (
    AtLevel,
    Compare,
    Flag,
    Has,
    Levels,
    Measure,
    Node,
    Provincial,
    RuleInput,
    SizeIsNot,
    Standard,
    Ticks,
)


def inputs_of(node: Node) -> tuple[RuleInput, ...]:
    """Every cell that a part of a rule reads, in order of first appearance, without repetition."""
    found: dict[RuleInput, None] = {}
    _collect(node, found, each_of=1)
    return tuple(found)


def _collect(node: object, found: dict[RuleInput, None], each_of: int) -> None:
    match node:
        case Measure():
            for year in range(max(each_of, 1)):
                for cell in _measure_inputs(node):
                    found[RuleInput(field=cell.field, years_before=cell.years_before + year)] = None
        case Compare():
            _collect(node.measure, found, node.each_of)
        case Flag() | Has() | AtLevel() | Levels() | Provincial():
            found[RuleInput(field=node.field)] = None
            for plug_in in getattr(node, "plug_ins", ()):
                _collect(plug_in, found, 1)
        case Ticks():
            found.update({RuleInput(field=field): None for field in node.fields})
        case SizeIsNot():
            found[RuleInput(field="industry_code")] = None
            for industry in node.size.industries:
                for field in industry.floor("large"):
                    found[RuleInput(field=field)] = None
        case Standard():  # not its measures: one that only a waived condition uses is not read
            _collect((node.groups, node.requirements), found, 1)
        case Node():
            for name in type(node).model_fields:
                _collect(getattr(node, name), found, 1)
        case tuple():
            for item in node:
                _collect(item, found, 1)


def _measure_inputs(measure: Measure) -> list[RuleInput]:
    match measure.kind:
        case "growth":
            years = range(2)
        case "mean_growth":
            years = range(measure.years + 1)
        case "total" | "mean":
            years = range(measure.years)
        case _:
            years = range(1)
    return [RuleInput(field=field, years_before=year) for field in measure.fields for year in years]
