"""Numbers as people write them, read exactly: text in, integers at a fixed scale out, never through a float.

Most cells are plain digits and go through one vectorised pass; what is left is tidied (width, spaces, thousands
separators) and tried again; only what is still odd is looked at value by value, to say what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

FEN_PLACES = {"元": 2, "千元": 5, "万元": 6, "百万元": 8, "千万元": 9, "亿元": 10}
"""Decimal places at which an amount in this unit is in fen."""

PLACEHOLDERS = frozenset(
    {"-", "--", "---", "—", "——", "–", "―", "/", "\\", "//", "无", "暂无", "没有", "未知", "不详", "不适用", "空",
     "n/a", "na", "n.a.", "none", "null", "nil", "nan", "-nan", "#n/a", "*", "?", "？", ".", "…", "...", "××", "x"}
)  # fmt: skip
NOT_A_NUMBER = frozenset(
    {
        "nan",
        "-nan",
        "inf",
        "+inf",
        "-inf",
        "infinity",
        "-infinity",
        "+infinity",
        "1.#qnan",
        "1.#inf",
        "-1.#ind",
    }
)
EXCEL_ERRORS = frozenset(
    {"#div/0!", "#n/a", "#ref!", "#value!", "#name?", "#num!", "#null!", "#getting_data", "#spill!", "#calc!"}
)

_PLAIN = r"^-?[0-9]{1,20}(?:\.[0-9]{0,%d}0*)?$"
_GROUPED = r"^-?[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?$"
_EDGE = r"^[\s\p{Cf}]+|[\s\p{Cf}]+$"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?e[+-]?[0-9]+")
_DATE = re.compile(
    r"(?:[0-9]{4}[-/年][0-9]{1,2}([-/月][0-9]{1,2}日?|月)?|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2})([ t][0-9:.]+)?"
)
_CURRENCY = re.compile(r"^([+-]?)(?:¥|rmb|cny|人民币)\s*")
_SUFFIXES = {
    "10k yuan": ("万元", "万元人民币"), "percent": ("%",), "points": ("分",), "persons": ("人", "名"),
    "years": ("年",), "year": ("年", "年度"), "": ("个", "项", "件", "名", "位"),
}  # fmt: skip
_TROUBLES = ("%", "‰", "万", "亿", "元", "千元", "百万", "k", "m", "w")


@dataclass(frozen=True)
class Parsed:
    """A column after reading: values (null where blank or faulty) and the rule each faulty cell breaks."""

    values: pl.Series
    rules: pl.Series

    @property
    def is_clean(self) -> bool:
        """Whether no cell breaks a rule."""
        return self.rules.null_count() == len(self.rules)


def no_rules(length: int) -> pl.Series:
    """A rule column of a column without fault."""
    return pl.Series("rule", [None], dtype=pl.String).new_from_index(0, length)


def read_numbers(raw: pl.Series, places: int, unit: str, *, whole: bool = False) -> Parsed:
    """Read a column of numbers as integers scaled by 10**places (Int128, unbounded; bounds are checked apart).

    ``unit`` is the column's unit, whose own sign may follow a figure in its cell. ``whole`` columns take 12 and
    12.0, not 12.5. Rules: not_a_number, placeholder, error_cell, date_in_number, boolean_in_number, scientific,
    unit_in_cell, ambiguous_amount, number_too_large, not_whole, not_on_a_fen, too_many_decimals.
    """
    pattern = _PLAIN % places
    plain = raw.str.contains(pattern)
    if plain.all():
        return Parsed(_scaled(raw, places), no_rules(len(raw)))
    rest = raw.filter(~plain).unique()
    tidy = _tidied(rest)
    good = tidy.str.contains(pattern).fill_null(value=False)
    easy = pl.DataFrame({"raw": rest.filter(good), "tidy": tidy.filter(good)})
    odd = [read_number(text, places, unit, whole=whole) for text in tidy.filter(~good)]
    looked_at = pl.DataFrame(
        {
            "raw": pl.concat([easy["raw"], rest.filter(~good)]),
            "read": pl.concat(
                [_scaled(easy["tidy"], places), pl.Series([value for value, _ in odd], dtype=pl.Int128)]
            ),
            "rule": pl.concat([no_rules(easy.height), pl.Series([rule for _, rule in odd], dtype=pl.String)]),
        }
    )
    known = _scaled(raw.set(~plain, None), places)
    joined = (
        pl.DataFrame({"raw": raw, "known": known})
        .join(looked_at, on="raw", how="left", maintain_order="left")
        .select(values=pl.coalesce("known", "read"), rule="rule")
    )
    return Parsed(joined["values"], joined["rule"])


def read_number(
    text: str | None, places: int, unit: str, *, whole: bool = False
) -> tuple[int | None, str | None]:
    """Read one figure: (integer scaled by 10**places, None), (None, None) for a blank, or (None, rule)."""
    words = unicodedata.normalize("NFKC", text or "").replace("−", "-").strip().lower()
    if not words:
        return None, None
    rule = _refused(words)
    if rule:
        return None, rule
    figure = _CURRENCY.sub(r"\1", words)
    if figure.startswith("(") and figure.endswith(")"):
        figure = "-" + figure[1:-1].strip()
    for suffix in _SUFFIXES.get(unit, ()):
        if figure.endswith(suffix) and _NUMBER.match(figure):
            figure = figure.removesuffix(suffix).strip()
            break
    if re.fullmatch(_GROUPED, figure):
        figure = re.sub("[, ]", "", figure)
    if not _NUMBER.fullmatch(figure):
        return None, _why_no_number(figure)
    if len(figure) > 60:
        return None, "number_too_large"
    scaled = Decimal(figure) * Decimal(10) ** places if len(figure) < 28 else Decimal(_exact(figure, places))
    if scaled != scaled.to_integral_value():
        return None, "not_whole" if whole else "not_on_a_fen" if unit == "10k yuan" else "too_many_decimals"
    return (int(scaled), None) if abs(scaled) < 10**37 else (None, "number_too_large")


def fifteen_digits(text: str) -> str:
    """A double's decimal text rounded to the 15 significant digits that Excel keeps, without exponent."""
    value = Decimal(text)
    if not value.is_finite():
        return text
    if len(value.as_tuple().digits) > 15:
        value = Decimal(f"{value:.14e}")
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _exact(figure: str, places: int) -> str:
    """The figure with its point moved `places` to the right, as text: no precision of a context can touch it."""
    sign, digits, exponent = Decimal(figure).as_tuple()
    return f"{'-' if sign else ''}{''.join(map(str, digits))}E{int(exponent) + places}"


