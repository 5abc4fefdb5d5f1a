"""Made-up title events for the tests of the ledger, and the ledger on either engine."""

import datetime as dt
from typing import Any

import duckdb
import polars as pl

from metrics import titles

EVENTS = {
    "firm": pl.String,
    "uscc": pl.String,
    "name": pl.String,
    "tier": pl.String,
    "event": pl.String,
    "event_date": pl.Date,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "title_batch": pl.String,
    "replaces_batch": pl.String,
    "receipt_id": pl.Int32,
    "sheet_no": pl.Int16,
    "row_no": pl.Int32,
}
RULES: dict[str, Any] = {
    "validity_years": 3,
    "bar_years": 3,
    "reviewed": ("srdi", "little_giant"),
    "provincial": ("innovative", "srdi"),
}
PROVINCES = {"A": "440000", "B": "440000", "C": "510000"}
ENTERPRISES = pl.DataFrame(
    {"uscc": list(PROVINCES), "name": [f"合成{uscc}" for uscc in PROVINCES], "province": PROVINCES.values()}
)


def event(firm: str, kind: str, on: dt.date, **more: Any) -> dict[str, Any]:
    """One event; a firm that is no credit code of `ENTERPRISES` is a name that was not found."""
    known = firm in PROVINCES
    row = {"firm": firm, "uscc": firm if known else None, "name": f"listed as {firm}", "tier": "little_giant"}
    return row | {"event": kind, "event_date": on, "title_batch": "1", "receipt_id": 1, "sheet_no": 1} | more


def rows(*events: dict[str, Any]) -> pl.DataFrame:
    """The events as the typed frame, numbered like the rows of a sheet."""
    return pl.DataFrame([{"row_no": at, **row} for at, row in enumerate(events, start=2)], schema=EVENTS)


def on_polars(events: pl.DataFrame, **rules: Any) -> pl.DataFrame:
    """The terms, sorted."""
    found = titles.periods(events, ENTERPRISES, **(RULES | rules)).collect("polars").to_native()
    return found.sort("tier", "firm", "valid_from", "opened_row")


def on_duckdb(events: pl.DataFrame, **rules: Any) -> pl.DataFrame:
    """The same from DuckDB relations, the tier being an enumeration as in a facts file."""
    with duckdb.connect() as connection:
        connection.register("events_in", events.to_arrow())
        connection.register("firms_in", ENTERPRISES.to_arrow())
        connection.execute("create type tier as enum ('innovative', 'srdi', 'little_giant')")
        stored = connection.sql("select * replace (tier::tier as tier) from events_in")
        ledger = titles.periods(stored, connection.table("firms_in"), **(RULES | rules))
        found = ledger.collect("polars").to_native()
    return found.sort("tier", "firm", "valid_from", "opened_row")
