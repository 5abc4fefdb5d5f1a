"""Workbooks as people send them: titles, merged cells, headings, totals, units, percent formats; two readers agree."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import python_calamine
import xlsxwriter
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.intake import read_xlsx as reader
from pipelines.intake.check import Checked, check_file
from pipelines.intake.read_xls import text as as_text
from pipelines.intake.read_xlsx import read_xlsx
from pipelines.intake.xlsx_cells import Unfamiliar
from tests.intake.hostile.honest import credit_code, honest_rows, write_xlsx


def new_sheet() -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "填报"
    return book, sheet


def fill(sheet: Worksheet, rows: dict[str, list[Any]]) -> None:
    """{"B5": [a, b]} writes a into B5 and b into C5."""
    for start, values in rows.items():
        first = sheet[start]
        for place, value in enumerate(values):
            if value is not None:
                sheet.cell(first.row, first.column + place, value)


def checked_book(book: openpyxl.Workbook, folder: Path) -> Checked:
    path = folder / "表.xlsx"
    book.save(path)
    return check_file(path)


def table(checked: Checked, *fields: str) -> list[tuple[Any, ...]]:
    assert checked.frame is not None, checked.findings
    return checked.frame.select(fields).rows()


def places(checked: Checked) -> list[tuple[str, str]]:
    return checked.findings.select("rule", "cell").rows()


def test_titles_two_row_headers_headings_totals_and_notes_are_no_rows(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    codes = [credit_code(n) for n in range(3)]
    fill(
        sheet,
        {
            "B2": ["2024年度企业数据表"],
            "J3": ["单位：元"],
            "B5": [
                "序号",
                "统一社会\n信用代码",
                "企业名称 *",
                "年 度",
                "财务数据",
                None,
                "全国细分市场占有率(%)",
                "从业人员数（人）",
                "备注",
            ],
            "F6": ["营业收入", "净利润（万元）"],
            "B8": ["一、浙江省（2家）"],
            "B9": [1, codes[0], "甲", 2024, 1234567.89, 12.5, 3, 10],
            "B10": [2, codes[1], "乙", "2024年", "1,234.50", -3, "12.5%", "１２"],
            "B11": ["宁波"],
            "B12": [3, codes[2], "丙", 2024, 100, 0, 3, "7人"],
            "B14": ["合计", None, None, None, 99, None, None, 29],
            "B15": ["注：1. 数据为年末数"],
            "B16": ["2. 其他"],
            "B17": ["填表人：张三", None, None, None, "审核人：李四"],
        },
    )
    for merged in ("B2:J2", "F5:G5", "B8:J8", *[f"{column}5:{column}6" for column in "BCDEHIJ"]):
        sheet.merge_cells(merged)
    checked = checked_book(book, tmp_path)
    assert table(
        checked, "province", "year", "revenue", "net_profit", "market_share", "employees", "row_no"
    ) == [
        ("330000", 2024, 123_456_789, 12_500_000, 3 * 10**15, 10, 9),
        ("330000", 2024, 123_450, -3_000_000, 12_500_000_000_000_000, 12, 10),
        ("330200", 2024, 10_000, 0, 3 * 10**15, 7, 12),
    ]


def test_province_headings_without_a_row_are_a_file_without_rows(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(sheet, {"A1": ["信用代码", "企业名称", "省份", "年度"], "A2": ["浙江省"], "A3": ["江苏省"]})
    assert places(checked_book(book, tmp_path))[0][0] == "no_rows"


def test_a_column_called_heading_is_not_taken_for_the_province_above(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(sheet, {"A1": ["信用代码", "企业名称", "省份", "年度", "heading", "unit"], "A2": ["浙江省"]})
    fill(sheet, {"A3": [credit_code(1), "甲", None, 2024, "own", "mine"]})
    fill(sheet, {"A4": [credit_code(2), "乙", "江苏", 2024]})
    checked = checked_book(book, tmp_path)
    assert table(checked, "province", "heading", "unit") == [
        ("330000", "own", "mine"),
        ("320000", None, None),
    ]


def test_a_merged_province_belongs_to_all_its_rows_and_a_merged_amount_to_none(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(
        sheet,
        {
            "A1": ["省份", "信用代码", "企业名称", "年度", "营业收入（万元）"],
            "A2": ["浙 江", credit_code(1), "甲", 2024, 5],
        },
    )
    fill(sheet, {"B3": [credit_code(2), "乙", 2024]})
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("E2:E3")
    assert table(checked_book(book, tmp_path), "province", "revenue") == [
        ("330000", 5_000_000),
        ("330000", None),
    ]


@pytest.mark.parametrize(
    ("heading", "figure", "fen"),
    [
        ("营业收入（元）", 123.45, 12_345),
        ("营业收入（亿元）", 1.5, 15_000_000_000),
        ("营业收入/千元", 1, 100_000),
        ("营业收入", 1, 1_000_000),
        ("revenue", 1, 1_000_000),
        ("operating revenue (10k yuan)", 1, 1_000_000),
        ("营业收入（单位：百万元）", 1, 100_000_000),
    ],
)
def test_the_unit_of_the_heading_converts_exactly(
    heading: str, figure: float, fen: int, tmp_path: Path
) -> None:
    book, sheet = new_sheet()
    fill(
        sheet,
        {
            "A1": ["信用代码", "企业名称", "省份", "年度", heading],
            "A2": [credit_code(1), "甲", "北京", 2024, figure],
        },
    )
    assert table(checked_book(book, tmp_path), "revenue") == [(fen,)]


def test_another_currency_in_the_heading_is_an_error(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(
        sheet,
        {
            "A1": ["信用代码", "企业名称", "省份", "年度", "营业收入（万美元）"],
            "A2": [credit_code(1), "甲", "北京", 2024, 1],
        },
    )
    assert places(checked_book(book, tmp_path)) == [("unit_unknown", "E1")]


def test_a_heading_that_says_something_else_is_not_taken_for_the_column(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(
        sheet,
        {
            "A1": ["信用代码", "企业名称", "省份", "年度", "营业收入（上年）"],
            "A2": [credit_code(1), "甲", "北京", 2024, 1],
        },
    )
    checked = checked_book(book, tmp_path)
    assert table(checked, "revenue", "营业收入（上年）") == [(None, "1")]


def test_a_number_that_excel_shows_as_a_percentage_is_read_as_shown(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(sheet, {"A1": ["信用代码", "企业名称", "省份", "年度", "全国细分市场占有率（%）"]})
    for row, (value, shape) in enumerate([(0.125, "0.0%"), (0.07, "0%"), (12.5, "0.0"), ("12.5%", "0%")], 2):
        fill(sheet, {f"A{row}": [credit_code(row), "甲", "北京", 2024, value]})
        sheet.cell(row, 5).number_format = shape
    tenths = [125, 70, 125, 125]
    assert table(checked_book(book, tmp_path), "market_share") == [(n * 10**14,) for n in tenths]


def test_shares_entered_for_percentages_are_asked_about_once(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(sheet, {"A1": ["信用代码", "企业名称", "省份", "年度", "全国细分市场占有率（%）"]})
    for row in range(2, 6):
        fill(sheet, {f"A{row}": [credit_code(row), "甲", "北京", 2024, 0.125]})
    checked = checked_book(book, tmp_path)
    assert checked.accepted
    assert places(checked) == [("share_as_fraction", "E1")]


def test_doubles_are_read_to_fifteen_digits_and_then_must_land_on_a_fen(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["uscc", "name", "province", "year", "revenue"])
        for row, value in enumerate([0.1 + 0.2, 1 / 3, 4.35, 100.0000000004], 1):
            sheet.write_row(row, 0, [credit_code(row), "甲", "北京", 2024, value])
    assert places(check_file(path)) == [("not_on_a_fen", "E3"), ("not_on_a_fen", "E5")]


def test_several_sheets_are_one_table_and_a_key_may_not_return_in_another(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    heads = ["信用代码", "企业名称", "省份", "年度"]
    fill(sheet, {"A1": heads, "A2": [credit_code(1), "甲", "北京", 2024]})
    fill(book.create_sheet("说明"), {"A1": ["填报要求：如实填写"], "A2": ["联系电话"]})
    fill(
        book.create_sheet("续表"),
        {"B3": heads, "B4": [credit_code(2), "乙", "北京", 2024], "B5": [credit_code(1), "甲", "北京", 2024]},
    )
    checked = checked_book(book, tmp_path)
    assert checked.rows == 3
    assert checked.findings.select("rule", "sheet", "cell").rows() == [("repeated_key", "续表", "B5")]


def test_a_hidden_sheet_is_not_read_and_that_is_said(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    heads = ["信用代码", "企业名称", "省份", "年度"]
    fill(sheet, {"A1": heads, "A2": [credit_code(1), "甲", "北京", 2024]})
    hidden = book.create_sheet("旧")
    fill(hidden, {"A1": heads, "A2": [credit_code(2), "乙", "北京", 2024]})
    hidden.sheet_state = "hidden"
    checked = checked_book(book, tmp_path)
    assert checked.accepted
    assert checked.rows == 1
    assert checked.findings.select("severity", "rule", "sheet").rows() == [("warning", "sheet_hidden", "旧")]


def test_swapped_required_columns_are_said_once_at_the_heading(tmp_path: Path) -> None:
    rows = [[row[1], row[0], *row[2:]] for row in honest_rows(4)]
    found = check_file(write_xlsx(tmp_path / "x.xlsx", rows)).findings
    assert found.filter(pl.col("rule") == "columns_swapped").select("cell", "column").rows() == [
        ("A1", "uscc")
    ]


def test_a_column_whose_blank_is_an_error_must_be_there_unless_it_is_not_needed(tmp_path: Path) -> None:
    book, sheet = new_sheet()
    fill(sheet, {"A1": ["信用代码", "企业名称", "从业人员数"], "A2": [credit_code(1), "甲", 30]})
    path = tmp_path / "x.xlsx"
    book.save(path)
    assert sorted(check_file(path).findings["column"]) == ["province", "year"]
    checked = check_file(path, "annual_returns", needs={"uscc", "name"})
    assert table(checked, "employees", "province", "year") == [(30, None, None)]


def test_an_old_workbook_gives_formulas_errors_percentages_and_merges_too(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("数据")
    for place, heading in enumerate(
        ["信用代码", "企业名称", "省份", "年度", "营业收入（元）", "全国细分市场占有率（%）", "从业人员数"]
    ):
        sheet.write(1, place, heading)
    sheet.write_merge(2, 3, 2, 2, "浙江 省")
    for row in (2, 3):
        for place, value in ((0, credit_code(row)), (1, "甲"), (3, 2024), (4, 12345.67)):
            sheet.write(row, place, value)
        sheet.write(row, 5, 0.125, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(2, 6, xlwt.Formula("1+1"))
    sheet.row(3).set_cell_error(6, "#DIV/0!")
    book.save(str(tmp_path / "x.xls"))
    checked = check_file(tmp_path / "x.xls")
    assert places(checked) == [("error_cell", "G4"), ("formula", "G3")]
    assert check_file(tmp_path / "x.xls", needs=None).format == "xls"


def varied_workbook() -> bytes:
    """Text, numbers, dates, booleans, errors, formulas, rich text, entities, gaps and far columns."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("一 & 二")
        percent, bold = book.add_format({"num_format": "0.00%"}), book.add_format({"bold": True})
        for row in range(3, 400, 3):
            sheet.write(row, 1, f"甲 & <乙> {row}")
            sheet.write(row, 2, row / 7)
            sheet.write(row, 3, row / 1000, percent)
            sheet.write(row, 5, dt.datetime(2024, 1, 5, 12, 30) + dt.timedelta(days=row))
            sheet.write(row, 6, row % 2 == 0)
            sheet.write_formula(row, 30, "=1+1", None, "二" if row % 2 else 2)
            sheet.write_rich_string(row, 28, "普通", bold, "粗体")
            sheet.write(row, 701, -1.5e-7)
            sheet.write_blank(row, 8, None, bold)
        sheet.write(1000, 1, " 首尾有空格 ")
    return target.getvalue()


