"""The records that prove figures of the registry: titles and annual returns, each with file, sheet, cell and value.

A page of records is read from the facts when it is shown, and cached under build, scope and arguments; all of them
are read only for an export.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import narwhals as nw
import polars as pl
import streamlit as st

from data.access import Facts, Scope
from data.manifest import Published
from metrics import returns_coverage, title_status, title_updates
from metrics.origin import ROW, located
from pages.components.facts import facts_for_export, facts_of
from pages.components.member_pages import PAGE, Records
from pages.components.unit_map import unit_names
from pages.components.words import t

_FIRM, _PLACED = ("name", "province"), ("uscc", "file", "sheet", "cell", "value")
_SHOWN = {
    "held": ("due_on", "valid_from", "title_batch"),
    "due": ("due_on", "valid_from", "title_batch"),
    "overdue": ("due_on", "valid_from", "title_batch"),
    "missed_update": ("due_on", "valid_from", "title_batch"),
    "had_to_update": ("due_on", "valid_from", "title_batch"),
    "opened": ("valid_from", "title_batch"),
    "ended": ("valid_to", "ended_by", "valid_from", "title_batch"),
}
_CONFIRMED = "confirmed_by, confirmed_on, reason"
_ENDS = ("expired", "lapsed", "review_failed", "superseded", "cancelled_for_cause", "continued")


@dataclass(frozen=True)
class Titles:
    """Titles of a tier: held on the day, opened or ended after ``other`` up to it, or due after it up to ``other``.

    overdue: past their validity on the day. had_to_update, missed_update: by the yearly deadline ``other``.
    ``provinces``: those of these units alone; None for the whole country, with those of an unknown unit.
    """

    of: Literal["held", "opened", "ended", "due", "overdue", "had_to_update", "missed_update"]
    tier: str
    day: dt.date
    other: dt.date | None = None
    provinces: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Returns:
    """Firms that were expected to send a return of the year, or those of them that did."""

    of: Literal["expected", "returned"]
    year: int
    provinces: tuple[str, ...] | None = None


Asked = Titles | Returns


@dataclass(frozen=True)
class _Words:
    """The words of a table, for an export that is made when nobody's page is drawn."""

    headers: Mapping[str, str]
    unit_names: Mapping[str, str]
    ends: Mapping[str, str]
    confirmed: str
    who: Mapping[str, str]


def records(build: Published, scope: Scope, asked: Asked, count: int, label: str) -> Records:
    """The records of what is asked, of which there are ``count``."""
    said = _words(asked, build)
    places = "-".join(asked.provinces) if asked.provinces else "all"
    tier = asked.tier if isinstance(asked, Titles) else asked.year
    return Records(
        label=label,
        name=f"{asked.of}_{tier}_{places}_build{build.build}",
        count=count,
        page=lambda page: _readable(_page(build.file, scope, asked, page, build), said),
        whole=partial(_whole, build, scope, asked, said),
    )


def members(facts: Facts, asked: Asked) -> Any:
    """The records as a lazy frame, in the order of the units and firms."""
    found = _titles(facts, asked) if isinstance(asked, Titles) else _returns(facts, asked)
    if asked.provinces is not None:
        found = found.filter(nw.col("province").is_in(asked.provinces))
    keys = ("province", "firm", "valid_from") if isinstance(asked, Titles) else ("province", "uscc")
    return found.sort(*keys, nulls_last=True)


