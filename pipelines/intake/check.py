"""Check a file, or rows from a form, against a dataset's contract: the typed frame, or what stands in its way.

All or nothing: a file with an error gives no frame. Every failure of reading is a finding, never an exception.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from data.dataset import Contract, contract, told_by_headers
from pipelines.intake import findings as fd
from pipelines.intake.check_cells import check_table, typed_frame
from pipelines.intake.cross_checks import cross_check
from pipelines.intake.headers import Header, score
from pipelines.intake.layout import Table, take_rows
from pipelines.intake.open_file import open_file
from pipelines.intake.recognise import recognise, recognise_several
from pipelines.intake.sheets import ROW, RawSheet, Refused, column_number, letter


@dataclass(frozen=True)
class Checked:
    """The outcome of checking one file (or one form).

    findings: see `pipelines.intake.findings.SCHEMA`. frame: the typed frame, None when there are errors. header_map:
    field → (sheet, column letter) of the first sheet that has it; header_maps: sheet → field → letter. header_rows:
    sheet → number of its header row. sheet_numbers: number → sheet, of the sheets read. parts: the outcomes for each
    dataset of a workbook that holds several; its own dataset and frame are None then.
    """

    file: str
    dataset: str | None
    format: str
    rows: int
    errors: int
    warnings: int
    findings: pl.DataFrame
    frame: pl.DataFrame | None
    header_map: dict[str, tuple[str, str]] = field(default_factory=dict)
    header_maps: dict[str, dict[str, str]] = field(default_factory=dict)
    header_rows: dict[str, int] = field(default_factory=dict)
    sheet_numbers: dict[int, str] = field(default_factory=dict)
    extras: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: tuple[Checked, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether nothing blocks."""
        return self.errors == 0


def check_file(
    path: Path,
    dataset: str | None = None,
    needs: Collection[str] | None = None,
    sheets: Collection[int] | None = None,
) -> Checked:
    """Read and check a file.

    Args:
        path: CSV, XLSX, XLS or Parquet; the format is decided by content.
        dataset: the dataset it holds; None to recognise it by its headers.
        needs: columns that must be there instead of all those whose blank is an error, for a calculation that uses
            few; a required column that is absent and not needed is null in the frame.
        sheets: numbers of the sheets to look at; None for all.
    """
    path = Path(path)
    known = (dataset,) if dataset else told_by_headers()
    try:
        kind, read = open_file(path, lambda records: score(records, known))
        read = [sheet for sheet in read if sheets is None or sheet.number in sheets]
        if several := {} if dataset else recognise_several(read, known):
            return _check_several(path.name, kind, several)
        name, tables, found = _tables(read, known)
    except Refused as refused:
        return _close(path.name, dataset, "", [], [refused.finding()], None)
    found += _absent(tables, contract(name), needs)
    return _check(path.name, contract(name), kind, tables, found)


def check_rows(rows: pl.DataFrame, dataset: str, needs: Collection[str] | None = None) -> Checked:
    """Check rows of text whose columns carry the contract's field names; a form is a batch of one.

    Rows are numbered from 1; money is in the contract's unit. `needs` as in `check_file`.
    """
    rules = contract(dataset)
    fields = [name for name in rows.columns if name in rules.fields]
    cells = rows.select([pl.col(name).cast(pl.String) for name in fields])
    cells = cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias(ROW), pl.all())
    header = Header(-1, 0, columns={letter(at + 1): name for at, name in enumerate(fields)})
    table = Table(RawSheet("", 1, pl.DataFrame({ROW: []}, schema={ROW: pl.Int32})), header, cells, {})
    found = _absent([table], rules, needs)
    return _check("", rules, "form", [table], found)