def _scaled(plain: pl.Series, places: int) -> pl.Series:
    # a longer figure than 38 digits becomes null in the cast; 20 digits before the point keep it below
    return plain.cast(pl.Decimal(38, places), strict=False).to_physical().cast(pl.Int128)


def _tidied(texts: pl.Series) -> pl.Series:
    tidy = texts.str.normalize("NFKC").str.replace_all("−", "-", literal=True).str.replace_all(_EDGE, "")
    grouped = tidy.str.contains(_GROUPED)
    return (
        tidy.str.replace_all("[, ]", "").zip_with(grouped.fill_null(value=False), tidy)
        if grouped.any()
        else tidy
    )


def _refused(words: str) -> str | None:
    if words in EXCEL_ERRORS:
        return "error_cell"
    if words in NOT_A_NUMBER:
        return "not_a_number"
    if words in PLACEHOLDERS:
        return "placeholder"
    if _DATE.fullmatch(words):
        return "date_in_number"
    if words in {"true", "false", "是", "否", "yes", "no"}:
        return "boolean_in_number"
    if _SCIENTIFIC.fullmatch(words):
        return "scientific"
    return None


def _why_no_number(figure: str) -> str:
    for trouble in _TROUBLES:
        if figure.endswith(trouble) and _NUMBER.fullmatch(
            figure.removesuffix(trouble).replace(",", "").strip()
        ):
            return "ambiguous_amount" if trouble in {"万", "亿", "百万", "k", "m", "w"} else "unit_in_cell"
    if re.match(r"[+-]?[0-9,. ]+(万|亿|千|百|元|%|美元|港元|usd|\$)", figure):
        return "unit_in_cell"
    return "not_a_number"
