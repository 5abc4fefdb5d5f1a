"""The rounds of central reward funds as data: ``data/policy/rounds/<code>.yaml``, read strictly.

What differs between the rounds (shares, tranches, platforms, recovery) differs here and nowhere in code.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from data.published import Label, Mark
from data.strict_models import Fact, read_model

FOLDER = Path(__file__).parent / "policy" / "rounds"
Grade = Literal["excellent", "good", "fair", "poor"]
GRADES: tuple[Grade, ...] = ("excellent", "good", "fair", "poor")
Board = Literal["sse_main", "star", "szse_main", "sme_board", "chinext", "bse", "overseas"]

# What every round must say the source of, whether or not it is a number.
_ALWAYS = (
    "support_batches", "direct_share_pct", "firm_entitlement_wan", "report_within_days", "tranches",
    "excluded_boards", "continued_support", "simple_distribution", "result_linked", "payment_suspended",
)  # fmt: skip
_FEN_PER_WAN = 10**6


class RoundError(LookupError):
    """A round that does not exist; the message names those that do."""


def _fraction(written: object) -> object:
    numerator, stroke, denominator = str(written).partition("/")
    if not (stroke and numerator.isdigit() and denominator.isdigit() and int(denominator)):
        raise ValueError("write a share as one whole number over another, such as 1/3")
    return Fraction(int(numerator), int(denominator))


class _Fact(Fact):
    model_config = ConfigDict(arbitrary_types_allowed=True)


class Tranche(_Fact):
    """One tranche 期: its share of the entitlement, and whether a source states that share."""

    number: int = Field(gt=0)
    share: Annotated[Fraction, BeforeValidator(_fraction)]
    is_assumption: bool
    note: Label

    @property
    def share_num(self) -> int:
        return self.share.numerator

    @property
    def share_den(self) -> int:
        return self.share.denominator


class Article(_Fact):
    """Where a rule stands: the document, the section in both languages, the source mark."""

    document: str = ""
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    mark: Mark

    @property
    def article(self) -> Label:
        return Label(zh=self.zh, en=self.en)


class Years(_Fact):
    """The first and the last year of a round."""

    from_: int = Field(alias="from")
    to: int


class Round(_Fact):
    """The whole of one such file; shares in percent, amounts in fen by the ``_fen`` properties."""

    code: str = Field(pattern=r"^round-\d+$")
    document: str = Field(min_length=1)
    title: Label
    years: Years
    support_batches: int = Field(gt=0)
    batch_years_at_most: int | None = Field(default=None, gt=0)
    key_firms_floor: int | None = Field(default=None, gt=0)
    funds_floor_wan: Decimal | None = Field(default=None, gt=0)
    direct_share_pct: Decimal = Field(ge=0, le=100)
    empowerment_share_pct: Decimal | None = Field(default=None, ge=0, le=100)
    has_platforms: bool
    platforms_at_most: int | None = Field(default=None, gt=0)
    firm_entitlement_wan: Decimal = Field(gt=0)
    report_within_days: int = Field(gt=0)
    investment_floor_wan: Decimal | None = Field(default=None, gt=0)
    tranches: tuple[Tranche, ...] = Field(min_length=1)
    excluded_boards: tuple[Board, ...]
    grade_factors: dict[Grade, Decimal]
    trial_factors: dict[Grade, Decimal]
    articles: dict[str, Article]

    @property
    def first_year(self) -> int:
        return self.years.from_

    @property
    def last_year(self) -> int:
        return self.years.to

    @property
    def firm_entitlement_fen(self) -> int:
        """What a province's entitlement is measured by, for each firm over the whole round."""
        return int(self.firm_entitlement_wan * _FEN_PER_WAN)

    @property
    def investment_floor_fen(self) -> int | None:
        """The investment that has to be exceeded (strictly); None where the round asks for none."""
        return None if self.investment_floor_wan is None else int(self.investment_floor_wan * _FEN_PER_WAN)

    @property
    def funds_floor_fen(self) -> int | None:
        """What the centre gives over the whole round at least; None where no document says so."""
        return None if self.funds_floor_wan is None else int(self.funds_floor_wan * _FEN_PER_WAN)

    def tranche(self, number: int) -> Tranche:
        """The tranche of that number; raises RoundError naming those there are."""
        for found in self.tranches:
            if found.number == number:
                return found
        numbers = ", ".join(str(each.number) for each in self.tranches)
        raise RoundError(f"{self.code} has no tranche {number}. There are: {numbers}.")

    @model_validator(mode="before")
    @classmethod
    def _documents_of_articles(cls, tree: Any) -> Any:
        # An article stands in the round's own document unless it names another.
        if not isinstance(tree, dict) or not isinstance(tree.get("articles"), dict):
            return tree
        given = {
            rule: {"document": tree.get("document", "")} | article if isinstance(article, dict) else article
            for rule, article in tree["articles"].items()
        }
        return tree | {"articles": given}

    @model_validator(mode="after")
    def _whole(self) -> Round:
        if self.first_year > self.last_year:
            raise ValueError("years: from comes before to")
        if [each.number for each in self.tranches] != list(range(1, len(self.tranches) + 1)):
            raise ValueError("tranches are numbered 1, 2, … in order")
        if sum(each.share for each in self.tranches) != 1:
            raise ValueError("the shares of the tranches sum to 1")
        for factors in (self.grade_factors, self.trial_factors):
            if set(factors) != set(GRADES) or min(factors.values()) < 0:
                raise ValueError(f"one grade factor of at least 0 for each of {', '.join(GRADES)}")
        if self.has_platforms != (self.platforms_at_most is not None):
            raise ValueError("platforms_at_most is given exactly where there are platforms")
        optional = (
            "platforms_at_most", "empowerment_share_pct", "investment_floor_wan", "batch_years_at_most",
            "key_firms_floor", "funds_floor_wan",
        )  # fmt: skip
        asked = (*_ALWAYS, *(rule for rule in optional if getattr(self, rule) is not None))
        if unsourced := [rule for rule in asked if rule not in self.articles]:
            raise ValueError(f"articles: no source for {', '.join(unsourced)}")
        return self


@lru_cache(maxsize=8)
def load_round(code: str) -> Round:
    """The round of that code, such as ``round-1``.

    Raises RoundError naming the known codes; FileError, naming the key, when the file breaks its form.
    """
    if code not in _codes():
        raise RoundError(f"unknown round {code!r}. Known: {', '.join(_codes())}.")
    return read_round(FOLDER / f"{code}.yaml")


def rounds() -> tuple[Round, ...]:
    """Every round, oldest first."""
    return tuple(load_round(code) for code in _codes())


def read_round(path: Path) -> Round:
    """Read one such file; errors as in `load_round`."""
    return read_model(Round, path, f"rounds/{path.name}")


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
