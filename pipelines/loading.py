"""Load files: take a copy, check it, keep it, acknowledge it, publish it. A file is loaded whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.home import Home
from data.manifest import Published
from data.work import Receipt
from pipelines.build import Progress, build, staged_file
from pipelines.durable import flush, put_in_place
from pipelines.intake.check import Checked, check_file
from pipelines.intake.findings import WARNING, finding
from pipelines.intake.stage import part_file, stage_file
from pipelines.receipts import acknowledge, live, now

LISTS = "title_lists"
"""The dataset whose files say nothing of themselves: what they are stands in the terms of their receipt."""

_PIECE = 1 << 22
_SYNTHETIC = ("synthetic", "合成")


@dataclass(frozen=True)
class Loaded:
    """What became of one file: its check; the receipts that hold it, none when it was refused or only tried.

    A file has one receipt, a workbook of several datasets one for each.
    """

    checked: Checked
    receipts: tuple[int, ...]
    is_new: bool

    @property
    def receipt(self) -> int | None:
        """The first receipt."""
        return self.receipts[0] if self.receipts else None


def load(
    home: Home,
    paths: Sequence[Path],
    dataset: str | Sequence[str] | None = None,
    *,
    dry_run: bool = False,
    replaces: int | None = None,
    synthetic: bool | None = None,
    sample_of: int | None = None,
    terms: Mapping[str, str] | None = None,
    reading: Callable[[str, int, int], None] | None = None,
    building: Progress | None = None,
    before_build: Callable[[Home], object] | None = None,
) -> tuple[list[Loaded], Published | None]:
    """Load files and publish a build that holds the accepted ones; returns what became of each, and that build.

    Each file stands for itself: one that is refused leaves no trace and keeps no other out. The same bytes loaded
    again are the receipt they already have. ``dataset``: what the files hold, or what each of them holds in their
    order; None to recognise it by their headers. ``synthetic``: whether the data is made up (None: where the file's
    name says so). ``terms``: what the operator says of an official list; without them none is taken.
    ``before_build``: what else is to be acknowledged for that build, once something was accepted. The build is None
    after a dry run, or when nothing was accepted. Raises NoReceiptError for a ``replaces`` that does not count,
    BuildError where an acknowledged file cannot be read.
    """
    outcomes = take_in(
        home,
        paths,
        dataset,
        dry_run=dry_run,
        replaces=replaces,
        synthetic=synthetic,
        sample_of=sample_of,
        terms=terms,
        reading=reading,
    )
    if dry_run or all(outcome.receipt is None for outcome in outcomes):
        return outcomes, None
    if before_build:
        before_build(home)
    return outcomes, build(home, "load", progress=building)


def take_in(
    home: Home,
    paths: Sequence[Path],
    dataset: str | Sequence[str] | None = None,
    *,
    dry_run: bool = False,
    replaces: int | None = None,
    synthetic: bool | None = None,
    sample_of: int | None = None,
    terms: Mapping[str, str] | None = None,
    reading: Callable[[str, int, int], None] | None = None,
) -> list[Loaded]:
    """What `load` does before it builds: whoever has more to acknowledge builds once, afterwards."""
    held = [dataset] * len(paths) if dataset is None or isinstance(dataset, str) else dataset
    return [
        _take_in(home, path, of_file, dry_run, replaces, synthetic, sample_of, terms, reading)
        for path, of_file in zip(paths, held, strict=True)
    ]


def _take_in(
    home: Home,
    path: Path,
    dataset: str | None,
    dry_run: bool,
    replaces: int | None,
    synthetic: bool | None,
    sample_of: int | None,
    terms: Mapping[str, str] | None,
    reading: Callable[[str, int, int], None] | None,
) -> Loaded:
    home.intake.mkdir(parents=True, exist_ok=True)
    home.staged.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    aside = home.intake / f".incoming-{os.getpid()}-{threading.get_ident()}"
    typed = home.staged / f".{aside.name}"
    if not path.is_file():
        return Loaded(check_file(path, dataset), (), is_new=False)
    try:
        # What is checked is the copy: the submitter's file may still be written to.
        sha256, size = _copy(path, aside)
        said = (lambda done, total: reading(path.name, done, total)) if reading else None
        checked = dataclasses.replace(stage_file(aside, dataset, typed, said), file=path.name)
        if checked.accepted and checked.dataset == LISTS and not terms:
            checked = _without_terms(checked)
        if not checked.accepted:
            return Loaded(checked, (), is_new=False)
        parts = checked.parts or (checked,)
        if dry_run:
            known = [(one.sha256, one.dataset, one.terms) for one in live(home)]
            is_new = any((sha256, part.dataset, terms) not in known for part in parts)
            return Loaded(checked, (), is_new=is_new)
        receipts = [
            Receipt(
                sha256=sha256,
                file=path.name,
                stored=f"{sha256}{path.suffix.lower()}",
                dataset=part.dataset,
                format=part.format,
                size_bytes=size,
                rows=part.rows,
                received_at=now(),
                synthetic=any(word in path.name for word in _SYNTHETIC) if synthetic is None else synthetic,
                sample_of=sample_of,
                replaces=replaces,
                findings=_counts(part),
                places=_places(part),
                terms=dict(terms) if terms else None,
            )
            for part in parts
        ]
        put_in_place(aside, home.intake / receipts[0].stored)
        for part, receipt in zip(parts, receipts, strict=True):
            (part_file(typed, part) if checked.parts else typed).replace(staged_file(home, receipt))
        held = acknowledge(home, receipts)
        return Loaded(checked, tuple(one.id for one, _ in held), any(is_new for _, is_new in held))
    finally:
        for left in (aside, typed, *home.staged.glob(f"{typed.name}-*")):
            left.unlink(missing_ok=True)


def _without_terms(checked: Checked) -> Checked:
    refused = finding("list_without_terms", dataset=checked.dataset)
    return dataclasses.replace(checked, findings=pl.concat([refused, checked.findings]), errors=1)


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
