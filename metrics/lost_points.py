"""Where firms lose their points: by tier, criterion and reporting unit, and the firms behind each figure.

A firm loses a point of a criterion where even its highest possible points lie below the maximum; what missing
figures could still bring is not lost. Mean points lost = sum over all scored firms / scored firms, those that lose
nothing included. Sums are exact, in POINT units; source of the points: the standard's document and annex.

Tallies are made once for each reporting unit and added up; `members` are the rows that they count.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl

from data.rules import Criterion, Provincial, Standard
from metrics.scoring.evaluate import POINT
from metrics.scoring.outcome import FULL, REASONS
from metrics.scoring.outcome import VERDICTS as VERDICT_WORDS

EXACT = pl.Decimal(38, 0)
_REASONS = {code: word for code, word in REASONS.items() if code != FULL}
LOSSES = {
    "tier": pl.String,
    "province": pl.String,
    "criterion": pl.String,
    "firms": pl.Int64,
    "firms_losing": pl.Int64,
    "lost": EXACT,
    **dict.fromkeys(_REASONS.values(), pl.Int64),
}
UNMET = {
    "tier": pl.String,
    "province": pl.String,
    "requirement": pl.String,
    "firms": pl.Int64,
    "failed": pl.Int64,
    "open": pl.Int64,
}
VERDICTS = {"tier": pl.String, "province": pl.String, "verdict": pl.Int8, "firms": pl.Int64}


def unit_of(criterion: Criterion) -> int:
    """How many POINT units one stored unit of a criterion's points is: a province's decimals are stored as such."""
    return 1 if isinstance(criterion.rule, Provincial) else POINT


def tally(scored: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Lost points of scored firms by reporting unit and criterion; `LOSSES`, ``lost`` in POINT units.

    ``lower_band``, ``missing``, ``undefined`` count the firms by what keeps them from full points, for certain or not.
    """
    parts = [pl.DataFrame(schema=LOSSES)]
    for criterion in rule.criteria:
        unit = unit_of(criterion)
        high = pl.col(f"high_{criterion.id}").cast(pl.Int128) * unit
        lost = pl.lit(criterion.max * POINT, dtype=pl.Int128) - high
        reason = pl.col(f"reason_{criterion.id}")
        parts.append(
            scored.group_by("province")
            .agg(
                firms=pl.len().cast(pl.Int64),
                firms_losing=(lost > 0).sum().cast(pl.Int64),
                lost=lost.sum(),
                **{word: (reason == code).sum().cast(pl.Int64) for code, word in _REASONS.items()},
            )
            .with_columns(pl.col("lost").cast(EXACT), tier=pl.lit(rule.tier), criterion=pl.lit(criterion.id))
            .select(*LOSSES)
        )
    return pl.concat(parts)


