"""`tidu progress` and `tidu forecast` over loaded lists: JSON, words, and what they say of an empty store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.home import Home
from data.words import LANGUAGES
from pipelines.cli import main
from pipelines.loading import load
from tests.pipelines.small_files import write_events

TARGETS = "省份,梯度,年度,目标（户）"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture
def loaded(home: Home, tmp_path: Path) -> Home:
    targets = tmp_path / "targets.csv"
    targets.write_text(f"{TARGETS}\n北京市,srdi,2024,30\n广东省,srdi,2024,50\n", encoding="utf-8")
    files = [
        write_events(tmp_path / "first.csv", range(20), day="2021-07-01"),
        write_events(tmp_path / "passed.csv", range(15), day="2024-07-01", event="review_passed"),
        targets,
    ]
    load(home, files)
    return home


def tidu(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_progress_says_every_figure_of_the_registry_and_of_the_publications(loaded: Home) -> None:
    found = json.loads(tidu("progress", "--json").stdout)
    assert (found["as_of"], found["classes"]["is_assumption"]) == ("2024-07-01", True)
    srdi = found["tiers"]["srdi"]
    assert (srdi["target"], srdi["registry"]["firms"], srdi["registry"]["share_pct"]) == (100_000, 20, 0.02)
    assert srdi["published"]["count"] == 48_000
    assert srdi["difference"]["difference"] == 20 - 48_000
    assert (srdi["split"]["summed"], srdi["split"]["setting"]) == (80, 2)
    units = [(row["province"], row["firms"], row["missing"]) for row in found["provinces"]["srdi"]]
    assert units == [("110000", 0, 30), ("440000", 0, 50)]  # no registry says where the firms are


def test_forecast_projects_what_was_observed_and_says_its_model(loaded: Home) -> None:
    found = json.loads(tidu("forecast", "--json", "--as-of", "2024-12-31").stdout)
    srdi = found["tiers"]["srdi"]
    assert (srdi["held"], srdi["observed"][-1]["passed"], srdi["observed"][-1]["failed"]) == (20, 15, 0)
    assert [row["day"] for row in srdi["projected"]] == [f"{year}-12-31" for year in range(2025, 2030)]
    assert found["tiers"]["little_giant"]["projected"] is None
    assert found["model"]["is_assumption"] is True
    assert json.loads(tidu("forecast", "--json", "--as-of", "2024-12-31").stdout) == found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["progress", "forecast"])
def test_the_words_come_in_both_languages(loaded: Home, command: str, language: str) -> None:
    result = tidu(command, "--language", language)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) >= 3


@pytest.mark.parametrize("command", ["progress", "forecast"])
def test_an_empty_store_is_refused(home: Home, command: str) -> None:
    assert tidu(command, "--json").exit_code == 1
