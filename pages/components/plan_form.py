"""How a province shares what it received: the uniform rule, bounds, and what platforms or empowerment ask for."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import polars as pl
import streamlit as st

from data.dataset import FEN_PER_UNIT
from metrics.allocation_cases import FIRM, CaseError
from metrics.step_ledger import AllocationError
from pages.components.states import error
from pages.components.words import language, t
from pipelines.allocation import RULES, Outcome, asked_of, plan
from pipelines.allocation_cells import RESULTS
from pipelines.allocation_facts import Receipt
from pipelines.allocation_files import recipients_of
from pipelines.allocation_sheets import ProblemsError, Values, rows_of_table, text_of
from pipelines.allocation_words import refusal

_FIELDS = (
    "name", "uscc", "kind", "investment", "score", "result", "requested", "floor", "cap", "exception", "reason",
    "approver", "withhold",
)  # fmt: skip
_SHOWN = tuple(field for field in _FIELDS if field not in ("uscc", "kind"))
_KEPT = ("investment_actual", "targets_met", "paid")
_HEIGHT = 260


def plan_form(rows: tuple[Values, ...], receipt: Receipt) -> Outcome | None:
    """The form over the province's recipients and its outcome; None where it cannot be made."""
    key = f"{receipt.province}_{receipt.code}"
    asked = asked_of(receipt.round, receipt.tranche)
    with st.form(f"plan_{key}", border=False):
        sides = st.columns([0.34, 0.22, 0.22, 0.22], gap="small")
        with sides[0]:
            by = st.selectbox(
                t("distribution_plan.rule"),
                RULES,
                format_func={rule: t(f"allocation.rule.{rule}") for rule in RULES}.__getitem__,
                key=f"plan_rule_{key}_{language()}",
            )
        amounts: dict[str, int | None] = {}
        for name, column in zip(("floor", "cap"), sides[1:], strict=False):
            with column:
                amounts[name] = _amount(t(f"distribution_plan.{name}"), f"plan_{name}_{key}")
        with sides[3]:
            extra = None
            if asked.round.empowerment_share_pct is not None:
                extra = _amount(t("distribution_plan.empowerment"), f"plan_extra_{key}")
        with st.expander(t("distribution_plan.table_title", count=len(rows)), icon=":material/table_rows:"):
            edited = _table(rows, key)
        st.form_submit_button(t("distribution_plan.submit"), type="primary")
    return _outcome(rows, edited, receipt, by, amounts, extra)


def _outcome(
    rows: tuple[Values, ...],
    edited: pl.DataFrame,
    receipt: Receipt,
    by: str,
    amounts: dict[str, int | None],
    extra: int | None,
) -> Outcome | None:
    try:
        typed = rows_of_table(edited, _FIELDS, ("name",))
        given = recipients_of(
            [_whole(*pair, amounts) for pair in zip(typed, rows, strict=True)] + _extra(extra)
        )
        return plan(given, asked_of(receipt.round, receipt.tranche), receipt.amount, by)
    except ProblemsError as refused:
        lines = [problem.words(language()) for problem in refused.problems]
        error(t("allocate.refused"), "  \n".join(lines), t("allocate.refused_remedy"))
    except (CaseError, AllocationError) as refused:
        names = {row.get("uscc") or row["name"]: row["name"] for row in rows}
        st.error(refusal(refused, names, language()))
    return None


def _whole(typed: Values, row: Values, amounts: dict[str, int | None]) -> Values:
    """An edited row with what the facts know besides, and the bounds of every firm where it has none of its own."""
    found = typed | {field: row[field] for field in _KEPT if row.get(field) is not None}
    if found.get("kind") == FIRM:
        found |= {name: found.get(name, amount) for name, amount in amounts.items() if amount is not None}
    return found


def _extra(amount: int | None) -> list[Values]:
    if not amount:
        return []
    name = t("allocation.kind.empowerment")
    return [{"kind": "empowerment", "name": name, "requested": amount, "_row": 0}]


def _table(rows: tuple[Values, ...], key: str) -> pl.DataFrame:
    labels = {field: t(f"allocation.field.{field}") for field in _FIELDS}
    locked = ("name", "investment", "score")
    return st.data_editor(
        text_of(rows, _FIELDS),
        key=f"plan_table_{key}_{language()}",
        hide_index=True,
        height=_HEIGHT,
        column_config={
            "uscc": None,
            "kind": None,
            "result": st.column_config.SelectboxColumn(
                labels["result"],
                options=list(RESULTS),
                format_func={result: t(f"allocation.result.{result}") for result in RESULTS}.get,
            ),
            **{
                field: st.column_config.TextColumn(
                    labels[field], disabled=field in locked, pinned=field == "name"
                )
                for field in _SHOWN
                if field != "result"
            },
        },
    )


def _amount(label: str, key: str) -> int | None:
    """An amount in 万元 as fen in whole yuan; blank and what is none count as not given, the latter said."""
    written = st.text_input(label, key=key).strip().replace(",", "")
    try:
        fen = Decimal(written or "0") * FEN_PER_UNIT
    except InvalidOperation:
        fen = Decimal("NaN")
    if not fen.is_finite() or fen < 0 or fen % 100:
        st.caption(f":red[{t('allocate.no_amount')}]")
        return None
    return int(fen) if written else None
