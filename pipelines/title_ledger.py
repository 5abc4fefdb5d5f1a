"""The ledger of titles inside a build: the table `title_periods`, made of the current rows of `title_rows`.

Beside it stands `confirmed_rows`: the rows whose firm a person has confirmed, with who, when and why. The same ledger
as it was known on an earlier day is made in the same way from the rows that were known then.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import polars as pl

from data.access import Facts
from data.titles_policy import title_rules
from metrics.names import confirmed_firms, match_names, normalised
from metrics.titles import periods

_FIRMS = "uscc, name, province"
_FORMER = "uscc, name, valid_from, valid_to"
_ROWS = (
    "uscc, name, province, tier, event, event_date, valid_from, valid_to, title_batch, replaces_batch, "
    "receipt_id, sheet_no, row_no"
)
_CONFIRMED = "name, decision, uscc, reason, confirmed_by, confirmed_on"
_IN_ORDER = "receipt_id, sheet_no, row_no"


def write_periods(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `title_periods` from the tables of a build in the making; its columns: `metrics.titles.COLUMNS`.

    `confirmed_rows`: receipt_id, sheet_no, row_no, name (as listed), uscc, reason, confirmed_by, confirmed_on.
    """

    def current(table: str) -> duckdb.DuckDBPyRelation:
        return connection.table(table).filter("superseded_by IS NULL")

    confirmed = confirmations(current("name_confirmations"))
    firms = _firms(current("enterprises"))
    matched = _matched(current("title_rows"), firms, current("former_names"), confirmed)
    found = _ledger(matched, firms)
    ordered = found.sort("tier", "province", "firm", "valid_from", nulls_last=True)
    _write(connection, "title_periods", ordered)
    _write(connection, "confirmed_rows", _confirmed_rows(matched, confirmed))


def ledger_as_known(facts: Facts, known_on: dt.date) -> pl.DataFrame:
    """The ledger as it followed from what was received by the end of a day (UTC)."""
    rows, enterprises, former_names = (
        facts.table(name, known_on=known_on) for name in ("title_rows", "enterprises", "former_names")
    )
    firms = _firms(enterprises)
    return _ledger(_matched(rows, firms, former_names, confirmed_in(facts, known_on)), firms)


def confirmed_in(facts: Facts, known_on: dt.date | None = None) -> pl.DataFrame | None:
    """The decisions on names that the facts hold, as `confirmations`; None where the build is older than they are."""
    if not facts.knows("name_confirmations"):
        return None
    return confirmations(facts.table("name_confirmations", known_on=known_on))


def confirmations(rows: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """Decisions on names in the order in which they came in; their columns: `_CONFIRMED`."""
    return rows.order(_IN_ORDER).select(_CONFIRMED).pl().with_columns(pl.col("decision").cast(pl.String))


def _firms(enterprises: Any) -> pl.DataFrame:
    return enterprises.select(_FIRMS).order("uscc").pl()


def _matched(
    title_rows: Any, firms: pl.DataFrame, former_names: Any, confirmed: pl.DataFrame | None
) -> pl.DataFrame:
    rows = title_rows.select(_ROWS).order(_IN_ORDER).pl()
    return match_names(rows, firms, former_names.select(_FORMER).order("ALL").pl(), confirmed)


def _ledger(matched: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    rules = title_rules()
    found = periods(
        matched,
        firms,
        validity_years=rules.validity_years,
        bar_years=rules.cancellation.bar_years,
        reviewed=rules.reviewed,
        provincial=rules.provincial,
    )
    return found.collect("polars").to_native()


def _confirmed_rows(matched: pl.DataFrame, confirmed: pl.DataFrame) -> pl.DataFrame:
    rows = matched.filter(pl.col("matched_by") == "confirmed")
    said = confirmed_firms(confirmed).select("listed", "reason", "confirmed_by", "confirmed_on")
    return (
        rows.select("receipt_id", "sheet_no", "row_no", "name", "uscc", listed=normalised(pl.col("name")))
        .join(said, on="listed", how="left", maintain_order="left")
        .drop("listed")
    )


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    connection.register("found_rows", rows.to_arrow())
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM found_rows")  # noqa: S608 - names of this file
    connection.unregister("found_rows")
