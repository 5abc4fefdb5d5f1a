"""Open a file by what it is, not by what it is called, and give its sheets."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import polars as pl

from pipelines.intake.numbers import fifteen_digits
from pipelines.intake.read_csv import Score, read_csv
from pipelines.intake.read_xls import read_xls
from pipelines.intake.read_xlsx import read_xlsx
from pipelines.intake.sheets import WIDEST, RawSheet, Refused, letter

LARGEST_FILE = 2 << 30
LARGEST_CSV = 16 << 30
"""Of a CSV file that is read piece by piece and never held whole."""
MOST_ROWS = 20_000_000

_GLANCE = 1 << 16
_HEAD = 1 << 12
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "PDF"), (b"{\\rtf", "RTF"), (b"\x1f\x8b", "GZIP"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"),
    (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"SQLite format 3", "SQLite"), (b"BZh", "BZIP2"),
)  # fmt: skip


def open_file(path: Path, score: Score) -> tuple[str, list[RawSheet]]:
    """The format (csv, xlsx, xls, parquet) and the sheets of a file. Raises Refused for whatever cannot be read."""
    data = _bytes(path)
    try:
        return _sheets(data, score)
    except (MemoryError, RecursionError, ArithmeticError, LookupError, ValueError, pl.exceptions.PolarsError):
        # bytes made to break a reader: what they break differs, that the file is damaged does not
        raise Refused("file_damaged") from None


def is_csv(path: Path) -> bool:
    """Whether a file begins as text does, so that it is read as CSV or not at all; False where it cannot be opened."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return bool(head) and _format(head) == "csv"
    except (Refused, OSError, ValueError):
        return False


def _sheets(data: bytes, score: Score) -> tuple[str, list[RawSheet]]:
    kind = _format(data[:_HEAD])
    if kind == "parquet":
        return kind, read_parquet(data)
    if kind == "xls":
        return kind, read_xls(data)
    if kind == "xlsx":
        return kind, read_xlsx(data)
    return kind, read_csv(data, score)


def _format(head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_OLE):
        return "xls"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    for sign, name in _FOREIGN:
        if head.startswith(sign):
            raise Refused("format_unsupported", found=name)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(
        (b"<!doctype", b"<html", b"<table", b"<meta", b"<head", b"<?xml", b"<div", b"mime-version:")
    ):
        raise Refused("format_web_page")
    return "csv"


def _bytes(path: Path) -> bytes:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Refused("file_not_regular")
        if about.st_size > LARGEST_FILE:
            raise Refused("file_too_large", size=f"{about.st_size / (1 << 30):.1f}", limit=LARGEST_FILE >> 30)
        data = path.read_bytes()
    except FileNotFoundError:
        raise Refused("file_missing") from None
    except (OSError, ValueError, RuntimeError):
        raise Refused("file_unreadable") from None
    if not data[:_GLANCE].strip(b" \t\r\n\xef\xbb\xbf") and not data.strip():
        raise Refused("file_empty")
    return data


def read_parquet(data: bytes) -> list[RawSheet]:
    """A Parquet table as one sheet whose first row is the header. Raises Refused: parquet_damaged, parquet_nested."""
    try:
        schema = pl.read_parquet_schema(io.BytesIO(data))
        if len(schema) > WIDEST:
            raise Refused("too_many_columns", columns=len(schema), limit=WIDEST)
        rows = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
        if rows > MOST_ROWS:
            raise Refused("too_many_rows", rows=rows, limit=MOST_ROWS)
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException):
        raise Refused("parquet_damaged") from None
    columns = [_as_text(frame[name], name) for name in frame.columns]
    heads = pl.DataFrame({letter(at + 1): [name] for at, name in enumerate(frame.columns)})
    body = pl.DataFrame({letter(at + 1): texts for at, texts in enumerate(columns)})
    cells = pl.concat([heads, body]) if columns else pl.DataFrame()
    return [
        RawSheet(
            "", 1, cells.with_row_index("row_no", offset=1).with_columns(pl.col("row_no").cast(pl.Int32))
        )
    ]


def _as_text(values: pl.Series, name: str) -> pl.Series:
    kind = values.dtype
    if kind == pl.String:
        return values
    if kind.is_nested() or kind in (pl.Object, pl.Duration):
        raise Refused("parquet_nested", name=name)
    if kind == pl.Binary:
        try:
            return values.cast(pl.String)
        except pl.exceptions.PolarsError:
            raise Refused("parquet_nested", name=name) from None
    if kind.is_float():
        distinct = values.drop_nulls().unique()
        texts = pl.Series([fifteen_digits(repr(value)) for value in distinct], dtype=pl.String)
        return values.replace_strict(distinct, texts, default=None, return_dtype=pl.String)
    if kind == pl.Boolean:
        return values.cast(pl.String).str.to_uppercase()
    if isinstance(kind, pl.Datetime):
        return values.dt.strftime("%Y-%m-%d %H:%M:%S")
    return values.cast(pl.String)
