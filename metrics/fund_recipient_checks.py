"""Checks of single recipients: what platforms used their money for, payments twice and above plan, eligibility.

Each judge yields the checks of its rule as rows of `metrics.fund_flags.COLUMNS`; the readings are stated there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from metrics.fund_frames import FIRM, PLATFORM, TRANCHE, sum_fen
from metrics.fund_rules import BATCH, MET, UNJUDGED, VIOLATED, Asked, of_batch, of_tranche

_PAYMENT = (*TRANCHE, "payment_id", "recipient_name")


def platform_use(asked: Asked) -> Iterator[dict[str, Any]]:
    """What each platform payment was used for."""
    wrong = ~_may_be_used(asked)
    found = _of_payments(
        _platform_uses(asked),
        part=sum_fen(pl.col("amount").filter(wrong)),
        whole=sum_fen("amount"),
        rows=wrong.sum(),
        detail=pl.col("use_category").filter(wrong).unique().sort().str.join(";"),
    )
    for row in found.iter_rows(named=True):
        yield _payment(row) | {
            "verdict": VIOLATED if row["rows"] else MET,
            "part": row["part"],
            "whole": row["whole"],
            "detail": row["detail"],
        }


def platform_served(asked: Asked) -> Iterator[dict[str, Any]]:
    """Whom each platform payment served."""
    uses = _platform_uses(asked)
    served = uses.filter(_may_be_used(asked), pl.col("beneficiary_uscc").is_not_null())
    other = without_title(served, "beneficiary_uscc", "used_on", asked.day.giants)
    found = (
        _of_payments(uses)
        .join(_of_payments(served, whole=sum_fen("amount")), on=_PAYMENT, how="left")
        .join(
            _of_payments(other, part=sum_fen("amount"), count=pl.col("beneficiary_uscc").n_unique()),
            on=_PAYMENT,
            how="left",
        )
    )
    for row in found.iter_rows(named=True):
        known = row["whole"] is not None and asked.day.giants.height
        yield _payment(row) | {
            "verdict": UNJUDGED if not known else VIOLATED if row["count"] else MET,
            "part": row["part"] or 0,
            "whole": row["whole"] or 0,
            "count": row["count"] or 0,
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
    paid = _paid_firms(asked)
    own = asked.day.listings.join(paid, left_on="uscc", right_on="recipient", how="semi")
    listed = own.sort("listed_on", "listed_board").group_by("uscc", maintain_order=True).first()
    for row in paid.join(listed, left_on="recipient", right_on="uscc").iter_rows(named=True):
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


def _platform_uses(asked: Asked) -> pl.DataFrame:
    """The uses of platform payments, in rounds that have platforms."""
    rounds = [code for code, rules in asked.rounds.items() if rules.has_platforms]
    return asked.day.uses.filter(pl.col("recipient_kind") == PLATFORM, pl.col("round").is_in(rounds))


def _may_be_used(asked: Asked) -> pl.Expr:
    return pl.col("use_category").is_in(list(asked.platform_money))


def _of_payments(uses: pl.DataFrame, **sums: pl.Expr) -> pl.DataFrame:
    """One row for each payment of the uses, with these sums of them."""
    return uses.group_by(_PAYMENT).agg(**sums)


def _payment(row: Mapping[str, Any]) -> dict[str, Any]:
    return of_tranche(row) | {"subject": row["payment_id"], "subject_name": row["recipient_name"]}


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
    """The rows whose ``firm`` holds no little-giant title on their ``day`` (both name columns of ``rows``).

    ``giants``: uscc, valid_from and valid_to (null while open; that day itself is outside) of every such term.
    """
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
