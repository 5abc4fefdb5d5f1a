"""The submitter's own workbook comes back: marked, mended at the marks, and then taken."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from data.words import LANGUAGES, text
from pipelines.intake import mark, mark_built, mark_copy, todo
from pipelines.intake.check import check_file
from pipelines.intake.mark import mark_workbook
from pipelines.intake.todo_sheet import is_todo_sheet
from tests.intake.hostile.columns import honest_frame
from tests.intake.hostile.honest import (
    HEADERS,
    fill_sheet,
    honest_rows,
    open_honest,
    spoilt,
    write_csv,
    write_xlsx,
)
from tests.intake.hostile.hostile_files import CASES

RED, AMBER = f"FF{todo.FILLS['error']}", f"FF{todo.FILLS['warning']}"
MISTAKES = {"A3": "911101084000000208", "C4": "全国", "E2": "约120人", "G3": "3.5亿元", "N4": "2021-02-30"}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


def marked(path: Path, language: str = "zh") -> tuple[openpyxl.Workbook, Worksheet, Path]:
    """The marked workbook, its to-do sheet, and its path."""
    out = path.with_name(f"marked_{path.stem}.xlsx")
    mark_workbook(path, check_file(path, "annual_returns"), out, language)
    book = openpyxl.load_workbook(out)
    assert is_todo_sheet(book.worksheets[0].title, book.worksheets[0]["A1"].value)
    return book, book.worksheets[0], out


def listed(sheet: Worksheet, language: str = "zh") -> list[dict[str, Any]]:
    """The lines of a to-do sheet by column word."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=len(todo.LINE_COLUMNS))]
    heads = [text(f"todo.{key}", language) for key in todo.LINE_COLUMNS]
    top = max(place for place, row in enumerate(rows) if row == heads)
    return [dict(zip(todo.LINE_COLUMNS, row, strict=True)) for row in rows[top + 1 :]]


def as_xlsx(folder: Path) -> Path:
    return write_xlsx(folder / "submitted.xlsx", spoilt(MISTAKES))


def as_csv(folder: Path) -> Path:
    return write_csv(folder / "submitted.csv", spoilt(MISTAKES), encoding="gb18030")


def as_xls(folder: Path) -> Path:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("年度数据")
    for down, row in enumerate([HEADERS, *spoilt(MISTAKES)]):
        for across, value in enumerate(row):
            sheet.write(down, across, value)
    book.save(str(folder / "submitted.xls"))
    return folder / "submitted.xls"


def as_parquet(folder: Path) -> Path:
    frame = honest_frame().with_columns(pl.all().cast(pl.String))
    for cell, value in MISTAKES.items():
        name, row = frame.columns["ABCDEFGHIJKLMN".index(cell[0])], int(cell[1:]) - 2
        frame = frame.with_columns(
            pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(name).alias(name)
        )
    frame.write_parquet(folder / "submitted.parquet")
    return folder / "submitted.parquet"


@pytest.mark.parametrize("submit", [as_xlsx, as_csv, as_xls, as_parquet])
def test_a_file_with_errors_is_marked_mended_at_the_marks_and_taken(
    submit: Callable[[Path], Path], language: str, tmp_path: Path
) -> None:
    book, sheet, out = marked(submit(tmp_path), language)
    data = book.worksheets[1]
    filled = {c.coordinate for row in data.iter_rows() for c in row if c.fill.fgColor.rgb == RED}
    commented = {c.coordinate for row in data.iter_rows() for c in row if c.comment}
    assert filled == commented == set(MISTAKES)
    assert {line["cell"] for line in listed(sheet, language)} == set(MISTAKES)

    honest = honest_rows()
    for cell in filled:
        data[cell] = honest[int(cell[1:]) - 2]["ABCDEFGHIJKLMN".index(cell[0])]
    book.save(out)
    again = check_file(out, "annual_returns")

    assert again.accepted, again.findings.select("rule", "sheet", "cell", "value").rows()
    assert again.rows == 3
    assert again.frame is not None
    assert again.frame["revenue"].to_list() == [5_321_250_000] * 3
    assert again.frame["net_profit"].to_list() == [-12_500_000] * 3
    assert again.frame["name"].to_list() == [row[1] for row in honest]


