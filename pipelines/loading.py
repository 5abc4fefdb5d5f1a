"""Load files: take a copy, check it, keep it, acknowledge it, publish it. A file is loaded whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.home import Home
from data.manifest import Published
from data.work import Receipt
from pipelines.build import Progress, build, staged_file
from pipelines.durable import flush, put_in_place
from pipelines.intake.check import Checked, check_file
from pipelines.intake.findings import WARNING
from pipelines.intake.stage import stage_file
from pipelines.receipts import acknowledge, live, now

_PIECE = 1 << 22
_SYNTHETIC = ("synthetic", "合成")


@dataclass(frozen=True)
class Loaded:
    """What became of one file: its check; the receipt that holds it, None when it was refused or only tried."""

    checked: Checked
    receipt: int | None
    is_new: bool


def load(
    home: Home,
    paths: Sequence[Path],
    dataset: str | None = None,
    *,
    dry_run: bool = False,
    replaces: int | None = None,
    synthetic: bool | None = None,
    sample_of: int | None = None,
    reading: Callable[[str, int, int], None] | None = None,
    building: Progress | None = None,
) -> tuple[list[Loaded], Published | None]:
    """Load files and publish a build that holds the accepted ones; returns what became of each, and that build.

    Each file stands for itself: one that is refused leaves no trace and keeps no other out. The same bytes loaded
    again are the receipt they already have. ``synthetic``: whether the data is made up (None: where the file's
    name says so). The build is None after a dry run, or when nothing was accepted. Raises NoReceiptError for a
    ``replaces`` that does not count, BuildError where an acknowledged file cannot be read.
    """
    outcomes = [
        _take_in(home, path, dataset, dry_run, replaces, synthetic, sample_of, reading) for path in paths
    ]
    if dry_run or all(outcome.receipt is None for outcome in outcomes):
        return outcomes, None
    return outcomes, build(home, "load", progress=building)


def _take_in(
    home: Home,
    path: Path,
    dataset: str | None,
    dry_run: bool,
    replaces: int | None,
    synthetic: bool | None,
    sample_of: int | None,
    reading: Callable[[str, int, int], None] | None,
) -> Loaded:
    home.intake.mkdir(parents=True, exist_ok=True)
    home.staged.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    aside = home.intake / f".incoming-{os.getpid()}-{threading.get_ident()}"
    typed = home.staged / f".{aside.name}"
    if not path.is_file():
        return Loaded(check_file(path, dataset), None, is_new=False)
    try:
        # What is checked is the copy: the submitter's file may still be written to.
        sha256, size = _copy(path, aside)
        said = (lambda done, total: reading(path.name, done, total)) if reading else None
        checked = dataclasses.replace(stage_file(aside, dataset, typed, said), file=path.name)
        if not checked.accepted:
            return Loaded(checked, None, is_new=False)
        if dry_run:
            known = any((one.sha256, one.dataset) == (sha256, checked.dataset) for one in live(home))
            return Loaded(checked, None, is_new=not known)
        receipt = Receipt(
            sha256=sha256,
            file=path.name,
            stored=f"{sha256}{path.suffix.lower()}",
            dataset=checked.dataset,
            format=checked.format,
            size_bytes=size,
            rows=checked.rows,
            received_at=now(),
            synthetic=any(word in path.name for word in _SYNTHETIC) if synthetic is None else synthetic,
            sample_of=sample_of,
            replaces=replaces,
            findings=_counts(checked),
            places=_places(checked),
        )
        put_in_place(aside, home.intake / receipt.stored)
        typed.replace(staged_file(home, receipt))
        held, is_new = acknowledge(home, receipt)
        return Loaded(checked, held.id, is_new)
    finally:
        aside.unlink(missing_ok=True)
        typed.unlink(missing_ok=True)


def _copy(path: Path, to: Path) -> tuple[str, int]:
    """Copy and hash in one pass; the disk writes while the copy is checked."""
    taken = hashlib.sha256()
    size = 0
    with path.open("rb") as source, to.open("wb") as copy:
        while piece := source.read(_PIECE):
            taken.update(piece)
            copy.write(piece)
            size += len(piece)
    threading.Thread(target=_write_out, args=(to,), daemon=True).start()
    return taken.hexdigest(), size


def _write_out(path: Path) -> None:
    try:
        flush(path)
    except OSError:
        # Refused meanwhile and taken away, or a disk fault: the flush before the rename raises it again.
        return


def _counts(checked: Checked) -> dict[str, int]:
    """Warnings of the first reader as rule|column → cells; the second reader is held against them."""
    warned = checked.findings.filter(pl.col("severity") == WARNING)
    return dict(
        sorted(
            Counter(
                f"{rule}|{column or ''}" for rule, column in warned.select("rule", "column").iter_rows()
            ).items()
        )
    )


def _places(checked: Checked) -> dict[str, object]:
    """Where each column of each sheet stood, so that a row's number becomes a cell."""
    return {
        str(number): {
            "sheet": sheet,
            "header_row": checked.header_rows[sheet],
            "columns": checked.header_maps[sheet],
            "extras": checked.extras.get(sheet, {}),
        }
        for number, sheet in checked.sheet_numbers.items()
    }


def _sweep(home: Home) -> None:
    """Take away the copies of processes that died; a living one's are left alone."""
    for folder in (home.intake, home.staged):
        for left in folder.glob(".*incoming-*"):
            process = int(left.name.split("-")[1])
            if not _is_alive(process):
                left.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
