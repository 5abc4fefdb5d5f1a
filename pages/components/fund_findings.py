"""The checks of the funds page: what is against the rules, with its article and rows, and how all checks stand."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from data.funds_policy import article_of, fund_rules
from metrics import fund_flags
from metrics.fund_rules import VERDICTS, VIOLATED
from pages.components.filters import choice
from pages.components.fund_proofs import check_proof
from pages.components.fund_reads import ALL, Funds
from pages.components.header import section
from pages.components.numbers import exact
from pages.components.proof import proof_button
from pages.components.twin import table_with_export, twin
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.funds import counts, place_said, said

SHOWN = 12
_WIDTHS = (2.6, 6, 2.6, 1)


def findings_view(funds: Funds) -> None:
    """The checks with the chosen verdict and rule: a list with proofs, the rules' counts, and the table of all."""
    found = funds.checks.filter(pl.col("verdict") == VIOLATED)
    section(t("funds.flags_title", count=found.height), t("funds.flags_subtitle"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        verdict = choice(
            "verdict",
            VERDICTS,
            label=t("funds.verdict_filter"),
            show=lambda code: t(f"funds.verdict.{code}"),
            default=VIOLATED,
            as_buttons=True,
        )
        rows = funds.checks.filter(pl.col("verdict") == verdict)
        there = [rule for rule in fund_flags.RULES if rule in set(rows["rule"])]
        rule = choice(
            "rule",
            [ALL, *there],
            label=t("funds.rule_filter"),
            show=lambda code: t("funds.all_rules") if code == ALL else t(f"funds.rule.{code}"),
            default=ALL,
        )
    chosen = rows if rule == ALL else rows.filter(pl.col("rule") == rule)
    table = findings_table(chosen)
    twin(
        {
            t("funds.list"): lambda: _list(funds, chosen),
            t("funds.by_rule"): lambda: _by_rule(funds),
        },
        table,
        name=f"fund_checks_{verdict}_{rule}_build{funds.source.build.build}",
        key=f"fund_checks_{verdict}_{rule}",
        labels={name: t(f"funds.column.{name}") for name in table.columns},
    )


def findings_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Every check as people read it: province, place, rule, finding, document, article, source mark, own test."""
    told = []
    for row in rows.iter_rows(named=True):
        article = article_of(row["rule"], row["round"])
        told.append(
            {
                "province": _unit(row["province"]),
                "place": place_said(row, language()),
                "rule": t(f"funds.rule.{row['rule']}"),
                "finding": said(row, language()),
                "verdict": t(f"funds.verdict.{row['verdict']}"),
                "document": article.document,
                "article": article.zh if language() == "zh" else article.en,
                "mark": article.mark,
                "own": t("funds.yes") if fund_rules().checks[row["rule"]].is_product else "",
            }
        )
    columns = ("province", "place", "rule", "finding", "verdict", "document", "article", "mark", "own")
    return pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String))


def _list(funds: Funds, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        st.success(t("funds.no_such"))
        return
    with st.container(gap="xsmall"):
        for row in rows.head(SHOWN).iter_rows(named=True):
            _finding(funds, row)
    if rows.height > SHOWN:
        st.caption(t("funds.list_more", shown=SHOWN, count=exact(rows.height)))


def _finding(funds: Funds, row: dict[str, Any]) -> None:
    article = article_of(row["rule"], row["round"])
    own = f" · {t('funds.own_test')}" if fund_rules().checks[row["rule"]].is_product else ""
    rule = t(f"funds.rule.{row['rule']}")
    with st.container(border=True):
        where, what, by, proof = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
        where.markdown(f"**{_unit(row['province'])}**  \n{place_said(row, language())}")
        what.markdown(f"**{rule}**  \n{said(row, language())}")
        by.caption(f"{article.document} {article.zh if language() == 'zh' else article.en}{own}")
        with proof:
            proof_button(check_proof(funds, row), row["check"])


def _by_rule(funds: Funds) -> None:
    counted = counts(funds.checks)
    table = counted.with_columns(
        rule=pl.col("rule").replace_strict({code: t(f"funds.rule.{code}") for code in fund_flags.RULES}),
        own=pl.Series(
            [t("funds.yes") if fund_rules().checks[code].is_product else "" for code in counted["rule"]]
        ),
    ).select("rule", "violated", "pending", "unjudged", "met", "own")
    labels = {
        name: t(f"funds.verdict.{name}" if name in VERDICTS else f"funds.column.{name}")
        for name in table.columns
    }
    table_with_export(table, name="fund_checks_by_rule", key="fund_checks_by_rule", labels=labels)
    rules = fund_rules()
    st.caption(rules.idle_after.note.zh if language() == "zh" else rules.idle_after.note.en)


def _unit(code: str) -> str:
    return unit_names().get(code, code)
