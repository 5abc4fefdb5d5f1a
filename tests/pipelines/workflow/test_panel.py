"""The panel: own provinces only, blind until handed in, not done is missing, locked afterwards."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from data.appraisals import Appraisal
from data.home import Home
from data.readers import OPERATOR, Reader
from pipelines.workflow import panel
from pipelines.workflow.refusals import ConflictError, IncompleteError, LockedError, NotAllowedError

AT = Appraisal("round-1", 3, 2025)
CHAIR, MINISTRY, PROVINCE = Reader("chair"), Reader("ministry"), Reader("province", unit="440000")
ONE, TWO, THREE = (Reader("panelist", seat=seat) for seat in (1, 2, 3))
JUDGED = ("plan_quality", "supervision_quality")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    panel.assign(found, CHAIR, AT, "440000", {1, 2})
    panel.assign(found, CHAIR, AT, "640000", {2})
    return found


def review(home: Home, by: Reader, province: str = "440000", *, score: str = "80") -> panel.Review:
    panel.save_score(home, by, AT, province, "plan_quality", seen=0, score=score, reason="指标可考核性不足")
    return panel.submit_scores(home, by, AT, province, JUDGED, seen={"plan_quality": 1})


def seen(home: Home, by: Reader, province: str | None = None) -> list[tuple]:
    found = panel.scores_visible(home, by, AT, province)
    return found.select("province", "indicator", "panelist", "score").rows()


def test_only_the_chair_assigns_and_only_seats_that_there_are(home: Home) -> None:
    with pytest.raises(NotAllowedError):
        panel.assign(home, MINISTRY, AT, "440000", {1})
    with pytest.raises(IncompleteError, match="0, 10"):
        panel.assign(home, CHAIR, AT, "440000", {0, 1, 10})
    assert panel.seats_of(home, AT) == {"440000": (1, 2), "640000": (2,)}
    assert panel.seats_of(home, Appraisal("round-2", 1, 2025)) == {}


def test_an_assignment_is_changed_but_never_under_a_review_that_is_handed_in(home: Home) -> None:
    review(home, ONE)
    panel.assign(home, CHAIR, AT, "440000", {3})
    assert panel.seats_of(home, AT)["440000"] == (1, 3)
    panel.assign(home, CHAIR, AT, "640000", set())
    assert "640000" not in panel.seats_of(home, AT)


def test_who_does_not_review_a_province_neither_reads_nor_scores_it(home: Home) -> None:
    for by in (ONE, CHAIR, MINISTRY, OPERATOR, PROVINCE):
        with pytest.raises(NotAllowedError):
            panel.review(home, by, AT, "640000")
        with pytest.raises(NotAllowedError):
            panel.save_score(home, by, AT, "640000", "plan_quality", seen=0, score="80")


@pytest.mark.parametrize("score", ["-1", "100.01", "eighty", "NaN"])
def test_a_score_is_a_share_of_the_points(home: Home, score: str) -> None:
    with pytest.raises(IncompleteError):
        panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score=score)


def test_a_score_keeps_its_decimals_and_whoever_saves_second_is_told(home: Home) -> None:
    saved = panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score="82.50", reason="好")
    assert (saved.version, saved.value) == (1, Decimal("82.50"))
    with pytest.raises(ConflictError) as told:
        panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score="10")
    assert told.value.current == saved


def test_a_panelist_is_blind_until_their_own_scores_of_the_province_are_handed_in(home: Home) -> None:
    panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score="100")
    review(home, TWO, score="60")
    review(home, TWO, "640000")
    assert seen(home, ONE) == [("440000", "plan_quality", 1, "100")]
    assert seen(home, TWO, "440000") == [("440000", "plan_quality", 2, "60")]
    panel.submit_scores(home, ONE, AT, "440000", JUDGED, seen={"plan_quality": 1})
    both = [("440000", "plan_quality", 1, "100"), ("440000", "plan_quality", 2, "60")]
    assert seen(home, ONE) == both
    assert seen(home, TWO, "440000") == both
    assert seen(home, THREE) == []


def test_the_chair_sees_what_was_handed_in_and_no_draft_and_a_province_sees_nothing(home: Home) -> None:
    panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score="100")
    review(home, TWO)
    for by in (CHAIR, MINISTRY, OPERATOR):
        assert seen(home, by) == [("440000", "plan_quality", 2, "80")]
    assert seen(home, PROVINCE) == []
    assert seen(home, Reader("finance")) == []
    progress = panel.panel_progress(home, AT).drop("submitted_at").rows()
    assert progress == [("440000", 1, 1), ("440000", 2, 1), ("640000", 2, 0)]


def test_what_was_not_scored_is_missing_and_what_was_taken_back_too(home: Home) -> None:
    panel.save_score(home, TWO, AT, "440000", "supervision_quality", seen=0, score="0", reason="无督导")
    panel.save_score(home, TWO, AT, "440000", "plan_quality", seen=0, score="70", reason="一般")
    panel.save_score(home, TWO, AT, "440000", "plan_quality", seen=1, score="", reason="")
    panel.submit_scores(home, TWO, AT, "440000", JUDGED, seen={"plan_quality": 2, "supervision_quality": 1})
    assert seen(home, CHAIR) == [("440000", "supervision_quality", 2, "0")]


def test_a_review_without_any_score_or_with_lost_points_without_reason_is_not_handed_in(home: Home) -> None:
    with pytest.raises(IncompleteError, match="nothing"):
        panel.submit_scores(home, ONE, AT, "440000", JUDGED, seen={})
    panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score="99.99")
    with pytest.raises(IncompleteError) as refused:
        panel.submit_scores(home, ONE, AT, "440000", JUDGED, seen={"plan_quality": 1})
    assert refused.value.fields == ("plan_quality",)
    panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=1, score="100")
    assert panel.submit_scores(home, ONE, AT, "440000", JUDGED, seen={"plan_quality": 2}).number == 1


def test_a_review_that_is_handed_in_is_locked(home: Home) -> None:
    done = review(home, ONE)
    assert done.submitted_at is not None
    with pytest.raises(LockedError):
        panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=1, score="90")
    with pytest.raises(LockedError):
        panel.submit_scores(home, ONE, AT, "440000", JUDGED, seen={"plan_quality": 1})


def test_a_score_saved_elsewhere_since_it_was_read_is_not_handed_in(home: Home) -> None:
    panel.save_score(home, ONE, AT, "440000", "plan_quality", seen=0, score="100")
    with pytest.raises(ConflictError):
        panel.submit_scores(home, ONE, AT, "440000", JUDGED, seen={})


def test_reviews_handed_in_together_are_the_same_as_one_by_one(home: Home, tmp_path: Path) -> None:
    scores = {"plan_quality": ("80", "指标可考核性不足"), "supervision_quality": ("100", "")}
    panel.hand_in_reviews(home, TWO, AT, {"440000": scores, "640000": scores})
    one_by_one = Home(tmp_path / "other")
    panel.assign_all(one_by_one, CHAIR, AT, {"440000": {1, 2}, "640000": {2}})
    for province in ("440000", "640000"):
        for indicator, (score, reason) in scores.items():
            panel.save_score(one_by_one, TWO, AT, province, indicator, seen=0, score=score, reason=reason)
        panel.submit_scores(one_by_one, TWO, AT, province, JUDGED, seen=dict.fromkeys(JUDGED, 1))
    together, single = (
        panel.scores_visible(store, CHAIR, AT).drop("submitted_at") for store in (home, one_by_one)
    )
    assert together.equals(single) and together.height == 4
    with pytest.raises(LockedError):
        panel.save_score(home, TWO, AT, "640000", "plan_quality", seen=1, score="90")


def test_of_reviews_handed_in_together_all_are_taken_or_none(home: Home) -> None:
    good, bare = {"plan_quality": ("100", "")}, {"plan_quality": ("99", "")}
    with pytest.raises(IncompleteError):
        panel.hand_in_reviews(home, TWO, AT, {"440000": good, "640000": bare})
    with pytest.raises(NotAllowedError):
        panel.hand_in_reviews(home, ONE, AT, {"440000": good, "640000": good})
    panel.save_score(home, TWO, AT, "640000", "plan_quality", seen=0, score="70")
    with pytest.raises(ConflictError):
        panel.hand_in_reviews(home, TWO, AT, {"440000": good, "640000": good})
    assert seen(home, CHAIR) == []
    panel.hand_in_reviews(home, TWO, AT, {"440000": good})
    with pytest.raises(LockedError):
        panel.hand_in_reviews(home, TWO, AT, {"440000": good})


def test_looking_at_an_empty_store_creates_nothing(tmp_path: Path) -> None:
    empty = Home(tmp_path / "empty")
    assert panel.seats_of(empty, AT) == {}
    assert panel.panel_progress(empty, AT).is_empty()
    assert panel.scores_visible(empty, CHAIR, AT).is_empty()
    with pytest.raises(NotAllowedError):
        panel.review(empty, ONE, AT, "440000")
    assert not empty.folder.exists()
