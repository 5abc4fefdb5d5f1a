"""What was received, when, and how clean: how fresh each province's data are, and how many warnings a file carries.

Freshness is the number of days since the latest receipt that brought a current row of a province. A warning rate is
the first reader's warnings per 1,000 rows of a receipt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

PER_ROWS = 1000

_BROUGHT = {"province": pl.String, "receipt_id": pl.Int64, "rows": pl.Int64, "dataset": pl.String}


def freshness(tables: Mapping[str, Any], receipts: pl.DataFrame, today: dt.date) -> pl.DataFrame:
    """The latest receipt by dataset and province, and the days since.

    Args:
        tables: dataset → its current rows, with province and receipt_id; rows without a province are left out.
        receipts: receipt_id, file, received_at (UTC).
        today: the day that days are counted to (UTC).

    Returns:
        dataset, province, receipt_id, file, received_at, rows (current ones of that receipt), days; in the order of
        ``tables`` and then of provinces. A province that never sent a dataset has no row.
    """
    brought = [
        nw.from_native(rows)
        .lazy()
        .filter(~nw.col("province").is_null())
        .group_by("province", "receipt_id")
        .agg(rows=nw.len())
        .collect("polars")
        .to_native()
        .with_columns(pl.col("receipt_id", "rows").cast(pl.Int64), dataset=pl.lit(name))
        for name, rows in tables.items()
    ]
    order = {name: place for place, name in enumerate(tables)}
    found = (
        pl.concat([frame.select(*_BROUGHT) for frame in brought])
        if brought
        else pl.DataFrame(schema=_BROUGHT)
    )
    return (
        found.join(
            receipts.select(pl.col("receipt_id").cast(pl.Int64), "file", "received_at"), on="receipt_id"
        )
        .sort("received_at", "receipt_id")
        .group_by("dataset", "province", maintain_order=True)
        .last()
        .with_columns(
            days=(pl.lit(today) - pl.col("received_at").dt.date()).dt.total_days(),
            place=pl.col("dataset").replace_strict(order, default=None, return_dtype=pl.Int64),
        )
        .sort("place", "province")
        .select("dataset", "province", "receipt_id", "file", "received_at", "rows", "days")
    )


def warning_rates(receipts: pl.DataFrame) -> pl.DataFrame:
    """The warnings of each receipt, in the order received.

    ``receipts`` has receipt_id, file, dataset, received_at, rows and warnings. Returns these and per_1000 (Float64),
    null where a receipt has no rows.
    """
    rows = pl.when(pl.col("rows") > 0).then(pl.col("rows"))
    return receipts.select(
        "receipt_id",
        "file",
        "dataset",
        "received_at",
        "rows",
        "warnings",
        per_1000=PER_ROWS * pl.col("warnings") / rows,
    ).sort("received_at", "receipt_id")
