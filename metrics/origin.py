"""Where a record stands in the file it came from: file, sheet and cell.

Cell = the letter of the field's column in the receipt's header map, and the row as a spreadsheet numbers it. A file
without sheets has the sheet "". Nothing is said (null) of a record that no row is behind, and no cell where the file
had no such column.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

ROW = ("receipt_id", "sheet_no", "row_no")
_PLACES = {
    "receipt_id": pl.Int32,
    "sheet_no": pl.Int16,
    "file": pl.String,
    "sheet": pl.String,
    "letter": pl.String,
}


def located(
    members: pl.DataFrame, receipts: pl.DataFrame, field: str, row: Sequence[str] = ROW
) -> pl.DataFrame:
    """The members, in their order, with ``file``, ``sheet`` and ``cell`` (as in ``D17``) of a field.

    ``receipts``: receipt_id, file, places (JSON: sheet number → sheet, columns: field → letter). ``row`` names the
    members' columns of receipt, sheet number and row. A record with a receipt but no row has a file alone.
    """
    receipt, sheet_no, row_no = row
    places = _places(receipts.filter(pl.col("receipt_id").is_in(members[receipt].unique().implode())), field)
    files = places.group_by("receipt_id").agg(pl.col("file").first())
    keyed = members.with_columns(
        pl.col(receipt).cast(pl.Int32).alias("_receipt"), pl.col(sheet_no).cast(pl.Int16).alias("_sheet")
    )
    return (
        keyed.join(files, left_on="_receipt", right_on="receipt_id", how="left", maintain_order="left")
        .join(
            places.drop("file"),
            left_on=["_receipt", "_sheet"],
            right_on=["receipt_id", "sheet_no"],
            how="left",
            maintain_order="left",
        )
        .with_columns(cell=pl.col("letter") + pl.col(row_no).cast(pl.String))
        .drop("_receipt", "_sheet", "letter")
    )


def _places(receipts: pl.DataFrame, field: str) -> pl.DataFrame:
    rows = [
        (receipt, int(number), file, place["sheet"], place["columns"].get(field))
        for receipt, file, places in receipts.select("receipt_id", "file", "places").iter_rows()
        for number, place in json.loads(places).items()
    ]
    return pl.DataFrame(rows, schema=_PLACES, orient="row")
