"""The title ledger: from dated events to the terms in which a firm holds a title of a tier.

Decisions are taken in the order of their dates; the latest governs. Within a day an end comes before a grant (a
title that lapses on the day of a new recognition is held on), and a cancellation for cause comes last.

- *Grants* are recognised, announced, review_passed and renewed, each for `validity_years` from its valid_from (its
  event_date where that is blank), or to the end of the stated valid_to, the last day as a certificate prints it.
  A grant while the title is held continues it; otherwise (as for a name new on a review list) it opens one.
- *Ends* are review_failed, lapsed, superseded and cancelled_for_cause, from their event_date on. Only the last
  bars a new application, for `bar_years`. Updates, major changes, complaints and spot checks end nothing: a missed
  update costs admission to the review, not the title.
- *Validity that runs out.* Where the tier is renewed, the title expires on that day. Where it is reviewed, it stays
  valid until the list of its batch's review is published; then the list prevails, and a title whose validity runs
  out in the year of the list, or ran out before, lapses that day unless the list continues it (reviews are held
  by year: all titles of a year come up together). Without a list it stays valid, and is overdue.
- *The list* of a review: all review_passed events of one tier, batch and calendar year; it is published when its
  last part is. Where provinces give the title, each province's list governs its own firms. Names whose province
  is unknown form one more list of this kind.
- *A list that replaces a batch*, as whoever loads it says, prevails over that batch whatever the year: every title
  of the batch that was given before its day and is not on it ends that day. Where provinces give the title and all
  names of a list are of one of them, it leaves alone the titles that are known to be another's.
- *Dated back.* A decision never reaches behind the one before it, so no two terms of a title overlap.

Source: 工信部企业〔2022〕63号, chapter 3; the lapse by list: 工信厅企业函〔2022〕133号.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import narwhals as nw

GRANTS = ("recognised", "announced", "review_passed", "renewed")
ENDS = ("review_failed", "lapsed", "superseded", "cancelled_for_cause")
BARRING = "cancelled_for_cause"
CONTINUED = "continued"
COLUMNS = (
    "tier", "firm", "uscc", "name", "province", "title_batch", "held_since", "opened_by", "valid_from", "valid_to",
    "ended_by", "due_on", "barred_until", "opened_receipt", "opened_sheet", "opened_row", "closed_receipt",
    "closed_sheet", "closed_row",
)  # fmt: skip

_ROW = ("receipt_id", "sheet_no", "row_no")
_READ = (
    "firm", "uscc", "name", "province", "tier", "event", "event_date", "valid_from", "valid_to", "title_batch",
    "replaces_batch", *_ROW,
)  # fmt: skip
_SAID = ("province", "replaces_batch")
_TITLE = ("firm", "tier")
_IN_ORDER = (*_TITLE, "event_date", "place_in_day", *_ROW)
_LIST = ["tier", "title_batch", "issuer"]
_OPENING = {
    "event": "opened_by", "valid_from": "stated_from", "from_day": "valid_from",
    "receipt_id": "opened_receipt", "sheet_no": "opened_sheet", "row_no": "opened_row",
}  # fmt: skip


def periods(
    events: Any,
    enterprises: Any,
    *,
    validity_years: int,
    bar_years: int,
    reviewed: Collection[str],
    provincial: Collection[str],
) -> nw.LazyFrame[Any]:
    """One row for each term of a title, from a grant to the next decision on it, in no order; columns `COLUMNS`.

    ``events``: current rows of `title_events` (tier and event as codes) with ``firm``, as
    `metrics.names.match_names` returns them; columns ``province`` (code, as the list has it) and ``replaces_batch``
    may be there, blank or not. ``enterprises``: current rows, uscc
    unique. Both Polars or both DuckDB. ``reviewed``, ``provincial``: the tiers that are reviewed, and those whose
    lists provinces publish.

    On any day a firm has at most one row of a tier with valid_from <= day < valid_to (null: no end known yet).
    held_since: first day of the unbroken holding, equal to valid_from where the row opens it. due_on: first day on
    which the validity has run out. ended_by: continued (by the next row) | expired | lapsed | review_failed |
    superseded | cancelled_for_cause. barred_until: the day from which the firm may apply again. title_batch: the
    grant's, or where that is blank the one before's. name and province: as registered where the firm is known, else as
    listed. closed_*: the row that ended the term; for a lapse by list the receipt alone, because no row of it names
    the firm; for an expiry nothing.
    """
    decided = _decisions(events, enterprises, validity_years, provincial)
    return _terms(_with_natural_end(decided, reviewed, provincial), bar_years).select(*COLUMNS)


def _decisions(
    events: Any, enterprises: Any, validity_years: int, provincial: Collection[str]
) -> nw.LazyFrame[Any]:
    """Grants and ends in their order, with starts_on, due_on, from_day and whose list governs them (issuer)."""
    firms = (
        nw.from_native(enterprises).lazy().select("uscc", seat=nw.col("province"), registered=nw.col("name"))
    )
    listed = nw.from_native(events).lazy()
    absent = [name for name in _SAID if name not in listed.collect_schema().names()]
    listed = listed.with_columns(nw.lit(None, dtype=nw.String).alias(name) for name in absent)
    is_grant = nw.col("event").is_in(GRANTS)
    starts_on = nw.coalesce("valid_from", "event_date")
    place = nw.when(is_grant).then(1).when(nw.col("event") == BARRING).then(2).otherwise(0)
    of_province = nw.when(nw.col("tier").is_in(provincial)).then(nw.coalesce("province", "seat"))
    stated = nw.col("valid_to").dt.offset_by("1d").cast(nw.Date)
    return (
        listed.select(*_READ)
        .with_columns(nw.col("tier", "event").cast(nw.String))
        .filter(nw.col("event").is_in([*GRANTS, *ENDS]))
        .join(firms, on="uscc", how="left")
        .with_columns(
            name=nw.coalesce("registered", "name"),
            province=nw.coalesce("seat", "province"),
            is_grant=is_grant,
            starts_on=nw.when(is_grant).then(starts_on).otherwise(nw.col("event_date")),
            due_on=nw.coalesce(stated, starts_on.dt.offset_by(f"{validity_years}y").cast(nw.Date)),
            issuer=nw.coalesce(of_province, nw.lit("")),
            place_in_day=place,
        )
        .pipe(_numbered)
        .with_columns(
            from_day=nw.col("starts_on").cum_max().over("title", order_by="spot"),
            title_batch=nw.col("title_batch").fill_null(strategy="forward").over("title", order_by="spot"),
        )
    )


def _numbered(decisions: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Put the decisions in order (spot) and number the titles, as windows over names take ten times as long."""
    placed = decisions.with_row_index("spot", order_by=_IN_ORDER)
    other_firm, other_tier = (nw.col(name) != nw.col(name).shift(1).over(order_by="spot") for name in _TITLE)
    first = placed.with_columns(is_first=(other_firm | other_tier).fill_null(value=False))
    counted = nw.when(nw.col("is_first")).then(1).otherwise(0).cum_sum().over(order_by="spot")
    return first.with_columns(title=counted.cast(nw.Int64))


