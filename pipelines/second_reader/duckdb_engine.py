"""Great Expectations on DuckDB: its SQL engine, with the two things that DuckDB asks for.

The released engine gives its connection back before it fetches, and DuckDB drops a result with its connection; and it
knows no regular expressions of DuckDB, though PostgreSQL's operator is understood, as a match of the whole value.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """The SQL engine over one connection that stays open, as the library itself does for SQLite."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = postgresql

    @contextmanager
    def get_connection(self) -> Generator[Connection, None, None]:
        """The one connection; a statement that fails leaves no aborted transaction to the next."""
        if self._connection is None:
            self._connection = self.engine.connect()
        try:
            yield self._connection
        except Exception:
            self._connection.rollback()
            raise

    def close(self) -> None:
        """Give the file back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file; importing this module gives every context ``data_sources.add_duckdb``."""

    type: Literal["duckdb"] = "duckdb"
    execution_engine_override: ClassVar = DuckDBExecutionEngine


def settings(facts: Path, spill: Path, threads: int, memory: str) -> dict[str, Any]:
    """What a DuckDBDatasource needs to open a facts file for reading, with room beside it for what does not fit."""
    config = {
        "threads": threads,
        "memory_limit": memory,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connect = {"database": str(facts), "read_only": True, "config": config}
    return {"connection_string": "duckdb:///facts", "kwargs": {"connect_args": connect}}
