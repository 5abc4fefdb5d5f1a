"""Reading a workbook of 100,000 rows: values and row numbers, against the bare `fastexcel` read of the same bytes."""

from __future__ import annotations

import io

import fastexcel
import numpy as np
import polars as pl
import pytest
import xlsxwriter
from polars.testing import assert_series_equal

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


def test_values_and_row_numbers_cost_little_more_than_a_bare_read(workbook: bytes, measured) -> None:
    cells, bare = read_xlsx(workbook)[0].cells, _bare(workbook)
    assert cells["row_no"].to_list() == list(range(1, ROWS + 2))  # the header is row 1
    for column, letter, name in zip(
        contract("annual_returns").columns, cells.columns[1:], bare.columns, strict=True
    ):
        read, expected = cells[letter].slice(1).alias(name), bare[name]
        if column.type in ("decimal", "int"):
            read, expected = read.cast(pl.Float64), expected.cast(pl.Float64)
        assert_series_equal(read, expected, check_exact=True)
    measured(
        "xlsx 100,000 rows",
        ("read_xlsx: values and row numbers", lambda: read_xlsx(workbook)),
        ("fastexcel: bare read to Polars", lambda: _bare(workbook)),
        repeats=3,
        goal="<= 1.5",
        note="the same values and rows",
    )


def _bare(workbook: bytes) -> pl.DataFrame:
    return fastexcel.read_excel(workbook).load_sheet(0, dtypes="string").to_polars()
