"""A firm is found by what is known of it, and its record leads every figure back to a cell of a file."""

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.rulebook import standard
from data.words import LANGUAGES, text
from metrics.scoring.outcome import VERDICTS
from metrics.scoring.score import score_firms
from tests.metrics.scoring.firms import YEAR
from tests.pages.opened import in_force, opened, sound
from tests.pipelines import small_registry as registry

TIERS = ("innovative", "srdi", "little_giant")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the files that the store was loaded from."""
    folder = tmp_path_factory.mktemp("registry")
    with in_force(registry.scored_registry(folder)):
        yield folder / "files"


def page(language: str = "zh", **address: str) -> AppTest:
    return opened("firms", **{"lang": language, **address})


def found(app: AppTest, column: str = "uscc", language: str = "zh") -> list:
    name = text(f"firms.column.{column}", language)
    return next(list(frame.value[name]) for frame in app.dataframe if name in frame.value.columns)


def searched(wanted: str, **address: str) -> AppTest:
    app = page(**address)
    app.text_input(key="firms_find").set_value(wanted)
    return sound(app.run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_word_the_page_lists_firms(files, language: str) -> None:
    app = page(language)
    assert app.title[0].value == text("firms.title", language)
    assert len(found(app, language=language)) == 50


@pytest.mark.parametrize(
    "wanted",
    [registry.name(12), "第12精密", "第１２精密机械(集团", registry.code(12), registry.code(12)[:17]],
)
def test_a_firm_is_found_by_name_or_code(files, wanted: str) -> None:
    assert found(searched(wanted)) == [registry.code(12)]


def test_a_firm_is_found_by_a_former_name_which_is_shown(files) -> None:
    app = searched("老厂")
    assert (found(app), found(app, "former")) == ([registry.code(registry.RENAMED)], ["合成老厂"])
    assert found(app, "name") == [registry.name(registry.RENAMED)]


def test_nothing_found_says_what_to_do(files) -> None:
    assert searched("没有这家").info[0].value == text("firms.none_found", "zh")


def test_a_title_and_a_unit_narrow_the_list(files) -> None:
    assert set(found(page(held="srdi"))) == {registry.code(number) for number in range(5)}
    assert set(found(page(held="srdi", province="320000"))) == {registry.code(1), registry.code(4)}


def test_a_title_held_is_shown_beside_the_name(files) -> None:
    assert found(searched(registry.code(1)), "titles") == [text("tier_short.srdi", "zh")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_gives_the_verdict_under_each_standard(files, language: str) -> None:
    app = page(language, uscc=registry.code(12))
    wanted = {}
    for tier in TIERS:
        scored = score_firms(registry.typed(), standard("measures-2022", tier), YEAR)
        verdict = scored.filter(uscc=registry.code(12))["verdict"].item()
        wanted[text(f"tier_short.{tier}", language)] = text(
            f"score_firm.verdict.{VERDICTS[verdict]}", language
        )
    assert {metric.label: metric.value for metric in app.metric} == wanted


def test_every_figure_of_a_record_stands_in_the_cell_it_names(files) -> None:
    app = page("en", uscc=registry.code(12))
    cell = text("firms.cell.place", "en")
    rows = next(pl.from_pandas(frame.value) for frame in app.dataframe if cell in frame.value.columns)
    employees = rows.filter(pl.col(text("firms.cell.cell", "en")).str.starts_with("Employees"))
    assert employees.height >= 2
    for row in employees.to_dicts():
        with (files / row[text("firms.cell.file", "en")]).open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        place = row[cell]
        letters = place.rstrip("0123456789")
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        assert lines[int(place[len(letters) :]) - 1][column - 1] == row[text("firms.cell.entered", "en")]


def test_a_record_shows_the_titles_with_their_list(files) -> None:
    app = page("zh", uscc=registry.code(1))
    state = text("firms.term.state", "zh")
    rows = next(frame.value for frame in app.dataframe if state in frame.value.columns)
    assert list(rows[text("firms.term.valid_from", "zh")]) == ["2024-07-01"]
    assert list(rows[text("firms.term.opened", "zh")]) == [
        text("firms.file_row", "zh", file="synthetic-title_events.csv", row=3)
    ]


def test_the_reasons_open_one_standard_at_a_time(files) -> None:
    app = page(uscc=registry.code(12), explain="srdi")
    assert text("firms.explain_title", "zh", tier=text("tier.srdi", "zh")) in [
        part.value for part in app.subheader
    ]


def test_a_firm_without_a_return_of_the_year_is_said_to_be_undetermined(files) -> None:
    app = page(uscc=registry.code(registry.WITHOUT_RETURN))
    assert {metric.value for metric in app.metric} == {text("score_firm.verdict.undetermined", "zh")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_code_is_said_to_be_unknown_and_shown_as_plain_text(files, language: str) -> None:
    app = page(language, uscc="[x](http://example.org)")
    assert "\\[x\\]" in app.info[0].value


def test_the_way_back_leads_to_the_search(files) -> None:
    app = page(uscc=registry.code(12))
    next(button for button in app.button if button.label == text("firms.back", "zh")).click()
    app = sound(app.run())
    assert "uscc" not in app.query_params
    assert app.title[0].value == text("firms.title", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_facts_the_page_says_the_first_step(language: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path))
    assert text("facts.first_step", language) in page(language).info[0].value


def test_before_the_names_are_there_the_page_waits_for_the_worker(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path / "home")
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    build = registry.load_registry(home, tmp_path / "files")
    st.cache_data.clear()  # the same rows make the same build, which another test has read
    app = page()
    assert app.info[0].value == text(
        "gradient.waiting.write_names", "zh", build=1, rows=build.rows["annual_returns"]
    )
    # A record needs no index, and says of the scores alone that they are being computed.
    record = page(uscc=registry.code(12))
    assert record.title[0].value.startswith("合成第12")
    assert [metric.label for metric in record.metric] == []
