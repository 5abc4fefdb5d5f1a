"""The headline figures of a composite index: who leads, how many are ranked, what is missing, how firm ranks are."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.composite_reasons import explained
from pages.components.composite_files import Given
from pages.components.figures import Figure
from pages.components.member_pages import Records, records_of
from pages.components.numbers import MISSING, exact
from pages.components.proof import Proof
from pages.components.words import t
from pipelines.calculators import UNIT, Composite

PLACES = 3


def index_figures(given: Given, found: Composite) -> list[Figure]:
    """Leader, units ranked, cells missing, and units whose rank the drawn weights move."""
    ranked = found.table.filter(pl.col("rank").is_not_null())
    first = ranked.filter(pl.col("rank") == 1)
    leaders, score = first[UNIT].to_list(), first["score"][0] if first.height else None
    moved = ranked.filter(pl.col("rank_p05") < pl.col("rank_p95"))
    shown = t("composite.and").join(leaders) or MISSING
    figures = [
        Figure(
            "leader",
            t("composite.leader"),
            shown,
            _proof(given, "leader", shown, [points_part(given, found, name) for name in leaders]),
            remark=t("composite.leader_remark", score=exact(_rounded(score))),
        ),
        Figure(
            "units",
            t("composite.units"),
            exact(ranked.height),
            _proof(given, "units", exact(ranked.height), [_scores_part(given, ranked)]),
            remark=t(
                "composite.units_remark", indicators=len(found.tree.leaves), nodes=len(found.tree.nodes)
            ),
        ),
        Figure(
            "missing",
            t("composite.cells_missing"),
            exact(found.missing),
            _proof(given, "missing", exact(found.missing), [_missing_part(given, found)]),
            remark=t(f"composite.missing_{given.missing}"),
        ),
    ]
    if given.draws:
        value = t("composite.of", part=exact(moved.height), whole=exact(ranked.height))
        part = _scores_part(given, moved)
        figures.append(
            Figure(
                "moved",
                t("composite.moved"),
                value,
                _proof(given, "moved", value, [part]),
                remark=t("composite.moved_remark", draws=exact(given.draws)),
            )
        )
    return figures


def points_part(given: Given, found: Composite, unit: str) -> Records:
    """Every node of a unit with its share and points; an indicator with the cell that it stands in."""
    row = found.table.row(by_predicate=pl.col(UNIT) == unit, named=True)
    reasons = explained(found.tree, row)
    cells = next(cells for cells in given.grid.rows if cells[UNIT].value == unit)
    placed = [cells.get(code) for code in reasons["code"]]
    return records_of(
        reasons.select(
            "code",
            "parent",
            *(pl.col(name).round(PLACES) for name in ("value", "share", "share_of_score", "points")),
            received=pl.Series([cell.value if cell else None for cell in placed], dtype=pl.String),
            file=pl.Series([cell.file if cell else None for cell in placed], dtype=pl.String),
            cell=pl.Series(
                [f"{cell.letter}{cell.row}" if cell else None for cell in placed], dtype=pl.String
            ),
        ),
        unit,
        f"index_{unit}",
        _labels("code", "parent", "value", "share", "share_of_score", "points", "received", "file", "cell"),
    )


def _scores_part(given: Given, rows: pl.DataFrame) -> Records:
    columns = (UNIT, "rank", "score", *(("rank_p05", "rank_p95") if given.draws else ()))
    return records_of(rows.select(columns), t("composite.units"), "index_ranks", _labels(*columns))


def _missing_part(given: Given, found: Composite) -> Records:
    rows = [
        {UNIT: cells[UNIT].value, "code": code, "file": cell.file, "cell": f"{cell.letter}{cell.row}"}
        for cells in given.grid.rows
        for code in found.tree.leaves
        if (cell := cells[code]).value in (None, "NA")
    ]
    schema = dict.fromkeys((UNIT, "code", "file", "cell"), pl.String)
    return records_of(
        pl.DataFrame(rows, schema=schema), t("composite.cells_missing"), "index_missing", _labels(*schema)
    )


def _proof(given: Given, name: str, value: str, parts: Sequence[Records]) -> Proof:
    return Proof(
        title=t(f"composite.{'cells_missing' if name == 'missing' else name}"),
        value=value,
        formula=t(f"composite.formula.{name}"),
        basis=t("app.synthetic") if given.is_example else f"{given.data.name}, {given.structure.name}",
        parts=parts,
    )


def _labels(*names: str) -> dict[str, str]:
    return {name: t(f"composite.column.{name}") for name in names}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)
