"""The headline figures of the appraisal's results, and the words of grades, chances and ranks."""

from __future__ import annotations

import polars as pl

from pages.components.appraisal_reads import GRADES, Shown
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.member_pages import Records, records_of
from pages.components.numbers import MISSING, exact, iso, percent
from pages.components.proof import Proof
from pages.components.unit_map import unit_names
from pages.components.words import both, t
from pages.components.work_proofs import points_said

_LIKELY = 0.005  # what would print as 0 %
KINDS = {"key_little_giant": "continue", "platform": "passed"}


def headline_of(shown: Shown, assessed: pl.DataFrame) -> list[Figure]:
    """Provinces by grade as far as it is settled, those still open, firms to continue, platforms passed."""
    figures = [_best(shown), _open(shown)]
    return figures + [
        _listed(shown, assessed, kind) for kind in KINDS if kind in set(assessed["object_kind"])
    ]


def grade_word(shown: Shown, code: str) -> str:
    """The word of a grade."""
    return both(shown.found.scheme.grades[code])  # type: ignore[index]


def grades_said(shown: Shown, row: dict) -> str:
    """The chair's grade; in a preview the model's, or the two between which it lies."""
    if row["decided"]:
        return grade_word(shown, row["decided"])
    ends = dict.fromkeys(grade_word(shown, row[f"grade_{end}"]) for end in ("low", "high"))
    return t("results.to").join(ends)


def rank_said(row: dict) -> str:
    """The rank with the interval that 90 of 100 draws lie in."""
    return t("results.rank_of", rank=row["rank"], low=row["rank_low"], high=row["rank_high"])


def chances_said(shown: Shown, row: dict) -> str:
    """The grades that are at all likely, with their chances."""
    likely = [(grade, row[f"chance_{grade}"]) for grade in GRADES if row[f"chance_{grade}"] >= _LIKELY]
    return t("number.and").join(
        t("results.chance", grade=grade_word(shown, grade), chance=percent(100 * chance, 0))
        for grade, chance in likely
    )


def units_part(shown: Shown, rows: pl.DataFrame, label: str) -> Records:
    """Provinces with their points and grades as a part of a proof."""
    table = pl.DataFrame(
        [
            {
                "unit": unit_names()[row["province"]],
                "points": points_said(row["points_low"], row["points_high"]),
                "grade": grades_said(shown, row),
                "rank": row["rank"],
            }
            for row in rows.iter_rows(named=True)
        ],
        schema={"unit": pl.String, "points": pl.String, "grade": pl.String, "rank": pl.Int64},
    )
    labels = {name: t(f"results.column.{name}") for name in table.columns}
    return records_of(table, label, f"appraisal_{shown.appraisal.code}", labels)


def assessed_table(rows: pl.DataFrame) -> pl.DataFrame:
    """The assessed firms or platforms as they are read: unit, name, code, score, result, why, and their cell."""
    results = {code: t(f"appraisal.result.{code}") for code in rows["result"].unique()}
    return rows.select(
        unit=pl.col("province").replace(unit_names()),
        name="name",
        uscc="uscc",
        score=pl.col("score").cast(pl.Float64),
        result=pl.col("result").replace(results),
        why="said",
        file="file",
        sheet="sheet",
        cell="cell",
    )


def assessed_labels() -> dict[str, str]:
    """The headers of `assessed_table`."""
    own = ("unit", "name", "uscc", "score", "result", "why", "file", "sheet", "cell")
    return {name: t(f"results.column.{name}") for name in own}


def _best(shown: Shown) -> Figure:
    settled = shown.units.filter(_grade().is_not_null())
    best = settled.filter(_grade().is_in(GRADES[:2]))
    label = t("results.good_or_better")
    value = t("results.of", part=best.height, whole=shown.units.height)
    counts = dict(settled.group_by(_grade().alias("grade")).len().iter_rows())
    told = t("number.and").join(
        t("results.grade_count", grade=grade_word(shown, grade), count=exact(counts[grade]))
        for grade in GRADES
        if grade in counts
    )
    parts = [
        units_part(shown, best, t("results.good_or_better")),
        units_part(shown, shown.units, t("results.all_units")),
    ]
    return Figure(
        "best",
        label,
        value,
        _proof(shown, label, value, "best", parts),
        remark=told or t("results.none_settled"),
    )


def _open(shown: Shown) -> Figure:
    unsettled = shown.units.filter(_grade().is_null())
    label = t("results.open")
    value = exact(unsettled.height)
    judged = shown.found.nodes.filter(pl.col("kind") == "judged")
    missing = int((judged["state"] == "missing").sum())
    remark = t("results.not_judged", count=exact(missing), whole=exact(judged.height))
    parts = [units_part(shown, unsettled, label)]
    return Figure("open", label, value, _proof(shown, label, value, "open", parts), remark=remark)


def _listed(shown: Shown, assessed: pl.DataFrame, kind: str) -> Figure:
    own = assessed.filter(pl.col("object_kind") == kind)
    on_list = own.filter(pl.col("result") == KINDS[kind])
    label = t(f"results.listed.{kind}")
    value = t("results.of", part=exact(on_list.height), whole=exact(own.height)) if own.height else MISSING
    others = own.filter(pl.col("result") != KINDS[kind])
    counts = others.group_by("result").len().sort("len", "result", descending=[True, False])
    told = t("number.and").join(
        t("results.grade_count", grade=t(f"appraisal.result.{result}"), count=exact(count))
        for result, count in counts.iter_rows()
    )
    labels = assessed_labels()
    parts = [
        records_of(assessed_table(rows), name, f"{kind}_{shown.appraisal.code}", labels)
        for rows, name in ((on_list, t(f"results.on_list.{kind}")), (others, t("results.not_on_list")))
    ]
    return Figure(kind, label, value, _proof(shown, label, value, kind, parts), remark=told)


def _proof(shown: Shown, title: str, value: str, formula: str, parts: list[Records]) -> Proof:
    scheme = shown.found.scheme
    is_list = formula in KINDS
    source = scheme.assessment.source if is_list else scheme.grades_source
    return Proof(
        title=title,
        value=value,
        formula=t(f"results.formula.{formula}"),
        basis=t("appraisal.notice"),
        as_of=iso(shown.found.as_of),
        rule=both(scheme.title),
        article=f"{source.document} {both(source)}",
        marks=(source.mark,),
        parts=parts,
        build=build_said(shown.build),
    )


def _grade() -> pl.Expr:
    return pl.coalesce("decided", "grade")