def _check_several(file: str, kind: str, several: dict[str, list[RawSheet]]) -> Checked:
    """All or nothing over the datasets of a workbook; a sheet that was left empty is no matter."""
    parts = []
    for name, sheets in several.items():
        _, tables, found = _tables(sheets, (name,))
        found += _absent(tables, contract(name), None)
        parts.append(_check(file, contract(name), kind, tables, found))
    filled = [part for part in parts if part.findings["rule"].to_list() != ["no_rows"]] or parts[:1]
    first = filled[0] if len(filled) == 1 else None
    return Checked(
        file=file,
        dataset=first.dataset if first else None,
        format=kind,
        rows=sum(part.rows for part in filled),
        errors=sum(part.errors for part in filled),
        warnings=sum(part.warnings for part in filled),
        findings=fd.ordered(pl.concat([part.findings for part in filled])),
        frame=first.frame if first else None,
        header_map=_merged([part.header_map for part in reversed(filled)]),
        header_maps=_merged([part.header_maps for part in filled]),
        header_rows=_merged([part.header_rows for part in filled]),
        sheet_numbers=_merged([part.sheet_numbers for part in filled]),
        extras=_merged([part.extras for part in filled]),
        parts=() if first else tuple(filled),
    )


def _merged(maps: list[dict[Any, Any]]) -> dict[Any, Any]:
    return {key: value for each in maps for key, value in each.items()}


def _tables(sheets: list[RawSheet], known: tuple[str, ...]) -> tuple[str, list[Table], list[pl.DataFrame]]:
    recognised = recognise(sheets, known)
    rules, found = contract(recognised.dataset), list(recognised.found)
    tables = [take_rows(sheet, header, rules) for sheet, header in recognised.sheets]
    for table in tables:
        found += _header_findings(table, rules) + _ragged(table)
    if not any(table.rows.height for table in tables) and not any(frame.height for frame in found):
        found.append(fd.finding("no_rows", sheet=tables[0].sheet.name, sheet_no=tables[0].sheet.number))
    return recognised.dataset, tables, found


def _header_findings(table: Table, rules: Contract) -> list[pl.DataFrame]:
    sheet, header = table.sheet, table.header
    place = {"sheet_no": sheet.number, "row_no": header.row_no, "dataset": rules.dataset, "sheet": sheet.name}
    heads = sheet.cells.row(header.position, named=True) if header.position >= 0 else {}
    found = [
        fd.finding(
            "column_doubled",
            column=name,
            value=heads.get(here),
            column_no=column_number(here),
            other=other,
            **place,
        )
        for here, name, other in header.doubled
    ]
    found += [
        fd.finding(
            "unit_unknown",
            column=name,
            value=heads.get(here),
            column_no=column_number(here),
            unit=unit,
            **place,
        )
        for here, name, unit in header.strange_units
    ]
    return found


def _ragged(table: Table) -> list[pl.DataFrame]:
    widths = table.sheet.widths
    if widths is None:
        return []
    wanted = int(widths["cells"][table.header.row_no - 1])
    bad = widths.filter(
        (pl.col(ROW) > table.header.row_no) & ~pl.col("is_blank") & (pl.col("cells") != wanted)
    )
    if bad.is_empty():
        return []
    table.rows = table.rows.filter(~pl.col(ROW).is_in(bad[ROW].implode()))
    rows = bad.select(
        ROW,
        pl.lit(table.sheet.number, dtype=pl.Int16).alias("sheet_no"),
        pl.lit(1, dtype=pl.Int32).alias("column_no"),
        pl.format('{{"cells": "{}", "wanted": "{}"}}', pl.col("cells"), pl.lit(wanted)).alias("arguments"),
    )
    return [fd.of_rows(rows, None, fd.ERROR, "ragged_row")]


def _absent(tables: list[Table], rules: Contract, needs: Collection[str] | None) -> list[pl.DataFrame]:
    needed = [
        column.field
        for column in rules.columns
        if (column.is_required if needs is None else column.field in needs)
    ]
    return [
        fd.finding("column_absent", column=name, dataset=rules.dataset, sheet=table.sheet.name,
                   sheet_no=table.sheet.number, header=name)
        for table in tables
        for name in needed
        if name not in table.rows.columns
    ]  # fmt: skip


