"""One firm of the registry: its returns, and its score explained as the form explains one."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from data.access import Facts
from data.rules import Standard
from metrics.scoring.explain import explain
from metrics.scoring.improve import ways
from metrics.scoring.layout import with_absent_firms
from metrics.scoring.score import score_firms
from metrics.scoring.size import size_classes
from metrics.scoring.win_back import chances
from pipelines.one_firm import OneFirm
from pipelines.registry_scores import DATASET, typed_returns


def returns_of(facts: Facts, uscc: str) -> pl.DataFrame:
    """The current annual returns of a firm, latest first, typed as the scoring takes them, with their origin."""
    return typed_returns(rows_of(facts, DATASET, uscc)).sort("year", descending=True)


def rows_of(facts: Facts, table: str, uscc: str) -> Any:
    """The rows of one firm in a table; raises NoFactsError where the table is not computed yet."""
    return nw.from_native(facts.table(table)).lazy().filter(nw.col("uscc") == uscc).to_native()


def explained(returns: pl.DataFrame, rule: Standard, year: int) -> OneFirm:
    """Score and explain one firm from its returns (`returns_of`), which may not be empty."""
    typed = with_absent_firms(returns, year)
    explanation = explain(score_firms(typed, rule, year), rule, year)
    found = ways(typed, rule, year)
    size = size_classes(typed.filter(pl.col("year") == year)).row(0, named=True)
    return OneFirm(
        explanation, chances(explanation, found), found, size["size_class"], size["industry"], typed
    )
