"""Proofs of an appraisal's figures: an indicator by its parts' rows, points by what each indicator adds."""

from __future__ import annotations

import polars as pl

from data.access import Scope
from data.appraisal_policy import Indicator
from data.dataset import FEN_PER_UNIT, contract, datasets
from data.manifest import Published
from pages.components.facts import build_said
from pages.components.member_pages import Records, records_of
from pages.components.numbers import MISSING, exact, iso, points
from pages.components.proof import Proof, is_open
from pages.components.words import both, language, t
from pages.components.work_reads import Appraised, members

_ROW = ("label", "num", "den", "dataset", "file", "sheet", "cell")
_PLACES = 2


def points_said(low: float | None, high: float | None) -> str:
    """Points as one number, or as the interval between which what is missing leaves them."""
    if low is None or high is None:
        return MISSING
    ends = [exact(points(end), _PLACES) for end in (low, high)]
    return t("work.between", low=ends[0], high=ends[1]) if ends[0] != ends[1] else ends[0]


def weight_said(weight: float) -> str:
    """Full marks, to at most two places."""
    return f"{round(weight, _PLACES):g}"


def grade_said(found: Appraised, code: str | None) -> str:
    """The word of a grade; that of an open one where there is none."""
    return both(found.scheme.grades[code]) if code else t("work.grade_open")  # type: ignore[index]


def total_said(found: Appraised, province: str) -> tuple[str, str]:
    """A province's points, and its grade or the grades between which it lies."""
    row = found.totals.filter(pl.col("province") == province).row(0, named=True)
    worst, best = (grade_said(found, row[f"grade_{end}"]) for end in ("low", "high"))
    grade = worst if worst == best else t("work.between", low=worst, high=best)
    return points_said(row["points_low"], row["points_high"]), grade


def points_proof(build: Published, found: Appraised, province: str, who: str) -> Proof:
    """What a province's points are made of: every indicator with its weight and its points."""
    rows = found.nodes.filter(pl.col("province") == province, pl.col("level") == "indicator")
    table = rows.select(
        indicator=pl.col("code").replace_strict(names(found), return_dtype=pl.String),
        state=pl.col("state").replace_strict(
            {state: t(f"appraisal.state.{state}") for state in ("computed", "missing", "not_applicable")},
            return_dtype=pl.String,
        ),
        weight=pl.col("weight_used").round(_PLACES),
        points_low=pl.col("points_low").round(_PLACES),
        points_high=pl.col("points_high").round(_PLACES),
    )
    labels = {name: t(f"work.column.{name}") for name in table.columns}
    points, grade = total_said(found, province)
    return Proof(
        title=t("work.points_of", unit=who),
        value=t("work.points_and_grade", points=points, grade=grade),
        formula=t("work.points_formula"),
        basis=t("appraisal.notice"),
        as_of=iso(found.as_of),
        rule=both(found.scheme.title),
        article=found.scheme.framework.document,
        marks=(found.scheme.framework.mark,),
        parts=[records_of(table, t("work.indicators"), f"points_{province}", labels)],
        build=build_said(build),
    )


def indicator_proof(
    build: Published, scope: Scope, found: Appraised, province: str, code: str, key: str = ""
) -> Proof:
    """The rows behind an indicator, one list for each of its parts; with a ``key`` read only when its proof is open."""
    indicator = found.scheme.indicator(code)
    node = found.nodes.filter(pl.col("province") == province, pl.col("code") == code).row(0, named=True)
    parts = [
        _part(build, scope, found, province, code, name)
        for name in indicator.parts
        if node["state"] != "not_applicable" and (not key or is_open(key))
    ]
    return Proof(
        title=both(indicator),
        value=t(
            "work.points_of_weight",
            points=points_said(node["points_low"], node["points_high"]),
            weight=weight_said(node["weight_used"]),
        ),
        formula=both(indicator.formula),
        basis=t("appraisal.notice"),
        as_of=iso(found.as_of),
        rule=both(found.scheme.title),
        article=_article(indicator),
        marks=(indicator.source.mark,),
        parts=parts,
        absent="" if parts else t("work.judged_no_rows"),
        build=build_said(build),
    )


def names(found: Appraised) -> dict[str, str]:
    """The indicators' names in the reader's language, in the order of the scheme."""
    return {code: both(indicator) for _, code, indicator in found.scheme.indicators()}


def _part(build: Published, scope: Scope, found: Appraised, province: str, code: str, part: str) -> Records:
    rows = members(build, scope, found.appraisal, province, code, part)
    of_part = found.scheme.indicator(code).parts[part]
    unit = FEN_PER_UNIT if of_part.unit == "money" else 1
    titles = {
        name: contract(name).title[language()] for name in rows["dataset"].unique() if name in datasets()
    }
    missing = [name for name in ("file", "sheet", "cell") if name not in rows.columns]
    table = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in missing).select(
        pl.col("label"),
        *(pl.col(name).cast(pl.Float64) / unit for name in ("num", "den")),
        pl.col("dataset").replace(titles),
        *_ROW[4:],
    )
    labels = {name: t(f"work.column.{name}") for name in _ROW}
    return records_of(table, both(of_part), f"{code}_{part}_{province}", labels)


def _article(indicator: Indicator) -> str:
    return f"{indicator.source.document} {both(indicator.source)}"
