"""The template workbook: generated from the contract, filled in like a person would, and read back without a word."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.dataset import Column, contract
from data.words import LANGUAGES
from pipelines.intake.check import check_file
from pipelines.intake.template import write_template
from tests.intake.hostile.honest import credit_code

RULES = contract("annual_returns")
ENTRIES = {"uscc": credit_code(40_000_001), "related_uscc": credit_code(40_000_002), "name": "示范有限公司",
           "city": "海淀", "year": 2025, "industry_code": "3911", "audit_code": "京24XYZ001",
           "national_award_year": 2024, "provincial_award_year": 2024, "maker_china_year": 2025}  # fmt: skip


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def template(tmp_path: Path, language: str) -> Path:
    path = tmp_path / "template.xlsx"
    write_template("annual_returns", path, language)
    return path


def table(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(path)
    return book, book.worksheets[0]


def offered(book: openpyxl.Workbook, sheet: Worksheet, letter: str) -> list[str]:
    """What the drop-down of a column shows."""
    rule = next(v for v in sheet.data_validations.dataValidation if str(v.sqref).startswith(f"{letter}2"))
    assert rule.type == "list"
    title, _, cells = rule.formula1.replace("$", "").rpartition("!")
    return [cell.value for row in book[title.strip("'")][cells] for cell in row]


def entry(column: Column, book: openpyxl.Workbook, sheet: Worksheet, letter: str, language: str) -> Any:
    if column.field in ENTRIES:
        return ENTRIES[column.field]
    if column.type == "list":
        return "；".join(value.zh if language == "zh" else value.en for value in column.values)
    if column.type in {"bool", "choice"} or column.format == "reporting_unit":
        return offered(book, sheet, letter)[-1]
    if column.type == "date":
        return dt.date(2021, 6, 30)
    return 2 if column.type == "int" else 1.5


def test_a_filled_template_is_taken_without_any_finding(template: Path, language: str) -> None:
    book, sheet = table(template)
    for place, column in enumerate(RULES.columns, start=1):
        sheet.cell(2, place, entry(column, book, sheet, get_column_letter(place), language))
    book.save(template)

    checked = check_file(template, "annual_returns")

    assert checked.findings.is_empty(), checked.findings.select("rule", "sheet", "cell", "value").rows()
    assert checked.accepted
    assert checked.rows == 1
    assert checked.frame is not None
    for column in RULES.columns:
        names = (
            [f"{column.field}__{v.code}" for v in column.values] if column.type == "list" else [column.field]
        )
        assert all(checked.frame[name][0] is not None for name in names), column.field
    assert checked.frame["revenue"][0] == 1_500_000
    assert checked.frame["listed_on"][0] == dt.date(2021, 6, 30)


def test_every_choice_of_a_drop_down_is_read_as_itself(template: Path, language: str) -> None:
    book, sheet = table(template)
    listed = [c for c in RULES.columns if c.type in {"bool", "choice"} or c.format == "reporting_unit"]
    choices = {
        c.field: offered(book, sheet, get_column_letter(RULES.fields.index(c.field) + 1)) for c in listed
    }
    rows = max(map(len, choices.values()))
    for row in range(rows):
        for place, field in enumerate(RULES.fields, start=1):
            if field in choices:
                sheet.cell(row + 2, place, choices[field][row % len(choices[field])])
        sheet.cell(row + 2, 1, credit_code(50_000_000 + row, "100000"))
        sheet.cell(row + 2, 2, "示范有限公司")
        sheet.cell(row + 2, RULES.fields.index("year") + 1, 2025)
    book.save(template)

    checked = check_file(template, "annual_returns")

    assert checked.errors == 0, checked.findings.select("rule", "cell", "value").rows()
    assert checked.frame is not None
    assert checked.frame["province"].n_unique() == 37
    for column in listed:
        if column.type == "choice":
            codes = list(range(len(column.values)))
            assert checked.frame[column.field].to_list()[: len(codes)] == codes
        elif column.type == "bool":
            assert checked.frame[column.field].to_list()[:2] == [True, False]


def test_an_empty_template_has_no_rows_and_no_other_fault(template: Path) -> None:
    checked = check_file(template, "annual_returns")
    assert checked.rows == 0
    assert not checked.accepted
    assert checked.findings.height == 1


def test_empty_rows_of_a_template_are_ignored(template: Path, language: str) -> None:
    book, sheet = table(template)
    for row in (2, 40):
        firm = {
            "uscc": credit_code(60_000_000 + row),
            "name": "示范有限公司",
            "province": "110000",
            "year": 2025,
        }
        for field, value in firm.items():
            sheet.cell(row, RULES.fields.index(field) + 1, value)
    for row in range(3, 30):
        sheet.cell(row, 3).number_format = "@"
        sheet.cell(row, 5, "")
    book.save(template)

    checked = check_file(template, "annual_returns")

    assert checked.accepted
    assert checked.rows == 2
    assert checked.findings.is_empty()


def test_every_column_has_a_hint_and_a_check_of_its_own(template: Path, language: str) -> None:
    _, sheet = table(template)
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert len(rules) == len(RULES.columns)
    for place, column in enumerate(RULES.columns, start=1):
        letter = get_column_letter(place)
        rule = rules[f"{letter}2:{letter}1048576"]
        assert rule.showInputMessage
        assert column.meaning[language][:40] in rule.prompt
        assert len(rule.prompt) <= 255
        assert len(rule.promptTitle) <= 32
        if column.type in {"int", "decimal"}:
            assert rule.type in {"whole", "decimal"}
            assert rule.operator in {None, "between"}


def test_the_header_marks_what_is_required_and_stays_in_sight(template: Path) -> None:
    _, sheet = table(template)
    assert sheet.freeze_panes == "C2"
    fills = {column.is_required: set() for column in RULES.columns}
    for place, column in enumerate(RULES.columns, start=1):
        cell = sheet.cell(1, place)
        assert str(cell.value).endswith("*") == column.is_required
        fills[column.is_required].add(cell.fill.fgColor.rgb)
    assert not fills[True] & fills[False]


def test_codes_are_kept_as_text(template: Path) -> None:
    _, sheet = table(template)
    for field in ("uscc", "related_uscc", "industry_code", "audit_code", "name"):
        letter = get_column_letter(RULES.fields.index(field) + 1)
        dimension = next(
            d for d in sheet.column_dimensions.values() if d.min <= RULES.fields.index(field) + 1 <= d.max
        )
        assert dimension.number_format == "@", letter


def test_the_instructions_tell_every_column(template: Path, language: str) -> None:
    book, _ = table(template)
    told = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows(min_row=9)]
    assert [row[2] for row in told] == list(RULES.fields)
    for row, column in zip(told, RULES.columns, strict=True):
        assert row[1] == column.label(language)
        assert row[7], "what an empty cell means"
        assert row[8] == column.meaning[language]


def test_the_code_lists_hold_every_code(template: Path) -> None:
    book, _ = table(template)
    codes = {row[1] for row in book.worksheets[2].iter_rows(min_row=2, values_only=True)}
    assert codes >= {value.code for column in RULES.columns for value in column.values} | {
        "XPCC",
        "440300",
        "true",
    }
    assert "710000" not in codes
