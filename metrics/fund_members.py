"""The rows behind a check of the reward funds: of each dataset it looked at, those that it counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from metrics.fund_frames import EMPOWERMENT, FIRM, ROW, TRANCHE
from metrics.fund_recipient_checks import without_title
from metrics.fund_rules import BATCH, Asked
from metrics.fund_tranche_checks import receipt_name


@dataclass(frozen=True)
class Part:
    """Rows of one dataset: what they are in the check, the field whose cell proves them, and the rows.

    ``rows``: name, on (date or null), amount (fen or null), detail, receipt_id, sheet_no, row_no.
    """

    part: str
    dataset: str
    field: str
    rows: pl.DataFrame


def members(asked: Asked, check: Mapping[str, Any]) -> list[Part]:
    """The rows behind one check, a row of `metrics.fund_flags.checks`; a share has its numerator first.

    Raises KeyError for a rule that `metrics.fund_flags` does not have.
    """
    day, rule, subject = asked.day, check["rule"], check["subject"]
    receipts, plans, payments = (_of(rows, check) for rows in (day.receipts, day.plans, day.payments))
    match rule:
        case "direct_planned" | "empowerment_planned":
            kind = FIRM if rule.startswith("direct") else EMPOWERMENT
            return [planned_part(plans.filter(pl.col("recipient_kind") == kind)), received_part(receipts)]
        case "direct_paid" | "empowerment_paid":
            kind = FIRM if rule.startswith("direct") else EMPOWERMENT
            part = payments.filter(pl.col("recipient_kind") == kind)
            return [paid_part(part, "paid_part"), paid_part(payments, "paid_whole")]
        case "plan_report" | "bureau_copy":
            field = "plan_reported_on" if rule == "plan_report" else "bureau_copied_on"
            own = [receipt_name(row) == subject for row in receipts.iter_rows(named=True)]
            found = receipts.filter(pl.Series(own, dtype=pl.Boolean))
            return [received_part(found.filter(pl.col("amount") == check["part"]), field)]
        case "platform_count" | "recipient_kind" if check["tranche"] is None:
            return [_listed(_of(day.platforms, check, BATCH))]
        case "recipient_kind":
            planned, paid = (rows.filter(pl.col("recipient_kind") == subject) for rows in (plans, payments))
            return [planned_part(planned), paid_part(paid)]
        case "platform_use" | "platform_served":
            return _uses(asked, check)
        case "simple_distribution":
            firms = plans.filter(pl.col("recipient_kind") == FIRM, pl.col("planned") > 0)
            return [planned_part(firms)]
        case "idle":
            return [received_part(receipts), paid_part(payments)]
        case "paid_twice" | "paid_above_plan":
            return _of_recipient(asked, check, plans, payments)
        case "listed_recipient" | "title_recipient":
            return _eligibility(asked, check)
        case _:
            raise KeyError(f"no such check: {rule}")


def _uses(asked: Asked, check: Mapping[str, Any]) -> list[Part]:
    uses = asked.day.uses.filter(pl.col("payment_id") == check["subject"])
    allowed = pl.col("use_category").is_in(list(asked.platform_money))
    if check["rule"] == "platform_use":
        return [used_part(uses.filter(~allowed), "used_wrongly"), used_part(uses, "used")]
    served = uses.filter(allowed, pl.col("beneficiary_uscc").is_not_null())
    other = without_title(served, "beneficiary_uscc", "used_on", asked.day.giants)
    named = [rows.with_columns(use_category=pl.col("beneficiary_uscc")) for rows in (other, served)]
    return [used_part(named[0], "served_others"), used_part(named[1], "served")]


def _of_recipient(
    asked: Asked, check: Mapping[str, Any], plans: pl.DataFrame, payments: pl.DataFrame
) -> list[Part]:
    own = payments.filter(pl.col("recipient") == check["subject"])
    if check["rule"] == "paid_twice":
        own = own.filter(pl.col("paid_on") == check["on"], pl.col("paid") == check["whole"])
    back = asked.day.recoveries.filter(pl.col("payment_id").is_in(own["payment_id"].implode()))
    parts = [paid_part(own)]
    if check["rule"] == "paid_above_plan":
        parts.append(planned_part(plans.filter(pl.col("recipient") == check["subject"])))
    if back.height:
        parts.append(
            _part(
                "recovered",
                "fund_recoveries",
                "amount",
                back,
                "recipient_name",
                "recovered_on",
                "reason",
                "amount",
            )
        )
    return parts


def _eligibility(asked: Asked, check: Mapping[str, Any]) -> list[Part]:
    firm = check["subject"]
    paid = _of(asked.day.payments, check, BATCH).filter(
        pl.col("recipient") == firm, pl.col("recipient_kind") == FIRM
    )
    if check["rule"] == "listed_recipient":
        rows = asked.day.listings.filter(pl.col("uscc") == firm, pl.col("listed_on") == check["on"])
        other = _part("listing", "annual_returns", "listed_on", rows, "name", "listed_on", "listed_board")
    else:
        rows = asked.day.giants.filter(pl.col("uscc") == firm)
        other = _part("titles", "title_events", "event_date", rows, "name", "valid_from")
    return [paid_part(paid), other]


def _of(rows: pl.DataFrame, check: Mapping[str, Any], by: tuple[str, ...] = TRANCHE) -> pl.DataFrame:
    return rows.filter(
        pl.all_horizontal(pl.col(name) == check[name] for name in by if check[name] is not None)
    )


def received_part(rows: pl.DataFrame, field: str = "amount") -> Part:
    """Receipts as a part; proved by the amount, or by the date asked for."""
    on = field if field != "amount" else "received_on"
    return _part("received", "fund_receipts", field, rows, "document_no", on, amount="amount")


def planned_part(rows: pl.DataFrame) -> Part:
    """A plan's rows as a part."""
    return _part(
        "planned",
        "distribution_plans",
        "planned",
        rows,
        "recipient_name",
        detail="rationale",
        amount="planned",
    )


def paid_part(rows: pl.DataFrame, part: str = "paid") -> Part:
    """Payments as a part."""
    return _part(part, "fund_payments", "paid", rows, "recipient_name", "paid_on", "payment_id", "paid")


def used_part(rows: pl.DataFrame, part: str = "used") -> Part:
    """Uses as a part."""
    return _part(part, "fund_use", "amount", rows, "recipient_name", "used_on", "use_category", "amount")


def _listed(rows: pl.DataFrame) -> Part:
    return _part("listed", "platforms", "uscc", rows, "name", detail="uscc")


def _part(
    part: str,
    dataset: str,
    field: str,
    rows: pl.DataFrame,
    name: str,
    on: str = "",
    detail: str = "",
    amount: str = "",
) -> Part:
    shown = rows.select(
        pl.col(name).alias("name"),
        on=pl.col(on) if on else pl.lit(None, pl.Date),
        amount=pl.col(amount) if amount else pl.lit(None, pl.Int64),
        detail=pl.col(detail) if detail else pl.lit(None, pl.String),
        **{column: pl.col(column) for column in ROW},
    )
    return Part(part, dataset, field, shown.sort(ROW))
