"""Asking for Spark where it is not installed is wrong usage, said in a sentence."""

import sys

from click.testing import CliRunner

from pipelines.cli import main


def score_on_spark(tmp_path):
    file = tmp_path / "returns.csv"
    file.write_text("uscc,year\n", encoding="utf-8")
    return CliRunner().invoke(main, ["score", str(file), "--standard", "srdi", "--engine", "spark"])


def test_without_pyspark_the_command_names_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    answer = score_on_spark(tmp_path)
    assert answer.exit_code == 2
    assert "pip install 'tidu[spark]'" in answer.stderr
    assert "Traceback" not in answer.output


def test_without_java_the_command_names_java(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.cli.find_spec", lambda name: name)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = score_on_spark(tmp_path)
    assert answer.exit_code == 2
    assert "needs Java" in answer.stderr
