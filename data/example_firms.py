"""Synthetic firms that stand exactly on edges, for trying a form out: ``data/reference/example_firms.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.dataset import contract
from data.rules import TIERS
from data.strict_yaml import load, refuse_unknown

EXAMPLES = Path(__file__).parent / "reference" / "example_firms.yaml"


@cache
def example_firm(tier: str) -> dict[tuple[str, int], str]:
    """The example of a tier: (column, years before the assessed year) → cell as a person would enter it.

    Raises FileError for a tier or column that does not exist.
    """
    tree = refuse_unknown(load(EXAMPLES), TIERS, EXAMPLES.name, "")
    cells = {}
    for before, row in tree[tier].items():
        refuse_unknown(row, contract("annual_returns").fields, EXAMPLES.name, f"{tier}.{before}")
        cells |= {(field, int(before)): value for field, value in row.items()}
    return cells
