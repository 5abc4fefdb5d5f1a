"""One row a firm: the assessed year's cells under their own names, earlier years' beside them.

`revenue` is the assessed year, `revenue_y1` the year before, `revenue_y2` two before. `industry` is the index of
the firm's industry in the size standard, null where its GB/T 4754 code is missing or cannot be placed;
`division` the first two digits of the code. Which earlier cells are kept follows from the standards' rules and
from the contract's bounds on them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import narwhals as nw
import polars as pl

from data.dataset import contract
from data.rule_inputs import inputs_of
from data.rulebook import rule_sets, size_standard, standard
from metrics.scoring.cells import cell

YEARS_BEFORE = (1, 2)


@cache
def earlier_fields(years_before: int) -> tuple[str, ...]:
    """Contract fields of an earlier year that a shipped rule reads, and the fields that bound them."""
    read = {
        item.field
        for rule_set in rule_sets()
        for tier in rule_set.shipped
        for item in inputs_of(standard(rule_set.id, tier))
        if item.years_before == years_before
    }
    bounding = {
        column.at_most
        for column in contract("annual_returns").columns
        if column.field in read and column.at_most
    }
    bounded = {column.field for column in contract("annual_returns").columns if column.at_most in read}
    return tuple(sorted(read | bounding | bounded))


def lay_out(returns: Any, year: int) -> nw.LazyFrame[Any]:
    """Join a typed `annual_returns` frame (rows of firm and year) into one row a firm that has a row of `year`.

    `returns`: a Polars frame, a DuckDB relation or a Spark frame. Firms without a row of the year are absent
    (`with_absent_firms` adds them on Polars).
    """
    frame = nw.from_native(returns).lazy()
    firms = frame.filter(nw.col("year") == year)
    for before in YEARS_BEFORE:
        fields = earlier_fields(before)
        earlier = frame.filter(nw.col("year") == year - before).select(
            "uscc", *(nw.col(field).alias(cell(field, before)) for field in fields)
        )
        firms = firms.join(earlier, on="uscc", how="left")
    return firms.with_columns(**industry_columns())


def industry_columns() -> dict[str, nw.Expr]:
    """`industry` and `division` from `industry_code`, whose section letter is ignored."""
    digits = nw.col("industry_code").str.replace_all("[^0-9]", "")
    division = digits.str.slice(0, 2).cast(nw.Int16)
    group = nw.when(digits.str.len_chars() > 2).then(digits.str.slice(0, 3)).cast(nw.Int16)
    industry = nw.lit(None, dtype=nw.Int8)
    for index, found in enumerate(size_standard().industries):
        for level, length in ((division, 2), (group, 3)):
            codes = [int(code) for code in found.codes if len(code) == length]
            if codes:
                industry = nw.when(level.is_in(codes)).then(nw.lit(index, dtype=nw.Int8)).otherwise(industry)
    return {"industry": industry, "division": division}


def with_absent_firms(returns: pl.DataFrame, year: int) -> pl.DataFrame:
    """Add an empty row of `year` for each firm that has none: nothing of it is known, so nothing is claimed."""
    present = returns.filter(pl.col("year") == year).select("uscc")
    absent = (
        returns.join(present, on="uscc", how="anti")
        .sort("year")
        .unique("uscc", keep="last", maintain_order=True)
        .select("uscc", "name", "province", pl.lit(year, dtype=returns.schema["year"]).alias("year"))
    )
    return returns if absent.is_empty() else pl.concat([returns, absent], how="diagonal")
