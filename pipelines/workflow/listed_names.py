"""Names of official lists that no rule matches: a person says which firm it is, or that it is none of those offered.

A decision is a record of a person, numbered, never edited; a later one on the same name prevails, and undoing is a
later one too. The decisions enter the facts as files of the dataset `name_confirmations`, through the one door: when
the next list is loaded, or when somebody has them applied.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import access
from data.access import MINISTRY, NoFactsError
from data.home import Home
from data.manifest import Published, published
from data.readers import OPERATOR, Reader
from data.work import Receipt, open_work
from data.work_forms import NameDecision, NameFile
from metrics.names import normalised
from pipelines.build import BuildError, Progress, build
from pipelines.intake.credit_code import faults, normalise
from pipelines.loading import take_in
from pipelines.receipts import now, reading
from pipelines.workflow.refusals import ConflictError, IncompleteError, only

DATASET = "name_confirmations"
LONGEST = 500  # not policy: characters of the grounds
COLUMNS = ("name", "decision", "uscc", "reason", "confirmed_by", "confirmed_on", "record_no")
STANDING = {**dict.fromkeys(COLUMNS, pl.String), "confirmed_on": pl.Date, "record_no": pl.Int64}

Decision = Literal["firm", "none", "withdrawn"]


@dataclass(frozen=True)
class Decided:
    """A decision: its number, the name as printed and as compared, which version of the name's it is, what it says."""

    number: int
    name: str
    listed: str
    version: int
    decision: Decision
    uscc: str | None
    reason: str
    by: str
    saved_at: dt.datetime


def decide(
    home: Home, by: Reader, name: str, decision: Decision, *, reason: str, seen: int, uscc: str = ""
) -> Decided:
    """Record a decision on a name; on the disk when this returns, in the facts when it is applied.

    ``seen``: the version of the latest decision on the name that its writer saw, 0 for none. ``uscc``: the firm's
    code, with ``firm`` alone. Raises NotAllowedError for anyone but the operator and the ministry, IncompleteError
    (fields: name, reason, uscc) without a name or grounds, for a code that is none or that no table of the facts
    knows, and for a withdrawal of nothing; ConflictError where somebody has decided meanwhile.
    """
    only(by, "operator", "ministry")
    listed = as_compared(name)
    said = " ".join(reason.split())
    if not listed:
        raise IncompleteError("there is no name", "name")
    if not said or len(said) > LONGEST:
        raise IncompleteError(f"a decision needs its grounds, at most {LONGEST} characters", "reason")
    firm = _known_firm(home, uscc) if decision == "firm" else None
    with Session(open_work(home)) as session, session.begin():
        latest = session.scalars(
            select(NameDecision).filter_by(listed=listed).order_by(NameDecision.version.desc())
        ).first()
        if latest and latest.version != seen:
            raise ConflictError(_decided(latest))
        if decision == "withdrawn" and (latest is None or latest.decision == "withdrawn"):
            raise IncompleteError("nothing was decided of this name that could be withdrawn", "name")
        row = NameDecision(
            name=" ".join(name.split()),
            listed=listed,
            version=latest.version + 1 if latest else 1,
            decision=decision,
            uscc=firm,
            reason=said,
            by=by.code,
            saved_at=now(),
        )
        session.add(row)
        session.flush()
        return _decided(row)


def decisions(home: Home) -> list[Decided]:
    """Every decision, oldest first."""
    if not home.work.exists():
        return []
    with Session(reading(home)) as session:
        return [_decided(row) for row in session.scalars(select(NameDecision).order_by(NameDecision.id))]


def waiting(home: Home) -> pl.DataFrame:
    """The decisions that are in no file for the facts yet, oldest first: columns `STANDING`."""
    if not home.work.exists():
        return pl.DataFrame(schema=STANDING)
    with Session(reading(home)) as session:
        rows = _since(session)
        return pl.DataFrame([_line(row) for row in rows], schema=STANDING, orient="row")


def hand_over(home: Home, by: Reader = OPERATOR) -> int:
    """Put the decisions that wait into a file and have it acknowledged, without a build; returns how many waited.

    A file that no receipt holds, because a process died in between, is taken up again; one that was rolled back is
    not.
    """
    if not home.work.exists():
        return 0
    current = published(home)
    with Session(open_work(home)) as session, session.begin():
        rows = _since(session)
        if rows:
            content = _csv(rows)
            session.add(
                NameFile(
                    upto=rows[-1].id,
                    by=by.code,
                    at=now(),
                    synthetic=bool(current and current.synthetic),
                    sha256=hashlib.sha256(content).hexdigest(),
                    content=content,
                )
            )
    with Session(reading(home)) as session:
        held = set(session.scalars(select(Receipt.sha256).where(Receipt.dataset == DATASET)))
        files = [
            (f"{DATASET}_{file.id}.csv", file.synthetic, file.content)
            for file in session.scalars(select(NameFile).order_by(NameFile.id))
            if file.sha256 not in held
        ]
    with tempfile.TemporaryDirectory(prefix="tidu-names-") as folder:
        for name, synthetic, content in files:
            path = Path(folder) / name
            path.write_bytes(content)
            [outcome] = take_in(home, [path], DATASET, synthetic=synthetic)
            if not outcome.checked.accepted:
                raise BuildError(
                    f"{name} is not accepted by the contract {DATASET}: {outcome.checked.findings}"
                )
    return len(rows)


def apply_waiting(
    home: Home, by: Reader = OPERATOR, building: Progress | None = None
) -> tuple[int, Published]:
    """Publish a build that holds every decision; returns how many had waited, and that build. Raises BuildError."""
    only(by, "operator", "ministry")
    count = hand_over(home, by)
    done = build(home, "names", progress=building)
    return count, done


def as_compared(name: str) -> str | None:
    """A name as names are compared by; None where nothing is left of it."""
    return pl.select(normalised(pl.lit(name))).item()


def _known_firm(home: Home, uscc: str) -> str:
    code = normalise(pl.Series([uscc], dtype=pl.String))
    if code[0] is None or faults(code)[0] is not None:
        raise IncompleteError(f"{uscc!r} is no unified social credit code", "uscc")
    try:
        facts = access.read(MINISTRY, home)
    except NoFactsError:
        raise IncompleteError(f"{code[0]} is no firm of the facts: none are published", "uscc") from None
    for table in ("enterprises", "annual_returns", "title_rows"):
        if facts.table(table).filter(f"uscc = '{code[0]}'").limit(1).fetchall():
            return code[0]
    raise IncompleteError(f"{code[0]} is no firm of the facts: load its registration first", "uscc")


def _since(session: Session) -> Sequence[NameDecision]:
    upto = session.scalar(select(func.max(NameFile.upto))) or 0
    return session.scalars(select(NameDecision).where(NameDecision.id > upto).order_by(NameDecision.id)).all()


def _csv(rows: Sequence[NameDecision]) -> bytes:
    """The latest decision on each name, as a name may stand in a file once."""
    latest = {row.listed: row for row in rows}
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(COLUMNS)
    for row in latest.values():
        write.writerow(["" if cell is None else cell for cell in _line(row)])
    return out.getvalue().encode()


def _line(row: NameDecision) -> tuple[object, ...]:
    # The calendar of the place, as on every other date that a person reads.
    day = row.saved_at.astimezone().date()
    return (row.name, row.decision, row.uscc, row.reason, row.by, day, row.id)


def _decided(row: NameDecision) -> Decided:
    decision = cast("Decision", row.decision)
    return Decided(
        row.id, row.name, row.listed, row.version, decision, row.uscc, row.reason, row.by, row.saved_at
    )
