"""The headline figures of the overview, each with the published rows that prove it."""

from __future__ import annotations

from typing import Any

import polars as pl

from pages.components.figures import Figure
from pages.components.numbers import MISSING, headline, iso, percent, signed
from pages.components.proof import Proof
from pages.components.published_words import readable, said, said_exactly, when
from pages.components.words import language, t


def tier_figure(row: dict[str, Any], seen: pl.DataFrame, apart: pl.DataFrame, as_of: str) -> Figure:
    """A tier's latest published count, its share of the target, and when the target was passed.

    ``as_of`` is the date as it is known; ``row`` is one of `metrics.targets.attained`, ``seen`` and ``apart`` are
    its members and what was left out.
    """
    label = t(f"overview.stock_of.{row['tier']}")
    target = t("qualifier_said.about", count=headline(row["target"]))
    proof = Proof(
        title=label,
        value=MISSING,
        formula=t("overview.formula"),
        basis=t("overview.basis"),
        as_of=as_of,
        article=t("overview.target_source"),
        marks=(seen if seen.height else apart)["mark"].to_list(),
        members=readable(seen if seen.height else apart),
        absent="" if seen.height else _why_absent(apart),
    )
    if row["count"] is None:
        return _without_count(row["tier"], label, target, apart, proof)
    exactly = said_exactly(row["count"], row["qualifier"])
    share = t(f"overview.share_said.{row['qualifier']}", count=percent(row["share_pct"], 0))
    remark = t("overview.share", target=target, share=share)
    return Figure(
        key=row["tier"],
        label=label,
        value=said(row["count"], row["qualifier"]),
        exact=t("overview.exactly", value=exactly, when=when(row["date"], row["date_precision"])),
        change="" if row["change"] is None else signed(row["change"]),
        since="" if row["change"] is None else _since(row),
        remark=remark,
        detail=_reached(row),
        proof=proof.with_value(f"{exactly}{t('overview.and')}{remark}"),
    )


def _without_count(tier: str, label: str, target: str, apart: pl.DataFrame, proof: Proof) -> Figure:
    why = _why_absent(apart)
    return Figure(
        key=tier,
        label=label,
        value=MISSING,
        exact=why,
        since="",
        remark=t("overview.no_share", target=target),
        detail=why,
        proof=proof.with_value(f"{MISSING} {why}"),
    )


def _why_absent(apart: pl.DataFrame) -> str:
    return apart[f"note_{language()}"][-1] if apart.height else t("overview.none_published")


def _since(row: dict[str, Any]) -> str:
    return t("overview.since", when=when(row["since_date"], row["since_precision"]))


def _reached(row: dict[str, Any]) -> str:
    if row["reached_by"] is None:
        return t(f"overview.not_reached.{row['reading']}")
    by = iso(row["reached_by"], row["reached_by_precision"])
    held = t(f"overview.held.{row['held']}")
    if row["disputed"]:
        held += t("overview.disputed")
    if row["reached_after"] is None:
        return t("overview.reached_by", by=by, held=held)
    return t(
        "overview.reached_between",
        after=iso(row["reached_after"], row["reached_after_precision"]),
        by=by,
        held=held,
    )
