"""A file is staged as it is checked; a long one, read piece by piece, gives the very same findings and rows."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from data.dataset import contract
from pipelines.intake import stage
from pipelines.intake import stage_long as long_module
from pipelines.intake.check import Checked, check_file
from pipelines.intake.check_cells import typed_schema
from pipelines.intake.provinces import units
from pipelines.intake.stage import stage_file
from pipelines.intake.stage_long import stage_long
from pipelines.intake.stage_pieces import UnsureError
from pipelines.intake.stage_rows import staged_rows
from tests.intake.hostile.honest import HEADERS, credit_code, honest_rows, write_csv, write_xlsx
from tests.intake.hostile.hostile_files import CASES

RULES = contract("annual_returns")
WIDTH = len(HEADERS)

NASTY = (
    *(
        "",
        " ",
        "无",
        "-",
        "约300",
        "1,234.5",
        "１２",
        "12.5%",
        "0.125",
        "1e5",
        "2025-13-01",
        "是是",
        "#N/A",
        "0",
    ),
    *(
        "99999999999999999999",
        "-5",
        "3",
        "2024",
        "省级",
        "江苏",
        "浙江  省",
        "江苏南京",
        "高新技术企业；无此荣誉",
    ),
    *("甲\t乙", "甲  乙", '引"号', "多\n行", "a,b", "91110108400000010"),
)
BESIDE = ("浙江省", "二、江苏省（3家）", "注：本表按企业填报", "合计", "填表人：某某", "数据截至年底", "说明")


def whole(path: Path, dataset: str | None = None) -> tuple[Checked, pl.DataFrame | None]:
    checked = check_file(path, dataset)
    return checked, None if checked.frame is None else staged_rows(checked.frame, RULES)


def assert_same(path: Path, out: Path, pieces: Checked) -> None:
    expected, rows = whole(path)
    assert_frame_equal(pieces.findings, expected.findings)
    for name in ("file", "dataset", "format", "rows", "errors", "warnings", "header_map", "header_maps",
                 "header_rows", "sheet_numbers", "extras"):  # fmt: skip
        assert getattr(pieces, name) == getattr(expected, name), name
    if rows is not None:
        assert_frame_equal(pl.read_parquet(out), rows)


def line(cells: list[object], delimiter: str, *, quoted: bool = False) -> str:
    texts = ["" if cell is None else str(cell) for cell in cells]
    special = {delimiter, '"', "\n"}
    return delimiter.join(
        '"' + text.replace('"', '""') + '"' if quoted or special & set(text) else text for text in texts
    )


def wild_file(seed: int) -> bytes:
    """A table as people send it, spoilt here and there: titles, headings, notes, odd cells, short and blank lines."""
    draw = random.Random(seed)
    delimiter, ending = draw.choice(",,,;\t"), draw.choice(["\n", "\r\n"])
    extra = draw.choice([[], [], ["内部编号", "备注"]])
    width = WIDTH + len(extra)
    spoil = draw.choice([0, 0, 0.02, 0.3])
    beside = draw.choice([0, 0, 0.03, 0.2])
    lines = [
        line([draw.choice(["2025年度企业数据", "单位：元", ""]), *[""] * (width - 1)], delimiter)
        for _ in range(draw.choice([0, 0, 1, 3]))
    ]
    header = line([*HEADERS, *extra], delimiter)
    lines.append(header)
    rows = honest_rows(draw.choice([3, 60, 120]))
    repeated = draw.random() < 0.3
    for at, row in enumerate(rows):
        row[3] = 2023 + at % 3
        row[0] = credit_code(40_000_001 + (at // 3 if not repeated else draw.randrange(len(rows))))
        row[6] = draw.choice([0, 3, 5321.25, 40_000])
        row[2] = draw.choice(["北京市", "北京", " 江苏 省"]) if beside < 0.1 else draw.choice(["", "北京市"])
        cells = [*row, *[draw.choice(["", " ", "007", '甲"乙']) for _ in extra]]
        for place in range(WIDTH):
            if draw.random() < spoil:
                cells[place] = draw.choice(NASTY)
        lines.append(line(cells, delimiter, quoted=draw.random() < 0.05))
        if draw.random() < beside:
            other = draw.choice(
                [[draw.choice(BESIDE)], [], ["合计", "", "", "", "500"], ["1", "2", "3", "4", "5"]]
            )
            lines.append(line([*other, *[""] * (width - len(other))], delimiter))
        if draw.random() < beside / 3:
            lines.append(draw.choice([header, "", "少,一,些", header + delimiter]))
    text = ending.join(lines) + draw.choice(["", ending])
    return text.encode(draw.choice(["utf-8", "utf-8", "utf-8-sig", "gb18030"]), errors="ignore")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), size=st.sampled_from([200, 1_000, 5_000]))
def test_piece_by_piece_gives_the_findings_and_rows_of_the_whole(
    seed: int, size: int, tmp_path: Path
) -> None:
    path, out = tmp_path / "x.csv", tmp_path / "x.parquet"
    path.write_bytes(wild_file(seed))
    try:
        checked = stage_long(path, None, out, None, size)
    except UnsureError:
        return
    assert_same(path, out, checked)


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every CSV file is long, and a piece is a few records."""
    monkeypatch.setattr(stage, "LONG", 0)
    monkeypatch.setattr(stage, "PIECE", 1_000)


