"""Files that outlive a power cut: written aside, flushed to the disk, and put in place by one rename."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.home import Home


def flush(path: Path) -> None:
    """Have the system write a file, or the entries of a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(written: Path, final: Path) -> None:
    """Flush a written file and give it its name; whoever looks sees the old file or the whole new one."""
    flush(written)
    written.replace(final)
    flush(final.parent)


def write_in_place(path: Path, content: bytes) -> None:
    """Write bytes under a name, all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    put_in_place(aside, path)


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the lock of a store; the system lets go of it when the process ends, however it ends."""
    while True:
        home.folder.mkdir(parents=True, exist_ok=True)
        with home.lock.open("a+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            # A restore may have put another folder here while this process waited.
            if not _same(held.fileno(), home.lock):
                continue
            yield
            return


def _same(handle: int, path: Path) -> bool:
    try:
        return os.fstat(handle).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
