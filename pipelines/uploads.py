"""Files that a reader hands over: checked and marked in a folder that is gone when the answer is there."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path, PureWindowsPath

from pipelines.intake.check import Checked, check_file
from pipelines.intake.mark import mark_workbook
from pipelines.intake.template import write_template

LONGEST_NAME = 60  # not policy: characters
"""Characters kept of a name: a file system holds 255 bytes, and one character can take four."""


def check_upload(name: str, content: bytes, dataset: str, needs: Collection[str] | None = None) -> Checked:
    """Check the bytes of an uploaded file; `name` is what its owner calls it, the rest as `check_file`."""
    with tempfile.TemporaryDirectory(prefix="tidu-upload-") as folder:
        return check_file(_put(Path(folder), name, content), dataset, needs)


def marked_upload(name: str, content: bytes, checked: Checked, language: str) -> bytes:
    """The uploaded file as a workbook with its findings marked, in zh or en."""
    with tempfile.TemporaryDirectory(prefix="tidu-upload-") as folder:
        out = Path(folder) / "out" / "marked.xlsx"
        out.parent.mkdir()
        mark_workbook(_put(Path(folder), name, content), checked, out, language)
        return out.read_bytes()


def template_bytes(dataset: str, language: str) -> bytes:
    """The workbook in which a dataset is filled in, in zh or en."""
    with tempfile.TemporaryDirectory(prefix="tidu-template-") as folder:
        out = Path(folder) / "template.xlsx"
        write_template(dataset, out, language)
        return out.read_bytes()


def plain_name(name: str) -> str:
    """A name that leads nowhere: its last part, printable, short, with its ending."""
    last = PureWindowsPath(name.replace("\0", "")).name
    shown = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    ending = Path(shown).suffix[-10:]
    return shown.removesuffix(ending)[:LONGEST_NAME] + ending if shown else "upload"


def _put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / plain_name(name)
    path.write_bytes(content)
    return path
