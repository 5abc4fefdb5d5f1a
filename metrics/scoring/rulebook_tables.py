"""The rulebook as tables: every gate, band, requirement, route, date and column, in one language.

The methods page and the documents under ``docs/`` show these tables and nothing else, so that neither can say what
the rules do not. Each function returns a frame of text; column names are keys of the locale section ``column``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from data.dataset import Column, Contract
from data.rulebook import rule_sets
from data.rules import (
    Bands,
    BestOf,
    Criterion,
    FirstOf,
    Levels,
    Named,
    Period,
    PerUnits,
    Provincial,
    Requirement,
    Route,
    RuleSet,
    SizeStandard,
    Standard,
    Ticks,
)
from metrics.scoring.explain import steps_of
from metrics.scoring.rule_words import Words


def periods(tier: str | None = None, kind: str | None = None) -> list[tuple[RuleSet, Period]]:
    """Every period of every known rule set, oldest first; of one tier and kind where they are given."""
    found = [(known, period) for known in rule_sets() for period in known.periods]
    return [
        (known, period)
        for known, period in found
        if tier in (None, period.standard) and (kind is None or kind in period.kinds)
    ]


def in_force(words: Words, tier: str | None = None) -> pl.DataFrame:
    """When each rule set governs which standard: standard, kinds, valid_from, valid_to, document, state, note, mark."""
    return _table(
        [
            {
                "standard": words.say(f"tier.{period.standard}"),
                "kinds": words.say("rule.list").join(words.say(f"kind.{kind}") for kind in period.kinds),
                "valid_from": period.first.isoformat(),
                "valid_to": period.last.isoformat() if period.last else words.say("rule.open_end"),
                "document": words.document(known.document),
                "state": words.say(
                    "rule.shipped" if period.standard in known.shipped else "rule.not_shipped"
                ),
                "note": words.label(period.label),
                "mark": period.source,
            }
            for known, period in periods(tier)
        ],
        ("standard", "kinds", "valid_from", "valid_to", "document", "state", "note", "mark"),
    )


def criteria(rule: Standard, words: Words) -> pl.DataFrame:
    """Every step of every criterion: group, criterion, most, band, points, formula."""
    return _table(
        [
            {
                "group": words.label(group.label),
                "criterion": words.label(criterion.label),
                "most": str(criterion.max),
                "band": band,
                "points": points,
                "formula": test,
            }
            for group in rule.groups
            for criterion in group.criteria
            for (band, points), test in zip(bands(criterion, words), _tests(criterion, words), strict=True)
        ],
        ("group", "criterion", "most", "band", "points", "formula"),
    )


def bands(criterion: Criterion, words: Words) -> list[tuple[str, str]]:
    """The steps of a criterion, best first: (its band with both ends, its points)."""
    match criterion.rule:
        case Bands():
            return _band_lines(criterion.rule, words)
        case BestOf():
            return [
                (f"{words.measure(item.measure)} {band}", points)
                for item in criterion.rule.items
                for band, points in _band_lines(item, words)
            ]
        case PerUnits():
            every = words.quantity(Fraction(criterion.rule.every), criterion.rule.measure.unit)
            each = words.say(
                "rule.per_units", every=every, points=criterion.rule.points, cap=criterion.rule.cap
            )
            return [(each, f"0–{criterion.rule.cap}")]
        case Ticks():
            names = words.say("rule.list").join(words.field(field) for field in criterion.rule.fields)
            ticks = words.say("rule.each_tick", names=names, each=criterion.rule.each, cap=criterion.rule.cap)
            return [(ticks, f"0–{criterion.rule.cap}")]
        case Provincial():
            lines = [(words.say("rule.provincial", cap=criterion.rule.cap), f"0–{criterion.rule.cap}")]
            for plug_in in criterion.rule.plug_ins:
                lines += [
                    (f"{words.label(plug_in.title)} · {words.label(own.label)} · {band}", points)
                    for own in plug_in.criteria
                    for band, points in bands(own, words)
                ]
            return lines
        case FirstOf() | Levels():
            return [(words.step(step, criterion), words.points(step.points)) for step in steps_of(criterion)]


def _band_lines(rule: Bands, words: Words) -> list[tuple[str, str]]:
    op, beyond = (">=", "<") if rule.direction == "at_least" else ("<=", ">")
    lines, better = [], None
    for edge, points in rule.steps:
        band = words.edge(op, edge, rule.measure.unit)
        if better is not None:
            band = words.say(
                "rule.up_to", condition=band, limit=words.edge(beyond, better, rule.measure.unit)
            )
        lines.append((band, str(points)))
        better = edge
    return [*lines, (words.edge(beyond, rule.steps[-1][0], rule.measure.unit), "0")]


def _tests(criterion: Criterion, words: Words) -> list[str]:
    """What each step is decided by: the formula of the criterion, or the condition of an option."""
    if isinstance(criterion.rule, FirstOf):
        return [
            words.condition(o.when) if o.when else words.say("rule.otherwise") for o in criterion.rule.options
        ]
    if isinstance(criterion.rule, BestOf):
        return [
            words.formula(item.measure) for item in criterion.rule.items for _ in _band_lines(item, words)
        ]
    return [formula(criterion, words)] * len(bands(criterion, words))


def formula(criterion: Criterion, words: Words) -> str:
    """How the points of a criterion are found."""
    match criterion.rule:
        case Bands() | PerUnits():
            return words.formula(criterion.rule.measure)
        case BestOf():
            return words.say("rule.better_of").join(
                words.formula(item.measure) for item in criterion.rule.items
            )
        case FirstOf():
            return words.say("rule.first_that_holds")
        case Levels() | Provincial():
            return words.field(criterion.rule.field)
        case Ticks():
            return words.say("rule.each_counts")


def requirements(rule: Standard, words: Words, *, gates: bool) -> pl.DataFrame:
    """The entry gates, or the standard's own requirements: requirement, id, condition, document, mark."""
    return _table(
        [
            {
                "requirement": words.label(item.label),
                "id": item.id,
                "condition": words.condition(item.when)
                if item.when is not None
                else _routes_line(item, words),
                "document": words.document(item.document),
                "mark": item.source,
            }
            for item in rule.requirements
            if item.is_entry_gate == gates
        ],
        ("requirement", "id", "condition", "document", "mark"),
    )