def _check(file: str, rules: Contract, kind: str, tables: list[Table], found: list[pl.DataFrame]) -> Checked:
    typed, raw = [], []
    for table in tables:
        values, cell_findings = check_table(table, rules)
        found += cell_findings
        typed.append(values)
        raw.append(table.rows.with_columns(sheet_no=pl.lit(table.sheet.number, dtype=pl.Int16)))
    typed_rows = pl.concat(typed, how="diagonal") if len(typed) > 1 else typed[0]
    raw_rows = pl.concat(raw, how="diagonal") if len(raw) > 1 else raw[0]
    found += cross_check(typed_rows, raw_rows, rules)
    return _close(file, rules.dataset, kind, tables, found, (typed_rows, raw_rows))


def _close(
    file: str,
    dataset: str | None,
    kind: str,
    tables: list[Table],
    found: list[pl.DataFrame],
    rows: tuple[pl.DataFrame, pl.DataFrame] | None,
) -> Checked:
    findings = _placed(
        pl.concat([fd.conform(frame) for frame in found]) if found else fd.empty(), tables, dataset
    )
    errors = findings.filter(pl.col("severity") == fd.ERROR).height
    frame = typed_frame(*rows, contract(dataset)) if rows and dataset and not errors else None
    maps = {table.sheet.name: table.header.fields for table in tables}
    first: dict[str, tuple[str, str]] = {}
    for sheet, fields in maps.items():
        for name, place in fields.items():
            first.setdefault(name, (sheet, place))
    return Checked(
        file=file,
        dataset=dataset,
        format=kind,
        rows=sum(table.rows.height for table in tables),
        errors=errors,
        warnings=findings.height - errors,
        findings=findings,
        frame=frame,
        header_map=first,
        header_maps=maps,
        header_rows={table.sheet.name: table.header.row_no for table in tables},
        sheet_numbers={table.sheet.number: table.sheet.name for table in tables},
        extras={table.sheet.name: table.extras for table in tables},
    )


def _placed(findings: pl.DataFrame, tables: list[Table], dataset: str | None) -> pl.DataFrame:
    """Findings with the sheet's name and the cell, in order, one per cell and rule."""
    places = [
        {
            "sheet_no": table.sheet.number,
            "sheet_name": table.sheet.name,
            "column": name,
            "at": column_number(place),
        }
        for table in tables
        for place, name in table.header.columns.items()
    ]
    schema: dict[str, Any] = {
        "sheet_no": pl.Int16,
        "sheet_name": pl.String,
        "column": pl.String,
        "at": pl.Int32,
    }
    known = pl.DataFrame(places, schema=schema)
    names = known.select("sheet_no", named="sheet_name").unique()
    joined = (
        findings.join(known.drop("sheet_name"), on=["sheet_no", "column"], how="left")
        .join(names, on="sheet_no", how="left")
        .with_columns(
            column_no=pl.coalesce("column_no", "at"),
            sheet=pl.coalesce("sheet", "named", pl.lit("")),
            dataset=pl.coalesce("dataset", pl.lit(dataset, dtype=pl.String)),
        )
    )
    letters = {number: letter(number) for number in joined["column_no"].drop_nulls().unique()}
    column = pl.col("column_no").replace_strict(
        list(letters), list(letters.values()), default=None, return_dtype=pl.String
    )
    cell = pl.when(pl.col(ROW).is_not_null()).then(pl.concat_str([column, pl.col(ROW).cast(pl.String)]))
    placed = joined.with_columns(cell=cell.fill_null("")).select(list(fd.SCHEMA))
    if tables and tables[0].header.position < 0:
        placed = placed.with_columns(cell=pl.lit(""))
    return fd.ordered(fd.with_expected(placed, "en"))


def as_json(checked: Checked, language: str = "zh") -> dict[str, Any]:
    """What `tidu check --json` prints: file, dataset, rows, accepted, errors, warnings and every finding."""
    rendered = fd.render(checked.findings, language)
    keys = ("severity", "rule", "sheet", "cell", "column", "value", "expected", "message")
    return {
        "file": checked.file,
        "dataset": checked.dataset,
        **({"datasets": {part.dataset: part.rows for part in checked.parts}} if checked.parts else {}),
        "rows": checked.rows,
        "accepted": checked.accepted,
        "errors": checked.errors,
        "warnings": checked.warnings,
        "findings": rendered.select(keys).to_dicts(),
    }
