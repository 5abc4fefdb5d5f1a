"""One firm as a batch of one: the cells of a form pass the same check and the same engine as a file.

Nothing is stored. The contract wants a credit code, a name and a province; a form may leave them out, so they are
filled with a code that belongs to nobody, and no result is ever shown under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from data.rulebook import rule_sets, standard
from data.rules import Provincial, Standard
from metrics.scoring.explain import Explanation, explain
from metrics.scoring.improve import Ways, ways
from metrics.scoring.score import score_firms
from metrics.scoring.size import size_classes
from metrics.scoring.win_back import Chance, chances
from pipelines.intake.check import Checked, check_rows
from pipelines.intake.findings import render
from pipelines.intake.provinces import units

DATASET = "annual_returns"
NOBODY = "0" * 18
Cells = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class OneFirm:
    """What the engine says of one firm; `size_class` and `industry` are ids, `industry` None where not placed."""

    explanation: Explanation
    chances: tuple[Chance, ...]
    ways: Ways
    size_class: str
    industry: str | None
    typed: pl.DataFrame


def check_firm(cells: Cells, year: int, province: str | None = None) -> Checked:
    """Check the cells of one firm: (column, years before `year`) → text as entered, blank or absent is missing.

    Row 1 of the findings is `year`, row 2 the year before, and so on.
    """
    earliest = max((before for _, before in cells), default=0)
    fields = list(dict.fromkeys(field for field, _ in cells))
    fixed = {"uscc": NOBODY, "name": NOBODY, "province": province or _without_own_rule()}
    rows = [
        {
            **fixed,
            "year": str(year - before),
            **{field: cells.get((field, before)) or None for field in fields},
        }
        for before in range(earliest + 1)
    ]
    return check_rows(pl.DataFrame(rows, schema=dict.fromkeys([*fixed, "year", *fields], pl.String)), DATASET)


def findings_by_cell(checked: Checked, language: str) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """Findings where they belong: (column, years before) → (severity, message and remedy)."""
    found: dict[tuple[str, int], list[tuple[str, str]]] = {}
    rendered = render(checked.findings, language)
    for row in rendered.iter_rows(named=True):
        text = f"{row['message']}{'。' if language == 'zh' else '. '}{row['remedy']}"
        found.setdefault((row["column"], int(row["row_no"] or 1) - 1), []).append((row["severity"], text))
    return found


def score_firm(checked: Checked, rule: Standard, year: int) -> OneFirm:
    """Score and explain the firm of an accepted check, and say what it would take. Raises ValueError if refused."""
    typed = checked.frame
    if typed is None:
        raise ValueError("the firm was refused: see the findings of the check.")
    explanation = explain(score_firms(typed, rule, year), rule, year)
    found = ways(typed, rule, year)
    size = size_classes(typed.filter(pl.col("year") == year)).row(0, named=True)
    return OneFirm(
        explanation, chances(explanation, found), found, size["size_class"], size["industry"], typed
    )


def _without_own_rule() -> str:
    """A reporting unit that no provincial rule speaks of, for a form without a province."""
    bound = {
        plug_in.province
        for known in rule_sets()
        for tier in known.shipped
        for criterion in standard(known.id, tier).criteria
        if isinstance(criterion.rule, Provincial)
        for plug_in in criterion.rule.plug_ins
    }
    return next(code for code in units() if code not in bound)
