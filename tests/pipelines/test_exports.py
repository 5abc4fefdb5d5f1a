"""Exports keep every row, read well in Excel, and carry nothing a spreadsheet would run."""

import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipelines import exports

TABLE = pl.DataFrame(
    {
        "名称": ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "北京某企业", None],
        "=cmd": ["a", "b", "c", "d", "e", "f", "g"],
        "数量": [-1, 2, 3, 4, 5, 6, 7],
    }
)


def test_text_that_could_run_is_marked_and_numbers_stay_numbers() -> None:
    safe = exports.neutralised(TABLE)
    assert safe["名称"].to_list() == ["'=1+1", "'+86", "'-5", "'@SUM(A1)", "'\t=1", "北京某企业", None]
    assert safe.columns == ["名称", "'=cmd", "数量"]
    assert safe["数量"].to_list() == [-1, 2, 3, 4, 5, 6, 7]


def test_csv_opens_in_excel_as_chinese() -> None:
    content = exports.csv_bytes(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(io.BytesIO(content)).height == TABLE.height


def test_xlsx_holds_every_row_and_no_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx_bytes(TABLE))).active
    assert sheet.max_row == TABLE.height + 1
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_a_table_longer_than_a_sheet_is_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXCEL_ROWS", 3)
    with pytest.raises(ValueError, match="Export CSV"):
        exports.xlsx_bytes(TABLE)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    exports.write_table(TABLE, out)
    before = out.read_bytes()
    with pytest.raises(ValueError, match=r"\.csv, \.xlsx, \.parquet"):
        exports.write_table(TABLE, tmp_path / "scores.doc")
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]
