"""Two scenarios of one allocation, filled in by hand over what the facts or a file say: a table and two columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import polars as pl
import streamlit as st

from data.dataset import FEN_PER_UNIT
from data.rounds import GRADES, Round
from metrics.allocation_cases import CaseError, Province
from metrics.step_ledger import AllocationError
from pages.components.states import error
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.allocation import Outcome, asked_of, central
from pipelines.allocation_files import CENTRAL, central_of
from pipelines.allocation_sheets import ProblemsError, rows_of_table
from pipelines.allocation_words import refusal

SCENARIOS = ("a", "b")
_NAME = "unit"
_FIELDS = tuple(field for field in CENTRAL if field != "pot")
_STEP = 0.05
_TABLE_HEIGHT = 300


@dataclass(frozen=True)
class Settings:
    """One scenario: factors by grade, a floor and a cap for every province (fen), the reason to share out."""

    factors: dict[str, Decimal]
    floor: int
    cap: int | None
    share_out: str


def scenarios(table: pl.DataFrame, found: Round, tranche: int, key: str) -> tuple[Outcome, Outcome] | None:
    """The form over ``table`` (text under `CENTRAL`'s field names), and both outcomes; None where it is refused."""
    with st.form(f"allocate_{key}", border=False):
        with st.expander(t("allocate.table_title", count=table.height), icon=":material/table_rows:"):
            edited = _table(table, key)
        left, right = st.columns(2, gap="medium")
        settings = []
        for scenario, column in zip(SCENARIOS, (left, right), strict=True):
            with column, st.container(border=True, gap="small"):
                settings.append(_settings(scenario, found, tranche, key))
        given = next(iter(table["pot"].drop_nulls()), "")
        last, button = st.columns(2, gap="medium", vertical_alignment="bottom")
        with last:
            pot = _amount(t("allocate.pot"), f"allocate_pot_{key}", t("allocate.pot_help"), given)
        with button:
            st.form_submit_button(t("allocate.submit"), type="primary")
    if any(each is None for each in settings) or isinstance(pot, str):
        return None
    try:
        provinces = central_of(rows_of_table(edited, _FIELDS, ("province", "firms"))).provinces
    except ProblemsError as refused:
        _say_problems(refused)
        return None
    outcomes = [_outcome(provinces, found, tranche, each, pot) for each in settings if each]
    return None if None in outcomes else (outcomes[0], outcomes[1])  # type: ignore[return-value]


def _table(table: pl.DataFrame, key: str) -> pl.DataFrame:
    """The provinces, to be completed by hand; names are shown, codes decide."""
    shown = table.select(_FIELDS).with_columns(
        pl.col("province").replace_strict(unit_names(), return_dtype=pl.String).alias(_NAME)
    )
    labels = {field: t(f"allocation.field.{field}") for field in _FIELDS}
    edited = st.data_editor(
        shown.select(_NAME, *_FIELDS),
        key=f"allocate_table_{key}_{language()}",
        hide_index=True,
        height=_TABLE_HEIGHT,
        column_config={
            _NAME: st.column_config.TextColumn(t("allocation.field.province"), disabled=True, pinned=True),
            "province": None,
            **({} if table["base"].count() else {"base": None}),
            "grade": st.column_config.SelectboxColumn(
                labels["grade"],
                options=list(GRADES),
                format_func={grade: t(f"allocation.grade.{grade}") for grade in GRADES}.get,
            ),
            "exception": st.column_config.TextColumn(labels["exception"], help=t("allocate.exception_help")),
            **{
                field: st.column_config.TextColumn(labels[field])
                for field in _FIELDS
                if field not in ("province", "grade", "exception")
                and (field != "base" or table["base"].count())
            },
        },
    )
    return edited.drop(_NAME)


def _settings(scenario: str, found: Round, tranche: int, key: str) -> Settings | None:
    """One scenario's column of the form; None where an amount in it cannot be read."""
    st.markdown(f"**{t(f'allocate.scenario.{scenario}')}** · {t('allocate.factors')}")
    own = found.grade_factors if scenario == "a" else found.trial_factors
    factors = {}
    for grade, column in zip(GRADES, st.columns(len(GRADES), gap="small"), strict=True):
        with column:
            value = st.number_input(
                t("allocate.factor", grade=t(f"allocation.grade.{grade}")),
                min_value=0.0,
                value=float(own[grade]),
                step=_STEP,
                format="%.2f",
                disabled=tranche == 1,
                key=f"allocate_{scenario}_{grade}_{key}",
            )
        factors[grade] = Decimal(str(round(value, 4)))
    with st.expander(t("allocate.more")):
        sides = st.columns(2, gap="small")
        with sides[0]:
            floor = _amount(t("allocate.floor"), f"allocate_{scenario}_floor_{key}", t("allocate.bound_help"))
        with sides[1]:
            cap = _amount(t("allocate.cap"), f"allocate_{scenario}_cap_{key}", t("allocate.bound_help"))
        share_out = st.text_input(
            t("allocate.share_out"),
            key=f"allocate_{scenario}_share_out_{key}",
            help=t("allocate.share_out_help"),
        )
    if isinstance(floor, str) or isinstance(cap, str):
        return None
    return Settings(factors, floor or 0, cap, share_out)


def _amount(label: str, key: str, help: str, given: str = "") -> int | str | None:  # noqa: A002 - Streamlit's own word
    """An amount in 万元 as fen in whole yuan; None where blank, the text itself where it is none."""
    written = st.text_input(label, given, key=key, help=help).strip().replace(",", "")
    if not written:
        return None
    try:
        fen = Decimal(written) * FEN_PER_UNIT
    except InvalidOperation:
        fen = Decimal("NaN")
    if not fen.is_finite() or fen < 0 or fen % 100:
        st.caption(f":red[{t('allocate.no_amount')}]")
        return written
    return int(fen)


def _outcome(
    provinces: Sequence[Province], found: Round, tranche: int, settings: Settings, pot: int | None
) -> Outcome | None:
    bounded = [
        replace(each, floor=each.floor or settings.floor, cap=settings.cap if each.cap is None else each.cap)
        if each.firms
        else each
        for each in provinces
    ]
    asked = asked_of(found.code, tranche, settings.factors, settings.share_out)
    try:
        return central(bounded, asked, pot, unit_names())
    except (CaseError, AllocationError) as refused:
        st.error(refusal(refused, unit_names(), language()))
        return None


def _say_problems(refused: ProblemsError) -> None:
    lines = [problem.words(language()) for problem in refused.problems]
    error(t("allocate.refused"), "  \n".join(lines), t("allocate.refused_remedy"))
