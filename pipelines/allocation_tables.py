"""An allocation as tables: the ledger with every step, the constraints with their articles, the schedule; as files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl
import xlsxwriter

from data.words import text
from metrics.step_ledger import STEPS
from pipelines.allocation import Outcome
from pipelines.allocation_words import article_of, constraint_said, explanation
from pipelines.exports import neutralised

LINE, WITHHELD, POT = "line", "withheld", "pot"
_INPUTS = {
    "central": ("province", "firms", "continued", "grade"),
    "province": ("kind", "uscc", "result"),
}
_YUAN = pl.Decimal(38, 2)
_WIDEST = 60  # not policy: characters of a column


def ledger_table(outcome: Outcome, language: str) -> pl.DataFrame:
    """One row per line, then what is withheld and the pot: row, name, the inputs, measured_yuan, a column per step.

    ``<step>_yuan`` are exact to the fen; the last, ``amount_yuan``, is in whole yuan. In each step's column the lines
    and what is withheld sum to the pot. Then ``recovery_yuan``, owed back and no part of the pot, and ``explanation``.
    """
    allocation = outcome.allocation
    keys = list(allocation.ledger.rows)
    columns: dict[str, pl.Series] = {
        "row": pl.Series([LINE] * len(keys) + [WITHHELD, POT]),
        "name": pl.Series([outcome.names[key] for key in keys] + [None, None], dtype=pl.String),
    }
    for name in _INPUTS[outcome.case]:
        columns[name] = pl.Series([outcome.inputs[key].get(name) for key in keys] + [None, None])
    columns["measured_yuan"] = _yuan([allocation.measured[key] for key in keys] + [None, None])
    for step in STEPS:
        amounts = [allocation.ledger.rows[key][step] for key in keys]
        column = "amount_yuan" if step == STEPS[-1] else f"{step}_yuan"
        columns[column] = _yuan([*amounts, allocation.ledger.withheld[step], allocation.ledger.pot])
    columns["recovery_yuan"] = _yuan([allocation.recoveries.get(key) for key in keys] + [None, None])
    columns["explanation"] = pl.Series(
        [explanation(outcome, key, language) for key in keys] + [None, None], dtype=pl.String
    )
    return pl.DataFrame(columns)


def worded_ledger(outcome: Outcome, language: str) -> pl.DataFrame:
    """The same for a reader: words for codes, headers in the language."""
    table = ledger_table(outcome, language)
    choices = {"row": "row", "grade": "grade", "kind": "kind", "result": "result"}
    shown = table.with_columns(
        _worded(table[column], group, language)
        for column, group in choices.items()
        if column in table.columns
    )
    return shown.rename({name: text(f"allocation.column.{name}", language) for name in shown.columns})


def _worded(codes: pl.Series, group: str, language: str) -> pl.Series:
    said = [None if code is None else text(f"allocation.{group}.{code}", language) for code in codes]
    return pl.Series(codes.name, said, dtype=pl.String)


def constraint_table(outcome: Outcome, language: str) -> pl.DataFrame:
    """One row per constraint: code, verdict, what it asks and has, document, section, source mark."""
    return pl.DataFrame(
        [
            {
                "constraint": each.code,
                "verdict": each.verdict,
                "said": constraint_said(outcome, each, language),
                **article_of(outcome, each, language),
            }
            for each in outcome.allocation.constraints
        ]
    )


def worded_constraints(outcome: Outcome, language: str) -> pl.DataFrame:
    """The same for a reader."""
    table = constraint_table(outcome, language).drop("constraint")
    shown = table.with_columns(_worded(table["verdict"], "verdict", language))
    return shown.rename({name: text(f"allocation.column.{name}", language) for name in shown.columns})


def schedule_table(outcome: Outcome, language: str) -> pl.DataFrame:
    """The tranches of the round: number, share, what it is paid by, and whether a source states the share."""
    found = outcome.asked.round
    return pl.DataFrame(
        [
            {
                "tranche": each.number,
                "share": str(each.share),
                "is_this": each.number == outcome.asked.tranche,
                "is_assumption": each.is_assumption,
                "note": getattr(each.note, language),
            }
            for each in found.tranches
        ]
    )


def worded_schedule(outcome: Outcome, language: str) -> pl.DataFrame:
    """The same for a reader."""
    table = schedule_table(outcome, language)
    said = {is_so: text(f"allocation.{'yes' if is_so else 'no'}", language) for is_so in (True, False)}
    shown = table.with_columns(
        pl.col("is_this", "is_assumption").replace_strict(said, return_dtype=pl.String)
    )
    return shown.rename({name: text(f"allocation.column.{name}", language) for name in shown.columns})


def workbook(outcome: Outcome, language: str) -> bytes:
    """The ledger, its constraints and the schedule as a workbook in the reader's language."""
    return sheets_bytes(
        {
            text("allocation.sheet.ledger", language): worded_ledger(outcome, language),
            text("allocation.sheet.constraints", language): worded_constraints(outcome, language),
            text("allocation.sheet.schedule", language): worded_schedule(outcome, language),
        }
    )


def sheets_bytes(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    """A workbook of several tables, with nothing in it that a spreadsheet would run."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name[:31])
            neutralised(table).write_excel(book, sheet, autofit=True, freeze_panes=(1, 0))
            for at, column in enumerate(table.columns):
                if table[column].dtype == pl.String and _longest(table[column]) > _WIDEST:
                    sheet.set_column(at, at, _WIDEST, book.add_format({"text_wrap": True, "valign": "top"}))
    return out.getvalue()


def as_json(outcome: Outcome, language: str) -> dict[str, Any]:
    """Everything of an allocation for programs: amounts in whole fen under names that end in ``_fen``."""
    allocation = outcome.allocation
    ledger = allocation.ledger
    return {
        "case": outcome.case,
        "round": outcome.asked.round.code,
        "tranche": outcome.asked.tranche,
        "pot_fen": ledger.pot,
        "allotted_fen": ledger.allotted(),
        "withheld_fen": ledger.withheld["whole"],
        "recoveries_fen": sum(allocation.recoveries.values()),
        "steps": [
            {"step": step, "allotted_fen": ledger.allotted(step), "withheld_fen": ledger.withheld[step]}
            for step in STEPS
        ],
        "factors": {grade: str(factor) for grade, factor in outcome.asked.factor_of.items()},
        "factors_are": text("allocation.factors_are", language),
        "redistributed_because": outcome.asked.share_out or None,
        "by": outcome.by or None,
        "constraints": constraint_table(outcome, language).to_dicts(),
        "schedule": schedule_table(outcome, language).to_dicts(),
        "rows": [_json_row(outcome, key, language) for key in ledger.rows],
    }


def _json_row(outcome: Outcome, key: str, language: str) -> dict[str, Any]:
    allocation = outcome.allocation
    return {
        "key": key,
        "name": outcome.names[key],
        **{name: outcome.inputs[key].get(name) for name in _INPUTS[outcome.case]},
        "measured_fen": allocation.measured[key],
        **{f"{step}_fen": amount for step, amount in allocation.ledger.rows[key].items()},
        "recovery_fen": allocation.recoveries.get(key, 0),
        "explanation": explanation(outcome, key, language),
    }


def _yuan(fen: list[int | None]) -> pl.Series:
    return pl.Series([None if each is None else Decimal(each).scaleb(-2) for each in fen], dtype=_YUAN)


def _longest(texts: pl.Series) -> int:
    return int(texts.str.len_chars().max() or 0)  # type: ignore[arg-type]
