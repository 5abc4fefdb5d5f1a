"""Why a firm is of its size class: the figures of its industry, which one decides, how far the next class is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import polars as pl
import streamlit as st

from data.dataset import contract
from data.industries import english_name, industry_codes
from data.rulebook import size_standard
from data.rules import Industry
from metrics.scoring.rule_words import Words
from metrics.scoring.size_reading import Distance, SizeFigure, SizeReading
from pages.components.figures import Figure, headline_figures
from pages.components.numbers import MISSING, exact
from pages.components.proof import Proof
from pages.components.words import language, t

DATASET = "annual_returns"
SHARED_DIVISION = 2


def size_result(found: SizeReading, given: dict[str, str], words: Words) -> None:
    """The class and its reasons; without an industry, why there is none."""
    _verdict(found, given, words)
    if found.industry is None:
        return
    headline_figures(_figures(found, found.industry, words))
    st.dataframe(_table(found).rename(_headers(found, words)), hide_index=True, key="size_reading")
    unused = [
        words.field(field)
        for field in ("employees", "revenue", "total_assets")
        if field not in {figure.field for figure in found.figures}
    ]
    notes = [t("size_class.why")]
    if unused:
        notes.append(t("size_class.figures_unused", names=t("rule.list").join(unused)))
    st.caption("  \n".join(notes))


def _verdict(found: SizeReading, given: dict[str, str], words: Words) -> None:
    code = given.get("industry_code", "")
    if found.industry is None:
        st.warning(_unplaced(code))
        return
    if found.missing and len(found.possible) > 1:
        names = t("rule.list").join(words.field(field) for field in found.missing)
        classes = t("rule.list").join(class_name(name) for name in found.possible)
        st.warning(t("size_class.why_open", names=names, classes=classes))
        return
    industry, of = words.label(found.industry.label), class_name(found.size_class)
    st.success(t("size_class.said_class", code=_code_name(code), industry=industry, size_class=of))


def _unplaced(code: str) -> str:
    if not code:
        return t("size_class.no_code")
    groups = {known for industry in size_standard().industries for known in industry.codes}
    is_shared = len(code) == SHARED_DIVISION and any(known.startswith(code) for known in groups)
    return t("size_class.unplaced_wide" if is_shared else "size_class.unplaced", code=_code_name(code))


def class_name(name: str) -> str:
    """A size class, or that it cannot be told, as a person reads it."""
    return t(f"score_firm.size_said.{name}")


def _figures(found: SizeReading, industry: Industry, words: Words) -> list[Figure]:
    size = size_standard()
    document = size.document
    source = {
        "rule": f"{size.id}@{size.version}",
        "article": words.document(document),
        "marks": (document.source,),
    }
    proof = Proof(
        title=t("size_class.result"),
        value=class_name(found.size_class),
        formula=t("size_class.why"),
        members=_table(found),
        labels=_headers(found, words),
        **source,
    )
    decides = t("rule.list").join(words.field(field) for field in found.deciding)
    figures = [
        Figure(
            "size",
            t("size_class.result"),
            class_name(found.size_class),
            proof,
            remark=words.label(industry.label),
            detail=t("size_class.decided_by", names=decides) if decides else "",
        ),
    ]
    if found.up:
        figures.append(_way_up(found.up, proof, words))
    return figures


def _way_up(up: Distance, proof: Proof, words: Words) -> Figure:
    """How far the next class is: the figure it takes, or how many figures."""
    field, amount = up.figures[0]
    title = t("size_class.up_title", size_class=class_name(up.size_class))
    if len(up.figures) > 1:
        value, remark = t("size_class.several", count=len(up.figures)), t("size_class.up_many")
    else:
        value, remark = _amount(field, amount, words), t("size_class.up_one", name=words.field(field))
    return Figure("up", title, value, proof.with_value(value), remark=remark)


def _table(found: SizeReading) -> pl.DataFrame:
    """One column a figure that counts; lines: the firm's own, its class by itself, the floors, the way up and down."""
    lines: list[tuple[str, Callable[[SizeFigure], str]]] = [
        (t("size_class.value"), lambda figure: _bare(figure.field, figure.value)),
        (
            t("size_class.alone"),
            lambda figure: class_name(figure.reaches) if figure.reaches else t("rule.missing"),
        ),
    ]
    lines += [
        (
            t(f"size_class.class_{name}"),
            lambda figure, name=name: _bare(figure.field, figure.floors.get(name)),
        )
        for name in [name for name, _ in size_standard().classes][:-1]
    ]
    lines += [
        (
            t(f"size_class.{key}_title", size_class=class_name(distance.size_class)),
            lambda figure, of=dict(distance.figures): _bare(figure.field, of.get(figure.field)),
        )
        for key, distance in (("up", found.up), ("down", found.down))
        if distance
    ]
    return pl.DataFrame(
        {"line": [name for name, _ in lines]}
        | {figure.field: [said(figure) for _, said in lines] for figure in found.figures}
    )


def _headers(found: SizeReading, words: Words) -> dict[str, str]:
    return {"line": t("size_class.figure")} | {
        figure.field: words.header(figure.field) for figure in found.figures
    }


def _bare(field: str, stored: int | None) -> str:
    """A figure without its unit, which the line is headed by."""
    if stored is None:
        return MISSING
    return exact(Decimal(stored).scaleb(-len(str(contract(DATASET).column(field).scale)) + 1).normalize())


def _amount(field: str, amount: int, words: Words) -> str:
    column = contract(DATASET).column(field)
    return words.quantity(Fraction(amount, column.scale), column.unit)


def _code_name(code: str) -> str:
    known = industry_codes().get(code)
    if known is None:
        return code
    return f"{code} {known.name if language() == 'zh' else english_name(code)}"
