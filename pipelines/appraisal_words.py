"""What the figures of an appraisal say in words: why points were lost, and of how much."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from data.appraisal_policy import Line, Part, Scheme
from data.dataset import FEN_PER_UNIT
from data.words import text
from metrics.appraisal.indicators import as_decimal

_FEN_PER_YUAN = 100
_PLACES = 2


def lost_said(scheme: Scheme, node: Mapping[str, Any], row: Mapping[str, Any] | None, language: str) -> str:
    """Why a leaf of the tree loses points or does not count; "" where it has them all.

    ``node``: a row of `metrics.appraisal.score.NODES`; ``row``: that of `indicators.COLUMNS` for a part.
    """
    reason = node["reason"]
    if not reason:
        return ""
    if reason == "judged":
        value = shown(Fraction(node["share_low"]) * _FEN_PER_YUAN)
        return text("appraisal.why.judged", language, value=f"{value}%")
    if row is None or reason not in ("below", "partly_known"):
        return text(f"appraisal.why.{reason}", language)
    part = scheme.indicator(row["indicator"]).parts[row["part"]]
    said = _filled(part, row, language)
    if reason == "below":
        return said
    return text("appraisal.why.partly_known", language, unknown=row["unknown"], said=said)


def line_said(line: Line, language: str) -> str:
    """A line of the uniform rule with its limit."""
    limits = [
        f"{shown(line.tasks_below)}%" if line.tasks_below is not None else "",
        f"{shown(line.spent_below)}%" if line.spent_below is not None else "",
        _money(int(line.investment_below * FEN_PER_UNIT), language)
        if line.investment_below is not None
        else "",
    ]
    said: str = getattr(line, language)
    return said.format(limit=next((limit for limit in limits if limit), ""))


def value_said(part: Part, row: Mapping[str, Any], language: str) -> str:
    """The value of a part with its unit; an interval where it is not known to the last row; "" where it is missing."""
    if row["value_low"] is None:
        return ""
    sides = [row["value_low"], row["value_high"]]
    return "–".join(dict.fromkeys(_value(part, Fraction(side), language) for side in sides))


def shown(number: Fraction | Decimal | float | None, places: int = _PLACES) -> str:
    """A number to at most so many places, without empty ones, with separators."""
    found = as_decimal(None if number is None else str(Fraction(number)), places)
    if found is None:
        return ""
    said = f"{found:,f}"
    plain = (said.rstrip("0").rstrip(".") if "." in said else said) or "0"
    return plain.replace("-", "\u2212")


def cut(points: Fraction | Decimal | float) -> str:
    """Points cut to their places, never rounded up: nothing printed reaches a cut-off that was missed."""
    return shown(Fraction(floor(Fraction(points) * 10**_PLACES), 10**_PLACES))


def _filled(part: Part, row: Mapping[str, Any], language: str) -> str:
    template: str = getattr(part.lost, language)
    return template.format(
        num=_counted(part, row["numerator"], language),
        den=_counted(part, row["denominator"], language),
        value=value_said(part, row, language),
        full=_value(part, Fraction(part.full), language),
    )


def _counted(part: Part, number: int | None, language: str) -> str:
    if number is None:
        return ""
    return _money(number, language) if part.unit == "money" else f"{number:,}"


def _value(part: Part, value: Fraction, language: str) -> str:
    if part.unit == "points":
        return text("appraisal.points_unit", language, value=shown(value))
    return f"{shown(value)}%"


def _money(fen: int, language: str) -> str:
    unit = FEN_PER_UNIT if language == "zh" else _FEN_PER_YUAN
    return text("appraisal.money", language, value=shown(Fraction(fen, unit), 6))
