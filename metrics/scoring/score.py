"""Score a file of firms against one standard: points, requirements, verdict, route, and what is missing.

A first pass computes every firm by Kleene logic, on the engine chosen. It is sound: what it calls met or failed
is met or failed whatever the missing cells hold. Where exactly one missing cell keeps a firm undecided, a second
pass (`metrics.scoring.refine`) tries that cell's whole domain, so that the verdict is exact.
"""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw
import polars as pl

from data.rules import Standard
from metrics.scoring.layout import lay_out, with_absent_firms
from metrics.scoring.outcome import evaluate
from metrics.scoring.refine import refine

Engine = Literal["polars", "duckdb", "spark"]

ON_THIS_MACHINE = {
    "spark.master": "local[2]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


def score_firms(returns: pl.DataFrame, rule: Standard, year: int, engine: Engine = "polars") -> pl.DataFrame:
    """Score every firm of a typed `annual_returns` frame for the assessed year.

    Returns one row a firm (those without a row of `year` included, undetermined), in order of credit code:
    the laid-out cells; verdict; score_low, score_high (POINT units; 0 where a standard has no score);
    low_/high_/reason_<criterion>, holds_<requirement>, through_<route>, orientation, missing (list of cells that
    matter). Source: the standard's document and annex.
    """
    complete = with_absent_firms(returns, year)
    firms = lay_out(_on_engine(complete, engine), year)
    wide = nw.Decimal(38, 0) if engine == "spark" else nw.Int128
    passed = evaluate(firms, rule, year, wide)
    native = passed.collect(backend="polars").to_native()
    return refine(native, rule, year).sort("uscc")


def _on_engine(returns: pl.DataFrame, engine: Engine) -> Any:
    """Hand the rows to an engine: a lazy Polars frame, a DuckDB relation or a Spark frame."""
    if engine == "polars":
        return returns.lazy()
    if engine == "duckdb":
        import duckdb

        return duckdb.connect().from_arrow(returns.to_arrow())
    return _spark_session().createDataFrame(returns.to_arrow())


def _spark_session() -> Any:
    """The session that is there (a cluster's), else one on this machine alone that only speaks of errors."""
    from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

    builder = SparkSession.builder.appName("tidu")
    for name, value in ON_THIS_MACHINE.items():
        builder = builder.config(name, value)
    return SparkSession.getActiveSession() or builder.getOrCreate()
