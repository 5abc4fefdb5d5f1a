"""Returns of the years before those that carry the planted truths, made from the first of these by going back.

They have draws of their own: however many years are asked for, the later ones are the same to the last cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from data.dataset import contract
from pipelines.demo.returns import CENT, DATASET
from pipelines.demo.truths import IMPROVING

_AMOUNTS = ("revenue", "main_revenue", "net_profit", "total_assets", "total_liabilities", "new_equity")
_MOST_EFFORT = 0.6  # not policy: R&D expense as a share of revenue, as in the later years
_NOISE, _EFFORT_NOISE = 0.1, 0.06  # not policy: synthetic
_RIGHTS_KEPT = 0.87  # not policy: share of its Class-I rights that a firm had a year before
_CLASS1 = ("class1_ip_own", "class1_ip_high_value", "class1_ip_in_use", "class1_ip_original")
_AWARDS = ("national_award", "provincial_award", "maker_china")


def earlier_returns(
    first: pl.DataFrame, firms: pl.DataFrame, years: Sequence[int], rng: np.random.Generator
) -> Iterator[pl.DataFrame]:
    """A unit's typed returns of each of `years`, the latest first, each made from the year after it.

    `first` is the year after the latest of them. All amounts of a firm shrink by one factor, so that what held between
    two of them still holds.
    """
    of_firm = first.select("uscc").join(firms, on="uscc", how="left", maintain_order="left")
    quality = of_firm["quality"].to_numpy()
    trend = -0.3 if firms["province"][0] == IMPROVING else 0.0  # not policy: synthetic
    rows = first
    for year in sorted(years, reverse=True):
        growth = 0.05 + 0.035 * quality + rng.normal(0, _NOISE, rows.height)
        factor = pl.Series(1 / (1 + growth.clip(-0.3, 0.6)))  # not policy: synthetic
        effort = pl.Series(np.exp(trend + rng.normal(0, _EFFORT_NOISE, rows.height)))
        rows = rows.with_columns(
            *(_amount(pl.col(name) * factor) for name in _AMOUNTS),
            _amount(
                pl.min_horizontal(pl.col("rd_expense") * effort, pl.col("revenue") * _MOST_EFFORT) * factor
            ),
            *(_whole(pl.col(name) * factor.sqrt()) for name in ("employees", "rd_employees")),
            _whole(pl.col("class1_ip") * _RIGHTS_KEPT + 0.5),
            pl.max_horizontal(pl.col("niche_years") - 1, 0),
            pl.lit(year, dtype=rows.schema["year"]).alias("year"),
        )
        rows = rows.with_columns(
            *(pl.min_horizontal(name, "class1_ip") for name in _CLASS1),
            *_not_yet_won(year),
            *_not_yet_listed(year),
        )
        yield rows


def _amount(fen: pl.Expr) -> pl.Expr:
    return (fen / CENT).floor().cast(pl.Int64) * CENT


def _whole(number: pl.Expr) -> pl.Expr:
    return number.floor().cast(pl.Int64)


def _not_yet_won(year: int) -> Iterator[pl.Expr]:
    for name in _AWARDS:
        for part in (f"{name}_rank", f"{name}_year"):
            yield pl.when(pl.col(f"{name}_year") <= year).then(pl.col(part)).alias(part)


def _not_yet_listed(year: int) -> Iterator[pl.Expr]:
    is_listed = pl.col("listed_on").dt.year() <= year
    unlisted = contract(DATASET).column("listed_board").codes.index("none")
    yield (
        pl.when(is_listed)
        .then(pl.col("listed_board"))
        .otherwise(pl.lit(unlisted, dtype=pl.Int8))
        .alias("listed_board")
    )
    yield pl.when(is_listed).then(pl.col("listed_on")).alias("listed_on")
