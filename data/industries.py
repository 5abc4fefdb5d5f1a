"""The industry codes of GB/T 4754-2017, from section to class, in the order of the standard."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "reference" / "gbt4754_2017.csv"
SECTION_LENGTH = 1


@dataclass(frozen=True)
class IndustryCode:
    """One code with its Chinese name and the code above it; `name_en` is ours, "" below the levels that have one."""

    code: str
    name: str
    parent: str
    name_en: str

    @property
    def is_section(self) -> bool:
        """Whether it is a letter, which says too little to place a firm."""
        return len(self.code) == SECTION_LENGTH


@cache
def industry_codes() -> dict[str, IndustryCode]:
    """Every code, sections included, by code."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: IndustryCode(**row) for row in csv.DictReader(file)}


def english_name(code: str) -> str:
    """The nearest English name at or above a code."""
    found = industry_codes()[code]
    while not found.name_en:
        found = industry_codes()[found.parent]
    return found.name_en
