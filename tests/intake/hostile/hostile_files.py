"""Every hostile file, under one name: `CASES[id].write(folder)` makes the bytes and returns the path."""

from __future__ import annotations

from . import cells, columns, encodings, markup, packages, places, sheets
from .case import CASES, Case

__all__ = ["CASES", "FAMILIES", "Case"]

FAMILIES = (encodings, cells, packages, markup, sheets, columns, places)
