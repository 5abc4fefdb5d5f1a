"""Which firms that should have sent an annual return of a year did, by province.

Expected are the firms that the register of enterprises holds and that were founded by the end of the year, and those
that held a title on its last day. Coverage is the share of them with a return of the year. Listed names without a
credit code cannot be told in the returns and are left out. A return of a firm that was not expected counts apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import narwhals as nw
import polars as pl

from metrics.title_status import held_members

_ROW = ("receipt_id", "sheet_no", "row_no")


def members(periods: Any, enterprises: Any, returns: Any, year: int) -> nw.LazyFrame[Any]:
    """Every firm that was expected or sent a return of the year, once.

    ``periods``: `metrics.titles.periods`; ``enterprises``, ``returns``: current rows; all on one engine. Returns
    uscc, name, province (as registered, else as in the title, else as in the return), in_registry, has_title,
    has_return, and the rows that say so: registry_*, return_* (receipt, sheet, row), title_receipt of one of its
    titles.
    """
    last_day = dt.date(year, 12, 31)
    founded = nw.col("registered_on").is_null() | (nw.col("registered_on") <= last_day)
    registered = _named(nw.from_native(enterprises).lazy().filter(founded), "registry")
    titled = (
        held_members(periods, last_day)
        .filter(~nw.col("uscc").is_null())
        .group_by("uscc")
        .agg(
            title_name=nw.col("name").max(),
            title_province=nw.col("province").max(),
            title_receipt=nw.col("opened_receipt").max(),
        )
    )
    sent = _named(nw.from_native(returns).lazy().filter(nw.col("year") == year), "return")
    firms = nw.concat([part.select("uscc") for part in (registered, titled, sent)]).unique("uscc")
    for part in (registered, titled, sent):
        firms = firms.join(part, on="uscc", how="left")
    return firms.select(
        "uscc",
        name=nw.coalesce("registry_name", "title_name", "return_name"),
        province=nw.coalesce("registry_province", "title_province", "return_province"),
        in_registry=~nw.col("registry_row_no").is_null(),
        has_title=~nw.col("title_receipt").is_null(),
        has_return=~nw.col("return_row_no").is_null(),
        **{
            f"{part}_{short}": nw.col(f"{part}_{column}")
            for part in ("registry", "return")
            for short, column in zip(("receipt", "sheet", "row"), _ROW, strict=True)
        },
        title_receipt=nw.col("title_receipt"),
    )


def coverage(periods: Any, enterprises: Any, returns: Any, years: Collection[int]) -> pl.DataFrame:
    """Coverage by province and year, in their order.

    Returns province, year, expected, returned (of them), missing (of them), unexpected (returns of others), and
    share_pct (Float64: returned over expected; null where nobody was expected).
    """
    counted = [
        members(periods, enterprises, returns, year)
        .with_columns(is_expected=nw.col("in_registry") | nw.col("has_title"))
        .with_columns(
            expected=_one(nw.col("is_expected")),
            returned=_one(nw.col("is_expected") & nw.col("has_return")),
            unexpected=_one(~nw.col("is_expected")),
        )
        .group_by("province")
        .agg(nw.col("expected", "returned", "unexpected").sum())
        .collect("polars")
        .to_native()
        .with_columns(
            pl.col("expected", "returned", "unexpected").cast(pl.Int64), year=pl.lit(year, pl.Int64)
        )
        for year in years
    ]
    found = pl.concat(counted) if counted else pl.DataFrame(schema=_EMPTY)
    expected = pl.when(pl.col("expected") > 0).then(pl.col("expected"))
    return found.select(
        "province",
        "year",
        "expected",
        "returned",
        missing=pl.col("expected") - pl.col("returned"),
        unexpected=pl.col("unexpected"),
        share_pct=100 * pl.col("returned") / expected,
    ).sort("province", "year")


_EMPTY = {
    "province": pl.String, "expected": pl.Int64, "returned": pl.Int64, "unexpected": pl.Int64, "year": pl.Int64,
}  # fmt: skip


def _named(rows: nw.LazyFrame[Any], part: str) -> nw.LazyFrame[Any]:
    columns = ("name", "province", *_ROW)
    return rows.select("uscc", **{f"{part}_{column}": nw.col(column) for column in columns})


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(1).otherwise(0)
