"""The two rounds of reward funds side by side: what each one rules, where it stands, and how well it is known."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from data.dataset import contract
from data.rounds import Article, Round, rounds
from pages.components.header import section
from pages.components.numbers import MISSING, exact
from pages.components.twin import export_buttons, labelled
from pages.components.words import both, language, t
from pipelines.funds import amount


def rules_view() -> None:
    """One row a rule, one column a round, with document, section and source mark."""
    section(t("programme.rules_title"), t("programme.rules_subtitle"))
    table = rules_table()
    labels = {"rule": t("programme.column.rule")}
    for one in rounds():
        labels |= {
            one.code: both(one.title),
            f"{one.code}_source": t("programme.source_of", round=both(one.title)),
        }
    shown = labelled(table, labels)
    st.table(shown, border="horizontal", hide_index=True)  # sentences: a grid would cut them
    export_buttons(shown, name="programme_rounds", key="programme_rounds")


def rules_table() -> pl.DataFrame:
    """rule, and for each round its code and ``<code>_source``; what a round does not rule is a dash."""
    rows = []
    for rule, say in _RULES.items():
        row = {"rule": t(f"programme.rule.{rule}")}
        for one in rounds():
            said = say(one)
            article = one.articles.get(_ARTICLE.get(rule, rule))
            where = _where(article) if article and said else MISSING
            row |= {one.code: said or MISSING, f"{one.code}_source": where}
        rows.append(row)
    return pl.DataFrame(rows)


def _where(article: Article) -> str:
    return t("programme.article", document=article.document, section=both(article), mark=article.mark)


def _tranches(one: Round) -> str:
    shares = [
        t(
            "programme.tranche",
            number=each.number,
            share=f"{each.share_num}/{each.share_den}",
            note=both(each.note),
        )
        for each in one.tranches
    ]
    return t("programme.and").join(shares)


def _boards(one: Round) -> str:
    names = {value.code: both(value) for value in contract("annual_returns").column("listed_board").values}
    return t("number.and").join(names[board] for board in one.excluded_boards)


def _share(found: object) -> str:
    return "" if found is None else f"{found} %"


def _count(found: int | None) -> str:
    return "" if found is None else exact(found)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else amount(fen, language())


_RULES: dict[str, Callable[[Round], str]] = {
    "document": lambda one: one.document,
    "years": lambda one: t("programme.years", first=one.first_year, last=one.last_year),
    "support_batches": lambda one: _count(one.support_batches),
    "batch_years_at_most": lambda one: _count(one.batch_years_at_most),
    "key_firms_floor": lambda one: _count(one.key_firms_floor),
    "funds_floor_wan": lambda one: _yuan(one.funds_floor_fen),
    "firm_entitlement_wan": lambda one: _yuan(one.firm_entitlement_fen),
    "tranches": _tranches,
    "direct_share_pct": lambda one: _share(one.direct_share_pct),
    "empowerment_share_pct": lambda one: _share(one.empowerment_share_pct),
    "platforms_at_most": lambda one: _count(one.platforms_at_most),
    "report_within_days": lambda one: _count(one.report_within_days),
    "investment_floor_wan": lambda one: _yuan(one.investment_floor_fen),
    "excluded_boards": _boards,
}
# The document and its years stand with the number of batches.
_ARTICLE = {"document": "support_batches", "years": "support_batches"}