@pytest.fixture
def never_whole(in_pieces: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Checked:
        raise AssertionError("read whole")

    monkeypatch.setattr(stage, "_stage_whole", refuse)


@pytest.mark.parametrize("name", [case.name for case in CASES.values() if not case.heavy])
def test_a_hostile_file_in_pieces_meets_the_same_findings(name: str, in_pieces: None, tmp_path: Path) -> None:
    path, out = CASES[name].write(tmp_path), tmp_path / "staged"
    staged = stage_file(path, None, out)
    assert_same(path, out, staged)
    assert out.exists() == staged.accepted


def firms(count: int) -> list[list[object]]:
    """Honest rows of `count` firms in three years, all of one year before the next."""
    rows = []
    for year in (2023, 2024, 2025):
        for row in honest_rows(count):
            row[3] = year
            rows.append(row)
    return rows


def padded(*cells: str) -> list[object]:
    return [*cells, *[""] * (WIDTH - len(cells))]


def with_notes(rows: list[list[object]]) -> list[list[object]]:
    return [*rows, padded("合计", "", "", "", "900"), padded("注：本表由各省填报"), padded("数据截至年底")]


def under_headings(rows: list[list[object]]) -> list[list[object]]:
    for row in rows:
        row[2] = ""
    return [padded("一、浙江省"), *rows[:40], padded("二、江苏省（共50家）"), *rows[40:]]


def under_the_last_of_many(rows: list[list[object]]) -> list[list[object]]:
    """More headings one below the other than a piece holds."""
    return [*(padded(unit.zh) for unit in list(units().values()) * 3), *under_headings(rows)]


SHAPES: dict[str, Callable[[list[list[object]]], list[list[object]]]] = {
    "plain": lambda rows: rows,
    "blank lines": lambda rows: [*rows[:50], padded(), [], *rows[50:]],
    "header again": lambda rows: [*rows[:70], list(HEADERS), *rows[70:]],
    "line breaks in quotation marks": lambda rows: [[*row[:1], f'甲\n"{row[1]}"', *row[2:]] for row in rows],
    "numbered columns": lambda rows: [[str(at + 1) for at in range(WIDTH)], *rows],
    "notes below": with_notes,
    "province headings": under_headings,
    "headings without rows": under_the_last_of_many,
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_file_of_this_shape_needs_no_second_reading(
    shape: str, encoding: str, never_whole: None, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "x.csv", SHAPES[shape](firms(60)), encoding=encoding)
    checked = stage_file(path, "annual_returns", tmp_path / "x.parquet")
    assert checked.accepted, checked.findings
    assert checked.rows == 180
    assert_same(path, tmp_path / "x.parquet", checked)


def test_keys_repeated_and_figures_jumping_from_piece_to_piece_are_found(
    never_whole: None, tmp_path: Path
) -> None:
    rows = firms(60)
    rows[130][:4] = rows[3][:4]
    rows[71][6] = "53212.5"
    path = write_csv(tmp_path / "x.csv", rows)
    checked = stage_file(path, None, tmp_path / "x.parquet")
    told = checked.findings.select("rule", "cell", "value").rows()
    assert told == [
        ("repeated_key", "A132", rows[3][0]),
        ("jump", "G73", "53212.5"),
        ("jump", "G133", "5321.25"),
    ]
    assert not (tmp_path / "x.parquet").exists()
    assert_frame_equal(checked.findings, check_file(path).findings)


def test_too_many_rows_of_one_kind_are_found_however_far_apart(never_whole: None, tmp_path: Path) -> None:
    units = ["浙江省", "江苏省", "北京市", *[f"{code}0000" for code in (12, 13, 14, 15, 21, 22, 23, 31)]]
    rows = [["round-1", "1", unit, credit_code(50_000_000 + at), f"平台{at}", "省级"]
            for at, unit in enumerate(units * 3)]  # fmt: skip
    rows += [["round-1", "1", "浙江", credit_code(51_000_000), "又一平台", "国家级"],
             ["round-1", "2", "江苏", credit_code(51_000_001), "下一批平台", "国家级"]]  # fmt: skip
    path = write_csv(
        tmp_path / "x.csv", rows, headers=("round", "support_batch", "province", "uscc", "name", "level")
    )
    checked = stage_file(path, None, tmp_path / "x.parquet")
    told = checked.findings.select("rule", "severity", "cell").rows()
    assert told == [("platforms_of_a_province", "warning", cell) for cell in ("C2", "C13", "C24", "C35")]
    assert_frame_equal(checked.findings, check_file(path).findings)


def test_what_is_said_of_a_whole_column_counts_all_pieces(never_whole: None, tmp_path: Path) -> None:
    rows = firms(60)
    for row in rows:
        row[11] = "0.125"
        row[0], row[1] = row[1], row[0]
    path = write_csv(tmp_path / "x.csv", rows)
    checked = stage_file(path, None, tmp_path / "x.parquet")
    assert {"share_as_fraction", "columns_swapped"} <= set(checked.findings["rule"])
    assert_frame_equal(checked.findings, check_file(path).findings)


@pytest.mark.parametrize("writer", [write_csv, write_xlsx])
def test_staged_rows_are_the_typed_rows_and_their_extras(writer: Callable[..., Path], tmp_path: Path) -> None:
    rows = [[*row, extra, ""] for row, extra in zip(honest_rows(3), ["007", " ", '甲"乙\n'], strict=True)]
    path = writer(tmp_path / "x", rows, headers=(*HEADERS, "内部编号", "备注"))
    checked = stage_file(path, None, tmp_path / "x.parquet")
    staged = pl.read_parquet(tmp_path / "x.parquet")
    typed = check_file(path).frame
    assert checked.accepted and checked.frame is None and typed is not None
    schema = {**typed_schema(RULES), "extras": pl.String, "sheet_no": pl.Int16, "row_no": pl.Int32}
    assert staged.schema == schema
    assert_frame_equal(staged.drop("extras"), typed.select(*typed_schema(RULES), "sheet_no", "row_no"))
    told = [None if text is None else json.loads(text) for text in staged["extras"]]
    assert told == [{"内部编号": "007"}, None, {"内部编号": '甲"乙\n'}]


def test_nothing_is_left_of_a_file_that_is_refused_or_breaks_off(
    in_pieces: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "x.parquet"
    rows = firms(60)
    path = write_csv(tmp_path / "x.csv", rows)
    rows[100][6] = "约300"
    refused = write_csv(tmp_path / "refused.csv", rows)
    assert not stage_file(refused, None, out).accepted
    assert not out.exists()

    def break_off(done: int, _total: int) -> None:
        if done > 3_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage_file(path, None, out, break_off)
    assert not out.exists()
    assert stage_file(path, None, out).accepted


def test_progress_runs_to_the_end_of_a_long_file(never_whole: None, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", firms(60))
    told: list[tuple[int, int]] = []
    stage_file(path, None, tmp_path / "x.parquet", lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert told == sorted(told) and told[-1] == (size, size) and len(told) > 5


def test_a_file_beyond_the_limit_is_refused_and_named_too_large(
    in_pieces: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stage, "LARGEST_CSV", 2_000)
    path = write_csv(tmp_path / "x.csv", firms(60))
    checked = stage_file(path, None, tmp_path / "x.parquet")
    assert checked.findings["rule"].to_list() == ["file_too_large"]


def test_what_only_the_whole_could_tell_is_said_as_seen_where_the_file_is_too_long_for_that(
    in_pieces: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stage, "LARGEST_FILE", 2_000)
    path = write_csv(tmp_path / "x.csv", firms(60))
    path.write_bytes(path.read_bytes() + b"\x00")
    checked = stage_file(path, None, tmp_path / "x.parquet")
    assert checked.findings["rule"].to_list() == ["text_nul"]


def test_a_file_of_too_many_rows_is_refused(
    in_pieces: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(long_module, "MOST_ROWS", 100)
    monkeypatch.setattr(stage, "LARGEST_FILE", 2_000)
    path = write_csv(tmp_path / "x.csv", firms(60))
    assert stage_file(path, None, tmp_path / "x.parquet").findings["rule"].to_list() == ["too_many_rows"]
