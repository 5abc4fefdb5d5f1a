"""The self-evaluation page: each field saved, two writers told, handed in, locked; errors marked, others' refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import access
from data.home import Home
from data.readers import Reader
from data.words import LANGUAGES, text
from pipelines.workflow import self_evaluation as own
from tests.pages.small_programme import (
    AT,
    FILES,
    GUANGDONG,
    NINGXIA,
    press,
    said,
    seen_as,
    small_store,
    sound,
)
from tests.pipelines.small_files import firm

BY = Reader("province", unit=GUANGDONG)
KEY = f"self_{AT.code}_{GUANGDONG}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return small_store(tmp_path)


def page(language: str = "en", layer: str = "process", code: str = f"province.{GUANGDONG}") -> AppTest:
    return seen_as(code, "self_evaluation", language, layer=layer)


def saved(home: Home, indicator: str = "execution") -> own.Entry:
    return own.read(home, BY, AT, GUANGDONG).entry(indicator)


def fill(app: AppTest, value: float, indicator: str = "execution") -> AppTest:
    app.number_input(key=f"{KEY}_{indicator}_value").set_value(value)
    return sound(app.run())


def hand_in(home: Home) -> None:
    """What the dialog's button does; a dialog is not drawn again in a test."""
    seen = {entry.indicator: entry.version for entry in own.read(home, BY, AT, GUANGDONG).entries.values()}
    own.submit(home, BY, AT, {"execution": Decimal("4.5")}, seen=seen, build=1, synthetic=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_of_a_layer_is_there_with_what_was_computed(home: Home, language: str) -> None:
    app = page(language)
    fields = {one.key for one in app.number_input}
    assert {f"{KEY}_{code}_value" for code in ("execution", "direct_share", "report_30_days")} <= fields
    assert "**4.50**" in [one.value for one in app.markdown]  # three quarters of six points were paid out
    assert text("appraisal.notice", language) in app.caption[0].value


def test_a_field_is_on_the_disk_as_soon_as_it_is_left(home: Home) -> None:
    app = fill(page(), 4.5)
    assert (saved(home).value, saved(home).version) == (Decimal("4.5"), 1)
    app.text_area(key=f"{KEY}_execution_said").set_value("  跨年支付 ")
    sound(app.run())
    assert saved(home).explanation == "跨年支付"
    assert page().number_input(key=f"{KEY}_execution_value").value == 4.5


def test_a_difference_without_explanation_is_named_and_keeps_it_from_being_handed_in(home: Home) -> None:
    app = fill(page(), 6)
    assert "+1.50" in said(app)
    assert app.button(key="self_submit").disabled
    app.text_area(key=f"{KEY}_execution_said").set_value("年底支付凭证次年入账")
    assert not sound(app.run()).button(key="self_submit").disabled


def test_two_people_in_one_field_see_both_versions_and_choose(home: Home) -> None:
    app = page()
    own.save(home, BY, AT, "execution", seen=0, value="3", explanation="同事填的")
    app = fill(app, 5)
    assert "同事填的" in app.error[0].value
    assert saved(home).value == 3
    press(app, f"{KEY}_execution_mine")
    assert saved(home).value == 5
    assert saved(home).version == 2


def test_the_other_version_can_be_taken(home: Home) -> None:
    app = page()
    own.save(home, BY, AT, "execution", seen=0, value="3")
    app = press(fill(app, 5), f"{KEY}_execution_theirs")
    assert app.number_input(key=f"{KEY}_execution_value").value == 3
    assert saved(home).value == 3


def test_empty_fields_are_filled_with_what_was_computed_and_filled_ones_are_left_alone(home: Home) -> None:
    own.save(home, BY, AT, "execution", seen=0, value="3", explanation="有争议")
    press(page(), "self_adopt")
    assert saved(home).value == 3
    assert saved(home, "innovation_tasks").value == 20, "the whole of its layer: no other task is set"
    assert saved(home, "plan_quality").version == 0


def test_handing_in_gives_a_receipt_locks_and_enters_the_facts(home: Home) -> None:
    app = fill(page(), 4.5)
    press(app, "self_submit")
    hand_in(home)
    standing = own.read(home, BY, AT, GUANGDONG)
    assert standing.state == "submitted"
    assert standing.handed_in is not None
    app = page()
    assert "submitted self-evaluation stands (receipt 1" in app.warning[0].value
    assert standing.handed_in.sha256 in said(app)
    assert f"{KEY}_execution_value" not in {one.key for one in app.number_input}
    facts = access.read(BY.scope, home).table("self_evaluation_values").pl()
    assert facts.filter(indicator="execution")["province_value"].to_list() == [4_500_000]
    assert (
        access.read(Reader("province", unit=NINGXIA).scope, home)
        .table("self_evaluation_values")
        .pl()
        .is_empty()
    )


def test_what_was_returned_says_why_and_can_be_edited_again(home: Home) -> None:
    fill(page(), 4.5)
    hand_in(home)
    own.give_back(home, Reader("ministry"), AT, GUANGDONG, "口径有误")
    app = page()
    assert "口径有误" in app.warning[0].value
    fill(app, 4)
    assert saved(home).value == 4


def hand_over(app: AppTest, content: str) -> AppTest:
    app.file_uploader[0].set_value([("tasks.csv", content.encode(), "text/csv")])
    return sound(app.run())


def test_a_file_with_errors_comes_back_marked_and_loads_when_mended(home: Home) -> None:
    lines = [FILES["tasks"][0], f"round-1,3,2024,{firm(1)},digital,十,5"]
    app = hand_over(page(), "\n".join(lines))
    assert text("upload.mark", "en") in [one.label for one in app.get("download_button")]
    assert "self_load" not in {one.key for one in app.button}
    lines[1] = lines[1].replace("十", "10")
    press(hand_over(page(), "\n".join(lines)), "self_load")
    assert access.read(BY.scope, home).table("tasks").pl().height == 2


def test_rows_of_another_province_are_refused_and_named(home: Home) -> None:
    lines = [
        FILES["tasks"][0],
        f"round-1,3,2024,{firm(1)},digital,10,5",
        f"round-1,3,2024,{firm(2)},cloud,10,5",
    ]
    app = hand_over(page(), "\n".join(lines))
    assert "1 rows of the file are not this province's" in app.error[0].value
    assert "row 3" in app.error[0].value
    assert "self_load" not in {one.key for one in app.button}


def test_the_reports_and_the_template_can_be_asked_for(home: Home) -> None:
    labels = {one.label for one in page().get("download_button")}
    assert {
        text(f"self_evaluation.report.{kind}_{code}", "en") for kind in ("docx", "pdf") for code in LANGUAGES
    } <= labels
    assert text("upload.template_zh", "en") in labels


def test_without_facts_the_first_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "empty"))
    assert text("facts.none", "zh") in said(page("zh"))
