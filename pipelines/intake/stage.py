"""Check a file and stage its typed rows as Parquet, ready to be loaded; a file of any length in bounded memory."""

from __future__ import annotations

import glob
import stat
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from data.dataset import contract
from pipelines.intake.check import Checked, check_file
from pipelines.intake.check import _close as close
from pipelines.intake.open_file import LARGEST_CSV, LARGEST_FILE, is_csv
from pipelines.intake.sheets import Refused
from pipelines.intake.stage_long import stage_long
from pipelines.intake.stage_pieces import PIECE, UnsureError
from pipelines.intake.stage_rows import staged_rows

LONG = 64 << 20
"""Bytes from which a CSV file is read piece by piece."""


def stage_file(
    path: Path,
    dataset: str | None,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
    sheets: Collection[int] | None = None,
) -> Checked:
    """Check a file as `check_file` does and, when it is accepted, write its typed rows to the Parquet file ``out``.

    Args:
        path: CSV, XLSX, XLS or Parquet; a CSV file may have 16 GiB, any other 2 GiB.
        dataset: the dataset it holds; None to recognise it by its headers.
        out: columns of `typed_schema` in the contract's order, then extras (JSON object of the columns that the
            contract does not know, null where they are blank), sheet_no, row_no. Nothing is left there when the file
            is refused or on an error.
        progress: called with bytes done and bytes in all, for long files only.
        sheets: numbers of the sheets to look at, of a workbook; None for all.

    Returns:
        The outcome, whose ``frame`` is None: the rows are in ``out``, those of a workbook of several datasets in a
        `part_file` for each of its parts.
    """
    path, out = Path(path), Path(out)
    is_kept = False
    try:
        checked = _staged(path, dataset, out, progress, sheets)
        is_kept = checked.accepted
        return checked
    finally:
        if not is_kept:
            for left in (out, *out.parent.glob(f"{glob.escape(out.name)}-*")):
                left.unlink(missing_ok=True)


def part_file(out: Path, part: Checked) -> Path:
    """Where the typed rows of a part are staged, for the ``out`` that `stage_file` was given."""
    return out.with_name(f"{out.name}-{part.dataset}")


def _staged(
    path: Path,
    dataset: str | None,
    out: Path,
    progress: Callable[[int, int], None] | None,
    sheets: Collection[int] | None,
) -> Checked:
    size = _size(path)
    if size < LONG or not is_csv(path):
        return _stage_whole(path, dataset, out, sheets)
    if size > LARGEST_CSV:
        shown = {"size": f"{size / (1 << 30):.1f}", "limit": LARGEST_CSV >> 30}
        return _refused(path, dataset, Refused("file_too_large", **shown))
    try:
        return stage_long(path, dataset, out, progress, PIECE)
    except UnsureError as unsure:
        if size <= LARGEST_FILE or unsure.refused is None:
            return _stage_whole(path, dataset, out)
        return _refused(path, dataset, unsure.refused)


def _stage_whole(
    path: Path, dataset: str | None, out: Path, sheets: Collection[int] | None = None
) -> Checked:
    checked = check_file(path, dataset, sheets=sheets)
    if not checked.accepted:
        return checked
    for part in checked.parts:
        _write(part, part_file(out, part))
    if not checked.parts:
        _write(checked, out)
    return replace(checked, frame=None, parts=tuple(replace(part, frame=None) for part in checked.parts))


def _write(checked: Checked, out: Path) -> None:
    if checked.frame is not None and checked.dataset is not None:
        staged = staged_rows(checked.frame, contract(checked.dataset))
        staged.write_parquet(out, compression="lz4", statistics=False, row_group_size=1 << 17)


def _refused(path: Path, dataset: str | None, refused: Refused) -> Checked:
    return close(path.name, dataset, "", [], [refused.finding()], None)


def _size(path: Path) -> int:
    try:
        about = path.stat()
    except (OSError, ValueError):
        return 0
    return about.st_size if stat.S_ISREG(about.st_mode) else 0
