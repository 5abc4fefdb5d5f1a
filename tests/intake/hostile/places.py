"""Paths that are no ordinary file."""

from __future__ import annotations

import os
from pathlib import Path

from .case import hostile
from .honest import honest_rows, write_xlsx


@hostile(errors=("",))
def missing_file(folder: Path) -> Path:
    """Nothing under this name."""
    return folder / "not_here.xlsx"


@hostile(errors=("",))
def a_directory(folder: Path) -> Path:
    """A folder that is called like a workbook."""
    path = folder / "folder.xlsx"
    path.mkdir()
    return path


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000})
def a_link_to_a_good_file(folder: Path) -> Path:
    """A symbolic link is followed."""
    write_xlsx(folder / "target.xlsx", honest_rows())
    (folder / "link.xlsx").symlink_to(folder / "target.xlsx")
    return folder / "link.xlsx"


@hostile(errors=("",))
def a_link_to_itself(folder: Path) -> Path:
    """A symbolic link that never arrives."""
    (folder / "loop.xlsx").symlink_to(folder / "loop.xlsx")
    return folder / "loop.xlsx"


@hostile(errors=("",), heavy=True)
def an_endless_device(folder: Path) -> Path:
    """A link to a device that never stops giving bytes."""
    (folder / "zero.csv").symlink_to("/dev/zero")
    return folder / "zero.csv"


@hostile(errors=("",), heavy=True)
def a_pipe_nobody_writes_to(folder: Path) -> Path:
    """Opening it would wait for ever."""
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


@hostile(errors=("",))
def a_file_without_permission(folder: Path) -> Path:
    """Readable by nobody (the system's administrator reads it all the same)."""
    path = write_xlsx(folder / "locked.xlsx", honest_rows())
    path.chmod(0)
    return path


@hostile(errors=("",))
def an_unknown_ending(folder: Path) -> Path:
    """Plain prose in a file of no known kind."""
    path = folder / "letter.txt"
    path.write_text("尊敬的领导：\n请查收附件。\n", encoding="utf-8")
    return path
