"""The overview answers its question in each language, and its address restores the view."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.health.tree import ROOT
from tests.pipelines.small_files import firm


def overview(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert [error.message for error in app.exception] == []
    return app


def table(app: AppTest, *columns: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if set(columns) <= set(frame.value.columns))


def metrics(app: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def test_the_chinese_overview_gives_three_targets_with_their_change() -> None:
    app = overview(lang="zh")
    assert app.title[0].value == "全国距三项培育目标还有多远"
    assert metrics(app) == {
        "创新型中小企业（家）": ("—", ""),
        "专精特新中小企业（家）": ("超14万", "0"),
        "“小巨人”企业（家）": ("超1.76万", "+3,000"),
    }
    said = " ".join(caption.value for caption in app.caption)
    assert "2022-09至2023-07之间达到，现仍保持（最新数口径有争议）" in said
    assert "不可比" in said
    assert "37个省级单位" in said


def test_the_english_overview_says_the_same() -> None:
    app = overview(lang="en")
    assert app.title[0].value == "How far from the three national targets?"
    assert metrics(app)["Little giants (firms)"] == ("over 17,600", "+3,000")
    said = " ".join(caption.value for caption in app.caption)
    assert "Passed between 2022-09 and 2023-07, still held" in said
    assert "小巨人" not in said


def test_without_a_browser_language_the_page_is_chinese() -> None:
    assert overview().title[0].value == "全国距三项培育目标还有多远"


def test_an_address_restores_date_and_tier() -> None:
    app = overview(lang="zh", as_of="2022-09-08", tier="srdi")
    assert metrics(app)["“小巨人”企业（家）"] == ("8,997", "+4,235")
    assert app.subheader[0].value == "专精特新中小企业：公布存量与目标"
    assert [box.value for box in app.main.selectbox] == ["2022-09-08", "srdi"]


@pytest.mark.parametrize(
    "address", [{"tier": "giant"}, {"as_of": "2022-09-07"}, {"cities": "maybe"}, {"lang": "fr"}]
)
def test_an_unknown_value_in_an_address_gives_the_default_view(address: dict[str, str]) -> None:
    app = overview(**address)
    assert metrics(app)["“小巨人”企业（家）"] == ("超1.76万", "+3,000")


def test_a_choice_goes_into_the_address_as_a_code() -> None:
    app = overview(lang="zh")
    app.selectbox[1].select("innovative").run()
    assert app.query_params["tier"] == "innovative"
    app.selectbox[1].select("little_giant").run()
    assert "tier" not in app.query_params


def test_the_language_can_be_changed_without_losing_the_view() -> None:
    app = overview(lang="zh", tier="srdi")
    app.segmented_control(key="language_switch").set_value("en").run()
    assert [error.message for error in app.exception] == []
    assert app.query_params["lang"] == "en"
    assert app.subheader[0].value == "SRDI SMEs: published stock and target"


def test_a_proof_lists_the_published_rows() -> None:
    app = overview(lang="zh")
    app.button(key="proof_little_giant").click().run()
    rows = app.dataframe[-1].value
    assert rows["行号"].to_list() == [2, 3, 5, 7, 8, 10, 11]
    assert set(rows["来源文件"]) == {"data/reference/published_stock.csv"}


def test_a_figure_that_cannot_be_given_shows_what_was_left_out() -> None:
    app = overview(lang="en")
    app.button(key="proof_innovative").click().run()
    rows = app.dataframe[-1].value
    assert rows["Count (firms)"].to_list() == [600_000]


def test_the_check_against_batches_shows_every_difference() -> None:
    rows = table(overview(lang="zh"), "核对结果")
    assert rows["差异（家）"].to_list() == ["0", "0", "0", "+104", "−10"]
    assert rows["核对结果"].to_list() == ["完全一致", "完全一致", "完全一致", "与表述相符", "相差在容差内"]


def test_cities_can_be_shown_in_their_province() -> None:
    rows = table(overview(lang="en", cities="1"), "Counted in")
    assert rows.set_index("Reporting unit").loc["Zhejiang", "Count (firms)"] == 162
    assert rows.set_index("Reporting unit").loc["Ningbo", "Counted in"] == "Zhejiang"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A registry of three firms: two little giants, of which one has ended, and one SRDI firm on a list by name."""
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    write_events(tmp_path / "events.csv", tmp_path / "firms.csv")
    home = Home(tmp_path / "home")
    load(home, [tmp_path / "firms.csv", tmp_path / "events.csv"])
    return home


