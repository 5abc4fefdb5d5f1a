"""A provincial officer scores a workbook: refused, marked, mended, uploaded again, scored, downloaded."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Page, expect

from data.words import text
from tests.intake.hostile.honest import credit_code
from tests.journeys.returns_workbook import PLANTED, SHEET, workbook

pytestmark = pytest.mark.chromium


def hand_over(page: Page, file: Path, settled: Callable[[Page], None]) -> None:
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_text(file.name).first.wait_for()
    settled(page)


def save(page: Page, button: str, to: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    download.value.save_as(to)
    return to


def mend(marked: Path, truth: dict[str, object], to: Path) -> None:
    """Write the true values into exactly the cells that came back red."""
    book = openpyxl.load_workbook(marked)
    sheet = book[SHEET]
    red = {
        cell.coordinate
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fill_type == "solid" and str(cell.fill.start_color.rgb).endswith("F9C9C4")
    }
    assert red == set(truth), "red cells are the planted ones, and only they"
    for address, value in truth.items():
        assert sheet[address].comment is not None
        sheet[address].value = value
    book.save(to)


def scored_by_command(file: Path, tier: str, to: Path) -> pl.DataFrame:
    command = [
        str(Path(sys.executable).with_name("tidu")),
        "score",
        str(file),
        "--standard",
        tier,
        "-o",
        str(to),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return pl.read_excel(to, engine="calamine")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_is_refused_marked_mended_and_scored(
    open_page: Callable[..., Page], settled: Callable[[Page], None], tmp_path: Path, language: str
) -> None:
    def said(key: str, **places: object) -> str:
        return text(key, language, **places)

    first = tmp_path / "returns.xlsx"
    truth = workbook(first, 25, planted=True)
    page = open_page("score_file", lang=language, tier="srdi")
    expect(page.get_by_text(said("score_file.empty"))).to_be_visible()

    hand_over(page, first, settled)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(str(len(PLANTED)))
    expect(page.get_by_test_id("stMetric")).to_have_count(0)
    expect(page.get_by_text("C3", exact=False).first).to_be_visible()
    marked = save(page, said("upload.mark"), tmp_path / "marked.xlsx")

    mended = tmp_path / "mended.xlsx"
    mend(marked, truth, mended)
    hand_over(page, mended, settled)
    expect(page.get_by_test_id("stMetric")).to_have_count(4)

    ours = pl.read_excel(save(page, said("download.xlsx"), tmp_path / "scores.xlsx"), engine="calamine")
    theirs = scored_by_command(mended, "srdi", tmp_path / "command.xlsx")
    assert ours.equals(theirs)
    assert ours.height == 25
    in_words = save(page, said("score_file.download_words"), tmp_path / "words.xlsx")
    assert pl.read_excel(in_words, engine="calamine").height == ours.height

    assert credit_code(50_000_001) not in page.url
    assert "returns" not in page.url
    address = dict(pair.split("=") for pair in page.url.split("?")[1].split("&"))
    theirs_view = open_page("score_file", **address)
    expect(theirs_view.get_by_text(said("score_file.empty"))).to_be_visible()


def test_selecting_a_firm_shows_why(
    open_page: Callable[..., Page], settled: Callable[[Page], None], tmp_path: Path
) -> None:
    file = tmp_path / "returns.xlsx"
    workbook(file, 10)
    page = open_page("score_file", lang="zh", tier="innovative")
    hand_over(page, file, settled)
    page.get_by_label(text("score_file.find", "zh")).fill("示范4号")
    page.keyboard.press("Enter")
    settled(page)
    table = page.get_by_test_id("stDataFrame").locator("visible=true").last
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 54)
    expect(page.get_by_role("heading", name="示范4号精密机械有限公司：为什么")).to_be_visible()
    expect(page.get_by_role("tab", name=text("score_firm.tab_criteria", "zh"))).to_be_visible()
