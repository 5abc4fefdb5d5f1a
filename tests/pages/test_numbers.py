"""Numbers and dates read as the design says, in each language."""

import datetime as dt
from decimal import Decimal

import pytest

from pages.components import numbers


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(numbers, "language", lambda: request.param)
    monkeypatch.setattr("pages.components.words.language", lambda: request.param)
    return request.param


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (17_600, "1.76万", "17,600"),
        (140_000, "14万", "140,000"),
        (12_345, "1.23万", "12,300"),
        (123_456_789, "1.23亿", "123,000,000"),
        (99_960_000, "1亿", "100,000,000"),
        (8_997, "8,997", "8,997"),
        (0, "0", "0"),
        (-17_600, "−1.76万", "−17,600"),
        (Decimal("12.345"), "12.3", "12.3"),
        (Decimal("0.98765"), "0.988", "0.988"),
        (None, "—", "—"),
    ],
)
def test_a_headline_has_three_significant_places(language: str, value: object, zh: str, en: str) -> None:
    assert numbers.headline(value) == {"zh": zh, "en": en}[language]


def test_an_exact_value_has_separators_and_a_true_minus() -> None:
    assert numbers.exact(-1_234_567) == "−1,234,567"
    assert numbers.exact(Decimal("3.005"), 2) == "3.00"
    assert numbers.exact(None) == "—"


@pytest.mark.parametrize(("value", "text"), [(3_000, "+3,000"), (-10, "−10"), (0, "0"), (None, "—")])
def test_a_change_carries_its_sign(value: int | None, text: str) -> None:
    assert numbers.signed(value) == text


def test_money_is_read_in_yuan(language: str) -> None:
    assert numbers.money(1_234_500_000_000) == {"zh": "123亿元", "en": "12,300,000,000 yuan"}[language]


def test_dates_read_in_prose_and_in_tables(language: str) -> None:
    day = dt.date(2023, 6, 14)
    assert numbers.in_prose(day) == {"zh": "2023年6月", "en": "June 2023"}[language]
    assert numbers.in_prose(day, "day") == {"zh": "2023年6月14日", "en": "14 June 2023"}[language]
    assert (numbers.iso(day), numbers.iso(day, "month")) == ("2023-06-14", "2023-06")


def test_missing_is_a_dash_with_its_reason() -> None:
    assert numbers.missing("无可比公布数") == "— 无可比公布数"


def test_points_are_cut_so_that_none_seems_to_reach_a_cut_off_it_missed() -> None:
    of_doubles = {89.9982: 89.99, 90.0006: 90.0, 89.999999999999: 90.0, 85.1: 85.1, 0.0: 0.0}
    assert {value: numbers.points(value) for value in of_doubles} == of_doubles
