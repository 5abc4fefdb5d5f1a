"""From the quota received to its use: received, planned, paid, used, recovered, idle, by tranche of each province.

Idle = received less paid, 0 where more was paid. Payments cover receipts in the order received; idle money is as old as
the earliest receipt they do not cover in full. Recovered money is a return flow of its own: it makes nothing less paid
and nothing more idle.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from metrics.fund_frames import EMPOWERMENT, FIRM, PLATFORM, ROW, TRANCHE, Day, sum_fen

STAGES = ("received", "planned", "paid", "used", "recovered", "idle")
KINDS = {FIRM: "direct", PLATFORM: "platform", EMPOWERMENT: "empowerment"}
AMOUNTS = (
    *STAGES,
    *(f"{stage}_{kind}" for stage in ("planned", "paid") for kind in KINDS.values()),
)


def flow(day: Day) -> pl.DataFrame:
    """One row for each tranche that any money or plan is known of, in order of province, round, batch and tranche.

    Returns province, round, support_batch, tranche, the amounts of `AMOUNTS` (whole fen; planned and paid also by kind
    of recipient), receipts, plan_rows and payments (rows), first_received_on, idle_since (null: nothing idle), and
    idle_days (from idle_since to the day).
    """
    parts = [
        day.receipts.group_by(TRANCHE).agg(
            received=sum_fen("amount"), receipts=pl.len(), first_received_on=pl.col("received_on").min()
        ),
        day.plans.group_by(TRANCHE).agg(
            sum_fen("planned"), *_by_kind("planned", "planned"), plan_rows=pl.len()
        ),
        day.payments.group_by(TRANCHE).agg(
            sum_fen("paid"),
            sum_fen("used"),
            sum_fen("recovered"),
            *_by_kind("paid", "paid"),
            payments=pl.len(),
        ),
    ]
    found = pl.concat([part.select(TRANCHE) for part in parts]).unique()
    for part in parts:
        found = found.join(part, on=TRANCHE, how="left")
    counts = ("receipts", "plan_rows", "payments")
    summed = [name for name in AMOUNTS if name != "idle"]
    found = found.with_columns(pl.col(*summed).fill_null(0), pl.col(counts).fill_null(0).cast(pl.Int64))
    idle = pl.max_horizontal(pl.col("received") - pl.col("paid"), 0)
    return (
        found.with_columns(idle=idle)
        .join(_idle_since(day.receipts, found), on=TRANCHE, how="left")
        .with_columns(idle_since=pl.when(pl.col("idle") > 0).then(pl.col("idle_since")))
        .with_columns(idle_days=(pl.lit(day.as_of) - pl.col("idle_since")).dt.total_days())
        .sort(TRANCHE)
        .select(*TRANCHE, *AMOUNTS, *counts, "first_received_on", "idle_since", "idle_days")
    )


def published_against_received(day: Day) -> pl.DataFrame:
    """What the finance ministry published beside what was received, by province and document.

    Returns province, document_no (as received, else as published), published and received (whole fen; null: not
    there), difference (received less published; null where one side is not there), verdict: equal | differs |
    not_received | not_published. Documents match when their signs do, whatever brackets and widths were used; a
    receipt without a number is compared nowhere, and is left out.
    """
    sides = {
        "published": _numbered(day.transfers),
        "received": _numbered(day.receipts.filter(pl.col("document_no").is_not_null())),
    }
    by = ["province", "number"]
    published, received = (
        rows.group_by(by).agg(sum_fen("amount").alias(side), pl.col("document_no").min())
        for side, rows in sides.items()
    )
    joined = received.join(published, on=by, how="full", coalesce=True, suffix="_published")
    return (
        joined.with_columns(
            document_no=pl.coalesce("document_no", "document_no_published"),
            difference=pl.col("received") - pl.col("published"),
        )
        .with_columns(
            verdict=pl.when(pl.col("received").is_null())
            .then(pl.lit("not_received"))
            .when(pl.col("published").is_null())
            .then(pl.lit("not_published"))
            .when(pl.col("difference") == 0)
            .then(pl.lit("equal"))
            .otherwise(pl.lit("differs"))
        )
        .sort("province", "number")
        .select("province", "document_no", "published", "received", "difference", "verdict")
    )


def document_number(written: str) -> str:
    """A document's number without what differs between spellings: brackets, spaces and widths."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).casefold()
    return re.sub(r"[〕\]】>》]", ")", re.sub(r"[〔\[【<《]", "(", plain))


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    found = [None if written is None else document_number(written) for written in rows["document_no"]]
    return rows.with_columns(number=pl.Series(found, dtype=pl.String))


def _by_kind(column: str, stage: str) -> list[pl.Expr]:
    return [
        sum_fen(pl.col(column).filter(pl.col("recipient_kind") == code)).alias(f"{stage}_{kind}")
        for code, kind in KINDS.items()
    ]


def _idle_since(receipts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The day of the earliest receipt of each tranche that its payments do not cover."""
    in_turn = receipts.sort("received_on", *ROW).with_columns(
        due=pl.col("amount").cast(pl.Int128).cum_sum().over(TRANCHE)
    )
    uncovered = in_turn.join(found.select(*TRANCHE, "paid"), on=TRANCHE).filter(
        pl.col("due") > pl.col("paid"), pl.col("amount") > 0
    )
    return uncovered.group_by(TRANCHE).agg(idle_since=pl.col("received_on").min())
