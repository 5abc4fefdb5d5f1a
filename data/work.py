"""The work store: what people did, and what was acknowledged to them. Models, and the way to open it.

Embedded it is SQLite in WAL mode with every commit on the disk before it is acknowledged. Migrations stand in
`data/migrations/`; a store is brought up to date when it is opened.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Engine, ForeignKey, String, create_engine, event, inspect, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.pool import NullPool

from data import work_forms
from data.home import Home
from data.work_base import Base, Moment

__all__ = ["Base", "Build", "Receipt", "Withdrawal", "open_work", "work_forms"]

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0004"
_BUSY_MS = 60_000


class Receipt(Base):
    """One accepted file; its row is the acknowledgement. Never edited, never deleted."""

    __tablename__ = "receipts"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file: Mapped[str]
    stored: Mapped[str]
    dataset: Mapped[str]
    format: Mapped[str]
    size_bytes: Mapped[int]
    rows: Mapped[int]
    received_at: Mapped[dt.datetime] = mapped_column(Moment)
    synthetic: Mapped[bool]
    sample_of: Mapped[int | None]
    replaces: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    findings: Mapped[dict[str, int]] = mapped_column(JSON)
    places: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What the operator said of an official list (`pipelines.title_lists.Terms`); None for any other file.
    terms: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))


class Withdrawal(Base):
    """A receipt taken out of the facts, or taken back in, by going back to a build; the latest entry prevails."""

    __tablename__ = "withdrawals"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - as above

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(Moment)
    withdrawn: Mapped[bool]
    to_build: Mapped[int]


class Build(Base):
    """One build of the facts: what went in, and the hash of what came out."""

    __tablename__ = "builds"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    built_at: Mapped[dt.datetime] = mapped_column(Moment)
    reason: Mapped[str]
    receipts: Mapped[list[int]] = mapped_column(JSON)
    policy: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64))
    rows: Mapped[dict[str, int]] = mapped_column(JSON)
    seconds: Mapped[float]


def open_work(home: Home) -> Engine:
    """Open the work store of a home, creating and migrating it as needed.

    Transactions begin by taking the write lock, so that two processes never decide on the same stale reading.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    stat = home.work.stat() if home.work.exists() else None
    return _engine(home.work, stat.st_ino if stat else 0)


@lru_cache(maxsize=8)
def _engine(path: Path, _inode: int) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": _BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # One who only reads sees one state from beginning to end, and keeps nobody from writing.
        only_reads = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        version = connection.scalar(text("select version_num from alembic_version")) if known else None
    if version != HEAD:
        _migrate(engine)
    return engine


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
