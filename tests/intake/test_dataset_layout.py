"""Sheets and rows around the data, for datasets whose rows carry no credit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.dataset import contract, datasets
from pipelines.intake.check import check_file
from pipelines.intake.findings import render
from pipelines.intake.mark import mark_workbook
from pipelines.intake.template import write_template
from tests.intake.dataset_rows import (
    NASTY,
    errors,
    honest,
    write_csv,
)
from tests.intake.hostile.honest import credit_code


def test_short_rows_of_provinces_are_data_and_their_totals_are_not(tmp_path: Path) -> None:
    heads = ["省份", "年度", "中小企业数"]
    rows = [["浙江省", "2024", "5"], ["合计", "2024", "12"], ["江苏", "2024", None], ["注：", None, "见公报"]]
    checked = check_file(write_csv(tmp_path / "file.csv", heads, rows))
    assert checked.dataset == "province_context"
    assert checked.frame is not None
    assert checked.frame["province"].to_list() == ["330000", "320000"]


def test_a_province_between_rows_governs_those_below_it(tmp_path: Path) -> None:
    heads = ["省份", "梯度", "年度", "目标（户）"]
    rows = [["浙江省", None, None, None], [None, "小巨人", "2025", "100"], [None, "专精特新", "2025", "900"]]
    checked = check_file(write_csv(tmp_path / "file.csv", heads, rows))
    assert checked.frame is not None
    assert checked.frame["province"].to_list() == ["330000"] * 2


def test_the_nation_between_rows_ends_the_province_above(tmp_path: Path) -> None:
    heads = ["梯度", "日期", "省份", "事件", "口径", "数量", "限定", "来源标记"]
    count = ["小巨人", "2024-06-30", None, "存量", "有效", "5", "确切", "T"]
    rows = [["浙江省", *[None] * 7], count, ["全国", *[None] * 7], count]
    checked = check_file(write_csv(tmp_path / "file.csv", heads, rows))
    assert checked.frame is not None
    assert checked.frame["province"].to_list() == ["330000", None]


@pytest.mark.parametrize("name", NASTY)
def test_a_whole_row_stays_whatever_its_first_words_are(name: str, tmp_path: Path) -> None:
    rows = [[name, "小巨人", "认定", "2024-06-30"]] * 2
    path = write_csv(tmp_path / "file.csv", ["企业名称", "梯度", "事件", "日期"], [*rows])
    assert check_file(path).rows == 2


def test_a_header_printed_again_is_no_row(tmp_path: Path) -> None:
    heads = ["企业名称", "梯度", "事件", "日期"]
    rows = [["甲", "小巨人", "认定", "2024-06-30"], heads, ["乙", "小巨人", "认定", "2024-06-30"]]
    assert check_file(write_csv(tmp_path / "file.csv", heads, rows)).rows == 2


@pytest.mark.parametrize("heads", [["企业名称"], ["序号", "企业名称"], ["序号", "企业名称", "省份"]])
def test_a_list_whose_header_stands_under_each_province_counts_its_names_alone(
    heads: list[str], tmp_path: Path
) -> None:
    def printed(number: int) -> list[str | None]:
        row = {"序号": str(number), "企业名称": f"甲{number}有限公司"}
        return [row.get(head) for head in heads]

    again: list[str | None] = [*heads]
    beijing, hebei = (([unit] + [None] * len(heads))[: len(heads)] for unit in ("北京市", "河北省"))
    rows = [beijing, again, printed(1), printed(2), hebei, again, printed(3)]
    checked = check_file(write_csv(tmp_path / "file.csv", heads, rows), "title_lists")
    assert checked.frame is not None
    assert checked.frame.select("name", "province").rows() == [
        ("甲1有限公司", "110000"), ("甲2有限公司", "110000"), ("甲3有限公司", "130000"),
    ]  # fmt: skip


def test_a_figure_merged_over_rows_is_not_multiplied(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["省份", "梯度", "年度", "目标"],
        ["浙江", "小巨人", 2025, 100],
        [None, "专精特新", None, None],
    ):
        sheet.append(row)
    for cells_merged in ("A2:A3", "C2:C3", "D2:D3"):
        sheet.merge_cells(cells_merged)
    book.save(path)
    assert errors(check_file(path)) == [("blank_required", "target")]


def two_sheets(path: Path, second: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["省份", "梯度", "年度", "目标", "依据"], ["浙江", "小巨人", 2025, 100, "规划"]):
        sheet.append(row)
    other = book.create_sheet("附表")
    for row in second:
        other.append(row)
    book.save(path)
    return path


def test_a_sheet_of_another_dataset_is_refused_and_named(tmp_path: Path) -> None:
    names = [["信用代码", "企业名称", "省份"], [credit_code(1), "甲", "浙江"]]
    checked = check_file(two_sheets(tmp_path / "file.xlsx", names))
    assert checked.dataset == "provincial_targets"
    assert errors(checked) == [("sheet_of_other_dataset", None)]
    assert "企业名录" in render(checked.findings, "zh")["message"][0]


def test_a_sheet_of_rows_without_a_header_is_said(tmp_path: Path) -> None:
    rows = [["江苏", "小巨人", 2025, 100], ["安徽", "小巨人", 2025, 90]]
    checked = check_file(two_sheets(tmp_path / "file.xlsx", rows))
    assert checked.accepted
    assert checked.findings["rule"].to_list() == ["sheet_not_read"]


def test_a_sheet_of_notes_is_not(tmp_path: Path) -> None:
    rows = [["江苏", "目标尚未公布"], ["安徽", "目标见规划"]]
    assert check_file(two_sheets(tmp_path / "file.xlsx", rows)).findings.is_empty()


@pytest.mark.parametrize("dataset", datasets())
def test_a_file_without_its_header_is_told_which_columns_it_needs(dataset: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "file.csv", ["甲", "乙"], [["1", "2"]])
    checked = check_file(path, dataset)
    assert errors(checked) == [("header_not_found", None)]
    expected = render(checked.findings, "zh")["expected"][0]
    assert all(column.zh_header in expected for column in contract(dataset).columns if column.is_required)


@pytest.mark.parametrize("dataset", datasets())
def test_a_refused_file_comes_back_with_the_faulty_cell_marked(dataset: str, tmp_path: Path) -> None:
    rules = contract(dataset)
    path, marked = tmp_path / "file.xlsx", tmp_path / "marked.xlsx"
    write_template(dataset, path, "zh")
    book = openpyxl.load_workbook(path)
    read = [column for column in rules.columns if column.format or column.type != "text"]
    field = max(read, key=lambda column: column.is_required).field
    row = honest(dataset) | {field: "无此内容"}
    for place, name in enumerate(rules.fields, start=1):
        book.worksheets[0].cell(2, place, row.get(name))
    book.save(path)
    checked = check_file(path, dataset)
    assert not checked.accepted
    mark_workbook(path, checked, marked, "zh")
    cell = openpyxl.load_workbook(marked)[rules.title["zh"]].cell(2, rules.fields.index(field) + 1)
    assert cell.value == "无此内容"
    assert cell.comment is not None
