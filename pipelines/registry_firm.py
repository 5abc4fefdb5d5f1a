"""The rows of one firm of the registry."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from data.access import Facts
from pipelines.registry_scores import DATASET, typed_returns


def returns_of(facts: Facts, uscc: str) -> pl.DataFrame:
    """The current annual returns of a firm, latest first, typed as the scoring takes them, with their origin."""
    return typed_returns(rows_of(facts, DATASET, uscc)).sort("year", descending=True)


def rows_of(facts: Facts, table: str, uscc: str) -> Any:
    """The rows of one firm in a table; raises NoFactsError where the table is not computed yet."""
    return nw.from_native(facts.table(table)).lazy().filter(nw.col("uscc") == uscc).to_native()
