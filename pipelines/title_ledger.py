"""The ledger of titles inside a build: the table `title_periods`, made of the current title events."""

from __future__ import annotations

import duckdb
import polars as pl

from data.titles_policy import title_rules
from metrics.names import match_names
from metrics.titles import periods

_FIRMS = "SELECT uscc, name, province FROM enterprises WHERE superseded_by IS NULL ORDER BY uscc"
_FORMER = "SELECT uscc, name, valid_from, valid_to FROM former_names WHERE superseded_by IS NULL ORDER BY ALL"
_EVENTS = """
    SELECT uscc, name, tier, event, event_date, valid_from, valid_to, title_batch, receipt_id, sheet_no, row_no
    FROM title_events WHERE superseded_by IS NULL ORDER BY receipt_id, sheet_no, row_no
"""


def write_periods(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `title_periods` from the tables of a build in the making; its columns: `metrics.titles.COLUMNS`."""
    rules = title_rules()
    enterprises = connection.sql(_FIRMS).pl()
    events = match_names(connection.sql(_EVENTS).pl(), enterprises, connection.sql(_FORMER).pl())
    found: pl.DataFrame = (
        periods(
            events,
            enterprises,
            validity_years=rules.validity_years,
            bar_years=rules.cancellation.bar_years,
            reviewed=rules.reviewed,
            provincial=rules.provincial,
        )
        .collect(backend="polars")
        .to_native()
        .sort("tier", "province", "firm", "valid_from", nulls_last=True)
    )
    connection.register("found_periods", found.to_arrow())
    connection.execute("CREATE TABLE title_periods AS SELECT * FROM found_periods")
    connection.unregister("found_periods")