def _with_natural_end(
    decided: nw.LazyFrame[Any], reviewed: Collection[str], provincial: Collection[str]
) -> nw.LazyFrame[Any]:
    """Add ends_on, the day a grant ends if nothing else is decided, and list_receipt where a list ends it."""
    is_reviewed = nw.col("tier").is_in(reviewed)
    lists = nw.concat([_of_the_year(decided, reviewed), _replacing(decided, provincial)])
    prevailing = lists.unique(list(_ROW), keep="first", order_by=["listed_on", "list_receipt"])
    expires_on = nw.when(~is_reviewed).then(nw.col("due_on"))
    by_list = (nw.col("listed_on") < expires_on) | expires_on.is_null()
    return decided.join(prevailing, on=list(_ROW), how="left").with_columns(
        ends_on=nw.min_horizontal(expires_on, "listed_on"),
        list_receipt=nw.when(by_list).then(nw.col("list_receipt")),
    )


def _of_the_year(decided: nw.LazyFrame[Any], reviewed: Collection[str]) -> nw.LazyFrame[Any]:
    """The grants that come up for a review whose list is known: `_ROW`, listed_on, list_receipt."""
    is_reviewed = nw.col("tier").is_in(reviewed)
    listed = (nw.col("event") == "review_passed") & ~nw.col("title_batch").is_null()
    lists = (
        decided.filter(is_reviewed & listed)
        .with_columns(listed_on=nw.max_horizontal("event_date", "starts_on"))
        .with_columns(list_year=nw.col("listed_on").dt.year())
        .group_by(*_LIST, "list_year")
        .agg(listed_on=nw.col("listed_on").max(), list_receipt=nw.col("receipt_id").max())
    )
    last_day = nw.col("due_on").dt.offset_by("-1d").cast(nw.Date)
    return (
        decided.filter(is_reviewed & nw.col("is_grant"))
        .select(*_ROW, *_LIST, "from_day", last_year=last_day.dt.year())
        .join(lists, on=_LIST, how="inner")
        .filter(nw.col("listed_on") > nw.col("from_day"), nw.col("list_year") >= nw.col("last_year"))
        .select(*_ROW, "listed_on", "list_receipt")
    )


