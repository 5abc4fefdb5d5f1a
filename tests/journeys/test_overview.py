"""Someone opens the dashboard, reads how far the country is, asks for the proof, and shares the view."""

import re
from collections.abc import Callable

import polars as pl
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.chromium


def test_a_chinese_browser_gets_the_answer_in_chinese_without_scrolling(
    open_page: Callable[..., Page],
) -> None:
    page = open_page()
    expect(page.locator("h1")).to_have_text("全国距三项培育目标还有多远")
    for text in ("超1.76万", "超14万", "相当于目标（约1万家）的176%以上"):
        expect(page.get_by_text(text).first).to_be_in_viewport()
    expect(page.locator(".js-plotly-plot:visible")).to_have_count(2)
    assert page.title() == "总览 · 梯度"


def test_an_english_browser_gets_it_in_english_and_can_switch(
    open_page: Callable[..., Page], settled: Callable[[Page], None]
) -> None:
    page = open_page(locale="en-GB")
    expect(page.locator("h1")).to_have_text("How far from the three national targets?")
    page.get_by_role("radio", name="中文").or_(page.get_by_role("button", name="中文")).first.click()
    expect(page.locator("h1")).to_have_text("全国距三项培育目标还有多远")
    settled(page)
    assert "lang=zh" in page.url


def test_a_shared_link_shows_the_same_view_to_somebody_else(
    open_page: Callable[..., Page], settled: Callable[[Page], None]
) -> None:
    mine = open_page(lang="zh")
    for label, choice in (("截至", "2022-09"), ("梯度", "专精特新")):
        mine.get_by_label(label).first.click()
        mine.get_by_role("option", name=choice, exact=True).click()
        settled(mine)
    mine.get_by_text("计划单列市并入所在省").click()
    expect(mine).to_have_url(re.compile(r"cities=1"))
    settled(mine)
    address = dict(pair.split("=") for pair in mine.url.split("?")[1].split("&"))
    assert address == {"lang": "zh", "as_of": "2022-09-08", "tier": "srdi", "cities": "1"}

    theirs = open_page(locale="en-GB", **address)
    expect(theirs.locator("h1")).to_have_text("全国距三项培育目标还有多远")
    expect(theirs.get_by_text("超4.8万", exact=True).first).to_be_visible()
    expect(theirs.get_by_role("heading", name="专精特新中小企业：公布存量与目标")).to_be_visible()
    assert theirs.get_by_role("switch").or_(theirs.get_by_role("checkbox")).first.is_checked()


def test_the_proof_of_a_figure_opens_and_exports_its_rows(open_page: Callable[..., Page], tmp_path) -> None:
    page = open_page(lang="en")
    page.get_by_role("button", name="Proof").nth(2).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The records behind this figure (7)")).to_be_visible()
    expect(dialog.get_by_text("more than 9,900", exact=False)).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export CSV").click()
    download.value.save_as(tmp_path / "proof.csv")
    rows = pl.read_csv(tmp_path / "proof.csv")
    assert rows["Row"].to_list() == [2, 3, 5, 7, 8, 10, 11]
    assert rows["Count (firms)"].to_list()[-1] == 17_600


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_wider_than_a_phone(open_page: Callable[..., Page], lang: str, dark: bool) -> None:
    page = open_page(lang=lang, dark=dark, size=(400, 850))
    expect(page.locator(".js-plotly-plot:visible")).to_have_count(2)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400
    ground = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert ground == ("rgb(20, 25, 29)" if dark else "rgb(255, 255, 255)")
