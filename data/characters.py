"""Traditional characters and their simplified form, for comparing names; see ``data/reference/README.md``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "reference" / "traditional_characters.csv"


@cache
def simplified() -> Mapping[str, str]:
    """Traditional character → its one simplified form; characters that simplified text uses too are not in it."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["traditional"]: row["simplified"] for row in csv.DictReader(file)}
