"""The ledger of titles inside a build: the table `title_periods`, made of the current rows of `title_rows`.

The same ledger as it was known on an earlier day is made in the same way from the rows that were known then.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import polars as pl

from data.access import Facts
from data.titles_policy import title_rules
from metrics.names import match_names
from metrics.titles import periods

_FIRMS = "uscc, name, province"
_FORMER = "uscc, name, valid_from, valid_to"
_ROWS = (
    "uscc, name, province, tier, event, event_date, valid_from, valid_to, title_batch, replaces_batch, "
    "receipt_id, sheet_no, row_no"
)


def write_periods(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `title_periods` from the tables of a build in the making; its columns: `metrics.titles.COLUMNS`."""

    def current(table: str) -> duckdb.DuckDBPyRelation:
        return connection.table(table).filter("superseded_by IS NULL")

    found = _ledger(current("title_rows"), current("enterprises"), current("former_names"))
    ordered = found.sort("tier", "province", "firm", "valid_from", nulls_last=True)
    connection.register("found_periods", ordered.to_arrow())
    connection.execute("CREATE TABLE title_periods AS SELECT * FROM found_periods")
    connection.unregister("found_periods")


def ledger_as_known(facts: Facts, known_on: dt.date) -> pl.DataFrame:
    """The ledger as it followed from what was received by the end of a day (UTC)."""
    tables = (facts.table(name, known_on=known_on) for name in ("title_rows", "enterprises", "former_names"))
    return _ledger(*tables)


def _ledger(title_rows: Any, enterprises: Any, former_names: Any) -> pl.DataFrame:
    rules = title_rules()
    firms = enterprises.select(_FIRMS).order("uscc").pl()
    rows = title_rows.select(_ROWS).order("receipt_id, sheet_no, row_no").pl()
    found = periods(
        match_names(rows, firms, former_names.select(_FORMER).order("ALL").pl()),
        firms,
        validity_years=rules.validity_years,
        bar_years=rules.cancellation.bar_years,
        reviewed=rules.reviewed,
        provincial=rules.provincial,
    )
    return found.collect("polars").to_native()
