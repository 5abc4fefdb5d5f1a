"""From a typed frame to a table as a province would send it: Chinese headings, names for codes, units as printed."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from data import published
from data.dataset import Column, contract


def as_received(typed: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """The typed frame under the contract's Chinese headings, in its order.

    Amounts are in 10k yuan, percentages in percent (Float64, which prints every digit it was given); units, choices
    and lists are written in Chinese, yes and no as 是 and 否. What is missing stays null. A choice may also stand as
    its code, and a decimal that is no amount in its own unit, as a Float64.
    """
    columns = contract(dataset).columns
    amounts = [_in_units(typed[column.field], column) for column in columns if column.type == "decimal"]
    coded = frozenset(name for name, kind in typed.schema.items() if kind == pl.String)
    return typed.with_columns(amounts).select(_written(dataset, coded))


@lru_cache(maxsize=64)
def _written(dataset: str, coded: frozenset[str]) -> tuple[pl.Expr, ...]:
    return tuple(
        _cell(column, column.field in coded).alias(column.zh_header) for column in contract(dataset).columns
    )


def _in_units(stored: pl.Series, column: Column) -> pl.Series:
    """The nearest double to the figure; NumPy divides; multiplying by 1 ÷ scale is one bit off."""
    if stored.dtype == pl.Float64:
        return stored
    return pl.Series(column.field, stored.to_numpy() / column.scale, nan_to_null=True)


def _cell(column: Column, is_coded: bool) -> pl.Expr:
    cell = pl.col(column.field)
    if column.type == "list":
        claims = [
            pl.when(pl.col(f"{column.field}__{value.code}")).then(pl.lit(value.zh)) for value in column.values
        ]
        joined = pl.concat_str(claims, separator=";", ignore_nulls=True)
        return pl.when(joined != "").then(joined)
    if column.format == "reporting_unit":
        return cell.replace_strict(_names(), return_dtype=pl.String)
    if column.type == "bool":
        return cell.cast(pl.UInt8).cat.to(pl.Enum(["否", "是"]))
    if column.type == "choice" and is_coded:
        return cell.replace_strict({value.code: value.zh for value in column.values}, return_dtype=pl.String)
    if column.type == "choice":
        return cell.cast(pl.UInt8).cat.to(pl.Enum([value.zh for value in column.values]))
    return cell


def _names() -> dict[str, str]:
    return dict(published.units().filter("in_programme").select("code", "name_zh").iter_rows())
