"""A panelist's page: own provinces only, blind, each score saved, handed in and locked."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.readers import Reader
from data.words import LANGUAGES, text
from pages.components.receipt_words import moment
from pipelines.workflow import panel
from tests.pages.opened import sound
from tests.pages.small_programme import AT, GUANGDONG, NINGXIA, press, said, seen_as, small_store

CHAIR, ONE, TWO = Reader("chair"), Reader("panelist", seat=1), Reader("panelist", seat=2)
FIELD = "plan_quality"
KEY = f"review_{AT.code}_{GUANGDONG}_1_{FIELD}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    home = small_store(tmp_path)
    panel.assign(home, CHAIR, AT, GUANGDONG, {1, 2})
    panel.assign(home, CHAIR, AT, NINGXIA, {2})
    return home


def page(code: str = "panelist.1", language: str = "en", **address: str) -> AppTest:
    return seen_as(code, "my_reviews", language, **address)


def score(app: AppTest, value: float, reason: str = "") -> AppTest:
    app.number_input(key=f"{KEY}_value").set_value(value)
    app.run()
    if reason:
        app.text_area(key=f"{KEY}_said").set_value(reason)
        app.run()
    return sound(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_the_schemes_judged_indicators_for_own_provinces(home: Home, language: str) -> None:
    app = page(language=language)
    judged = ("plan_quality", "allocation_rationale", "supervision_quality", "self_evaluation_quality")
    assert {f"review_{AT.code}_{GUANGDONG}_1_{code}_value" for code in judged} <= {
        one.key for one in app.number_input
    }
    [choice] = [one for one in app.main.selectbox if one.key and one.key.startswith("filter_unit")]
    assert len(choice.options) == 1


def test_a_score_is_on_the_disk_as_soon_as_it_is_left(home: Home) -> None:
    score(page(), 80, "任务不够具体")
    saved = panel.review(home, ONE, AT, GUANGDONG).score(FIELD)
    assert (saved.value, saved.reason) == (80, "任务不够具体")


def test_lost_points_without_a_reason_are_not_handed_in(home: Home) -> None:
    app = press(score(page(), 80), "review_submit")
    assert text("my_reviews.no_reason", "en") in app.error[0].value
    assert panel.review(home, ONE, AT, GUANGDONG).number is None


def test_a_panelist_is_blind_until_handed_in_and_then_locked(home: Home) -> None:
    panel.save_score(home, TWO, AT, GUANGDONG, FIELD, seen=0, score="40", reason="方案笼统")
    panel.submit_scores(home, TWO, AT, GUANGDONG, [FIELD], seen={FIELD: 1})
    app = page()
    assert text("my_reviews.blind", "en") in said(app)
    assert not [frame for frame in app.dataframe if "Seat" in frame.value.columns]
    app = press(score(app, 80, "任务不够具体"), "review_submit")
    assert app.number_input == [] or f"{KEY}_value" not in {one.key for one in app.number_input}
    assert "they cannot be changed" in app.warning[0].value
    [others] = [frame.value for frame in app.dataframe if "Seat" in frame.value.columns]
    assert others[["Seat", "Score (%)"]].values.tolist() == [[2, 40.0]]


def test_a_seat_without_provinces_is_told_so(home: Home) -> None:
    assert text("my_reviews.none", "en") in said(page("panelist.7"))


def test_the_evidence_names_why_points_are_lost(home: Home) -> None:
    assert "50% of the weighted tasks are done" in said(page("panelist.2", unit=NINGXIA))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_handed_in_stays_in_view_with_its_receipt_and_the_way_to_the_next(
    home: Home, language: str
) -> None:
    panel.assign(home, CHAIR, AT, NINGXIA, {1, 2})
    app = press(score(page(language=language), 80, "任务不够具体"), "review_submit")
    done = panel.review(home, ONE, AT, GUANGDONG)
    assert done.number is not None
    assert done.submitted_at is not None
    receipt = {"number": done.number, "at": moment(done.submitted_at), "hash": done.sha256[:16]}
    assert text("my_reviews.receipt", language, **receipt) in [one.value for one in app.success]
    assert f"{KEY}_value" not in {one.key for one in app.number_input}
    following = KEY.replace(GUANGDONG, NINGXIA)
    assert f"{following}_value" not in {one.key for one in app.number_input}, "it does not go on by itself"
    app = press(app, "review_next")
    assert f"{following}_value" in {one.key for one in app.number_input}
