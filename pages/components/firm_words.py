"""A result table in words: verdicts, routes, requirements and missing cells as a person reads them."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from data.rules import RuleInput, Standard
from data.words import text
from metrics.scoring.results import LISTED, TOGETHER
from metrics.scoring.rule_words import Words


def words_in(language: str) -> Words:
    """The words of rules in a language that is known beforehand: for files that are made after the page was drawn."""
    return Words(language, lambda key, **places: text(key, language, **places))


def in_words(table: pl.DataFrame, rule: Standard, year: int, words: Words) -> pl.DataFrame:
    """Every row and column of a result table, values in words, columns still under their own names."""
    say = words.say
    reasons = [f"reason_{criterion.id}" for criterion in rule.criteria]
    return table.with_columns(
        _each("verdict", table, lambda code: say(f"score_firm.verdict.{code}")),
        _each("route", table, lambda code: say(f"route.{code}")),
        _each("failed", table, lambda codes: failed_words(codes, rule, words)),
        _each("missing", table, lambda codes: missing_words(codes, rule, year, words)),
        pl.when("orientation_warning")
        .then(pl.lit(say("score_file.orientation")))
        .otherwise(pl.lit(""))
        .alias("orientation_warning"),
        *(_each(reason, table, lambda code: say(f"score_file.reason.{code}")) for reason in reasons),
    )


def labels(rule: Standard, words: Words) -> dict[str, str]:
    """The header of every column of a result table."""
    say = words.say
    plain = ("uscc", "name", "year")
    own = ("verdict", "score", "score_low", "score_high", "route", "failed", "missing", "orientation_warning")
    named = {criterion.id: words.label(criterion.label) for criterion in rule.criteria}
    return (
        {field: words.field(field) for field in plain}
        | {column: say(f"score_file.column.{column}") for column in own}
        | {f"points_{code}": say("score_file.points_column", name=name) for code, name in named.items()}
        | {f"reason_{code}": say("score_file.reason_column", name=name) for code, name in named.items()}
        | {"rule_version": say("score_file.rule_version_column")}
    )


def failed_words(codes: str, rule: Standard, words: Words) -> str:
    """Failed requirements by name; where only all together fail, said so."""
    known = {item.id: words.label(item.label) for item in rule.requirements}
    joined = words.say("rule.semicolon")
    if TOGETHER in codes:
        names = joined.join(known[code] for code in codes.split(TOGETHER))
        return words.say("score_file.jointly", names=names)
    return joined.join(known[code] for code in codes.split(LISTED))


def missing_words(cells: str, rule: Standard, year: int, words: Words) -> str:
    """Missing cells, `field@year`, under the names of their columns."""
    parted = [cell.partition("@") for cell in cells.split(LISTED)]
    items = [RuleInput(field=field, years_before=year - int(of_year)) for field, _, of_year in parted]
    return words.say("rule.list").join(words.cells(items, rule, year))


def _each(column: str, table: pl.DataFrame, said: Callable[[str], str]) -> pl.Expr:
    """Each different value put into words once."""
    known = {code: said(code) for code in table[column].unique() if code}
    return pl.col(column).replace_strict(known, default="", return_dtype=pl.String)
