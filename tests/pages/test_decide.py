"""The chair's page: reviews assigned, scores side by side, a grade with its reason, one frozen run."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.readers import Reader
from data.words import LANGUAGES, text
from pipelines.workflow import decision, panel
from pipelines.workflow.self_evaluation import read, submit
from tests.pages.small_programme import AT, GUANGDONG, NINGXIA, press, said, seen_as, small_store

CHAIR = Reader("chair")
FIELD = "plan_quality"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return small_store(tmp_path)


def reviewed(home: Home) -> None:
    """Three seats, two provinces; the third is severe, and has one review open."""
    for unit in (GUANGDONG, NINGXIA):
        panel.assign(home, CHAIR, AT, unit, {1, 2, 3})
        for seat, score in ((1, "80"), (2, "84"), (3, "50")):
            by = Reader("panelist", seat=seat)
            panel.save_score(home, by, AT, unit, FIELD, seen=0, score=score, reason="一般")
            if (unit, seat) != (NINGXIA, 3):
                panel.submit_scores(home, by, AT, unit, [FIELD], seen={FIELD: 1})


def page(language: str = "en", **address: str) -> AppTest:
    return seen_as("chair", "decide", language, **address)


def table(app: AppTest, column: str):
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_reviews_the_first_step_is_named(home: Home, language: str) -> None:
    assert text("decide.nobody", language) in said(page(language))


def test_the_chair_assigns_seats(home: Home) -> None:
    app = page()
    app.multiselect(key="assign_units").set_value([GUANGDONG, NINGXIA])
    app.multiselect(key="assign_seats").set_value([1, 2])
    press(app, "FormSubmitter:decide_assign")
    assert panel.seats_of(home, AT) == {GUANGDONG: (1, 2), NINGXIA: (1, 2)}


def test_who_is_severe_stands_first_and_an_open_review_counts_for_nothing(home: Home) -> None:
    reviewed(home)
    app = page()
    seats = table(app, "Against the others (points)")
    assert seats[["Seat", "Scores", "Against the others (points)"]].values.tolist()[0] == ["3", 1, -32.0]
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Reviews outstanding"] == "1"
    assert metrics["Provinces decided"] == "0 / 2"


def test_the_scores_of_a_province_stand_side_by_side(home: Home) -> None:
    reviewed(home)
    side = table(page(unit=GUANGDONG), "Seat 1").set_index("Indicator")
    assert side.loc["Quality of the plan"].tolist() == [80, 84, 50, pytest.approx(71.333, abs=1e-3)]


def decide_on(app: AppTest, unit: str, grade: str, reason: str = "") -> AppTest:
    [choice] = [
        one for one in app.get("button_group") if (one.key or "").startswith(f"decide_{AT.code}_{unit}")
    ]
    choice.set_value(grade)
    [field] = [one for one in app.text_area if (one.key or "").startswith(f"decide_{AT.code}_{unit}")]
    field.set_value(reason)
    return press(app, f"FormSubmitter:decide_{AT.code}_{unit}")


def test_a_grade_other_than_the_models_needs_a_reason(home: Home) -> None:
    reviewed(home)
    app = decide_on(page(unit=GUANGDONG), GUANGDONG, "excellent")
    assert text("decide.no_reason", "en") in app.error[0].value
    assert decision.decisions(home, AT).is_empty()
    decide_on(page(unit=GUANGDONG), GUANGDONG, "excellent", "现场核查结果好")
    assert decision.decisions(home, AT).select("province", "grade", "reason").rows() == [
        (GUANGDONG, "excellent", "现场核查结果好")
    ]


def test_a_run_is_published_when_all_are_decided_and_again_gives_the_same(home: Home) -> None:
    reviewed(home)
    assert page().button(key="decide_publish").disabled
    for unit in (GUANGDONG, NINGXIA):
        decide_on(page(unit=unit), unit, "good", "专家组合议")
    app = press(page(), "decide_publish")
    run = decision.published_run(home, AT)
    assert run is not None
    assert run.manifest_sha256 in said(app)
    labels = [one.label for one in app.get("download_button")]
    assert text("decide.minutes_docx", "en") in labels
    press(page(), "decide_publish")
    assert decision.published_run(home, AT) == run
    assert {row["province"] for row in run.content["inputs"]["decisions"]} == {GUANGDONG, NINGXIA}


def test_a_self_evaluation_is_returned_with_its_reason(home: Home) -> None:
    province = Reader("province", unit=GUANGDONG)
    submit(home, province, AT, {"execution": None}, seen={}, build=1, synthetic=True)
    app = page()
    app.text_input(key="give_back_reason").set_value("附件不全")
    press(app, "FormSubmitter:decide_give_back")
    assert read(home, province, AT, GUANGDONG).returned == "附件不全"
