"""A backup is one archive: the work store and every file of the intake. Facts are not in it, they are made again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
from dataclasses import dataclass
from pathlib import Path

from data.home import Home
from data.manifest import Published, published
from pipelines.build import build
from pipelines.durable import flush, only_one, put_in_place
from pipelines.receipts import now

_ABOUT = "backup.json"
_FORM = 1


class BackupError(Exception):
    """A backup that cannot be made or used; the store is as it was."""


@dataclass(frozen=True)
class Restored:
    """The published build of the restored store, whether its content equals the backed-up one, and the old store."""

    published: Published | None
    equals_original: bool | None
    before: Path | None


def back_up(home: Home, out: Path) -> dict[str, object]:
    """Write a backup; returns what it holds. A load that goes on meanwhile is in it whole or not at all."""
    if not home.work.exists():
        raise BackupError(f"there is no store in {home.folder}: nothing to back up.")
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    snapshot = aside.with_name(f"{aside.name}.sqlite")
    try:
        with sqlite3.connect(home.work) as source, sqlite3.connect(snapshot) as copy:
            source.backup(copy)
        receipts = _receipts(snapshot)
        current = published(home)
        about = {
            "form": _FORM,
            "made_at": now().isoformat(),
            "receipts": len(receipts),
            "content": current.content if current else None,
            "policy": current.policy if current else None,
            "live": list(current.receipts) if current else [],
        }
        (note := aside.with_name(f"{aside.name}.json")).write_text(json.dumps(about, indent=1))
        with tarfile.open(aside, "w") as archive:
            archive.add(note, _ABOUT)
            archive.add(snapshot, home.work.name)
            for stored in sorted({stored for stored, _ in receipts}):
                archive.add(home.intake / stored, f"intake/{stored}")
        put_in_place(aside, out)
    finally:
        for left in (aside, snapshot, aside.with_name(f"{aside.name}.json")):
            left.unlink(missing_ok=True)
    return about


def restore(home: Home, archive: Path) -> Restored:
    """Put a backup's store in place of the one there is; the old one is kept beside it under another name.

    The archive is unpacked aside, every file is held against its receipt, and the facts are built there, before
    anything changes. Raises BackupError for an archive that is damaged or not a backup.
    """
    aside = home.folder.with_name(f".{home.folder.name}.restoring-{os.getpid()}")
    try:
        about = _unpack(archive, aside)
        fresh = Home(aside)
        _verify(fresh)
        made = build(fresh, "restore")
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    with only_one(home):
        stamp = now().strftime("%Y%m%dT%H%M%S%f")
        before: Path | None = home.folder.with_name(f"{home.folder.name}.before-restore-{stamp}")
        home.folder.rename(before)
        if {entry.name for entry in before.iterdir()} <= {home.lock.name}:  # there was no store
            shutil.rmtree(before)
            before = None
        aside.rename(home.folder)
    flush(home.folder.parent)
    comparable = about["policy"] == made.policy and about["live"] == list(made.receipts)
    return Restored(made, made.content == about["content"] if comparable else None, before)


def _unpack(archive: Path, to: Path) -> dict[str, object]:
    to.mkdir(parents=True)
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(to, filter="data")
        about = json.loads((to / _ABOUT).read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BackupError(f"{archive.name} is not a whole backup of a store. Take another copy.") from error
    if about.get("form") != _FORM:
        raise BackupError(
            f"{archive.name} is of form {about.get('form')}, and this release reads form {_FORM}."
        )
    (to / _ABOUT).unlink()
    return about


def _verify(home: Home) -> None:
    for stored, sha256 in _receipts(home.work):
        try:
            with (home.intake / stored).open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            same = False
        if not same:
            raise BackupError(f"intake/{stored} in the backup is missing or damaged. Take another copy.")


def _receipts(work: Path) -> list[tuple[str, str]]:
    """The intake name and hash of every receipt in a snapshot, read as it is: nothing is migrated."""
    with sqlite3.connect(work) as snapshot:
        return snapshot.execute("SELECT stored, sha256 FROM receipts ORDER BY id").fetchall()
