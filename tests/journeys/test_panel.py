"""A panel grades five provinces: three panelists who do not see each other, a chair who decides, one published run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import expect

from data.appraisal_policy import load_scheme
from data.appraisals import Appraisal
from data.dataset import contract
from data.home import Home
from data.published import units
from data.readers import Reader
from data.words import text
from pipelines.workflow import panel
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.chromium

# Each language its own appraisal, so that both can be published on one store.
APPRAISALS = {"zh": Appraisal("round-1", 3, 2025), "en": Appraisal("round-2", 1, 2025)}
FIRST, *OTHERS = PROVINCES = ("320000", "340000", "370000", "420000", "510000")
SCORES = {1: 82, 2: 88, 3: 64}


def reason(seat: int) -> str:
    return f"第{seat}席：措施较实，佐证齐全"


def appraisal_name(language: str) -> str:
    of = APPRAISALS[language]
    rounds = {value.code: getattr(value, language) for value in contract("key_firms").column("round").values}
    return text("work.appraisal_name", language, round=rounds[of.round], batch=of.support_batch, year=of.year)


def names(language: str) -> dict[str, str]:
    return dict(units().select("code", "short_zh" if language == "zh" else "name_en").iter_rows())


def arrive(visitor: Callable[..., Visitor], language: str, seat: int) -> Visitor:
    """The first panelist by the switch, the others by a link, as the chair sends it."""
    appraisal = APPRAISALS[language]
    if seat > 1:
        return visitor(language, "my_reviews", **{"as": f"panelist.{seat}", "appraisal": appraisal.code})
    me = visitor(language)
    me.become("panelist", "seat", text("reader.seat_of", language, seat=seat), f".{seat}")
    me.go("my_reviews")
    me.pick("work.appraisal", appraisal_name(language))
    return me


def review_on_the_page(visitor: Callable[..., Visitor], language: str, seat: int, tmp_path: Path) -> None:
    """A panelist scores the first province, blind until the scores are handed in."""
    me = arrive(visitor, language, seat)
    judged = load_scheme(APPRAISALS[language].round).judged
    for at in range(len(judged)):
        # Nobody waits for the page between two fields.
        me.write("spinbutton", "my_reviews.score", str(SCORES[seat] + at), at)
        me.write("textbox", "my_reviews.reason", reason(seat), at)
    me.settle()
    expect(me.page.get_by_text(me.said("my_reviews.blind"))).to_be_visible()
    shown = me.page.content()
    assert not any(reason(other) in shown for other in SCORES if other != seat)
    me.press("my_reviews.submit")
    # The page has gone on to the next province.
    me.pick("reader.unit", me.said("my_reviews.choice.done", unit=names(language)[FIRST]))
    expect(me.page.get_by_text(me.said("my_reviews.colleagues_title"))).to_be_visible()
    if seat == 1:
        expect(me.page.get_by_text(me.said("my_reviews.no_colleagues"))).to_be_visible()
        return
    seen = me.csv(f"colleagues_{FIRST}_csv", tmp_path / f"colleagues{seat}.csv")
    assert set(seen[me.said("work.column.reason")]) == {reason(other) for other in range(1, seat)}
    assert seen.height == len(judged) * (seat - 1)


def review_the_others(home: Home, appraisal: Appraisal, seat: int) -> None:
    """The same without the page: the panel has four more provinces."""
    judged = load_scheme(appraisal.round).judged
    scores = {code: (str(SCORES[seat] + at), reason(seat)) for at, code in enumerate(judged)}
    by = Reader("panelist", seat=seat)
    panel.hand_in_reviews(home, by, appraisal, dict.fromkeys(OTHERS, scores))


@pytest.mark.parametrize("language", APPRAISALS)
def test_three_panelists_score_blind_the_chair_decides_and_the_run_is_published(
    visitor: Callable[..., Visitor], demo: Home, tmp_path: Path, language: str
) -> None:
    appraisal, known = APPRAISALS[language], names(language)
    grades = {code: getattr(grade, language) for code, grade in load_scheme(appraisal.round).grades.items()}

    chair = visitor(language)
    chair.become("chair")
    chair.go("decide")
    chair.pick("work.appraisal", appraisal_name(language))
    chair.tab("decide.tab.assign")
    chair.add("decide.assign_units", *(known[province] for province in PROVINCES))
    chair.add("decide.assign_seats", *(chair.said("reader.seat_of", seat=seat) for seat in SCORES))
    chair.press("decide.assign_button")
    for seat in SCORES:
        review_on_the_page(visitor, language, seat, tmp_path)
        review_the_others(demo, appraisal, seat)

    # The model's grade is taken with one click; another one needs its reason.
    chair.tab("decide.tab.grade")
    decided = {}
    for province in PROVINCES:
        chair.pick("reader.unit", known[province])
        form = chair.page.get_by_test_id("stForm").locator("visible=true")
        taken = form.get_by_role("radio", checked=True)
        if province == FIRST or not taken.count():
            form.get_by_role("radio", name=grades["fair"], exact=True).click()
            chair.press("decide.button")
            expect(
                chair.page.get_by_role("alert").filter(has_text=chair.said("decide.no_reason"))
            ).to_be_visible()
            chair.write("textbox", "decide.reason", "专家组合议，以现场核查为准")
        decided[province] = form.get_by_role("radio", checked=True).inner_text()
        chair.press("decide.button")
    assert chair.figure("decide.figure.decided") == chair.said("my_province.filled", filled=5, all=5)

    chair.tab("decide.tab.publish")
    chair.press("decide.publish")
    frozen = chair.save("decide_manifest", tmp_path / "run.json").read_bytes()
    expect(chair.page.get_by_text(hashlib.sha256(frozen).hexdigest())).to_be_visible()
    inputs = json.loads(frozen)["inputs"]
    assert {row["province"]: grades[row["grade"]] for row in inputs["decisions"]} == decided
    assert len(inputs["panel"]) == len(PROVINCES) * len(SCORES) * len(load_scheme(appraisal.round).judged)
    minutes = docx.Document(str(chair.save("decide_minutes_docx", tmp_path / "minutes.docx")))
    cells = [[cell.text for cell in row.cells] for table in minutes.tables for row in table.rows]
    for province, grade in decided.items():
        assert any(known[province] in row and grade in row for row in cells)

    # Somebody of the ministry finds the published run, not a preview.
    other = visitor(language, "appraisal_results", **{"as": "ministry", "appraisal": appraisal.code})
    expect(other.page.get_by_text(other.said("results.preview"))).to_have_count(0)
    expect(other.page.get_by_text(hashlib.sha256(frozen).hexdigest()[:8])).to_be_visible()
    key = f"results_{appraisal.code}".replace(".", "-")
    other.page.locator(f".st-key-{key}_tabs").get_by_role(
        "tab", name=other.said("twin.table"), exact=True
    ).click()
    rows = other.csv(f"{key}_csv", tmp_path / "results.csv")
    shown = dict(
        rows.select(other.said("results.column.unit"), other.said("results.column.grade")).iter_rows()
    )
    assert {known[province]: grade for province, grade in decided.items()}.items() <= shown.items()
