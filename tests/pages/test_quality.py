"""The page on quality, in each of its states and in each language, over a store that the real pipeline built."""

import sqlite3
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.manifest import published
from data.words import LANGUAGES, text
from pages.components.numbers import exact
from pages.components.receipt_words import moment
from pipelines.after_build import read_again
from pipelines.build import build
from pipelines.loading import load
from pipelines.quality import quality_of
from tests.pages.opened import opened
from tests.pipelines.small_files import firm, write_events, write_returns
from tests.pipelines.test_quality import write_jump, write_registry


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Four firms of Beijing expected, three with a return, one of them with a jump in its revenue."""
    folder = tmp_path_factory.mktemp("quality_page")
    home = Home(folder / "home")
    load(home, [write_jump(folder / "synthetic-a.csv"), write_registry(folder / "synthetic-c.csv", 9)])
    return home


@pytest.fixture(scope="module")
def read(store: Home) -> Home:
    """The store after the second reader."""
    current = published(store)
    assert current is not None
    read_again(store, current)
    return store


def page(monkeypatch: pytest.MonkeyPatch, home: Home, language: str = "zh", **address: str) -> AppTest:
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    return opened("quality", **{"lang": language, **address})


def values(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def tables(app: AppTest) -> list[tuple[str, ...]]:
    return [tuple(frame.value.columns) for frame in app.dataframe]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_facts_the_page_says_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = page(monkeypatch, Home(tmp_path / "none"), language)
    assert text("facts.none", language) in app.info[0].value
    assert values(app) == []


# First of those that use the store: later ones have it read a second time.
@pytest.mark.parametrize("language", LANGUAGES)
def test_until_the_second_reader_is_done_the_page_says_so_and_shows_the_rest(
    store: Home, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = page(monkeypatch, store, language)
    assert text("quality.reading", language, build=1) in [said.value for said in app.info]
    assert values(app)[0] == "—", "nothing is claimed before"
    assert values(app)[2] == "0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_counts_the_checks_on_which_both_readers_agree(
    read: Home, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    current = published(read)
    assert current is not None
    found = quality_of(current, read)
    assert found is not None
    app = page(monkeypatch, read, language)
    [verdict] = [said.value for said in app.success]
    assert str(found.agreed) in verdict
    assert values(app)[0] == exact(found.agreed)
    assert [said.value for said in app.error] == []
    assert any(text("app.synthetic", language) in said.value for said in app.caption)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_has_its_table(read: Home, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    app = page(monkeypatch, read, language)
    for name in ("share_pct", "days", "per_1000"):
        assert any(text(f"quality.column.{name}", language) in shown for shown in tables(app)), name
    labels = [button.label for button in app.get("download_button")]
    # Besides: what the returns point to and the registry lacks, counted and row by row.
    assert labels.count(text("twin.csv", language)) == 3 + 2


def test_warnings_per_thousand_rows_follow_the_receipts(read: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(monkeypatch, read)
    heading = text("quality.column.per_1000", "zh")
    [rates] = [frame.value for frame in app.dataframe if heading in frame.value.columns]
    assert list(rates[heading]) == [166.67, 0.0]
    assert values(app)[3] == exact(1000 / 7, 1)


def test_the_proof_of_coverage_lists_both_parts_and_who_is_missing(
    read: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(monkeypatch, read, proof="quality_unit")
    heading = text("quality.column.uscc", "zh")
    lists = [frame.value for frame in app.dataframe if heading in frame.value.columns]
    assert list(lists[0][heading]) == [firm(9)]
    assert list(lists[0][text("quality.column.cell", "zh")]) == ["A2"]
    labels = [tab.label for tab in app.tabs]
    for part, count in (("missing", 1), ("returned", 0), ("expected", 1)):
        said = text("proof.part", "zh", label=text(f"quality.part.{part}", "zh"), count=count)
        assert said in labels


def test_readers_that_differ_raise_an_alarm_that_names_check_counts_and_cell(
    read: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(read.work) as books:
        books.execute("UPDATE receipts SET findings = '{}'")
    current = build(read, "build", anew=True)
    read_again(read, current)
    found = quality_of(current, read)
    assert found is not None
    for language in LANGUAGES:
        app = page(monkeypatch, read, language)
        assert [said.value for said in app.success] == []
        said = text("quality.differ", language, count=1, agreed=values(app)[0], moment=moment(found.read_at))
        assert app.error[0].value == said
        heading = text("quality.column.second", language)
        [differences] = [frame.value for frame in app.dataframe if heading in frame.value.columns]
        assert list(differences[heading]) == [1]
        cells = [
            frame.value[text("quality.column.cell", language)].to_list()
            for frame in app.dataframe
            if text("quality.column.sheet", language) in frame.value.columns
            and text("quality.column.rule", language) in frame.value.columns
        ]
        assert cells == [["F5"]]


def test_a_province_that_never_sent_a_dataset_is_not_said_to_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    load(home, [write_returns(tmp_path / "a.csv", [1, 2]), write_events(tmp_path / "b.csv", [1])])
    app = page(monkeypatch, home)
    heading = text("quality.column.days", "zh")
    [fresh] = [frame.value for frame in app.dataframe if heading in frame.value.columns]
    assert set(fresh[text("quality.column.unit", "zh")]) == {"北京"}
    assert set(fresh[text("quality.column.dataset", "zh")]) == {"企业年度数据"}, (
        "titles of firms of no known province"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_that_point_to_what_is_not_there_are_counted_and_placed(
    read: Home, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = page(monkeypatch, read, language)
    told = "\n".join(part.value for part in app.warning)
    # Six returns of three firms, of which the registry knows none.
    assert text("quality.references_missing", language, rows="6", count="1") in told
    value = text("quality.column.value", language)
    frame = next(frame.value for frame in app.dataframe if value in frame.value.columns)
    assert list(frame[text("quality.column.cell", language)])[:2] == ["A2", "A3"]
    assert frame[value].iloc[0] == firm(1)


def test_where_every_reference_holds_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    former = tmp_path / "synthetic-d.csv"
    former.write_text(f"统一社会信用代码,曾用名\n{firm(9)},合成旧名公司\n", encoding="utf-8")
    _, current = load(home, [former, write_registry(tmp_path / "synthetic-c.csv", 9)])
    assert current is not None
    read_again(home, current)
    app = page(monkeypatch, home)
    assert text("quality.references_whole", "zh", count="1", rows="1") in [one.value for one in app.success]
