"""The commands of the store as an operator meets them: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from tests.pipelines.small_files import write_events, write_returns

REPORT = [
    "file",
    "dataset",
    "rows",
    "accepted",
    "errors",
    "warnings",
    "findings",
    "receipt",
    "is_new",
    "build",
]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return tmp_path / "home"


def tidu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_load_says_what_it_took_and_what_is_published(tmp_path: Path) -> None:
    result = tidu("load", write_returns(tmp_path / "a.csv", range(3)))
    assert result.exit_code == 0
    assert "a.csv: loaded, receipt 1." in result.stdout
    assert "Published: build 1" in result.stdout


def test_load_as_json_is_the_report_of_a_check_and_the_receipt(tmp_path: Path) -> None:
    said = json.loads(tidu("load", write_returns(tmp_path / "a.csv", range(3)), "--json").stdout)
    assert list(said) == REPORT
    assert (said["dataset"], said["rows"], said["accepted"], said["receipt"], said["build"]) == (
        "annual_returns", 3, True, 1, 1,
    )  # fmt: skip


def test_several_files_give_one_report_each_and_one_build(tmp_path: Path) -> None:
    files = [write_returns(tmp_path / "a.csv", range(3)), write_events(tmp_path / "e.csv", range(2))]
    said = json.loads(tidu("load", *files, "--json").stdout)["files"]
    assert [(one["dataset"], one["receipt"], one["build"]) for one in said] == [
        ("annual_returns", 1, 1), ("title_events", 2, 1),
    ]  # fmt: skip


def test_a_refused_file_ends_with_one_and_a_wrong_name_with_two(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert tidu("load", bad).exit_code == 1
    assert tidu("load", tmp_path / "absent.csv").exit_code == 2
    assert tidu("load", bad, "--as", "nothing").exit_code == 2
    assert tidu("count", "nothing").exit_code == 2


def test_count_says_what_is_acknowledged(tmp_path: Path) -> None:
    tidu("load", write_returns(tmp_path / "a.csv", range(3)))
    assert json.loads(tidu("count", "annual_returns", "--json").stdout) == {
        "dataset": "annual_returns",
        "rows": 3,
    }
    assert tidu("count", "annual_returns", "--as-of", "2000-01-01").stdout == "0\n"
    assert tidu("count", "former_names").stdout == "0\n"


def test_a_dry_run_publishes_nothing(tmp_path: Path) -> None:
    assert "would be loaded" in tidu("load", write_returns(tmp_path / "a.csv", range(3)), "--dry-run").stdout
    assert tidu("count", "annual_returns").stdout == "0\n"


def test_builds_and_rollback(tmp_path: Path) -> None:
    tidu("load", write_returns(tmp_path / "a.csv", range(3)))
    tidu("load", write_returns(tmp_path / "b.csv", range(3, 5)))
    listed = json.loads(tidu("builds", "--json").stdout)["builds"]
    assert [(one["build"], one["published"], one["kept"]) for one in listed] == [
        (2, True, True),
        (1, False, True),
    ]
    said = json.loads(tidu("rollback", 1, "--json").stdout)
    assert (said["build"], said["withdrawn"], said["rows"]["annual_returns"]) == (1, [2], 3)
    assert said["content"] == listed[1]["content"]
    assert tidu("rollback", 77).exit_code == 2
    assert tidu("count", "annual_returns").stdout == "3\n"


def test_build_repeats_to_the_same_content(tmp_path: Path) -> None:
    tidu("load", write_returns(tmp_path / "a.csv", range(3)))
    said = [json.loads(tidu("build", *extra, "--json").stdout) for extra in ([], ["--from-intake"])]
    assert said[0]["content"] == said[1]["content"]
    assert [one["build"] for one in said] == [2, 3]


def test_backup_and_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tidu("load", write_returns(tmp_path / "a.csv", range(3)))
    assert tidu("backup", tmp_path / "store.tar").exit_code == 0
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "elsewhere"))
    assert json.loads(tidu("restore", tmp_path / "store.tar", "--json").stdout)["equals_original"] is True
    assert tidu("count", "annual_returns").stdout == "3\n"
    (tmp_path / "torn.tar").write_bytes(b"torn")
    torn = tidu("restore", tmp_path / "torn.tar")
    assert torn.exit_code == 1
    assert torn.stderr == "Error: torn.tar is not a whole backup of a store. Take another copy.\n"


def test_a_demo_is_never_mixed_into_real_data(tmp_path: Path) -> None:
    tidu("load", write_returns(tmp_path / "a.csv", range(3)))
    refused = tidu("demo", "--firms", 2000)
    assert refused.exit_code == 1
    assert "Set TIDU_HOME to another folder" in refused.stderr
    assert tidu("demo", "--if-empty").exit_code == 0
    assert tidu("count", "annual_returns").stdout == "3\n"