def test_a_comment_says_what_is_wrong_what_is_expected_and_what_to_do(language: str, tmp_path: Path) -> None:
    path = as_xlsx(tmp_path)
    book, sheet, _ = marked(path, language)
    for line in listed(sheet, language):
        comment = book[line["sheet_column"]][line["cell"]].comment
        assert comment is not None
        for part in ("problem", "remedy"):
            assert line[part] in comment.text
        if line["expected"]:
            assert line["expected"] in comment.text


def test_a_line_leads_to_its_cell(tmp_path: Path) -> None:
    _, sheet, _ = marked(as_xlsx(tmp_path))
    links = {
        cell.value: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink
    }
    assert {cell: f"'年度数据'!{cell}" for cell in MISTAKES} == links


def test_common_causes_are_counted_above_the_list(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "same_cause.xlsx", spoilt({"G2": "约1", "G3": "约2", "G4": "约3"}))
    _, sheet, _ = marked(path)
    heads = [text(f"todo.{key}", "zh") for key in todo.GROUP_COLUMNS]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=len(heads))]
    first = rows[rows.index(heads) + 1]
    assert first[:5] == ["错误", 3, "G2", "营业收入（万元）", "年度数据"]


def test_everything_else_in_the_workbook_stays_as_it_was(tmp_path: Path) -> None:
    book, sheet = open_honest()
    sheet["G2"] = "待定"
    sheet["E2"].font = Font(name="SimSun", bold=True, color="FFC00000")
    sheet["E2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet.column_dimensions["B"].width = 47
    sheet["B3"].comment = Comment("请核对名称", "王")
    sheet["G2"].comment = Comment("等财务确认", "李")
    other = book.create_sheet("说明")
    other.merge_cells("A1:C2")
    other["A1"] = "填报单位：示范"
    other["A5"] = "=SUM(B5:C5)"
    hidden = book.create_sheet("底稿")
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "styled.xlsx")

    back, _, _ = marked(tmp_path / "styled.xlsx")

    assert back.sheetnames[1:] == ["年度数据", "说明", "底稿"]
    data = back["年度数据"]
    assert data["E2"].font.color.rgb == "FFC00000"
    assert data["E2"].fill.fgColor.rgb == "FF00FF00"
    assert data.column_dimensions["B"].width == 47
    assert data["B3"].comment.text == "请核对名称"
    assert data["G2"].comment.text.startswith("等财务确认")
    assert "营业收入" in data["G2"].comment.text or "数" in data["G2"].comment.text
    assert str(next(iter(back["说明"].merged_cells.ranges))) == "A1:C2"
    assert back["说明"]["A5"].value == "=SUM(B5:C5)"
    assert back["底稿"].sheet_state == "hidden"


def test_formulas_keep_their_stored_results(tmp_path: Path) -> None:
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, spoilt({"E3": "若干"}))
        sheet.write_formula("G2", "=5000+321.25", None, 5321.25)
        sheet.write_formula("B2", '="北京"&"甲公司"', None, "北京甲公司")
        notes = book.add_worksheet("附表")
        notes.write_formula("A1", "=1=1", None, True)
        notes.write_formula("A2", "=1/0", None, "#DIV/0!")

    formulas, _, out = marked(path)

    values = openpyxl.load_workbook(out, data_only=True)
    assert formulas["年度数据"]["G2"].value == "=5000+321.25"
    assert values["年度数据"]["G2"].value == 5321.25
    assert values["年度数据"]["B2"].value == "北京甲公司"
    assert values["附表"]["A1"].value is True
    assert values["附表"]["A2"].value == "#DIV/0!"
    assert not Path(f"{out}.part").exists()


@pytest.mark.parametrize("submit", [as_xlsx, as_csv])
def test_marking_twice_is_marking_once(submit: Callable[[Path], Path], tmp_path: Path) -> None:
    once, _, out = marked(submit(tmp_path))
    twice, sheet, _ = marked(out)

    assert twice.sheetnames == once.sheetnames
    assert len(listed(sheet)) == len(MISTAKES)
    for row in once.worksheets[1].iter_rows():
        for cell in row:
            again = twice.worksheets[1][cell.coordinate]
            assert (again.value, again.fill.fgColor.rgb) == (cell.value, cell.fill.fgColor.rgb)
            assert (again.comment and again.comment.text) == (cell.comment and cell.comment.text)


