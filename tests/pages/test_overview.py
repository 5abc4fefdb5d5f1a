"""The overview answers its question in each language, and its address restores the view."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.health.tree import ROOT


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
    assert [box.value for box in app.selectbox] == ["2022-09-08", "srdi"]


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
