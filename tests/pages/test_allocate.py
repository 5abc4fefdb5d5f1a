"""The pages of the yuan: two scenarios over the facts or a file, a province's plan with its clock; both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from tests.pages.opened import opened
from tests.pipelines.demo_country import own_copy
from tests.pipelines.supported_files import supported_store

CENTRAL = "province,firms,continued,grade\n河南,10,10,excellent\n浙江,10,8,fair\n"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return supported_store(tmp_path_factory.mktemp("supported"))


@pytest.fixture
def home(loaded: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return own_copy(loaded, tmp_path / "home")


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def table_with(app: AppTest, column: str):
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def test_the_facts_fill_in_firms_and_who_continues(home: Home) -> None:
    app = opened("allocate", lang="zh", tranche="2")
    given = table_with(app, "firms").set_index("province")
    assert given.loc["330000", ["firms", "continued"]].tolist() == ["3", "2"]
    assert metrics(app)["资金总额"] == "800万元"
    assert metrics(app)["方案甲分配"] == "600万元"
    assert any("产品模型，并非正式资金文件" in caption.value for caption in app.caption)


def test_with_other_factors_the_difference_of_a_province_is_said_step_by_step(home: Home) -> None:
    app = opened("allocate", lang="en", source="file", round="round-1", tranche="2")
    assert "download the template" in app.info[0].value
    app.file_uploader[0].set_value(("given.csv", CENTRAL.encode(), "text/csv")).run()
    assert [error.message for error in app.exception] == []
    assert metrics(app) == {
        "Pot (mn yuan)": "40",
        "A allots (mn yuan)": "36",
        "B allots (mn yuan)": "32.8",
        "Provinces that differ": "1",
    }
    assert app.info[0].value == (
        "Zhejiang: 12,800,000 yuan under B, 3,200,000 yuan less than 16,000,000 yuan under A: "
        "factor by grade −3,200,000 yuan."
    )
    steps = table_with(app, "adds to the difference")
    assert steps["adds to the difference"].tolist()[2] == "−3,200,000 yuan"


def test_a_faulty_file_and_an_impossible_floor_are_said_and_nothing_is_shown(home: Home) -> None:
    app = opened("allocate", lang="en", source="file", round="round-1", tranche="2")
    app.file_uploader[0].set_value(("given.csv", b"province,firms\nNowhere,3\n", "text/csv")).run()
    assert "none of the 37 reporting units" in app.error[0].value
    app.file_uploader[0].set_value(("given.csv", CENTRAL.encode(), "text/csv")).run()
    app.text_input(key="allocate_a_floor_round-1_2_file").set_value("9000")
    next(button for button in app.button if "Calculate" in button.label).click()
    app.run()
    assert "the floors sum to 180,000,000 yuan" in app.error[0].value
    assert metrics(app) == {}


def test_a_scenario_can_share_out_what_is_withheld_with_a_reason(home: Home) -> None:
    app = opened("allocate", lang="en", source="file", round="round-1", tranche="2")
    app.file_uploader[0].set_value(("given.csv", CENTRAL.encode(), "text/csv")).run()
    app.text_input(key="allocate_a_share_out_round-1_2_file").set_value("all of it is needed this year")
    next(button for button in app.button if "Calculate" in button.label).click()
    app.run()
    assert metrics(app)["A allots (mn yuan)"] == "40"


def test_a_province_sees_its_receipts_and_the_days_left_to_report(home: Home) -> None:
    app = opened("distribution_plan", lang="zh", province="330000", as_of="2025-06-20")
    assert "还有11日" in app.info[0].value
    assert metrics(app)["收到金额"] == "400万元"
    checks = app.table[0].value.set_index("要求与本方案")["结论"]
    assert checks.filter(like="避免简单分配").str.replace("\u2060", "").tolist() == ["符合"]
    late = opened("distribution_plan", lang="en", province="330000", as_of="2025-07-04")
    assert "3 days overdue" in late.error[0].value


def test_a_report_on_day_thirty_is_on_time(home: Home) -> None:
    app = opened("distribution_plan", lang="en", province="330000", received="round-1.3.1")
    assert "within the 30 days (by 2024-03-31)" in app.success[0].value


def test_another_rule_shares_otherwise(home: Home) -> None:
    address = {"lang": "en", "province": "330000", "received": "round-1.3.1"}
    app = opened("distribution_plan", **address)
    by_investment = table_with(app, "amount (yuan)")["amount (yuan)"].tolist()
    app.selectbox(key="plan_rule_330000_round-1.3.1_en").set_value("score")
    next(button for button in app.button if "Draw up" in button.label).click()
    app.run()
    by_score = table_with(app, "amount (yuan)")["amount (yuan)"].tolist()
    assert sorted(map(float, by_investment[:3])) != sorted(map(float, by_score[:3]))
    assert float(by_investment[-1]) == float(by_score[-1]) == 6_000_000


def test_a_province_reader_sees_its_own_plan_alone(home: Home) -> None:
    own = opened("distribution_plan", **{"lang": "en", "as": "province.330000"})
    assert metrics(own)["Received (mn yuan)"] == "4"
    other = opened("distribution_plan", **{"lang": "en", "as": "province.410000"})
    assert metrics(other) == {}
    assert "no receipts of funds" in other.info[0].value


@pytest.mark.parametrize("name", ["allocate", "distribution_plan"])
def test_an_empty_store_says_the_first_step(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path))
    assert "第一步" in opened(name, lang="zh").info[0].value
