"""The page of target progress: share, increase, pace, reached; the fan, the units' targets, publications beside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.words import LANGUAGES, text
from tests.pages.opened import in_force, opened
from tests.pipelines.small_files import firm, store_of

FIRMS = range(1, 13)
FILES = {
    "firms": ["统一社会信用代码,企业名称,省份", *(f"{firm(at)},合成{at}公司,广东省" for at in FIRMS)],
    "events": [
        "统一社会信用代码,企业名称,梯度,事件,日期,认定批次",
        *(f"{firm(at)},合成{at}公司,srdi,recognised,2021-0{1 + at % 6}-15,1" for at in FIRMS),
        *(f"{firm(at)},合成{at}公司,srdi,review_passed,2024-06-30,1" for at in range(1, 10)),
    ],
    "targets": ["省份,梯度,年度,目标（户）", "广东省,srdi,2024,18", "深圳市,srdi,2024,4"],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with in_force(store_of(tmp_path_factory.mktemp("store"), FILES)) as home:
        yield home


def progress(**address: str) -> AppTest:
    return opened("target_progress", **{"tier": "srdi", "lang": "zh", **address})


def figure(app: AppTest, of: str, language: str = "zh") -> str:
    return {metric.label: metric.value for metric in app.metric}[text(f"progress.figure.{of}", language)]


def table(app: AppTest, column: str, language: str = "zh"):
    header = text(f"progress.column.{column}", language)
    return next(frame.value for frame in app.dataframe if header in frame.value.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_are_those_of_the_registry_on_the_day(home: Home, language: str) -> None:
    app = progress(lang=language, as_of="2024-06-30")
    assert figure(app, "share", language) in ("0.0%", "0.0 %")
    assert figure(app, "increase", language) == "+3"
    assert figure(app, "pace", language) == text("progress.pace.insufficient", language)
    assert figure(app, "reached", language) == text("progress.not_reached", language)
    captions = " ".join(caption.value for caption in app.caption)
    assert "9÷100,000" in captions or "9 ÷ 100,000" in captions


def test_a_tier_without_a_comparable_publication_says_so(home: Home) -> None:
    app = progress(tier="innovative", as_of="2024-06-30")
    assert any(text("progress.published_none", "zh") in caption.value for caption in app.caption)


def test_the_projection_begins_after_the_data_and_its_model_is_said(home: Home) -> None:
    app = progress(as_of="2024-12-31")
    rows = table(app, "high_95")
    days = [str(day)[:10] for day in rows[text("progress.column.day", "zh")]]
    assert days[:6] == [*(f"{year}-12-31" for year in range(2029, 2024, -1)), "2024-12-31"]
    past = table(app, "pass_pct")
    assert past[text("progress.column.passed", "zh")].to_list() == [0, 0, 9]
    assert past[text("progress.column.failed", "zh")].to_list() == [0, 0, 3]


def test_without_a_review_there_is_no_projection_and_the_page_says_why(home: Home) -> None:
    app = progress(as_of="2023-12-31")
    assert text("progress.no_projection", "zh") in [caption.value for caption in app.caption]


def test_units_stand_against_their_own_targets_and_these_beside_the_national_one(home: Home) -> None:
    rows = table(progress(as_of="2024-12-31"), "missing")
    unit, missing = text("progress.column.unit", "zh"), text("progress.column.missing", "zh")
    assert list(zip(rows[unit], rows[missing], strict=True)) == [("深圳", 4), ("广东", 9)]
    said = [block.value for block in progress(as_of="2024-12-31").markdown]
    assert any("100,000" in block and "22" in block and "35" in block for block in said)


def test_a_year_without_targets_says_so(home: Home) -> None:
    app = progress(as_of="2023-06-30")
    assert text("progress.no_targets", "zh", year=2023) in [info.value for info in app.info]


def test_registry_and_publications_stand_side_by_side(home: Home) -> None:
    rows = table(progress(as_of="2024-12-31"), "registry")
    counted = rows.iloc[0].to_list()
    assert counted == [text("progress.measure.count", "zh"), "9", "约140,000"]


def test_a_proof_lists_the_titles_and_the_target(home: Home) -> None:
    app = progress(proof="progress_share", as_of="2024-12-31")
    held = [frame.value for frame in app.dataframe if text("proof.column.uscc", "zh") in frame.value.columns]
    assert sorted(len(rows) for rows in held) == [9]
    assert any("targets.yaml" in str(frame.value.to_dict()) for frame in app.dataframe)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_facts_the_page_says_what_to_do(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "none"))
    app = progress(lang=language)
    assert "tidu demo" in app.info[0].value
    assert not app.metric
