"""A column of text read as its contract says: booleans, choices, lists, dates, provinces, codes, plain text, numbers.

Columns with few distinct values are read once per distinct value and spread by code, so a million rows of 是 and 否
cost two readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl

from data.dataset import Column
from pipelines.intake import credit_code
from pipelines.intake.numbers import (
    EXCEL_ERRORS,
    FEN_PLACES,
    PLACEHOLDERS,
    Parsed,
    no_rules,
    read_number,
    read_numbers,
)
from pipelines.intake.provinces import is_nation, read_province

LONGEST_TEXT = 500
LONGEST_CELL = 10_000
SEPARATORS = re.compile(r"[;；,，、\n|]+")
_YES = frozenset({"是", "yes", "y", "true", "1", "1.0", "√", "✓", "✔", "☑"})
_NO = frozenset({"否", "no", "n", "false", "0", "0.0", "×", "✗", "✘", "✕", "☒"})
_NOTHING = frozenset({"无", "none", "nil", "没有", "不适用", "n/a", "/", "-", "--", "—", "——"})
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_DAY = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?"
)
_MIDNIGHT = re.compile(r"[ t]00:00(:00)?(\.0+)?$")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = (10_000, 80_000)

Read = tuple[Any, str | None]


def squeezed(text: str) -> str:
    """Half width, lower case, without spaces or invisible characters: what labels are compared by."""
    return re.sub(r"\s+", "", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).lower()


def read_column(  # noqa: PLR0911 - one return for each type
    raw: pl.Series, column: Column, money_unit: str = "万元", displayed_percent: pl.Series | None = None
) -> Parsed:
    """Read one column of text (null or spaces = blank) into its typed values and the rules broken.

    Types are those of the typed frame; a list comes as a Struct of one Boolean field per code. ``money_unit`` is the
    unit of the column's header (元, 万元, …); ``displayed_percent`` marks cells whose number Excel displays times 100.
    """
    if raw.null_count() == len(raw):
        return Parsed(_blank_values(column, len(raw)), no_rules(len(raw)))
    if column.type in {"int", "decimal"}:
        if column.unit == "year":
            return _bounded(by_distinct(raw, _year, pl.Int128), column)
        return _bounded(_numbers(raw, column, money_unit, displayed_percent), column)
    if column.format == "credit_code":
        return _credit_codes(raw, column)
    if column.format == "reporting_unit":
        return by_distinct(raw, partial(_province, column.is_required), pl.String)
    if column.format == "industry_code":
        return by_distinct(raw, _industry, pl.String)
    if column.type == "bool":
        return by_distinct(raw, _boolean, pl.Boolean)
    if column.type == "date":
        return by_distinct(raw, partial(_date, column.blank), pl.Date)
    if column.type == "choice":
        return by_distinct(raw, partial(_choice, _spellings(column)), pl.Int8)
    if column.type == "list":
        fields = dict.fromkeys(column.codes, pl.Boolean)
        return by_distinct(raw, partial(_list, _spellings(column), column.codes), pl.Struct(fields))
    if column.values:
        return by_distinct(raw, partial(_code, _spellings(column), column.codes), pl.String)
    return _texts(raw)


def by_distinct(raw: pl.Series, read: Callable[[str], Read], dtype: Any) -> Parsed:
    """Read each distinct value once; `read` gives (value, None), (None, None) for a blank, or (None, rule)."""
    distinct = raw.drop_nulls().unique()
    pairs = [read(text[:LONGEST_CELL]) for text in distinct]
    codes = raw.cast(pl.Enum(distinct)).to_physical()
    values = pl.Series("values", [value for value, _ in pairs], dtype=dtype).gather(codes)
    if all(rule is None for _, rule in pairs):
        return Parsed(values, no_rules(len(raw)))
    return Parsed(values, pl.Series("rule", [rule for _, rule in pairs], dtype=pl.String).gather(codes))


def _blank_values(column: Column, length: int) -> pl.Series:
    if column.type == "list":
        fields = dict.fromkeys(column.codes, pl.Boolean)
        return pl.Series([dict.fromkeys(column.codes, False)], dtype=pl.Struct(fields)).new_from_index(
            0, length
        )
    kinds = {"bool": pl.Boolean, "date": pl.Date, "choice": pl.Int8, "int": pl.Int64, "decimal": pl.Int64}
    return pl.Series([None], dtype=kinds.get(column.type, pl.String)).new_from_index(0, length)


def _numbers(raw: pl.Series, column: Column, money_unit: str, displayed_percent: pl.Series | None) -> Parsed:
    places = FEN_PLACES[money_unit] if column.is_money else column.decimals
    parsed = read_numbers(raw, places, column.unit, whole=column.type == "int")
    if displayed_percent is not None and column.unit == "percent" and displayed_percent.any():
        # Excel holds 12.5 % as 0.125; text such as "12.5%" is already in percent and is never so marked
        values = pl.select(
            pl.when(displayed_percent).then(pl.lit(parsed.values) * 100).otherwise(parsed.values)
        ).to_series()
        parsed = Parsed(values, parsed.rules)
    return _blanks_allowed(parsed, column)


def _blanks_allowed(parsed: Parsed, column: Column) -> Parsed:
    """A dash or 无 is no figure; where nothing is claimed it can only mean nothing, so it only warns."""
    if parsed.is_clean or column.blank not in {"none_claimed", "not_applicable"}:
        return parsed
    rules = parsed.rules.to_frame().with_columns(
        rule=pl.col("rule").replace({"placeholder": "placeholder_blank"})
    )
    return Parsed(parsed.values, rules["rule"])


def _bounded(parsed: Parsed, column: Column) -> Parsed:
    value, rule = pl.col("value"), pl.col("rule")
    fault = pl.when(rule.is_not_null()).then(rule)
    if column.low is not None:
        fault = fault.when(value < column.stored_low).then(pl.lit("below_low"))
    if column.high is not None:
        fault = fault.when(value > column.stored_high).then(pl.lit("above_high"))
    fault = fault.when(value.abs() > column.widest).then(pl.lit("number_too_large"))
    frame = pl.DataFrame({"value": parsed.values, "rule": parsed.rules}).with_columns(
        rule=fault.otherwise(None)
    )
    kept = frame.select(pl.when(rule.is_null()).then(value).otherwise(None).cast(pl.Int64).alias("value"))[
        "value"
    ]
    return Parsed(kept, frame["rule"])


def _credit_codes(raw: pl.Series, column: Column) -> Parsed:
    codes = credit_code.normalise(raw)
    rules = credit_code.faults(codes)
    if rules.null_count() == len(rules):
        return Parsed(codes, rules)
    if column.blank == "not_applicable":
        # a related enterprise's code is kept as given and only warned of; the row's own, where there is one, must hold
        return Parsed(
            codes,
            rules.to_frame("rule").select(
                pl.when(pl.col("rule").is_not_null()).then(pl.lit("related_code")).alias("rule")
            )["rule"],
        )
    return Parsed(codes.set(rules.is_not_null(), None), rules)


def _texts(raw: pl.Series) -> Parsed:
    odd = raw.str.contains(r"[\p{Cc}\p{Cf}]").fill_null(value=False)
    tidy = raw.str.replace_all(r"[\p{Cc}\p{Cf}\s]+", " ").zip_with(odd, raw) if odd.any() else raw
    tidy = tidy.str.strip_chars()
    tidy = tidy.set(tidy == "", None)
    frame = pl.DataFrame({"text": tidy}).with_columns(
        rule=pl.when(pl.col("text").str.len_chars() > LONGEST_TEXT)
        .then(pl.lit("text_too_long"))
        .when(pl.col("text").str.to_lowercase().is_in(list(EXCEL_ERRORS)))
        .then(pl.lit("error_cell"))
    )
    return Parsed(frame["text"].set(frame["rule"].is_not_null(), None), frame["rule"])


def _year(text: str) -> Read:
    value, rule = read_number(text, 0, "year", whole=True)
    if rule == "date_in_number" or (value is not None and _SERIALS[0] <= value <= _SERIALS[1]):
        return None, "date_as_year"
    return value, rule


def _province(is_required: bool, text: str) -> Read:
    """Where the province may be blank, that and the word for the whole country mean the same."""
    if not squeezed(text) or (not is_required and is_nation(text)):
        return None, None
    reading = read_province(text)
    return reading.code, reading.rule


def _industry(text: str) -> Read:
    code = squeezed(text).upper()
    if not code:
        return None, None
    code = re.sub(r"\.0+$", "", code)
    return (code, None) if re.fullmatch(r"[A-T]?[0-9]{2,4}", code) else (None, "industry_code_form")


def _boolean(text: str) -> Read:
    word = squeezed(text)
    if not word:
        return None, None
    return (
        (True, None)
        if word in _YES
        else (False, None)
        if word in _NO
        else (None, _word_rule(word, "not_yes_or_no"))
    )


def _choice(spellings: dict[str, int], text: str) -> Read:
    word = squeezed(text)
    if not word:
        return None, None
    index = spellings.get(word)
    return (index, None) if index is not None else (None, _word_rule(word, "not_in_list"))


def _code(spellings: dict[str, int], codes: tuple[str, ...], text: str) -> Read:
    index, rule = _choice(spellings, text)
    return (None if index is None else codes[index]), rule


def _list(spellings: dict[str, int], codes: tuple[str, ...], text: str) -> Read:
    ticked = dict.fromkeys(codes, False)
    words = [
        word
        for word in (squeezed(part) for part in SEPARATORS.split(unicodedata.normalize("NFKC", text)))
        if word
    ]
    if len(words) == 1 and words[0] in _NOTHING:
        return ticked, None
    for word in words:
        if word not in spellings:
            return None, _word_rule(word, "not_in_list")
        ticked[codes[spellings[word]]] = True
    return ticked, None


def _date(blank: str, text: str) -> Read:
    word = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip().lower())
    if not word:
        return None, None
    if blank != "error" and squeezed(word) in _NOTHING | PLACEHOLDERS:
        return None, "placeholder_blank"
    compact = re.sub(r"\s+", "", word)
    found = _DAY.fullmatch(compact)
    if found:
        year, *months, day = found.groups()
        return _calendar(int(year), int(next(month for month in months if month)), int(day))
    if re.fullmatch(r"[12][0-9]{7}", compact):
        return _calendar(int(compact[:4]), int(compact[4:6]), int(compact[6:]))
    serial = re.fullmatch(r"([0-9]{5})(?:\.[0-9]+)?", compact)
    if serial and _SERIALS[0] <= int(serial[1]) <= _SERIALS[1]:
        return _EXCEL_EPOCH + timedelta(days=int(serial[1])), None
    return None, _word_rule(word, "not_a_date")


def _calendar(year: int, month: int, day: int) -> Read:
    try:
        return date(year, month, day), None
    except ValueError:
        return None, "not_a_date"


def _word_rule(word: str, rule: str) -> str:
    return "error_cell" if word in EXCEL_ERRORS else "placeholder" if word in PLACEHOLDERS else rule


def _spellings(column: Column) -> dict[str, int]:
    return {
        squeezed(name): index
        for index, value in enumerate(column.values)
        for name in (value.code, value.zh, value.en, *value.also)
    }
