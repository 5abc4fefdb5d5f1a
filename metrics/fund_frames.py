"""The tables of the reward funds as they stood on a day: what had been received, planned, paid, used and recovered.

Dates decide: a row counts from its own date on (received_on, paid_on, used_on, recovered_on). A plan's rows carry no
date: they count from the first day on which money of their tranche was received. A report or a copy of a later day
is not there yet. A use or a recovery belongs to the round, support batch, tranche and province of its payment, and
counts from that payment's date at the earliest; one whose payment is not known counts nowhere. What is dated by a
year alone counts from its first day.

A recipient is known by its credit code; a row without one takes the code that its name has elsewhere in the province
(where there is exactly one), else goes by the name. Amounts are whole fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

TRANCHE = ("province", "round", "support_batch", "tranche")
ROW = ("receipt_id", "sheet_no", "row_no")
FIRM, PLATFORM, EMPOWERMENT = "key_little_giant", "platform", "empowerment"

_TEXT, _WHOLE, _DATE = pl.String, pl.Int64, pl.Date
_OF_TRANCHE = {"province": _TEXT, "round": _TEXT, "support_batch": _WHOLE, "tranche": _WHOLE}
_OF_BATCH = {"province": _TEXT, "round": _TEXT, "support_batch": _WHOLE}
_OF_RECIPIENT = {"recipient_kind": _TEXT, "recipient_uscc": _TEXT, "recipient_name": _TEXT}
_ORIGIN = {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32}

TABLES: dict[str, dict[str, Any]] = {
    "fund_receipts": {
        **_OF_TRANCHE,
        "document_no": _TEXT,
        "received_on": _DATE,
        "amount": _WHOLE,
        "plan_reported_on": _DATE,
        "bureau_copied_on": _DATE,
    },
    "distribution_plans": {**_OF_TRANCHE, **_OF_RECIPIENT, "planned": _WHOLE, "rationale": _TEXT},
    "fund_payments": {
        "payment_id": _TEXT,
        **_OF_TRANCHE,
        **_OF_RECIPIENT,
        "paid_on": _DATE,
        "paid": _WHOLE,
    },
    "fund_use": {
        "payment_id": _TEXT,
        "used_on": _DATE,
        "amount": _WHOLE,
        "use_category": _TEXT,
        "beneficiary_uscc": _TEXT,
    },
    "fund_recoveries": {"payment_id": _TEXT, "recovered_on": _DATE, "amount": _WHOLE, "reason": _TEXT},
    "transfers_published": {
        "province": _TEXT,
        "document_no": _TEXT,
        "amount": _WHOLE,
        "published_on": _DATE,
    },
    "local_funds": {"province": _TEXT, "year": _WHOLE, "source": _TEXT, "amount": _WHOLE},
    "tasks": {
        "round": _TEXT,
        "support_batch": _WHOLE,
        "year": _WHOLE,
        "uscc": _TEXT,
        "task_code": _TEXT,
        "target": _WHOLE,
        "actual": _WHOLE,
    },
    "platforms": {**_OF_BATCH, "uscc": _TEXT, "name": _TEXT},
    "key_firms": {**_OF_BATCH, "uscc": _TEXT, "name": _TEXT},
}
_OPENED = dict(zip(("opened_receipt", "opened_sheet", "opened_row"), ROW, strict=True))
_GIANTS = {"uscc": _TEXT, "name": _TEXT, "valid_from": _DATE, "valid_to": _DATE}
_LISTINGS = {"uscc": _TEXT, "name": _TEXT, "listed_board": _TEXT, "listed_on": _DATE, **_ORIGIN}


@dataclass(frozen=True)
class Books:
    """All that is loaded of the funds, whatever its day: what a day is cut from.

    ``tables``: those of `TABLES`, plans and payments with ``recipient``; giants and listings as in `Day`.
    """

    tables: Mapping[str, pl.DataFrame]
    giants: pl.DataFrame
    listings: pl.DataFrame


@dataclass(frozen=True)
class Day:
    """The tables on a day, cut to what had happened by then.

    receipts, plans (with ``recipient``), payments (with ``recipient``, ``used`` and ``recovered``), uses and
    recoveries (with their payment's tranche, recipient_kind, recipient and name), transfers, local_funds, tasks,
    platforms, key_firms; giants (terms of little giants: uscc, name, valid_from, valid_to) and listings (uscc, name,
    listed_board, listed_on of annual returns); each row with the receipt_id, sheet_no and row_no it stands in.
    ``unplaced``: uses and recoveries whose payment is not known.
    """

    as_of: dt.date
    receipts: pl.DataFrame
    plans: pl.DataFrame
    payments: pl.DataFrame
    uses: pl.DataFrame
    recoveries: pl.DataFrame
    transfers: pl.DataFrame
    local_funds: pl.DataFrame
    tasks: pl.DataFrame
    platforms: pl.DataFrame
    key_firms: pl.DataFrame
    giants: pl.DataFrame
    listings: pl.DataFrame
    unplaced: int


def books(tables: Mapping[str, Any]) -> Books:
    """What the current rows of the datasets (relations, or frames of the same columns) hold, for `on_day`.

    ``tables`` may hold those of `TABLES`, ``title_periods`` and ``annual_returns``; what is absent is empty. Choices
    are codes (text or an enumeration), province is the unit's code.
    """
    found = {name: _read(tables.get(name), columns | _ORIGIN) for name, columns in TABLES.items()}
    codes = _codes_of_names(found)
    named = {name: _with_recipient(found[name], codes) for name in ("distribution_plans", "fund_payments")}
    return Books(found | named, _giants(tables.get("title_periods")), _listings(tables.get("annual_returns")))


def on_day(kept: Books, as_of: dt.date) -> Day:
    """The funds on a day."""
    found = kept.tables
    receipts = (
        found["fund_receipts"]
        .filter(pl.col("received_on") <= as_of)
        .with_columns(
            pl.when(pl.col(name) <= as_of).then(pl.col(name)).alias(name)
            for name in ("plan_reported_on", "bureau_copied_on")
        )
    )
    payments = found["fund_payments"].filter(pl.col("paid_on") <= as_of)
    uses = _of_payments(found["fund_use"].filter(pl.col("used_on") <= as_of), payments)
    recoveries = _of_payments(found["fund_recoveries"].filter(pl.col("recovered_on") <= as_of), payments)
    known = found["fund_payments"]["payment_id"].unique().implode()
    unplaced = sum(
        found[name].filter(~pl.col("payment_id").is_in(known)).height
        for name in ("fund_use", "fund_recoveries")
    )
    return Day(
        as_of=as_of,
        receipts=receipts,
        plans=found["distribution_plans"].join(
            receipts.select(TRANCHE).unique(), on=TRANCHE, how="semi", maintain_order="left"
        ),
        payments=payments.join(_summed(uses, "used"), on="payment_id", how="left")
        .join(_summed(recoveries, "recovered"), on="payment_id", how="left")
        .with_columns(pl.col("used", "recovered").fill_null(0)),
        uses=uses,
        recoveries=recoveries,
        transfers=found["transfers_published"].filter(pl.col("published_on") <= as_of),
        local_funds=found["local_funds"].filter(pl.col("year") <= as_of.year),
        tasks=found["tasks"].filter(pl.col("year") <= as_of.year),
        platforms=found["platforms"],
        key_firms=found["key_firms"],
        giants=kept.giants,
        listings=kept.listings,
        unplaced=unplaced,
    )


def sum_fen(column: str | pl.Expr) -> pl.Expr:
    """A sum of amounts in fen; one that leaves 64 bits is an error, where a plain sum would wrap silently."""
    amount = pl.col(column) if isinstance(column, str) else column
    return amount.cast(pl.Int128).sum().cast(pl.Int64, strict=True)


def _read(table: Any, columns: Mapping[str, Any]) -> pl.DataFrame:
    wanted = pl.Schema(columns)
    if table is None:
        return pl.DataFrame(schema=wanted)
    found: pl.DataFrame = nw.from_native(table).lazy().select(*columns).collect("polars").to_native()
    return found.cast(wanted).sort(ROW)  # type: ignore[arg-type]


def _giants(periods: Any) -> pl.DataFrame:
    if periods is None:
        return pl.DataFrame(schema=_GIANTS | _ORIGIN)
    great = nw.from_native(periods).lazy().filter(nw.col("tier") == "little_giant", ~nw.col("uscc").is_null())
    return _read(great.rename(_OPENED).to_native(), _GIANTS | _ORIGIN)


def _listings(returns: Any) -> pl.DataFrame:
    if returns is None:
        return pl.DataFrame(schema=_LISTINGS)
    listed = nw.from_native(returns).lazy().filter(~nw.col("listed_on").is_null())
    return _read(listed.to_native(), _LISTINGS).filter(pl.col("listed_board").is_not_null())


def _codes_of_names(found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The credit code of a name in a province, where rows of the funds give it exactly one."""
    named = [
        found[table].select("province", name=pl.col(name), uscc=pl.col(uscc))
        for table, name, uscc in (
            ("distribution_plans", "recipient_name", "recipient_uscc"),
            ("fund_payments", "recipient_name", "recipient_uscc"),
            ("key_firms", "name", "uscc"),
            ("platforms", "name", "uscc"),
        )
    ]
    return (
        pl.concat(named)
        .drop_nulls()
        .unique()
        .group_by("province", recipient_name="name")
        .agg(code=pl.col("uscc").first(), n=pl.len())
        .filter(pl.col("n") == 1)
        .drop("n")
    )


def _with_recipient(rows: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    joined = rows.join(codes, on=["province", "recipient_name"], how="left", maintain_order="left")
    return joined.with_columns(recipient=pl.coalesce("recipient_uscc", "code", "recipient_name")).drop("code")


def _of_payments(rows: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    paid = payments.select("payment_id", *TRANCHE, "recipient_kind", "recipient", "recipient_name")
    return rows.join(paid, on="payment_id", how="inner", maintain_order="left")


def _summed(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.group_by("payment_id").agg(sum_fen("amount").alias(name))
