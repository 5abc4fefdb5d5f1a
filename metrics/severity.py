"""How severe each panelist is: the mean difference of their scores from the mean of the others on the same items.

An item is one indicator of one province; only items that somebody else scored too are compared. Positive: generous.
A remark for moderation, never a correction. Source: the rater main effect of a two-way layout, unweighted.
"""

from __future__ import annotations

import polars as pl

COLUMNS = {
    "rater": pl.String,
    "scores": pl.Int64,
    "compared": pl.Int64,
    "mean": pl.Float64,
    "difference": pl.Float64,
    "largest": pl.Float64,
}


def severity(scores: pl.DataFrame) -> pl.DataFrame:
    """One row a rater, the severest first; ``scores``: rater, unit, score (a number or its text; null is left out).

    Returns rater, scores (how many), compared (items with another rater), mean, difference (mean of own less others'
    mean; null where nothing can be compared) and largest (the difference furthest from 0).
    """
    given = scores.select(
        pl.col("rater").cast(pl.String), pl.col("unit").cast(pl.String), pl.col("score").cast(pl.Float64)
    ).drop_nulls("score")
    count, total = pl.len().over("unit"), pl.col("score").sum().over("unit")
    others = pl.when(count > 1).then((total - pl.col("score")) / (count - 1))
    return (
        given.with_columns(apart=pl.col("score") - others)
        .group_by("rater")
        .agg(
            scores=pl.len().cast(pl.Int64),
            compared=pl.col("apart").count().cast(pl.Int64),
            mean=pl.col("score").mean(),
            difference=pl.col("apart").mean(),
            largest=pl.col("apart").sort_by(pl.col("apart").abs(), pl.col("apart")).last(),
        )
        .select(*COLUMNS)
        .sort("difference", "rater", nulls_last=True)
    )
