"""The page of due titles: what falls due, what is overdue, who missed the update, and the firms behind each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.words import LANGUAGES, text
from tests.pages.opened import in_force, opened
from tests.pipelines.small_files import firm, store_of

UNITS = {1: "广东省", 2: "广东省", 3: "宁夏回族自治区", 4: "宁夏回族自治区"}
BATCHES = {1: ("2022-03-01", "1"), 2: ("2022-09-01", "2"), 3: ("2022-11-01", "2"), 4: ("2024-07-01", "3")}
FILES = {
    "firms": [
        "统一社会信用代码,企业名称,省份",
        *(f"{firm(at)},合成{at}公司,{unit}" for at, unit in UNITS.items()),
    ],
    "events": [
        "统一社会信用代码,企业名称,梯度,事件,日期,认定批次",
        *(f"{firm(at)},合成{at}公司,little_giant,recognised,{day},{no}" for at, (day, no) in BATCHES.items()),
    ],
}
UPDATES = [
    "统一社会信用代码,梯度,年度,完成日期",
    f"{firm(1)},little_giant,2025,2025-04-01",
    f"{firm(2)},little_giant,2025,",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with in_force(store_of(tmp_path_factory.mktemp("store"), FILES)) as home:
        yield home


def due(**address: str) -> AppTest:
    return opened("titles_due", **{"as_of": "2025-06-01", "lang": "zh", **address})


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def figure(app: AppTest, of: str, language: str = "zh") -> str:
    return metrics(app)[text(f"due.figure.{of}", language)]


def codes(app: AppTest) -> list[str]:
    """The credit codes of the list of firms, the last table of the page."""
    column = text("proof.column.uscc", "zh")
    return sorted(app.dataframe[-1].value[column])


@pytest.mark.parametrize("language", LANGUAGES)
def test_due_and_overdue_titles_are_counted_from_the_day(home: Home, language: str) -> None:
    app = due(lang=language)
    assert (figure(app, "due", language), figure(app, "overdue", language)) == ("2", "1")
    assert figure(app, "most", language) in ("广东", "Guangdong", "宁夏", "Ningxia")


@pytest.mark.parametrize(("months", "count"), [("3", "1"), ("6", "2"), ("36", "3")])
def test_the_span_decides_what_is_due(home: Home, months: str, count: str) -> None:
    assert figure(due(months=months), "due") == count


def test_one_unit_shows_its_own_titles(home: Home) -> None:
    app = due(province="440000")
    assert (figure(app, "due"), figure(app, "overdue")) == ("1", "1")
    assert codes(app) == [firm(2)]


def test_a_month_in_which_nothing_falls_due_is_an_empty_bar_and_a_row_of_nought(home: Home) -> None:
    app = due(months="3")
    [chart] = [json.loads(drawn.proto.spec) for drawn in app.get("plotly_chart")][:1]
    [bars] = chart["data"]
    assert bars["x"] == ["2025-06", "2025-07", "2025-08", "2025-09"]
    month, firms = (text(f"due.column.{name}", "zh") for name in ("month", "firms"))
    table = next(frame.value for frame in app.dataframe if month in frame.value.columns)
    by_month = table.groupby(month)[firms].sum()
    assert dict(by_month) == {"2025-06": 0, "2025-07": 0, "2025-08": 0, "2025-09": 1}


def test_each_list_names_the_firms_of_its_figure(home: Home) -> None:
    assert codes(due()) == sorted([firm(2), firm(3)])
    assert codes(due(list="overdue")) == [firm(1)]


def test_without_updates_of_the_year_nobody_missed_one(home: Home) -> None:
    app = due()
    assert figure(app, "missed_update") == "—"
    assert any("2025-04-30" in caption.value for caption in app.caption)


def test_firms_without_a_completed_update_missed_it(tmp_path: Path) -> None:
    with in_force(store_of(tmp_path, {**FILES, "updates": UPDATES})):
        app = due(list="missed_update")
    assert figure(app, "missed_update") == "3"
    assert codes(app) == sorted(firm(at) for at in (2, 3, 4))


def test_the_proof_of_a_figure_lists_its_titles_with_their_cells(home: Home) -> None:
    app = due(proof="due_overdue")
    assert any(
        firm(1) in list(frame.value.get(text("proof.column.uscc", "zh"), [])) for frame in app.dataframe
    )


@pytest.mark.parametrize(
    "address", [{"months": "7"}, {"tier": "giant"}, {"list": "none"}, {"province": "71"}]
)
def test_an_unknown_value_in_an_address_gives_the_default_view(home: Home, address: dict[str, str]) -> None:
    assert metrics(due(**address)) == metrics(due())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_facts_the_page_says_what_to_do(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "none"))
    app = due(lang=language)
    assert "tidu demo" in app.info[0].value
    assert not app.metric
