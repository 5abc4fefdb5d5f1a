"""Cell by cell: each column of a table read by its contract, each faulty cell one finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from data.dataset import Column, Contract
from pipelines.intake import findings as fd
from pipelines.intake.layout import Table
from pipelines.intake.numbers import Parsed
from pipelines.intake.provinces import read_province
from pipelines.intake.sheets import ROW
from pipelines.intake.values import read_column

MOSTLY = 0.8
ENOUGH = 3
SAMPLE = 200
WARNING_RULES = frozenset({"placeholder_blank", "related_code"})


@dataclass(frozen=True)
class Tally:
    """What the checks of a column as a whole need to know of its cells; tallies of a column's parts add up.

    read, faulty: cells with a value, cells with a fault. low, high: of the values of a percentage. sample: the first
    texts of a required column.
    """

    read: int
    faulty: int
    low: int | None
    high: int | None
    sample: pl.Series

    def __add__(self, later: Tally) -> Tally:
        lows = [low for low in (self.low, later.low) if low is not None]
        highs = [high for high in (self.high, later.high) if high is not None]
        return Tally(
            self.read + later.read,
            self.faulty + later.faulty,
            min(lows, default=None),
            max(highs, default=None),
            pl.concat([self.sample, later.sample]).head(SAMPLE),
        )

    @property
    def share_of_faults(self) -> float:
        """Of the cells that are not blank."""
        return self.faulty / (self.faulty + self.read) if self.faulty + self.read else 0.0


def check_table(table: Table, rules: Contract) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The typed columns of a table (faulty cells null; lists as Structs) with sheet_no and row_no, and the findings."""
    typed, found, tallies = check_cells(table, rules)
    return typed, found + check_columns(table, rules, tallies)


def check_cells(table: Table, rules: Contract) -> tuple[pl.DataFrame, list[pl.DataFrame], dict[str, Tally]]:
    """As `check_table`, each cell by itself: the findings of columns as a whole follow from the tallies."""
    number = pl.lit(table.sheet.number, dtype=pl.Int16).alias("sheet_no")
    columns: dict[str, pl.Series] = {}
    tallies: dict[str, Tally] = {}
    found: list[pl.DataFrame] = _formulas(table, rules)
    for column in rules.columns:
        if column.field not in table.rows.columns:
            empty = pl.Series([None], dtype=pl.String).new_from_index(0, table.rows.height)
            columns[column.field] = read_column(empty, column).values.rename(column.field)
            continue
        raw = table.rows[column.field]
        parsed = read_column(
            raw, column, table.header.units.get(column.field, "万元"), _percents(table, column.field)
        )
        columns[column.field] = parsed.values.rename(column.field)
        tallies[column.field] = _tally(raw, column, parsed)
        found += _faults(table, column, raw, parsed)
    typed = pl.DataFrame(list(columns.values())).with_columns(number, table.rows[ROW])
    return typed, found, tallies


def check_columns(table: Table, rules: Contract, tallies: Mapping[str, Tally]) -> list[pl.DataFrame]:
    """Findings of columns as a whole, at their headings; ``table`` gives the header, its rows do not matter."""
    found = []
    for name in tallies:
        column = rules.column(name)
        found += _as_fractions(table, column, tallies[name]) + _exchanged(table, column, tallies, rules)
    return found


def typed_schema(rules: Contract) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Names and types of the contract's columns in a typed frame; lists as ``field__value``."""
    kinds = {
        "text": pl.String,
        "int": pl.Int64,
        "decimal": pl.Int64,
        "bool": pl.Boolean,
        "date": pl.Date,
        "choice": pl.Int8,
    }
    schema: dict[str, pl.DataType | type[pl.DataType]] = {}
    for column in rules.columns:
        if column.type == "list":
            schema |= {f"{column.field}__{code}": pl.Boolean for code in column.codes}
        else:
            schema[column.field] = kinds[column.type]
    return schema


