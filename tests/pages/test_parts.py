"""The parts pages are made of: figures, tables that are never cut in the export, links, language."""

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.readers import unit_codes
from pages.components import figures, twin, unit_map, words


def test_a_page_shows_at_most_four_headline_figures() -> None:
    proof = object()
    five = [figures.Figure(str(number), "", "", proof) for number in range(5)]
    with pytest.raises(ValueError, match="at most 4"):
        figures.headline_figures(five)


def test_a_long_table_shows_its_beginning_and_exports_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    exported = []
    monkeypatch.setattr(twin, "export_buttons", lambda table, **_: exported.append(table))

    def page() -> None:
        import polars as pl

        from pages.components.twin import table_with_export

        rows = pl.DataFrame({"count": range(10_001)})
        table_with_export(rows, name="rows", key="rows")

    app = AppTest.from_function(page, default_timeout=60).run()
    assert [error.message for error in app.exception] == []
    assert len(app.dataframe[0].value) == 10_000
    assert "10,001" in app.caption[0].value
    assert exported[0].height == 10_001


def test_a_table_is_shown_under_its_labels() -> None:
    table = pl.DataFrame({"count": [1], "unit": ["北京"]})
    assert twin.labelled(table, {"unit": "地区"}).columns == ["数量（家）", "地区"]


def test_a_column_without_a_word_is_an_error_that_names_it() -> None:
    with pytest.raises(LookupError, match=r"column\.nameless"):
        twin.labelled(pl.DataFrame({"nameless": [1]}))


def test_a_label_in_both_languages_is_read_in_one() -> None:
    assert words.both({"zh": "总览", "en": "Overview"}) == "总览"


@pytest.mark.parametrize(
    ("code", "short", "beijing"),
    [("zh", False, "北京"), ("en", False, "Beijing"), ("zh", True, "北京"), ("en", True, "BJ")],
)
def test_units_are_named_in_the_language_asked_for(code: str, short: bool, beijing: str) -> None:
    every, own = (
        unit_map.unit_names(short=short, programme=programme, code=code) for programme in (False, True)
    )
    assert own["110000"] == beijing
    assert list(own) == list(unit_codes())
    assert set(every) - set(own) == {"710000", "810000", "820000"}


def test_the_names_of_units_are_the_callers_own() -> None:
    unit_map.unit_names(code="en").clear()
    assert unit_map.unit_names(code="en")["440000"] == "Guangdong"


def test_links_go_only_to_pages_the_reader_has() -> None:
    def page() -> None:
        from pages.components.links import Step, next_steps, offer_pages

        offer_pages([])
        next_steps([Step("score_firm", "score one firm")])

    app = AppTest.from_function(page).run()
    assert [error.message for error in app.exception] == []
    assert len(app.main.children) == 0