def _routes_line(item: Requirement, words: Words) -> str:
    return words.say("rule.or").join(words.say(f"route.{route.id}") for route in item.routes)


def routes(rule: Standard, words: Words) -> pl.DataFrame:
    """The ways to meet a requirement that has several: requirement, route, clause, condition, mark."""
    return _table(
        [
            {"requirement": words.label(item.label), "route": words.say(f"route.{route.id}"), **line}
            for item in rule.requirements
            for route in item.routes
            for line in _clauses(route, item, rule, words)
        ],
        ("requirement", "route", "clause", "condition", "mark"),
    )


def _clauses(route: Route, item: Requirement, rule: Standard, words: Words) -> list[dict[str, str]]:
    if route.id == "score":
        groups = {group.id: group for group in rule.groups}
        lines = [(words.say("rule.total"), route.when.total, rule.score_max)]  # type: ignore[union-attr]
        lines += [
            (words.label(groups[name].label), least, groups[name].max)
            for name, least in route.when.groups  # type: ignore[union-attr]
        ]
        return [
            {
                "clause": name,
                "condition": words.say("rule.points_of", least=least, most=most),
                "mark": item.source,
            }
            for name, least, most in lines
        ]
    return [
        {"clause": words.label(part.label), "condition": words.condition(part.when), "mark": part.source}
        for part in route.when.items  # type: ignore[union-attr]
        if isinstance(part, Named)
    ]


def waivers(rule: Standard, words: Words) -> pl.DataFrame:
    """Conditions that can be left out: waiver, kinds, mark."""
    return _table(
        [
            {
                "waiver": words.label(item.label),
                "kinds": words.say("rule.list").join(words.say(f"kind.{kind}") for kind in item.kinds),
                "mark": item.source,
            }
            for item in rule.waivers
        ],
        ("waiver", "kinds", "mark"),
    )


def judgement(rule: Standard, words: Words) -> pl.DataFrame:
    """Clauses that experts judge: clause."""
    return _table([{"clause": words.label(item)} for item in rule.judgement], ("clause",))


def size_classes(size: SizeStandard, words: Words) -> pl.DataFrame:
    """The figures of each class by industry: industry, codes, then one column a class.

    A firm is of the highest class whose every figure it reaches; the last class holds the rest.
    """
    floors = [name for name, _ in size.classes][:-1]
    return _table(
        [
            {
                "industry": words.label(industry.label),
                "codes": _spans(industry.codes, words),
                **{f"size_{name}": _floor(industry.floor(name), words) for name in floors},
            }
            for industry in size.industries
        ],
        ("industry", "codes", *(f"size_{name}" for name in floors)),
    )


def _floor(figures: dict[str, int], words: Words) -> str:
    return words.say("rule.and").join(
        f"{words.field(field)} ≥ {words.stored(field, stored)}" for field, stored in figures.items()
    )


def _spans(codes: Iterable[str], words: Words) -> str:
    """Codes as they are printed: neighbours of one length run together."""
    spans: list[list[str]] = []
    for code in codes:
        if spans and len(spans[-1][-1]) == len(code) and int(code) == int(spans[-1][-1]) + 1:
            spans[-1][1:] = [code]
        else:
            spans.append([code])
    return words.say("rule.list").join("–".join(span) for span in spans)


def columns(rules: Contract, words: Words) -> pl.DataFrame:
    """A dataset's columns: header, field, meaning, kind, unit_of_column, allowed, blank."""
    return _table(
        [
            {
                "header": column.label(words.language),
                "field": column.field,
                "kind": words.say(f"template.kinds.{column.type}"),
                "unit_of_column": words.unit(column.unit),
                "allowed": _allowed(column, rules, words),
                "blank": words.say(f"template.blanks.{column.blank}"),
                "meaning": column.meaning[words.language],
            }
            for column in rules.columns
        ],
        ("header", "field", "meaning", "kind", "unit_of_column", "allowed", "blank"),
    )


def _allowed(column: Column, rules: Contract, words: Words) -> str:
    if column.values:
        return words.say("rule.list").join(
            f"{value.zh if words.language == 'zh' else value.en} ({value.code})" for value in column.values
        )
    parts = []
    if column.high_rule == "next_year":
        parts.append(words.say("template.range_low", low=f"{column.low}"))
        parts.append(words.say("template.range_high", high=words.say("template.next_year")))
    elif column.low is not None and column.high is not None:
        parts.append(words.say("template.range_both", low=f"{column.low}", high=f"{column.high}"))
    elif column.low is not None:
        parts.append(words.say("template.range_low", low=f"{column.low}"))
    if column.at_most:
        parts.append(words.say("template.at_most", column=words.column(rules.column(column.at_most))))
    if column.decimals:
        parts.append(words.say("template.decimals", count=column.decimals))
    if column.format:
        parts.append(words.say(f"methods.format.{column.format}"))
    return words.say("rule.semicolon").join(parts)


def marks(words: Words) -> pl.DataFrame:
    """What each source mark means: mark, meaning."""
    return _table(
        [{"mark": mark, "meaning": words.say(f"mark.{mark}")} for mark in "SGTDM"], ("mark", "meaning")
    )


def _table(rows: list[dict[str, str]], names: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
