"""The funds page: headlines with their cells, flow by province, flags with article and records, filters, empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.pages.opened import in_force, opened
from tests.pipelines.demo_country import own_copy
from tests.pipelines.fund_files import load_funds
from tests.pipelines.small_files import firm, write_events, write_returns


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("funds")
    load_funds(Home(folder / "home"), folder / "files")
    with in_force(Home(folder / "home")) as home:
        yield home


def funds(**address: str) -> AppTest:
    return opened("funds", **({"as_of": "2025-12-31"} | address))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def flow(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value.set_index("Unit or tranche")


def findings(app: AppTest) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if "Finding" in frame.value.columns)


def said(app: AppTest) -> str:
    return " ".join(element.value for element in app.main if element.type in ("caption", "markdown"))


def test_the_headline_says_what_was_received_paid_used_and_waits(home: Home) -> None:
    app = funds(lang="en")
    assert metrics(app) == {
        "Received (m yuan)": "3.5",
        "Paid (m yuan)": "1.9",
        "Used (m yuan)": "0.49",
        "Not paid (m yuan)": "1.6",
    }
    assert "54.3 % of what was received" in said(app)
    assert "2 tranches unpaid after 90 days (product assumption)" in said(app)


def test_each_province_has_its_flow_ratios_and_days(home: Home) -> None:
    rows = flow(funds(lang="en"))
    assert rows.index.to_list() == ["Shenzhen", "Guangdong", "Ningxia"]
    guangdong, ningxia = rows.loc["Guangdong"], rows.loc["Ningxia"]
    assert (guangdong["Paid of received (%)"], guangdong["Paid to firms (%)"]) == (100, 90)
    assert (guangdong["Days to plan, median"], guangdong["Days to payment, longest"]) == (30, 51)
    assert (ningxia["Not paid (10k yuan)"], ningxia["Oldest unpaid (days)"]) == (50, 244)
    assert pd.isna(ningxia["Used of paid (%)"])
    assert rows.loc["Shenzhen", "Paid (10k yuan)"] == 89.999999


def test_a_headline_is_proved_by_its_rows_down_to_the_cell(home: Home) -> None:
    app = funds(lang="en", proof="paid")
    paid, received = (frame.value for frame in app.dataframe[-2:])
    assert paid[["File", "Cell", "Amount (10k yuan)"]].values.tolist() == [
        ["payments.csv", "J2", 60],
        ["payments.csv", "J3", 30],
        ["payments.csv", "J4", 10],
        ["payments.csv", "J5", 89.999999],
    ]
    assert received["Cell"].to_list() == ["G2", "G3", "G4"]


def test_the_flags_stand_in_words_with_article_and_the_products_own_are_marked(home: Home) -> None:
    rows = findings(funds(lang="en")).set_index(["Check", "Reporting unit"])
    assert len(rows) == 6
    share = rows.loc[("Planned share to firms", "Shenzhen")]
    assert "89.99 %" in share["Finding"] and "short by 0.01 yuan" in share["Finding"]
    assert (share["Document"], share["Source mark"], share["Product's own"]) == ("财建〔2021〕2号", "S", "")
    assert rows.loc[("Idle money", "Ningxia")]["Product's own"] == "yes"


def test_a_flag_is_proved_by_the_rows_behind_it(home: Home) -> None:
    app = funds(lang="en", proof="platform_use|round-1|3|1|440000|p9|")
    wrong, all_used = (frame.value for frame in app.dataframe[-2:])
    assert wrong[["Cell", "Number, use or reason"]].values.tolist() == [["C3", "own construction"]]
    assert all_used["Cell"].to_list() == ["C3", "C4"]
    assert any("财建〔2021〕2号 safeguards: management of funds" in element.value for element in app.markdown)


def test_the_verdict_and_the_check_can_be_chosen(home: Home) -> None:
    rows = findings(funds(lang="en", verdict="unjudged"))
    assert set(rows["Check"]) == {
        "Planned share to firms",
        "Planned share for empowerment",
        "Whom platforms serve",
    }
    rows = findings(funds(lang="en", verdict="met", rule="plan_report"))
    assert rows["Reporting unit"].to_list() == ["Guangdong"]


def test_round_and_batch_province_and_day_cut_everything(home: Home) -> None:
    second = funds(lang="en", programme="round-2")
    assert metrics(second)["Received (m yuan)"] == "0.5"
    assert flow(second).index.to_list() == ["Ningxia"]
    one = funds(lang="en", programme="round-1.3", province="440300")
    assert flow(one).index.to_list() == ["first round (2021 to 2025), support batch 3, tranche 1"]
    assert set(findings(one)["Reporting unit"]) == {"Shenzhen"}
    early = funds(lang="zh", as_of="2025-03-31")
    assert metrics(early) == {
        "收到（元）": "300万",
        "支付（元）": "0",
        "使用（元）": "0",
        "未支付（元）": "300万",
    }


def test_published_transfers_that_differ_from_what_was_received_are_named(home: Home) -> None:
    app = funds(lang="en")
    table = app.dataframe[-1].value
    assert table[["Reporting unit", "Verdict"]].values.tolist() == [
        ["Shenzhen", "differs"],
        ["Ningxia", "received, not published"],
    ]
    assert table["Received less published (10k yuan)"][0] == -1


@pytest.fixture
def grown(home: Home, tmp_path: Path) -> Iterator[None]:
    """Six little giants, three of them key firms whose money came in 2025; revenue of 2024 and 2025."""
    listed = tmp_path / "key_firms.csv"
    rows = [f"round-1,3,广东省,{firm(at)},合成第{at}公司" for at in (1, 2, 3)]
    listed.write_text(
        "\n".join(["轮次,支持批次,省份,统一社会信用代码,企业名称", *rows]) + "\n", encoding="utf-8"
    )
    files = [
        listed,
        write_events(tmp_path / "titles.csv", range(1, 7), "little_giant"),
        write_returns(tmp_path / "before.csv", range(1, 7), 2024, 1000),
        write_returns(tmp_path / "supported.csv", (1, 2, 3), 2025, 1200),
        write_returns(tmp_path / "others.csv", (4, 5), 2025, 1100),
        write_returns(tmp_path / "last.csv", (6,), 2025, 1050),
    ]
    own = own_copy(home, tmp_path / "home")
    outcomes, _ = load(own, files)
    assert all(one.receipt for one in outcomes), [one.checked.findings.to_dicts() for one in outcomes]
    with in_force(own):
        yield


def growth(app: AppTest) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if "Difference (points)" in frame.value.columns)


def test_growth_of_supported_firms_stands_beside_that_of_others(grown: None) -> None:
    app = funds(lang="en", as_of="2026-06-30")
    assert growth(app).values.tolist() == [
        ["All units", 3, 3, 20.0, 10.0, 10.0],
        ["Beijing", 3, 3, 20.0, 10.0, 10.0],
    ]
    assert "not the effect of support" in said(app)
    # Money that came in 2025 supported nobody in 2024: there is nothing to compare before 2025 is over.
    assert not any("points" in str(frame.value.columns) for frame in funds(lang="en").dataframe)


def test_growth_is_proved_by_each_firm_down_to_the_cell_of_its_revenue(grown: None) -> None:
    app = funds(lang="en", as_of="2026-06-30", proof="growth")
    own, others = (frame.value for frame in app.dataframe[-2:])
    assert own[["File", "Cell", "Revenue (10k yuan)", "Growth (%)"]].values.tolist() == [
        ["supported.csv", f"F{row}", 1200, 20] for row in (2, 3, 4)
    ]
    assert others[["File", "Growth (%)"]].values.tolist() == [
        ["others.csv", 10],
        ["others.csv", 10],
        ["last.csv", 5],
    ]
    assert any("10.0 points" in element.value for element in app.markdown)


def test_a_day_before_any_money_says_so(home: Home) -> None:
    app = funds(lang="en", as_of="2024-01-01")
    assert "No money" in app.info[0].value
    assert not app.metric


def test_without_facts_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "none"))
    app = funds(lang="en")
    assert "tidu demo" in app.info[0].value


def test_facts_without_fund_data_say_which_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    (tmp_path / "local.csv").write_text(
        "省份,年度,来源,金额（万元）\n广东省,2025,local,5\n", encoding="utf-8"
    )
    load(Home(tmp_path / "home"), [tmp_path / "local.csv"])
    app = funds(lang="zh")
    assert "fund_receipts" in app.info[0].value
