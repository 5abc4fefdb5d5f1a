"""The to-do sheet that a marked workbook carries: its names and the sign by which it is known again.

The reader skips it and marking replaces it, so both need the same answer to "is this ours?". A name alone is not
enough: a submitter may have a sheet of that name, and it must neither be skipped nor deleted.
"""

from __future__ import annotations

import polars as pl

from data.words import LANGUAGES, text
from pipelines.intake.sheets import ROW, RawSheet


def is_todo_sheet(name: str, first_cell: object) -> bool:
    """Whether a sheet of this name, with this value in A1, was written by marking.

    Args:
        name: the sheet's name; continuation sheets carry a number, as in ``待办 (2)``.
        first_cell: the value of A1 as any reader gives it.
    """
    known = [text("todo.sheet", language) for language in LANGUAGES]
    signs = [text("todo.sign", language) for language in LANGUAGES]
    ours = any(name == base or name.startswith(f"{base} (") for base in known)
    return ours and isinstance(first_cell, str) and first_cell.strip() in signs


def is_ours(sheet: RawSheet) -> bool:
    """Whether a sheet as read was written by marking."""
    top = sheet.cells.filter(pl.col(ROW) == 1) if "A" in sheet.letters else sheet.cells.clear()
    return top.height > 0 and is_todo_sheet(sheet.name, top["A"][0])


def free_name(language: str, taken: set[str]) -> str:
    """A name for the next to-do sheet that no other sheet has; Excel compares names without case."""
    folded = {name.casefold() for name in taken}
    base = text("todo.sheet", language)
    number = 1
    while (name := base if number == 1 else f"{base} ({number})").casefold() in folded:
        number += 1
    return name
