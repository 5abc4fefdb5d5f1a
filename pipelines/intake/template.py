"""The template workbook of one dataset or of several, generated from their contracts.

A sheet for each table to fill in, with drop-downs and hints and the rows that are known already; how to fill them in;
the code lists. Only the tables have a header row that the reader knows: on the last two sheets the labels stand one
below the other.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from data.dataset import Column, Contract, contract
from data.words import has, text
from pipelines.intake.plain_text import LINE_HEIGHT, lines_taken

LAST_ROW = 1_048_575
"""0-based; hints and drop-downs reach as far as the sheet does."""

HOW_WIDTHS = (7, 32, 26, 9, 16, 10, 54, 36, 56)
DIGITS_KEPT = 15
REFERENCE = "reference"
LONGEST_HINT = 255
LONGEST_HINT_TITLE = 32
DARK, LIGHT, PALE, ASKING = "#2F4B7C", "#DCE3EE", "#F5F7F8", "#FFF2CC"


def write_template(dataset: str, out: Path, language: str) -> None:
    """Write the template of `dataset` in `language` (zh, en) to `out`, an .xlsx.

    Raises FileError when the dataset has no contract.
    """
    write_workbook({dataset: ()}, out, language)


def write_workbook(tables: Mapping[str, Sequence[Mapping[str, Any]]], out: Path, language: str) -> None:
    """Write one workbook with a table for each dataset, in order.

    Args:
        tables: dataset → rows known already: values by field as the facts hold them (codes of choices and units,
            whole numbers at the column's scale, dates, bools), and under `REFERENCE` a name to tell the row by.
        out: the .xlsx.
        language: zh, en.
    """
    with xlsxwriter.Workbook(out) as book:
        sheets = {name: book.add_worksheet(contract(name).title[language][:31]) for name in tables}
        how = book.add_worksheet(_word("how_sheet", language))
        codes = _Codes(book, book.add_worksheet(_word("codes_sheet", language)), language)
        below = 0
        for name, rows in tables.items():
            rules = contract(name)
            _write_table(book, sheets[name], rules, codes.sources(rules), language)
            asked = _write_rows(book, sheets[name], rules, rows, language)
            below = _write_how(book, how, rules, sheets[name].get_name(), language, below, asked)
        if len(tables) == 1:
            how.freeze_panes(8, 0)


def header(column: Column, language: str) -> str:
    """The header of a column as the template writes it: label, unit, and a star where it is required."""
    unit = _unit(column, language)
    label = column.label(language)
    if unit and unit not in label:
        label = f"{label}（{unit}）" if language == "zh" else f"{label} ({unit})"
    return f"{label}*" if column.is_required else label


def allowed(rules: Contract, column: Column, language: str) -> str:
    """What may be written in a column of `rules`, in one line; "" where there is nothing to say."""
    separator = "；" if language == "zh" else "; "
    if column.format or column.type in {"bool", "date"}:
        return _word(column.format or column.type, language)
    if column.values:
        labels = separator.join(value.zh if language == "zh" else value.en for value in column.values)
        return _word("list" if column.type == "list" else "choice", language, values=labels)
    parts = [_range(column, language)]
    if column.at_most:
        parts.append(_word("at_most", language, column=rules.column(column.at_most).label(language)))
    if column.type == "decimal" and column.is_money:
        parts.append(_word("decimals", language, count=column.decimals))
    return separator.join(part for part in parts if part)


def _word(key: str, language: str, **params: object) -> str:
    return text(f"template.{key}", language, **params)


def _of(section: str, key: str, language: str) -> str:
    """A word of a small table, or the key itself where the contract brings a unit of its own."""
    return _word(f"{section}.{key}", language) if has(f"template.{section}.{key}", language) else key


def _unit(column: Column, language: str) -> str:
    """The unit as people write it; a year is no quantity and has none."""
    return _of("units", column.unit, language) if column.unit not in {"", "year"} else ""


def _range(column: Column, language: str) -> str:
    low = None if column.low is None else f"{column.low:f}"
    high = None if column.high is None else f"{column.high:f}"
    if column.high_rule == "next_year":
        high = _word("next_year", language)
    if low is not None and high is not None:
        return _word("range_both", language, low=low, high=high)
    if low is not None:
        return _word("range_low", language, low=low)
    return "" if high is None else _word("range_high", language, high=high)


def _lists(rules: Contract, language: str) -> list[tuple[Column, list[tuple[str, str]]]]:
    """Each column with a closed list: its (code, name) pairs."""
    yes_no = [("true", _word("yes", language)), ("false", _word("no", language))]
    found: list[tuple[Column, list[tuple[str, str]]]] = []
    for column in rules.columns:
        if column.type == "bool":
            found.append((column, yes_no))
        elif column.format == "reporting_unit":
            found.append((column, _units(language)))
        elif column.values:
            found.append((column, [(v.code, v.zh if language == "zh" else v.en) for v in column.values]))
    return found


def _units(language: str) -> list[tuple[str, str]]:
    """The 37 reporting units: code and name; the grey tiles outside the programme are left out."""
    file = resources.files("data") / "reference" / "reporting_units.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    name = "name_zh" if language == "zh" else "name_en"
    return [(row["code"], row[name]) for row in rows if row["in_programme"] == "yes"]


class _Codes:
    """The code lists, one below the other, each written once."""

    def __init__(self, book: Workbook, sheet: Worksheet, language: str) -> None:
        strong, plain = (
            book.add_format({"bold": True, "bg_color": LIGHT}),
            book.add_format({"num_format": "@"}),
        )
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 2, 36, plain)
        for place, key in enumerate(("label_column", "code", "label")):
            sheet.write_string(0, place, _word(key, language), strong)
        sheet.freeze_panes(1, 0)
        self._sheet, self._language, self._row = sheet, language, 1
        self._written: dict[tuple[tuple[str, str], ...], str] = {}

    def sources(self, rules: Contract) -> dict[str, str]:
        """Field -> the range that its drop-down shows."""
        return {column.field: self._range(column, pairs) for column, pairs in _lists(rules, self._language)}

    def _range(self, column: Column, pairs: list[tuple[str, str]]) -> str:
        if tuple(pairs) not in self._written:
            is_bool = column.type == "bool"
            label = _of("kinds", "bool", self._language) if is_bool else column.label(self._language)
            first = self._row + 1
            for code, name in pairs:
                for place, words in enumerate((label, code, name)):
                    self._sheet.write_string(self._row, place, words)
                self._row += 1
            self._written[tuple(pairs)] = f"='{self._sheet.get_name()}'!$C${first}:$C${self._row}"
        return self._written[tuple(pairs)]


def _write_table(
    book: Workbook, sheet: Worksheet, rules: Contract, sources: dict[str, str], language: str
) -> None:
    base = {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
        "border": 1,
        "border_color": "#FFFFFF",
    }
    must = book.add_format({**base, "bg_color": DARK, "font_color": "#FFFFFF"})
    may = book.add_format({**base, "bg_color": LIGHT})
    kinds = {
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet.set_row(0, 36)
    sheet.freeze_panes(1, 2)
    for place, column in enumerate(rules.columns):
        sheet.set_column(place, place, _width(column, language), kinds.get(column.type))
        sheet.write_string(0, place, header(column, language), must if column.is_required else may)
        options = _validation(rules, column, sources, language)
        sheet.data_validation(1, place, LAST_ROW, place, options)


def _write_rows(
    book: Workbook, sheet: Worksheet, rules: Contract, rows: Sequence[Mapping[str, Any]], language: str
) -> list[Column]:
    """The rows known already; a name to tell them by goes into a column of its own, which is kept and not read.

    A required cell that nobody knows is coloured, the first of its column says why; returns those columns.
    """
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    forms = {"text": "@", "date": "yyyy-mm-dd"}
    asking = {
        kind: book.add_format({"bg_color": ASKING, "num_format": forms.get(kind, "General")})
        for kind in {column.type for column in rules.columns}
    }
    asked: list[Column] = []
    labels = {column.field: dict(pairs) for column, pairs in _lists(rules, language)}
    for at, row in enumerate(rows, start=1):
        for place, column in enumerate(rules.columns):
            value = row.get(column.field)
            if column.type == "list":
                ticked = [
                    name for code, name in labels[column.field].items() if row.get(f"{column.field}__{code}")
                ]
                sheet.write_string(at, place, ("；" if language == "zh" else "; ").join(ticked))
                continue
            if value is None:
                if column.is_required:
                    sheet.write_blank(at, place, None, asking[column.type])
                    if column not in asked:
                        asked.append(column)
                        note = _word("asked", language, column=column.label(language))
                        sheet.write_comment(at, place, note, {"x_scale": 2})
                continue
            if column.field in labels:
                code = str(value).lower() if column.type == "bool" else str(value)
                sheet.write_string(at, place, labels[column.field].get(code, code))
            elif column.type == "date":
                sheet.write_datetime(at, place, value, day)
            elif column.type in {"int", "decimal"}:
                _write_number(sheet, at, place, Decimal(value) / column.scale)
            else:
                sheet.write_string(at, place, value)
    if any(REFERENCE in row for row in rows):
        last = len(rules.columns)
        sheet.set_column(last, last, 34)
        sheet.write_string(
            0, last, _word("reference", language), book.add_format({"italic": True, "align": "center"})
        )
        for at, row in enumerate(rows, start=1):
            sheet.write_string(at, last, row.get(REFERENCE) or "")
    return asked


def _write_number(sheet: Worksheet, row: int, place: int, figure: Decimal) -> None:
    """A figure as a number, or as text where a spreadsheet would not keep all of its digits."""
    if len(figure.normalize().as_tuple().digits) <= DIGITS_KEPT:
        sheet.write_number(row, place, float(figure))
    else:
        sheet.write_string(row, place, f"{figure:f}")


def _width(column: Column, language: str) -> float:
    narrow = sum(2 if ord(sign) > 0x2E80 else 1 for sign in header(column, language))
    least = {"credit_code": 22, "reporting_unit": 22}.get(column.format, 12)
    return max(least, 34 if column.field == "name" else 0, min(narrow / (1 if narrow < 24 else 2) + 2, 28))


def _validation(rules: Contract, column: Column, sources: dict[str, str], language: str) -> dict[str, Any]:
    """What Excel offers and refuses while typing; pasted values are caught by the check."""
    label = header(column, language)
    entries = allowed(rules, column, language)
    hint = f"{column.meaning[language]}\n{entries}\n{_blank(column, language)}"
    shared = {
        "ignore_blank": True,
        "input_title": label[:LONGEST_HINT_TITLE],
        "input_message": _cut(hint),
        "error_title": _word("wrong", language)[:LONGEST_HINT_TITLE],
        "error_message": _cut(entries or column.meaning[language]),
    }
    if column.field in sources and column.type != "list":
        return {**shared, "validate": "list", "source": sources[column.field]}
    if column.type in {"int", "decimal"}:
        kind = "integer" if column.type == "int" else "decimal"
        high = "=YEAR(TODAY())+1" if column.high_rule == "next_year" else column.stored_high / column.scale
        low = column.stored_low / column.scale
        return {**shared, "validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    if column.type == "date":
        return {**shared, "validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
    if column.format == "credit_code":
        return {**shared, "validate": "length", "criteria": "==", "value": 18}
    return {**shared, "validate": "any"}


def _cut(words: str) -> str:
    kept = "\n".join(line for line in words.splitlines() if line)
    return kept if len(kept) <= LONGEST_HINT else kept[: LONGEST_HINT - 1] + "…"


def _blank(column: Column, language: str) -> str:
    return f"{_word('blank', language)}{'：' if language == 'zh' else ': '}{_of('blanks', column.blank, language)}"


def _advice(
    rules: Contract, table: str, language: str, asked: Sequence[Column]
) -> list[tuple[str, dict[str, str]]]:
    """What is said above the table of columns, as far as it concerns this dataset: the words' keys and places."""
    keys = ("、" if language == "zh" else ", ").join(rules.column(name).label(language) for name in rules.key)
    said: list[tuple[str, dict[str, str]]] = [
        ("how_rows", {"sheet": table, "keys": keys}) if keys else ("how_names", {"sheet": table}),
        ("how_required", {}),
    ]
    if asked:
        labels = ("、" if language == "zh" else ", ").join(column.label(language) for column in asked)
        said.append(("how_asked", {"columns": labels}))
    if any(column.type == "list" for column in rules.columns):
        said.append(("how_lists", {}))
    if any(column.is_money for column in rules.columns):
        said.append(("how_numbers", {}))
    elif any(column.type in {"int", "decimal"} for column in rules.columns):
        said.append(("how_figures", {}))
    return [*said, ("how_back", {})]


def _write_how(
    book: Workbook,
    sheet: Worksheet,
    rules: Contract,
    table: str,
    language: str,
    top: int,
    asked: Sequence[Column],
) -> int:
    """How a table is filled in, from the row ``top`` on; returns the first row below.

    ``asked``: columns of whose required cells some are still to be filled in.
    """
    title, strong = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bg_color": LIGHT}),
    )
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "border_color": LIGHT})
    must = book.add_format({"text_wrap": True, "valign": "top", "bold": True, "bg_color": PALE, "border": 1,
                            "border_color": LIGHT})  # fmt: skip
    for place, width in enumerate(HOW_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(top, 0, _word("how_title", language, title=rules.title[language]), title)
    for row, (key, places) in enumerate(_advice(rules, table, language, asked), start=top + 1):
        sheet.write_string(row, 0, _word(key, language, **places))
    heads = ("letter", "column", "field", "required", "kind", "unit", "allowed", "blank", "meaning")
    for place, key in enumerate(heads):
        sheet.write_string(top + 7, place, _word(key, language), strong)
    for place, column in enumerate(rules.columns):
        words = (
            xl_col_to_name(place), column.label(language), column.field,
            _word("must" if column.is_required else "may", language), _of("kinds", column.type, language),
            _unit(column, language), allowed(rules, column, language),
            _of("blanks", column.blank, language), column.meaning[language],
        )  # fmt: skip
        most = max(lines_taken(word, width) for word, width in zip(words, HOW_WIDTHS, strict=True))
        sheet.set_row(top + 8 + place, LINE_HEIGHT * most)
        for across, word in enumerate(words):
            sheet.write_string(top + 8 + place, across, word, must if column.is_required else cell)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return top + 8 + len(rules.columns) + 2
