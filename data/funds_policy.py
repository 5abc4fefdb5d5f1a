"""The checks of the reward funds and where each stands: ``data/policy/funds.yaml``, read strictly."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from data.published import Label
from data.rounds import Article, load_round
from data.strict_models import Fact, read_model

FILE = Path(__file__).parent / "policy" / "funds.yaml"


class IdleAfter(Fact):
    """After how many days money that was received and not paid is called idle."""

    days: int = Field(ge=0)
    is_assumption: bool
    note: Label


class PlatformMoney(Fact):
    """What the money of a platform may be used for: codes of `fund_use.use_category`."""

    only: tuple[str, ...] = Field(min_length=1)


class FundCheck(Fact):
    """Where a check's rule stands: a key under the round's articles, or a source of its own."""

    article: str = ""
    source: Article | None = None
    is_product: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> FundCheck:
        if bool(self.article) == (self.source is not None):
            raise ValueError("give either article, a key of the round, or source")
        return self


class FundRules(Fact):
    """The whole of ``data/policy/funds.yaml``."""

    idle_after: IdleAfter
    platform_money: PlatformMoney
    checks: dict[str, FundCheck]


@cache
def fund_rules() -> FundRules:
    """The rules of the checks. Raises FileError, naming the key, when the file breaks its form."""
    return read_fund_rules(FILE)


def read_fund_rules(path: Path) -> FundRules:
    """Read one such file; errors as in `fund_rules`."""
    return read_model(FundRules, path, f"policy/{path.name}")


def article_of(rule: str, round_code: str) -> Article:
    """Document, section and source mark of a check in a round; KeyError where the round has no such article."""
    check = fund_rules().checks[rule]
    return check.source or load_round(round_code).articles[check.article]
