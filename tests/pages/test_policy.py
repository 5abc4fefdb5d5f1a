"""The page of policy documents: register, duties, days, notices, readings, measures with what the units reported."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.pages.small_programme import seen_as

MEASURES = [
    "省份,年度,措施序号,状态,文号,指标值",
    "广东省,2025,8,已建立并执行,粤财〔2025〕1号,30",
    "宁夏回族自治区,2025,8,推进中,,29.999999",
    "宁夏回族自治区,2025,24,已建立并执行,,4",
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def table(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in (*app.dataframe, *app.table) if column in frame.value.columns)


def said(app: AppTest) -> str:
    return " ".join(element.value for element in app.main if element.type in ("caption", "markdown", "info"))


def test_the_documents_stand_with_publisher_date_and_standing(home: Home) -> None:
    rows = table(seen_as("", "policy"), "Publisher").set_index("Number")
    assert rows.loc["财建〔2021〕2号", ["Publisher", "Date", "Standing"]].to_list() == [
        "MOF and MIIT",
        "2021-02-02",
        "in force",
    ]


def test_every_part_of_the_register_is_shown_in_both_languages(home: Home) -> None:
    app = seen_as("", "policy", topic="duties")
    assert "17 departments signed" in said(app)
    assert "Distribution plan" in table(app, "Who")["Page"].to_list()
    app = seen_as("", "policy", topic="texts")
    assert "no intermediary is needed" in said(app) and "zjtx.miit.gov.cn" in said(app)
    assert "不收取任何费用" in said(seen_as("", "policy", "zh", topic="texts"))
    assert 8 in table(seen_as("", "policy", topic="calendar"), "Days")["Days"].to_list()
    assert len(table(seen_as("", "policy", topic="readings"), "Evidence")) == 12
    assert "text alone" in " ".join(table(seen_as("", "policy", topic="measures"), "Content")["Content"])


def test_without_reports_the_measures_say_what_to_load(home: Home) -> None:
    assert "environment_measures" in said(seen_as("", "policy", topic="measures"))


def test_what_the_units_reported_is_counted_held_against_the_share_and_proved(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "measures.csv"
    file.write_text("\n".join(MEASURES) + "\n", encoding="utf-8")
    outcomes, _ = load(home, [file])
    assert [one.checked.findings.to_dicts() for one in outcomes if one.receipt is None] == []
    app = seen_as("", "policy", topic="measures", proof="measure_8")
    counted = table(app, "Not reported").set_index("Reporting unit")
    assert counted.loc["Ningxia"].to_list() == [1, 1, 0, 23]
    shares = table(app, "Share reached").set_index("Reporting unit")
    assert shares["Share reached"].to_dict() == {"Guangdong": "reached", "Ningxia": "not reached"}
    assert app.dataframe[-1].value["Cell"].to_list() == ["D2", "D3"]
