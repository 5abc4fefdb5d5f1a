"""The compliance checks of the reward funds on a day, each with its verdict and the rows behind it.

A check is met, violated, pending (its term still runs) or unjudged (what it needs is not there); a flag is a violated
check. Shares are compared by multiplication in whole fen, so that exactly 90 % passes. What a round fixes comes in as
`RoundRules`; the readings are these:

- *direct_planned, direct_paid*: planned to key little giants ÷ received, and paid to them ÷ paid, by tranche; each at
  least the round's share. *empowerment_planned, empowerment_paid*: likewise, at most the share. Payments are taken as
  far as they were made; without a plan, or without a payment, nothing is judged.
- *plan_report*: each receipt's plan is reported within the round's calendar days, receipt being day 0; one that is not
  reported is pending up to that day. *bureau_copy*: a reported plan has its copy by the end of the same term.
- *platform_count*: platforms of a province and support batch, by credit code. *recipient_kind*: platforms in a round
  without them, empowerment in a round without a share for it, on the list, planned or paid.
- *platform_use*: money that a platform used for anything else than what it may; *platform_served*: service to a firm
  that was no little giant on that day, where the ledger knows little giants and the use names its beneficiary.
- *simple_distribution*: all key firms with money in the plan of a tranche get the same amount (a coefficient of
  variation of 0, the product's own test); fewer than two are not judged.
- *idle*: received and not paid for longer than the threshold (the product's assumption).
- *paid_twice*: payments of a tranche to one recipient, of one amount on one day. *paid_above_plan*: the recipient got
  more than planned, payments of such a set being counted once; a recipient outside the plan has 0 planned. Both are
  net: a payment that was recovered in full is gone.
- *listed_recipient*: a key firm listed on an excluded board before its batch's first money came to the province;
  *title_recipient*: one whose little-giant title, known to the ledger, was not in force on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from metrics import fund_recipient_checks as recipient
from metrics import fund_tranche_checks as tranche
from metrics.fund_frames import TRANCHE
from metrics.fund_rules import VIOLATED, Asked

COLUMNS: dict[str, Any] = {
    "check": pl.String,
    "rule": pl.String,
    "province": pl.String,
    "round": pl.String,
    "support_batch": pl.Int64,
    "tranche": pl.Int64,
    "subject": pl.String,
    "subject_name": pl.String,
    "verdict": pl.String,
    "part": pl.Int64,
    "whole": pl.Int64,
    "limit": pl.String,
    "days": pl.Int64,
    "count": pl.Int64,
    "on": pl.Date,
    "detail": pl.String,
}
RULES: dict[str, Callable[[Asked], Iterator[dict[str, Any]]]] = {
    "direct_planned": tranche.shares(
        "planned", "received", "direct", lambda r: r.direct_share_pct, least=True
    ),
    "direct_paid": tranche.shares("paid", "paid", "direct", lambda r: r.direct_share_pct, least=True),
    "empowerment_planned": tranche.shares(
        "planned", "received", "empowerment", lambda r: r.empowerment_share_pct, least=False
    ),
    "empowerment_paid": tranche.shares(
        "paid", "paid", "empowerment", lambda r: r.empowerment_share_pct, least=False
    ),
    "recipient_kind": tranche.recipient_kind,
    "plan_report": tranche.plan_report,
    "bureau_copy": tranche.bureau_copy,
    "platform_count": tranche.platform_count,
    "platform_use": recipient.platform_use,
    "platform_served": recipient.platform_served,
    "simple_distribution": tranche.simple_distribution,
    "idle": tranche.idle,
    "paid_twice": recipient.paid_twice,
    "paid_above_plan": recipient.paid_above_plan,
    "listed_recipient": recipient.listed_recipient,
    "title_recipient": recipient.title_recipient,
}


def checks(asked: Asked) -> pl.DataFrame:
    """Every check with its verdict, in order of rule, province, round, batch, tranche and subject; `COLUMNS`.

    check: a name of its own, the same whatever the order of rows; subject: the recipient, payment, document or kind a
    check is about ("" the whole tranche), subject_name its name; part, whole: the amounts (fen) or numbers compared;
    limit: the limit as text; days: days taken, passed or idle; count: how many; on: the day that matters; detail: a
    code. Rules about single recipients give their violations alone.
    """
    rows = [row | {"rule": rule} for rule, judge in RULES.items() for row in judge(asked)]
    places = {rule: place for place, rule in enumerate(RULES)}
    found = pl.DataFrame([_named(row) for row in rows], schema=COLUMNS)
    order = pl.col("rule").replace_strict(places, default=None, return_dtype=pl.Int64)
    again = pl.int_range(pl.len()).over("check")
    return found.sort(order, *TRANCHE, "check", "part", "days", nulls_last=True).with_columns(
        check=pl.when(again > 0).then(pl.format("{}#{}", "check", again + 1)).otherwise("check")
    )


def flags(checked: pl.DataFrame) -> pl.DataFrame:
    """The violated ones of `checks`, in its columns."""
    return checked.filter(pl.col("verdict") == VIOLATED)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with every column; its name is made of what tells it from all other checks."""
    told = {"subject": "", "subject_name": "", "detail": ""} | row
    return {name: told.get(name) for name in COLUMNS} | {
        "check": "|".join(
            str(told.get(name) or "")
            for name in ("rule", "round", "support_batch", "tranche", "province", "subject", "apart")
        )
    }
