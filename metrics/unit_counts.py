"""Counts by reporting unit, apart from or together with the five cities with independent planning.

A city is not counted in its province; "with city" adds it to its province and leaves the city without a count of its
own, so that the sum over all units stays the same. Source: the 37-unit table of the MIIT SME Bureau, 2021.
"""

from __future__ import annotations

import polars as pl


def by_unit(counts: pl.DataFrame, units: pl.DataFrame, *, with_cities: bool) -> pl.DataFrame:
    """Every unit and every place outside the programme, in the order of ``units``.

    ``counts``: code, count. ``units``: code, in_programme, planned_city_of and what else it has. Returns the columns
    of ``units``, ``count`` (null outside the programme, and for a city counted in its province), and
    ``counted_in`` (code of that province).
    """
    own = units.join(counts.select("code", "count"), on="code", how="left", maintain_order="left")
    if not with_cities:
        return own.with_columns(counted_in=pl.lit(None, dtype=pl.String))
    cities = (
        own.filter(pl.col("planned_city_of").is_not_null())
        .group_by("planned_city_of")
        .agg(in_cities=pl.col("count").sum())
    )
    joined = own.join(cities, left_on="code", right_on="planned_city_of", how="left", maintain_order="left")
    is_city = pl.col("planned_city_of").is_not_null()
    return joined.with_columns(
        count=pl.when(~is_city).then(pl.col("count") + pl.col("in_cities").fill_null(0)),
        counted_in=pl.col("planned_city_of"),
    ).drop("in_cities")


def members(counts: pl.DataFrame, units: pl.DataFrame, *, with_cities: bool) -> pl.DataFrame:
    """The published rows behind `by_unit`: code, counted_in (itself, or its province), count, file, row_no."""
    province = pl.col("planned_city_of") if with_cities else pl.lit(None, dtype=pl.String)
    return (
        counts.join(units.select("code", "planned_city_of"), on="code", how="left", maintain_order="left")
        .with_columns(counted_in=pl.coalesce(province, "code"))
        .select("code", "counted_in", "count", "file", "row_no")
    )
