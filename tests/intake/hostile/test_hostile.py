"""Every hostile file ends in findings that a clerk understands, or in the right values: never in a traceback."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from data.words import text
from pipelines.intake.check import Checked, check_file
from pipelines.intake.findings import render
from pipelines.intake.mark import mark_workbook
from pipelines.intake.todo_sheet import is_todo_sheet

from .hostile_files import CASES, Case

LIGHT = [case for case in CASES.values() if not case.heavy]
HEAVY = [case for case in CASES.values() if case.heavy]
SECONDS, GIGABYTES = 150, 3

MACHINE_WORDS = re.compile(
    r"Traceback|\b\w*(?:Error|Exception)\b|<class|object at 0x|\bNone\b|\bnull\b|\bTrue\b|\bFalse\b|"
    r"PosixPath|polars|calamine|fastexcel|openpyxl|zipfile|pyarrow|codec|dtype|\bb'|\{\w*\}|\\x|\\u|0x[0-9a-f]{2}"
)
LONGEST_MESSAGE = 600


def ids(cases: list[Case]) -> list[str]:
    return [case.name for case in cases]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "中文 目录"
    place.mkdir()
    return place


def assert_clerk_understands(findings: pl.DataFrame, value_of: str = "value") -> None:
    for language in ("zh", "en"):
        for row in render(findings, language).iter_rows(named=True):
            for words in ("message", "remedy"):
                text = row[words]
                assert text, (language, words, row)
                assert text.strip(), (language, words, row)
                assert len(text) <= LONGEST_MESSAGE, (language, words, len(text))
                received = str(row[value_of] or "")
                slip = MACHINE_WORDS.search(text.replace(received, "") if received else text)
                assert not slip, (language, words, slip and slip.group(), text)
            assert language != "zh" or re.search("[\u4e00-\u9fff]", row["message"]), row


def assert_expected(case: Case, checked: Checked) -> None:
    findings = checked.findings
    told = findings.select("severity", "rule", "cell", "column", "value", "expected").rows()
    if case.accepted is not None:
        assert checked.accepted is case.accepted, told
    errors = {cell or "" for cell in findings.filter(pl.col("severity") == "error")["cell"].to_list()}
    warnings = {cell or "" for cell in findings.filter(pl.col("severity") == "warning")["cell"].to_list()}
    wanted = {cell for cell in case.errors if cell}
    assert wanted <= errors, (wanted - errors, told)
    assert set(case.warnings) <= warnings, told
    assert set(case.rules) <= set(findings["rule"]), told
    assert checked.accepted == (checked.errors == 0), told
    assert checked.errors == findings.filter(pl.col("severity") == "error").height
    if checked.accepted:
        assert checked.frame is not None
        for (field, row), value in case.values.items():
            assert checked.frame[field][row] == value, (field, row, checked.frame[field][row])
    else:
        assert checked.errors >= 1


@pytest.mark.parametrize("case", LIGHT, ids=ids(LIGHT))
def test_a_hostile_file_ends_in_plain_findings_or_in_right_values(case: Case, folder: Path) -> None:
    path = case.write(folder)
    if case.name == "a-file-without-permission" and os.access(path, os.R_OK):
        pytest.skip("the system's administrator may read every file")
    before = _fingerprint(folder)

    checked = check_file(path, "annual_returns")

    assert_expected(case, checked)
    assert_clerk_understands(checked.findings)
    assert _fingerprint(folder) == before, "reading must leave the folder as it was"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", LIGHT, ids=ids(LIGHT))
def test_a_hostile_file_comes_back_as_a_workbook_with_a_to_do_sheet(
    case: Case, language: str, folder: Path, tmp_path: Path
) -> None:
    path = case.write(folder)
    checked = check_file(path, "annual_returns")
    before = _fingerprint(folder)

    mark_workbook(path, checked, tmp_path / "marked.xlsx", language)

    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    todo = book.worksheets[0]
    assert is_todo_sheet(todo.title, todo["A1"].value)
    assert todo.title.startswith(text("todo.sheet", language))
    assert todo.max_row > checked.findings.height
    ours = [cell for row in todo.iter_rows() for cell in row if cell.data_type == "f"]
    assert not ours, "nothing that we write is a formula"
    assert _fingerprint(folder) == before


@pytest.mark.parametrize("case", HEAVY, ids=ids(HEAVY))
def test_a_heavy_file_is_answered_in_bounded_time_and_memory(case: Case, folder: Path) -> None:
    path = case.write(folder)

    told = _in_a_process_of_its_own(path, folder)

    assert told["memory_gigabytes"] < GIGABYTES, told
    if case.accepted is not None:
        assert told["accepted"] is case.accepted, told
    assert told["accepted"] or told["findings"]
    if told["accepted"]:
        for (field, row), value in case.values.items():
            assert told["frame"][field][row] == value, told
    with zipfile.ZipFile(folder / "marked.xlsx") as marked:
        assert text("todo.sheet", "zh").encode() in marked.read("xl/workbook.xml")
    if told["findings"]:
        assert_clerk_understands(pl.read_parquet(folder / "findings.parquet"))


@pytest.mark.parametrize("name", ["external-entity", "a-declaration-hidden-in-utf-16"])
def test_an_external_entity_is_never_read(name: str, folder: Path) -> None:
    path = CASES[name].write(folder)
    checked = check_file(path, "annual_returns")
    names = [] if checked.frame is None else checked.frame["name"].to_list()
    assert "do-not-read-me" not in checked.findings.write_json()
    assert "do-not-read-me" not in str(names)


def test_every_hostile_file_tells_its_story() -> None:
    assert len(CASES) >= 30
    assert all(len(case.story) > 10 for case in CASES.values())
    assert len({case.story for case in CASES.values()}) == len(CASES)


CHILD = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
from pipelines.intake.check import check_file
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
from pipelines.intake.mark import mark_workbook
checked = check_file(path, "annual_returns")
mark_workbook(path, checked, folder / "marked.xlsx", "zh")
checked.findings.head(1000).write_parquet(folder / "findings.parquet")
frame = checked.frame.head(10) if checked.accepted else None
print(json.dumps({
    "accepted": checked.accepted,
    "findings": checked.findings.height,
    "frame": None if frame is None else {name: frame[name].to_list() for name in frame.columns[:40]},
    "memory_gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20),
}, default=str))
"""


def _in_a_process_of_its_own(path: Path, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(folder)],
        capture_output=True, text=True, timeout=SECONDS, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def _fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
