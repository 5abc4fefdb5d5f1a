"""The one door for reads of the facts: a relation of a table, already cut to what its reader may see.

DuckDB answers wrongly when threads share a connection, so every request gets a cursor of its own here, and nothing
outside this file sees a connection. The published file is opened read-only; the manifest is looked at on every
request, so that no answer comes from a build that is no longer in force.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import duckdb

from data.dataset import Contract, contract, datasets
from data.home import Home, home
from data.manifest import Published, facts_file, published

# DuckDB refuses a second opening of a file in one process with other settings: whoever reads facts uses these.
SETTINGS: dict[str, Any] = {
    "threads": 2,
    "memory_limit": "2GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_OPEN_AT_ONCE = 3

Role = Literal["ministry", "panel", "province", "public"]


class NoFactsError(Exception):
    """Nothing was published yet, or the build asked for is not kept any more."""


@dataclass(frozen=True)
class Scope:
    """Who reads: the role, and for a province its reporting unit's code. Part of every cache key."""

    role: Role = "ministry"
    unit: str | None = None


MINISTRY = Scope()


@dataclass(frozen=True)
class Facts:
    """One request's view of one build: its relations share a cursor, so they can be joined."""

    build: Published
    scope: Scope
    _cursor: duckdb.DuckDBPyConnection
    _columns: dict[str, tuple[str, ...]]
    _derived: Path

    def table(
        self, name: str, *, known_on: dt.date | None = None, all_rows: bool = False
    ) -> duckdb.DuckDBPyRelation:
        """The rows of a table that the scope may see.

        A dataset gives its current rows, those current at the end of ``known_on`` (UTC), or, by ``all_rows``, the
        superseded ones too. A column the scope may not see is null; a row of another unit is there only where
        everything that identifies it is public. A derived table is known by its file's name. Raises NoFactsError
        where a derived table is not computed yet, KeyError for a name that cannot be a table's.
        """
        if name not in self._columns:
            return self._derived_table(name)
        values: dict[str, Any] = {}
        columns, rows = _cut(name, self._columns[name], self.scope, values)
        if "superseded_by" in self._columns[name] and not all_rows:
            rows.append(_as_known(known_on, values))
        where = f" WHERE {' AND '.join(rows)}" if rows else ""
        return self._cursor.sql(f"SELECT {columns} FROM {name}{where}", params=values or None)  # noqa: S608 - names from the catalogue

    def knows(self, name: str) -> bool:
        """Whether the build has a table; one that an earlier release made may lack a newer dataset's."""
        return name in self._columns

    def _derived_table(self, name: str) -> duckdb.DuckDBPyRelation:
        if not name.isidentifier():
            raise KeyError(f"There is no table {name!r}.")
        file = self._derived / f"{name}.parquet"
        if not file.is_file():
            raise NoFactsError(f"{name} of build {self.build.build} is not computed yet.")
        values = {"file": str(file)}
        where = ""
        if self.scope.role in _OUTSIDE:
            where = " WHERE province = $unit"
            values["unit"] = self.scope.unit or ""
        return self._cursor.sql(f"SELECT * FROM read_parquet($file){where}", params=values)  # noqa: S608 - fixed text


def current(where: Home | None = None) -> Published | None:
    """The published build; None before the first one."""
    return published(where or home())


def read(scope: Scope, where: Home | None = None) -> Facts:
    """One request: a cursor of its own on the published build. Raises NoFactsError when nothing is published."""
    place = where or home()
    while True:
        build = published(place)
        if build is None:
            raise NoFactsError(
                "No facts are published yet: load a file with `tidu load`, or run `tidu demo`."
            )
        try:
            connection, columns = _open(facts_file(place, build))
        except duckdb.IOException:
            # Taken away between the two readings: by now the manifest names a newer one.
            if published(place) == build:
                raise
            continue
        return Facts(build, scope, connection.cursor(), columns, place.derived / str(build.build))


def table(name: str, scope: Scope, **asked: Any) -> duckdb.DuckDBPyRelation:
    """The relation of one table on a cursor of its own; see `Facts.table`."""
    return read(scope).table(name, **asked)


_OUTSIDE = frozenset({"province", "public"})
_opening = threading.Lock()


def _open(file: Path) -> tuple[duckdb.DuckDBPyConnection, dict[str, tuple[str, ...]]]:
    # Two threads that meet a new build at once must not open it twice with half a configuration each.
    with _opening:
        return _opened(file)


@lru_cache(maxsize=_OPEN_AT_ONCE)
def _opened(file: Path) -> tuple[duckdb.DuckDBPyConnection, dict[str, tuple[str, ...]]]:
    connection = duckdb.connect(str(file), read_only=True, config=SETTINGS)
    columns: dict[str, list[str]] = {}
    for name, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
    ).fetchall():
        columns.setdefault(name, []).append(column)
    return connection, {name: tuple(listed) for name, listed in columns.items()}


def _cut(name: str, columns: tuple[str, ...], scope: Scope, values: dict[str, Any]) -> tuple[str, list[str]]:
    """The columns and conditions of what a scope may see; its values are added to ``values``."""
    if scope.role not in _OUTSIDE or name not in datasets():
        return ", ".join(f'"{column}"' for column in columns), []
    rules = contract(name)
    visibility = {column.field: column.visibility for column in rules.columns}
    is_own = _is_own(rules, columns) if scope.role == "province" else "FALSE"
    all_public = all(visibility[field] == "public" for field in rules.key)
    shown = []
    for column in columns:
        seen = visibility.get(column.partition("__")[0], "public")
        if seen == "public" or (seen == "own_unit" and not all_public):
            shown.append(f'"{column}"')
        elif seen == "own_unit":
            shown.append(f'CASE WHEN {is_own} THEN "{column}" END AS "{column}"')
        else:
            shown.append(f'NULL AS "{column}"')
    chosen, rows = ", ".join(shown), [] if all_public else [is_own]
    if any("$unit" in part for part in (chosen, *rows)):
        # DuckDB refuses a parameter that a query does not name
        values["unit"] = scope.unit or ""
    return chosen, rows


def _is_own(rules: Contract, columns: tuple[str, ...]) -> str:
    """SQL: the row is of the unit $unit, by its own province or by that of the dataset which knows whose it is."""
    if "province" in columns:
        return "province IS NOT DISTINCT FROM $unit"
    if rules.unit_of is None:
        return "FALSE"
    known_by, by = rules.unit_of
    found = " AND ".join(
        f'knows."{there}"::VARCHAR = {rules.dataset}."{own}"::VARCHAR' for own, there in by.items()
    )
    return (
        f"EXISTS (SELECT 1 FROM {known_by} AS knows WHERE knows.superseded_by IS NULL "  # noqa: S608 - names from contracts
        f"AND knows.province = $unit AND {found})"
    )


def _as_known(known_on: dt.date | None, values: dict[str, Any]) -> str:
    if known_on is None:
        return "superseded_by IS NULL"
    values["after"] = dt.datetime.combine(known_on + dt.timedelta(days=1), dt.time())
    seen = "(SELECT receipt_id FROM receipts WHERE received_at < $after)"
    return f"receipt_id IN {seen} AND (superseded_by IS NULL OR superseded_by NOT IN {seen})"
