"""How long a title lasts and what ends it: ``data/policy/titles.yaml``, read strictly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from data.published import TIERS, Mark, Tier
from data.strict_models import Fact, read_model

FILE = Path(__file__).parent / "policy" / "titles.yaml"


class TierRule(Fact):
    """Who gives the title of a tier, and what follows when its validity runs out."""

    given_by: Literal["province", "ministry"]
    at_expiry: Literal["review", "renewal"]


class YearlyDay(Fact):
    """A day of every year."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class Cancellation(Fact):
    """What a cancellation for cause brings with it."""

    bar_years: int = Field(gt=0)
    document: str = Field(min_length=1)
    mark: Mark


class TitleRules(Fact):
    """The whole of ``data/policy/titles.yaml``."""

    document: str = Field(min_length=1)
    article: str = Field(min_length=1)
    mark: Mark
    validity_years: int = Field(gt=0)
    tiers: dict[Tier, TierRule]
    update_by: YearlyDay
    cancellation: Cancellation

    @property
    def reviewed(self) -> tuple[str, ...]:
        """The tiers whose titles go through a review; lowest first."""
        return tuple(tier for tier in TIERS if self.tiers[tier].at_expiry == "review")

    @property
    def provincial(self) -> tuple[str, ...]:
        """The tiers whose lists each province publishes for itself; lowest first."""
        return tuple(tier for tier in TIERS if self.tiers[tier].given_by == "province")

    @model_validator(mode="after")
    def _every_tier(self) -> TitleRules:
        if set(self.tiers) != set(TIERS):
            raise ValueError(f"one entry for each of {', '.join(TIERS)}")
        return self


@cache
def title_rules() -> TitleRules:
    """The rules of titles with their document and source mark.

    Raises FileError, naming the key, when the file breaks its form.
    """
    return read_title_rules(FILE)


def read_title_rules(path: Path) -> TitleRules:
    """Read one such file; errors as in `title_rules`."""
    return read_model(TitleRules, path, f"policy/{path.name}")
