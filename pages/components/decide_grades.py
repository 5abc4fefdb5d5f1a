"""Every province before the chair, and the decision of one: scores side by side, the model's grade, the chair's."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.appraisal_policy import GRADES
from data.home import home
from data.manifest import Published
from data.readers import Reader
from pages.components.decide_reads import UnderReview
from pages.components.header import section
from pages.components.numbers import MISSING, exact, percent
from pages.components.plain_text import plain
from pages.components.proof import proof_button
from pages.components.receipt_words import moment
from pages.components.states import error
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pages.components.work_proofs import grade_said, names, points_proof, points_said, total_said
from pipelines.workflow.decision import decide
from pipelines.workflow.refusals import ConflictError, IncompleteError, WorkflowError

_PER_CENT, _HEIGHT = 100, 80
_COLUMNS = ("unit", "points", "model", "ranks", "chance", "panel", "decided", "reason")


def grades_view(build: Published, found: UnderReview) -> None:
    """A row a province under review: points, the model's grade and how sure it is, reviews in, the decision."""
    section(t("decide.grades_title"), t("decide.grades_subtitle"))
    table_with_export(
        pl.DataFrame([_row(found, unit) for unit in found.graded]).select(_COLUMNS),
        name=f"decisions_{found.appraised.appraisal.code}_build{build.build}",
        key="decide_grades",
        labels={name: t(f"decide.column.{name}") for name in _COLUMNS},
    )


def decision_view(build: Published, by: Reader, found: UnderReview, unit: str) -> None:
    """One province: its panel's scores beside one another, and the form of the decision."""
    who = unit_names()[unit]
    section(t("decide.one_title", unit=who))
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _side_by_side(found, unit)
    with right:
        points, grade = total_said(found.appraised, unit)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(t("decide.model_says", points=points, grade=grade), width="content")
            proof_button(points_proof(build, found.appraised.of(unit), unit, who), f"decide_{unit}")
        st.caption(_certainty(found, unit))
        _form(by, found, unit)


def model_grade(found: UnderReview, unit: str) -> str | None:
    """The grade that the model gives; None where it depends on what is missing."""
    return found.appraised.totals.filter(pl.col("province") == unit)["grade"].item()


def _row(found: UnderReview, unit: str) -> dict:
    total = found.appraised.totals.filter(pl.col("province") == unit).row(0, named=True)
    sure = found.sure.filter(pl.col("province") == unit)
    decided = found.decided.filter(pl.col("province") == unit)
    reviews = found.progress.filter(pl.col("province") == unit)
    done = reviews["submitted_at"].count()
    ranks, chance = MISSING, MISSING
    if sure.height:
        row = sure.row(0, named=True)
        ranks = "–".join(dict.fromkeys(str(row[f"rank_{end}"]) for end in ("low", "high")))
        best = max(GRADES, key=lambda code: row[f"chance_{code}"])
        chance = f"{grade_said(found.appraised, best)} {percent(_PER_CENT * row[f'chance_{best}'], 0)}"
    return {
        "unit": unit_names()[unit],
        "points": points_said(total["points_low"], total["points_high"]),
        "model": total_said(found.appraised, unit)[1],
        "ranks": ranks,
        "chance": chance,
        "panel": f"{done} / {reviews.height}",
        "decided": grade_said(found.appraised, decided["grade"].item()) if decided.height else MISSING,
        "reason": decided["reason"].item() if decided.height else "",
    }


def _certainty(found: UnderReview, unit: str) -> str:
    sure = found.sure.filter(pl.col("province") == unit)
    if sure.is_empty():
        return ""
    row = sure.row(0, named=True)
    chances = [
        f"{grade_said(found.appraised, code)} {percent(_PER_CENT * row[f'chance_{code}'], 0)}"
        for code in GRADES
        if row[f"chance_{code}"]
    ]
    return t(
        "decide.certainty",
        rank="–".join(dict.fromkeys(str(row[f"rank_{end}"]) for end in ("low", "high"))),
        chances=t("rule.list").join(chances),
        draws=exact(found.appraised.scheme.certainty.draws),
    )


