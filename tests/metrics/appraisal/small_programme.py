"""A made-up support batch of two provinces, as frames; and a scheme of three indicators for the arithmetic."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from data.appraisal_policy import Scheme, load_scheme, read_scheme
from data.rounds import load_round
from metrics import fund_frames
from metrics.appraisal import asked as asked_tables
from metrics.appraisal import indicators
from metrics.appraisal.asked import Asked

A, B = "110000", "120000"
END = dt.date(2025, 12, 31)
ONE = 10**15  # a plain decimal of 1
YUAN = 100

_ORIGIN = {"receipt_id": 1, "sheet_no": 1}
_PERIODS = {
    "tier": pl.String, "firm": pl.String, "uscc": pl.String, "name": pl.String, "province": pl.String,
    "title_batch": pl.String, "held_since": pl.Date, "opened_by": pl.String, "valid_from": pl.Date,
    "valid_to": pl.Date, "ended_by": pl.String, "due_on": pl.Date, "opened_receipt": pl.Int32,
    "opened_sheet": pl.Int16, "opened_row": pl.Int32, "closed_receipt": pl.Int32, "closed_sheet": pl.Int16,
    "closed_row": pl.Int32,
}  # fmt: skip
BATCH = {"round": "round-1", "support_batch": 3}


def table(rows: list[dict[str, Any]], columns: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a dataset numbered as in a sheet; what a row does not say is null."""
    numbered = [_ORIGIN | {"row_no": at} | row for at, row in enumerate(rows, start=2)]
    schema = dict(columns) | {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32}
    return pl.DataFrame(numbered, schema=schema)


def of_batch(dataset: str, rows: list[dict[str, Any]], **own: Any) -> pl.DataFrame:
    """The rows with round and support batch, in the columns that the measures read."""
    columns = asked_tables.TABLES.get(dataset) or fund_frames.TABLES[dataset]
    both = {name: value for name, value in BATCH.items() if name in columns}
    return table([both | own | row for row in rows], columns)


def title(firm: str, province: str, since: dt.date, **more: Any) -> dict[str, Any]:
    """A term of a little giant."""
    row = {"tier": "little_giant", "firm": firm, "uscc": firm, "name": f"合成{firm}", "province": province}
    return (
        row
        | {
            "valid_from": since,
            "held_since": since,
            "opened_by": "recognised",
            "opened_receipt": 1,
            "opened_sheet": 1,
            "opened_row": 2,
        }
        | more
    )


def periods(*terms: dict[str, Any]) -> pl.DataFrame:
    """The ledger of these terms."""
    return pl.DataFrame(list(terms), schema=_PERIODS)


def firm(uscc: str, province: str = A, **more: Any) -> dict[str, Any]:
    """A key firm."""
    return {"uscc": uscc, "name": f"合成{uscc}", "province": province} | more


def asked(tables: Mapping[str, pl.DataFrame], **changes: Any) -> Asked:
    """The appraisal of round-1, support batch 3, 2025 on these tables."""
    given: dict[str, Any] = {
        "tables": dict(tables),
        "scheme": load_scheme("round-1"),
        "round": load_round("round-1"),
        "support_batch": 3,
        "year": 2025,
        "as_of": END,
        "platform_money": ("service",),
        "update_by": (4, 30),
    }
    return Asked(**given | changes)


def part(of: Asked, indicator: str, name: str, province: str = A) -> dict[str, Any]:
    """The measured part of a province."""
    found = indicators.computed(of)
    return found.row(
        by_predicate=(pl.col("province") == province)
        & (pl.col("indicator") == indicator)
        & (pl.col("part") == name),
        named=True,
    )


def share(found: dict[str, Any]) -> Fraction:
    assert found["share_low"] == found["share_high"]
    return Fraction(found["share_low"])


def state(found: dict[str, Any]) -> tuple[str, str]:
    return found["state"], found["reason"]


def platforms(*codes: str, province: str = A) -> pl.DataFrame:
    return of_batch("platforms", [{"uscc": code, "name": code} for code in codes], province=province)


SMALL = """
round: round-1
title: {zh: 小, en: small}
notice: {zh: 产品模型, en: model}
is_assumption: true
framework: {document: d, mark: T, zh: 甲, en: a}
grades:
  excellent: {at_least: 90, zh: 优, en: excellent}
  good: {at_least: 80, zh: 良, en: good}
  fair: {at_least: 60, zh: 中, en: fair}
  poor: {at_least: 0, zh: 差, en: poor}
grades_source: {document: d, mark: T, zh: 甲, en: a}
layers:
  process:
    zh: 过程
    en: process
    weight: 60
    indicators:
      execution:
        {row: r, zh: 执行, en: execution, weight: 40, kind: computed, formula: {zh: 甲, en: a},
         source: {document: d, mark: S, zh: 甲, en: a},
         parts: {one: {weight: 1, zero: 0, full: 100, unit: share, zh: 甲, en: a, lost: {zh: 失, en: l}},
                 two: {weight: 3, zero: 0, full: 100, unit: share, zh: 乙, en: b, lost: {zh: 失, en: l}}}}
      plan_quality:
        {row: r, zh: 质量, en: quality, weight: 20, kind: judged, formula: {zh: 甲, en: a},
         source: {document: d, mark: S, zh: 甲, en: a}}
  output:
    zh: 产出
    en: output
    weight: 40
    indicators:
      tasks:
        {row: r, zh: 任务, en: tasks, weight: 40, kind: computed, formula: {zh: 甲, en: a},
         source: {document: d, mark: S, zh: 甲, en: a},
         parts: {done: {weight: 1, zero: 0, full: 100, unit: share, zh: 甲, en: a, lost: {zh: 失, en: l}}}}
growth_firms_at_least: 3
assessment:
  is_assumption: true
  source: {document: d, mark: T, zh: 甲, en: a}
  firm: [{code: all_met, result: continue, zh: 甲, en: a}]
  platform: []
certainty: {weight_spread_percent: SPREAD, draws: 400, seed: 7}
"""


def small_scheme(tmp_path: Path, spread: int = 25) -> Scheme:
    """Execution 40 (parts 1 : 3), plan quality 20 (judged), tasks 40."""
    path = tmp_path / "round-1.yaml"
    path.write_text(SMALL.replace("SPREAD", str(spread)), encoding="utf-8")
    return read_scheme(path)


def measured(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows (province, indicator, part, low, high) as measured; low None is not applicable, high None is low."""
    found = [
        {
            "province": province,
            "indicator": indicator,
            "part": name,
            "state": "not_applicable"
            if low is None
            else "missing"
            if (str(low), str(high)) == ("0", "1")
            else "computed",
            "reason": "",
            "share_low": None if low is None else str(low),
            "share_high": None if low is None else str(low if high is None else high),
        }
        for province, indicator, name, low, high in rows
    ]
    return pl.DataFrame(found, schema=indicators.COLUMNS)


def panel(*rows: tuple[str, str, object, str]) -> pl.DataFrame:
    """Scores (province, indicator, panelist, score)."""
    names = ("province", "indicator", "panelist", "score")
    return pl.DataFrame(
        [dict(zip(names, map(str, row), strict=True)) for row in rows], schema=dict.fromkeys(names, pl.String)
    )
