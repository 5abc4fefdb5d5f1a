"""The template workbook of a dataset, generated from its contract.

Three sheets: the table to fill in, with drop-downs and hints; how to fill it in; the code lists. Only the first has a
header row that the reader knows: on the other two the labels stand one below the other.
"""

from __future__ import annotations

import csv
from datetime import date
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
LONGEST_HINT = 255
LONGEST_HINT_TITLE = 32
DARK, LIGHT, PALE = "#2F4B7C", "#DCE3EE", "#F5F7F8"


def write_template(dataset: str, out: Path, language: str) -> None:
    """Write the template of `dataset` in `language` (zh, en) to `out`, an .xlsx.

    Raises FileError when the dataset has no contract.
    """
    rules = contract(dataset)
    with xlsxwriter.Workbook(out) as book:
        table = book.add_worksheet(rules.title[language][:31])
        how = book.add_worksheet(_word("how_sheet", language))
        codes = book.add_worksheet(_word("codes_sheet", language))
        sources = _write_codes(book, codes, rules, language)
        _write_table(book, table, rules, sources, language)
        _write_how(book, how, rules, table.get_name(), language)


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


def _write_codes(book: Workbook, sheet: Worksheet, rules: Contract, language: str) -> dict[str, str]:
    """One list below the other; field -> the range that its drop-down shows. Yes and no are listed once."""
    strong, plain = book.add_format({"bold": True, "bg_color": LIGHT}), book.add_format({"num_format": "@"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 36, plain)
    for place, key in enumerate(("label_column", "code", "label")):
        sheet.write_string(0, place, _word(key, language), strong)
    sheet.freeze_panes(1, 0)
    sources: dict[str, str] = {}
    written: dict[tuple[tuple[str, str], ...], str] = {}
    row = 1
    for column, pairs in _lists(rules, language):
        if tuple(pairs) not in written:
            for code, name in pairs:
                label = _of("kinds", "bool", language) if column.type == "bool" else column.label(language)
                for place, words in enumerate((label, code, name)):
                    sheet.write_string(row, place, words)
                row += 1
            first, last = row - len(pairs) + 1, row
            written[tuple(pairs)] = f"='{sheet.get_name()}'!$C${first}:$C${last}"
        sources[column.field] = written[tuple(pairs)]
    return sources


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


def _advice(rules: Contract, table: str, language: str) -> list[tuple[str, dict[str, str]]]:
    """What is said above the table of columns, as far as it concerns this dataset: the words' keys and places."""
    keys = ("、" if language == "zh" else ", ").join(rules.column(name).label(language) for name in rules.key)
    said: list[tuple[str, dict[str, str]]] = [
        ("how_rows", {"sheet": table, "keys": keys}),
        ("how_required", {}),
    ]
    if any(column.type == "list" for column in rules.columns):
        said.append(("how_lists", {}))
    if any(column.is_money for column in rules.columns):
        said.append(("how_numbers", {}))
    elif any(column.type in {"int", "decimal"} for column in rules.columns):
        said.append(("how_figures", {}))
    return [*said, ("how_back", {})]


def _write_how(book: Workbook, sheet: Worksheet, rules: Contract, table: str, language: str) -> None:
    title, strong = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bg_color": LIGHT}),
    )
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "border_color": LIGHT})
    must = book.add_format({"text_wrap": True, "valign": "top", "bold": True, "bg_color": PALE, "border": 1,
                            "border_color": LIGHT})  # fmt: skip
    for place, width in enumerate(HOW_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, _word("how_title", language, title=rules.title[language]), title)
    for row, (key, places) in enumerate(_advice(rules, table, language), start=1):
        sheet.write_string(row, 0, _word(key, language, **places))
    heads = ("letter", "column", "field", "required", "kind", "unit", "allowed", "blank", "meaning")
    for place, key in enumerate(heads):
        sheet.write_string(7, place, _word(key, language), strong)
    sheet.freeze_panes(8, 0)
    for place, column in enumerate(rules.columns):
        words = (
            xl_col_to_name(place), column.label(language), column.field,
            _word("must" if column.is_required else "may", language), _of("kinds", column.type, language),
            _unit(column, language), allowed(rules, column, language),
            _of("blanks", column.blank, language), column.meaning[language],
        )  # fmt: skip
        most = max(lines_taken(word, width) for word, width in zip(words, HOW_WIDTHS, strict=True))
        sheet.set_row(8 + place, LINE_HEIGHT * most)
        for across, word in enumerate(words):
            sheet.write_string(8 + place, across, word, must if column.is_required else cell)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
