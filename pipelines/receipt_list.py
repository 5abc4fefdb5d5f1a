"""What was received, and what going back to a build would withdraw: for lists that people read."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import access
from data.access import Scope
from data.home import Home
from data.home import home as home_in_force
from data.work import Receipt
from pipelines.after_build import start_worker
from pipelines.receipts import live, reading
from pipelines.rollback import EMPTY, RolledBack, builds, roll_back

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "receipt_id": pl.Int64,
    "file": pl.String,
    "dataset": pl.String,
    "rows": pl.Int64,
    "received_at": pl.Datetime("us", "UTC"),
    "warnings": pl.Int64,
    "replaces": pl.Int64,
    "synthetic": pl.Boolean,
    "sample_of": pl.Int64,
    "counts": pl.Boolean,
    "sha256": pl.String,
}


class ChangedError(Exception):
    """The store changed between what was shown and what was confirmed."""


@dataclass(frozen=True)
class GoingBack:
    """The receipts that would be withdrawn, and those that would be taken back in."""

    withdrawn: tuple[int, ...]
    taken_back: tuple[int, ...]


def receipts(where: Home | None = None) -> pl.DataFrame:
    """Every receipt, newest first, with `COLUMNS`; ``counts`` is false for a withdrawn one."""
    home = where or home_in_force()
    if not home.work.exists():
        return pl.DataFrame(schema=COLUMNS)
    counting = {receipt.id for receipt in live(home)}
    with Session(reading(home)) as session:
        rows = [
            {
                "receipt_id": found.id,
                "file": found.file,
                "dataset": found.dataset,
                "rows": found.rows,
                "received_at": found.received_at,
                "warnings": sum(found.findings.values()),
                "replaces": found.replaces,
                "synthetic": found.synthetic,
                "sample_of": found.sample_of,
                "counts": found.id in counting,
                "sha256": found.sha256,
            }
            for found in session.scalars(select(Receipt).order_by(Receipt.id.desc()))
        ]
    return pl.DataFrame(rows, schema=COLUMNS)


def superseded_rows(receipt: int, dataset: str, scope: Scope, where: Home | None = None) -> dict[int, int]:
    """How many rows of which earlier receipts a receipt supersedes in the published build.

    Raises NoFactsError when nothing is published.
    """
    rows = access.read(scope, where).table(dataset, all_rows=True)
    counted = rows.filter(f"superseded_by = {receipt:d}").aggregate("receipt_id, count(*)", "receipt_id")
    return dict(sorted(counted.fetchall()))


def going_back(to_build: int, where: Home | None = None) -> GoingBack:
    """What going back to a build would do; KeyError for a build that there is not."""
    home = where or home_in_force()
    held = {entry["build"]: entry["receipts"] for entry in builds(home)} | {EMPTY: []}
    wanted, counting = set(held[to_build]), {receipt.id for receipt in live(home)}
    return GoingBack(tuple(sorted(counting - wanted)), tuple(sorted(wanted - counting)))


def go_back(to_build: int, shown: GoingBack, where: Home | None = None) -> RolledBack:
    """Go back to a build as it was confirmed, and have the worker begin on the build then in force.

    Raises ChangedError, without a change, where it would by now do something else than what was shown; the rest as
    `rollback.roll_back`.
    """
    home = where or home_in_force()
    if going_back(to_build, home) != shown:
        raise ChangedError
    done = roll_back(home, to_build)
    start_worker(home)
    return done
