"""The page that loads files and goes back, in each of its states and in each language."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.manifest import published
from data.words import LANGUAGES, text
from pipelines.count import count
from pipelines.intake.template import write_workbook
from pipelines.loading import load
from pipelines.receipt_list import ChangedError, go_back, going_back, receipts
from pipelines.receipts import live
from pipelines.rollback import roll_back
from tests.pages.opened import opened, sound
from tests.pipelines.small_files import write_returns

CSV = "text/csv"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def page(language: str = "zh") -> AppTest:
    return opened("load", lang=language)


def hand_over(app: AppTest, *files: Path) -> AppTest:
    app.file_uploader[0].set_value([(file.name, file.read_bytes(), CSV) for file in files])
    return sound(app.run())


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return sound(app.run())


def said(app: AppTest) -> str:
    parts = (*app.success, *app.info, *app.error, *app.warning, *app.caption, *app.markdown)
    return "\n".join(part.value for part in parts)


def bad(path: Path) -> Path:
    write_returns(path, [1, 2])
    path.write_text(path.read_text(encoding="utf-8").replace("800", "八百", 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_the_first_step(home: Home, language: str) -> None:
    app = page(language)
    assert app.title[0].value == text("load.title", language)
    assert text("load.no_receipts", language) in said(app)
    assert not home.work.exists(), "looking creates nothing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_with_errors_is_refused_and_nothing_is_stored(
    home: Home, tmp_path: Path, language: str
) -> None:
    app = hand_over(page(language), bad(tmp_path / "bad.csv"))
    assert text("load.refused", language, errors="1", warnings="0") in app.error[0].value
    assert app.button(key="load_button").disabled
    labels = [button.label for button in app.get("download_button")]
    assert text("upload.mark", language) in labels
    assert live(home) == []
    assert list(home.intake.glob("*")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_accepted_file_is_loaded_only_when_the_button_is_pressed(
    home: Home, tmp_path: Path, language: str
) -> None:
    app = hand_over(page(language), write_returns(tmp_path / "a.csv", [1, 2]))
    assert live(home) == []
    app = press(app, "load_button")
    assert count(home, "annual_returns") == 2
    [receipt], build = live(home), published(home)
    assert build is not None
    assert text("load.none_superseded", language) in said(app)
    assert build.receipts == (receipt.id,)
    headings = {text("load.column.receipt_id", language), text("load.column.build", language)}
    assert headings <= {column for frame in app.dataframe for column in frame.value.columns}
    assert "load_button" not in [button.key for button in app.button], "there is nothing left to load"


def test_a_workbook_of_several_datasets_is_loaded_with_a_receipt_for_each(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    goals = {"province": "330000", "year": 2025, "tier": "srdi", "target": 100}
    write_workbook({"provincial_targets": [goals], "province_context": [{**goals, "smes": 5}]}, path, "zh")
    app = press(hand_over(page(), path), "load_button")
    assert {receipt.dataset: receipt.id for receipt in live(home)} == {
        "provincial_targets": 1, "province_context": 2
    }  # fmt: skip
    [told] = [box.value for box in app.success]
    assert "回执1：已入库1行**，数据集为省级培育目标" in told
    assert "回执2：已入库1行**，数据集为省级背景数据" in told
    again = hand_over(page(), path)
    assert "回执1、2" in said(again)
    assert "load_button" not in [button.key for button in again.button]


def test_a_correction_says_how_many_rows_of_which_receipt_it_supersedes(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    app = hand_over(page(), write_returns(tmp_path / "b.csv", [2, 3], revenue=2000))
    app = press(app, "load_button")
    assert text("load.superseded", "zh", rows="1", receipts="1") in said(app)
    assert count(home, "annual_returns") == 3


def test_a_file_can_replace_a_receipt_as_a_whole(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    app = hand_over(page(), write_returns(tmp_path / "b.csv", [2], revenue=2000))
    app.selectbox(key="load_replaces_zh").set_value(1)
    app = sound(app.run())
    assert text("load.will_replace", "zh", receipt=1) in said(app)
    app = press(app, "load_button")
    assert count(home, "annual_returns") == 1
    assert text("load.superseded", "zh", rows="2", receipts="1") in said(app)


def test_a_file_whose_receipt_to_replace_was_withdrawn_meanwhile_is_loaded_by_itself(
    home: Home, tmp_path: Path
) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    app = hand_over(page(), write_returns(tmp_path / "b.csv", [2], revenue=2000))
    app.selectbox(key="load_replaces_zh").set_value(1)
    app = sound(app.run())
    app.button(key="load_button").click()
    roll_back(home, 0)
    sound(app.run())
    assert receipts(home).select("counts", "replaces").rows() == [(True, None), (False, None)]
    assert count(home, "annual_returns") == 1


def test_the_same_bytes_again_change_nothing_and_name_their_receipt(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    app = hand_over(page(), write_returns(tmp_path / "under another name.csv", [1, 2]))
    assert "回执1" in app.info[0].value
    assert "load_button" not in [button.key for button in app.button]


def test_of_several_files_the_good_ones_are_loaded_and_each_one_s_findings_can_be_seen(
    home: Home, tmp_path: Path
) -> None:
    files = [
        bad(tmp_path / "bad.csv"),
        write_returns(tmp_path / "a.csv", [5]),
        write_returns(tmp_path / "b.csv", [6]),
    ]
    app = hand_over(page("en"), *files)
    table = app.dataframe[0].value
    assert list(table[text("load.column.standing", "en")]) == ["refused", "ready to load", "ready to load"]
    assert app.button(key="load_button").label == text("load.button_many", "en", count=2)
    assert text("load.refused", "en", errors="1", warnings="0") in app.error[0].value
    app = press(app, "load_button")
    assert count(home, "annual_returns") == 2
    assert "receipt 2" in list(app.dataframe[0].value[text("load.column.standing", "en")])[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_going_back_names_the_receipts_and_asks_before_it_does_anything(
    home: Home, tmp_path: Path, language: str
) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    load(home, [write_returns(tmp_path / "b.csv", [3])])
    app = press(page(language), "load_back")
    assert text("load.confirm_withdrawn", language, count=1) in said(app)
    named = app.dataframe[-1].value
    assert list(named[text("load.column.file", language)]) == ["b.csv"]
    assert count(home, "annual_returns") == 3, "nothing happens before the confirmation"
    assert app.button(key="load_confirm").label == text("load.confirm_button", language)


def test_what_going_back_would_do_is_what_it_does(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    load(home, [write_returns(tmp_path / "b.csv", [3])])
    shown = going_back(1, home)
    assert (shown.withdrawn, shown.taken_back) == ((2,), ())
    load(home, [write_returns(tmp_path / "c.csv", [4])])
    with pytest.raises(ChangedError):
        go_back(1, shown, home)
    assert count(home, "annual_returns") == 4
    done = go_back(1, going_back(1, home), home)
    assert tuple(done.withdrawn) == (2, 3)
    assert (going_back(3, home).withdrawn, going_back(3, home).taken_back) == ((), (2, 3))


def test_the_receipts_say_what_counts_and_what_was_withdrawn(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    load(home, [write_returns(tmp_path / "synthetic-b.csv", [2])], sample_of=20)
    roll_back(home, 1)
    found = receipts(home)
    assert found.select("receipt_id", "counts", "synthetic", "sample_of").rows() == [
        (2, False, True, 20), (1, True, False, None)
    ]  # fmt: skip
    table = next(frame.value for frame in page().dataframe if "回执" in frame.value.columns)
    assert list(table[text("load.column.state", "zh")]) == ["已撤回", "有效"]
