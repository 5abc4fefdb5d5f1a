"""The size page: one firm with its reasons, a file, the table of industries; in each language."""

import io
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from data.industries import industry_codes
from data.words import text
from pipelines.cli import main
from tests.intake.hostile.honest import credit_code
from tests.pages.opened import opened


def size_page(language: str = "zh") -> AppTest:
    return opened("size_class", lang=language)


def classified(language: str, code: str, employees: str = "", revenue: str = "", assets: str = "") -> AppTest:
    app = size_page(language)
    if code:
        app.selectbox(key=f"size_industry_code_{language}").set_value(code)
    for field, entered in (("employees", employees), ("revenue", revenue), ("total_assets", assets)):
        app.text_input(key=f"size_{field}_{language}").set_value(entered)
    app.button[0].click()
    app = app.run()
    assert [error.message for error in app.exception] == []
    return app


def test_before_anything_is_entered_the_page_says_what_to_do() -> None:
    assert "填写左侧" in size_page("zh").info[0].value
    assert "Fill in the left side" in size_page("en").info[0].value


def test_a_firm_at_both_edges_is_large_and_one_fen_less_is_medium() -> None:
    assert "大型企业" in classified("zh", "3511", "1000", "40000").success[0].value
    app = classified("zh", "3511", "1000", "39999.999999")
    assert "中型企业" in app.success[0].value
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["升到大型还差"] == "0.000001万元"
    assert "由营业收入决定" in " ".join(caption.value for caption in app.caption)


def test_the_english_page_says_the_same() -> None:
    app = classified("en", "3511", "1000", "40000")
    assert "This firm is large" in app.success[0].value
    assert "special-purpose machinery" in app.success[0].value


@pytest.mark.parametrize(
    ("code", "said"), [("59", "跨不同行业"), ("5331", "不在300号文所列的16个行业之内"), ("", "没有行业代码")]
)
def test_a_code_that_places_no_firm_is_explained(code: str, said: str) -> None:
    assert said in classified("zh", code, "10", "10").warning[0].value


def test_a_missing_figure_that_decides_leaves_the_class_open() -> None:
    said = classified("zh", "3511", "", "40000").warning[0].value
    assert "缺从业人员数" in said
    assert "大型、中型、小型、微型" in said


def test_a_missing_figure_that_does_not_decide_leaves_nothing_open() -> None:
    assert "微型企业" in classified("zh", "3511", "", "10").success[0].value


def test_an_entry_that_is_no_number_is_refused_under_its_field() -> None:
    app = classified("zh", "3511", "约300", "40000")
    assert "有1处填写需要改正" in app.error[0].value
    assert any("不是数字" in caption.value for caption in app.caption)


def test_the_table_has_all_industries_with_their_item() -> None:
    table = next(frame.value for frame in size_page("zh").dataframe if "第四条" in frame.value.columns)
    assert table["第四条"].iloc[0] == "（一）"
    assert table["第四条"].iloc[-1] == "（十六）"
    assert len(table) == 16


def test_the_page_and_the_command_give_the_same(tmp_path: Path) -> None:
    rows = [
        {"uscc": credit_code(60_000_001 + place), "name": f"企业{place}", "industry_code": code, "employees": staff,
         "revenue": revenue, "total_assets": None}
        for place, (code, staff, revenue) in enumerate(
            [("3511", 1000, 40000), ("3511", 999, 40000), ("6510", 5, 10), ("5310", 9, 9), ("65", None, 1000)]
        )
    ]  # fmt: skip
    file, out = tmp_path / "firms.csv", tmp_path / "out.csv"
    pl.DataFrame(rows).write_csv(file)
    assert CliRunner().invoke(main, ["size", str(file), "-o", str(out)]).exit_code == 0
    app = size_page("zh")
    app.file_uploader[0].set_value((file.name, file.read_bytes(), "text/csv"))
    app = app.run()
    assert [error.message for error in app.exception] == []
    shown = next(frame.value for frame in app.dataframe if "划型结果" in frame.value.columns)
    theirs = pl.read_csv(io.BytesIO(out.read_bytes()))
    assert list(theirs["size_class"]) == ["large", "medium", "micro", "undetermined", "undetermined"]
    assert list(shown["统一社会信用代码"]) == list(theirs["uscc"])
    said = {name: text(f"score_firm.size_said.{name}", "zh") for name in theirs["size_class"]}
    assert list(shown["划型结果"]) == [said[name] for name in theirs["size_class"]]
    labels = [button.label for button in app.get("download_button")]
    assert text("size_class.download_words", "zh") in labels


def test_a_file_without_credit_codes_is_refused_by_name() -> None:
    app = size_page("zh")
    app.file_uploader[0].set_value(
        ("x.csv", "企业名称,从业人员数,营业收入（万元）,资产总额（万元）\n甲,1,2,3\n".encode(), "text/csv")
    )
    app = app.run()
    assert "未接收" in app.error[0].value


def test_the_codes_are_the_standard_in_order() -> None:
    codes = industry_codes()
    assert len(codes) == 1971
    assert codes["3511"].name == "矿山机械制造"
    assert codes["0179"].name == "其他中药材种植"
    assert all(item.parent in codes for item in codes.values() if item.parent)
    assert all(" " not in item.name for item in codes.values())
    places = list(codes)
    assert all(places.index(item.parent) < places.index(code) for code, item in codes.items() if item.parent)


def test_the_proof_of_a_class_lists_every_figure_and_floor() -> None:
    app = classified("zh", "3511", "999", "41000")
    app.button(key="proof_size").click()
    app = app.run()
    assert [error.message for error in app.exception] == []
    lines = next(
        frame.value for frame in reversed(app.dataframe) if "从业人员数（人）" in frame.value.columns
    )
    assert list(lines["从业人员数（人）"]) == ["999", "中型", "1,000", "300", "20", "1", "700"]
    assert list(lines["营业收入（万元）"]) == [
        "41,000",
        "大型",
        "40,000",
        "2,000",
        "300",
        "—",
        "39,000.000001",
    ]
