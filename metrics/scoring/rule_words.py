"""A rule in words: edges, readings, conditions and measures as a person reads them, in one language.

Nothing is decided here. A figure is rounded for reading, but never onto an edge that it does not stand on: then it
gets as many places as tell the two apart. Words come from outside (`say`), so that pages, exports and documents
share one wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from data.dataset import MONEY, Column, contract
from data.rule_inputs import inputs_of
from data.rules import (
    AllOf,
    AnyOf,
    AtLevel,
    Awarded,
    Bands,
    BestOf,
    Compare,
    Condition,
    Criterion,
    Document,
    Flag,
    Has,
    Label,
    Measure,
    Named,
    Provincial,
    Rule,
    RuleInput,
    ScoreAtLeast,
    SizeIsNot,
    Standard,
    Switch,
    Ticks,
)
from metrics.scoring.explain import Reading, Step

DATASET = "annual_returns"
PERCENT = "percent"
MINUS = "\u2212"
BRACKET = "\uff08"
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
REFUSED = {">=": "<", "<=": ">", ">": "≤", "<": "≥"}
FARTHEST = 15  # not policy: decimal places of the finest stored figure
PLACES = {PERCENT: 2}
MONEY_PLACES = 6  # not policy: 万元 to the fen


@dataclass(frozen=True)
class Words:
    """The words of one language; ``say(key, **places)`` gives the word for a key of the locale files."""

    language: str
    say: Callable[..., str]

    # names

    def label(self, label: Label) -> str:
        """A label of a rule, with a capital where the language has them."""
        return _capital(label[self.language])

    def field(self, field: str) -> str:
        """The name of a column that rules read, without its unit."""
        return self.column(contract(DATASET).column(field))

    def column(self, column: Column) -> str:
        """A column's name without its unit."""
        return _capital(column.label(self.language).partition(BRACKET)[0])

    def header(self, field: str) -> str:
        """A column's name with its unit: 营业收入（万元）, Operating revenue (10k yuan)."""
        unit = self.unit(contract(DATASET).column(field).unit)
        return self.say("rule.with_unit", name=self.field(field), unit=unit) if unit else self.field(field)

    def cells(self, items: Iterable[RuleInput], rule: Standard, year: int) -> list[str]:
        """Cells of a standard; the year is said where the standard reads a column in several."""
        several = {item.field for item in inputs_of(rule) if item.years_before}
        return [self.cell(item, year) if item.field in several else self.header(item.field) for item in items]

    def cell(self, item: RuleInput, year: int) -> str:
        """One cell: its column, the year it belongs to, its unit."""
        unit = self.unit(contract(DATASET).column(item.field).unit)
        name = self.say("rule.of_year", name=self.field(item.field), year=year - item.years_before)
        return self.say("rule.with_unit", name=name, unit=unit) if unit else name

    def measure(self, measure: Measure) -> str:
        """A measure's name; a plain column goes by its name without the unit."""
        return self.field(measure.fields[0]) if measure.kind == "value" else self.label(measure.label)

    def value(self, field: str, code: str) -> str:
        """A permitted value of a choice or list."""
        known = {value.code: value for value in contract(DATASET).column(field).values}
        return known[code].zh if self.language == "zh" else known[code].en

    def document(self, document: Document) -> str:
        """Number, annex and article of a document."""
        parts = [document.number]
        for name, given in (("annex", document.annex), ("article", document.article)):
            if given:
                parts.append(self.say(f"rule.{name}", number=given))
        return " ".join(parts) if self.language == "zh" else ", ".join(parts)

    def standard(self, rule: Standard) -> str:
        """A standard's version: rule set, tier and the content hash of its files."""
        return f"{rule.id}@{rule.version}"

    # figures

    def unit(self, unit: str) -> str:
        """The word for a contract's unit; nothing for a bare count or a calendar year."""
        return self.say(f"template.units.{unit}") if unit and unit not in ("count", "year") else ""

    def quantity(self, value: Fraction, unit: str, *edges: Fraction) -> str:
        """A figure with its unit, told apart from the edges beside it."""
        return self.attach(figure(value, unit, edges), unit)

    def attach(self, text: str, unit: str) -> str:
        """A figure's text and the unit it stands in."""
        return self.say(f"rule.figure.{unit}", figure=text) if self.unit(unit) else text

    def stored(self, field: str, stored: int | None, *, bare: bool = False) -> str:
        """A stored integer of a column as a person reads it; `bare` without its unit."""
        column = contract(DATASET).column(field)
        if stored is None:
            return self.say("rule.blank")
        if column.type == "bool":
            return self.say("template.yes" if stored else "template.no")
        if column.type == "choice":
            return self.value(field, column.codes[stored])
        value = Fraction(stored, column.scale)
        return figure(value, column.unit) if bare else self.quantity(value, column.unit)

    def entered(self, field: str, text: str) -> str:
        """A cell as it was entered, codes of permitted values in words."""
        column = contract(DATASET).column(field)
        if not text:
            return self.say("rule.blank")
        if column.values:
            codes = [code for code in text.split(";") if code in column.codes]
            return self.say("rule.list").join(self.value(field, code) for code in codes)
        if column.type == "bool" and text in ("yes", "no"):
            return self.say(f"template.{text}")
        return text

    def points(self, low: Fraction, high: Fraction | None = None) -> str:
        """Points, or the range they can still lie in."""
        if high is None or low == high:
            return figure(low, "points")
        return f"{figure(low, 'points')}–{figure(high, 'points')}"

    def edge(self, op: str, value: Fraction, unit: str) -> str:
        """``≥ 3%``"""
        return f"{SIGNS[op]} {self.quantity(value, unit)}"

    def reading(self, reading: Reading, *edges: Fraction) -> str:
        """What a measure is for this firm, or why it cannot be told."""
        if reading.value is None:
            return self.say(f"rule.{reading.state}")
        unit = reading.measure.unit
        return self.attach(figure(reading.value, unit, edges, fixed=unit == PERCENT), unit)

    def compared(self, readings: tuple[Reading, ...], op: str, edge: Fraction) -> str:
        """``3.00% ≥ 3%``: what was read, in each of the years compared, against the edge."""
        unit = readings[0].measure.unit
        texts = [self._bare(reading, edge) for reading in readings]
        is_true = [_holds(reading.value, op, edge) for reading in readings]
        sign = SIGNS[op] if all(held is not False for held in is_true) else REFUSED[op]
        if all(held is None for held in is_true):
            return self.say(
                "rule.needed",
                reading=self.say("rule.list").join(dict.fromkeys(texts)),
                edge=self.edge(op, edge, unit),
            )
        return f"{self.say('rule.list').join(texts)} {sign} {self.quantity(edge, unit)}"

    def _bare(self, reading: Reading, edge: Fraction) -> str:
        if reading.value is None or reading.measure.unit == PERCENT:
            return self.reading(reading, edge)
        return figure(reading.value, reading.measure.unit, (edge,))

    def on_edge(self, op: str, reading: Reading, edge: Fraction) -> str:
        """A remark where a reading stands exactly on the edge; nothing elsewhere."""
        if reading.value != edge:
            return ""
        return self.say("rule.edge_included" if op in (">=", "<=") else "rule.edge_excluded")

    # rules

    def formula(self, measure: Measure) -> str:
        """How a measure is computed from the columns."""
        names = [self.field(field) for field in measure.fields]
        match measure.kind:
            case "ratio":
                return self.say("rule.formula.ratio", above=names[0], below=names[1])
            case "award":
                return self.say("rule.formula.award", rank=names[0], year=names[1], years=measure.years)
            case "value":
                return names[0]
            case _:
                return self.say(f"rule.formula.{measure.kind}", name=names[0], years=measure.years)

    def condition(self, node: Condition) -> str:
        """A condition as a sentence."""
        match node:
            case AllOf():
                return self.say("rule.and").join(self._inner(item) for item in node.items) or self.say(
                    "rule.waived"
                )
            case AnyOf():
                return self.say("rule.or").join(self._inner(item) for item in node.items)
            case Named():
                return self.label(node.label)
            case Compare():
                text = f"{self.measure(node.measure)} {self.edge(node.op, node.edge, node.measure.unit)}"
                return (
                    self.say("rule.each_of", condition=text, years=node.each_of) if node.each_of > 1 else text
                )
            case Awarded():
                name = self.measure(node.measure)
                return name if node.rank is None else self.say("rule.ranked", name=name, rank=node.rank)
            case Flag():
                return self.say(
                    "rule.must_be",
                    name=self.field(node.field),
                    wanted=self.say("template.yes" if node.wanted else "template.no"),
                )
            case Has() | AtLevel():
                key = "rule.has" if isinstance(node, Has) else "rule.at_level"
                return self.say(key, name=self.field(node.field), value=self.value(node.field, node.value))
            case Switch():
                return self.say("rule.then_next").join(self._branches(node))
            case SizeIsNot():
                name = self.label(dict(node.size.classes)[node.name])
                return self.say("rule.size_is_not", document=self.document(node.size.document), name=name)
            case ScoreAtLeast():
                return self.say("rule.score_at_least", total=node.total)

    def _inner(self, node: Condition) -> str:
        text = self.condition(node)
        return self.say("rule.bracketed", text=text) if isinstance(node, AnyOf | AllOf | Switch) else text

    def _branches(self, node: Switch) -> list[str]:
        name, unit = self.measure(node.measure), node.measure.unit
        texts = []
        for place, (edge, then) in enumerate(node.branches):
            limit = f"{name} {self.edge('>=', edge, unit)}"
            if place:
                above = self.edge("<", node.branches[place - 1][0], unit)
                limit = self.say("rule.up_to", condition=limit, limit=above)
            texts.append(self.say("rule.branch", when=limit, then=self.condition(then)))
        limit = f"{name} {self.edge('<', node.branches[-1][0], unit)}"
        return [*texts, self.say("rule.branch", when=limit, then=self.condition(node.below))]

    def step(self, step: Step, criterion: Criterion) -> str:
        """The condition of one step of a criterion: its band, level, option or count."""
        rule = criterion.rule
        if step.label is not None:
            return self.label(step.label)
        if step.value:
            return self.value(_field_of(rule), step.value)
        if isinstance(rule, Ticks):
            return self.say("rule.ticks", count=int(step.edge or 0))
        if step.measure is not None and step.edge is not None:
            text = self.edge(_op_of(rule), step.edge, step.measure.unit)
            return f"{self.field(step.measure.fields[0])} {text}" if _is_amount(rule, step) else text
        return self._below_all(rule)

    def _below_all(self, rule: Rule) -> str:
        if isinstance(rule, Bands):
            edge = rule.steps[-1][0]
            return self.edge("<" if rule.direction == "at_least" else ">", edge, rule.measure.unit)
        return self.say("rule.neither")


