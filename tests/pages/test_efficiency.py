"""The efficiency page: ratios with their rows, the comparison and its warning, one unit in a sentence, empty states."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.pages.opened import opened
from tests.pipelines.fund_files import load_funds
from tests.pipelines.small_files import firm, write_returns

FILES = {
    "key_firms.csv": [
        "轮次,支持批次,省份,统一社会信用代码,企业名称",
        *(
            f"round-1,3,{place},{firm(at)},合成{at}公司"
            for place, at in (("广东省", 1), ("广东省", 2), ("深圳市", 3))
        ),
    ],
    "tasks.csv": [
        "轮次,支持批次,年度,统一社会信用代码,任务,目标值,实际值",
        f"round-1,3,2025,{firm(1)},rd_growth,10,10",
        f"round-1,3,2025,{firm(2)},rd_growth,10,12",
        f"round-1,3,2025,{firm(2)},digital,1,0",
        f"round-1,3,2025,{firm(3)},industrialisation,3,3",
    ],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("efficiency")
    found = Home(folder / "home")
    load_funds(found, folder / "files")
    for name, lines in FILES.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    outcomes, _ = load(found, [folder / name for name in FILES])
    assert all(one.receipt for one in outcomes), [one.checked.findings.to_dicts() for one in outcomes]
    return folder / "home"


@pytest.fixture
def home(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(store))


def efficiency(**address: str) -> AppTest:
    return opened("efficiency", **({"as_of": "2025-12-31"} | address))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def said(app: AppTest) -> str:
    return " ".join(element.value for element in app.main if element.type in ("caption", "markdown"))


def test_the_headline_says_how_much_was_paid_used_done_and_who_is_on_the_frontier(home) -> None:
    app = efficiency(lang="en", returns="crs")
    assert metrics(app) == {
        "Paid of received": "54.3 %",
        "Used of paid": "25.8 %",
        "Tasks per m yuan": "1.58",
        "On the frontier": "1 of 2",
    }
    assert "3 of 4 tasks reached their target" in said(app)
    assert "learning from peers, never the official grade" in said(app)


def test_too_few_units_are_warned_of(home) -> None:
    assert "2 units, and 15 are wanted" in efficiency(lang="en").warning[0].value


def test_one_unit_is_read_in_a_sentence_with_its_peers_beside_it(home) -> None:
    app = efficiency(lang="zh", returns="crs")
    assert "**深圳**为1.80：同样的资金，参照单位能办成其180%的任务" in said(app)
    assert "参照单位：广东（0.9）" in said(app)
    assert app.dataframe[-1].value.iloc[:, 0].to_list() == ["广东", "深圳"]
    other = efficiency(lang="zh", returns="crs", orientation="input", unit="440300")
    assert "**深圳**为0.56：参照单位用其56%的资金就能办成同样的任务" in said(other)
    assert "**广东**处在前沿" in said(efficiency(lang="zh", returns="crs", unit="440000"))


def test_a_unit_that_paid_or_did_nothing_is_left_out_by_name(home) -> None:
    assert "Not compared, because nothing was paid or done: Ningxia" in said(efficiency(lang="en"))


def test_the_proof_of_tasks_per_million_goes_down_to_the_cell(home) -> None:
    app = efficiency(lang="en", proof="done_per_million")
    tasks, paid = (frame.value for frame in app.dataframe[-2:])
    assert set(tasks["File"]) == {"tasks.csv"}
    assert tasks["Cell"].to_list() == ["G2", "G3", "G5"]
    assert paid["Amount (10k yuan)"].sum() == pytest.approx(189.999999)


def test_the_table_holds_every_ratio_and_follows_the_chosen_one(home) -> None:
    app = efficiency(lang="en", measure="execution_pct")
    table = app.dataframe[0].value
    assert table["Reporting unit"].to_list() == ["Guangdong", "Shenzhen", "Ningxia"]
    assert table["Paid of received (%)"].to_list() == [100.0, 45.0, 0.0]


def test_without_tasks_nobody_can_be_compared_and_the_page_says_the_first_step(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    load_funds(Home(tmp_path / "home"), tmp_path / "files")
    app = efficiency(lang="en")
    assert metrics(app)["On the frontier"] == "0 of 0"
    assert "key firms and their tasks" in app.info[-1].value


@pytest.mark.parametrize(("language", "step"), [("zh", "第一步"), ("en", "First step")])
def test_without_money_the_page_says_the_first_step(tmp_path, monkeypatch, language, step) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    assert step in efficiency(lang=language).info[0].value
    load(Home(tmp_path / "home"), [write_returns(tmp_path / "returns.csv", [1])])
    assert step in efficiency(lang=language).info[0].value