def tally_requirements(scored: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Firms that fail each requirement for certain, and those it is open for, by reporting unit; `UNMET`."""
    parts = [pl.DataFrame(schema=UNMET)]
    for requirement in rule.requirements:
        holds = pl.col(f"holds_{requirement.id}")
        parts.append(
            scored.group_by("province")
            .agg(
                firms=pl.len().cast(pl.Int64),
                failed=(~holds).sum().cast(pl.Int64),
                open=holds.is_null().sum().cast(pl.Int64),
            )
            .with_columns(tier=pl.lit(rule.tier), requirement=pl.lit(requirement.id))
            .select(*UNMET)
        )
    return pl.concat(parts)


def tally_verdicts(scored: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Firms by reporting unit and verdict code; `VERDICTS`."""
    return (
        scored.group_by("province", "verdict")
        .agg(firms=pl.len().cast(pl.Int64))
        .with_columns(tier=pl.lit(rule.tier))
        .select(*VERDICTS)
    )


def by_criterion(tallies: pl.DataFrame, rule: Standard, province: str | None = None) -> pl.DataFrame:
    """Criteria of a standard, most points lost a firm first; of one reporting unit or of all.

    Returns criterion, most, lost_mean (points a firm), firms_losing, losing_pct, firms, and firms by reason.
    """
    return _rated(_of(tallies, rule, province), rule, "criterion").sort(
        ["lost_mean", "criterion"], descending=[True, False]
    )


def by_province(tallies: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Every reporting unit and criterion: province, and the columns of `by_criterion`."""
    return _rated(_of(tallies, rule, None), rule, "province", "criterion").sort("province", "criterion")


def requirements(tallies: pl.DataFrame, rule: Standard, province: str | None = None) -> pl.DataFrame:
    """Requirements of a standard, most failed first: requirement, failed, failed_pct, open, firms."""
    return _shared(_of(tallies, rule, province), "requirement").sort(
        ["failed", "open", "requirement"], descending=[True, True, False]
    )


def requirements_by_province(tallies: pl.DataFrame, rule: Standard) -> pl.DataFrame:
    """Every reporting unit and requirement: province, and the columns of `requirements`."""
    return _shared(_of(tallies, rule, None), "province", "requirement").sort("province", "requirement")


def verdicts(tallies: pl.DataFrame, rule: Standard, province: str | None = None) -> dict[int, int]:
    """Firms by verdict code."""
    found = _of(tallies, rule, province).group_by("verdict").agg(pl.col("firms").sum())
    return dict(found.iter_rows())


def members(scores: Any, criterion: Criterion, province: str | None = None) -> nw.LazyFrame[Any]:
    """The firms that lose points of a criterion, easiest to win back first.

    ``scores``: the registry's scores under one standard, Polars or DuckDB. Returns uscc, name, province, verdict,
    score_low, score_high, points and lost (POINT units), reason, change and gain (`metrics.next_band`), receipt_id,
    sheet_no, row_no. Easiest: the smallest change a point; then, where no figure measures it, the highest score.
    """
    name = criterion.id
    lost = nw.lit(criterion.max * POINT, dtype=nw.Int64) - nw.col(f"high_{name}").cast(nw.Int64) * unit_of(
        criterion
    )
    firms = _in_province(nw.from_native(scores).lazy(), province)
    return (
        firms.with_columns(
            lost=lost,
            points=nw.col(f"low_{name}").cast(nw.Int64) * unit_of(criterion),
            reason=nw.col(f"reason_{name}"),
            change=nw.col(f"change_{name}"),
            gain=nw.col(f"gain_{name}"),
        )
        .filter(nw.col("lost") > 0)
        .with_columns(
            ease=nw.col("change").cast(nw.Float64).abs() / nw.col("gain"), closeness=-nw.col("score_high")
        )
        .sort("ease", "closeness", "uscc", nulls_last=True)
        .select(*_SHOWN, "points", "lost", "reason", "change", "gain", *_ORIGIN)
    )


def members_failing(scores: Any, requirement: str, province: str | None = None) -> nw.LazyFrame[Any]:
    """The firms that fail a requirement for certain, by how few requirements they fail in all.

    Returns uscc, name, province, verdict, unmet, receipt_id, sheet_no, row_no.
    """
    firms = _in_province(nw.from_native(scores).lazy(), province)
    return (
        firms.filter(~nw.col(f"holds_{requirement}"))
        .select("uscc", "name", "province", "verdict", "unmet", *_ORIGIN)
        .sort("unmet", "uscc")
    )


def members_scored(scores: Any, verdict: str | None = None, province: str | None = None) -> nw.LazyFrame[Any]:
    """The firms scored, or those of one verdict (meets | fails | undetermined), highest score first.

    Returns uscc, name, province, verdict, score_low, score_high, unmet, missing, receipt_id, sheet_no, row_no.
    """
    firms = _in_province(nw.from_native(scores).lazy(), province)
    if verdict:
        code = next(code for code, word in VERDICT_WORDS.items() if word == verdict)
        firms = firms.filter(nw.col("verdict") == code)
    return (
        firms.with_columns(closeness=-nw.col("score_high"))
        .sort("closeness", "unmet", "uscc")
        .select(*_SHOWN, "unmet", "missing", *_ORIGIN)
    )


_SHOWN = ("uscc", "name", "province", "verdict", "score_low", "score_high")
_ORIGIN = ("receipt_id", "sheet_no", "row_no")


def _in_province(firms: nw.LazyFrame[Any], province: str | None) -> nw.LazyFrame[Any]:
    return firms.filter(nw.col("province") == province) if province else firms


def _of(tallies: pl.DataFrame, rule: Standard, province: str | None) -> pl.DataFrame:
    found = tallies.filter(pl.col("tier") == rule.tier)
    return found.filter(pl.col("province") == province) if province else found


def _rated(tallies: pl.DataFrame, rule: Standard, *by: str) -> pl.DataFrame:
    most = {criterion.id: criterion.max for criterion in rule.criteria}
    counts = ("firms", "firms_losing", *_REASONS.values())
    summed = tallies.group_by(by).agg(pl.col("lost").sum(), *(pl.col(name).sum() for name in counts))
    means = [
        float(Fraction(int(lost), POINT * firms)) if firms else 0.0
        for lost, firms in summed.select("lost", "firms").iter_rows()
    ]
    return summed.select(
        *by,
        pl.col("criterion").replace_strict(most, return_dtype=pl.Int64).alias("most"),
        pl.Series("lost_mean", means, dtype=pl.Float64),
        "firms_losing",
        _share("firms_losing").alias("losing_pct"),
        "firms",
        *_REASONS.values(),
    )


def _shared(tallies: pl.DataFrame, *by: str) -> pl.DataFrame:
    summed = tallies.group_by(by).agg(pl.col("firms", "failed", "open").sum())
    return summed.select(*by, "failed", _share("failed").alias("failed_pct"), "open", "firms")


def _share(part: str) -> pl.Expr:
    return pl.when(pl.col("firms") > 0).then(pl.col(part) * 100 / pl.col("firms"))
