"""Checks of single recipients: what platforms used their money for, payments twice and above plan, eligibility.

Each judge yields the checks of its rule as rows of `metrics.fund_flags.COLUMNS`; the readings are stated there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from metrics.fund_frames import FIRM, PLATFORM, TRANCHE, sum_fen
from metrics.fund_rules import BATCH, MET, UNJUDGED, VIOLATED, Asked, of_batch, of_tranche


def platform_use(asked: Asked) -> Iterator[dict[str, Any]]:
    """What each platform payment was used for."""
    for row, uses in _platform_payments(asked):
        wrong = uses.filter(~pl.col("use_category").is_in(list(asked.platform_money)))
        yield row | {
            "verdict": VIOLATED if wrong.height else MET,
            "part": wrong.select(sum_fen("amount")).item(),
            "whole": uses.select(sum_fen("amount")).item(),
            "detail": ";".join(sorted(set(wrong["use_category"]))),
        }


def platform_served(asked: Asked) -> Iterator[dict[str, Any]]:
    """Whom each platform payment served."""
    for row, uses in _platform_payments(asked):
        served = uses.filter(
            pl.col("use_category").is_in(list(asked.platform_money)), pl.col("beneficiary_uscc").is_not_null()
        )
        other = without_title(served, "beneficiary_uscc", "used_on", asked.day.giants)
        known = served.height and asked.day.giants.height
        yield row | {
            "verdict": UNJUDGED if not known else VIOLATED if other.height else MET,
            "part": other.select(sum_fen("amount")).item(),
            "whole": served.select(sum_fen("amount")).item(),
            "count": other["beneficiary_uscc"].n_unique(),
        }


def _sets(asked: Asked) -> pl.DataFrame:
    """Payments of one amount to one recipient of a tranche on one day, net of recoveries, as one row."""
    net = asked.day.payments.with_columns(net=pl.col("paid") - pl.col("recovered"))
    return net.group_by(*TRANCHE, "recipient", "paid", "paid_on").agg(
        name=pl.col("recipient_name").min(),
        live=(pl.col("net") > 0).sum().cast(pl.Int64),
        net=sum_fen("net"),
        kept=pl.col("net").max(),
    )


def paid_twice(asked: Asked) -> Iterator[dict[str, Any]]:
    """Payments of one amount to one recipient on one day."""
    for row in _sets(asked).filter(pl.col("live") > 1).iter_rows(named=True):
        yield of_tranche(row) | {
            "subject": row["recipient"],
            "subject_name": row["name"],
            "verdict": VIOLATED,
            "part": row["net"],
            "whole": row["paid"],
            "count": row["live"],
            "apart": f"{row['paid_on']}/{row['paid']}",
            "on": row["paid_on"],
        }


def paid_above_plan(asked: Asked) -> Iterator[dict[str, Any]]:
    """Recipients that got more than planned, or were not in the plan."""
    by = [*TRANCHE, "recipient"]
    planned = asked.day.plans.group_by(by).agg(sum_fen("planned"), in_plan=pl.len())
    paid = _sets(asked).group_by(by).agg(pl.col("name").min(), paid=sum_fen("kept"))
    with_plan = paid.join(asked.day.plans.select(TRANCHE).unique(), on=TRANCHE, how="semi")
    found = with_plan.join(planned, on=by, how="left").with_columns(pl.col("planned").fill_null(0))
    for row in found.filter(pl.col("paid") > pl.col("planned")).iter_rows(named=True):
        yield of_tranche(row) | {
            "subject": row["recipient"],
            "subject_name": row["name"],
            "verdict": VIOLATED,
            "part": row["paid"],
            "whole": row["planned"],
            "detail": "above_plan" if row["in_plan"] else "not_in_plan",
        }


def listed_recipient(asked: Asked) -> Iterator[dict[str, Any]]:
    """Key firms listed on an excluded board before their support began."""
    listed = (
        asked.day.listings.sort("listed_on", "listed_board").group_by("uscc", maintain_order=True).first()
    )
    for row in _paid_firms(asked).join(listed, left_on="recipient", right_on="uscc").iter_rows(named=True):
        if (
            row["listed_board"] in asked.rounds[row["round"]].excluded_boards
            and row["listed_on"] < row["first"]
        ):
            yield _firm(row) | {"verdict": VIOLATED, "on": row["listed_on"], "detail": row["listed_board"]}


def title_recipient(asked: Asked) -> Iterator[dict[str, Any]]:
    """Key firms whose known title was not in force when their support began."""
    known = _paid_firms(asked).join(asked.day.giants, left_on="recipient", right_on="uscc", how="semi")
    for row in without_title(known, "recipient", "first", asked.day.giants).iter_rows(named=True):
        yield _firm(row) | {"verdict": VIOLATED, "on": row["first"]}


def _platform_payments(asked: Asked) -> Iterator[tuple[dict[str, Any], pl.DataFrame]]:
    """Each platform payment with its uses, in rounds that have platforms."""
    uses = asked.day.uses.filter(pl.col("recipient_kind") == PLATFORM)
    for (payment,), rows in uses.group_by("payment_id"):
        row = rows.row(0, named=True)
        if asked.rounds[row["round"]].has_platforms:
            yield of_tranche(row) | {"subject": payment, "subject_name": row["recipient_name"]}, rows


def _paid_firms(asked: Asked) -> pl.DataFrame:
    """Key firms with a credit code that were paid in a batch: recipient, name, paid, and the batch's first day."""
    firms = asked.day.payments.filter(
        pl.col("recipient_kind") == FIRM, pl.col("recipient") != pl.col("recipient_name")
    )
    first = asked.day.receipts.group_by(BATCH).agg(received_first=pl.col("received_on").min())
    return (
        firms.group_by(*BATCH, "recipient")
        .agg(
            sum_fen("paid"),
            name=pl.col("recipient_name").min(),
            paid_first=pl.col("paid_on").min(),
        )
        .join(first, on=BATCH, how="left")
        .with_columns(first=pl.coalesce("received_first", "paid_first"))
    )


def without_title(rows: pl.DataFrame, firm: str, day: str, giants: pl.DataFrame) -> pl.DataFrame:
    """The rows whose firm holds no little-giant title on their day."""
    numbered = rows.with_row_index("spot")
    held = (
        numbered.join(giants, left_on=firm, right_on="uscc")
        .filter(
            pl.col("valid_from") <= pl.col(day),
            pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col(day)),
        )
        .select("spot")
        .unique()
    )
    return numbered.join(held, on="spot", how="anti").drop("spot")


def _firm(row: Mapping[str, Any]) -> dict[str, Any]:
    return of_batch(row) | {"subject": row["recipient"], "subject_name": row["name"], "part": row["paid"]}