def typed_frame(typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    """The typed frame of an accepted file: contract columns, lists as ``field__value``, extras, sheet_no, row_no."""
    parts: list[pl.Series] = []
    for column in rules.columns:
        if column.type != "list":
            parts.append(typed[column.field])
            continue
        ticks = typed[column.field].struct.unnest()
        parts += [
            ticks[code].fill_null(value=False).alias(f"{column.field}__{code}") for code in column.codes
        ]
    extras = [raw[name] for name in raw.columns if name not in rules.fields and name not in {ROW, "sheet_no"}]
    return pl.DataFrame([*parts, *extras, typed["sheet_no"], typed[ROW]])


def _faults(table: Table, column: Column, raw: pl.Series, parsed: Parsed) -> list[pl.DataFrame]:
    found = []
    rows = pl.DataFrame({ROW: table.rows[ROW], "value": raw, "rule": parsed.rules}).with_columns(
        sheet_no=pl.lit(table.sheet.number, dtype=pl.Int16)
    )
    if not parsed.is_clean:
        bad = rows.filter(pl.col("rule").is_not_null())
        severity = (
            pl.when(pl.col("rule").is_in(list(WARNING_RULES)))
            .then(pl.lit(fd.WARNING))
            .otherwise(pl.lit(fd.ERROR))
        )
        write = _ARGUMENTS.get(column.format) or _of_column(column)
        distinct = bad.select("rule", "value").unique()
        texts = pl.Series(
            [json.dumps(write(rule, value), ensure_ascii=False) for rule, value in distinct.iter_rows()],
            dtype=pl.String,
        )
        bad = bad.with_columns(severity=severity).join(
            distinct.with_columns(arguments=texts), on=["rule", "value"], how="left", maintain_order="left"
        )
        found.append(fd.of_rows(bad, column))
    if column.is_required:
        values = parsed.values
        blank = rows.filter(values.is_null() & parsed.rules.is_null())
        if blank.height:
            found.append(fd.of_rows(blank.drop("rule"), column, fd.ERROR, "blank_required"))
    return found


def _tally(raw: pl.Series, column: Column, parsed: Parsed) -> Tally:
    values = parsed.values
    is_share = column.unit == "percent"
    return Tally(
        read=len(values) - values.null_count(),
        faulty=len(parsed.rules) - parsed.rules.null_count(),
        low=values.min() if is_share else None,  # pyright: ignore[reportArgumentType] - integers
        high=values.max() if is_share else None,  # pyright: ignore[reportArgumentType]
        sample=(raw.drop_nulls() if column.is_required else raw.clear()).head(SAMPLE),
    )


def _as_fractions(table: Table, column: Column, tally: Tally) -> list[pl.DataFrame]:
    """Percentages that all lie between 0 and 1 are more likely shares; nobody but the submitter can say."""
    if column.unit != "percent" or tally.read < ENOUGH or tally.low is None or tally.high is None:
        return []
    if tally.low < 0 or not 0 < tally.high < column.scale:
        return []
    return [_at_heading(table, column, "share_as_fraction", fd.WARNING)]


def _exchanged(
    table: Table, column: Column, tallies: Mapping[str, Tally], rules: Contract
) -> list[pl.DataFrame]:
    """Two required columns whose contents stand under each other's heading: said once, besides each faulty cell."""
    tally = tallies[column.field]
    if not column.is_required or not column.format or not tally.faulty or tally.share_of_faults < MOSTLY:
        return []
    for other in rules.columns:
        if other.field == column.field or not other.is_required or other.field not in tallies:
            continue
        texts = tallies[other.field].sample
        sample = _tally(texts, column, read_column(texts, column))
        if len(texts) and sample.share_of_faults < 1 - MOSTLY:
            return [_at_heading(table, column, "columns_swapped", fd.ERROR, other_column=other.field)]
    return []


def _at_heading(table: Table, column: Column, rule: str, severity: str, **arguments: Any) -> pl.DataFrame:
    header = table.header
    heading = table.sheet.cells.row(header.position, named=True) if header.position >= 0 else {}
    value = heading.get(header.fields.get(column.field, ""))
    return fd.finding(
        rule,
        severity,
        column=column.field,
        sheet_no=table.sheet.number,
        row_no=header.row_no,
        value=value,
        **arguments,
    )


def _of_column(column: Column) -> Callable[[str, str], dict[str, Any]]:
    """The arguments that the words of a column's rules may need."""
    known = {
        "low": f"{column.low}" if column.low is not None else "",
        "high": f"{column.high}" if column.high is not None else "",
        "bound": f"{column.widest // column.scale:,}",
        "decimals": column.decimals,
        "allowed": column.field,
    }
    return lambda _rule, _value: known


def _of_province(_rule: str, value: str) -> dict[str, Any]:
    return {"units": list(read_province(value).near)}


_ARGUMENTS: dict[str, Callable[[str, str], dict[str, Any]]] = {"reporting_unit": _of_province}


def _percents(table: Table, name: str) -> pl.Series | None:
    place = table.header.fields.get(name)
    marked = table.sheet.percents.filter(pl.col("letter") == place) if place else table.sheet.percents.clear()
    return table.rows[ROW].is_in(marked[ROW].implode()) if marked.height else None


def _formulas(table: Table, rules: Contract) -> list[pl.DataFrame]:
    """A formula's stored result is used, with a warning; one without a stored result has no value at all."""
    formulas = table.sheet.formulas
    if formulas.is_empty():
        return []
    found = []
    for place, name in table.header.columns.items():
        here = formulas.filter(pl.col("letter") == place).join(
            table.rows.select(ROW, value=pl.col(name)), on=ROW, how="inner"
        )
        if here.is_empty():
            continue
        rows = here.with_columns(sheet_no=pl.lit(table.sheet.number, dtype=pl.Int16))
        column = rules.column(name)
        found.append(fd.of_rows(rows.filter("has_value"), column, fd.WARNING, "formula"))
        found.append(fd.of_rows(rows.filter(~pl.col("has_value")), column, fd.ERROR, "formula_without_value"))
    return [frame for frame in found if frame.height]
