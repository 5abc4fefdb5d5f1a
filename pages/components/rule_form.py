"""The form of a standard: a widget for exactly the cells that it reads, in fieldsets that follow the rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import streamlit as st

from data.dataset import Column, contract
from data.rule_inputs import inputs_of
from data.rules import AllOf, Bands, Compare, Measure, Node, RuleInput, Standard
from metrics.scoring.rule_words import SIGNS, Words
from pages.components import firm_answers
from pages.components.words import language, t
from pipelines.intake.provinces import units

DATASET = "annual_returns"
YES_NO = {"yes": "template.yes", "no": "template.no", "": "score_firm.unset"}
HEIGHT = 470
Findings = Mapping[tuple[str, int], list[tuple[str, str]]]


def rule_form(rule: Standard, year: int, words: Words, findings: Findings) -> None:
    """Draw the form; its button takes the answers over, and findings stand under their fields."""
    items = inputs_of(rule)
    labels = dict(zip(items, words.cells(items, rule, year), strict=True))
    hints = edge_hints(rule, words)
    needs = needed(rule, words)
    with st.form("firm", border=True):
        with st.container(height=HEIGHT, border=False):
            for title, cells in fieldsets(rule, words):
                st.markdown(f"**{title}**")
                for line in _lines(cells):
                    width = 1 if _is_wide(line[0]) else 2
                    faulty = any((item.field, item.years_before) in findings for item in line)
                    places = st.columns(width, gap="small", vertical_alignment="top" if faulty else "bottom")
                    for place, item in zip(places, line, strict=False):
                        with place:
                            _field(
                                item,
                                labels[item],
                                year,
                                [*hints.get(item, ())],
                                needs.get(item, ""),
                                findings,
                            )
            _province()
        st.form_submit_button(
            t("score_firm.submit"),
            type="primary",
            width="stretch",
            on_click=firm_answers.gather,
            args=(items, year, language()),
        )


def fieldsets(rule: Standard, words: Words) -> list[tuple[str, list[RuleInput]]]:
    """The cells under the part of the rule that reads them first; years of a column together, latest first."""
    gates = tuple(item for item in rule.requirements if item.is_entry_gate)
    own = tuple(item for item in rule.requirements if not item.is_entry_gate)
    parts: list[tuple[str, Node | tuple[Node, ...]]] = [(t("score_firm.gates"), gates)]
    parts += [(words.label(group.label), group) for group in rule.groups]
    parts += (
        [(t("score_firm.other_conditions"), own)] if rule.groups else [(words.label(r.label), r) for r in own]
    )
    seen: set[RuleInput] = set()
    found = []
    for title, part in parts:
        nodes = part if isinstance(part, tuple) else (part,)
        cells = [cell for node in nodes for cell in inputs_of(node) if cell not in seen]
        cells = list(dict.fromkeys(cells))
        seen |= set(cells)
        order = {cell.field: place for place, cell in reversed(list(enumerate(cells)))}
        if cells:
            found.append((title, sorted(cells, key=lambda cell: (order[cell.field], cell.years_before))))
    return found


def edge_hints(rule: Standard, words: Words) -> dict[RuleInput, list[str]]:
    """For each cell the measures that it takes part in, with every edge."""
    found: dict[RuleInput, list[str]] = {}
    for measure, op, edges in dict.fromkeys(_edges(rule)):
        shown = t("rule.list").join(f"{SIGNS[op]} {words.quantity(edge, measure.unit)}" for edge in edges)
        for cell in inputs_of(measure):
            found.setdefault(cell, []).append(
                t("score_firm.counts_in", name=words.measure(measure), edges=shown)
            )
    return found


def needed(rule: Standard, words: Words) -> dict[RuleInput, str]:
    """The edge that a cell must reach by itself, whatever the others are."""
    found = {}
    for requirement in rule.requirements:
        node = requirement.when
        for part in node.items if isinstance(node, AllOf) else (node,):
            if isinstance(part, Compare) and part.measure.kind == "value":
                edge = words.edge(part.op, part.edge, part.measure.unit)
                found[inputs_of(part)[0]] = t("score_firm.must", edge=edge)
    return found


def _edges(node: object) -> Iterator[tuple[Measure, str, tuple]]:
    match node:
        case Compare():
            yield node.measure, node.op, (node.edge,)
        case Bands():
            op = ">=" if node.direction == "at_least" else "<="
            yield node.measure, op, tuple(edge for edge, _ in node.steps)
        case Node():
            for name in type(node).model_fields:
                yield from _edges(getattr(node, name))
        case tuple():
            for part in node:
                yield from _edges(part)


def _lines(cells: list[RuleInput]) -> list[list[RuleInput]]:
    """Two fields in a line; a list takes a line of its own."""
    lines: list[list[RuleInput]] = []
    for cell in cells:
        if lines and len(lines[-1]) == 1 and not _is_wide(cell) and not _is_wide(lines[-1][0]):
            lines[-1].append(cell)
        else:
            lines.append([cell])
    return lines


def _is_wide(cell: RuleInput) -> bool:
    return contract(DATASET).column(cell.field).type == "list"


def _field(item: RuleInput, label: str, year: int, hints: list[str], must: str, findings: Findings) -> None:
    column = contract(DATASET).column(item.field)
    key = firm_answers.widget_key(item, year, language())
    given = (firm_answers.answers() or {}).get((item.field, year - item.years_before), "")
    help_text = _help(column, hints)
    match column.type:
        case "bool":
            names = {code: t(word) for code, word in YES_NO.items()}
            st.segmented_control(
                label,
                list(names),
                default=given,
                format_func=names.__getitem__,
                required=True,
                key=key,
                help=help_text,
            )
        case "choice":
            names = {"": t("score_firm.unset")} | _values(column)
            st.selectbox(
                label,
                list(names),
                index=list(names).index(given),
                format_func=names.__getitem__,
                key=key,
                help=help_text,
            )
        case "list":
            names = _values(column)
            st.multiselect(
                label,
                list(names),
                default=[code for code in given.split(firm_answers.LISTED) if code],
                format_func=names.__getitem__,
                key=key,
                help=help_text,
                placeholder=t("score_firm.list_placeholder"),
            )
        case _:
            st.text_input(label, value=given, key=key, help=help_text, placeholder=must or None)
    for severity, text in findings.get((item.field, item.years_before), ()):
        st.markdown(f":small[:{'red' if severity == 'error' else 'orange'}[{text}]]")


def _values(column: Column) -> dict[str, str]:
    return {value.code: value.zh if language() == "zh" else value.en for value in column.values}


def _help(column: Column, hints: list[str]) -> str:
    """The column's meaning, what a blank means, and the edges it counts for."""
    lines = [
        column.meaning[language()],
        t("score_firm.blank_means", meaning=t(f"template.blanks.{column.blank}")),
    ]
    if hints:
        lines.append(f"**{t('score_firm.hint_edges')}**")
        lines += [f"- {hint}" for hint in dict.fromkeys(hints)]
    return "\n\n".join(lines[:2]) + ("\n\n" + lines[2] + "\n" + "\n".join(lines[3:]) if hints else "")


def _province() -> None:
    names = {"": t("score_firm.unset")} | {
        unit.code: unit.zh if language() == "zh" else unit.en for unit in units().values()
    }
    st.selectbox(
        t("score_firm.province"),
        list(names),
        index=list(names).index(firm_answers.province()),
        format_func=names.__getitem__,
        key=firm_answers.province_key(language()),
        help=t("score_firm.province_help"),
    )
