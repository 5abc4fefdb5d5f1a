"""The tables beside the charts of a scored file: the same counts, with their headers."""

from __future__ import annotations

import polars as pl

from data.rules import Standard
from metrics.scoring.rule_words import Words
from pages.components.words import t

VERDICTS = ("meets", "undetermined", "fails")


def by_verdict(table: pl.DataFrame) -> pl.DataFrame:
    """One row a step, one column a verdict."""
    place = [name for name in table.columns if name not in ("verdict", "firms")]
    return table.pivot("verdict", index=place, values="firms").select(*place, *VERDICTS)


def failed_table(failed: pl.DataFrame, rule: Standard, words: Words) -> pl.DataFrame:
    """Requirements by name with the firms that fail them and those they are open for."""
    names = {item.id: words.label(item.label) for item in rule.requirements}
    return failed.select(
        pl.col("requirement").replace_strict(names, return_dtype=pl.String), "failed", "open"
    )


def lost_table(lost: pl.DataFrame, rule: Standard, words: Words) -> pl.DataFrame:
    """Criteria by name with the points lost a firm, to two places, and the firms by reason."""
    names = {item.id: words.label(item.label) for item in rule.criteria}
    return lost.with_columns(
        pl.col("criterion").replace_strict(names, return_dtype=pl.String), pl.col("lost_mean").round(2)
    )


def count_labels() -> dict[str, str]:
    """The headers of these tables."""
    own = (
        "from_points",
        "to_points",
        "unmet",
        "failed",
        "open",
        "lost_mean",
        "firms",
        "lower_band",
        "missing",
        "undefined",
    )
    return {name: t(f"score_file.counted.{name}") for name in own} | {
        verdict: t(f"score_firm.verdict.{verdict}") for verdict in VERDICTS
    }
