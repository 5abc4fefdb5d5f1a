"""A scored file in figures: verdicts, the spread of scores, what was not met, where points were lost.

Everything counts firms of `metrics.scoring.score.score_firms`; points are exact Fractions until they are shown.
"""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from data.rules import Provincial, ScoreAtLeast, Standard
from metrics.scoring.evaluate import POINT
from metrics.scoring.outcome import (
    FAILS,
    FULL,
    LOWER_BAND,
    MEETS,
    MISSING,
    REASONS,
    UNDEFINED,
    UNDETERMINED,
    VERDICTS,
)

ORDER = (MEETS, UNDETERMINED, FAILS)


def verdict_counts(scored: pl.DataFrame) -> dict[str, int]:
    """Firms by verdict: meets, undetermined, fails; zero where there is none."""
    found = dict(scored["verdict"].value_counts().iter_rows())
    return {VERDICTS[code]: int(found.get(code, 0)) for code in ORDER}


def pass_mark(rule: Standard) -> int | None:
    """The total that the score route asks for; None where the standard has no score."""
    routes = [route.when for item in rule.requirements for route in item.routes]
    return next((when.total for when in routes if isinstance(when, ScoreAtLeast)), None)


def score_spread(scored: pl.DataFrame, rule: Standard, step: int) -> pl.DataFrame:
    """Firms with a certain score, by bins of `step` points that hold their lower end (the last one both ends).

    Returns from_points, to_points, verdict, firms; every bin and verdict once, in order.
    """
    last = max(rule.score_max // step - 1, 0)
    bins = pl.min_horizontal(pl.col("score_low") // (POINT * step), pl.lit(last)).cast(pl.Int64)
    counted = (
        scored.filter(pl.col("score_low") == pl.col("score_high"))
        .group_by(bins.alias("bin"), pl.col("verdict").cast(pl.Int64))
        .agg(firms=pl.len().cast(pl.Int64))
    )
    cells = pl.DataFrame(
        [{"bin": at, "verdict": code} for at in range(last + 1) for code in ORDER],
        schema={"bin": pl.Int64, "verdict": pl.Int64},
    )
    return cells.join(counted, on=["bin", "verdict"], how="left", maintain_order="left").select(
        (pl.col("bin") * step).alias("from_points"),
        pl.when(pl.col("bin") == last)
        .then(rule.score_max)
        .otherwise((pl.col("bin") + 1) * step)
        .alias("to_points"),
        pl.col("verdict").replace_strict(VERDICTS, return_dtype=pl.String),
        pl.col("firms").fill_null(0),
    )


def open_scores(scored: pl.DataFrame) -> int:
    """Firms whose score is a range because figures are missing."""
    return scored.filter(pl.col("score_low") != pl.col("score_high")).height


def unmet_spread(scored: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Firms by how many requirements they surely fail: unmet, verdict, firms; for a standard without a score."""
    unmet = pl.sum_horizontal(
        (~pl.col(f"holds_{item.id}")).fill_null(value=False).cast(pl.Int64) for item in rule.requirements
    )
    counted = scored.group_by(unmet.alias("unmet"), pl.col("verdict").cast(pl.Int64)).agg(
        firms=pl.len().cast(pl.Int64)
    )
    most = counted["unmet"].max() if counted.height else 0
    cells = pl.DataFrame(
        [{"unmet": count, "verdict": code} for count in range(int(most or 0) + 1) for code in ORDER],  # type: ignore[arg-type]
        schema={"unmet": pl.Int64, "verdict": pl.Int64},
    )
    return cells.join(counted, on=["unmet", "verdict"], how="left", maintain_order="left").select(
        "unmet",
        pl.col("verdict").replace_strict(VERDICTS, return_dtype=pl.String),
        pl.col("firms").fill_null(0),
    )


def requirement_counts(scored: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Each requirement with the firms that fail it for certain and those it is open for, most failed first.

    Returns requirement (id), failed, open, is_entry_gate.
    """
    rows = [
        {
            "requirement": item.id,
            "failed": int((~scored[f"holds_{item.id}"]).sum() or 0),
            "open": scored[f"holds_{item.id}"].null_count(),
            "is_entry_gate": item.is_entry_gate,
        }
        for item in rule.requirements
    ]
    schema = {"requirement": pl.String, "failed": pl.Int64, "open": pl.Int64, "is_entry_gate": pl.Boolean}
    return pl.DataFrame(rows, schema=schema).sort(["failed", "open"], descending=True, maintain_order=True)


def points_lost(scored: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Points of each criterion that firms surely lose, most lost first.

    Returns criterion (id), most, lost_mean (points a firm, over all firms), firms (that lose some for certain),
    and firms by reason: lower_band, missing, undefined.
    """
    firms = max(scored.height, 1)
    rows = []
    for criterion in rule.criteria:
        unit = POINT if isinstance(criterion.rule, Provincial) else 1
        lost = pl.lit(criterion.max * unit, dtype=pl.Int128) - pl.col(f"high_{criterion.id}").cast(pl.Int128)
        total = scored.select(lost.sum()).item() or 0
        reasons = dict(scored[f"reason_{criterion.id}"].value_counts().iter_rows())
        rows.append(
            {
                "criterion": criterion.id,
                "most": criterion.max,
                "lost_mean": float(Fraction(int(total), unit * firms)),
                "firms": scored.select((lost > 0).sum()).item(),
                **{REASONS[code]: int(reasons.get(code, 0)) for code in (LOWER_BAND, MISSING, UNDEFINED)},
            }
        )
    schema = {
        "criterion": pl.String,
        "most": pl.Int64,
        "lost_mean": pl.Float64,
        "firms": pl.Int64,
        **{REASONS[code]: pl.Int64 for code in REASONS if code != FULL},
    }
    return pl.DataFrame(rows, schema=schema).sort("lost_mean", descending=True, maintain_order=True)


def ranked(table: pl.DataFrame) -> pl.DataFrame:
    """A result table in reading order: met, undetermined, failed; higher scores and fewer failed rules first."""
    order = {VERDICTS[code]: place for place, code in enumerate(ORDER)}
    score = pl.coalesce("score", "score_low").cast(pl.Float64)
    return table.sort(
        pl.col("verdict").replace_strict(order, return_dtype=pl.Int8),
        -score.fill_null(0),
        pl.col("failed").str.count_matches(";"),
        "uscc",
        maintain_order=True,
    )
