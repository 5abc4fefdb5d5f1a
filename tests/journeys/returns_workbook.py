"""A province's workbook of annual returns, as it comes: made from varied firms, with errors planted on request."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from tests.intake.hostile.honest import credit_code
from tests.oracle.annual_csv import HEADERS, Entry, rows
from tests.oracle.firms import draw_firm

PROVINCES = ("北京市", "浙江省", "深圳市", "四川省")
FIELDS = tuple(HEADERS)
COUNTS = {"year", "employees", "rd_employees", "niche_years", "digital_level"}
SHEET = "年度数据"

# What is planted: cell of the sheet → (what a clerk typed, what it should have been, or None: keep the true value).
PLANTED = {
    ("revenue", 2): "约300",
    ("province", 3): "全国",
    ("uscc", 4): "91110108MA0000000X",
    ("employees", 5): "十二",
    ("rd_employees", 6): 10**8,
}


def workbook(path: Path, firms: int = 60, *, planted: bool = False, seed: int = 7) -> dict[str, Any]:
    """Write the workbook; returns the true value of every planted cell by its address."""
    draw = Random(seed)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(list(HEADERS.values()))
    for serial in range(firms):
        entry = Entry(
            credit_code(50_000_001 + serial),
            f"示范{serial + 1}号精密机械有限公司",
            draw.choice(PROVINCES),
            draw_firm(draw),
        )
        for row in rows(entry):
            sheet.append([_typed(field, text) for field, text in zip(FIELDS, row, strict=True)])
    truth = {}
    if planted:
        for (field, row), wrong in PLANTED.items():
            cell = sheet.cell(row, FIELDS.index(field) + 1)
            truth[cell.coordinate] = cell.value
            cell.value = wrong
    book.save(path)
    return truth


def _typed(field: str, text: str) -> str | int | None:
    if not text:
        return None
    return int(text) if field in COUNTS else text
