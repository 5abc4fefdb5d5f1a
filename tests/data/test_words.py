"""Words are found in the reader's language, or the error names what is missing and where."""

import pytest

from data import words


def test_a_word_is_given_in_each_language() -> None:
    assert words.text("page.overview", "zh") == "总览"
    assert words.text("page.overview", "en") == "Overview"


def test_places_are_filled() -> None:
    assert words.text("number.month_year", "en", year=2023, month="June") == "June 2023"


def test_a_missing_word_names_its_key_and_file() -> None:
    with pytest.raises(words.WordError, match=r"data/locale/en: no word for 'overview\.nothing'"):
        words.text("overview.nothing", "en")


def test_an_unfilled_place_names_its_key_and_file() -> None:
    with pytest.raises(words.WordError, match=r"data/locale/zh, number\.month_year"):
        words.text("number.month_year", "zh", year=2023)


def test_an_unknown_language_names_those_there_are() -> None:
    with pytest.raises(words.WordError, match="zh, en"):
        words.text("page.overview", "fr")


def test_places_are_named() -> None:
    assert words.places("{day} {month} {{literal}} {year:04d}") == {"day", "month", "year"}
