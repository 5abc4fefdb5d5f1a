"""What the provinces put in and got done, side by side: the inputs and outputs of an efficiency comparison.

Inputs: central money paid, local and own money (whole fen). Outputs: tasks whose actual reached its target, by the
groups that the appraisal counts them in. Association, not effect: provinces differ in their firms, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

INPUTS = ("paid", "local")


def by_unit(
    provinces: pl.DataFrame, tasks: pl.DataFrame, kinds: Mapping[str, Collection[str]]
) -> pl.DataFrame:
    """One row a province with money or plan, by code: province, paid, local (fen), tasks done by group of ``kinds``.

    ``provinces``: `metrics.fund_ratios.by_province`; ``tasks``: its `task_rows` of the same tranches; ``kinds``:
    group → task codes.
    """
    table = provinces.select("province", *INPUTS)
    done = tasks.filter("is_done")
    for group, codes in kinds.items():
        counted = done.filter(pl.col("task_code").is_in(list(codes))).group_by("province")
        table = table.join(counted.agg(pl.len().cast(pl.Int64).alias(group)), on="province", how="left")
    return table.with_columns(pl.col(list(kinds)).fill_null(0)).sort("province")


def comparable(table: pl.DataFrame, inputs: Collection[str], outputs: Collection[str]) -> pl.DataFrame:
    """The rows that can be compared: every input above zero, and something done."""
    has_inputs = pl.all_horizontal(pl.col(name) > 0 for name in inputs)
    return table.filter(has_inputs & pl.any_horizontal(pl.col(name) > 0 for name in outputs))
