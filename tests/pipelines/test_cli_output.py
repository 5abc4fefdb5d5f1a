"""What commands share: refusing a file that no export can be written into, or a place the system refuses."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.cli_output import known_ending


@pytest.mark.parametrize(("name", "also"), [("scores.CSV", ""), ("run.json", ".json"), (None, "")])
def test_a_known_ending_or_no_file_is_taken(name: str | None, also: str) -> None:
    known_ending(Path(name) if name else None, also)


def test_an_unknown_ending_is_wrong_usage_that_names_the_known_ones() -> None:
    with pytest.raises(
        click.UsageError, match=r"run\.json: cannot write that ending\. Use \.csv, .*\.parquet"
    ):
        known_ending(Path("run.json"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("apportion", "{given}", "--total", "1", "-o", "{missing}"),
        ("template", "enterprises", "-o", "{missing}"),
        ("backup", "{missing}"),
    ],
)
def test_a_folder_that_is_not_there_is_named_before_the_work_begins(tmp_path: Path, arguments) -> None:
    (tmp_path / "given.csv").write_text("unit,weight\na,1\n", encoding="utf-8")
    places = {"given": tmp_path / "given.csv", "missing": tmp_path / "none" / "out.xlsx"}
    done = CliRunner().invoke(main, [part.format(**places) for part in arguments])
    assert done.exit_code == 2
    assert f"no folder '{tmp_path / 'none'}'" in done.stderr


@pytest.mark.parametrize("arguments", [("count", "enterprises"), ("load", "{given}", "--as", "enterprises")])
def test_a_store_that_cannot_be_there_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments
) -> None:
    given = tmp_path / "given.csv"
    given.write_text("uscc,name,province\n", encoding="utf-8")
    monkeypatch.setenv("TIDU_HOME", str(given))
    done = CliRunner().invoke(main, [part.format(given=given) for part in arguments])
    assert (done.exit_code, done.stderr.startswith("Error: ")) == (2, True)
    assert str(given) in done.stderr
    assert "TIDU_HOME" in done.stderr
