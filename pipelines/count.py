"""How many rows of a dataset are acknowledged: from the receipts themselves, whether a build holds them or not."""

from __future__ import annotations

import datetime as dt
import tempfile

import duckdb

from data.home import Home
from data.manifest import published
from pipelines import facts_tables as tables
from pipelines.build import MEMORY, THREADS, stage
from pipelines.receipts import live


def count(home: Home, dataset: str, known_on: dt.date | None = None) -> int:
    """Current rows of a dataset among the receipts that count, or that counted at the end of ``known_on`` (UTC).

    A key that several files bring is one row. Raises BuildError where an acknowledged file cannot be read.
    """
    receipts = [receipt for receipt in live(home, known_on) if receipt.dataset == dataset]
    current = published(home) if known_on is None else None
    if current and {receipt.id for receipt in live(home)} == set(current.receipts):
        return current.rows[dataset]
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        for setting, value in {
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": spill,
            "enable_progress_bar": "false",
        }.items():
            connection.execute(f"SET {setting} = '{value}'")
        tables.create_tables(connection)
        for receipt in receipts:
            tables.add_rows(connection, dataset, stage(home, receipt), receipt.id)
        replaced = {receipt.replaces: receipt.id for receipt in receipts if receipt.replaces}
        tables.mark_superseded(connection, dataset, [receipt.id for receipt in receipts], replaced)
        return tables.current_rows(connection)[dataset]