def figure(value: Fraction, unit: str, edges: Iterable[Fraction] = (), *, fixed: bool = False) -> str:
    """A figure with thousands separators and a true minus, never rounded onto an edge that it does not stand on.

    Percentages have two places, amounts and points as many as they are exact to; `fixed` keeps trailing zeros.
    """
    places = PLACES.get(unit, MONEY_PLACES)
    while places < FARTHEST and any(round(value, places) == edge != value for edge in edges):
        places += 1
    scaled = round(abs(value) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    decimals = f"{rest:0{places}d}"
    decimals = decimals if fixed else decimals.rstrip("0")
    sign = MINUS if value < 0 and scaled else ""
    return f"{sign}{whole:,}" + (f".{decimals}" if decimals else "")


def _holds(value: Fraction | None, op: str, edge: Fraction) -> bool | None:
    if value is None:
        return None
    return {">=": value >= edge, "<=": value <= edge, ">": value > edge, "<": value < edge}[op]


def _op_of(rule: Rule) -> str:
    return "<=" if isinstance(rule, Bands) and rule.direction == "at_most" else ">="


def _is_amount(rule: Rule, step: Step) -> bool:
    """In a choice between an amount and a ratio, the step says which of them it means."""
    return isinstance(rule, BestOf) and step.measure is not None and step.measure.unit == MONEY


def _field_of(rule: Rule) -> str:
    if isinstance(rule, Bands | BestOf | Ticks | Provincial):
        raise TypeError(f"{type(rule).__name__} has no levels.")
    return rule.field  # type: ignore[union-attr]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
