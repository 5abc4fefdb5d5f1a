"""One small honest table, and the plain ways of writing it: every hostile file is this table, spoilt.

The headers are typed here and not taken from the contract, so that a slip in the contract shows.
Column letters are fixed (A uscc … N listed_on) and let a case name the cell it expects to be found.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

HEADERS = (
    "统一社会信用代码", "企业名称", "省份", "年度", "从业人员数", "研发人员数", "营业收入（万元）",
    "净利润（万元）", "Ⅰ类知识产权数", "省级以上质量奖", "研发机构级别", "全国细分市场占有率（%）",
    "有效荣誉", "上市日期",
)  # fmt: skip
FIELDS = (
    "uscc", "name", "province", "year", "employees", "rd_employees", "revenue",
    "net_profit", "class1_ip", "quality_award", "rd_institution", "market_share",
    "honours", "listed_on",
)  # fmt: skip
LETTERS = dict(zip(FIELDS, "ABCDEFGHIJKLMN", strict=True))

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(serial: int, region: str = "110108") -> str:
    """A made-up code whose two check characters are right (GB 11714, GB 32100-2015)."""
    body = f"{serial:08d}"
    rest = (11 - sum(int(d) * w for d, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))) % 11
    code = "91" + region + body + ("X" if rest == 10 else str(rest))
    total = sum(_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(code))
    return code + _ALPHABET[-total % 31]


def honest_rows(count: int = 3) -> list[list[Any]]:
    """`count` rows without any defect, in the order of HEADERS; money in 万元."""
    return [
        [credit_code(40_000_001 + n), f"北京示范{n + 1}号科技有限公司", "北京市", 2025, 120 + n, 30, 5321.25,
         -12.5, 4, "是", "省级", 12.5, "高新技术企业;知识产权示范企业", "2021-06-30"]
        for n in range(count)
    ]  # fmt: skip


def spoilt(changes: dict[str, Any], count: int = 3) -> list[list[Any]]:
    """Honest rows with cells replaced: {"G2": "约300"} puts the text under revenue in the first row."""
    rows = honest_rows(count)
    for cell, value in changes.items():
        rows[int(cell[1:]) - 2]["ABCDEFGHIJKLMN".index(cell[0])] = value
    return rows


def write_csv(
    path: Path,
    rows: list[list[Any]],
    headers: tuple[str, ...] = HEADERS,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> Path:
    """The table as CSV bytes."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([headers, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: list[list[Any]], headers: tuple[str, ...] = HEADERS) -> Path:
    """The table on the one sheet 年度数据; numbers stay numbers and text stays text."""
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, rows, headers)
    return path


def fill_sheet(sheet: Any, rows: list[list[Any]], headers: tuple[str, ...] = HEADERS, top: int = 0) -> None:
    """The table into an xlsxwriter sheet, header in row `top` (0-based)."""
    for down, row in enumerate([headers, *rows]):
        for across, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(top + down, across, value)
            else:
                sheet.write(top + down, across, value)


def open_honest(count: int = 3) -> tuple[openpyxl.Workbook, Any]:
    """The table in an openpyxl workbook, for what xlsxwriter cannot do."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "年度数据"
    for row in [HEADERS, *honest_rows(count)]:
        sheet.append(list(row))
    return book, sheet
