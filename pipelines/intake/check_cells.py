"""Cell by cell: each column of a table read by its contract, each faulty cell one finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl

from data.dataset import Column, Contract
from pipelines.intake import findings as fd
from pipelines.intake.layout import Table
from pipelines.intake.numbers import COUNT_BOUND, MONEY_BOUND, Parsed
from pipelines.intake.provinces import read_province
from pipelines.intake.sheets import ROW
from pipelines.intake.values import read_column, shift

MOSTLY = 0.8
ENOUGH = 3
WARNING_RULES = frozenset({"placeholder_blank", "related_code"})


def check_table(table: Table, rules: Contract) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The typed columns of a table (faulty cells null; lists as Structs) with sheet_no and row_no, and the findings."""
    number = pl.lit(table.sheet.number, dtype=pl.Int16).alias("sheet_no")
    columns: dict[str, pl.Series] = {}
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
        found += _faults(table, column, raw, parsed)
        found += _as_fractions(table, column, parsed) + _exchanged(table, column, parsed, rules)
    typed = pl.DataFrame(list(columns.values())).with_columns(number, table.rows[ROW])
    return typed, found


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


def _as_fractions(table: Table, column: Column, parsed: Parsed) -> list[pl.DataFrame]:
    """Percentages that all lie between 0 and 1 are more likely shares; nobody but the submitter can say."""
    if column.unit != "percent" or parsed.values.len() - parsed.values.null_count() < ENOUGH:
        return []
    one = 10 ** shift(column)
    if not (parsed.values.drop_nulls().is_between(0, one, closed="left").all() and (parsed.values > 0).any()):
        return []
    return [_at_heading(table, column, "share_as_fraction", fd.WARNING)]


def _exchanged(table: Table, column: Column, parsed: Parsed, rules: Contract) -> list[pl.DataFrame]:
    """Two required columns whose contents stand under each other's heading: said once, besides each faulty cell."""
    if not column.is_required or not column.format or parsed.is_clean or _share_of_faults(parsed) < MOSTLY:
        return []
    for other in rules.columns:
        if other.field == column.field or not other.is_required or other.field not in table.rows.columns:
            continue
        sample = read_column(table.rows[other.field].drop_nulls().head(200), column)
        if len(sample.values) and _share_of_faults(sample) < 1 - MOSTLY:
            return [_at_heading(table, column, "columns_swapped", fd.ERROR, other_column=other.field)]
    return []


def _share_of_faults(parsed: Parsed) -> float:
    faulty = len(parsed.rules) - parsed.rules.null_count()
    read = len(parsed.values) - parsed.values.null_count()
    return faulty / (faulty + read) if faulty + read else 0.0


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
    bound = f"{MONEY_BOUND // 10**6:,}" if column.is_money else f"{COUNT_BOUND:,}"
    known = {
        "low": f"{column.low}" if column.low is not None else "",
        "high": f"{column.high}" if column.high is not None else "",
        "bound": bound,
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
