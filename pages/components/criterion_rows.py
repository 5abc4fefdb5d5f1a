"""Every criterion of a scored firm: points beside a bar, reached band, next band, the distance, and its proof."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import streamlit as st

from data.rule_inputs import inputs_of
from metrics.scoring.explain import CriterionResult, Explanation, Step
from metrics.scoring.improve import Change
from metrics.scoring.rule_words import PERCENT, Words, figure
from metrics.scoring.rulebook_tables import bands, formula
from metrics.scoring.win_back import Chance
from pages.components.firm_answers import Answers
from pages.components.proof import Proof, proof_button
from pages.components.verdict import cells_table, source
from pages.components.words import language, t
from pipelines.one_firm import OneFirm

BAR, POINTS = 72, 78
BETWEEN = "  ·  "
ORDERS = ("ease", "rule")


def criterion_rows(firm: OneFirm, words: Words, entered: Answers) -> None:
    """The criteria in the order the reader wants, easiest to win back first unless asked otherwise."""
    names = {code: t(f"score_firm.order_{code}") for code in ORDERS}
    order = st.segmented_control(
        t("score_firm.order"),
        ORDERS,
        default=ORDERS[0],
        format_func=names.__getitem__,
        required=True,
        key=f"criterion_order_{language()}",
        label_visibility="collapsed",
    )
    found = firm.explanation
    if order == "rule":
        by_id = {chance.result.criterion.id: chance for chance in firm.chances}
        for group in found.rule.groups:
            points = words.points(*found.subtotals[group.id])
            st.markdown(
                f"**{t('score_firm.subtotals', name=words.label(group.label), points=points, most=group.max)}**"
            )
            for criterion in group.criteria:
                _row(by_id[criterion.id], found, words, entered)
    else:
        for chance in firm.chances:
            _row(chance, found, words, entered)


def _row(chance: Chance, found: Explanation, words: Words, entered: Answers) -> None:
    result = chance.result
    name = words.label(result.criterion.label)
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.markdown(f"**{name}**", width="stretch")
            st.progress(float(result.low / result.criterion.max), width=BAR)
            st.markdown(f"**{words.points(result.low, result.high)}** / {result.criterion.max}", width=POINTS)
            proof_button(criterion_proof(result, found, words, entered), f"criterion_{result.criterion.id}")
        said = [BETWEEN.join(part for part in line if part) for line in lines(chance, found.year, words)]
        st.caption("  \n".join(line for line in said if line))


def lines(chance: Chance, year: int, words: Words) -> list[list[str]]:
    """What was read and reached; then the next band with its distance, and the smallest change that wins points."""
    result = chance.result
    if not result.is_certain:
        return [[open_line(result, year, words)]]
    now = [reading_text(result, words), reached_text(chance, words)]
    if not chance.lost:
        return [[*now, t("score_firm.line_full")]]
    return [now, [next_text(chance, words), change_text(chance, words)]]


def open_line(result: CriterionResult, year: int, words: Words) -> str:
    """Which figures a criterion lacks."""
    if result.reason == "undefined":
        return t("score_firm.line_undefined")
    return t(
        "score_firm.line_open", cells=t("rule.list").join(words.cell(item, year) for item in result.missing)
    )


def reading_text(result: CriterionResult, words: Words) -> str:
    """The figures a criterion was read at, told apart from the edges of its bands."""
    edges = tuple(step.edge for step in result.steps if step.edge is not None)
    return t("rule.list").join(words.reading(reading, *edges) for reading in result.readings)


def reached_text(chance: Chance, words: Words) -> str:
    """The band that was reached, and whether by a hair."""
    if not chance.reached:
        return ""
    names = t("rule.list").join(words.step(step, chance.result.criterion) for step in chance.reached)
    text = t("score_firm.line_reached", band=names)
    if any(
        reading.value == step.edge
        for step in chance.reached
        if step.measure
        for reading in chance.result.readings
        if reading.measure == step.measure
    ):
        return t("rule.with_unit", name=text, unit=t("rule.edge_included"))
    return text


def next_text(chance: Chance, words: Words) -> str:
    """The next band and how far it is; of several ways to the same points each with its own distance."""
    texts = []
    for step, distance in chance.following:
        band = words.step(step, chance.result.criterion)
        if distance is None:
            texts.append(t("score_firm.line_next", band=band))
        else:
            texts.append(
                t("score_firm.line_next_distance", band=band, distance=distance_text(distance, step, words))
            )
    return t("rule.semicolon").join(texts)


def distance_text(distance: Fraction, step: Step, words: Words) -> str:
    """A distance in the unit of its measure; between percentages it is in percentage points."""
    unit = step.measure.unit if step.measure else ""
    if unit == PERCENT:
        return t("score_firm.distance_percent", figure=figure(distance, unit, (Fraction(0),), fixed=True))
    return words.quantity(distance, unit)


def change_text(chance: Chance, words: Words) -> str:
    """The smallest single change that wins points."""
    if chance.change is None:
        return t("score_firm.line_no_change")
    return t("score_firm.line_change", **change_words(chance.change, words), gain=chance.gain)


def change_words(change: Change, words: Words) -> dict[str, str]:
    """A change in words: cell, now, needed."""
    field = change.item.field
    return {
        "cell": words.field(field),
        "now": words.stored(field, change.now, bare=True),
        "needed": words.stored(field, change.needed),
    }


def criterion_proof(result: CriterionResult, found: Explanation, words: Words, entered: Answers) -> Proof:
    """The cells, the formula and all bands behind a criterion's points."""
    cells = list(inputs_of(result.criterion))
    listed = t("rule.semicolon").join(f"{band} → {points}" for band, points in bands(result.criterion, words))
    return Proof(
        title=words.label(result.criterion.label),
        value=f"{words.points(result.low, result.high)} / {result.criterion.max}",
        formula=formula(result.criterion, words),
        members=cells_table(cells, found.year, words, entered),
        basis=listed,
        **source(found, words),
    )


def criterion_table(firm: OneFirm, words: Words) -> pl.DataFrame:
    """The same as a table, easiest to win back first."""
    year = firm.explanation.year
    rows = [
        {
            "group": words.label(chance.result.group.label),
            "criterion": words.label(chance.result.criterion.label),
            "reading": reading_text(chance.result, words)
            if chance.result.is_certain
            else open_line(chance.result, year, words),
            "points": words.points(chance.result.low, chance.result.high),
            "most": str(chance.result.criterion.max),
            "reached": t("rule.list").join(
                words.step(step, chance.result.criterion) for step in chance.reached
            ),
            "next_band": t("rule.semicolon").join(
                words.step(s, chance.result.criterion) for s, _ in chance.following
            ),
            "distance": t("rule.semicolon").join(
                distance_text(d, s, words) for s, d in chance.following if d is not None
            ),
            "win_back": change_text(chance, words) if chance.lost and chance.result.is_certain else "",
        }
        for chance in firm.chances
    ]
    return pl.DataFrame(rows)
