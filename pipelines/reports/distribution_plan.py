"""A province's distribution plan as it is handed in: Word or PDF, a workbook, and the file that `tidu load` takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from data.dataset import FEN_PER_UNIT, contract
from data.words import text
from metrics.allocation_cases import FIRM
from pipelines.allocation import Outcome
from pipelines.allocation_facts import Receipt
from pipelines.allocation_tables import sheets_bytes, worded_constraints, worded_ledger
from pipelines.allocation_words import article_of, bare, constraint_said, explanation, money
from pipelines.intake.provinces import units
from pipelines.reports.paper import (
    Block,
    Kind,
    Paper,
    bars,
    figures,
    heading,
    listed,
    note,
    paper_bytes,
    paragraph,
    table,
)

DATASET = "distribution_plans"
_FIELDS = (
    "round", "support_batch", "tranche", "province", "recipient_kind", "recipient_uscc", "recipient_name",
    "planned", "rationale",
)  # fmt: skip
_MOST_BARS = 24  # not policy: bars that fit a page


@dataclass(frozen=True)
class Filing:
    """What a plan is filed for: the money received, on which day, on which build of the data."""

    receipt: Receipt
    as_of: dt.date
    build: int
    is_synthetic: bool

    def province(self, language: str) -> str:
        """The province's full name."""
        unit = units()[self.receipt.province]
        return unit.zh if language == "zh" else unit.en

    def due_on(self, outcome: Outcome) -> dt.date:
        """The last day of the report."""
        return self.receipt.due_on(outcome.asked.round.report_within_days)


def plan_bytes(outcome: Outcome, filing: Filing, kind: Kind, language: str) -> bytes:
    """The plan as a paper of that kind; the same plan gives the same bytes."""
    return paper_bytes(_paper(outcome, filing, language), kind)


def plan_workbook(outcome: Outcome, filing: Filing, language: str) -> bytes:
    """The plan as a workbook: recipients with amount and rationale, the step ledger, the constraints."""
    named = {field: _header(field, language) for field in _FIELDS}
    return sheets_bytes(
        {
            text("distribution_plan.sheet", language): plan_rows(outcome, filing, language).rename(named),
            text("allocation.sheet.ledger", language): worded_ledger(outcome, language),
            text("allocation.sheet.constraints", language): worded_constraints(outcome, language),
        }
    )


def plan_rows(outcome: Outcome, filing: Filing, language: str) -> pl.DataFrame:
    """The plan as rows of the dataset `distribution_plans`: one per recipient that gets something; 万元."""
    receipt = filing.receipt
    rows = []
    for key, amount in outcome.allocation.ledger.amounts().items():
        given = outcome.inputs[key]
        if amount:
            rows.append(
                {
                    "round": receipt.round,
                    "support_batch": receipt.support_batch,
                    "tranche": receipt.tranche,
                    "province": receipt.province,
                    "recipient_kind": given.get("kind") or FIRM,
                    "recipient_uscc": given.get("uscc"),
                    "recipient_name": outcome.names[key],
                    "planned": Decimal(amount) / FEN_PER_UNIT,
                    "rationale": explanation(outcome, key, language),
                }
            )
    kinds = {"recipient_uscc": pl.String, "planned": pl.Decimal(38, 6)}
    return (
        pl.DataFrame(rows, schema_overrides=kinds)
        if rows
        else pl.DataFrame(schema=dict.fromkeys(_FIELDS, pl.String))
    )


def _header(field: str, language: str) -> str:
    column = contract(DATASET).column(field)
    if language == "zh":
        return column.zh_header
    return f"{column.en} ({column.unit})" if column.unit else column.en


def _paper(outcome: Outcome, filing: Filing, language: str) -> Paper:
    receipt = filing.receipt
    said = {
        "province": filing.province(language),
        "round": text(f"distribution_plan.round.{receipt.round}", language),
        "batch": receipt.support_batch,
        "tranche": receipt.tranche,
    }
    due = filing.due_on(outcome)
    cover = {
        "document": receipt.document_no or text("distribution_plan.blank", language),
        "received": money(receipt.amount, language),
        "received_on": receipt.received_on.isoformat(),
        "due_on": text("distribution_plan.due_said", language, day=due.isoformat(),
                       days=outcome.asked.round.report_within_days),
        "rule": text(f"allocation.rule.{outcome.by}", language),
        "data": text("distribution_plan.build", language, build=filing.build),
    }  # fmt: skip
    synthetic = [text("distribution_plan.synthetic", language)] if filing.is_synthetic else []
    return Paper(
        language=language,
        title=text("distribution_plan.paper_title", language, **said),
        subtitle=outcome.asked.round.document,
        marks=[*synthetic, text("distribution_plan.draft", language)],
        cover=[(text(f"distribution_plan.cover.{name}", language), value) for name, value in cover.items()],
        signatures=[text(f"distribution_plan.sign.{name}", language) for name in ("sme", "finance", "date")],
        page_of=text("distribution_plan.page_of", language),
        blocks=[
            *_basis(outcome, filing, language),
            *_summary(outcome, language),
            *_recipients(outcome, language),
            *_checks(outcome, language),
            *_report(outcome, filing, language),
        ],
    )


