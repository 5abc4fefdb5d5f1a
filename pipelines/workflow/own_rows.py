"""Whose rows a file holds: a province may load rows of its own, and no others."""

from __future__ import annotations

import polars as pl

from data.access import Facts
from data.dataset import Contract, contract
from pipelines.intake.check import Checked

_SHOWN = {"dataset": pl.String, "sheet_no": pl.Int64, "row_no": pl.Int64}


def others_rows(checked: Checked, facts: Facts | None, unit: str) -> pl.DataFrame:
    """The rows of an accepted file that are not of the unit, or of which nobody knows whose they are.

    ``facts``: what is known of who belongs to whom, None before the first build; a file's own rows count too, so that
    a list of firms and their tasks may come together. Columns: dataset, sheet_no, row_no.
    """
    frames = {
        part.dataset: _plain(part.dataset, part.frame)
        for part in checked.parts or (checked,)
        if part.dataset is not None and part.frame is not None
    }
    found = [
        rows.select(pl.lit(name).alias("dataset"), pl.col("sheet_no", "row_no").cast(pl.Int64))
        for name, frame in frames.items()
        if (rows := _others(contract(name), frame, frames, facts, unit)).height
    ]
    return pl.concat(found) if found else pl.DataFrame(schema=_SHOWN)


def _others(
    rules: Contract, frame: pl.DataFrame, frames: dict[str, pl.DataFrame], facts: Facts | None, unit: str
) -> pl.DataFrame:
    if "province" in frame.columns:
        return frame.filter(pl.col("province").ne_missing(unit))
    if rules.unit_of is None:
        return frame
    known_by, by = rules.unit_of
    keys = list(by.values())
    known = [_texts(frames[known_by].filter(pl.col("province") == unit), keys)] if known_by in frames else []
    if facts is not None:
        held = facts.table(known_by).pl()
        known.append(_texts(held.filter(pl.col("province") == unit), keys))
    if not known:
        return frame
    return (
        frame.with_columns(pl.col(own).cast(pl.String).alias(f"_{there}") for own, there in by.items())
        .join(pl.concat(known).unique(), left_on=[f"_{there}" for there in keys], right_on=keys, how="anti")
        .select(frame.columns)
    )


def _texts(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return frame.select(pl.col(key).cast(pl.String) for key in keys)


def _plain(dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The typed rows with their choices as codes, as the facts have them."""
    codes = {
        column.field: dict(enumerate(column.codes))
        for column in contract(dataset).columns
        if column.type == "choice" and column.field in frame.columns
    }
    return frame.with_columns(
        pl.col(field).replace_strict(known, default=None, return_dtype=pl.String)
        for field, known in codes.items()
    )
