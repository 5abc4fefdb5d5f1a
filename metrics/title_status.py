"""Who holds which title on a day, which titles are due, and what changed: counts of the ledger's terms.

A count is the number of firms, one term of a tier each (see `metrics.titles.periods`): a listed name that found no
credit code counts once under its normalised spelling. Every count has a function of the same name and `_members`
that returns the terms behind it; the counts are sums of their rows.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl

ABOVE = {"innovative": "srdi", "srdi": "little_giant"}
MEMBER = (
    "tier", "firm", "uscc", "name", "province", "title_batch", "held_since", "opened_by", "valid_from", "valid_to",
    "ended_by", "due_on", "opened_receipt", "opened_sheet", "opened_row", "closed_receipt", "closed_sheet",
    "closed_row",
)  # fmt: skip


def held_members(periods: Any, as_of: dt.date, tier: str | None = None) -> nw.LazyFrame[Any]:
    """The terms that are in force on the day, of one tier or of all; columns `MEMBER`."""
    terms = _terms(periods, tier)
    ends_later = (nw.col("valid_to") > as_of) | nw.col("valid_to").is_null()
    return terms.filter(nw.col("valid_from") <= as_of, ends_later)


def held(periods: Any, as_of: dt.date, tier: str | None = None) -> pl.DataFrame:
    """Firms that hold a title on the day, by tier and province.

    Returns tier, province (null: unknown), firms, unmatched (of them listed names without a credit code), overdue
    (of them past their validity, waiting for the list of their review) and new_on_review (of them opened by a
    review list that no recognition was known for). Pairs without a firm are absent.
    """
    members = held_members(periods, as_of, tier).with_columns(
        unmatched=_one(nw.col("uscc").is_null()),
        overdue=_one(nw.col("due_on") <= as_of),
        new_on_review=_one(_new_on_review()),
    )
    return _counted(members, ["tier", "province"], "unmatched", "overdue", "new_on_review")


def overdue_members(periods: Any, as_of: dt.date, tier: str | None = None) -> nw.LazyFrame[Any]:
    """The terms in force on the day whose validity has run out; they wait for the list of their review."""
    return held_members(periods, as_of, tier).filter(nw.col("due_on") <= as_of)


def overdue(periods: Any, as_of: dt.date, tier: str | None = None) -> pl.DataFrame:
    """Titles past their validity on the day by the day it ran out: tier, province, due_on, firms."""
    return _counted(overdue_members(periods, as_of, tier), ["tier", "province", "due_on"])


def due_members(periods: Any, as_of: dt.date, until: dt.date, tier: str | None = None) -> nw.LazyFrame[Any]:
    """The terms in force on the day whose validity runs out after it, and by `until` at the latest."""
    in_span = (nw.col("due_on") > as_of) & (nw.col("due_on") <= until)
    return held_members(periods, as_of, tier).filter(in_span)


def due(periods: Any, as_of: dt.date, until: dt.date, tier: str | None = None) -> pl.DataFrame:
    """Titles due after the day and by `until`: tier, province, title_batch, due_on, firms."""
    return _counted(due_members(periods, as_of, until, tier), ["tier", "province", "title_batch", "due_on"])


def due_by_month(due: pl.DataFrame, as_of: dt.date, until: dt.date) -> pl.DataFrame:
    """Titles due after the day and by `until` in every month of that span, 0 where none is: month (first day), firms.

    ``due``: month (any day of it) and firms, of that span.
    """
    month = pl.col("month").dt.truncate("1mo")
    first = (as_of + dt.timedelta(days=1)).replace(day=1)
    span = pl.DataFrame({"month": pl.date_range(first, until.replace(day=1), "1mo", eager=True)})
    counted = due.group_by(month=month).agg(pl.col("firms").sum())
    return span.join(counted, on="month", how="left").with_columns(pl.col("firms").fill_null(0)).sort("month")


def changes_members(
    periods: Any, since: dt.date, as_of: dt.date, tier: str | None = None
) -> nw.LazyFrame[Any]:
    """Titles gained and lost after `since`, up to `as_of`: columns `MEMBER`, change and by.

    change: opened | ended; by: the event that opened the title, or what ended it. A term that continues another is
    neither; one that opened and ended in the span is both, in two rows.
    """
    terms = _terms(periods, tier)
    opens = nw.col("held_since") == nw.col("valid_from")
    opened = terms.filter(opens, nw.col("valid_from") > since, nw.col("valid_from") <= as_of)
    ended = terms.filter(
        nw.col("ended_by") != "continued", nw.col("valid_to") > since, nw.col("valid_to") <= as_of
    )
    return nw.concat(
        [
            opened.with_columns(change=nw.lit("opened"), by=nw.col("opened_by")),
            ended.with_columns(change=nw.lit("ended"), by=nw.col("ended_by")),
        ]
    )


def changes(periods: Any, since: dt.date, as_of: dt.date, tier: str | None = None) -> pl.DataFrame:
    """Titles gained and lost by tier and province: tier, province, change, by, firms.

    The holders at `as_of` are those at `since`, and the opened, less the ended.
    """
    return _counted(changes_members(periods, since, as_of, tier), ["tier", "province", "change", "by"])


def nesting_members(periods: Any, as_of: dt.date) -> nw.LazyFrame[Any]:
    """The terms of firms that hold a title without the one below it: columns `MEMBER`, and lacks (that tier).

    Little giants are SRDI firms and these innovative SMEs (the three steps of 工信部企业〔2022〕63号).
    """
    members = held_members(periods, as_of)
    lacking = [
        members.filter(nw.col("tier") == upper)
        .join(members.filter(nw.col("tier") == lower).select("firm"), on="firm", how="anti")
        .with_columns(lacks=nw.lit(lower))
        for lower, upper in ABOVE.items()
    ]
    return nw.concat(lacking)


def nesting(periods: Any, as_of: dt.date) -> pl.DataFrame:
    """Firms that hold a title without the one below it: tier, lacks, province, firms; empty where all is well."""
    return _counted(nesting_members(periods, as_of), ["tier", "lacks", "province"])


def barred_members(periods: Any, as_of: dt.date) -> nw.LazyFrame[Any]:
    """The terms whose cancellation still bars a new application on the day: columns `MEMBER`, barred_until."""
    barred = nw.from_native(periods).lazy().select(*MEMBER, "barred_until")
    return barred.filter(nw.col("valid_to") <= as_of, nw.col("barred_until") > as_of)


def _terms(periods: Any, tier: str | None) -> nw.LazyFrame[Any]:
    terms = nw.from_native(periods).lazy().select(*MEMBER)
    return terms if tier is None else terms.filter(nw.col("tier") == tier)


def _new_on_review() -> nw.Expr:
    opens = nw.col("held_since") == nw.col("valid_from")
    return opens & nw.col("opened_by").is_in(["review_passed", "renewed"])


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(1).otherwise(0)


def _counted(members: nw.LazyFrame[Any], by: list[str], *sums: str) -> pl.DataFrame:
    counted = members.group_by(*by).agg(nw.len().alias("firms"), *(nw.col(name).sum() for name in sums))
    found: pl.DataFrame = counted.collect("polars").to_native()
    return found.with_columns(pl.col("firms", *sums).cast(pl.Int64)).sort(by)
