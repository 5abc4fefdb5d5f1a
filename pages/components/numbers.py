"""How numbers and dates read: headline figures, exact values, signs, missing values, dates.

Everything returns text. Headline figures are rounded for reading; the exact value belongs into a hover and the table.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from pages.components.words import language, t

_NOISE = 6  # decimals within which a double stands for a number

MINUS = "\u2212"
MISSING = "—"
_SIGNIFICANT_PLACES = 3
_WAN, _YI = 10_000, 100_000_000
_FEN_PER_YUAN = 100

Number = int | float | Decimal


def exact(value: Number | None, decimals: int | None = None) -> str:
    """The value with thousands separators and a true minus; ``decimals`` fixes the places after the point."""
    if value is None:
        return MISSING
    number = _decimal(value)
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return _sign(number) + f"{abs(number):,f}"


def headline(value: Number | None) -> str:
    """The value to three significant places, in 万 or 亿 in Chinese; whole counts below 10,000 stay whole.

    A zero after the last significant place is dropped: a source that says 14万 has not said 14.0万.
    """
    if value is None:
        return MISSING
    number = _decimal(value)
    if abs(number) < _WAN and number == number.to_integral_value():
        return exact(number)
    number = _rounded(number)
    if language() == "zh" and abs(number) >= _WAN:
        unit, name = (_YI, "亿") if abs(number) >= _YI else (_WAN, "万")
        return f"{_sign(number)}{_plain(abs(number) / unit)}{name}"
    return f"{_sign(number)}{_plain(abs(number))}"


def signed(value: Number | None) -> str:
    """A change with its sign: ``+3,000``, ``−12``, ``0``."""
    if value is None:
        return MISSING
    return exact(value) if value <= 0 else f"+{exact(value)}"


def points(value: float, places: int = 2) -> float:
    """Points cut to their places, never rounded up: nothing printed reaches a cut-off that was missed."""
    return math.floor(round(value * 10**places, _NOISE)) / 10**places


def percent(value: Number | None, decimals: int = 1) -> str:
    """A percentage with its sign; ``value`` is already in percent."""
    return MISSING if value is None else f"{exact(value, decimals)}{'%' if language() == 'zh' else ' %'}"


def money(fen: int | None) -> str:
    """An amount in fen as a headline in yuan: 万元 or 亿元 in Chinese, yuan with separators in English."""
    if fen is None:
        return MISSING
    yuan = Decimal(fen) / _FEN_PER_YUAN
    return f"{headline(yuan)}{t('number.yuan')}"


def missing(reason: str) -> str:
    """The dash of a missing value together with why it is missing."""
    return f"{MISSING} {reason}"


def iso(day: date | None, precision: str = "day") -> str:
    """A date for tables: ``2023-06-14``, or ``2023-06`` when only the month is known."""
    if day is None:
        return MISSING
    return day.isoformat() if precision == "day" else f"{day:%Y-%m}"


def in_prose(day: date | None, precision: str = "month") -> str:
    """A date for sentences: 2023年6月 or June 2023; with the day when ``precision`` is ``day``."""
    if day is None:
        return MISSING
    month = t(f"number.month.m{day.month}")
    return t(
        f"number.{'day' if precision == 'day' else 'month_year'}", year=day.year, month=month, day=day.day
    )


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _rounded(number: Decimal) -> Decimal:
    if not number:
        return number
    place = number.adjusted() - _SIGNIFICANT_PLACES + 1
    return number.quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sign(number: Decimal) -> str:
    return MINUS if number < 0 else ""
