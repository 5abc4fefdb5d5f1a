"""Whether what rows point to is there: every reference of a contract, over the current rows of the built tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from data.dataset import Reference, contract, datasets

ROWS_KEPT = 20  # not policy: rows of a reference that are named


def references(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every reference of every dataset that has rows.

    Each: dataset, to, columns (own ones), rows (current rows that point somewhere; a blank column points nowhere),
    unknown (of them, those whose object is not there), is_loaded (whether the dataset pointed to has any rows), first
    (a few of the unknown: receipt_id, sheet_no, row_no, and what is pointed to, as text).
    """
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return [
        found
        for name in datasets()
        if name in tables
        for reference in contract(name).points_to
        if reference.to in tables
        for found in _read(connection, name, reference)
    ]


def _read(
    connection: duckdb.DuckDBPyConnection, dataset: str, reference: Reference
) -> Iterator[dict[str, Any]]:
    points = " AND ".join(f'own."{column}" IS NOT NULL' for column in reference.by)
    values: list[str] = []
    if reference.when:
        column, values = reference.when[0], list(reference.when[1])
        points += f' AND own."{column}"::VARCHAR IN ({", ".join("?" * len(values))})'
    source = f"{dataset} AS own WHERE own.superseded_by IS NULL AND {points}"
    rows = _number(connection, f"SELECT count(*) FROM {source}", values)  # noqa: S608 - names from contracts
    if not rows:
        return
    # As text on both sides: the codes of a choice are a type of their own in every table.
    same = " AND ".join(
        f'there."{to}"::VARCHAR = own."{column}"::VARCHAR' for column, to in reference.by.items()
    )
    unknown = (
        f"{source} AND NOT EXISTS (SELECT 1 FROM {reference.to} AS there "  # noqa: S608 - as above
        f"WHERE there.superseded_by IS NULL AND {same})"
    )
    pointed = ", ' · ', ".join(f'own."{column}"::VARCHAR' for column in reference.by)
    yield {
        "dataset": dataset,
        "to": reference.to,
        "columns": list(reference.by),
        "rows": rows,
        "unknown": _number(connection, f"SELECT count(*) FROM {unknown}", values),  # noqa: S608 - as above
        "is_loaded": _number(connection, f"SELECT count(*) FROM {reference.to}", []) > 0,  # noqa: S608 - as above
        "first": [
            list(row)
            for row in connection.execute(
                f"SELECT receipt_id, sheet_no, row_no, concat({pointed}) FROM {unknown} "  # noqa: S608 - as above
                f"ORDER BY receipt_id, sheet_no, row_no LIMIT {ROWS_KEPT}",
                values,
            ).fetchall()
        ],
    }


def _number(connection: duckdb.DuckDBPyConnection, query: str, values: list[str]) -> int:
    return connection.execute(query, values).fetchall()[0][0]
