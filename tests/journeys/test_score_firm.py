"""A county officer enters one firm that stands on an edge, reads why, and shares the view without the answers."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from data.example_firms import example_firm
from data.rule_inputs import inputs_of
from data.rulebook import standard
from data.words import text
from metrics.scoring.rule_words import Words

pytestmark = pytest.mark.chromium

YEAR, TIER = 2023, "innovative"
SCROLLED_MS = 500  # a list that opens while its form still scrolls closes again
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SAID = {
    "zh": ["符合", "3.00% ≥ 3%", "恰在界上，含本数"],
    "en": ["Meets", "3.00 % ≥ 3 %", "on the edge: included"],
}


def word(language: str, key: str, **places: object) -> str:
    return text(key, language, **places)


def fill(page: Page, language: str, tier: str, cells: dict[tuple[str, int], str]) -> None:
    """Type every cell of a firm under its label, as a person does; choices are picked from their list."""
    words = Words(language, lambda key, **places: text(key, language, **places))
    rule = standard("measures-2022", tier)
    items = inputs_of(rule)
    for item, label in zip(items, words.cells(items, rule, YEAR), strict=True):
        given = cells.get((item.field, item.years_before))
        if given is None:
            continue
        if given in ("yes", "no"):
            group = page.get_by_role("radiogroup", name=label, exact=True)
            group.get_by_role("radio", name=word(language, f"template.{given}"), exact=True).click()
        elif item.field in ("rd_institution", "product_fields"):
            box = page.get_by_role("combobox", name=label)
            box.scroll_into_view_if_needed()
            page.wait_for_timeout(SCROLLED_MS)
            box.click()
            page.get_by_role("option", name=words.value(item.field, given), exact=True).click()
        else:
            page.get_by_role("textbox", name=label, exact=True).fill(given)


@pytest.mark.parametrize("language", LOCALES)
def test_a_firm_on_an_edge_is_scored_explained_and_shared(open_page, settled, language: str) -> None:
    page = open_page("score_firm", locale=LOCALES[language], lang=language, tier=TIER, year=str(YEAR))
    fill(page, language, TIER, dict(example_firm(TIER)))
    page.get_by_role("button", name=word(language, "score_firm.submit")).click()
    settled(page)
    verdict = page.get_by_test_id("stAlert").first
    expect(verdict).to_contain_text(SAID[language][0])
    page.get_by_role("button", name=word(language, "proof.button")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("工信部企业〔2022〕63号")
    expect(dialog).to_contain_text("measures-2022/innovative@")
    page.keyboard.press("Escape")

    address = page.url
    shared = {"lang", "tier", "kind", "year", "on", "rules", "proof"}
    assert set(parse_qs(urlsplit(address).query)) <= shared
    assert not any(cell in address for cell in ("8400", "4620", "3562"))

    other = open_page(
        "score_firm",
        locale=LOCALES["en" if language == "zh" else "zh"],
        **{name: values[0] for name, values in parse_qs(urlsplit(address).query).items()},
    )
    expect(other.get_by_role("heading", name=word(language, "score_firm.title"))).to_be_visible()
    expect(other.get_by_text(standard("measures-2022", TIER).title[language]).first).to_be_visible()
    expect(other.get_by_text(word(language, "score_firm.start_title"))).to_be_visible()


@pytest.mark.parametrize("language", LOCALES)
def test_the_edge_of_a_gate_is_read_out_and_one_fen_below_it_fails(open_page, settled, language: str) -> None:
    page = open_page("score_firm", locale=LOCALES[language], lang=language, tier="srdi", year=str(YEAR))
    page.get_by_role("button", name=word(language, "score_firm.example")).click()
    expect(page.get_by_test_id("stAlert").first).to_contain_text(SAID[language][0])
    page.get_by_role("tab", name=word(language, "score_firm.tab_requirements")).click()
    for said in SAID[language][1:]:
        expect(page.get_by_role("tabpanel").filter(visible=True)).to_contain_text(said)
    words = Words(language, lambda key, **places: text(key, language, **places))
    rule = standard("measures-2022", "srdi")
    labels = dict(zip(inputs_of(rule), words.cells(inputs_of(rule), rule, YEAR), strict=True))
    label = next(
        name for cell, name in labels.items() if (cell.field, cell.years_before) == ("rd_expense", 0)
    )
    page.get_by_role("textbox", name=label, exact=True).fill("251.999999")
    page.get_by_role("button", name=word(language, "score_firm.submit")).click()
    settled(page)
    failed = word(language, "score_firm.verdict.fails").capitalize()
    expect(page.get_by_test_id("stAlert").first).to_contain_text(failed)
    page.get_by_role("tab", name=word(language, "score_firm.tab_ways")).click()
    expect(page.get_by_role("tabpanel").filter(visible=True)).to_contain_text("251.999999 → 252")
