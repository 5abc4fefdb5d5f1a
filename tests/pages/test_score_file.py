"""The page that scores a file, in each of its states and in each language."""

import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.words import LANGUAGES, text
from pages.components.plain_text import plain
from pipelines.scoring import score_file
from pipelines.uploads import plain_name
from tests.journeys.returns_workbook import PLANTED, workbook
from tests.pages.opened import opened, sound

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "returns.xlsx"
    workbook(path, 12)
    return path


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bad") / "returns.xlsx"
    workbook(path, 12, planted=True)
    return path


def page(language: str = "zh", **address: str) -> AppTest:
    return opened("score_file", **{"lang": language, **address})


def uploaded(path: Path, language: str = "zh", **address: str) -> AppTest:
    app = page(language, **address)
    app.file_uploader[0].set_value((path.name, path.read_bytes(), XLSX))
    return sound(app.run())


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_file_the_page_says_the_first_step_and_offers_the_template(language: str) -> None:
    app = page(language)
    assert app.title[0].value == text("score_file.title", language)
    assert text("score_file.empty", language) in app.info[0].value
    labels = [button.label for button in app.get("download_button")]
    assert labels == [
        text(f"upload.template_{code}", language) for code in (language, *set(LANGUAGES) - {language})
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_with_errors_is_refused_whole_and_its_marked_workbook_is_the_main_button(
    bad: Path, language: str
) -> None:
    app = uploaded(bad, language, tier="srdi")
    said = app.error[0].value
    assert f"{len(PLANTED)}处错误" in said or f"{len(PLANTED)} errors" in said
    button = app.get("download_button")[0]
    assert button.label == text("upload.mark", language)
    assert metrics(app) == {}, "nothing is scored"
    cells = next(frame.value for frame in app.dataframe)
    assert set(cells[text("todo.cell", language)].head(len(PLANTED))) == {"I2", "C3", "A4", "G5", "H6"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", ["innovative", "srdi", "little_giant"])
def test_an_accepted_file_shows_the_figures_that_the_command_gives(
    good: Path, language: str, tier: str
) -> None:
    app = uploaded(good, language, tier=tier)
    result = score_file(good, tier)
    counted = {
        verdict: str((result.table["verdict"] == verdict).sum())
        for verdict in ("meets", "undetermined", "fails")
    }
    wanted = {"firms": str(result.table.height), **counted}
    assert metrics(app) == {text(f"score_file.{name}", language): value for name, value in wanted.items()}
    assert app.expander[0].label.startswith("**"), "warnings stay at hand"
    name = text("score_file.shown.behind", language)
    assert any(name in frame.value.columns for frame in app.dataframe)


def test_a_firm_that_is_found_by_name_is_the_only_one_shown(good: Path) -> None:
    app = uploaded(good, tier="srdi")
    app.text_input(key="find_firm").set_value("示范3号")
    shown = next(frame.value for frame in sound(app.run()).dataframe if "企业名称" in frame.value.columns)
    assert list(shown["企业名称"]) == ["示范3号精密机械有限公司"]


def test_a_verdict_is_filtered_by_the_address(good: Path) -> None:
    app = uploaded(good, tier="srdi", verdict="fails")
    shown = next(frame.value for frame in app.dataframe if "理由" in frame.value.columns)
    assert set(shown["结论"]) == {"不符合"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_whose_rules_are_not_in_this_release_is_locked_with_a_way_on(
    good: Path, language: str
) -> None:
    app = uploaded(good, language, tier="srdi", on=date(2026, 9, 1).isoformat())
    said = app.warning[0].value
    assert "工信部企业〔2026〕2号" in said
    assert "2026-03-31" in said
    assert metrics(app) == {}
    app.button(key="way_on_0").click()
    assert metrics(sound(app.run()))[text("score_file.firms", language)] == "12"


def test_without_a_file_nothing_is_locked_because_the_year_is_not_known() -> None:
    assert [said.value for said in page("zh", tier="srdi").warning] == []


def test_a_year_of_the_file_can_be_chosen(good: Path) -> None:
    app = uploaded(good, tier="innovative", file_year="2023")
    assert "取2023年度" in " ".join(caption.value for caption in app.caption)


def test_another_reader_meets_nothing_of_the_upload(good: Path) -> None:
    uploaded(good, tier="srdi")
    assert metrics(page("zh", tier="srdi")) == {}


def test_text_of_a_file_is_never_markdown() -> None:
    assert plain("![x](http://a)\n:red[b]") == "\\!\\[x\\]\\(http\\:\\/\\/a\\) \\:red\\[b\\]"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\数据.xlsx", "数据.xlsx"),
        ("..", "upload"),
        ("a\0b.csv", "ab.csv"),
        ("名" * 300 + ".xlsx", "名" * 60 + ".xlsx"),
    ],
)
def test_an_uploaded_name_leads_nowhere(given: str, kept: str) -> None:
    assert plain_name(given) == kept


def test_the_template_that_is_offered_is_a_workbook() -> None:
    from pipelines.uploads import template_bytes

    for language in LANGUAGES:
        assert (
            pl.read_excel(io.BytesIO(template_bytes("annual_returns", language)), engine="calamine").height
            == 0
        )


def test_the_proof_of_a_verdict_lists_the_rows_of_its_firms(good: Path) -> None:
    app = uploaded(good, tier="innovative")
    met = score_file(good, "innovative").table.filter(pl.col("verdict") == "meets")
    app.button(key="proof_meets").click()
    app = sound(app.run())
    assert f"组成该数值的记录（{met.height}条）" in " ".join(said.value for said in app.markdown)
    rows = next(frame.value for frame in reversed(app.dataframe) if "来源文件" in frame.value.columns)
    assert list(rows["统一社会信用代码"]) == met["uscc"].to_list()
    assert rows["行号"].notna().all()


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("notes.txt", b"hello"), ("x.xlsx", b"PK\x03\x04broken"), ("x.parquet", b"PAR1PAR1"),
     ("![a](http\\x).csv", "企业名称\n甲\n".encode())],
)  # fmt: skip
def test_what_is_no_table_of_firms_is_refused_in_words(name: str, content: bytes) -> None:
    app = page("zh")
    app.file_uploader[0].set_value((name, content, "application/octet-stream"))
    app = sound(app.run())
    assert "未接收" in app.error[0].value
    assert "处理后在本页重新上传" in app.error[0].value or "按批注改正" in app.error[0].value