def test_marks_go_when_the_errors_are_mended_and_the_own_style_returns(tmp_path: Path) -> None:
    book, sheet = open_honest()
    sheet["G2"] = "待定"
    sheet["G2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["G2"].font = Font(color="FFFFFFFF")
    sheet["G2"].comment = Comment("等财务确认", "李")
    book.save(tmp_path / "styled.xlsx")
    book, _, out = marked(tmp_path / "styled.xlsx")
    assert book["年度数据"]["G2"].fill.fgColor.rgb == RED
    assert book["年度数据"]["G2"].font.color.rgb == f"FF{todo.INK}", "readable on the fill"
    book["年度数据"]["G2"] = 5321.25
    book.save(out)

    mended, sheet, _ = marked(out)

    assert mended["年度数据"]["G2"].fill.fgColor.rgb == "FF00FF00"
    assert mended["年度数据"]["G2"].font.color.rgb == "FFFFFFFF"
    assert mended["年度数据"]["G2"].comment.text == "等财务确认"
    assert text("todo.clean", "zh") in [cell.value for cell in sheet["A"]]


def test_a_sheet_of_the_submitters_own_that_is_called_like_ours_is_kept(tmp_path: Path) -> None:
    book, sheet = open_honest()
    sheet["G2"] = "待定"
    book.create_sheet("待办")["A1"] = "给老张打电话"
    book.save(tmp_path / "own.xlsx")
    back, todo_sheet, _ = marked(tmp_path / "own.xlsx")
    assert todo_sheet.title == "待办 (2)"
    assert back["待办"]["A1"].value == "给老张打电话"


def test_warnings_are_amber_and_do_not_hide_errors(tmp_path: Path) -> None:
    path = tmp_path / "warned.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, spoilt({"E3": "若干"}))
        sheet.write_formula("G2", "=5000+321.25", None, 5321.25)
    back, _, _ = marked(path)
    assert back["年度数据"]["G2"].fill.fgColor.rgb == AMBER
    assert back["年度数据"]["E3"].fill.fgColor.rgb == RED


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_looks_like_a_formula_is_written_as_text(ending: str, tmp_path: Path) -> None:
    changes = {"B2": "=cmd|' /C calc'!A0", "B3": "+SUM(1)", "B4": "@x", "C3": "=HYPERLINK(1)", "E2": "-若干"}
    write = write_csv if ending == "csv" else write_xlsx
    back, sheet, out = marked(write(tmp_path / f"injected.{ending}", spoilt(changes)))
    for found in (back, openpyxl.load_workbook(out, data_only=True)):
        data = found.worksheets[1]
        for cell, value in changes.items():
            assert data[cell].value == value
            assert data[cell].data_type == "s"
    values = {line["cell"]: line["value"] for line in listed(sheet)}
    assert values["C3"] == "=HYPERLINK(1)"
    quoted = [c for row in sheet.iter_rows() for c in row if str(c.value).startswith(("=", "+", "-", "@"))]
    assert quoted
    assert all(cell.quotePrefix and cell.data_type == "s" for cell in quoted)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", bytes.fromhex("D0CF11E0A1B11AE1")])
def test_a_file_that_cannot_be_opened_comes_back_as_a_list_alone(
    content: bytes, language: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    book, sheet, _ = marked(path, language)
    assert book.sheetnames == [sheet.title]
    assert listed(sheet, language)[0]["problem"]
    assert text("todo.not_opened", language) in [cell.value for cell in sheet["A"]]


def test_a_workbook_without_a_known_header_keeps_its_looks_all_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["日期", "事项"])
    book.worksheets[0].append(["2025-01-01", "开会"])
    book.worksheets[0]["A1"].font = Font(bold=True, color="FFC00000")
    book.save(tmp_path / "diary.xlsx")
    back, sheet, _ = marked(tmp_path / "diary.xlsx")
    assert back.worksheets[1]["A1"].font.color.rgb == "FFC00000"
    assert listed(sheet)[0]["problem"]


def test_macros_are_left_behind_and_that_is_said(tmp_path: Path) -> None:
    path = CASES["workbook-with-a-macro"].write(tmp_path)
    _, sheet, out = marked(path)
    assert text("todo.macros", "zh") in [cell.value for cell in sheet["A"]]
    with zipfile.ZipFile(out) as package:
        assert not [name for name in package.namelist() if "vba" in name.lower()]


def test_a_list_longer_than_a_sheet_continues_on_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(todo, "LINES_PER_SHEET", 2)
    for submit in (as_xlsx, as_csv):
        book, _, _ = marked(submit(tmp_path))
        names = [name for name in book.sheetnames if is_todo_sheet(name, book[name]["A1"].value)]
        assert names == ["待办", "待办 (2)", "待办 (3)"]
        assert {line["cell"] for name in names for line in listed(book[name])} == set(MISTAKES)


def test_comments_end_where_excel_would_suffer_but_fills_and_list_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in (mark_copy, mark_built, mark):
        monkeypatch.setattr(module, "COMMENTED_CELLS", 3)
    for submit in (as_xlsx, as_csv):
        book, sheet, _ = marked(submit(tmp_path))
        cells = [cell for row in book.worksheets[1].iter_rows() for cell in row]
        assert sum(cell.comment is not None for cell in cells) == 3
        assert sum(cell.fill.fgColor.rgb == RED for cell in cells) == len(MISTAKES)
        assert len(listed(sheet)) == len(MISTAKES)
        assert text("todo.comments_capped", "zh", limit=3) in [cell.value for cell in sheet["A"]]


def test_a_table_longer_than_a_sheet_continues_below_a_repeated_header(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mark_built, "ROWS_BELOW_HEADER", 2)
    path = write_csv(tmp_path / "long.csv", spoilt({"G2": "甲", "G4": "乙", "G6": "丙"}, 5))
    book, sheet, out = marked(path)
    first, second, third = (book[name] for name in book.sheetnames[1:])
    assert [first["G2"].value, second["G2"].value, third["G2"].value] == ["甲", "乙", "丙"]
    assert all(sheet["A1"].value == HEADERS[0] for sheet in (first, second, third))
    assert text("todo.split", "zh") in [cell.value for cell in sheet["A"]]
    assert [(line["sheet_column"], line["cell"]) for line in listed(sheet)] == [
        (s.title, "G2") for s in (first, second, third)
    ]
    again = check_file(out, "annual_returns")
    assert again.rows == 5
    assert again.errors == 3


def test_a_title_above_the_header_is_not_repeated_where_a_table_continues(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mark_built, "ROWS_BELOW_HEADER", 3)
    path = write_csv(tmp_path / "titled.csv", spoilt({"G5": "乙"}, 4))
    path.write_text("2025年度数据\n" + path.read_text("utf-8-sig"), encoding="utf-8")
    book, sheet, out = marked(path)
    first, second = (book[name] for name in book.sheetnames[1:])
    assert [first["A1"].value, first["A2"].value, second["A1"].value] == [
        "2025年度数据",
        HEADERS[0],
        HEADERS[0],
    ]
    assert [(line["sheet_column"], line["cell"]) for line in listed(sheet)] == [(second.title, "G3")]
    assert second["G3"].value == "乙"
    assert check_file(out, "annual_returns").rows == 4


def test_merged_cells_and_percent_signs_survive_a_workbook_built_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mark_copy, "LARGEST_COPY", 1_000)
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, spoilt({"G3": "待定"}))
        sheet.merge_range("C2:C4", "北京市")
        sheet.write_number("L2", 0.125, book.add_format({"num_format": "0.0%"}))
    _, _, out = marked(path)
    back = openpyxl.load_workbook(out)
    assert str(next(iter(back["年度数据"].merged_cells.ranges))) == "C2:C4"
    back["年度数据"]["G3"] = 1
    back.save(out)
    again = check_file(out, "annual_returns")
    assert again.accepted, again.findings.select("rule", "cell", "value").rows()
    assert again.frame is not None
    assert again.frame["province"].to_list() == ["110000"] * 3
    assert again.frame["market_share"][0] == again.frame["market_share"][1], "12.5 % and 12.5"


def test_a_very_large_workbook_is_built_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mark_copy, "LARGEST_COPY", 1_000)
    book, sheet, _ = marked(as_xlsx(tmp_path))
    assert {c.coordinate for row in book["年度数据"].iter_rows() for c in row if c.comment} == set(MISTAKES)
    assert text("todo.rebuilt", "zh") in [cell.value for cell in sheet["A"]]


def test_the_submitted_file_itself_is_never_touched(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path)
    before = path.read_bytes()
    marked(path)
    assert path.read_bytes() == before
