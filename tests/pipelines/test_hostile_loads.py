"""Hostile files through `tidu load`: refused whole, with findings, and the store is as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.home import Home
from pipelines.cli import main
from pipelines.count import count
from pipelines.loading import load
from tests.intake.hostile.hostile_files import CASES, Case
from tests.pipelines.small_files import write_returns

REFUSED = [case for case in CASES.values() if case.accepted is False and not case.heavy]
ROWS = 7


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("hostile")
    home = Home(folder / "home")
    load(home, [write_returns(folder / "good.csv", range(ROWS))])
    return home


def bytes_of(home: Home) -> dict[str, str]:
    return {
        str(path.relative_to(home.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_there_are_at_least_thirty_three_of_them() -> None:
    assert len(REFUSED) >= 33


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_hostile_file_is_refused_whole_and_the_store_is_unchanged(
    case: Case, store: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(store.folder))
    path = case.write(tmp_path)
    if not path.is_file() or not path.stat().st_mode & 0o400:
        pytest.skip("no file, or none that may be read: the command line says so before anything is loaded")
    before = bytes_of(store)
    result = CliRunner().invoke(main, ["load", str(path), "--json"])
    assert result.exit_code == 1, result.output
    said = json.loads(result.stdout)
    assert (said["accepted"], said["receipt"], said["build"]) == (False, None, None)
    assert said["errors"] == sum(finding["severity"] == "error" for finding in said["findings"]) >= 1
    assert all(finding["message"] for finding in said["findings"])
    assert bytes_of(store) == before
    assert count(store, "annual_returns") == ROWS
