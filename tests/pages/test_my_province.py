"""The province's own page: its points, what is left to do with its date, and nobody else's figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.home import Home
from data.readers import Reader
from data.words import LANGUAGES, text
from pipelines.workflow import self_evaluation as own
from tests.pages.small_programme import AT, GUANGDONG, NINGXIA, said, seen_as, small_store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return small_store(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_whose_it_is_and_that_points_are_a_product_model(home: Home, language: str) -> None:
    app = seen_as(f"province.{GUANGDONG}", "my_province", language)
    assert text("appraisal.notice", language) in app.caption[0].value
    assert {"zh": "广东", "en": "Guangdong"}[language] in app.caption[0].value


def test_a_quota_whose_plan_is_not_reported_stands_first_with_its_day(home: Home) -> None:
    todo = seen_as(f"province.{GUANGDONG}", "my_province").dataframe[0].value
    first = todo.iloc[0]
    assert first["What"] == "Report the distribution plan of tranche 1"
    assert str(first["Due"])[:10] == "2024-12-20"
    assert "Report the distribution plan" not in "".join(
        seen_as(f"province.{NINGXIA}", "my_province").dataframe[0].value["What"]
    )


def test_money_paid_is_shown_and_proved_by_the_provinces_own_rows(home: Home) -> None:
    app = seen_as(f"province.{GUANGDONG}", "my_province", proof="paid")
    assert {metric.label: metric.value for metric in app.metric}["Budget execution"] == "75.0 %"
    shown = [frame.value for frame in app.dataframe if "Numerator" in frame.value.columns]
    cells = {(row["File"], row["Cell"]) for frame in shown for _, row in frame.iterrows()}
    assert ("fund_receipts.csv", "F2") in cells
    assert ("fund_payments.csv", "J2") in cells


def test_the_form_counts_what_is_filled_in(home: Home) -> None:
    own.save(home, Reader("province", unit=GUANGDONG), AT, "execution", seen=0, value="4.5")
    app = seen_as(f"province.{GUANGDONG}", "my_province")
    assert {metric.label: metric.value for metric in app.metric}["Filled in"].startswith("1 / ")
    other = seen_as(f"province.{NINGXIA}", "my_province")
    assert {metric.label: metric.value for metric in other.metric}["Filled in"].startswith("0 / ")


def test_a_province_that_takes_no_part_is_told_so(home: Home) -> None:
    assert "takes no part" in said(seen_as("province.110000", "my_province"))


def test_without_facts_the_first_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "empty"))
    assert text("facts.none", "en") in said(seen_as(f"province.{GUANGDONG}", "my_province"))
    assert not (tmp_path / "empty").exists()
