"""Tables out of Tidu: every row, as CSV, XLSX or Parquet, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path

import polars as pl

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
EXCEL_ROWS = 1_048_576
FORMATS = (".csv", ".xlsx", ".parquet")
_TEXT_MARK = "'"


def neutralised(table: pl.DataFrame) -> pl.DataFrame:
    """The table with an apostrophe before every text (and header) a spreadsheet could read as a formula."""
    safe = table.with_columns(
        pl.when(pl.any_horizontal(pl.col(name).str.starts_with(sign) for sign in FORMULA_SIGNS))
        .then(pl.lit(_TEXT_MARK) + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in table.schema.items()
        if kind == pl.String
    )
    return safe.rename({name: _TEXT_MARK + name for name in safe.columns if name.startswith(FORMULA_SIGNS)})


def csv_bytes(table: pl.DataFrame, *, with_mark: bool = True) -> bytes:
    """UTF-8; `with_mark` puts a byte order mark first, without which Excel shows Chinese as noise."""
    out = io.BytesIO()
    neutralised(table).write_csv(out, include_bom=with_mark)
    return out.getvalue()


def xlsx_bytes(table: pl.DataFrame, sheet: str = "Sheet1") -> bytes:
    """One sheet with all rows; raises ValueError when a sheet cannot hold them."""
    if table.height >= EXCEL_ROWS:
        raise ValueError(f"{table.height} rows do not fit one sheet of {EXCEL_ROWS - 1}. Export CSV.")
    out = io.BytesIO()
    neutralised(table).write_excel(
        out, worksheet=sheet[:31], autofit=table.height <= 10_000, dtype_formats={date: "yyyy-mm-dd"}
    )
    return out.getvalue()


def parquet_bytes(table: pl.DataFrame) -> bytes:
    """Parquet, for other programs: text stays as it is."""
    out = io.BytesIO()
    table.write_parquet(out)
    return out.getvalue()


def write_table(table: pl.DataFrame, out: Path) -> None:
    """Write a table by the ending of `out`; the file appears whole or not at all.

    CSV is plain UTF-8 for other programs. Raises ValueError naming the endings that are known.
    """
    match out.suffix.lower():
        case ".csv":
            content = csv_bytes(table, with_mark=False)
        case ".xlsx":
            content = xlsx_bytes(table)
        case ".parquet":
            content = parquet_bytes(table)
        case other:
            raise ValueError(
                f"{out.name}: cannot write {other or 'a file without an ending'}. Use {', '.join(FORMATS)}."
            )
    write_whole(out, content)


def write_whole(out: Path, content: bytes) -> None:
    """Write bytes to a neighbour file, flush them to the disk, then put it in place."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
