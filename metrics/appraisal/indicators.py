"""The computed indicators of an appraisal, part by part: a ratio of its rows, and the share of its points it earns.

share = (value − zero) ÷ (full − zero), held between 0 and 1, exact; value = 100 × numerator ÷ denominator. A part is
*missing* where nothing is known of it, and may then be anything from 0 to 1; *not applicable* where there is nothing
that it could be of (no denominator, no platform, no review in the year).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from data.appraisal_policy import Part, Scheme
from metrics.appraisal import decision_process, output_benefit
from metrics.appraisal.asked import Asked
from metrics.appraisal.measure import MISSING, NOT_APPLICABLE, NOTHING, ONE, Measure, Reading
from metrics.fund_rules import RoundRules

COMPUTED = "computed"
ZERO = Fraction(0)
COLUMNS: dict[str, Any] = {
    "province": pl.String,
    "indicator": pl.String,
    "part": pl.String,
    "state": pl.String,
    "reason": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "unknown": pl.Int64,
    "value_low": pl.String,
    "value_high": pl.String,
    "share_low": pl.String,
    "share_high": pl.String,
}
_PERCENT = 100
_MEASURES = decision_process.PARTS | output_benefit.PARTS


def compute(
    frames: Mapping[str, Any],
    scheme: Scheme,
    of_round: RoundRules,
    support_batch: int,
    year: int,
    as_of: dt.date,
    *,
    platform_money: Collection[str],
    update_by: tuple[int, int],
) -> pl.DataFrame:
    """Every part of every computed indicator of each province that takes part; `COLUMNS`.

    ``frames``: current rows by dataset, and ``title_periods`` (`metrics.appraisal.asked.DATASETS`); what is absent is
    missing. In order of province and scheme. state: computed | missing | not_applicable. reason, of the last two or of
    lost points: "" | below | partly_known | not_loaded | no_rows | no_denominator | no_platform | too_few. numerator,
    denominator: whole numbers, fen for amounts (null where the value is no ratio of two); unknown: rows whose value
    is not known. value_*: percent, or percentage points, and share_* of the points: exact, a whole number or n/d.
    """
    asked = Asked(frames, scheme, of_round, support_batch, year, as_of, platform_money, update_by)
    return computed(asked)


def computed(asked: Asked) -> pl.DataFrame:
    """The same, of what is asked already."""
    rows: list[dict[str, Any]] = []
    for code in asked.scheme.computed:
        for name, part in asked.scheme.indicator(code).parts.items():
            found = _readings(asked, code, name)
            rows += [
                {"province": province, "indicator": code, "part": name} | _scored(part, *found[province])
                for province in asked.participants
            ]
    order = {code: at for at, code in enumerate(asked.scheme.computed)}
    found = pl.DataFrame(rows, schema=COLUMNS)
    place = pl.col("indicator").replace_strict(order, default=None, return_dtype=pl.Int64)
    return found.sort(["province", place], maintain_order=True)


def members(asked: Asked, indicator: str, part: str, province: str) -> pl.DataFrame:
    """The rows behind a part of a province; `metrics.appraisal.measure.COLUMNS`."""
    rows = _measure(asked.scheme, indicator, part).rows(asked)
    return rows.filter(pl.col("province") == province)


def share_of(part: Part, value: Fraction) -> Fraction:
    """The share of its points that a part's value in percent earns."""
    zero, full = Fraction(part.zero), Fraction(part.full)
    return min(ONE, max(ZERO, (value - zero) / (full - zero)))


def _measure(scheme: Scheme, indicator: str, part: str) -> Measure:
    kinds = scheme.indicator(indicator).tasks
    if kinds:
        return output_benefit.tasks(kinds)
    if (indicator, part) not in _MEASURES:
        raise KeyError(f"{scheme.round}: nothing measures {indicator}.{part}.")
    return _MEASURES[indicator, part]


def _readings(asked: Asked, indicator: str, part: str) -> dict[str, tuple[str, str, Reading | None]]:
    """Of each province: its state, the reason of that, and the reading."""
    measure = _measure(asked.scheme, indicator, part)
    is_loaded = all(asked.has(name) for name in measure.needs)
    found = measure.readings(asked, measure.rows(asked)) if is_loaded else {}
    return {
        province: _state(measure, asked, province, found.get(province), is_loaded=is_loaded)
        for province in asked.participants
    }


def _state(
    measure: Measure, asked: Asked, province: str, reading: Reading | None, *, is_loaded: bool
) -> tuple[str, str, Reading | None]:
    if measure.platforms_only and province not in asked.with_platforms:
        return NOT_APPLICABLE, "no_platform", None
    if not is_loaded:
        return MISSING, "not_loaded", None
    if reading is None:
        if measure.absent == NOTHING:
            return COMPUTED, "", Reading(ZERO, ZERO, ONE)
        if isinstance(measure.absent, str):
            return measure.absent, "no_rows", None
        absent, why = measure.absent(asked, province)
        return absent, why, None
    if not reading.den:
        return NOT_APPLICABLE, "no_denominator", None
    return COMPUTED, "", reading


def _scored(part: Part, state: str, reason: str, reading: Reading | None) -> dict[str, Any]:
    if reading is None:
        known = {"share_low": "0", "share_high": "1"} if state == MISSING else {}
        return {"state": state, "reason": reason} | known
    values = [_PERCENT * side / reading.den for side in (reading.low, reading.high)]
    shares = sorted(share_of(part, value) for value in values)
    lost = "" if shares[0] == ONE else "partly_known" if reading.unknown else "below"
    return {
        "state": state,
        "reason": lost,
        **_counted(part, reading),
        "unknown": reading.unknown,
        "value_low": str(values[0]),
        "value_high": str(values[1]),
        "share_low": str(shares[0]),
        "share_high": str(shares[1]),
    }


def _counted(part: Part, reading: Reading) -> dict[str, int]:
    """Numerator and denominator where both are numbers that a reader counts in."""
    if part.unit not in ("count", "money"):
        return {}
    return {"numerator": int(reading.low), "denominator": int(reading.den)}


def as_decimal(written: str | None, places: int = 6) -> Decimal | None:
    """An exact share or value for reading, to so many places."""
    if written is None:
        return None
    found = Fraction(written)
    return round(Decimal(found.numerator) / Decimal(found.denominator), places)
