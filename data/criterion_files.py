"""Reads the scored part of a standard: groups, criteria and the kinds of rule that give points."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from data.rule_text import Reader
from data.rules import (
    Bands,
    BestOf,
    Criterion,
    FirstOf,
    Group,
    Levels,
    Option,
    PerUnits,
    PlugIn,
    Provincial,
    Rule,
    Ticks,
)
from data.strict_yaml import refuse_unknown


def read_groups(tree: Mapping[str, Any], reader: Reader, plug_ins: tuple[PlugIn, ...]) -> tuple[Group, ...]:
    """Read the groups of a standard with their criteria; each maximum must be the sum of what it holds."""
    groups = []
    for name, body in tree.items():
        path = f"groups.{name}"
        refuse_unknown(body, ("zh", "en", "max", "criteria"), reader.file, path)
        criteria = tuple(
            read_criterion(key, rule, reader, f"{path}.criteria.{key}", plug_ins)
            for key, rule in body["criteria"].items()
        )
        most = reader.whole(body["max"], f"{path}.max")
        if sum(criterion.max for criterion in criteria) != most:
            raise reader.fail(f"{path}.max", f"{most} is not the sum of the criteria's maxima.")
        groups.append(Group(id=name, label=reader.label(body, path), max=most, criteria=criteria))
    return tuple(groups)


RULE_KEYS = (
    "bands",
    "at_least",
    "at_most",
    "first_of",
    "otherwise",
    "ticks",
    "each",
    "best_of",
    "per",
    "every",
    "points",
    "levels",
    "provincial",
)


def read_criterion(
    name: str, body: Any, reader: Reader, path: str, plug_ins: tuple[PlugIn, ...]
) -> Criterion:
    """Read one criterion; its maximum must be what its rule can give."""
    refuse_unknown(body, ("zh", "en", "max", *RULE_KEYS), reader.file, path)
    most = reader.whole(body.get("max"), f"{path}.max")
    rule = _read_rule(body, reader, path, most, plug_ins)
    best = _best(rule)
    if best != most:
        raise reader.fail(f"{path}.max", f"{most} given, but the rule gives at most {best}.")
    return Criterion(id=name, label=reader.label(body, path), max=most, rule=rule)


def _read_rule(
    body: Mapping[str, Any], reader: Reader, path: str, most: int, plug_ins: tuple[PlugIn, ...]
) -> Rule:
    match next(
        (
            key
            for key in ("bands", "first_of", "ticks", "best_of", "per", "levels", "provincial")
            if key in body
        ),
        "",
    ):
        case "bands":
            return _read_bands(body, reader, path)
        case "best_of":
            return BestOf(
                items=tuple(_read_bands(item, reader, f"{path}.best_of") for item in body["best_of"])
            )
        case "first_of":
            return _read_first_of(body, reader, path)
        case "ticks":
            for field in body["ticks"]:
                reader.column(field, f"{path}.ticks", "bool")
            return Ticks(
                fields=tuple(body["ticks"]), each=reader.whole(body.get("each"), f"{path}.each"), cap=most
            )
        case "per":
            return PerUnits(
                measure=reader.measure(body["per"], f"{path}.per"),
                every=reader.whole(body.get("every"), f"{path}.every"),
                points=reader.whole(body.get("points"), f"{path}.points"),
                cap=most,
            )
        case "levels":
            column = reader.column(body["levels"], f"{path}.levels", "choice")
            if set(body["points"]) != set(column.codes):
                raise reader.fail(f"{path}.points", f"give points for each of {', '.join(column.codes)}.")
            points = tuple(
                (value, reader.whole(given, f"{path}.points.{value}"))
                for value, given in body["points"].items()
            )
            return Levels(field=body["levels"], points=points)
        case "provincial":
            reader.column(body["provincial"], f"{path}.provincial", "decimal")
            for plug_in in plug_ins:
                if sum(criterion.max for criterion in plug_in.criteria) != most:
                    raise reader.fail(path, f"the indicators of {plug_in.province} must sum to {most}.")
            return Provincial(field=body["provincial"], cap=most, plug_ins=plug_ins)
    raise reader.fail(
        path, "no rule found. Give one of bands, first_of, ticks, best_of, per, levels, provincial."
    )


def _read_bands(body: Mapping[str, Any], reader: Reader, path: str) -> Bands:
    direction = "at_least" if "at_least" in body else "at_most"
    steps = tuple(
        (reader.number(edge, f"{path}.{direction}"), reader.whole(points, f"{path}.{direction}.{edge}"))
        for edge, points in body.get(direction, {}).items()
    )
    if not steps:
        raise reader.fail(path, "give at_least or at_most with an edge and its points.")
    edges = [edge for edge, _ in steps]
    reader.descending(edges if direction == "at_least" else edges[::-1], f"{path}.{direction}")
    reader.descending([Fraction(points) for _, points in steps], f"{path}.{direction}")
    return Bands(measure=reader.measure(body["bands"], f"{path}.bands"), direction=direction, steps=steps)


def _read_first_of(body: Mapping[str, Any], reader: Reader, path: str) -> FirstOf:
    options = []
    for index, item in enumerate([*body["first_of"], body.get("otherwise", {})]):
        at = f"{path}.first_of[{index}]" if index < len(body["first_of"]) else f"{path}.otherwise"
        refuse_unknown(item, ("when", "points", "zh", "en"), reader.file, at)
        when = reader.condition(item["when"], f"{at}.when") if "when" in item else None
        options.append(
            Option(when=when, points=reader.whole(item.get("points"), at), label=reader.label(item, at))
        )
    reader.descending([Fraction(option.points) for option in options], f"{path}.first_of")
    return FirstOf(options=tuple(options))


def _best(rule: Rule) -> int:
    match rule:
        case Bands():
            return rule.steps[0][1]
        case BestOf():
            return max(_best(item) for item in rule.items)
        case FirstOf():
            return rule.options[0].points
        case Levels():
            return max(points for _, points in rule.points)
        case Ticks():
            return min(rule.each * len(rule.fields), rule.cap)
        case PerUnits() | Provincial():
            return rule.cap
