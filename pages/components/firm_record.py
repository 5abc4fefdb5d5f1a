"""A firm's record: titles with their validity, the score under each standard, the returns; each with its proof."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import streamlit as st

from data.dataset import contract
from data.manifest import Published
from data.rule_inputs import inputs_of
from data.rules import TIERS, Standard
from metrics.scoring.evaluate import POINT
from metrics.scoring.outcome import VERDICTS, has_score
from metrics.scoring.rule_words import Words
from pages.components.figures import Figure, headline_figures
from pages.components.firm_record_reads import Record, cells, every_cell
from pages.components.firm_words import missing_words
from pages.components.gradient_reads import rule_of
from pages.components.gradient_views import provenance
from pages.components.gradient_waiting import waiting
from pages.components.header import section
from pages.components.numbers import MISSING, exact, iso
from pages.components.proof import Proof
from pages.components.twin import table_with_export
from pages.components.words import language, t

SHOWN = (
    "employees", "revenue", "main_revenue", "net_profit", "total_assets", "total_liabilities", "rd_expense",
    "rd_employees", "new_equity", "niche_years",
)  # fmt: skip


def titles_view(record: Record, as_of: dt.date) -> None:
    """The titles the firm held, latest first within a tier, and the rows of the lists that gave and ended them."""
    section(t("firms.titles_title"), t("firms.titles_subtitle", day=iso(as_of)))
    if record.titles.is_empty():
        st.caption(t("firms.no_titles"))
        return
    rows = [_title(record, row, as_of) for row in record.titles.iter_rows(named=True)]
    table_with_export(
        pl.DataFrame(rows),
        name=f"titles_{record.uscc}",
        key="firm_titles",
        labels={name: t(f"firms.term.{name}") for name in rows[0]},
    )


def scores_view(build: Published, record: Record, words: Words) -> None:
    """The verdict under each standard of the latest accounting year, with the cells that it read."""
    section(t("firms.scores_title"), t("firms.scores_subtitle", year=record.year or MISSING))
    if record.returns.is_empty():
        st.caption(t("firms.no_returns"))
        return
    if record.scores is None:
        waiting(build, "write_scores")
        return
    headline_figures([_score(record, rule_of(tier), words) for tier in TIERS])


def returns_view(record: Record, words: Words) -> None:
    """Key figures by year, and every filled figure with the cell it was read from."""
    section(t("firms.returns_title"), t("firms.returns_subtitle"))
    if record.returns.is_empty():
        st.caption(t("firms.no_returns"))
        return
    by_year, sources = st.tabs([t("firms.by_year"), t("firms.sources")], key="firm_returns_tabs")
    table = _by_year(record, words)
    years = [name for name in table.columns if name != "figure"]
    with by_year:
        table_with_export(
            table.with_columns(
                pl.Series(year, [_said(value) for value in table[year]], dtype=pl.String) for year in years
            ),
            name=f"returns_{record.uscc}",
            key="firm_returns",
            labels={"figure": t("firms.figure")} | {year: year for year in years},
            exported=table,
        )
    with sources:
        st.caption(t("firms.sources_note"))
        table_with_export(
            every_cell(record, words), name=f"sources_{record.uscc}", key="firm_sources", labels=cell_labels()
        )


def cell_labels() -> dict[str, str]:
    """The headers of `firm_record_reads.cells`."""
    return {name: t(f"firms.cell.{name}") for name in ("cell", "entered", "file", "sheet", "place")}


def _title(record: Record, row: dict[str, Any], as_of: dt.date) -> dict[str, str]:
    has_ended = row["valid_to"] is not None and row["valid_to"] <= as_of
    state = "future" if row["valid_from"] > as_of else "ended" if has_ended else "held"
    ending = (iso(row["valid_to"]), t(f"firms.ended.{row['ended_by']}")) if has_ended else (MISSING, MISSING)
    return {
        "tier": t(f"tier_short.{row['tier']}"),
        "state": t(f"firms.state.{state}"),
        "batch": row["title_batch"] or MISSING,
        "opened_by": _event(row["opened_by"]),
        "valid_from": iso(row["valid_from"]),
        "due_on": iso(row["due_on"]),
        "valid_to": ending[0],
        "ended_by": ending[1],
        "opened": _source(record, row, "opened"),
        "closed": _source(record, row, "closed") if has_ended else MISSING,
    }


def _source(record: Record, row: dict[str, Any], end: str) -> str:
    file, _ = record.places.get(row[f"{end}_receipt"] or 0, ("", {}))
    if row[f"{end}_row"] is None:
        return file or MISSING
    return t("firms.file_row", file=file, row=row[f"{end}_row"])


def _event(code: str) -> str:
    known = {value.code: value for value in contract("title_events").column("event").values}
    return getattr(known[code], language()) if code in known else code


def _score(record: Record, rule: Standard, words: Words) -> Figure:
    row = (record.scores or {})[rule.tier]
    verdict = t(f"score_firm.verdict.{VERDICTS[row['verdict']]}")
    failed = [words.label(item.label) for item in rule.requirements if row[f"holds_{item.id}"] is False]
    items = list(inputs_of(rule))
    label = t(f"tier_short.{rule.tier}")
    unmet = t("firms.unmet", count=len(failed), all=len(rule.requirements))
    remark = _points(row, rule) if has_score(rule) else unmet
    proof = Proof(
        title=f"{record.name} · {label}",
        value=f"{verdict} · {remark}",
        formula=t("score_firm.proof_verdict"),
        basis=t("firms.score_basis"),
        members=cells(record, items, row["year"], words),
        labels=cell_labels(),
        **provenance(rule, row["year"], words),
    )
    detail = t("firms.failed", names=t("rule.semicolon").join(failed)) if failed else ""
    if row["missing"]:
        detail = t("firms.missing", cells=missing_words(row["missing"], rule, row["year"], words))
    return Figure(f"score_{rule.tier}", label, verdict, proof, remark=remark, detail=detail)


def _points(row: dict[str, Any], rule: Standard) -> str:
    low, high = (exact(row[end] / POINT).removesuffix(".0") for end in ("score_low", "score_high"))
    return t("firms.score", points=low if low == high else f"{low}–{high}", most=rule.score_max)


def _said(value: float | None) -> str:
    if value is None:
        return MISSING
    return exact(int(value) if value.is_integer() else value)


def _by_year(record: Record, words: Words) -> pl.DataFrame:
    rows = []
    for field in SHOWN:
        column = contract("annual_returns").column(field)
        values = {
            str(row["year"]): None if row[field] is None else row[field] / column.scale
            for row in record.returns.iter_rows(named=True)
        }
        if any(value is not None for value in values.values()):
            rows.append({"figure": words.header(field), **values})
    years = {str(year): pl.Float64 for year in record.returns["year"]}
    return pl.DataFrame(rows, schema={"figure": pl.String, **years})
