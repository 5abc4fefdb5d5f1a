"""Two scenarios beside each other: headline figures, provinces, one province step by step, constraints, files."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import polars as pl
import streamlit as st

from data.manifest import Published
from metrics.step_ledger import STEPS, difference
from pages.components import charts
from pages.components.facts import build_said
from pages.components.figures import Figure, headline_figures
from pages.components.filters import choice
from pages.components.header import section
from pages.components.member_pages import Records, records_of
from pages.components.numbers import MISSING, exact, money
from pages.components.numbers import headline as headline_number
from pages.components.proof import Proof
from pages.components.twin import twin
from pages.components.upload import XLSX
from pages.components.words import language, t
from pipelines.allocation import Outcome
from pipelines.allocation_tables import (
    ledger_table,
    worded_constraints,
    worded_ledger,
    worded_schedule,
    workbook,
)
from pipelines.allocation_words import difference_said, explanation, signed_money
from pipelines.allocation_words import money as exact_money
from pipelines.exports import csv_bytes

Pair = tuple[Outcome, Outcome]
_ROW, _WIDE = 24, 1.28
_PLACES = 6
_WORD_JOINER = "\u2060"
_MILLION = 10**8
_RULE = "firm_entitlement_wan"


def headline(pair: Pair, build: Published | None, firms: Records | None) -> None:
    """The pot, what each scenario allots, and how many provinces they differ in; each with its lines and firms."""
    first, second = (outcome.allocation.ledger for outcome in pair)
    changed = [key for key, amount in first.amounts().items() if second.amounts()[key] != amount]
    figures = [
        _figure(pair[0], "pot", first.pot, t("allocate.pot_remark"), build, firms),
        *(
            _figure(
                outcome,
                f"allotted_{scenario}",
                outcome.allocation.ledger.allotted(),
                t("allocate.withheld_remark", amount=money(outcome.allocation.ledger.withheld["whole"])),
                build,
                firms,
            )
            for scenario, outcome in zip(("a", "b"), pair, strict=True)
        ),
    ]
    count = Figure(
        key="changed",
        label=t("allocate.figure.changed"),
        value=exact(len(changed)),
        remark=t("allocate.changed_remark", count=len(first.rows)),
        proof=_proof(
            pair[0],
            t("allocate.figure.changed"),
            exact(len(changed)),
            t("allocate.formula.changed"),
            build,
            [records_of(differences(pair), t("allocate.part.differences"), "differences", _labels())],
        ),
    )
    headline_figures([*figures, count])


def provinces_view(pair: Pair) -> None:
    """Every province under both scenarios, the largest amount first; the ledgers as table twins."""
    table = differences(pair)
    section(t("allocate.provinces_title"), t("allocate.provinces_subtitle"))
    alt = t("allocate.chart_alt", count=table.height)
    twin(
        {t("twin.chart"): lambda: charts.draw(_chart(table), key="allocate_bars", alt=alt)},
        table,
        name=t("allocate.file_difference"),
        key="allocate_differences",
        labels=_labels(),
    )


def step_view(pair: Pair, key: str) -> None:
    """Why one province has more or less under the second scenario: a sentence, then step by step."""
    st.info(difference_said(*pair, key, language()))
    first, second = (outcome.allocation.ledger.rows[key] for outcome in pair)
    steps = difference(pair[0].allocation.ledger, pair[1].allocation.ledger, key)
    table = pl.DataFrame(
        {
            t("allocate.column.step"): [t(f"allocation.step.{step}") for step in STEPS],
            t("allocate.scenario.a"): [exact_money(first[step], language()) for step in STEPS],
            t("allocate.scenario.b"): [exact_money(second[step], language()) for step in STEPS],
            t("allocate.column.adds"): [signed_money(steps[step], language()) for step in STEPS],
        }
    )
    st.dataframe(table, hide_index=True, key="allocate_steps")
    for scenario, outcome in zip(("a", "b"), pair, strict=True):
        st.caption(f"**{t(f'allocate.scenario.{scenario}')}** {explanation(outcome, key, language())}")


def province_choice(pair: Pair) -> str:
    """Whose difference is explained; first the one with the largest."""
    table = differences(pair)
    by_gap = table.sort(pl.col("difference_wan").abs(), "name", descending=[True, False])
    codes = dict(by_gap.select("code", "name").iter_rows())
    return choice(
        "province",
        list(codes),
        label=t("allocate.province"),
        show=codes.__getitem__,
        default=next(iter(codes)),
    )


def ledgers_view(pair: Pair) -> None:
    """Both ledgers with every step, their constraints, the schedule, and the files."""
    section(t("allocate.ledger_title"), t("allocation.factors_are"))
    tabs = st.tabs([t("allocate.scenario.a"), t("allocate.scenario.b")], key="allocate_ledgers")
    for scenario, outcome, tab in zip(("a", "b"), pair, tabs, strict=True):
        with tab:
            ledger_files(outcome, f"allocate_{scenario}")
            rules_table(outcome)
            st.table(worded_schedule(outcome, language()), border="horizontal", hide_index=True)


def ledger_files(outcome: Outcome, key: str) -> None:
    """A ledger in words, and its files; these are made when asked for."""
    table = worded_ledger(outcome, language())
    st.dataframe(
        table, hide_index=True, key=f"{key}_ledger", placeholder=MISSING, column_config=yuan_columns(table)
    )
    name = f"allocation-{outcome.asked.round.code}-{outcome.asked.tranche}"
    code = language()
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("allocate.workbook"), partial(workbook, outcome, code), f"{name}.xlsx", XLSX,
            key=f"{key}_xlsx", on_click="ignore", type="primary",
        )  # fmt: skip
        st.download_button(
            t("twin.csv"), lambda: csv_bytes(ledger_table(outcome, code)), f"{name}.csv", "text/csv",
            key=f"{key}_csv", on_click="ignore",
        )  # fmt: skip


def amount_said(fen: int) -> str:
    """An amount on a card: with its unit in Chinese, in millions of yuan (as the label says) in English."""
    return money(fen) if language() == "zh" else headline_number(Decimal(fen) / _MILLION)


def rules_table(outcome: Outcome) -> None:
    """What the allocation is held to; a table whose text wraps, since the names of those against it matter."""
    table = worded_constraints(outcome, language())
    verdict = table.columns[0]
    # A verdict of two characters would be broken over two lines in its narrow column.
    unbroken = pl.Series(verdict, [_WORD_JOINER.join(said) for said in table[verdict]], dtype=pl.String)
    st.table(table.with_columns(unbroken), border="horizontal", hide_index=True)


def yuan_columns(table: pl.DataFrame) -> dict[str, object]:
    """Amounts with separators."""
    return {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in table.schema.items()
        if kind.is_decimal()
    }


def differences(pair: Pair) -> pl.DataFrame:
    """code, name, amounts under both in 万元, and the difference, the largest first amount on top."""
    first, second = (outcome.allocation.ledger.amounts() for outcome in pair)
    rows = [
        (key, pair[0].names[key], *(_wan(fen) for fen in (first[key], second[key], second[key] - first[key])))
        for key in sorted(first, key=lambda key: (-first[key], key))
    ]
    amounts = dict.fromkeys(("first_wan", "second_wan", "difference_wan"), pl.Decimal(38, _PLACES))
    return pl.DataFrame(rows, schema={"code": pl.String, "name": pl.String} | amounts, orient="row")


def _wan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-_PLACES)


def _labels() -> dict[str, str]:
    return {
        "code": t("column.code"),
        "name": t("allocation.field.province"),
        "first_wan": t("allocate.column.first"),
        "second_wan": t("allocate.column.second"),
        "difference_wan": t("allocate.column.difference"),
    }


def _figure(
    outcome: Outcome, key: str, fen: int, remark: str, build: Published | None, firms: Records | None
) -> Figure:
    label, value = t(f"allocate.figure.{key}"), amount_said(fen)
    lines = worded_ledger(outcome, language())
    parts = [records_of(lines, t("allocate.part.lines"), key, {name: name for name in lines.columns})]
    formula = t("allocate.formula.pot" if key == "pot" else "allocate.formula.allotted")
    proof = _proof(outcome, label, value, formula, build, parts + ([firms] if firms else []))
    return Figure(
        key=key, label=label, value=value, remark=remark, exact=exact_money(fen, language()), proof=proof
    )


def _proof(
    outcome: Outcome, title: str, value: str, formula: str, build: Published | None, parts: list[Records]
) -> Proof:
    article = outcome.asked.round.articles[_RULE]
    return Proof(
        title=title,
        value=value,
        formula=formula,
        basis=t("allocation.model_note"),
        article=f"{article.document} {getattr(article, language())}",
        marks=(article.mark,),
        parts=parts,
        build=build_said(build) if build else "",
    )


def _chart(table: pl.DataFrame) -> charts.Chart:
    """Bars are scenario A, marks scenario B; the difference stands at the right."""
    colours = charts.palette()
    units = table["name"].to_list()
    most = float(max([*table["first_wan"], *table["second_wan"], 1]))
    said = [_change(gap) for gap in table["difference_wan"]]
    hover = "%{y} %{x:,.2f}<extra></extra>"
    chart = charts.figure(
        charts.bar(
            x=table["first_wan"].cast(pl.Float64).to_list(), y=units, orientation="h",
            marker={"color": colours.tiers["srdi"]}, hovertemplate=hover,
        ),
        charts.scatter(
            x=table["second_wan"].cast(pl.Float64).to_list(), y=units, mode="markers", hovertemplate=hover,
            marker={"symbol": "diamond", "size": 9, "color": colours.tiers["little_giant"]},
        ),
        charts.scatter(
            x=[most * _WIDE] * len(units), y=units, mode="text", text=said, textposition="middle left",
            hoverinfo="skip",
        ),
        height=_ROW * table.height + 16,
    )  # fmt: skip
    chart.update_layout(
        bargap=0.35,
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis=charts.names_axis(table.height),
    )  # fmt: skip
    return chart


def _change(gap: Decimal) -> str:
    if not gap:
        return ""
    return ("+" if gap > 0 else "") + exact(gap.quantize(Decimal("0.01")).normalize())
