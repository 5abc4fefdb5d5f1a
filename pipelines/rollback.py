"""Builds as they were, and the way back to one: receipts are withdrawn, so that no later build brings them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.home import Home
from data.manifest import Published, published
from data.work import Build
from pipelines.build import build, file_of
from pipelines.receipts import live, make_live, reading

EMPTY = 0


class NoBuildError(Exception):
    """There is no such build to go back to."""


@dataclass(frozen=True)
class RolledBack:
    """The build in force now, the receipts withdrawn, and those taken back in."""

    published: Published
    withdrawn: Sequence[int]
    taken_back: Sequence[int]


def builds(home: Home) -> list[dict[str, Any]]:
    """Every build, newest first: build, built_at, reason, content, receipts, rows, seconds, published, kept."""
    if not home.work.exists():
        return []
    current = published(home)
    with Session(reading(home)) as session:
        return [
            {
                "build": record.number,
                "built_at": record.built_at,
                "reason": record.reason,
                "content": record.content,
                "receipts": record.receipts,
                "rows": record.rows,
                "seconds": record.seconds,
                "published": current is not None and current.build == record.number,
                "kept": file_of(home, record).exists(),
            }
            for record in session.scalars(select(Build).order_by(Build.number.desc()))
        ]


def roll_back(home: Home, to_build: int) -> RolledBack:
    """Go back to what a build held: withdraw every receipt it did not hold, take back those it did, and publish it.

    Build 0 is the store before its first file. A build whose file is no longer kept is made again from its
    receipts. Raises NoBuildError for an unknown build or the one in force, BuildError where it cannot be made again.
    """
    known = {entry["build"]: entry["receipts"] for entry in builds(home)} | {EMPTY: []}
    if to_build not in known:
        raise NoBuildError(f"there is no build {to_build}. There are: {', '.join(map(str, known))}.")
    current = published(home)
    counting = [receipt.id for receipt in live(home)]
    if current and current.build == to_build and counting == known[to_build]:
        before = next(number for number in known if number < to_build)
        raise NoBuildError(f"build {to_build} is the one in force. To undo it, go back to {before}.")
    withdrawn, taken_back = make_live(home, known[to_build], to_build)
    return RolledBack(build(home, f"rollback to {to_build}"), withdrawn, taken_back)