def with_xml(data: bytes, change: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            xml = source.read(name)
            package.writestr(name, change(xml) if name.startswith("xl/worksheets/") else xml)
    return target.getvalue()


def test_the_direct_reader_gives_what_an_independent_reader_gives() -> None:
    data = varied_workbook()
    sheet = read_xlsx(data)[0]
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    read = {row["row_no"]: row for row in sheet.cells.iter_rows(named=True)}
    names = sheet.letters
    assert names[0] == "B"
    for number, row in enumerate(rows, 1):
        theirs = [as_text(value) for value in row[1:]]
        ours = [read[number][name] for name in names] if number in read else [None] * len(theirs)
        assert ours == theirs, number


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: re.sub(rb'<c r="([A-Z]+\d+)"([^>/]*)', rb"<c\2 r='\1'", xml),
        lambda xml: re.sub(rb'<row r="(\d+)"', rb'<row  r="\1"', xml),
        lambda xml: xml.replace(b"<v>", b'<v xml:space="preserve">'),
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData><!-- a note -->"),
    ],
    ids=["single quotes", "spaces", "kept spaces", "comments"],
)
def test_xml_outside_the_usual_dialect_gives_the_same_cells(change: Any) -> None:
    data = varied_workbook()
    direct, careful = read_xlsx(data)[0], read_xlsx(with_xml(data, change))[0]
    assert careful.cells.equals(direct.cells)
    assert careful.formulas.sort("row_no").equals(direct.formulas.sort("row_no"))
    assert careful.percents.sort("row_no").equals(direct.percents.sort("row_no"))


