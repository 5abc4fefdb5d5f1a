"""The four figures of a province's own page: points, money paid out, little giants, the self-evaluation."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import polars as pl

from data.access import Scope
from data.manifest import Published
from metrics.appraisal.indicators import as_decimal
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.member_pages import records_of
from pages.components.member_proofs import Source
from pages.components.member_reads import has_titles
from pages.components.numbers import MISSING, exact, iso, percent
from pages.components.proof import Proof
from pages.components.province_figures import UnitFigure, unit_figures
from pages.components.province_reads import units_of
from pages.components.self_form import compared_values, deviation
from pages.components.self_submit import Gaps
from pages.components.unit_map import unit_names
from pages.components.words import t
from pages.components.work_proofs import (
    grade_said,
    indicator_proof,
    names,
    points_proof,
    points_said,
    total_said,
)
from pages.components.work_reads import Appraised
from pipelines.workflow.self_evaluation import SelfEvaluation

_GREAT, _SPENT = "little_giant", "execution"
_PLACES = 2


def headline_of(build: Published, scope: Scope, found: Appraised, standing: SelfEvaluation) -> list[Figure]:
    """Points and grade of the model, what is paid out of what was received, the target, the form."""
    return [
        _points(build, found, standing.province),
        _paid(build, scope, found, standing.province),
        _titles(build, scope, found, standing.province),
        _form(build, found, standing),
    ]


def form_headline(build: Published, found: Appraised, standing: SelfEvaluation, gaps: Gaps) -> list[Figure]:
    """Points and grade of the model, fields filled in, own points that differ, indicators without full data."""
    return [
        _points(build, found, standing.province),
        _form(build, found, standing),
        _differing(build, found, standing, gaps),
        _uncertain(build, found, gaps),
    ]


def _differing(build: Published, found: Appraised, standing: SelfEvaluation, gaps: Gaps) -> Figure:
    system = compared_values(found, standing)
    rows = [
        (name, float(system[code] or 0), float(entry.value or 0), float(apart), entry.explanation)
        for code, name in names(found).items()
        if (apart := deviation(system.get(code), entry := standing.entry(code))) is not None
    ]
    columns = {"indicator": pl.String, "system": pl.Float64, "own": pl.Float64, "apart": pl.Float64}
    table = pl.DataFrame(rows, schema={**columns, "explanation": pl.String}, orient="row")
    return _counted(
        build,
        "differing",
        table,
        t("self_evaluation.remark.unexplained", count=len(gaps.unexplained)),
        t("self_evaluation.formula.differing"),
    )


def _uncertain(build: Published, found: Appraised, gaps: Gaps) -> Figure:
    is_panel = pl.col("indicator").is_in(found.scheme.judged)
    rows = found.lost.filter(~is_panel, pl.col("state") == "missing").select("name", "points", "said")
    rows = rows.rename({"name": "indicator", "points": "at_stake", "said": "why"})
    remark = t("self_evaluation.remark.uncertain", points=exact(rows["at_stake"].sum(), _PLACES))
    figure = _counted(build, "uncertain", rows, remark, t("self_evaluation.formula.uncertain"))
    return replace(
        figure, value=exact(len(gaps.uncertain)), proof=figure.proof.with_value(str(len(gaps.uncertain)))
    )


def _counted(build: Published, key: str, table: pl.DataFrame, remark: str, formula: str) -> Figure:
    label = t(f"self_evaluation.figure.{key}")
    labels = {name: t(f"work.column.{name}") for name in table.columns}
    proof = Proof(
        title=label,
        value=exact(table.height),
        formula=formula,
        parts=[records_of(table, t("work.indicators"), key, labels)],
        build=build_said(build),
    )
    return Figure(key, label, exact(table.height), proof, remark=remark)


def _points(build: Published, found: Appraised, unit: str) -> Figure:
    row = found.totals.row(0, named=True)
    points, grade = total_said(found, unit)
    proof = points_proof(build, found, unit, unit_names()[unit])
    return Figure(
        "points",
        t("my_province.figure.points"),
        points_said(row["points_low"], row["points_low"]),
        proof,
        exact=points,
        remark=t(
            "my_province.remark.grade", grade=grade, most=points_said(row["points_high"], row["points_high"])
        ),
        detail=_to_next(found),
    )


def _to_next(found: Appraised) -> str:
    best = found.improvements.filter(pl.col("to_next").is_not_null()).head(1)
    if best.is_empty():
        return ""
    low = Fraction(found.totals["low"][0])
    above = [code for code, rule in found.scheme.grades.items() if Fraction(rule.at_least) > low]
    missing = Fraction(found.scheme.grades[above[-1]].at_least) - low
    return t(
        "my_province.remark.to_next", points=as_decimal(str(missing), 2), grade=grade_said(found, above[-1])
    )


def _paid(build: Published, scope: Scope, found: Appraised, unit: str) -> Figure:
    label = t("my_province.figure.paid")
    proof = indicator_proof(build, scope, found, unit, _SPENT, "paid")
    row = found.measured.filter(pl.col("indicator") == _SPENT).head(1)
    if row.is_empty() or row["value_low"][0] is None:
        return Figure("paid", label, MISSING, proof, remark=t("my_province.remark.no_funds"))
    value = as_decimal(row["value_low"][0])
    return Figure("paid", label, percent(value), proof, remark=t("my_province.remark.paid"))


def _titles(build: Published, scope: Scope, found: Appraised, unit: str) -> Figure:
    label = t("my_province.figure.titles")
    if not has_titles(build):
        return Figure("titles", label, MISSING, _nothing(build, label, t("facts.no_titles")))
    source = Source(build, scope, found.as_of)
    own = {
        figure.column: figure
        for figure in unit_figures(source, units_of(source, _GREAT, with_cities=False), unit)
    }
    share = own["attained_pct"]
    proof = share.proof or own["valid"].proof or _nothing(build, label, share.remark)
    return Figure("titles", label, own["valid"].value, proof, remark=_of_target(share), detail=_due(own))


def _of_target(share: UnitFigure) -> str:
    return t("my_province.remark.target", ratio=share.remark) if share.value != MISSING else share.remark


def _due(own: dict) -> str:
    return t("my_province.remark.due", count=own["due"].value)


def _form(build: Published, found: Appraised, standing: SelfEvaluation) -> Figure:
    filled = {code: entry for code, entry in standing.entries.items() if entry.value is not None}
    table = pl.DataFrame(
        [
            (names(found).get(code, code), float(entry.value or 0), entry.explanation, entry.version)
            for code, entry in filled.items()
        ],
        schema={"indicator": pl.String, "own": pl.Float64, "explanation": pl.String, "version": pl.Int64},
        orient="row",
    )
    labels = {name: t(f"work.column.{name}") for name in table.columns}
    label = t("my_province.figure.form")
    value = t("my_province.filled", filled=len(filled), all=len(names(found)))
    proof = Proof(
        title=label,
        value=value,
        formula=t("my_province.formula.form"),
        parts=[records_of(table, t("work.saved_fields"), "self_evaluation", labels)],
        build=build_said(build),
    )
    detail = (
        t(
            "my_province.remark.handed_in",
            number=standing.handed_in.number,
            day=iso(standing.handed_in.at.date()),
        )
        if standing.handed_in
        else t("my_province.remark.no_deadline")
    )
    return Figure("form", label, value, proof, remark=t(f"work.state.{standing.state}"), detail=detail)


def _nothing(build: Published, title: str, why: str) -> Proof:
    return Proof(title=title, value=exact(None), formula="", absent=why, build=build_said(build))
