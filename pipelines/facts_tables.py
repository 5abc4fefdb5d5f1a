"""The tables of a facts file: one for each dataset, made from its contract, and filled from staged rows.

Rows are only ever added. Where a later receipt brings a key again, the earlier row keeps standing and names the
receipt that superseded it; current rows are those that no receipt superseded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from data.dataset import Column, Contract, contract, datasets

ORIGIN = ("extras", "receipt_id", "sheet_no", "row_no", "superseded_by")
_TYPES = {
    "text": "VARCHAR",
    "int": "BIGINT",
    "decimal": "BIGINT",
    "bool": "BOOLEAN",
    "date": "DATE",
}
_ORIGIN_TYPES = ("VARCHAR", "INTEGER NOT NULL", "SMALLINT NOT NULL", "INTEGER NOT NULL", "INTEGER")
_TERMS = """
CREATE TABLE list_terms (
    receipt_id INTEGER NOT NULL, tier VARCHAR NOT NULL, event VARCHAR NOT NULL, event_date DATE NOT NULL,
    title_batch VARCHAR NOT NULL, replaces_batch VARCHAR
)"""
_TITLE_ROWS = """
CREATE VIEW title_rows AS
SELECT uscc, name, NULL::VARCHAR AS province, tier::VARCHAR AS tier, event::VARCHAR AS event, event_date, valid_from,
       valid_to, title_batch, NULL::VARCHAR AS replaces_batch, receipt_id, sheet_no, row_no, superseded_by
FROM title_events
UNION ALL BY NAME
SELECT uscc, name, province, tier, event, event_date, title_batch, replaces_batch, receipt_id, sheet_no, row_no,
       superseded_by
FROM title_lists JOIN list_terms USING (receipt_id)"""
_RECEIPTS = """
CREATE TABLE receipts (
    receipt_id INTEGER NOT NULL, sha256 VARCHAR NOT NULL, file VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
    received_at TIMESTAMP NOT NULL, rows BIGINT NOT NULL, format VARCHAR NOT NULL, synthetic BOOLEAN NOT NULL,
    sample_of INTEGER, replaces INTEGER, findings VARCHAR NOT NULL, places VARCHAR NOT NULL
)"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create an empty table for every dataset, and `receipts`.

    `title_rows` is what happened to titles, from title events and from official lists, whose terms are in
    `list_terms`.
    """
    for name in datasets():
        columns = [
            f'"{column}" {kind}'
            for column, kind in (*_columns(contract(name)), *zip(ORIGIN, _ORIGIN_TYPES, strict=True))
        ]
        connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    for statement in (_RECEIPTS, _TERMS, _TITLE_ROWS):
        connection.execute(statement)


def add_terms(connection: duckdb.DuckDBPyConnection, receipt: int, terms: Mapping[str, str]) -> None:
    """Add what the operator said of the official list of a receipt."""
    names = ("tier", "event", "event_date", "title_batch", "replaces_batch")
    connection.execute(
        "INSERT INTO list_terms VALUES (?, ?, ?, ?::DATE, ?, ?)",
        [receipt, *(terms.get(name) for name in names)],
    )


def add_receipt(connection: duckdb.DuckDBPyConnection, receipt: Mapping[str, object]) -> None:
    """Add the row of a receipt; ``findings`` and ``places`` are written as JSON."""
    values = [
        json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else value
        for value in receipt.values()
    ]
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO receipts VALUES ({marks})", values)  # noqa: S608 - question marks


def add_rows(connection: duckdb.DuckDBPyConnection, dataset: str, staged: Path, receipt: int) -> int:
    """Add the staged rows of a receipt to its dataset's table; returns how many."""
    columns = [_stored(column) for column in contract(dataset).columns]
    listed = ", ".join(expression for group in columns for expression in group)
    added = connection.execute(
        f"INSERT INTO {dataset} SELECT {listed}, extras, {receipt}, sheet_no, row_no, NULL "  # noqa: S608 - names from contracts
        "FROM read_parquet(?)",
        [str(staged)],
    ).fetchone()
    return int(added[0]) if added else 0


def mark_superseded(
    connection: duckdb.DuckDBPyConnection, dataset: str, receipts: Sequence[int], replaced: Mapping[int, int]
) -> None:
    """Name, on each row whose key a later receipt brings again, that receipt.

    ``replaced``: receipt → the receipt that replaces it whole; all its rows are superseded.
    """
    for old, new in replaced.items():
        connection.execute(
            f"UPDATE {dataset} SET superseded_by = ? WHERE receipt_id = ?",  # noqa: S608 - as above
            [new, old],
        )
    if len(receipts) - len(replaced) < 2 or not contract(dataset).key:
        return
    key = ", ".join(f'"{name}"' for name in contract(dataset).key)
    # Only keys that more than one receipt brings are ordered: on a national table that is next to none.
    connection.execute(f"""
        UPDATE {dataset} SET superseded_by = later.next
        FROM (
            SELECT spot, lead(receipt_id) OVER (PARTITION BY {key} ORDER BY receipt_id) AS next
            FROM (SELECT rowid AS spot, receipt_id, {key} FROM {dataset} WHERE superseded_by IS NULL)
            WHERE hash({key}) IN (
                SELECT hash({key}) FROM {dataset} WHERE superseded_by IS NULL GROUP BY 1 HAVING count(*) > 1
            )
        ) later
        WHERE {dataset}.rowid = later.spot AND later.next IS NOT NULL
    """)  # noqa: S608 - as above


def content_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """One line a table: its name, columns, number of rows, and two sums over the hashes of its rows.

    The order of rows does not matter, and neither does when a receipt was written.
    """
    lines = []
    tables = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()
    for (table,) in tables:
        described = connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
            [table],
        ).fetchall()
        kept = [(name, kind) for name, kind in described if (table, name) != ("receipts", "received_at")]
        hashed = ", ".join(f'"{name}"' for name, _ in kept)
        sums = connection.execute(
            f"SELECT count(*), bit_xor(h), sum(h::HUGEINT) FROM (SELECT hash({hashed}) AS h FROM {table})"  # noqa: S608 - names from the catalogue
        ).fetchone()
        lines.append(f"{table} {kept} {sums}")
    return lines


def current_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Current rows of every dataset."""
    return {
        name: connection.execute(
            f"SELECT count(*) FROM {name} WHERE superseded_by IS NULL"  # noqa: S608 - as above
        ).fetchall()[0][0]
        for name in datasets()
    }


def _columns(rules: Contract) -> list[tuple[str, str]]:
    found = []
    for column in rules.columns:
        if column.type == "list":
            found += [(f"{column.field}__{code}", "BOOLEAN") for code in column.codes]
        elif column.type == "choice":
            found.append((column.field, _enum(column)))
        else:
            found.append((column.field, _TYPES[column.type]))
    return found


def _enum(column: Column) -> str:
    return "ENUM({})".format(", ".join(f"'{code}'" for code in column.codes))


def _stored(column: Column) -> list[str]:
    """The expressions that turn a staged column into the table's; a choice is staged as the index of its code."""
    if column.type == "list":
        return [f'"{column.field}__{code}"' for code in column.codes]
    if column.type == "choice":
        codes = ", ".join(f"'{code}'" for code in column.codes)
        return [f'([{codes}]::{_enum(column)}[])["{column.field}" + 1]']
    return [f'"{column.field}"']
