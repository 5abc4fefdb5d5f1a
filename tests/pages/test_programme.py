"""The programme page: floors beside figures, work done, units look by look with their rows, the rounds side by side."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.pages.small_programme import seen_as, small_store
from tests.pipelines.small_files import firm

MORE = {
    "platforms": [
        "轮次,支持批次,省份,统一社会信用代码,平台名称,级别",
        f"round-1,3,广东省,{firm(9)},合成9平台,national",
    ],
    "platform_services": [
        "平台信用代码,服务对象信用代码,服务日期,服务方向,点对点",
        f"{firm(9)},{firm(1)},2024-06-01,digital,是",
    ],
    "disclosures": ["省份,年度,类型,公开日期,网址", "广东省,2024,lists,2024-07-01,https://example.org/a"],
    "supervision": ["省份,日期,类型,对象,结果", "广东省,2024-05-06,inspection,合成1公司,正常"],
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    home = small_store(tmp_path)
    for name, lines in MORE.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    outcomes, _ = load(home, [tmp_path / f"{name}.csv" for name in MORE])
    assert [one.checked.findings.to_dicts() for one in outcomes if one.receipt is None] == []
    return home


def page(**address: str) -> AppTest:
    return seen_as("", "programme", **({"as_of": "2024-12-31"} | address))


def table(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in (*app.dataframe, *app.table) if column in frame.value.columns)


def said(app: AppTest) -> str:
    return " ".join(element.value for element in app.main if element.type in ("caption", "markdown"))


def test_the_headlines_stand_beside_the_floors_of_the_round(home: Home) -> None:
    app = page()
    assert {metric.label: metric.value for metric in app.metric} == {
        "Key little giants (firms)": "2",
        "Central (m yuan)": "4",
        "Point-to-point service": "50.0 %",
        "Tasks done": "50.0 %",
    }
    assert "2, at least 1,000 over all batches" in said(app)
    assert "0.0 % of its floor" in said(app)
    assert "10,000,000,000 yuan" in said(app)


def test_a_floor_of_the_country_does_not_stand_beside_one_province(home: Home) -> None:
    assert "at least 1,000" not in said(page(province="440000"))


def test_a_headline_is_proved_down_to_the_cell(home: Home) -> None:
    rows = page(proof="firms").dataframe[-1].value
    assert rows[["File", "Cell"]].values.tolist() == [["key_firms.csv", "D2"], ["key_firms.csv", "D3"]]


def test_units_show_supervision_and_disclosure_of_the_year_with_the_rows_behind(home: Home) -> None:
    visits = table(page(look="supervision"), "Inspections").set_index("Reporting unit")
    assert visits["Inspections"].to_dict() == {"Guangdong": 1, "Ningxia": 0}
    app = page(look="disclosure", proof="disclosure")
    assert str(table(app, "Lists")["Lists"].iloc[0])[:10] == "2024-07-01"
    assert "https://example.org/a" in app.dataframe[-1].value.iloc[0].to_list()


def test_services_stand_by_line_and_industries_by_section(home: Home) -> None:
    lines = table(page(work="services"), "Service line").set_index("Service line")
    assert lines["Services"].sum() == 1 and len(lines) == 7
    assert table(page(work="industries"), "Section of industry")["Share (%)"].to_list() == [100]


def test_the_rounds_stand_side_by_side_with_their_sources_even_without_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "empty"))
    rules = table(page(), "Rule").set_index("Rule")
    first, second = rules.columns[0], rules.columns[2]
    assert rules.loc["Directly to firms, at least", [first, second]].to_list() == ["90 %", "95 %"]
    assert rules.loc["Platforms for each province and batch, at most", second] == "—"
    assert "财建〔2021〕2号" in rules.loc["Central money in all, at least"].iloc[1]