def write_events(events: Path, firms: Path) -> None:
    first, second = firm(1), firm(2)
    firms.write_text(
        f"统一社会信用代码,企业名称,省份\n{first},甲公司,广东省\n{second},乙公司,深圳市\n",
        encoding="utf-8",
    )
    events.write_text(
        "统一社会信用代码,企业名称,梯度,事件,日期,认定批次,原因\n"
        f"{first},甲公司,little_giant,recognised,2023-07-01,5,\n"
        f"{second},乙公司,little_giant,recognised,2024-07-01,6,\n"
        f"{second},乙公司,little_giant,cancelled_for_cause,2025-03-01,6,虚假材料\n"
        ",名单上的公司,srdi,recognised,2025-02-01,1,\n",
        encoding="utf-8",
    )


def test_with_facts_the_headline_is_the_registry_beside_the_published_figure(registry: Home) -> None:
    app = overview(lang="zh")
    assert metrics(app) == {
        "创新型中小企业（家）": ("0", "0"),
        "专精特新中小企业（家）": ("1", "+1"),
        "“小巨人”企业（家）": ("1", "0"),
    }
    said = " ".join(caption.value for caption in app.caption)
    assert "数据第1版" in said
    assert "公布数超14,600家（2024年9月）" in said
    assert "−14,599" in said
    assert "口径不同" in said
    assert "模拟数据" not in said
    assert "另有1家所属单位不明" not in said, "that note belongs to the tier on a list without codes"


def test_the_registry_can_be_asked_for_any_day(registry: Home) -> None:
    app = overview(lang="en", as_of="2025-02-28")
    assert metrics(app)["Little giants (firms)"] == ("2", "+1")
    counts = table(app, "Reporting unit", "Count (firms)").set_index("Reporting unit")["Count (firms)"]
    assert (counts["Guangdong"], counts["Shenzhen"], counts.sum()) == (1, 1, 2)


def test_a_listed_name_without_a_unit_is_said_and_not_put_on_the_map(registry: Home) -> None:
    app = overview(lang="en", tier="srdi")
    said = " ".join(caption.value for caption in app.caption)
    assert "1 more firms belong to no known unit" in said


def test_published_series_and_the_map_of_2021_can_still_be_reached(registry: Home) -> None:
    app = overview(lang="zh")
    headings = [heading.value for heading in app.subheader]
    assert "公布数" in headings
    assert "2021年6月各地“小巨人”企业（1,832家）" in headings


def test_a_loaded_stock_joins_the_published_series_under_its_own_file(registry: Home, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(
        "梯度,日期,事件,口径,数量,限定,来源标记\nlittle_giant,2025-01-15,stock,valid,15000,exact,G\n",
        encoding="utf-8",
    )
    load(registry, [tmp_path / "counts.csv"])
    app = overview(lang="zh", as_of="2025-06-30")
    said = " ".join(caption.value for caption in app.caption)
    assert "公布数15,000家" in said
    app = overview(lang="zh", as_of="2025-06-30", proof="little_giant")
    beside = app.dataframe[-1].value
    assert beside["来源文件"].to_list() == ["counts.csv"]
    assert beside["行号"].to_list() == [2]


def test_facts_without_title_lists_say_so_and_leave_the_published_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    write_events(tmp_path / "events.csv", tmp_path / "firms.csv")
    load(Home(tmp_path / "home"), [tmp_path / "firms.csv"])
    app = overview(lang="en")
    assert metrics(app)["Little giants (firms)"] == ("over 17,600", "+3,000")
    assert "title_events" in app.info[0].value
    assert any("build 1" in caption.value for caption in app.caption)


def test_without_facts_the_first_step_is_said() -> None:
    assert "tidu demo" in overview(lang="en").info[0].value
