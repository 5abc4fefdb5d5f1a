"""The provinces page: who is at the target, each unit's own figures, cities apart or counted in, empty states."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.pages.opened import in_force, opened
from tests.pipelines.small_files import firm, store_of

FIRMS = {1: "广东省", 2: "广东省", 3: "深圳市", 4: "宁夏回族自治区"}
FILES = {
    "firms": [
        "统一社会信用代码,企业名称,省份",
        *(f"{firm(at)},合成{at}公司,{unit}" for at, unit in FIRMS.items()),
    ],
    "events": [
        "统一社会信用代码,企业名称,梯度,事件,日期,认定批次,原因",
        *(f"{firm(at)},合成{at}公司,srdi,recognised,2024-0{at}-01,1," for at in FIRMS),
        f"{firm(3)},合成3公司,little_giant,recognised,2025-07-01,7,",
        f"{firm(2)},合成2公司,srdi,cancelled_for_cause,2025-11-05,1,虚假材料",
    ],
    "targets": [
        "省份,梯度,年度,目标（户）",
        "广东省,srdi,2025,2",
        "深圳市,srdi,2025,1",
        "宁夏回族自治区,srdi,2026,9",
    ],
    "context": ["省份,年度,规上工业中小企业数", "深圳市,2024,500"],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with in_force(store_of(tmp_path_factory.mktemp("store"), FILES)) as home:
        yield home


def provinces(**address: str) -> AppTest:
    return opened("provinces", **address)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def unit_table(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value.set_index("Reporting unit")


def figures(app: AppTest) -> dict[str, str]:
    """The small figures of the chosen unit: label → value."""
    texts = [element.value for element in app.main if element.type in ("caption", "markdown")]
    return {
        label: value.strip("*")
        for label, value in pairwise(texts)
        if value.startswith("**") and value.endswith("**")
    }


def test_the_headline_says_who_is_at_the_target(home: Home) -> None:
    assert metrics(provinces(lang="en")) == {
        "Units at target": "1 of 2",
        "Median unit (firms)": "0",
        "Largest unit": "Guangdong",
        "Giants per 100": "33.3",
    }


def test_the_table_has_every_unit_and_leaves_blank_what_is_not_known(home: Home) -> None:
    rows = unit_table(provinces(lang="en"))
    assert len(rows) == 37
    guangdong, shenzhen, ningxia = (rows.loc[name] for name in ("Guangdong", "Shenzhen", "Ningxia"))
    assert (guangdong["Valid titles (firms)"], guangdong["Ended in the last year (firms)"]) == (1, 1)
    assert (guangdong["Share of target (%)"], shenzhen["Share of target (%)"]) == (50, 100)
    assert shenzhen["Per 1,000 SMEs above scale"] == 2
    assert pd.isna(ningxia["Target (firms)"])
    assert pd.isna(ningxia["Returns received (%)"])


def test_a_city_can_be_counted_in_its_province(home: Home) -> None:
    rows = unit_table(provinces(lang="en", cities="1"))
    assert "Shenzhen" not in rows.index
    assert rows.loc["Guangdong", "Valid titles (firms)"] == 2
    assert rows.loc["Guangdong", "Target (firms)"] == 3
    assert pd.isna(rows.loc["Guangdong", "Per 1,000 SMEs above scale"])


def test_another_day_has_the_titles_and_the_targets_of_that_day(home: Home) -> None:
    rows = unit_table(provinces(lang="en", as_of="2026-01-31"))
    assert pd.isna(rows.loc["Guangdong", "Target (firms)"])
    assert rows.loc["Ningxia", "Target (firms)"] == 9
    assert unit_table(provinces(lang="en", as_of="2024-01-31")).loc["Guangdong", "Valid titles (firms)"] == 1


def test_a_chosen_unit_shows_its_own_figures_and_what_is_not_known_with_its_reason(home: Home) -> None:
    app = provinces(lang="en", province="440300")
    shown = figures(app)
    assert shown["Valid titles (firms)"] == "1"
    assert shown["Share of target (%)"] == "100.0 %"
    assert shown["Returns received (%)"] == "—"
    said = " ".join(caption.value for caption in app.caption)
    assert "no annual returns are loaded" in said
    assert "500 industrial SMEs above scale (2024)" in said


def test_a_ratio_of_a_unit_is_proved_by_both_its_parts(home: Home) -> None:
    app = provinces(lang="en", province="440300", proof="unit_440300_attained_pct")
    titles, target = (frame.value for frame in app.dataframe[-2:])
    assert titles[["File", "Cell", "Cell holds"]].values.tolist() == [["events.csv", "B4", "合成3公司"]]
    assert target[["Target (firms)", "File", "Cell"]].values.tolist() == [[1, "targets.csv", "D3"]]


def test_the_proof_of_an_ended_title_names_the_row_that_ended_it(home: Home) -> None:
    app = provinces(lang="en", province="440000", proof="unit_440000_ended")
    ended = app.dataframe[-1].value
    assert ended[["Cell", "Ended by"]].values.tolist() == [["B7", "cancelled for cause"]]


def test_the_history_of_a_unit_has_a_quarter_a_row_and_ends_on_the_day(home: Home) -> None:
    app = provinces(lang="en", province="440000")
    history = next(frame.value for frame in app.dataframe if "End of quarter" in frame.value.columns)
    assert history["SRDI SMEs"].to_list()[:3] == [1, 2, 2]
    assert str(history["End of quarter"].iloc[0])[:10] == "2025-11-05"


def test_a_link_restores_tier_day_cities_and_unit(home: Home) -> None:
    app = provinces(lang="zh", tier="little_giant", as_of="2025-07-31", cities="1", province="440000")
    assert app.subheader[0].value == "各单位专精特新“小巨人”企业"
    assert app.selectbox(key="filter_province_zh").value == "440000"
    assert app.toggle[0].value is True
    assert metrics(app)["最多的单位"] == "广东"


def test_a_unit_that_is_counted_in_its_province_cannot_be_chosen(home: Home) -> None:
    app = provinces(lang="en", cities="1", province="440300")
    assert app.selectbox(key="filter_province_en").value == "all"


def test_without_facts_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "none"))
    app = provinces(lang="en")
    assert "tidu demo" in app.info[0].value
    assert not app.metric


def test_facts_without_title_lists_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    (tmp_path / "firms.csv").write_text("\n".join(FILES["firms"]) + "\n", encoding="utf-8")
    load(Home(tmp_path / "home"), [tmp_path / "firms.csv"])
    app = provinces(lang="zh")
    assert "title_events" in app.info[0].value
    assert any("数据第1版" in caption.value for caption in app.caption)
