"""Score a firm: the form is generated from the rule, edges count, and what is left blank is said."""

import pytest
from streamlit.testing.v1 import AppTest

from data.example_firms import example_firm
from data.rule_inputs import inputs_of
from data.rulebook import standard
from data.rules import TIERS
from data.words import LANGUAGES, text
from tests.pages.opened import opened

YEAR = 2023
ONE_FEN = {"252": "251.999999", "330": "329.999999"}


def page(language: str, **address: str) -> AppTest:
    return opened("score_firm", **{"lang": language, "year": str(YEAR), **address})


def with_example(language: str, tier: str) -> AppTest:
    app = page(language, tier=tier).button(key="example").click().run()
    assert [error.message for error in app.exception] == []
    return app


def field(app: AppTest, name: str):
    fields = [*app.text_input, *app.segmented_control, *app.selectbox, *app.multiselect]
    return next(widget for widget in fields if widget.key and widget.key.startswith(f"cell_{name}_"))


def submit(app: AppTest, language: str) -> AppTest:
    button = next(b for b in app.button if b.label == text("score_firm.submit", language))
    app = button.click().run()
    assert [error.message for error in app.exception] == []
    return app


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_the_form_asks_for_exactly_the_cells_that_the_standard_reads(tier: str, language: str) -> None:
    app = page(language, tier=tier)
    fields = [*app.text_input, *app.segmented_control, *app.selectbox, *app.multiselect]
    asked = {
        w.key.removeprefix("cell_").rsplit("_", 2)[0] for w in fields if w.key and w.key.startswith("cell_")
    }
    read = {f"{cell.field}@{YEAR - cell.years_before}" for cell in inputs_of(standard("measures-2022", tier))}
    assert asked - {"province"} == read


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_a_firm_exactly_on_the_edges_meets_the_standard(tier: str, language: str) -> None:
    app = with_example(language, tier)
    assert len(app.success) == 1
    assert text("score_firm.verdict.meets", language).lower() in app.success[0].value.lower()
    assert any(text("rule.edge_included", language) in caption.value for caption in app.caption)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_one_fen_less_research_expense_fails_and_the_way_back_is_one_fen(tier: str, language: str) -> None:
    app = with_example(language, tier)
    on_edge = example_firm(tier)[("rd_expense", 0)]
    field(app, f"rd_expense@{YEAR}").set_value(ONE_FEN[on_edge])
    app = submit(app, language)
    assert text("score_firm.verdict.fails", language).lower() in app.error[0].value.lower()
    assert app.success == []
    first_plan = next(m.value for m in app.markdown if f"{ONE_FEN[on_edge]} → {on_edge}" in m.value)
    assert text("column.cell", language) not in first_plan
    plan, needed = text("column.plan", language), text("column.needed", language)
    twin = next(table.value for table in app.dataframe if plan in table.value.columns)
    assert twin[plan][0] == "1"
    assert on_edge in twin[needed][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_a_blank_leaves_the_verdict_open_and_is_named(tier: str, language: str) -> None:
    app = with_example(language, tier)
    field(app, f"total_liabilities@{YEAR}").set_value("")
    app = submit(app, language)
    assert len(app.warning) == 1
    named = {"zh": "负债总额（万元）", "en": "Total liabilities (10k yuan)"}[language]
    assert named in app.warning[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_that_is_no_number_is_refused_in_words_and_nothing_is_decided(language: str) -> None:
    app = with_example(language, "innovative")
    field(app, f"revenue@{YEAR}").set_value("many")
    app = submit(app, language)
    assert "many" in app.error[0].value
    assert app.success == [] and app.metric == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_zero_is_not_blank(language: str) -> None:
    app = with_example(language, "innovative")
    field(app, f"rd_expense@{YEAR}").set_value("0")
    app = submit(app, language)
    assert app.warning == [] and len(app.error) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_under_rules_that_are_not_included_is_locked_and_offers_a_way_on(language: str) -> None:
    app = page(language, tier="srdi", on="2026-09-01")
    assert "2026-04-01" in app.warning[0].value and "2022-08-01" in app.warning[0].value
    assert all(not widget.key.startswith("cell_") for widget in app.text_input)
    app = app.button(key="way_on_0").click().run()
    assert app.query_params["rules"] == "measures-2022" and app.warning == []
    assert any(widget.key.startswith("cell_") for widget in app.text_input)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_growth_condition_is_waived_only_for_reviews_and_only_when_asked(language: str) -> None:
    assert [t.key for t in page(language, tier="little_giant").toggle] == []
    app = page(language, tier="little_giant", kind="review").button(key="example").click().run()
    field(app, f"main_revenue@{YEAR - 2}").set_value("8000")
    app = submit(app, language)
    assert app.success == []
    app = app.toggle[0].set_value(True).run()
    assert len(app.success) == 1


def test_nothing_entered_goes_into_the_address() -> None:
    app = submit(with_example("zh", "little_giant"), "zh")
    assert set(app.query_params) <= {"lang", "tier", "year", "kind", "on", "rules"}


def test_a_language_switch_keeps_what_was_submitted() -> None:
    app = with_example("zh", "innovative")
    app.query_params["lang"] = "en"
    app.run()
    assert field(app, f"revenue@{YEAR}").value == "8400" and len(app.success) == 1


def test_clearing_forgets_everything() -> None:
    app = with_example("zh", "innovative").button(key="clear").click().run()
    assert app.success == [] and field(app, f"revenue@{YEAR}").value == ""
