"""The chair's four figures: provinces decided, α, the reliability of the panel's mean, reviews outstanding."""

from __future__ import annotations

import polars as pl

from data.manifest import Published
from pages.components.decide_reads import UnderReview
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.member_pages import records_of
from pages.components.numbers import MISSING, exact, iso
from pages.components.proof import Proof
from pages.components.unit_map import unit_names
from pages.components.words import t
from pages.components.work_proofs import grade_said, names

_PLACES = 3


def headline_of(build: Published, found: UnderReview) -> list[Figure]:
    """Each with its records: decisions, scores, reviews."""
    return [_decided(build, found), _alpha(build, found), _icc(build, found), _waiting(build, found)]


def scores_table(found: UnderReview) -> pl.DataFrame:
    """Every score handed in, in words."""
    return found.scores.select(
        unit=pl.col("province").replace(unit_names()),
        indicator=pl.col("indicator").replace(names(found.appraised)),
        seat="panelist",
        score=pl.col("score").cast(pl.Float64),
        reason="reason",
    )


def said(value: float | None) -> str:
    """A coefficient, or the dash where it is undefined."""
    return MISSING if value is None else exact(round(value, _PLACES), _PLACES)


def _decided(build: Published, found: UnderReview) -> Figure:
    rows = found.decided.filter(pl.col("province").is_in(found.graded))
    table = rows.select(
        unit=pl.col("province").replace(unit_names()),
        grade=pl.Series([grade_said(found.appraised, code) for code in rows["grade"]], dtype=pl.String),
        reason="reason",
    )
    value = t("my_province.filled", filled=table.height, all=len(found.graded))
    remark = t("decide.remark.not_published")
    if found.run:
        day = iso(found.run.at.astimezone().date())
        remark = t("decide.remark.published", number=found.run.number, day=day)
    return _figure(build, "decided", value, table, remark)


def _alpha(build: Published, found: UnderReview) -> Figure:
    known = found.agreement
    value = said(known.alpha if known else None)
    remark = t("decide.remark.alpha", pairable=known.pairable) if known else t("decide.remark.no_scores")
    return _figure(build, "alpha", value, scores_table(found), remark)


def _icc(build: Published, found: UnderReview) -> Figure:
    known = found.agreement
    value = said(known.icc.average if known else None)
    single = known.icc.single if known else None
    remark = t("decide.remark.icc_missing") if single is None else t("decide.remark.icc", single=said(single))
    return _figure(build, "icc", value, scores_table(found), remark)


def _waiting(build: Published, found: UnderReview) -> Figure:
    open_ = found.progress.filter(pl.col("submitted_at").is_null())
    table = open_.select(unit=pl.col("province").replace(unit_names()), seat="panelist", scored="scored")
    return _figure(
        build, "waiting", exact(open_.height), table, t("decide.remark.waiting", all=found.progress.height)
    )


def _figure(build: Published, key: str, value: str, table: pl.DataFrame, remark: str) -> Figure:
    label = t(f"decide.figure.{key}")
    labels = {name: t(f"work.column.{name}") for name in table.columns}
    proof = Proof(
        title=label,
        value=value,
        formula=t(f"decide.formula.{key}"),
        parts=[records_of(table, t("my_reviews.reviews"), f"decide_{key}", labels)],
        build=build_said(build),
    )
    return Figure(key, label, value, proof, remark=remark)
