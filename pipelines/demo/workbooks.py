"""Workbooks of one province: sound ones, and one in which known cells were spoiled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from data.dataset import contract
from pipelines.demo.received import as_received
from pipelines.intake.credit_code import ALPHABET, faults
from pipelines.intake.sheets import letter

Rows = list[dict[str, Any]]
DATASET = "annual_returns"
TITLE_ROWS = 2
_FORMULA_RESULT = 120  # not policy: what =100+20 gives
FIRST_ROW = TITLE_ROWS + 2
"""Row of the first firm as the spreadsheet shows it: a title, a note, the headings, then the firms."""


@dataclass(frozen=True)
class Spoiled:
    """One spoiled cell: which firm (0 is the first row), which column, what was written, and what is found."""

    firm: int
    field: str
    written: Any
    rule: str
    severity: str
    zh: str
    en: str

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet shows it."""
        return f"{letter(contract(DATASET).fields.index(self.field) + 1)}{FIRST_ROW + self.firm}"


def _wrong_check(rows: Rows) -> str:
    code = rows[0]["uscc"]
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def _wrong_organisation(rows: Rows) -> str:
    """A code whose last character fits, and whose organisation code inside does not."""
    code = rows[1]["uscc"]
    start = code[:16] + ("1" if code[16] != "1" else "2")
    return next(start + letter for letter in ALPHABET if faults(pl.Series([start + letter])).item() is None)


def _code_above(rows: Rows) -> str:
    return rows[14]["uscc"]


# One error in each of the first rows, from the first on.
_ERRORS = (
    ("uscc", _wrong_check, "credit_code_check", "末位校验码不符", "last check character wrong"),
    ("name", None, "blank_required", "企业名称空缺", "name left blank"),
    ("province", "陕南", "province_unknown", "不是省级单位", "no reporting unit"),
    ("year", 2042, "above_high", "年度在将来", "a year in the future"),
    ("employees", 12.5, "not_whole", "人数不是整数", "half a person"),
    ("rd_employees", 99999, "exceeds", "研发人员多于从业人员", "more R&D staff than staff"),
    ("revenue", "约8500", "not_a_number", "不是数字", "not a number"),
    (
        "main_revenue",
        9_999_999,
        "exceeds",
        "主营业务收入高于营业收入",
        "main-business above operating revenue",
    ),
    ("total_liabilities", "#REF!", "error_cell", "公式错误值", "the error value of a formula"),
    ("rd_expense", 321.12345678, "not_on_a_fen", "不足一分的零头", "a fraction of a fen"),
    ("market_share", 120, "above_high", "占有率超过100%", "a share above 100 %"),
    ("digital_level", 9, "above_high", "没有第九级", "there is no level nine"),
    ("qms_certificate", "有", "not_yes_or_no", "应填是或否", "neither yes nor no"),
    ("rd_institution", "院士工作站", "not_in_list", "不在列表内", "not in the list"),
    ("product_fields", "工业六基;高端装备", "not_in_list", "有一项不在列表内", "one field not in the list"),
    ("uscc", _code_above, "repeated_key", "与上一行代码重复", "the code of the row above again"),
)
_WARNINGS = (
    Spoiled(1, "uscc", _wrong_organisation, "organisation_code", "warning", "组织机构代码校验码不符",
            "check character of the organisation code wrong"),
    Spoiled(2, "maker_china_rank", "—", "placeholder_blank", "warning", "以横线表示没有", "a dash for nothing"),
    Spoiled(9, "mgmt_certificate", "否", "certificate_of_both_kinds", "warning", "两项认证互相矛盾",
            "the two certificates contradict each other"),
    Spoiled(10, "rd_expense", 8_888_888, "rd_above_revenue", "warning", "研发费用高于营业收入",
            "R&D expense above operating revenue"),
    Spoiled(11, "net_profit", "=100+20", "formula", "warning", "公式单元格", "a formula cell"),
)  # fmt: skip
SPOILED = (
    *(
        Spoiled(firm, field, written, rule, "error", zh, en)
        for firm, (field, written, rule, zh, en) in enumerate(_ERRORS)
    ),
    *_WARNINGS,
)
_SUPPOSED = ((9, "qms_certificate", "是"),)  # what a spoiled cell needs beside it


def cells_of(typed: pl.DataFrame) -> pl.DataFrame:
    """The rows as they are written, by field name: text, numbers, None."""
    written = as_received(typed, DATASET)
    return written.rename(dict(zip(written.columns, contract(DATASET).fields, strict=True)))


def spoiled(cells: pl.DataFrame) -> Rows:
    """The rows with every planted error of `SPOILED`."""
    rows = cells.to_dicts()
    sound = [dict(row) for row in rows]
    for firm, field, value in _SUPPOSED:
        rows[firm][field] = value
    for error in SPOILED:
        rows[error.firm][error.field] = error.written(sound) if callable(error.written) else error.written
    return rows


def write_workbook(path: Path, rows: Rows, province: str) -> None:
    """Write rows of `annual_returns` as a province's workbook: a title, a note, Chinese headings, one row a firm."""
    columns = contract(DATASET).columns
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 1), "title": "synthetic 合成"})  # noqa: DTZ001 - no zone
        strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE3EE"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("企业年度数据")
        sheet.write_string(
            0, 0, f"{province}企业年度数据（合成数据，非真实企业）", book.add_format({"bold": True})
        )
        sheet.write_string(1, 0, "金额单位：万元")
        sheet.freeze_panes(TITLE_ROWS + 1, 2)
        for place, column in enumerate(columns):
            sheet.write_string(TITLE_ROWS, place, column.zh_header, strong)
            sheet.set_column(place, place, 24 if place < 2 else 12)  # not policy: code and name are wide
        for number, record in enumerate(rows, start=TITLE_ROWS + 1):
            for place, value in enumerate(record.values()):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number, place, value, value=_FORMULA_RESULT)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write_number(number, place, value)
