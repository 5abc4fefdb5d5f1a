"""The outcome in words: one row a firm with verdict, exact score, route, failed rules and missing cells."""

from __future__ import annotations

import polars as pl

from data.rules import Provincial, Standard
from metrics.scoring.evaluate import POINT
from metrics.scoring.outcome import FAILS, MEETS, REASONS, VERDICTS, has_score

LISTED = ";"
TOGETHER = "&"


def result_table(scored: pl.DataFrame, rule: Standard, year: int) -> pl.DataFrame:
    """Turn scored firms (`metrics.scoring.score`) into the table that is exported.

    Columns: uscc, name, year, verdict, score (exact decimal as text; null where the standard has no score or the
    score is uncertain), score_low, score_high (only where uncertain), route, failed, missing (joined by ';'),
    orientation_warning, points_<criterion>, reason_<criterion>, rule_version. Rows in order of credit code.
    """
    uncertain = pl.col("score_low") != pl.col("score_high")
    scored_at_all = pl.lit(has_score(rule))
    return scored.sort("uscc").select(
        "uscc",
        "name",
        pl.lit(year).alias("year"),
        _word("verdict", VERDICTS).alias("verdict"),
        pl.when(scored_at_all & ~uncertain).then(points_text("score_low")).alias("score"),
        pl.when(scored_at_all & uncertain).then(points_text("score_low")).alias("score_low"),
        pl.when(scored_at_all & uncertain).then(points_text("score_high")).alias("score_high"),
        _route(rule).alias("route"),
        _failed(rule).alias("failed"),
        pl.col("missing").list.join(LISTED).fill_null("").alias("missing"),
        pl.col("orientation").fill_null(value=False).alias("orientation_warning"),
        *(_points(criterion.id, isinstance(criterion.rule, Provincial)) for criterion in rule.criteria),
        *(
            _word(f"reason_{criterion.id}", REASONS).alias(f"reason_{criterion.id}")
            for criterion in rule.criteria
        ),
        pl.lit(f"{rule.id}@{rule.version}").alias("rule_version"),
    )


def points_text(column: str) -> pl.Expr:
    """Stored points as an exact decimal: no exponent, no trailing zeros."""
    whole, rest = pl.col(column) // POINT, pl.col(column) % POINT
    decimals = (rest + POINT).cast(pl.String).str.slice(1).str.strip_chars_end("0")
    return pl.when(rest == 0).then(whole.cast(pl.String)).otherwise(whole.cast(pl.String) + "." + decimals)


def _points(criterion: str, is_decimal: bool) -> pl.Expr:
    low, high = f"low_{criterion}", f"high_{criterion}"
    text = points_text(low) if is_decimal else pl.col(low).cast(pl.String)
    return pl.when(pl.col(low) == pl.col(high)).then(text).alias(f"points_{criterion}")


def _word(column: str, words: dict[int, str]) -> pl.Expr:
    return pl.col(column).replace_strict(list(words), list(words.values()), return_dtype=pl.String)


def _route(rule: Standard) -> pl.Expr:
    """The first route that surely holds, for firms that meet the standard."""
    found = pl.lit("")
    for requirement in rule.requirements:
        for route in reversed(requirement.routes):
            found = pl.when(pl.col(f"through_{route.id}")).then(pl.lit(route.id)).otherwise(found)
    return pl.when(pl.col("verdict") == MEETS).then(found).otherwise(pl.lit(""))


def _failed(rule: Standard) -> pl.Expr:
    """Requirements that surely fail; where only their conjunction does, the open ones joined by '&'."""
    holds = {requirement.id: pl.col(f"holds_{requirement.id}") for requirement in rule.requirements}
    single = pl.concat_list(
        [pl.when(~held).then(pl.lit(name)) for name, held in holds.items()]
    ).list.drop_nulls()
    jointly = pl.concat_list(
        [pl.when(held.is_null()).then(pl.lit(name)) for name, held in holds.items()]
    ).list.drop_nulls()
    return (
        pl.when(pl.col("verdict") != FAILS)
        .then(pl.lit(""))
        .when(single.list.len() > 0)
        .then(single.list.join(LISTED))
        .otherwise(jointly.list.join(TOGETHER))
    )
