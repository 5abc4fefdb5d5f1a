"""Everything the registry holds of one firm, each row with its file, sheet and row; and where a figure stood."""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data.access import NoFactsError, Scope
from data.dataset import contract
from data.manifest import Published
from data.rules import TIERS, RuleInput
from metrics.scoring.rule_words import Words
from pages.components.facts import facts_of
from pipelines.firm_of_file import cells_of
from pipelines.registry_firm import returns_of, rows_of
from pipelines.registry_scores import DATASET, latest_year


@dataclass(frozen=True)
class Record:
    """One firm: what it is called, where it belongs, and its rows.

    ``scores``: tier → its row of `scores_<tier>`, None where the registry is not scored yet; ``places``: receipt →
    (file, where its columns stood).
    """

    uscc: str
    name: str
    province: str | None
    former: pl.DataFrame
    registered: pl.DataFrame
    titles: pl.DataFrame
    returns: pl.DataFrame
    scores: dict[str, dict] | None
    year: int | None
    places: dict[int, tuple[str, dict]]


def record_of(build: Published, scope: Scope, uscc: str) -> Record | None:
    """The record of a firm; None where no table knows its code."""
    return _record(build.file, scope, uscc, build)


def origin(record: Record, row: dict, field: str) -> tuple[str, str, str]:
    """File, sheet ("" for a file without sheets) and cell of a field in a row; blank cell where it had no column."""
    file, places = record.places.get(row["receipt_id"], ("", {}))
    place = places.get(str(row["sheet_no"]), {})
    column = place.get("columns", {}).get(field)
    return file, place.get("sheet", ""), f"{column}{row['row_no']}" if column else ""


def cells(record: Record, items: list[RuleInput], year: int, words: Words) -> pl.DataFrame:
    """The cells that a rule reads: cell, entered, file, sheet, place; those without a return are blank."""
    known = cells_of(record.returns)
    by_year = {row["year"]: row for row in record.returns.iter_rows(named=True)}
    rows = []
    for item in dict.fromkeys(items):
        of_year = year - item.years_before
        row = by_year.get(of_year)
        file, sheet, place = origin(record, row, item.field) if row else ("", "", "")
        said = words.entered(item.field, known.get((item.field, of_year), ""))
        rows.append((words.cell(item, year), said, file, sheet, place))
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("cell", "entered", "file", "sheet", "place"), pl.String), orient="row"
    )


def every_cell(record: Record, words: Words) -> pl.DataFrame:
    """Every figure of every return that is not blank, latest year first; columns of `cells`."""
    years = record.returns["year"].to_list()
    if not years:
        return cells(record, [], 0, words)
    items = [
        RuleInput(field=column.field, years_before=years[0] - year)
        for year in years
        for column in contract(DATASET).columns
        if column.field not in contract(DATASET).key and _is_filled(record.returns, column.field, year)
    ]
    return cells(record, items, years[0], words)


def _is_filled(returns: pl.DataFrame, field: str, year: int) -> bool:
    row = returns.row(by_predicate=pl.col("year") == year, named=True)
    ticks = [value for name, value in row.items() if name.startswith(f"{field}__")]
    return any(ticks) if ticks else row[field] is not None


@st.cache_data(max_entries=64, show_spinner=False)
def _record(file: str, scope: Scope, uscc: str, _build: Published) -> Record | None:  # noqa: ARG001 - the cache goes by it
    facts = facts_of(_build, scope)
    registered = rows_of(facts, "enterprises", uscc).pl()
    former = rows_of(facts, "former_names", uscc).pl().sort("valid_to", descending=True, nulls_last=True)
    titles = rows_of(facts, "title_periods", uscc).pl().sort("tier", "valid_from", descending=[False, True])
    returns = returns_of(facts, uscc)
    known = [frame for frame in (registered, returns, titles) if frame.height]
    if not known:
        return None
    try:
        found = (
            {tier: rows_of(facts, f"scores_{tier}", uscc).pl().row(0, named=True) for tier in TIERS}
            if returns.height
            else {}
        )
    except NoFactsError:
        found = None
    receipts = facts.table("receipts").select("receipt_id, file, places").fetchall()
    return Record(
        uscc=uscc,
        name=known[0]["name"][0],
        province=known[0]["province"][0],
        former=former,
        registered=registered,
        titles=titles,
        returns=returns,
        scores=found,
        year=latest_year(facts),
        places={receipt: (name, json.loads(places)) for receipt, name, places in receipts},
    )
