"""Official lists on the loading page: their terms, the names before loading, and what they did to the titles."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.words import LANGUAGES, text
from pipelines.loading import load
from pipelines.receipts import live
from pipelines.title_lists import Terms, load_lists
from tests.pages.opened import opened, sound
from tests.pipelines.small_files import firm

LISTED, REVIEWED = dt.date(2019, 6, 5), dt.date(2022, 8, 8)
FIRST = ["合成第1公司", "合成第2公司", "合成旧名公司", "合成第４公司"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture
def registry(home: Home, tmp_path: Path) -> Home:
    firms = "\n".join(f"{firm(at)},合成第{at}公司,北京市" for at in (1, 2, 3))
    (tmp_path / "firms.csv").write_text(f"统一社会信用代码,企业名称,省份\n{firms}\n", "utf-8")
    (tmp_path / "former.csv").write_text(f"统一社会信用代码,曾用名\n{firm(3)},合成旧名公司\n", "utf-8")
    load(home, [tmp_path / "firms.csv", tmp_path / "former.csv"])
    return home


def names(path: Path, listed: list[str]) -> Path:
    path.write_text("\n".join(["企业名称", *listed]), "utf-8")
    return path


def page(language: str = "zh") -> AppTest:
    return opened("load", lang=language, kind="lists")


def hand_over(app: AppTest, *files: Path) -> AppTest:
    app.file_uploader(key="list_files").set_value([(one.name, one.read_bytes(), "text/csv") for one in files])
    return sound(app.run())


def on_terms(app: AppTest, event: str, day: dt.date, batch: str = "", language: str = "zh") -> AppTest:
    app.selectbox(key=f"list_tier_{language}").set_value("little_giant")
    app.selectbox(key=f"list_event_{language}").set_value(event)
    app.date_input(key="list_day").set_value(day)
    app.text_input(key="list_batch").set_value(batch)
    return sound(app.run())


def press(app: AppTest) -> AppTest:
    app.button(key="list_load").click()
    return sound(app.run())


def said(app: AppTest) -> str:
    parts = (*app.success, *app.info, *app.error, *app.warning, *app.caption, *app.markdown)
    return "\n".join(part.value for part in parts)


def figures(app: AppTest, language: str = "zh") -> list[str]:
    metrics = {metric.label: metric.value for metric in app.metric}
    return [
        metrics[text(f"title_lists.figure.{of}", language)] for of in ("before", "after", "opened", "ended")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_how_a_list_is_loaded(home: Home, language: str) -> None:
    app = page(language)
    assert text("title_lists.how", language) in said(app)
    assert text("title_lists.no_batches", language) in said(app)
    assert not home.work.exists(), "looking creates nothing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_shows_its_names_is_loaded_on_its_terms_and_says_what_it_did(
    registry: Home, tmp_path: Path, language: str
) -> None:
    app = hand_over(page(language), names(tmp_path / "list.csv", [*FIRST, FIRST[0]]))
    assert app.button(key="list_load").disabled
    assert text("title_lists.missing_day", language) in said(app)
    app = on_terms(app, "recognised", LISTED, language=language)
    counted = {
        "names": 4,
        "code": 0,
        "name": 2,
        "former_name": 1,
        "listed": 0,
        "confirmed": 0,
        "unmatched": 1,
        "repeated": 1,
    }
    assert text("title_lists.counts", language, **counted) in said(app)
    assert text("title_lists.missing_batch", language) in said(app)
    unmatched = app.dataframe[0].value
    assert list(unmatched[text("title_lists.column.name", language)]) == ["合成第４公司"]
    assert "合成第1公司" in unmatched[text("title_lists.column.alike", language)][0]
    assert len(live(registry)) == 2, "nothing is loaded before the button is pressed"
    app = press(on_terms(app, "recognised", LISTED, "1", language))
    receipt = live(registry)[-1]
    assert receipt.terms == Terms("little_giant", "recognised", LISTED, "1").kept()
    assert figures(app, language) == ["0", "4", "4", "0"]
    told = app.success[0].value
    assert str(receipt.id) in told
    assert LISTED.isoformat() in told
    assert text("title_lists.warned.unmatched", language, count=1) in app.warning[0].value
    assert list(app.dataframe[0].value[text("proof.column.cell", language)]) == ["A5"]
    assert "list_result_csv" in [button.proto.id.split("-")[-1] for button in app.get("download_button")]
    assert "list_load" not in [button.key for button in app.button], "there is nothing left to load"


def test_a_review_list_offers_the_known_batches_and_ends_what_is_not_on_it(
    registry: Home, tmp_path: Path
) -> None:
    first = Terms("little_giant", "recognised", LISTED, "第一批")
    load_lists(registry, [names(tmp_path / "a.csv", FIRST)], first)
    app = on_terms(page(), "review_passed", REVIEWED)
    assert "第一批" in said(app)
    app.selectbox(key="list_replaces_little_giant_zh").set_value("第一批")
    app = hand_over(sound(app.run()), names(tmp_path / "b.csv", FIRST[:3]))
    assert text("title_lists.will_end", "zh") in said(app)
    app = press(app)
    assert (
        live(registry)[-1].terms
        == Terms("little_giant", "review_passed", REVIEWED, "第一批", "第一批").kept()
    )
    assert figures(app) == ["4", "3", "3", "1"]


def test_the_proof_of_what_ended_names_the_title_and_its_cell(registry: Home, tmp_path: Path) -> None:
    load_lists(registry, [names(tmp_path / "a.csv", FIRST)], Terms("little_giant", "recognised", LISTED, "1"))
    app = page()
    app.query_params["proof"] = "list_ended"
    app = hand_over(on_terms(app, "cancelled", REVIEWED, "1"), names(tmp_path / "b.csv", FIRST[:1]))
    app = press(app)
    assert figures(app) == ["4", "3", "0", "1"]
    column = text("proof.column.ended_by", "zh")
    ended = next(frame.value for frame in app.dataframe if column in frame.value.columns)
    assert ended[text("proof.column.cell", "zh")].to_list() == ["A2"]
    assert ended[column].to_list() == [text("proof.ended_by.cancelled_for_cause", "zh")]


def test_the_same_list_on_other_terms_can_be_loaded_and_on_the_same_terms_not(
    registry: Home, tmp_path: Path
) -> None:
    path = names(tmp_path / "a.csv", FIRST)
    load_lists(registry, [path], Terms("little_giant", "recognised", LISTED, "1"))
    app = on_terms(hand_over(page(), path), "recognised", LISTED, "1")
    assert "回执3" in app.info[0].value
    assert "list_load" not in [button.key for button in app.button]
    app = on_terms(app, "recognised", LISTED, "2")
    assert not app.button(key="list_load").disabled


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_list_shows_its_findings_and_keeps_no_other_out(
    registry: Home, tmp_path: Path, language: str
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("企业名称,省份\n合成第1公司,火星省\n", "utf-8")
    app = hand_over(page(language), bad)
    assert text("load.refused", language, errors="1", warnings="0") in app.error[0].value
    app = on_terms(hand_over(app, bad, names(tmp_path / "a.csv", FIRST)), "recognised", LISTED, "1", language)
    app = press(app)
    assert [one.file for one in live(registry)][2:] == ["a.csv"]
    assert figures(app, language) == ["0", "4", "4", "0"]


def test_a_list_in_two_files_is_one_list(registry: Home, tmp_path: Path) -> None:
    parts = names(tmp_path / "a.csv", FIRST[:2]), names(tmp_path / "b.csv", FIRST[1:])
    app = on_terms(hand_over(page("en"), *parts), "recognised", LISTED, "1", "en")
    assert app.button(key="list_load").label == text("title_lists.button_many", "en", count=2)
    app = press(app)
    assert figures(app, "en") == ["0", "4", "4", "0"]
    assert len(live(registry)) == 4
