"""The verdict of one firm: the sentence, the reasons, and the headline figures, each with its proof."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import streamlit as st

from data.rule_inputs import inputs_of
from data.rules import RuleInput, ScoreAtLeast
from metrics.scoring.cells import label as cell_code
from metrics.scoring.explain import Explanation
from metrics.scoring.rule_words import Words
from pages.components.figures import Figure, headline_figures
from pages.components.firm_answers import Answers
from pages.components.proof import Proof
from pages.components.words import both, t

NAMED = 6  # not policy: missing figures named in the verdict itself; the rest stand below
BOXES = {"meets": st.success, "fails": st.error, "undetermined": st.warning}


def verdict_box(found: Explanation, words: Words) -> None:
    """What the verdict is and why, in words; the colour only repeats the sign and the word."""
    route = t(f"route.{found.route}") if found.route else ""
    lines = [t(f"score_firm.said.{found.verdict}", title=both(found.rule.title), route=route)]
    lines += reasons(found, words)
    if found.rule.judgement:
        lines.append(t("score_firm.judgement_line", count=len(found.rule.judgement)))
    BOXES[found.verdict]("\n\n".join(lines))
    if found.orientation:
        st.warning(words.label(found.rule.orientation.label))


def reasons(found: Explanation, words: Words) -> list[str]:
    """The conditions that fail, or the missing figures that matter."""
    joined = t("score_firm.names_join")
    failed = [item for item in found.requirements if item.holds is False]
    if found.verdict == "fails":
        key = "because_failed" if failed else "because_jointly"
        named = failed or [item for item in found.requirements if item.holds is None]
        names = joined.join(words.label(item.requirement.label) for item in named)
        return [t(f"score_firm.{key}", names=names)]
    if found.verdict == "undetermined":
        names = cell_names(found, words)
        key = "because_missing" if len(names) <= NAMED else "because_missing_many"
        return [t(f"score_firm.{key}", count=len(names), cells=t("rule.list").join(names[:NAMED]))]
    return []


def cell_names(found: Explanation, words: Words) -> list[str]:
    """The missing cells that matter, in words."""
    codes = {cell_code(item, found.year): item for item in inputs_of(found.rule)}
    return words.cells([codes[code] for code in found.missing], found.rule, found.year)


def verdict_figures(found: Explanation, words: Words, entered: Answers) -> None:
    """Score and route; a standard without a score counts its conditions instead."""
    first = _score(found, found.score, words, entered) if found.score else _aspects(found, words)
    headline_figures([first, _route(found, words)])


def _score(found: Explanation, score: tuple[Fraction, Fraction], words: Words, entered: Answers) -> Figure:
    low, high = score
    cells = [cell for group in found.rule.groups for cell in inputs_of(group)]
    most = found.rule.score_max
    cut = next(
        route.when
        for item in found.rule.requirements
        for route in item.routes
        if isinstance(route.when, ScoreAtLeast)
    )
    remark = (
        t("score_firm.score_open")
        if low != high
        else t(
            "score_firm.score_on_edge" if low == cut.total else "score_firm.score_cut",
            total=cut.total,
            most=most,
        )
    )
    least = dict(cut.groups)
    subtotals = [
        t(
            "score_firm.subtotal_least" if group.id in least else "score_firm.subtotals",
            name=words.label(group.label),
            points=words.points(*found.subtotals[group.id]),
            most=group.max,
            least=least.get(group.id, 0),
        )
        for group in found.rule.groups
    ]
    proof = Proof(
        title=t("score_firm.score"),
        value=words.points(low, high),
        formula=" + ".join(words.label(group.label) for group in found.rule.groups),
        members=cells_table(cells, found.year, words, entered),
        basis=t("rule.semicolon").join(subtotals),
        **source(found, words),
    )
    detail = "  \n".join(subtotals)
    return Figure(
        "score", t("score_firm.score"), words.points(low, high), proof, remark=remark, detail=detail
    )


def _aspects(found: Explanation, words: Words) -> Figure:
    met = sum(item.holds is True for item in found.requirements)
    value = t("score_firm.aspects_value", met=met, all=len(found.requirements))
    proof = Proof(
        title=t("score_firm.aspects"),
        value=value,
        formula=t("score_firm.proof_verdict"),
        members=requirement_table(found, words),
        **source(found, words),
    )
    return Figure("aspects", t("score_firm.aspects"), value, proof, remark=t("score_firm.aspects_remark"))


def _route(found: Explanation, words: Words) -> Figure:
    routed = next((item.requirement for item in found.requirements if item.routes), None)
    has_general = routed is not None and any(route.id == "general" for route in routed.routes)
    none = t("score_firm.route_none" if found.verdict == "fails" else "score_firm.route_open")
    value = t(f"route_short.{found.route}") if found.route else none
    proof = Proof(
        title=t("score_firm.route"),
        value=value,
        formula=t("rule.or").join(t(f"route.{route.id}") for route in routed.routes) if routed else "",
        members=requirement_table(found, words),
        **source(found, words),
    )
    remark = t("score_firm.route_remark_general" if has_general else "score_firm.route_remark")
    return Figure("route", t("score_firm.route"), value, proof, remark=remark)


def source(found: Explanation, words: Words) -> dict:
    """Rule version, document with annex and article, and source mark, as a proof shows them."""
    document = found.rule.document
    return {
        "rule": words.standard(found.rule),
        "article": words.document(document),
        "marks": (document.source,),
    }


def cells_table(cells: list[RuleInput], year: int, words: Words, entered: Answers) -> pl.DataFrame:
    """The figures that a part of a rule read: name, and what was entered."""
    rows = [
        {"cell": words.cell(item, year), "entered": shown(item, year, words, entered)}
        for item in dict.fromkeys(cells)
    ]
    return pl.DataFrame(rows, schema={"cell": pl.String, "entered": pl.String})


def shown(item: RuleInput, year: int, words: Words, entered: Answers) -> str:
    """What was entered in a cell, as it was entered; codes in words."""
    return words.entered(item.field, entered.get((item.field, year - item.years_before), ""))


def requirement_table(found: Explanation, words: Words) -> pl.DataFrame:
    """Every condition and whether it holds."""
    rows = [
        {
            "requirement": words.label(item.requirement.label),
            "holds": t(f"score_firm.holds.{state(item.holds)}"),
            "document": words.document(item.requirement.document),
            "mark": item.requirement.source,
        }
        for item in found.requirements
    ]
    return pl.DataFrame(rows)


def state(holds: bool | None) -> str:
    """The word key of three values."""
    return {True: "yes", False: "no", None: "open"}[holds]
