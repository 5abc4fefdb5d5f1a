"""Which dataset a file holds, and which of its sheets hold it: told by the headers.

The dataset most of whose columns are named wins; where two are equal, the one that has all its required columns, and
then the one with fewer columns. A file holds one dataset: a sheet that plainly holds another one is refused, unless
all datasets of the file are such as have their sheets in one workbook.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data.dataset import Column, Contract, contract
from pipelines.intake import findings as fd
from pipelines.intake.headers import Header, find_header
from pipelines.intake.sheets import ROW, RawSheet, Refused
from pipelines.intake.todo_sheet import is_todo_sheet
from pipelines.intake.values import read_column

SAMPLE = 200
MOSTLY = 0.8

Headed = list[tuple[RawSheet, Header]]


@dataclass(frozen=True)
class Recognised:
    """The dataset of a file, the sheets to read with their headers, and the findings about the other sheets."""

    dataset: str
    sheets: Headed
    found: list[pl.DataFrame]


def recognise_several(sheets: list[RawSheet], known: tuple[str, ...]) -> dict[str, list[RawSheet]]:
    """The sheets of each dataset of a workbook that plainly holds several that may stand together; else nothing.

    A sheet without a header that is known is with the first of them.
    """
    found: dict[str, list[RawSheet]] = {}
    others, is_plain = [], set()
    for sheet in sheets:
        if is_todo_sheet(sheet.name, _first_cell(sheet)) or not sheet.cells.height:
            continue
        headers = _headers(sheet, known)
        if not headers:
            others.append(sheet)
            continue
        name = _best(known, headers)
        found.setdefault(name, []).append(sheet)
        if _is_complete(headers[name], contract(name)) and not sheet.hidden:
            is_plain.add(name)
    if len(is_plain) < 2 or not all(contract(name).workbook for name in found):
        return {}
    next(iter(found.values())).extend(others)
    return found


def recognise(sheets: list[RawSheet], known: tuple[str, ...]) -> Recognised:
    """Choose among the known datasets; raises Refused when no visible sheet has a header of one."""
    read = [sheet for sheet in sheets if not is_todo_sheet(sheet.name, _first_cell(sheet))]
    headers = {sheet.number: _headers(sheet, known) for sheet in read}
    headed = [sheet for sheet in read if headers[sheet.number]]
    if not headed:
        if not any(sheet.cells.height for sheet in sheets):
            raise Refused("file_empty")
        raise Refused("header_not_found", dataset=known[0], required=known[0])
    own = {sheet.number: _best(known, headers[sheet.number]) for sheet in headed}
    shown = [sheet for sheet in headed if not sheet.hidden]
    name = _weightiest(known, [(own[at.number], headers[at.number]) for at in shown or headed])
    found = [_about("sheet_hidden", fd.WARNING, sheet, name) for sheet in headed if sheet.hidden]
    if not shown:
        raise Refused("only_hidden_sheets", dataset=name, sheet=headed[0].name)
    taken: Headed = []
    for sheet in (sheet for sheet in read if not sheet.hidden and sheet.cells.height):
        here, other = headers[sheet.number], own.get(sheet.number, name)
        if other != name and _is_complete(here[other], contract(other)):
            found.append(_about("sheet_of_other_dataset", fd.ERROR, sheet, name, other_dataset=other))
        elif name in here:
            taken.append((sheet, here[name]))
        elif _looks_like_data(sheet, contract(name)):
            found.append(_about("sheet_not_read", fd.WARNING, sheet, name))
    return Recognised(name, taken, found)


def _headers(sheet: RawSheet, known: tuple[str, ...]) -> dict[str, Header]:
    found = {name: find_header(sheet, contract(name)) for name in known}
    return {name: header for name, header in found.items() if header}


def _best(known: tuple[str, ...], headers: dict[str, Header]) -> str:
    """The dataset that a sheet's header names best."""

    def rank(name: str) -> tuple[int, bool, int]:
        header, rules = headers[name], contract(name)
        return len(header.columns), _is_complete(header, rules), -len(rules.columns)

    return max((name for name in known if name in headers), key=rank)


def _weightiest(known: tuple[str, ...], sheets: list[tuple[str, dict[str, Header]]]) -> str:
    """The dataset with the most columns in the sheets that name it best."""
    return max(known, key=lambda name: sum(len(here[name].columns) for best, here in sheets if best == name))


def _is_complete(header: Header, rules: Contract) -> bool:
    return all(column.field in header.fields for column in rules.columns if column.is_required)


def _about(rule: str, severity: str, sheet: RawSheet, dataset: str, **arguments: str) -> pl.DataFrame:
    return fd.finding(rule, severity, dataset=dataset, sheet=sheet.name, sheet_no=sheet.number, **arguments)


def _first_cell(sheet: RawSheet) -> str | None:
    first = sheet.cells.filter(pl.col(ROW) == 1) if sheet.cells.height else sheet.cells
    return first["A"][0] if first.height and "A" in first.columns else None


def _looks_like_data(sheet: RawSheet, rules: Contract) -> bool:
    """Whether a sheet without a known header carries rows: then leaving it out must be said.

    Credit codes tell; a dataset that needs none is told by columns that read as its provinces, dates and choices.
    """
    texts = [sheet.cells[name].head(SAMPLE).drop_nulls() for name in sheet.letters]
    texts = [text for text in texts if len(text)]
    if any(text.str.contains(r"^[0-9A-Z]{18}$").any() for text in texts):
        return True
    telling = [column for column in rules.columns if column.is_required and _is_telling(column)]
    if not telling or any(column.format == "credit_code" for column in telling):
        return False
    return all(any(_reads_as(text, column) for text in texts) for column in telling)


def _is_telling(column: Column) -> bool:
    return bool(column.format) or column.type in {"choice", "date"} or column.unit == "year"


def _reads_as(text: pl.Series, column: Column) -> bool:
    values = read_column(text, column).values
    return len(values) - values.null_count() >= MOSTLY * len(values)