def _part(name: str, language: str, number: int) -> Block:
    return heading(text("distribution_plan.part.numbered", language,
                        number=text(f"distribution_plan.part.n{number}", language),
                        title=text(f"distribution_plan.part.{name}", language)))  # fmt: skip


def _basis(outcome: Outcome, filing: Filing, language: str) -> list[Block]:
    found = outcome.asked.round
    rules = [
        text("distribution_plan.basis.direct", language, share=f"{found.direct_share_pct:f}"),
        text("distribution_plan.basis.not_flat", language,
             rule=text(f"allocation.rule.{outcome.by}", language)),
        text("distribution_plan.basis.entitlement", language),
        text("distribution_plan.basis.withheld", language),
    ]  # fmt: skip
    if found.platforms_at_most is not None:
        rules.insert(1, text("distribution_plan.basis.platforms", language, most=found.platforms_at_most))
    if found.empowerment_share_pct is not None:
        share = f"{found.empowerment_share_pct:f}"
        rules.insert(1, text("distribution_plan.basis.empowerment", language, share=share))
    opening = text(
        "distribution_plan.basis.opening", language,
        document=found.document, province=filing.province(language), amount=money(filing.receipt.amount, language),
        day=filing.receipt.received_on.isoformat(),
    )  # fmt: skip
    return [_part("basis", language, 1), paragraph(opening), listed(rules)]


def _summary(outcome: Outcome, language: str) -> list[Block]:
    ledger = outcome.allocation.ledger
    amounts = ledger.amounts()
    firms = {key: amount for key, amount in amounts.items() if _kind(outcome, key) == FIRM}
    others = ledger.allotted() - sum(firms.values())
    paid = [amount for amount in firms.values() if amount]
    items = [
        ("received", ledger.pot, ""),
        ("firms", sum(firms.values()), text("distribution_plan.firms_said", language, count=len(paid))),
        ("others", others, ""),
        ("withheld", ledger.withheld["whole"], ""),
    ]
    shown = [
        (text(f"distribution_plan.paper_figure.{name}", language), money(amount, language), remark)
        for name, amount, remark in items
    ]
    most = max([*amounts.values(), 1])
    ranked = sorted(amounts, key=lambda key: (-amounts[key], key))[:_MOST_BARS]
    chart = bars(
        text("distribution_plan.chart", language),
        [
            (outcome.names[key], amounts[key] / most, amounts[key] / most, money(amounts[key], language))
            for key in ranked
            if amounts[key]
        ],
    )
    return [_part("summary", language, 2), figures(shown), chart]


def _recipients(outcome: Outcome, language: str) -> list[Block]:
    amounts = outcome.allocation.ledger.amounts()
    order = sorted(amounts, key=lambda key: (_kind(outcome, key) != FIRM, -amounts[key], key))
    columns = [
        (text("distribution_plan.column.number", language), 0.5, "center"),
        (text("distribution_plan.column.name", language), 2.6, "left"),
        (text("distribution_plan.column.kind", language), 1.2, "left"),
        (text("distribution_plan.column.amount", language), 1.4, "right"),
        (text("distribution_plan.column.rationale", language), 3.6, "left"),
    ]
    rows: list[Sequence[str]] = [
        (
            str(place),
            "\n".join(filter(None, (outcome.names[key], outcome.inputs[key].get("uscc")))),
            text(f"allocation.kind.{_kind(outcome, key)}", language),
            bare(amounts[key], language),
            explanation(outcome, key, language),
        )
        for place, key in enumerate(order, start=1)
    ]
    total = bare(outcome.allocation.ledger.allotted(), language)
    rows.append(("", text("distribution_plan.total", language), "", total, ""))
    return [_part("recipients", language, 3), table(columns, rows, strong=[len(rows) - 1])]  # type: ignore[arg-type]


def _checks(outcome: Outcome, language: str) -> list[Block]:
    columns = [
        (text("allocation.column.said", language), 4.2, "left"),
        (text("allocation.column.verdict", language), 1.0, "center"),
        (text("allocation.column.document", language), 2.4, "left"),
    ]
    rows = []
    for each in outcome.allocation.constraints:
        article = article_of(outcome, each, language)
        source = " ".join(filter(None, (article["document"], article["article"])))
        verdict = text(f"allocation.verdict.{each.verdict}", language)
        rows.append((constraint_said(outcome, each, language), verdict, source))
    return [_part("checks", language, 4), table(columns, rows)]  # type: ignore[arg-type]


def _report(outcome: Outcome, filing: Filing, language: str) -> list[Block]:
    found = outcome.asked.round
    said = text(
        "distribution_plan.report_said", language,
        days=found.report_within_days, day=filing.due_on(outcome).isoformat(),
    )  # fmt: skip
    return [_part("report", language, 5), paragraph(said), note(text("distribution_plan.note", language))]


def _kind(outcome: Outcome, key: str) -> str:
    return outcome.inputs[key].get("kind") or FIRM
