"""Build the facts: a function of the acknowledged files and of the policy, written as a new file, then published.

Order: facts file flushed, build recorded, manifest replaced. Whatever instant a process dies at, the manifest names
a whole build, and the next build takes up every acknowledged receipt.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access import SETTINGS
from data.dataset import CONTRACTS
from data.home import Home
from data.manifest import Published, as_text, facts_file, published
from data.work import Build, Receipt, open_work
from pipelines import facts_tables as tables
from pipelines.durable import only_one, put_in_place, write_in_place
from pipelines.intake.stage import stage_file
from pipelines.receipts import live, now, reading
from pipelines.title_ledger import write_periods

KEPT = 3  # not policy: builds whose files stay on the disk
MEMORY = "2GB"
THREADS = 2
_DATA = CONTRACTS.parent
_LATEST_DAY = (
    "SELECT max(event_date) FROM title_rows WHERE superseded_by IS NULL AND event_date <= current_date"
)

Progress = Callable[[str, int, int], None]


class BuildError(Exception):
    """The facts cannot be built: an acknowledged file is gone, changed, or no longer accepted."""


def build(
    home: Home,
    reason: str,
    *,
    anew: bool = False,
    from_intake: bool = False,
    progress: Progress | None = None,
) -> Published:
    """Publish what is acknowledged; returns the build in force afterwards.

    Where the published build already holds it, nothing happens, and where a kept build does, that one is published
    again; ``anew`` builds all the same. ``from_intake`` reads every file again instead of its staged rows. Raises
    BuildError, naming the file.
    """
    with only_one(home):
        _sweep(home)
        receipts = live(home)
        policy = policy_hash()
        if not anew and (found := _standing(home, receipts, policy)):
            return found
        return _write(home, receipts, policy, reason, from_intake, progress)


def policy_hash() -> str:
    """The hash of every contract and policy file that a build depends on."""
    taken = hashlib.sha256()
    for path in sorted((*CONTRACTS.glob("*.yaml"), *(_DATA / "policy").rglob("*.yaml"))):
        taken.update(path.relative_to(_DATA).as_posix().encode())
        taken.update(hashlib.sha256(path.read_bytes()).digest())
    return taken.hexdigest()


def staged_file(home: Home, receipt: Receipt) -> Path:
    """Where the typed rows of a receipt are kept, for the contract as it stands."""
    rules = hashlib.sha256((CONTRACTS / f"{receipt.dataset}.yaml").read_bytes()).hexdigest()
    return home.staged / f"{receipt.sha256}-{rules[:16]}.parquet"


def stage(home: Home, receipt: Receipt, *, anew: bool = False) -> Path:
    """The staged rows of a receipt, read again from its intake file where they are absent; errors as in `build`."""
    out = staged_file(home, receipt)
    if out.exists() and not anew:
        return out
    stored = home.intake / receipt.stored
    if not stored.exists():
        raise BuildError(
            f"{stored.name} ({receipt.file}) is missing from the intake. Restore it from a backup."
        )
    with stored.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != receipt.sha256:
            raise BuildError(
                f"{stored.name} ({receipt.file}) was changed on the disk. Restore it from a backup."
            )
    home.staged.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    sheets = {int(number) for number in receipt.places}
    checked = stage_file(stored, receipt.dataset, aside, sheets=sheets)
    if not checked.accepted:
        raise BuildError(
            f"{receipt.file} (receipt {receipt.id}) is no longer accepted by the contract {receipt.dataset}: "
            f"{checked.errors} errors. Load a corrected file with --replaces {receipt.id}."
        )
    aside.replace(out)
    return out


def write_facts(
    home: Home,
    receipts: Sequence[Receipt],
    out: Path,
    *,
    from_intake: bool = False,
    progress: Progress | None = None,
) -> tuple[str, dict[str, int], dt.date | None]:
    """Write a facts file; returns the hash of its content, current rows by dataset, and the latest day of a fact."""
    out.unlink(missing_ok=True)
    spill = out.with_suffix(".spill")
    connection = duckdb.connect(
        str(out),
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # It would be drawn on standard output, amid what a program reads from there.
    connection.execute("SET enable_progress_bar = false")
    try:
        connection.execute("BEGIN")
        tables.create_tables(connection)
        for at, receipt in enumerate(receipts):
            if progress:
                progress(receipt.file, at, len(receipts))
            tables.add_receipt(connection, _receipt_row(receipt))
            tables.add_rows(connection, receipt.dataset, stage(home, receipt, anew=from_intake), receipt.id)
            if receipt.terms:
                tables.add_terms(connection, receipt.id, receipt.terms)
        for dataset in {receipt.dataset for receipt in receipts}:
            of_it = [receipt for receipt in receipts if receipt.dataset == dataset]
            replaced = {receipt.replaces: receipt.id for receipt in of_it if receipt.replaces}
            tables.mark_superseded(connection, dataset, [receipt.id for receipt in of_it], replaced)
        write_periods(connection)
        content = hashlib.sha256("\n".join(tables.content_of(connection)).encode()).hexdigest()
        rows = tables.current_rows(connection)
        latest = connection.execute(_LATEST_DAY).fetchall()[0][0]
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)
    return content, rows, latest


def publish(home: Home, record: Build, receipts: Sequence[Receipt], as_of: dt.date | None) -> Published:
    """Make a recorded build the one in force."""
    samples = {receipt.sample_of for receipt in receipts if receipt.sample_of}
    found = Published(
        build=record.number,
        file=_file_name(record),
        content=record.content,
        policy=record.policy,
        published_at=now(),
        synthetic=any(receipt.synthetic for receipt in receipts),
        sample_of=samples.pop() if len(samples) == 1 else None,
        as_of=as_of,
        receipts=tuple(receipt.id for receipt in receipts),
        rows=record.rows,
    )
    write_in_place(home.manifest, as_text(found).encode())
    return found


def _standing(home: Home, receipts: Sequence[Receipt], policy: str) -> Published | None:
    """The published build, or a kept one published again, if it holds exactly these receipts under this policy."""
    ids = [receipt.id for receipt in receipts]
    try:
        current = published(home)
    except ValueError:
        current = None
    if (
        current
        and list(current.receipts) == ids
        and current.policy == policy
        and facts_file(home, current).exists()
    ):
        return current
    with Session(reading(home), expire_on_commit=False) as session:
        for record in session.scalars(select(Build).order_by(Build.number.desc())):
            file = file_of(home, record)
            if record.receipts == ids and record.policy == policy and file.exists():
                return publish(home, record, receipts, _latest_day(file))
    return None


def _latest_day(file: Path) -> dt.date | None:
    with duckdb.connect(str(file), read_only=True, config=SETTINGS) as connection:
        return connection.execute(_LATEST_DAY).fetchall()[0][0]


def _write(
    home: Home,
    receipts: Sequence[Receipt],
    policy: str,
    reason: str,
    from_intake: bool,
    progress: Progress | None,
) -> Published:
    began = time.monotonic()
    home.facts.mkdir(parents=True, exist_ok=True)
    with Session(reading(home)) as session:
        number = (session.scalar(select(func.max(Build.number))) or 0) + 1
    aside = home.facts / f".building-{number}.duckdb"
    content, rows, as_of = write_facts(home, receipts, aside, from_intake=from_intake, progress=progress)
    record = Build(
        number=number,
        built_at=now(),
        reason=reason,
        receipts=[receipt.id for receipt in receipts],
        policy=policy,
        content=content,
        rows=rows,
        seconds=round(time.monotonic() - began, 2),
    )
    put_in_place(aside, file_of(home, record))
    with Session(open_work(home), expire_on_commit=False) as session, session.begin():
        session.add(record)
    found = publish(home, record, receipts, as_of)
    _prune(home, number)
    return found


def file_of(home: Home, record: Build) -> Path:
    """Where the facts of a recorded build are, if they are kept."""
    return home.facts / _file_name(record)


def _file_name(record: Build) -> str:
    # With the content in its name, a file is never replaced by another under a name that some process has open.
    return f"facts-{record.number}-{record.content[:8]}.duckdb"


def _receipt_row(receipt: Receipt) -> dict[str, object]:
    return {
        "receipt_id": receipt.id,
        "sha256": receipt.sha256,
        "file": receipt.file,
        "dataset": receipt.dataset,
        "received_at": receipt.received_at.replace(tzinfo=None),
        "rows": receipt.rows,
        "format": receipt.format,
        "synthetic": receipt.synthetic,
        "sample_of": receipt.sample_of,
        "replaces": receipt.replaces,
        "findings": receipt.findings,
        "places": receipt.places,
    }


def _sweep(home: Home) -> None:
    """Take away what a process that died left half-made; only the holder of the lock makes such files."""
    for left in home.facts.glob(".building-*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _prune(home: Home, newest: int) -> None:
    """Keep the last three builds; an older one can be made again from its receipts."""
    for file in home.facts.glob("facts-*.duckdb"):
        number = int(file.stem.split("-")[1])
        if number <= newest - KEPT:
            file.unlink()
            shutil.rmtree(home.derived / str(number), ignore_errors=True)
