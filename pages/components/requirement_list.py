"""The conditions of a standard as a checklist: what was read, the edge, and whether it holds."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from data.rule_inputs import inputs_of
from data.rulebook import size_standard
from data.rules import AtLevel, Awarded, Compare, Flag, RuleInput, ScoreAtLeast, SizeIsNot
from metrics.scoring.explain import Explanation, Part, RequirementResult
from metrics.scoring.rule_words import Words
from pages.components.firm_answers import Answers
from pages.components.proof import Proof, proof_button
from pages.components.verdict import cells_table, shown, state
from pages.components.words import t
from pipelines.one_firm import OneFirm


def requirement_list(firm: OneFirm, words: Words, entered: Answers) -> None:
    """Entry conditions, then the standard's own."""
    found = firm.explanation
    own = [item for item in found.requirements if not item.requirement.is_entry_gate]
    gates = [item for item in found.requirements if item.requirement.is_entry_gate]
    for title, items in (("own_title", own), ("gates_title", gates)):
        st.markdown(f"**{t(f'score_firm.{title}')}**")
        for item in items:
            _row(item, firm, words, entered)
    if found.rule.judgement:
        st.markdown(f"**{t('score_firm.judgement_title', count=len(found.rule.judgement))}**")
        st.caption("  \n".join(f"· {words.label(clause)}" for clause in found.rule.judgement))


def _row(item: RequirementResult, firm: OneFirm, words: Words, entered: Answers) -> None:
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.markdown(t(f"score_firm.holds_mark.{state(item.holds)}"), width="content")
            st.markdown(words.label(item.requirement.label), width="stretch")
            proof_button(_proof(item, firm, words, entered), f"requirement_{item.requirement.id}")
        st.caption("  \n".join(part_lines(item, firm, words, entered)))


def part_lines(item: RequirementResult, firm: OneFirm, words: Words, entered: Answers) -> list[str]:
    """One line for each part: its reading against its edge; the parts of one clause stand together."""
    found = []
    for (route, path), group in groupby(item.parts, key=lambda part: (part.route, part.path)):
        parts = list(group)
        texts = [part_text(part, firm, words, entered) for part in parts]
        if not path:
            found += [f"{_sign(part, item)} {text}" for part, text in zip(parts, texts, strict=True)]
            continue
        pairs = zip(parts, texts, strict=True)
        marked = t("rule.semicolon").join(f"{_sign(part, item)} {text}" for part, text in pairs)
        name = words.label(path[-1])
        if route:
            name = t("score_firm.flag_part", name=t(f"route.{route}"), value=name)
        found.append(f"{name}  \n{marked}")
    return found


def _sign(part: Part, item: RequirementResult) -> str:
    """A part that does not hold is no fault where the condition holds by another way."""
    return t(
        "score_firm.part.idle" if item.holds and not part.holds else f"score_firm.part.{state(part.holds)}"
    )


def part_text(part: Part, firm: OneFirm, words: Words, entered: Answers) -> str:
    """One comparison: what was read, and the edge it was held against."""
    node, year = part.condition, firm.explanation.year
    match node:
        case Compare():
            compared = words.compared(part.readings, node.op, node.edge)
            remark = next(
                filter(None, (words.on_edge(node.op, found, node.edge) for found in part.readings)), ""
            )
            text = f"{words.measure(node.measure)} {compared}"
            return t("rule.with_unit", name=text, unit=remark) if remark else text
        case Flag():
            value = shown(RuleInput(field=node.field), year, words, entered)
            return t("score_firm.flag_part", name=words.field(node.field), value=value)
        case Awarded():
            given = [shown(RuleInput(field=field), year, words, entered) for field in node.measure.fields]
            value = t("rule.list").join(given) if any(text != t("rule.blank") for text in given) else ""
            name = words.condition(node)
            return t("score_firm.flag_part", name=name, value=value or t("score_firm.not_awarded"))
        case SizeIsNot():
            size = size_standard()
            industry = next(
                (words.label(i.label) for i in size.industries if i.id == firm.industry), t("rule.missing")
            )
            size_class = t(f"score_firm.size_said.{firm.size_class}")
            return t("score_firm.size_part", industry=industry, size_class=size_class)
        case ScoreAtLeast():
            return t("rule.semicolon").join(_score_parts(node, firm.explanation, words))
        case AtLevel():
            value = shown(RuleInput(field=node.field), year, words, entered)
            return t("score_firm.flag_part", name=words.condition(node), value=value)
        case _:
            return words.condition(node)


def _score_parts(node: ScoreAtLeast, found: Explanation, words: Words) -> list[str]:
    groups = {group.id: group for group in found.rule.groups}
    total = f"{t('rule.total')} {words.points(*found.score) if found.score else t('rule.missing')}"
    parts = [t("score_firm.must", edge=f"≥ {node.total}")]
    parts[0] = t("rule.with_unit", name=total, unit=parts[0])
    for name, least in node.groups:
        points = words.points(*found.subtotals[name])
        must = t("score_firm.must", edge=f"≥ {least}")
        parts.append(t("rule.with_unit", name=f"{words.label(groups[name].label)} {points}", unit=must))
    return parts


def _proof(item: RequirementResult, firm: OneFirm, words: Words, entered: Answers) -> Proof:
    requirement, rule = item.requirement, firm.explanation.rule
    conditions = [requirement.when] if requirement.when is not None else [r.when for r in requirement.routes]
    cells = [cell for node in conditions for cell in inputs_of(node)]
    members = cells_table(cells, firm.explanation.year, words, entered)
    return Proof(
        title=words.label(requirement.label),
        value=t(f"score_firm.holds.{state(item.holds)}"),
        formula=t("rule.or").join(words.condition(node) for node in conditions),
        members=members,
        absent=t("score_firm.proof_missing") if members.is_empty() else "",
        rule=words.standard(rule),
        article=words.document(requirement.document),
        marks=(requirement.source,),
    )