def test_the_usual_dialect_is_read_the_direct_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_xml: bytes) -> None:
        raise Unfamiliar

    monkeypatch.setattr(reader, "slow_cells", never)
    book, sheet = new_sheet()
    fill(sheet, {"A1": ["甲", 1, 2.5, True, dt.date(2024, 1, 5), "=1+1"]})
    target = io.BytesIO()
    book.save(target)
    assert read_xlsx(target.getvalue())[0].cells.height == 1
    assert read_xlsx(varied_workbook())[0].cells.height == 134


def test_inline_strings_are_read_the_direct_way_and_entities_resolved() -> None:
    data = varied_workbook()
    cell = b'<c r="B1001" t="inlineStr"><is><t>A&amp;B &#20013;_x000D_</t></is></c>'
    changed = with_xml(data, lambda xml: re.sub(rb'<c r="B1001".*?</c>', cell, xml))
    assert read_xlsx(changed)[0].cells["B"][-1] == "A&B 中\r"


def test_chunks_do_not_change_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.intake import xlsx_cells

    data = varied_workbook()
    whole = read_xlsx(data)[0]
    monkeypatch.setattr(xlsx_cells, "CHUNK", 3000)
    parts = read_xlsx(data)[0]
    assert parts.cells.equals(whole.cells)
    assert parts.formulas.equals(whole.formulas)
