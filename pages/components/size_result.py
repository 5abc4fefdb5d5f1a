"""Why a firm is of its size class: the figures of its industry, which one decides, how far the next class is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import streamlit as st

from data.dataset import contract
from data.industries import english_name, industry_codes
from data.rulebook import size_standard
from metrics.scoring.rule_words import Words
from metrics.scoring.size_reading import Distance, SizeReading
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
    headline_figures(_figures(found, words))
    st.dataframe(_table(found, words), hide_index=True, key="size_reading")
    unused = [words.field(field) for field in ("employees", "revenue", "total_assets")
              if field not in {figure.field for figure in found.figures}]
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


def _figures(found: SizeReading, words: Words) -> list[Figure]:
    assert found.industry is not None
    size = size_standard()
    document = size.document
    source = {"rule": f"{size.id}@{size.version}", "article": words.document(document), "marks": (document.source,)}
    proof = Proof(
        title=t("size_class.result"), value=class_name(found.size_class), formula=t("size_class.why"),
        members=_table(found, words), **source,
    )
    decides = t("rule.list").join(words.field(field) for field in found.deciding)
    figures = [
        Figure("size", t("size_class.result"), class_name(found.size_class), proof,
               remark=words.label(found.industry.label), detail=t("size_class.decided_by", names=decides) if decides else ""),
    ]
    for key, distance in (("up", found.up), ("down", found.down)):
        if distance:
            figures.append(_distance(key, distance, proof, words))
    return figures


def _distance(key: str, distance: Distance, proof: Proof, words: Words) -> Figure:
    """The nearest figure on the way to another class; the others stand in the table."""
    field, amount = distance.figures[0]
    several = len(distance.figures)
    title = t(f"size_class.{key}_title", size_class=class_name(distance.size_class))
    if key == "up" and several > 1:
        value, remark = t("size_class.several", count=several), t("size_class.up_many")
    else:
        value = _amount(field, amount, words)
        word = f"{key}_one" if several == 1 else f"{key}_many"
        remark = t(f"size_class.{word}", name=words.field(field))
    return Figure(key, title, value, proof.with_value(value), remark=remark)


def _table(found: SizeReading, words: Words) -> pl.DataFrame:
    """Every figure that counts: the firm's own, its class by itself, the way up and down, the floors."""
    classes = [name for name, _ in size_standard().classes][:-1]
    ways = [(t(f"size_class.{key}_title", size_class=class_name(distance.size_class)), dict(distance.figures))
            for key, distance in (("up", found.up), ("down", found.down)) if distance]
    rows = [
        {
            t("size_class.figure"): words.header(figure.field),
            t("size_class.value"): t("rule.blank") if figure.value is None else _bare(figure.field, figure.value),
            t("size_class.alone"): class_name(figure.reaches) if figure.reaches else t("rule.missing"),
            **{title: _bare(figure.field, amounts.get(figure.field)) for title, amounts in ways},
            **{t(f"size_class.class_{name}"): _bare(figure.field, figure.floors.get(name)) for name in classes},
        }
        for figure in found.figures
    ]
    return pl.DataFrame(rows)


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
