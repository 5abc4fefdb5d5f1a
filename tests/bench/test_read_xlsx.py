"""Reading a workbook of 100,000 rows: values and row numbers, against the bare `fastexcel` read of the same bytes."""

from __future__ import annotations

import io

import fastexcel
import numpy as np
import pytest
import xlsxwriter

from data.dataset import contract
from pipelines.intake.read_xlsx import read_xlsx

ROWS = 100_000


@pytest.fixture(scope="module")
def workbook() -> bytes:
    """Every column of annual_returns, half of the cells numbers and half of them text, as a province sends it."""
    draw = np.random.default_rng(7)
    columns = contract("annual_returns").columns
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": False}) as book:
        sheet = book.add_worksheet("年度数据")
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.zh_header)
            if column.type == "decimal":
                for row, value in enumerate(np.round(draw.uniform(1, 90_000, ROWS), 4).tolist(), 1):
                    sheet.write_number(row, place, value)
            elif column.type == "int":
                for row, value in enumerate(draw.integers(0, 900, ROWS).tolist(), 1):
                    sheet.write_number(row, place, value)
            else:
                words = [f"{column.zh_header}{n}" for n in (range(ROWS) if column.is_required else range(5))]
                for row, index in enumerate(draw.integers(0, len(words), ROWS).tolist(), 1):
                    sheet.write_string(row, place, words[index])
    return target.getvalue()


def test_values_and_row_numbers_cost_at_most_one_and_a_half_bare_reads(workbook: bytes, measured) -> None:
    ratio = measured(
        "xlsx 100,000 rows",
        ("read_xlsx: values and row numbers", lambda: read_xlsx(workbook)),
        ("fastexcel: bare read to Polars", lambda: _bare(workbook)),
        repeats=3,
    )
    assert ratio.ratio <= 1.5


def _bare(workbook: bytes) -> None:
    fastexcel.read_excel(workbook).load_sheet(0, dtypes="string").to_polars()
