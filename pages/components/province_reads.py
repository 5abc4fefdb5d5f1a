"""The units of the provinces page: one row a unit of the chosen tier and day, and what each figure is made of."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data import published
from metrics import unit_progress
from pages.components import member_reads
from pages.components.member_proofs import Source


@dataclass(frozen=True)
class Units:
    """`metrics.unit_progress.by_unit` of a tier; the year of its returns and of its context (None: there is none)."""

    tier: str
    with_cities: bool
    rows: pl.DataFrame
    returns_year: int | None
    context_year: int | None
    unknown: int

    def provinces(self, code: str) -> tuple[str, ...]:
        """The units that a row is made of: itself, and its city with independent planning where that is counted in."""
        cities = (
            published.units().filter(pl.col("planned_city_of") == code)["code"] if self.with_cities else []
        )
        return (code, *cities)


def units_of(source: Source, tier: str, *, with_cities: bool) -> Units:
    """The units of a tier on the day. Targets are those of the day's year, returns and context the latest."""
    counted = member_reads.counts(source.build, source.scope, source.as_of).filter(pl.col("tier") == tier)
    year, coverage = member_reads.coverage(source.build, source.scope)
    context = member_reads.context(source.build, source.scope).filter(pl.col("year") <= source.as_of.year)
    latest = context["year"].max()
    rows = unit_progress.by_unit(
        counted.drop("tier").filter(pl.col("province").is_not_null()),
        targets_of(source, tier).select("province", "target"),
        coverage.select("province", "expected", "returned"),
        context.filter(pl.col("year") == pl.col("year").max()).select("province", "above_scale_smes"),
        published.units(),
        with_cities=with_cities,
    )
    unknown = int(counted.filter(pl.col("province").is_null())["valid"].sum())
    return Units(tier, with_cities, rows, year, latest, unknown)  # type: ignore[arg-type]


def targets_of(source: Source, tier: str) -> pl.DataFrame:
    """The units' targets of a tier for the year of the day, with file, sheet and cell."""
    found = member_reads.targets(source.build, source.scope)
    return found.filter(pl.col("tier") == tier, pl.col("year") == source.as_of.year)


def context_of(source: Source, units: Units) -> pl.DataFrame:
    """The units' industrial SMEs above scale of the year shown, with file, sheet and cell."""
    return member_reads.context(source.build, source.scope).filter(pl.col("year") == units.context_year)
