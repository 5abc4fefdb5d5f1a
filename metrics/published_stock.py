"""Published national stocks: the rows shipped with the product, and those loaded as `published_counts`.

Of loaded rows, those count that state a stock of the whole country; one on the basis valid is comparable with a
target, one on any other basis is shown apart. A loaded row of a tier and day stands beside a shipped one.
"""

from __future__ import annotations

import polars as pl

_COMPARABLE = "valid"


def joined(shipped: pl.DataFrame, loaded: pl.DataFrame) -> pl.DataFrame:
    """The shipped stock with the loaded rows, by day.

    ``loaded``: current rows of `published_counts`, choices as codes, with file and sheet of their receipt. Returns the
    columns of ``shipped``; the file of a loaded row carries its sheet, its note is its basis's code.
    """
    national = loaded.filter(
        pl.col("event").cast(pl.String) == "stock",
        pl.col("province").is_null(),
        pl.col("title_batch").is_null(),
    ).with_columns(pl.col("tier", "date_precision", "basis", "qualifier").cast(pl.String))
    sheet = pl.when(pl.col("sheet") != "").then(pl.lit(" · ") + pl.col("sheet")).otherwise(pl.lit(""))
    rows = national.with_columns(
        date_precision=pl.col("date_precision").fill_null("day"),
        qualifier=pl.col("qualifier").fill_null("exact"),
        comparable=pl.col("basis") == _COMPARABLE,
        disputed=pl.lit(value=False),
        note_zh="basis",
        note_en="basis",
        source=pl.col("source").fill_null(""),
        file=pl.col("file") + sheet,
    )
    same = [pl.col(name).cast(kind) for name, kind in shipped.schema.items()]
    return pl.concat([shipped, rows.select(same)]).sort("date", maintain_order=True)
