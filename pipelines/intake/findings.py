"""Findings: what the check has to say of a file, one per cell, and the words for it in both languages.

A finding is a row of `SCHEMA`: severity, rule, where, the value as received, and the arguments its words need (JSON
text). The words of a rule are in ``data/locale/<language>/findings.yaml`` under ``findings.<rule>`` (message, expected,
remedy), those of a dataset's own checks in its contract.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from data import words
from data.dataset import Column, Contract, contract, datasets
from pipelines.intake.provinces import units

SCHEMA: dict[str, Any] = {
    "severity": pl.String,
    "rule": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
    "column": pl.String,
    "value": pl.String,
    "expected": pl.String,
    "dataset": pl.String,
    "arguments": pl.String,
    "sheet_no": pl.Int16,
    "row_no": pl.Int32,
    "column_no": pl.Int32,
}
ERROR, WARNING = "error", "warning"
SHOWN = 60


def empty() -> pl.DataFrame:
    """No findings."""
    return pl.DataFrame(schema=SCHEMA)


def finding(rule: str, severity: str = ERROR, **known: Any) -> pl.DataFrame:
    """One finding; `known` are columns of SCHEMA, any other name is an argument of its words."""
    arguments = {name: value for name, value in known.items() if name not in SCHEMA}
    row = dict.fromkeys(SCHEMA) | {name: value for name, value in known.items() if name in SCHEMA}
    row |= {"rule": rule, "severity": severity, "arguments": json.dumps(arguments, ensure_ascii=False)}
    return pl.DataFrame([row], schema=SCHEMA)


def of_rows(
    rows: pl.DataFrame,
    column: Column | None,
    severity: str | None = None,
    rule: str | None = None,
    **arguments: Any,
) -> pl.DataFrame:
    """Findings of many cells of one column.

    ``rows`` has sheet_no, row_no and value, and rule, severity or arguments (JSON text) where they are not constant.
    """
    constants = {"column": column.field if column else None, "severity": severity, "rule": rule}
    frame = rows.with_columns(
        [
            pl.lit(value, dtype=pl.String).alias(name)
            for name, value in constants.items()
            if name not in rows.columns
        ]
    )
    if "arguments" not in rows.columns:
        frame = frame.with_columns(pl.lit(json.dumps(arguments, ensure_ascii=False)).alias("arguments"))
    return conform(frame)


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the columns of SCHEMA, in order; absent ones are null."""
    return frame.select(
        [
            pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in SCHEMA.items()
        ]
    )


def ordered(findings: pl.DataFrame) -> pl.DataFrame:
    """Errors first, then by sheet, row and column; what names no cell comes before what does."""
    return findings.sort(
        [pl.col("severity") != ERROR, "sheet_no", "row_no", "column_no", "rule"],
        nulls_last=False,
        maintain_order=True,
    )


def render(findings: pl.DataFrame, language: str) -> pl.DataFrame:
    """The findings with their words in a language: message, expected, remedy, column_label (Strings, never null)."""
    if findings.is_empty():
        blank = pl.lit("", dtype=pl.String)
        return findings.with_columns(message=blank, expected=blank, remedy=blank, column_label=blank)
    keys = ["dataset", "rule", "column", "value", "arguments", "sheet"]
    distinct = findings.select(keys).unique(maintain_order=True)
    written = [_written(row, language) for row in distinct.iter_rows(named=True)]
    texts = distinct.with_columns(
        [pl.Series(name, [entry[name] for entry in written], dtype=pl.String) for name in written[0]]
    )
    return (
        findings.drop("expected")
        .join(texts, on=keys, how="left", nulls_equal=True, maintain_order="left")
        .select(*findings.columns, "message", "remedy", "column_label")
    )


def with_expected(findings: pl.DataFrame, language: str) -> pl.DataFrame:
    """The findings with `expected` filled in a language; far cheaper than all the words, as few rows differ in it."""
    keys = ["dataset", "rule", "column"]
    parts = []
    for (dataset, rule, field), rows in findings.group_by(keys, maintain_order=True):
        rules, column = _known(dataset, field)
        template = _templates(rule, dataset, language)["expected"]
        places = words.places(template)
        if not places:
            parts.append(rows.with_columns(expected=pl.lit(template)))
            continue
        distinct = rows.select("arguments").unique()
        texts = [
            template.format_map(_places(json.loads(text or "{}"), places, column, rules, language))
            for text in distinct["arguments"]
        ]
        filled = distinct.with_columns(expected=pl.Series(texts, dtype=pl.String))
        joined = rows.drop("expected").join(
            filled, on="arguments", how="left", nulls_equal=True, maintain_order="left"
        )
        parts.append(joined.select(rows.columns))
    return pl.concat(parts) if parts else findings


