"""CSV: encodings, delimiters, quoted line breaks, rows too short and too long."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.intake import read_csv as module
from pipelines.intake.check import Checked, check_file
from pipelines.intake.headers import score
from pipelines.intake.read_csv import read_csv
from tests.intake.hostile.honest import HEADERS, credit_code, honest_rows, write_csv


def checked_text(folder: Path, text: str, encoding: str = "utf-8") -> Checked:
    path = folder / "表.csv"
    path.write_bytes(text.encode(encoding))
    return check_file(path)


def places(checked: Checked) -> list[tuple[str, str]]:
    return checked.findings.select("rule", "cell").rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_recognised(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", honest_rows(5), encoding=encoding, delimiter=delimiter)
    checked = check_file(path)
    assert checked.accepted, checked.findings
    assert checked.dataset == "annual_returns"
    assert checked.frame is not None
    assert checked.frame["revenue"].to_list() == [5_321_250_000] * 5


def test_record_numbers_count_quoted_line_breaks_once_and_blank_lines_too(tmp_path: Path) -> None:
    one, two, bad = credit_code(1), credit_code(2), credit_code(3)[:-1]
    rows = [f'{one},"甲\r\n公司",北京,2024', "", f"{two},乙,北京,2024", f"{bad},丙,北京,2024"]
    text = "\r\n".join(["uscc,name,province,year", *rows, ""])
    checked = checked_text(tmp_path, text)
    assert places(checked) == [("credit_code_length", "A5")]


def test_a_title_above_the_header_moves_the_record_numbers_with_it(tmp_path: Path) -> None:
    text = f"2024年度企业数据\n\n信用代码,企业名称,省份,年度\n{credit_code(1)},甲,北京,24\n"
    assert places(checked_text(tmp_path, text)) == [("below_low", "D4")]


@pytest.mark.parametrize(("row", "cells"), [("{},甲,北京", 3), ("{},甲,北京,2024,多", 5)])
def test_a_row_with_a_cell_too_few_or_too_many_is_an_error_of_that_row(
    row: str, cells: int, tmp_path: Path
) -> None:
    text = f"uscc,name,province,year\n{credit_code(1)},乙,北京,2024\n{row.format(credit_code(2))}\n"
    checked = checked_text(tmp_path, text)
    assert places(checked) == [("ragged_row", "A3")]
    assert not checked.accepted


def test_blank_lines_are_ignored(tmp_path: Path) -> None:
    text = f"uscc,name,province,year\n\n{credit_code(1)},甲,北京,2024\n,,,\n  ,,,\n\n"
    checked = checked_text(tmp_path, text)
    assert checked.accepted, checked.findings
    assert checked.rows == 1


def test_extra_columns_are_kept_and_returned(tmp_path: Path) -> None:
    text = f"uscc,name,province,year,内部编号,备注\n{credit_code(1)},甲,北京,2024,007,见附件\n"
    frame = checked_text(tmp_path, text).frame
    assert frame is not None
    assert frame.select("内部编号", "备注").rows() == [("007", "见附件")]


def test_chunks_of_the_scan_do_not_change_the_count_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        ",".join(HEADERS),
        *[f'"{"a,b" * (n % 3)}\n{n}",x{",y" * (n % 4)}' for n in range(200)],
        "",
        "末行,1",
    ]
    data = "\r\n".join(lines).encode()
    whole = read_csv(data, score)[0]
    monkeypatch.setattr(module, "_CHUNK", 37)
    parts = read_csv(data, score)[0]
    assert parts.widths is not None and whole.widths is not None
    assert parts.widths.equals(whole.widths)
    assert whole.widths["cells"].to_list() == [14, *[2 + n % 4 for n in range(200)], 1, 2]
    assert whole.widths["is_blank"].to_list() == [False] * 201 + [True, False]


def test_a_quotation_mark_inside_a_bare_cell_is_read_as_it_stands(tmp_path: Path) -> None:
    text = f'uscc,name,province,year\n{credit_code(1)},甲"乙"公司,北京,2024\n{credit_code(2)},丙,北京,2024\n'
    frame = checked_text(tmp_path, text).frame
    assert frame is not None
    assert frame["name"].to_list() == ['甲"乙"公司', "丙"]


def test_the_typed_frame_has_the_agreed_types(tmp_path: Path) -> None:
    frame = check_file(write_csv(tmp_path / "x.csv", honest_rows(1))).frame
    assert frame is not None
    kinds = {
        "uscc": pl.String,
        "year": pl.Int64,
        "revenue": pl.Int64,
        "market_share": pl.Int64,
        "quality_award": pl.Boolean,
        "listed_on": pl.Date,
        "rd_institution": pl.Int8,
        "honours__ip_demo": pl.Boolean,
        "product_fields__future": pl.Boolean,
        "sheet_no": pl.Int16,
        "row_no": pl.Int32,
    }
    assert {name: frame.schema[name] for name in kinds} == kinds
    assert frame["market_share"][0] == 12_500_000_000_000_000
    assert frame["rd_institution"][0] == 3
    assert frame.select("honours__high_tech", "honours__ip_demo", "honours__ip_advantage").row(0) == (
        True,
        True,
        False,
    )
    assert frame["row_no"][0] == 2
