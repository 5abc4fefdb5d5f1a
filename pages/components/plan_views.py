"""A province's distribution plan: the clock of its report, the recipients, the checks, the files to hand in."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import polars as pl
import streamlit as st

from data.manifest import Published
from metrics.allocation_cases import FIRM
from pages.components import charts
from pages.components.allocation_views import amount_said, rules_table
from pages.components.facts import build_said
from pages.components.figures import Figure, headline_figures
from pages.components.header import section
from pages.components.member_pages import Records, records_of
from pages.components.numbers import iso, percent
from pages.components.proof import Proof
from pages.components.twin import twin
from pages.components.upload import XLSX
from pages.components.words import language, t
from pipelines.allocation import Outcome
from pipelines.allocation_facts import Receipt
from pipelines.allocation_tables import worded_ledger
from pipelines.allocation_words import bare
from pipelines.allocation_words import money as exact_money
from pipelines.exports import csv_bytes
from pipelines.reports.distribution_plan import Filing, plan_bytes, plan_rows, plan_workbook

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ROW, _WIDE = 26, 1.4
_WAN = 10**6


def clock(receipt: Receipt, filing: Filing, within_days: int) -> None:
    """Until when the plan is reported: days left, days late, or on time; the copy to the bureau."""
    due = receipt.due_on(within_days)
    said = {"day": iso(due), "received": iso(receipt.received_on), "days": within_days}
    if receipt.reported_on:
        late = (receipt.reported_on - due).days
        key = "late" if late > 0 else "on_time"
        show = st.error if late > 0 else st.success
        show(t(f"distribution_plan.clock.{key}", reported=iso(receipt.reported_on), late=late, **said))
    else:
        left = (due - filing.as_of).days
        key, show = ("left", st.info) if left >= 0 else ("overdue", st.error)
        show(t(f"distribution_plan.clock.{key}", count=abs(left), as_of=iso(filing.as_of), **said))
    if not receipt.copied_on:
        st.caption(t("distribution_plan.clock.no_copy"))


def headline(outcome: Outcome, build: Published, firms: Records, receipt: Receipt) -> None:
    """Received, to firms with its share, to others, withheld; each with its lines and the firms' cells."""
    ledger = outcome.allocation.ledger
    amounts = ledger.amounts()
    to_firms = sum(amount for key, amount in amounts.items() if _kind(outcome, key) == FIRM)
    # Rounded down: 89.99 % is not shown as 90.
    share = percent(Decimal(1000 * to_firms // ledger.pot) / 10 if ledger.pot else None)
    bound = outcome.asked.round.direct_share_pct
    entries = [
        ("received", ledger.pot, t("distribution_plan.received_on", day=iso(receipt.received_on))),
        ("firms", to_firms, t("distribution_plan.share_said", share=share, bound=f"{bound:f}")),
        ("others", ledger.allotted() - to_firms, t("distribution_plan.others_said")),
        ("withheld", ledger.withheld["whole"], t("distribution_plan.withheld_said")),
    ]
    article = outcome.asked.round.articles["direct_share_pct"]
    lines = worded_ledger(outcome, language())
    figures = []
    for key, fen, remark in entries:
        part = records_of(lines, t("allocate.part.lines"), key, {name: name for name in lines.columns})
        proof = Proof(
            title=t(f"distribution_plan.figure.{key}"),
            value=amount_said(fen),
            formula=t(f"distribution_plan.formula.{key}"),
            basis=t("allocation.model_note"),
            article=f"{article.document} {getattr(article, language())}",
            marks=(article.mark,),
            parts=[part, firms],
            build=build_said(build),
        )
        figures.append(
            Figure(
                key=key, label=t(f"distribution_plan.figure.{key}"), value=amount_said(fen), remark=remark,
                exact=exact_money(fen, language()), proof=proof,
            )
        )  # fmt: skip
    headline_figures(figures)


def recipients_view(outcome: Outcome, filing: Filing) -> None:
    """Every recipient's amount, the largest on top; the ledger as table twin; then the checks."""
    section(t("distribution_plan.recipients_title"), t(f"allocation.rule.{outcome.by}"))
    ledger = outcome.allocation.ledger
    ranked = sorted(ledger.amounts().items(), key=lambda pair: (-pair[1], pair[0]))
    table = pl.DataFrame(
        {"name": [outcome.names[key] for key, _ in ranked], "fen": [amount for _, amount in ranked]}
    )
    alt = t("distribution_plan.chart_alt", count=table.height)
    lines = worded_ledger(outcome, language())
    twin(
        {t("twin.chart"): lambda: charts.draw(_chart(table), key="plan_bars", alt=alt)},
        lines,
        name=f"plan-{filing.receipt.code}",
        key="plan_ledger",
        labels={name: name for name in lines.columns},
    )
    section(t("distribution_plan.checks_title"))
    rules_table(outcome)


def plan_files(outcome: Outcome, filing: Filing) -> None:
    """The plan to hand in, in both languages, and as the file that Load and validate takes."""
    section(t("distribution_plan.files_title"), t("distribution_plan.files_subtitle"))
    name = f"distribution-plan-{filing.receipt.province}-{filing.receipt.code}"
    order = sorted(("zh", "en"), key=lambda code: code != language())
    with st.container(horizontal=True, gap="small"):
        for place, code in enumerate(order):
            look = "secondary" if place else "primary"
            for kind, make, ending, mime in (
                ("word", partial(plan_bytes, outcome, filing, "docx", code), "docx", WORD),
                ("xlsx", partial(plan_workbook, outcome, filing, code), "xlsx", XLSX),
            ):
                st.download_button(
                    t(f"distribution_plan.download.{kind}_{code}"), make, f"{name}_{code}.{ending}", mime,
                    key=f"plan_{kind}_{code}", on_click="ignore", type=look,
                )  # fmt: skip
        st.download_button(
            t("distribution_plan.download.load"),
            partial(_loadable, outcome, filing, language()),
            f"{name}.csv",
            "text/csv",
            key="plan_load",
            on_click="ignore",
            type="tertiary",
        )


def _loadable(outcome: Outcome, filing: Filing, code: str) -> bytes:
    return csv_bytes(plan_rows(outcome, filing, code))


def _kind(outcome: Outcome, key: str) -> str:
    return outcome.inputs[key].get("kind") or FIRM


def _chart(table: pl.DataFrame) -> charts.Chart:
    colours = charts.palette()
    names = table["name"].to_list()
    amounts = [fen / _WAN for fen in table["fen"]]
    most = max([*amounts, 1])
    chart = charts.figure(
        charts.bar(
            x=amounts, y=names, orientation="h", textposition="outside", cliponaxis=False,
            text=[bare(fen, "zh") for fen in table["fen"]],
            marker={"color": colours.tiers["key_little_giant"]}, hovertemplate="%{y} %{x:,.4f}<extra></extra>",
        ),
        height=_ROW * table.height + 16,
    )  # fmt: skip
    chart.update_layout(
        bargap=0.35,
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis=charts.names_axis(table.height),
    )  # fmt: skip
    return chart
