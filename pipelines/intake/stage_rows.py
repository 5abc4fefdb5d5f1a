"""The form in which accepted rows wait to be loaded: typed columns, what the contract does not know, and the place."""

from __future__ import annotations

import polars as pl

from data.dataset import Contract
from pipelines.intake.check_cells import typed_schema
from pipelines.intake.sheets import ROW

EXTRAS = "extras"
ORIGIN = {EXTRAS: pl.String, "sheet_no": pl.Int16, ROW: pl.Int32}


def staged_schema(rules: Contract) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Names and types of the staged columns of a dataset."""
    return {**typed_schema(rules), **ORIGIN}


def staged_rows(frame: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    """A typed frame with the contract's columns in order, then extras (a JSON object or null), sheet_no, row_no.

    Columns that the contract does not know go into ``extras`` as received, blank cells left out.
    """
    known = typed_schema(rules)
    others = [name for name in frame.columns if name not in known and name not in {"sheet_no", ROW}]
    return frame.select(*known, _as_json(others).alias(EXTRAS), "sheet_no", ROW)


def _as_json(names: list[str]) -> pl.Expr:
    if not names:
        return pl.lit(None, dtype=pl.String)
    entries = [
        pl.when(pl.col(name).str.strip_chars() != "").then(
            pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
        )
        for name in names
    ]
    joined = pl.concat_str(entries, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str([pl.lit("{"), joined, pl.lit("}")]))
