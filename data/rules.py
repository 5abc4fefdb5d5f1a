"""What a rule is: the frozen models of measures, conditions, criteria and standards.

`data.rulebook` reads them from `data/policy/`. The models know what a rule
says, not how it is computed: `metrics.scoring` turns them into expressions, the pages into forms and words.

Kinds of measure, condition and criterion are closed unions. Edges are exact `Fraction`s in the unit a person
reads (percent, 万元, years); `Measure.scale` says what one such unit is in the stored integers.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict

Source = Literal["S", "G", "T", "M", "D"]
Kind = Literal["new", "review"]
Tier = Literal["innovative", "srdi", "little_giant"]
TIERS: tuple[Tier, ...] = ("innovative", "srdi", "little_giant")


class Node(BaseModel):
    """A part of a rule: frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Label(Node):
    """The same words in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Document(Node):
    """Where a rule stands: document number, annex or article, and how the text was obtained (source mark)."""

    number: str
    annex: str | None = None
    article: str | None = None
    source: Source


class Measure(Node):
    """A quantity computed from a firm's returns; `fields` are contract columns, `years` how many years it spans.

    ratio and growth kinds are compared by multiplication; a zero or missing denominator makes them missing.
    """

    id: str
    label: Label
    kind: Literal["value", "ratio", "growth", "mean_growth", "total", "mean", "award"]
    fields: tuple[str, ...]
    years: int = 1
    unit: str
    scale: int = 1


class Compare(Node):
    """A measure against an edge, in each of the last `each_of` years."""

    measure: Measure
    op: Literal[">=", "<=", ">", "<"]
    edge: Fraction
    each_of: int = 1


class Awarded(Node):
    """An award within the measure's window of years, ranked within `rank` (None: any rank)."""

    measure: Measure
    rank: int | None


class Flag(Node):
    """A yes/no column that must be true, or must be false."""

    field: str
    wanted: bool


class Has(Node):
    """A list column that must contain a value."""

    field: str
    value: str


class AtLevel(Node):
    """An ordered choice that must stand at `value` or higher; `rank` is its place in the contract's order."""

    field: str
    value: str
    rank: int


class AllOf(Node):
    items: tuple[Condition, ...]


class AnyOf(Node):
    items: tuple[Condition, ...]


class Switch(Node):
    """Another condition for each branch of a measure, highest branch first; `below` under the last edge."""

    measure: Measure
    branches: tuple[tuple[Fraction, Condition], ...]
    below: Condition


class SizeIsNot(Node):
    """The size class under a size standard must not be `name`."""

    size: SizeStandard
    name: str


class ScoreAtLeast(Node):
    """Total points and sub-totals of groups, all inclusive."""

    total: int
    groups: tuple[tuple[str, int], ...] = ()


class Named(Node):
    """A condition with an id and words: a through-train, a general condition."""

    id: str
    label: Label
    source: Source
    when: Condition


Condition = (
    Compare | Awarded | Flag | Has | AtLevel | AllOf | AnyOf | Switch | SizeIsNot | ScoreAtLeast | Named
)


class Bands(Node):
    """Points by the band a measure falls in; edges in reading order, best first."""

    measure: Measure
    direction: Literal["at_least", "at_most"]
    steps: tuple[tuple[Fraction, int], ...]


class Option(Node):
    when: Condition | None
    points: int
    label: Label


class FirstOf(Node):
    """Points of the first option that holds, highest first; the last one has no condition."""

    options: tuple[Option, ...]


class Ticks(Node):
    """`each` points for every yes among the columns, up to `cap`."""

    fields: tuple[str, ...]
    each: int
    cap: int


class BestOf(Node):
    items: tuple[Bands, ...]


class PerUnits(Node):
    """`points` for every full `every` of a count, up to `cap`."""

    measure: Measure
    every: int
    points: int
    cap: int


class Levels(Node):
    """Points by the value of a choice, best first."""

    field: str
    points: tuple[tuple[str, int], ...]


class Provincial(Node):
    """Points that a province sets by its own rule; the supplied column counts only where no rule is shipped."""

    field: str
    cap: int
    plug_ins: tuple[PlugIn, ...] = ()


class PlugIn(Node):
    """One province's own characteristic indicators (one to three criteria that sum to the cap)."""

    province: str
    document: Document
    title: Label
    criteria: tuple[Criterion, ...]


Rule = Bands | FirstOf | Ticks | BestOf | PerUnits | Levels | Provincial


class Criterion(Node):
    id: str
    label: Label
    max: int
    rule: Rule


class Group(Node):
    id: str
    label: Label
    max: int
    criteria: tuple[Criterion, ...]


class Route(Node):
    """One way to meet a requirement."""

    id: Literal["score", "general", "through_train"]
    when: Condition


class Requirement(Node):
    """A condition that a firm must meet; `routes` are alternatives, the first one that holds is named."""

    id: str
    label: Label
    source: Source
    document: Document
    is_entry_gate: bool = False
    when: Condition | None = None
    routes: tuple[Route, ...] = ()

    @property
    def condition(self) -> Condition:
        return self.when if self.when is not None else AnyOf(items=tuple(route.when for route in self.routes))


class Waiver(Node):
    id: str
    label: Label
    source: Source
    kinds: tuple[Kind, ...]


class Orientation(Node):
    """GB/T 4754 divisions that the policy does not look to: a warning, never a gate."""

    label: Label
    divisions: tuple[int, ...]


class Standard(Node):
    """One tier's standard in one rule set, entry gates included, waivers applied. `version` is a content hash."""

    rule_set: str
    tier: Tier
    document: Document
    title: Label
    version: str
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...]
    requirements: tuple[Requirement, ...]
    orientation: Orientation
    judgement: tuple[Label, ...]
    waivers: tuple[Waiver, ...]

    @property
    def id(self) -> str:
        return f"{self.rule_set}/{self.tier}"

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @property
    def score_max(self) -> int:
        return sum(group.max for group in self.groups)


class Industry(Node):
    """One of the industries of a size standard with the figures of each class, in stored units."""

    id: str
    label: Label
    codes: tuple[str, ...]
    floors: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]

    def floor(self, size_class: str) -> dict[str, int]:
        """Figures that a firm must reach to be of `size_class`: {column: stored integer}."""
        return dict(dict(self.floors)[size_class])


class SizeStandard(Node):
    id: str
    document: Document
    title: Label
    version: str
    code_map: Document
    classes: tuple[tuple[str, Label], ...]
    industries: tuple[Industry, ...]


class Period(Node):
    """When a rule set governs a standard, for which kind of assessment."""

    standard: Tier
    kinds: tuple[Kind, ...]
    first: dt.date
    last: dt.date | None
    source: Source
    label: Label


class RuleSet(Node):
    id: str
    document: Document
    title: Label
    periods: tuple[Period, ...]
    shipped: tuple[Tier, ...]


class RuleInput(Node):
    """One cell that a rule reads: a contract column, so many years before the assessed year."""

    field: str
    years_before: int = 0


for _model in (
    AllOf,
    AnyOf,
    Switch,
    SizeIsNot,
    Named,
    Option,
    FirstOf,
    Provincial,
    PlugIn,
    Criterion,
    Group,
    Route,
    Requirement,
    Standard,
):
    _model.model_rebuild()