def _replacing(decided: nw.LazyFrame[Any], provincial: Collection[str]) -> nw.LazyFrame[Any]:
    """The grants of a batch that a list replaces: columns as in `_of_the_year`."""
    is_of_one = (nw.col("lowest") == nw.col("highest")) & (nw.col("nowhere") == 0)
    lists = (
        decided.filter(~nw.col("replaces_batch").is_null())
        .with_columns(unknown=nw.when(nw.col("province").is_null()).then(1).otherwise(0))
        .group_by("tier", "replaces_batch", "event_date")
        .agg(
            lowest=nw.col("province").min(),
            highest=nw.col("province").max(),
            nowhere=nw.col("unknown").sum(),
            list_receipt=nw.col("receipt_id").max(),
        )
        .with_columns(
            lister=nw.when(nw.col("tier").is_in(provincial) & is_of_one).then(nw.col("lowest")),
        )
        .select("tier", "replaces_batch", "lister", "list_receipt", listed_on="event_date")
    )
    is_governed = (
        nw.col("lister").is_null()
        | (nw.col("issuer") == "")
        | (nw.col("issuer") == nw.col("lister")).fill_null(value=False)
    )
    return (
        decided.filter(nw.col("is_grant"))
        .select(*_ROW, "tier", "title_batch", "issuer", "from_day")
        .join(lists, left_on=["tier", "title_batch"], right_on=["tier", "replaces_batch"], how="inner")
        .filter(nw.col("listed_on") > nw.col("from_day"), is_governed)
        .select(*_ROW, "listed_on", "list_receipt")
    )


def _terms(ending: nw.LazyFrame[Any], bar_years: int) -> nw.LazyFrame[Any]:
    """The grants, each with how it ended and since when the title had been held."""

    def neighbour(column: str, step: int) -> nw.Expr:
        same_title = nw.col("title").shift(step).over(order_by="spot") == nw.col("title")
        return nw.when(same_title).then(nw.col(column).shift(step).over(order_by="spot"))

    following = ("is_grant", "event", "from_day", *_ROW)
    before = nw.col("grant_before") & ~(nw.col("ends_before") < nw.col("from_day")).fill_null(value=False)
    opens = ~before.fill_null(value=False)
    runs_out = nw.col("next_event").is_null() | (nw.col("ends_on") < nw.col("next_from_day"))
    ran_out = ~nw.col("ends_on").is_null() & runs_out.fill_null(value=False)
    return (
        ending.with_columns(
            grant_before=neighbour("is_grant", 1),
            ends_before=neighbour("ends_on", 1),
            **{f"next_{column}": neighbour(column, -1) for column in following},
        )
        .filter(nw.col("is_grant"))
        .with_columns(
            ran_out=ran_out,
            was_decided=~ran_out & ~nw.col("next_event").is_null(),
            opened_on=nw.when(opens).then(nw.col("from_day")),
        )
        .with_columns(
            held_since=nw.col("opened_on").fill_null(strategy="forward").over("title", order_by="spot"),
            **_end(),
        )
        .with_columns(
            barred_until=nw.when(nw.col("ended_by") == BARRING).then(
                nw.col("valid_to").dt.offset_by(f"{bar_years}y").cast(nw.Date)
            )
        )
        # A firm listed twice on a day has one term.
        .filter(
            ((nw.col("ended_by") != CONTINUED) | (nw.col("valid_to") > nw.col("from_day"))).fill_null(
                value=True
            )
        )
        .rename(_OPENING)
    )


def _end() -> dict[str, nw.Expr]:
    """What ended a grant: the next decision on the title, a list without it, or its validity."""
    decided, ran_out = nw.col("was_decided"), nw.col("ran_out")
    by_list = ran_out & ~nw.col("list_receipt").is_null()
    last_day = nw.when(decided).then(nw.col("next_from_day")).when(ran_out).then(nw.col("ends_on"))
    return {
        "valid_to": nw.when(decided | ran_out).then(nw.max_horizontal(last_day, "from_day")),
        "ended_by": nw.when(decided & nw.col("next_is_grant"))
        .then(nw.lit(CONTINUED))
        .when(decided)
        .then(nw.col("next_event"))
        .when(by_list)
        .then(nw.lit("lapsed"))
        .when(ran_out)
        .then(nw.lit("expired")),
        "closed_receipt": nw.when(decided)
        .then(nw.col("next_receipt_id"))
        .when(by_list)
        .then(nw.col("list_receipt")),
        "closed_sheet": nw.when(decided).then(nw.col("next_sheet_no")),
        "closed_row": nw.when(decided).then(nw.col("next_row_no")),
    }