def _side_by_side(found: UnderReview, unit: str) -> None:
    """A row an indicator, a column a seat: scores in percent; a blank is not done."""
    own = found.scores.filter(pl.col("province") == unit)
    seats = sorted(found.progress.filter(pl.col("province") == unit)["panelist"])
    given = {
        (indicator, seat): float(score)
        for indicator, seat, score in own.select("indicator", "panelist", "score").iter_rows()
    }
    known = names(found.appraised)
    rows = [
        {"indicator": known[code]}
        | {f"seat_{seat}": given.get((code, seat)) for seat in seats}
        | {"mean": _mean([given[code, seat] for seat in seats if (code, seat) in given])}
        for code in found.appraised.scheme.judged
    ]
    schema = {"indicator": pl.String, **{f"seat_{seat}": pl.Float64 for seat in seats}, "mean": pl.Float64}
    labels = {f"seat_{seat}": t("reader.seat_of", seat=seat) for seat in seats}
    labels |= {"indicator": t("work.column.indicator"), "mean": t("work.column.mean")}
    st.caption(t("decide.side_note"))
    table_with_export(
        pl.DataFrame(rows, schema=schema), name=f"panel_{unit}", key=f"panel_{unit}", labels=labels
    )
    with st.expander(t("decide.reasons", count=own.filter(pl.col("reason") != "").height)):
        for indicator, seat, score, reason in own.select(
            "indicator", "panelist", "score", "reason"
        ).iter_rows():
            if reason:
                st.caption(
                    t("decide.reason_of", name=known[indicator], seat=seat, score=score, reason=plain(reason))
                )


def _mean(scores: list[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _form(by: Reader, found: UnderReview, unit: str) -> None:
    model = model_grade(found, unit)
    decided = found.decided.filter(pl.col("province") == unit)
    standing = decided.row(0, named=True) if decided.height else None
    if standing:
        told = {"grade": grade_said(found.appraised, standing["grade"]), "at": moment(standing["at"])}
        st.caption(t("decide.stands", **told))
    start = standing["grade"] if standing else model
    key = f"decide_{found.appraised.appraisal.code}_{unit}_{standing['version'] if standing else 0}"
    # Read now: a label asked for later may be asked for in another language.
    words = {code: grade_said(found.appraised, code) for code in GRADES}
    with st.form(key, border=True):
        grade = st.segmented_control(
            t("decide.grade"),
            GRADES,
            format_func=words.__getitem__,
            default=start,
            key=f"{key}_grade_{language()}",
        )
        reason = st.text_area(
            t("decide.reason"),
            value=standing["reason"] if standing else "",
            key=f"{key}_reason",
            height=_HEIGHT,
            help=t("decide.reason_help"),
        )
        pressed = st.form_submit_button(t("decide.button"), type="primary")
    if pressed:
        _decide(by, found, unit, grade, model, standing["version"] if standing else 0, reason)


def _decide(
    by: Reader, found: UnderReview, unit: str, grade: str | None, model: str | None, seen: int, reason: str
) -> None:
    who = unit_names()[unit]
    if grade is None:
        error(t("decide.no_grade"), who, t("decide.no_grade_remedy"))
        return
    try:
        decide(
            home(), by, found.appraised.appraisal, unit, grade, seen=seen, model_grade=model, reason=reason
        )
    except IncompleteError:
        error(t("decide.no_reason"), who, t("decide.no_reason_remedy"))
    except ConflictError as conflict:
        current = grade_said(found.appraised, conflict.current.grade)
        error(t("decide.conflict", grade=current), who, t("my_reviews.changed_remedy"))
    except WorkflowError as refused:
        error(t("self_evaluation.refused"), plain(str(refused)), t("my_reviews.changed_remedy"))
    else:
        st.rerun()
