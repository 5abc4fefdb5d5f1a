"""The headline figures of the funds page: received, paid, used, not paid; each with the rows it is the sum of."""

from __future__ import annotations

import polars as pl

from metrics import fund_ratios
from metrics.fund_frames import TRANCHE
from metrics.fund_members import paid_part, received_part, used_part
from pages.components.figures import Figure
from pages.components.fund_proofs import figure_proof
from pages.components.fund_reads import Funds
from pages.components.fund_words import in_headline
from pages.components.numbers import MISSING, exact, percent
from pages.components.words import language, t
from pipelines.funds import amount


def headline_of(funds: Funds) -> list[Figure]:
    """Received, paid, used, and received but not paid."""
    total = fund_ratios.country(funds.provinces)
    receipts, payments, uses = (
        funds.cut(rows) for rows in (funds.day.receipts, funds.day.payments, funds.day.uses)
    )
    idle = funds.tranches.filter(pl.col("idle") > 0)
    waiting = [rows.join(idle, on=TRANCHE, how="semi") for rows in (receipts, payments)]
    late = funds.checks.filter(pl.col("rule") == "idle", pl.col("verdict") == "violated")
    parts = {
        "received": [received_part(receipts)],
        "paid": [paid_part(payments), received_part(receipts)],
        "used": [used_part(uses), paid_part(payments)],
        "idle": [received_part(waiting[0]), paid_part(waiting[1])],
    }
    provinces = receipts["province"].n_unique()
    remarks = {
        "received": t("funds.received_remark", receipts=exact(receipts.height), provinces=provinces),
        "paid": t("funds.paid_remark", share=_share(total["paid"], total["received"])),
        "used": t("funds.used_remark", share=_share(total["used"], total["paid"])),
        "idle": t(
            "funds.idle_remark",
            tranches=late.height,
            days=funds.asked.idle_after_days,
            late=amount(int(late["part"].sum()), language()),
        ),
    }
    return [
        Figure(
            key=stage,
            label=t("funds.in_unit", stage=t(f"funds.stage.{stage}")),
            value=in_headline(total[stage]),
            exact=amount(total[stage], language()),
            remark=remarks[stage],
            proof=figure_proof(
                funds,
                t(f"funds.stage.{stage}"),
                amount(total[stage], language()),
                t(f"funds.formula.{stage}"),
                behind,
            ),
        )
        for stage, behind in parts.items()
    ]


def _share(part: int, whole: int) -> str:
    return percent(100 * part / whole) if whole > 0 else MISSING
