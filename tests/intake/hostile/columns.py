"""Parquet files with wrong types, nested columns, or far more rows than bytes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from .case import hostile
from .honest import FIELDS, honest_rows


def honest_frame(count: int = 3) -> pl.DataFrame:
    """The honest table with English headers and Parquet's own types."""
    frame = pl.DataFrame(honest_rows(count), schema=list(FIELDS), orient="row", infer_schema_length=None)
    return frame.with_columns(pl.col("listed_on").str.to_date())


def _write(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_parquet(path)
    return path


@hostile(
    accepted=True,
    values={("revenue", 0): 5_321_250_000, ("listed_on", 2): dt.date(2021, 6, 30), ("year", 1): 2025},
)
def honest_parquet(folder: Path) -> Path:
    """Nothing is wrong here: typed columns are taken as they are."""
    return _write(honest_frame(), folder / "honest.parquet")


@hostile(errors=("",))
def truncated_parquet(folder: Path) -> Path:
    """The footer is gone."""
    path = _write(honest_frame(300), folder / "cut.parquet")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@hostile(errors=("",))
def parquet_with_a_false_footer(folder: Path) -> Path:
    """The last bytes claim a footer longer than the file."""
    path = _write(honest_frame(), folder / "footer.parquet")
    path.write_bytes(path.read_bytes()[:-8] + b"\xff\xff\xff\x7fPAR1")
    return path


@hostile(errors=("A3", "A4", "D2", "D3"))
def parquet_with_wrong_types(folder: Path) -> Path:
    """Credit codes as integers, years as time stamps."""
    frame = honest_frame().with_columns(
        uscc=pl.Series([911101080000000194, 2, 3], dtype=pl.Int64),
        year=pl.Series([dt.datetime(2025, 12, 31)] * 3),
    )
    return _write(frame, folder / "types.parquet")


@hostile(accepted=False)
def parquet_with_nested_columns(folder: Path) -> Path:
    """Lists and structures where one value is asked for."""
    frame = honest_frame().with_columns(
        revenue=pl.Series([[1.0, 2.0], [3.0], []]),
        province=pl.struct(pl.lit("北京").alias("zh"), pl.lit("110000").alias("code")),
    )
    return _write(frame, folder / "nested.parquet")


@hostile(errors=("G2", "G3", "H4"))
def parquet_with_nan(folder: Path) -> Path:
    """NaN and infinities as real floats."""
    frame = honest_frame().with_columns(
        revenue=pl.Series([float("nan"), float("inf"), 1.0]), net_profit=pl.Series([1.0, 2.0, float("-inf")])
    )
    return _write(frame, folder / "nan.parquet")


@hostile(errors=("E2", "E3", "G2"))
def parquet_with_huge_integers(folder: Path) -> Path:
    """The ends of Int64 and of UInt64."""
    frame = honest_frame().with_columns(
        employees=pl.Series([2**63 - 1, -(2**63), 5], dtype=pl.Int64),
        revenue=pl.Series([2**64 - 1, 1, 2], dtype=pl.UInt64),
    )
    return _write(frame, folder / "huge.parquet")


@hostile(accepted=None)
def parquet_with_binary_text(folder: Path) -> Path:
    """Names as raw bytes, some of them no text at all."""
    frame = honest_frame().with_columns(
        name=pl.Series([b"\xff\xfe", "北京甲".encode(), b""], dtype=pl.Binary)
    )
    return _write(frame, folder / "binary.parquet")


@hostile(errors=("",), heavy=True)
def parquet_of_many_rows_from_few_bytes(folder: Path) -> Path:
    """One row repeated eighty million times by run-length encoding: kilobytes on disk."""
    path = folder / "runs.parquet"
    block = 8_000_000
    zeros = pa.nulls(block, pa.int32()).fill_null(0)
    firm = zip(FIELDS[:4], honest_rows(1)[0][:4], strict=True)
    table = pa.table({field: pa.DictionaryArray.from_arrays(zeros, [str(value)]) for field, value in firm})
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(10):
            writer.write_table(table, row_group_size=block)
    return path
