"""The pages of the facts over a small synthetic country that went through the real loader: what they show is there."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.manifest import published
from data.words import text
from pipelines.demo_store import load_country
from pipelines.registry_scores import write_names, write_scores
from tests.pages.opened import opened

FIRMS, SEED = 2_000, 2025


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("country") / "home")
    load_country(home, FIRMS, SEED)
    build = published(home)
    write_names(home, build)
    write_scores(home, build)
    return home


@pytest.fixture
def page(country: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDU_HOME", str(country.folder))

    def shown(stem: str, **address: str) -> AppTest:
        return opened(stem, **address)

    return shown


def scores(country: Home, tier: str) -> pl.DataFrame:
    return pl.read_parquet(country.derived / str(published(country).build) / f"scores_{tier}.parquet")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("stem", ["gradient", "load", "quality"])
def test_every_page_of_the_facts_says_its_build_and_that_it_is_synthetic(
    page, stem: str, language: str
) -> None:
    app = page(stem, lang=language)
    said = " ".join(caption.value for caption in app.caption)
    assert text("app.synthetic", language) in said
    assert text("facts.build", language, build=1, day="", time="").split("1")[0].strip() in said
    assert app.title[0].value == text(f"{stem}.title", language)


def test_the_scored_firms_are_those_of_the_registry(page, country: Home) -> None:
    app = page("gradient", lang="en", tier="srdi")
    shown = [metric.value for metric in app.metric]
    every = scores(country, "srdi")
    assert shown[0] == f"{every.height:,}"
    assert shown[1] == f"{(every['verdict'] == 1).sum():,}"


def test_the_receipts_are_listed_newest_first(page, country: Home) -> None:
    app = page("load", lang="en")
    listed = next(frame.value for frame in app.dataframe if "Receipt" in frame.value.columns)
    assert listed["Receipt"].tolist() == sorted(published(country).receipts, reverse=True)


@pytest.mark.parametrize("stem", ["gradient", "load", "quality"])
def test_before_the_first_build_a_page_says_what_to_do_first(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "empty"))
    app = opened(stem, lang="en")
    assert text("facts.none", "en") in " ".join(
        [*(info.value for info in app.info), *(caption.value for caption in app.caption)]
    )