@st.cache_data(max_entries=128, show_spinner=False)
def _page(file: str, scope: Scope, asked: Asked, page: int, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    facts = facts_of(_build, scope)
    return with_places(members(facts, asked).to_native().limit(PAGE, PAGE * page).pl(), asked, facts)


def _whole(build: Published, scope: Scope, asked: Asked, said: _Words) -> pl.DataFrame:
    facts = facts_for_export(build, scope)
    return _readable(with_places(members(facts, asked).to_native().pl(), asked, facts), said)


def with_places(rows: pl.DataFrame, asked: Asked, facts: Facts) -> pl.DataFrame:
    """The records with value, file, sheet and cell: of the listed name for a title, of the credit code for a return."""
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    if isinstance(asked, Titles):
        found = _with_origin(rows)
        listed = found.join(_listed_names(found, facts), on=ROW, how="left")
        if facts.knows("confirmed_rows"):
            said = facts.table("confirmed_rows").select(f"{', '.join(ROW)}, {_CONFIRMED}").pl()
            listed = listed.join(said, on=ROW, how="left")
        return located(listed, receipts, "name", ROW)
    by = "return" if asked.of == "returned" else "registry"
    named = rows.with_columns(
        receipt_id=pl.coalesce(f"{by}_receipt", "title_receipt"),
        sheet_no=f"{by}_sheet",
        row_no=f"{by}_row",
        value=pl.when(pl.col(f"{by}_row").is_not_null()).then(pl.col("uscc")),
    )
    return located(named, receipts, "uscc", ROW)


def _titles(facts: Facts, asked: Titles) -> Any:
    periods = facts.table("title_periods")
    if asked.of == "held":
        return title_status.held_members(periods, asked.day, asked.tier)
    if asked.of == "overdue":
        return title_status.overdue_members(periods, asked.day, asked.tier)
    if asked.other is None:
        raise ValueError(f"titles {asked.of} need a second day")
    if asked.of == "due":
        return title_status.due_members(periods, asked.day, asked.other, asked.tier)
    if asked.of == "had_to_update":
        return title_updates.expected_members(periods, asked.day, asked.other, asked.tier)
    if asked.of == "missed_update":
        updates = facts.table("annual_updates")
        return title_updates.missed_members(periods, updates, asked.day, asked.other, asked.tier)
    changed = title_status.changes_members(periods, asked.other, asked.day, asked.tier)
    return changed.filter(nw.col("change") == asked.of)


def _returns(facts: Facts, asked: Returns) -> Any:
    tables = (facts.table(name) for name in ("title_periods", "enterprises", "annual_returns"))
    found = returns_coverage.members(*tables, asked.year)
    found = found.filter(nw.col("in_registry") | nw.col("has_title"))
    return found.filter(nw.col("has_return")) if asked.of == "returned" else found


def _with_origin(rows: pl.DataFrame) -> pl.DataFrame:
    """The row that says it: of what ended a title the row that did, where there is one, else the row that opened it."""
    if "change" not in rows.columns:
        return rows.rename(dict(zip(("opened_receipt", "opened_sheet", "opened_row"), ROW, strict=True)))
    by_row = (pl.col("change") == "ended") & pl.col("closed_row").is_not_null()
    parts = zip(ROW, ("receipt", "sheet", "row"), strict=True)
    return rows.with_columns(
        pl.when(by_row).then(f"closed_{part}").otherwise(f"opened_{part}").alias(name) for name, part in parts
    )


def _listed_names(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """What the cell of the name holds in each of these rows."""
    events = nw.from_native(facts.table("title_rows")).lazy().select(*ROW, value="name")
    if rows.height <= PAGE:
        events = events.filter(
            nw.col("receipt_id").is_in(rows["receipt_id"].unique().to_list()),
            nw.col("row_no").is_in(rows["row_no"].unique().to_list()),
        )
    return events.collect("polars").to_native()


def _words(asked: Asked, build: Published) -> _Words:
    columns = (*_FIRM, *_SHOWN.get(asked.of, ()), *_PLACED)
    if isinstance(asked, Titles) and build.rows.get("name_confirmations"):
        columns = (*columns, "matched")
    return _Words(
        headers={name: t(f"proof.column.{name}") for name in columns},
        unit_names=unit_names(),
        ends={code: t(f"proof.ended_by.{code}") for code in _ENDS},
        confirmed=t("names.matched", by="{by}", day="{day}", reason="{reason}"),
        who={role: t(f"reader.role.{role}") for role in ("operator", "ministry")},
    )


def _readable(rows: pl.DataFrame, said: _Words) -> pl.DataFrame:
    replaced: dict[str, pl.Expr | pl.Series] = {
        "province": pl.col("province").replace_strict(said.unit_names, default=None, return_dtype=pl.String),
        "ended_by": pl.col("ended_by").replace_strict(said.ends, default=None, return_dtype=pl.String),
    }
    if "matched" in said.headers:
        confirmed = rows.select("confirmed_by", "confirmed_on", "reason").iter_rows()
        replaced["matched"] = pl.Series(
            [
                said.confirmed.format(by=said.who.get(by, by), day=day, reason=reason) if by else None
                for by, day, reason in confirmed
            ],
            dtype=pl.String,
        )
    return rows.select(
        replaced.get(name, pl.col(name)).alias(header) for name, header in said.headers.items()
    )
