"""The chair's grades and the published run: a reason where it differs, frozen, and the same bytes when repeated."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from pipelines.workflow import decision, panel
from pipelines.workflow.refusals import ConflictError, IncompleteError, NotAllowedError

AT = Appraisal("round-1", 3, 2025)
CHAIR, ONE = Reader("chair"), Reader("panelist", seat=1)
GRADED = frozenset({"440000", "640000"})
RESULTS = {"440000": {"points": "91.2", "grade": "excellent"}, "640000": {"points": "75", "grade": "fair"}}
RUN = {"facts": "f" * 64, "scheme": {"code": "round-1", "sha256": "5" * 64}, "seed": 1, "results": RESULTS}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    for province in GRADED:
        panel.assign(found, CHAIR, AT, province, {1})
        panel.save_score(found, ONE, AT, province, "plan_quality", seen=0, score="100")
        panel.submit_scores(found, ONE, AT, province, ["plan_quality"], seen={"plan_quality": 1})
    return found


def decide(home: Home, province: str, grade: str, **given: object) -> decision.Decided:
    model = RESULTS[province]["grade"]
    return decision.decide(home, CHAIR, AT, province, grade, **{"seen": 0, "model_grade": model, **given})


def publish(home: Home, by: Reader = CHAIR, **given: object) -> decision.PublishedRun:
    seen = {"scores": panel.scores_visible(home, by, AT), "decided": decision.decisions(home, AT)}
    return decision.publish(home, by, AT, build=1, graded=GRADED, **{**RUN, **seen, **given})


def test_a_grade_that_differs_from_the_model_needs_its_reason(home: Home) -> None:
    with pytest.raises(IncompleteError):
        decide(home, "440000", "good")
    assert decide(home, "440000", "good", reason="考核期内发生重大问题").grade == "good"
    assert decide(home, "640000", "fair").reason == ""


def test_where_the_model_cannot_tell_the_grade_needs_its_reason(home: Home) -> None:
    with pytest.raises(IncompleteError):
        decide(home, "440000", "good", model_grade=None)


def test_only_the_chair_decides_and_on_what_stands(home: Home) -> None:
    with pytest.raises(NotAllowedError):
        decision.decide(home, Reader("ministry"), AT, "440000", "excellent", seen=0, model_grade="excellent")
    first = decide(home, "440000", "excellent")
    with pytest.raises(ConflictError) as told:
        decide(home, "440000", "excellent", reason="另一窗口")
    assert told.value.current == first
    assert decide(home, "440000", "good", seen=1, reason="复议").version == 2
    assert decision.decisions(home, AT).select("province", "grade", "version").rows() == [
        ("440000", "good", 2)
    ]


def test_decisions_given_together_are_all_taken_or_none(home: Home) -> None:
    with pytest.raises(IncompleteError):
        decision.decide_all(
            home, CHAIR, AT, {"440000": ("excellent", "excellent", ""), "640000": ("good", "fair", "")}
        )
    assert decision.decisions(home, AT).is_empty()
    decision.decide_all(
        home, CHAIR, AT, {"440000": ("excellent", "excellent", ""), "640000": ("good", None, "数据不全")}
    )
    assert decision.decisions(home, AT).select("province", "grade", "model_grade", "version").rows() == [
        ("440000", "excellent", "excellent", 1),
        ("640000", "good", None, 1),
    ]
    with pytest.raises(ConflictError):
        decision.decide_all(home, CHAIR, AT, {"640000": ("fair", "fair", "")})
    with pytest.raises(NotAllowedError):
        decision.decide_all(home, Reader("ministry"), AT, {"640000": ("fair", "fair", "")})


def test_a_run_is_published_only_when_every_province_is_decided(home: Home) -> None:
    decide(home, "440000", "excellent")
    with pytest.raises(IncompleteError) as refused:
        publish(home)
    assert refused.value.fields == ("640000",)
    decide(home, "640000", "fair")
    with pytest.raises(NotAllowedError):
        publish(home, Reader("ministry"))
    assert decision.published_run(home, AT) is None
    done = publish(home)
    assert decision.published_run(home, AT) == done
    assert done.content["results"] == RESULTS
    assert done.content["inputs"]["panel"][0]["score"] == "100"
    [file] = (home.folder / "published").iterdir()
    assert file.read_bytes() == done.manifest


def test_the_same_inputs_give_identical_bytes_and_no_second_run(home: Home, tmp_path: Path) -> None:
    for province, grade in (("440000", "excellent"), ("640000", "fair")):
        decide(home, province, grade)
    first = publish(home)
    assert publish(home).number == first.number
    # Elsewhere, decided in another order and at another time.
    other = Home(tmp_path / "other")
    for province in sorted(GRADED, reverse=True):
        panel.assign(other, CHAIR, AT, province, {1, 2})
        panel.save_score(other, ONE, AT, province, "plan_quality", seen=0, score="100")
        panel.submit_scores(other, ONE, AT, province, ["plan_quality"], seen={"plan_quality": 1})
        decide(other, province, RESULTS[province]["grade"])
    assert publish(other).manifest == first.manifest


def test_the_order_of_rows_changes_no_byte(home: Home) -> None:
    decide(home, "640000", "fair")
    decide(home, "440000", "excellent")
    scores, decided = panel.scores_visible(home, CHAIR, AT), decision.decisions(home, AT)
    written = {
        decision.manifest_bytes(AT, **RUN, scores=one, decided=other)
        for one in (scores, scores.reverse())
        for other in (decided, decided.reverse())
    }
    assert len(written) == 1


@pytest.mark.parametrize("changed", ["facts", "scheme", "seed", "score", "decision"])
def test_any_other_input_is_another_run(home: Home, changed: str) -> None:
    for province, grade in (("440000", "excellent"), ("640000", "fair")):
        decide(home, province, grade)
    scores, decided = panel.scores_visible(home, CHAIR, AT), decision.decisions(home, AT)
    run = dict(RUN)
    if changed == "score":
        scores = scores.with_columns(score=pl.lit("90"))
    elif changed == "decision":
        decided = decided.with_columns(reason=pl.lit("复议"))
    else:
        run[changed] = {"facts": "e" * 64, "scheme": {"code": "round-1", "sha256": "6" * 64}, "seed": 2}[
            changed
        ]
    other = json.loads(decision.manifest_bytes(AT, **run, scores=scores, decided=decided))
    assert other["inputs_sha256"] != publish(home).inputs_sha256


def test_a_run_computed_before_somebody_scored_or_decided_is_not_published(home: Home) -> None:
    for province, grade in (("440000", "excellent"), ("640000", "fair")):
        decide(home, province, grade)
    decided = decision.decisions(home, AT)
    decide(home, "640000", "good", seen=1, reason="复议")
    with pytest.raises(IncompleteError, match="meanwhile"):
        publish(home, decided=decided)


def test_after_a_run_every_change_needs_a_reason_and_the_run_stays_what_it_was(home: Home) -> None:
    for province, grade in (("440000", "excellent"), ("640000", "good")):
        decide(home, province, grade, reason="专家组意见")
    first = publish(home)
    with pytest.raises(IncompleteError):
        decide(home, "640000", "fair", seen=1)
    decide(home, "640000", "fair", seen=1, reason="更正：专家组意见录入有误")
    assert decision.published_run(home, AT) == first
    assert publish(home).number == first.number + 1