def grouped(findings: pl.DataFrame, language: str) -> pl.DataFrame:
    """Identical causes together, gravest first, for a page.

    Columns: severity, rule, column, column_label, expected, remedy, message (of the first), count, cells (the first
    ten, joined).
    """
    rendered = render(findings, language)
    where = pl.concat_str([pl.col("sheet").fill_null(""), pl.lit("!"), pl.col("cell").fill_null("")])
    return (
        rendered.with_columns(where=where.str.strip_prefix("!").str.strip_suffix("!"))
        .group_by("severity", "rule", "column", "column_label", "expected", "remedy", maintain_order=True)
        .agg(
            message=pl.col("message").first(),
            count=pl.len(),
            cells=pl.col("where").filter(pl.col("where") != "").head(10).str.join(", "),
        )
        .sort([pl.col("severity") != ERROR, -pl.col("count").cast(pl.Int64)], maintain_order=True)
    )


def shown(value: str | None) -> str:
    """A value fit for a sentence: one line, at most SHOWN characters."""
    text = "".join(char if char.isprintable() else " " for char in value or "")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _written(row: Mapping[str, Any], language: str) -> dict[str, str]:
    rules, column = _known(row["dataset"], row["column"])
    template = _templates(row["rule"], row["dataset"], language)
    arguments = {
        "value": row["value"] or "",
        "sheet": row["sheet"] or "",
        **json.loads(row["arguments"] or "{}"),
    }
    places = _places(arguments, arguments, column, rules, language)
    filled = {name: text.format_map(places) for name, text in template.items()}
    return {**filled, "column_label": places["column"]}


def _known(dataset: str | None, field: str | None) -> tuple[Contract | None, Column | None]:
    rules = contract(dataset) if dataset in datasets() else None
    return rules, rules.column(field) if rules and field in rules.fields else None


def _places(
    arguments: Mapping[str, Any],
    wanted: Collection[str],
    column: Column | None,
    rules: Contract | None,
    language: str,
) -> dict[str, str]:
    filled = {
        name: _argument(name, value, rules, language) for name, value in arguments.items() if name in wanted
    }
    known = {
        "column": column.label(language) if column else "",
        "keys": _labels(rules, rules.key, language) if rules else "",
    }
    return known | filled


@lru_cache(maxsize=512)
def _templates(rule: str, dataset: str | None, language: str) -> dict[str, str]:
    for check in contract(dataset).checks if dataset in datasets() else ():
        if check.id == rule:
            return {
                "message": check.message[language],
                "expected": check.expected[language],
                "remedy": check.remedy[language],
            }
    catalogue = words.catalogue(language)
    return {part: catalogue[f"findings.{rule}.{part}"] for part in ("message", "expected", "remedy")}


def _argument(name: str, value: Any, rules: Contract | None, language: str) -> str:
    """Arguments that name columns, datasets, values or units are codes, shown in the reader's language."""
    if name in {"other_column", "header"} and rules and value in rules.fields:
        return rules.column(value).label(language)
    if name == "allowed" and rules:
        return _allowed(rules.column(value), language)
    if name == "key" and rules:
        space = "" if language == "zh" else " "
        received = [(rules.column(field), cell) for field, cell in value.items() if cell and cell.strip()]
        return _joined(
            [f"{column.label(language)}{space}{shown(cell.strip())}" for column, cell in received], language
        )
    if name == "other_dataset":
        return contract(value).title[language]
    if name == "required":
        wanted = contract(value)
        return _labels(wanted, [column.field for column in wanted.columns if column.is_required], language)
    if name == "units":
        joined = "、" if language == "zh" else " or "
        return joined.join(units()[code].zh if language == "zh" else units()[code].en for code in value)
    return shown(str(value))


def _allowed(column: Column, language: str) -> str:
    return _joined([value.zh if language == "zh" else value.en for value in column.values], language)


def _labels(rules: Contract, fields: Iterable[str], language: str) -> str:
    return _joined([rules.column(field).label(language) for field in fields], language)


def _joined(names: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(names)
