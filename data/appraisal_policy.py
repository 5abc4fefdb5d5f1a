"""How a province's year is appraised and its firms are assessed: ``data/policy/appraisal/<round>.yaml``, read strictly.

A product model, not an official score: layers hold indicators, computed ones are made of parts with goalposts, judged
ones are the panel's; weights are points of 100. A goalpost or limit written ``round.<figure>`` is the round's own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from data.published import Label, Mark
from data.rounds import GRADES, Grade, Round, RoundError, load_round
from data.strict_models import Fact, held_against
from data.strict_yaml import FileError, load

FOLDER = Path(__file__).parent / "policy" / "appraisal"
FULL = Decimal(100)
Unit = Literal["count", "money", "share", "points"]
_OF_ROUND = re.compile(r"^round\.([a-z_]+)$")


class Source(Fact):
    """The phrase that an indicator or a rule follows, its document and source mark."""

    document: str = Field(min_length=1)
    mark: Mark
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class GradeRule(Fact):
    """A grade begins at ``at_least`` points, that figure included, before any rounding."""

    at_least: Decimal = Field(ge=0, le=FULL)
    zh: str
    en: str


class Part(Fact):
    """One ratio of a computed indicator.

    ``zero`` and ``full`` in percent (points: percentage points); ``weight`` is relative to the indicator's other
    parts. ``lost`` says in both languages why points were lost, with the places num, den, value and full.
    """

    weight: Decimal = Field(gt=0)
    zero: Decimal
    full: Decimal
    unit: Unit
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    lost: Label

    @model_validator(mode="after")
    def _apart(self) -> Part:
        if self.zero == self.full:
            raise ValueError("zero and full must differ")
        return self


class Indicator(Fact):
    """One indicator; ``row`` is the row of the default model that it belongs to, ``tasks`` the kinds it counts."""

    row: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    weight: Decimal = Field(gt=0)
    kind: Literal["computed", "judged"]
    formula: Label
    source: Source
    tasks: tuple[str, ...] = ()
    parts: dict[str, Part] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _parts_where_computed(self) -> Indicator:
        if bool(self.parts) != (self.kind == "computed"):
            raise ValueError("a computed indicator has parts, a judged one has none")
        return self


class Layer(Fact):
    """A layer and its indicators, whose weights sum to its own."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    weight: Decimal = Field(gt=0)
    indicators: dict[str, Indicator] = Field(min_length=1)


class Line(Fact):
    """One line of the uniform rule: what it tests is its code, the limits are percent, services or 万元."""

    code: str = Field(min_length=1)
    result: Literal["continue", "suspend", "stop", "recover", "passed", "failed"]
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    tasks_below: Decimal | None = Field(default=None, gt=0, le=FULL)
    spent_below: Decimal | None = Field(default=None, gt=0, le=FULL)
    served_below: int | None = Field(default=None, gt=0)
    point_to_point_below: int | None = Field(default=None, gt=0)
    investment_below: Decimal | None = Field(default=None, gt=0)


class Assessment(Fact):
    """The uniform rule for firms and for platforms: the first line that holds decides."""

    is_assumption: bool
    source: Source
    firm: tuple[Line, ...] = Field(min_length=1)
    platform: tuple[Line, ...]


class Certainty(Fact):
    """How weights are varied, how often, and from which seed."""

    weight_spread_percent: Decimal = Field(ge=0, lt=FULL)
    draws: int = Field(gt=0)
    seed: int


class Scheme(Fact):
    """The whole of one such file, with the round's figures in place of their names."""

    round: str
    title: Label
    notice: Label
    is_assumption: bool
    framework: Source
    grades: dict[Grade, GradeRule]
    grades_source: Source
    layers: dict[str, Layer] = Field(min_length=1)
    growth_firms_at_least: int = Field(gt=0)
    assessment: Assessment
    certainty: Certainty

    def indicators(self) -> Iterator[tuple[str, str, Indicator]]:
        """Every indicator in order: its layer's code, its own code, and the indicator."""
        for layer, found in self.layers.items():
            for code, indicator in found.indicators.items():
                yield layer, code, indicator

    def indicator(self, code: str) -> Indicator:
        """The indicator of that code; KeyError when the scheme has none."""
        return {found: indicator for _, found, indicator in self.indicators()}[code]

    @property
    def judged(self) -> tuple[str, ...]:
        """The codes of the indicators that the panel judges, in order."""
        return tuple(code for _, code, found in self.indicators() if found.kind == "judged")

    @property
    def computed(self) -> tuple[str, ...]:
        """The codes of the indicators that are computed, in order."""
        return tuple(code for _, code, found in self.indicators() if found.kind == "computed")

    @property
    def version(self) -> str:
        """SHA-256 of everything the scheme says: two runs with the same version were scored by the same rules."""
        said = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @model_validator(mode="after")
    def _whole(self) -> Scheme:
        total = Decimal(0)
        for code, layer in self.layers.items():
            own = sum((found.weight for found in layer.indicators.values()), Decimal(0))
            if own != layer.weight:
                raise ValueError(
                    f"layers.{code}: the indicators' weights sum to {own}, the layer's is {layer.weight}"
                )
            total += layer.weight
        if total != FULL:
            raise ValueError(f"layers: the weights sum to {total}, not 100")
        codes = [code for _, code, _ in self.indicators()]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"layers: {', '.join(twice)} stands twice")
        self._grades_descend()
        return self

    def _grades_descend(self) -> None:
        if tuple(self.grades) != GRADES:
            raise ValueError(f"grades: one for each of {', '.join(GRADES)}, best first")
        cuts = [rule.at_least for rule in self.grades.values()]
        if cuts != sorted(set(cuts), reverse=True) or cuts[-1] != 0:
            raise ValueError("grades: the cut-offs must descend, the last one to 0")


@lru_cache(maxsize=8)
def load_scheme(round_code: str) -> Scheme:
    """The scheme of a round, such as ``round-1``.

    Raises RoundError naming the rounds that have one; FileError, naming the key, when the file breaks its form.
    """
    if round_code not in _codes():
        raise RoundError(f"{round_code!r} has no appraisal scheme. There are: {', '.join(_codes())}.")
    return read_scheme(FOLDER / f"{round_code}.yaml")


def read_scheme(path: Path) -> Scheme:
    """Read one such file; errors as in `load_scheme`."""
    shown = f"appraisal/{path.name}"
    tree = load(path)
    if not isinstance(tree, dict) or tree.get("round") not in _codes():
        raise FileError(shown, "round", f"names no round. There are: {', '.join(_codes())}.")
    return held_against(Scheme, _resolved(tree, load_round(tree["round"]), shown, ""), shown)


def _resolved(tree: Any, of_round: Round, file: str, path: str) -> Any:
    if isinstance(tree, dict):
        return {key: _resolved(branch, of_round, file, f"{path}.{key}") for key, branch in tree.items()}
    if isinstance(tree, list):
        return [_resolved(branch, of_round, file, f"{path}[{at}]") for at, branch in enumerate(tree)]
    named = _OF_ROUND.match(tree)
    if named is None:
        return tree
    figure = getattr(of_round, named[1], None)
    if figure is None:
        raise FileError(file, path.lstrip("."), f"{of_round.code} has no figure {named[1]!r}.")
    return str(figure)


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
