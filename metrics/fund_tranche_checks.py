"""Checks of whole tranches and support batches: shares, terms, platforms, simple distribution, idle money.

Each judge yields the checks of its rule as rows of `metrics.fund_flags.COLUMNS`; the readings are stated there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from metrics.fund_frames import EMPOWERMENT, FIRM, PLATFORM, TRANCHE, sum_fen
from metrics.fund_rules import (
    BATCH,
    MET,
    PENDING,
    UNJUDGED,
    VIOLATED,
    Asked,
    RoundRules,
    of_batch,
    of_tranche,
)

_HUNDRED = 100


def shares(
    stage: str, of: str, kind: str, limit_of: Callable[[RoundRules], Decimal | None], *, least: bool
) -> Callable[[Asked], Iterator[dict[str, Any]]]:
    """The judge of a kind's share of what was received (``stage`` planned) or paid, at least or at most the limit."""

    def judge(asked: Asked) -> Iterator[dict[str, Any]]:
        for row in asked.flow.iter_rows(named=True):
            limit = limit_of(asked.rounds[row["round"]])
            there = row["plan_rows" if stage == "planned" else "payments"] and row[of] > 0
            # Without money received or paid there is nothing that a share could be of.
            if limit is None or not (row["receipts"] if stage == "planned" else row["payments"]):
                continue
            part, whole = row[f"{stage}_{kind}"], row[of]
            side = part * _HUNDRED - Fraction(limit) * whole
            holds = side >= 0 if least else side <= 0
            verdict = UNJUDGED if not there else MET if holds else VIOLATED
            yield of_tranche(row) | {"verdict": verdict, "part": part, "whole": whole, "limit": _text(limit)}

    return judge


def plan_report(asked: Asked) -> Iterator[dict[str, Any]]:
    """How long each receipt waited for the report of its plan."""
    for row in asked.day.receipts.iter_rows(named=True):
        limit = asked.rounds[row["round"]].report_within_days
        reported = row["plan_reported_on"]
        days = ((reported or asked.day.as_of) - row["received_on"]).days
        late = MET if reported else PENDING
        yield of_tranche(row) | {
            "subject": receipt_name(row),
            "apart": row["received_on"],
            "verdict": VIOLATED if days > limit else late,
            "part": row["amount"],
            "limit": str(limit),
            "days": days,
            "on": reported,
            "detail": "reported" if reported else "not_reported",
        }


def bureau_copy(asked: Asked) -> Iterator[dict[str, Any]]:
    """Whether each reported plan was copied to the supervision bureau."""
    for row in asked.day.receipts.iter_rows(named=True):
        limit = asked.rounds[row["round"]].report_within_days
        passed = (asked.day.as_of - row["received_on"]).days
        missed = VIOLATED if row["plan_reported_on"] and passed > limit else PENDING
        yield of_tranche(row) | {
            "subject": receipt_name(row),
            "apart": row["received_on"],
            "verdict": MET if row["bureau_copied_on"] else missed,
            "part": row["amount"],
            "limit": str(limit),
            "on": row["bureau_copied_on"],
        }


def platform_count(asked: Asked) -> Iterator[dict[str, Any]]:
    """How many platforms each support batch lists."""
    for row in asked.day.platforms.group_by(BATCH).agg(n=pl.col("uscc").n_unique()).iter_rows(named=True):
        limit = asked.rounds[row["round"]].platforms_at_most
        if limit is not None:
            verdict = VIOLATED if row["n"] > limit else MET
            yield of_batch(row) | {"verdict": verdict, "count": row["n"], "limit": str(limit)}


def recipient_kind(asked: Asked) -> Iterator[dict[str, Any]]:
    """Kinds of recipient that the round does not provide for."""
    for row in asked.flow.iter_rows(named=True):
        for kind, short in ((PLATFORM, "platform"), (EMPOWERMENT, "empowerment")):
            planned, paid = row[f"planned_{short}"], row[f"paid_{short}"]
            if (planned or paid) and not provided(asked.rounds[row["round"]], kind):
                yield of_tranche(row) | {
                    "verdict": VIOLATED,
                    "subject": kind,
                    "part": paid,
                    "whole": planned,
                    "detail": kind,
                }
    for row in asked.day.platforms.group_by(BATCH).agg(n=pl.col("uscc").n_unique()).iter_rows(named=True):
        if not provided(asked.rounds[row["round"]], PLATFORM):
            yield of_batch(row) | {
                "verdict": VIOLATED,
                "subject": PLATFORM,
                "count": row["n"],
                "detail": "listed",
            }


def simple_distribution(asked: Asked) -> Iterator[dict[str, Any]]:
    """Whether all key firms of a tranche get the same amount."""
    firms = asked.day.plans.filter(pl.col("recipient_kind") == FIRM)
    each = (
        firms.group_by(*TRANCHE, "recipient")
        .agg(sum_fen("planned"), reasoned=pl.col("rationale").is_not_null().any())
        .filter(pl.col("planned") > 0)
        .group_by(TRANCHE)
        .agg(
            low=pl.col("planned").min(),
            high=pl.col("planned").max(),
            n=pl.len(),
            reasoned=pl.col("reasoned").any(),
        )
    )
    for row in each.iter_rows(named=True):
        judged = row["n"] > 1
        verdict = UNJUDGED if not judged else VIOLATED if row["low"] == row["high"] else MET
        yield of_tranche(row) | {
            "verdict": verdict,
            "part": row["low"],
            "whole": row["high"],
            "count": row["n"],
            "detail": "with_rationale" if row["reasoned"] else "without_rationale",
        }


def idle(asked: Asked) -> Iterator[dict[str, Any]]:
    """Received and not yet paid, and since when."""
    for row in asked.flow.filter(pl.col("received") > 0).iter_rows(named=True):
        days, limit = row["idle_days"], asked.idle_after_days
        verdict = MET if not row["idle"] else VIOLATED if days > limit else PENDING
        yield of_tranche(row) | {
            "verdict": verdict,
            "part": row["idle"],
            "whole": row["received"],
            "limit": str(limit),
            "days": days,
            "on": row["idle_since"],
        }


def provided(rules: RoundRules, kind: str) -> bool:
    """Whether a round supports this kind of recipient."""
    return rules.has_platforms if kind == PLATFORM else rules.empowerment_share_pct is not None


def receipt_name(row: Mapping[str, Any]) -> str:
    """What a receipt is called: its document number, else the place of its row."""
    return row["document_no"] or "{receipt_id}.{sheet_no}.{row_no}".format(**row)


def _text(limit: Decimal) -> str:
    return f"{limit.normalize():f}"
