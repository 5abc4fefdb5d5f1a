"""The workbooks that a province fills in for its self-evaluation and its funds, with what the facts know already.

A table starts from the province's current rows. Where there are none yet, or where a row is expected of what another
table knows (a task of a key little giant, the use of a payment), it starts from that, the rest of the row blank.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import ColumnExpression, ConstantExpression, Expression

from data.access import Facts, NoFactsError, Scope, read
from data.appraisal_policy import load_scheme
from data.appraisals import Appraisal
from data.dataset import contract, of_workbook
from data.home import Home
from data.rounds import load_round, rounds
from pipelines.intake.template import REFERENCE, write_workbook

Row = dict[str, Any]


@dataclass(frozen=True)
class _Asked:
    """What a workbook is asked for; ``facts`` are read in the province's scope, None before the first build."""

    facts: Facts | None
    province: str
    appraisal: Appraisal
    language: str

    def __post_init__(self) -> None:
        if self.facts is not None and self.facts.scope != Scope("province", self.province):
            raise ValueError("a province's workbook is made of facts read in its own scope (`facts_of`)")

    @property
    def is_own(self) -> Expression:
        """The rows of the province, where others' are seen too."""
        return ColumnExpression("province") == ConstantExpression(self.province)

    @property
    def batch(self) -> Row:
        """The columns that every row of the batch shares."""
        return {"round": self.appraisal.round, "support_batch": self.appraisal.support_batch}

    def rows(self, dataset: str, **wanted: Any) -> list[Row]:
        """The province's current rows of a dataset that have these values, in the order of their key."""
        if self.facts is None:
            return []
        rules = contract(dataset)
        named = [column.field for column in rules.columns if column.type != "list"]
        table = self.facts.table(dataset)
        if "province" in rules.fields:
            table = table.filter(self.is_own)
        lists = [name for name in table.columns if "__" in name]
        found = table.select(", ".join(f'"{name}"' for name in (*named, *lists))).pl()
        order = sorted(found.to_dicts(), key=lambda row: [str(row[field]) for field in rules.key])
        return [row for row in order if all(row[field] == value for field, value in wanted.items())]


def workbook_bytes(
    name: str, facts: Facts | None, province: str, appraisal: Appraisal, language: str
) -> bytes:
    """The workbook ``self_evaluation`` or ``funds`` of a province, in zh or en, as .xlsx.

    ``facts``: of `facts_of`; None before the first build, for blank tables. Raises RoundError for a round that does
    not exist, ValueError for facts read in another scope.
    """
    has_platforms = load_round(appraisal.round).has_platforms
    asked = _Asked(facts, province, appraisal, language)
    tables = {
        dataset: known_rows(dataset, asked)
        for dataset in of_workbook(name)
        if has_platforms or not dataset.startswith("platform")
    }
    return _bytes(tables, language)


def template_bytes(
    facts: Facts | None, province: str, round_code: str, support_batch: int, year: int, language: str
) -> bytes:
    """The self-evaluation workbook of a province for one appraisal; the rest as `workbook_bytes`."""
    appraisal = Appraisal(round_code, support_batch, year)
    return workbook_bytes("self_evaluation", facts, province, appraisal, language)


def dataset_bytes(
    dataset: str, facts: Facts | None, province: str, appraisal: Appraisal | None, language: str
) -> bytes:
    """The template of one dataset with the province's rows, those of the appraisal where one is named."""
    if appraisal is None:
        rows = _Asked(facts, province, Appraisal("", 0, 0), language).rows(dataset)
        return _bytes({dataset: rows}, language)
    return _bytes({dataset: known_rows(dataset, _Asked(facts, province, appraisal, language))}, language)


def facts_of(province: str, where: Home | None = None) -> Facts | None:
    """The facts in a province's scope; None before the first build."""
    try:
        return read(Scope("province", province), where)
    except NoFactsError:
        return None


def latest_appraisal(facts: Facts | None, province: str, year: int) -> Appraisal | None:
    """The latest support batch with key little giants of the province, in a round of that year; None without one."""
    of_year = {each.code for each in rounds() if each.first_year <= year}
    rows = _Asked(facts, province, Appraisal("", 0, year), "zh").rows("key_firms")
    batches = {(row["round"], row["support_batch"]) for row in rows if row["round"] in of_year}
    return Appraisal(*max(batches), year) if batches else None


def years_asked(facts: Facts | None) -> tuple[tuple[int, ...], int | None]:
    """The years that a workbook may be of, latest first: those of the rounds; and the one that the facts are of."""
    found = {year for each in rounds() for year in range(each.first_year, each.last_year + 1)}
    day = facts.build.as_of if facts else None
    return tuple(sorted(found, reverse=True)), day.year if day and day.year in found else None


def known_rows(dataset: str, asked: _Asked) -> list[Row]:
    """What a province's table of a dataset starts from."""
    fields = contract(dataset).fields
    wanted: Row = {name: value for name, value in asked.batch.items() if name in fields}
    if "year" in fields:
        wanted["year"] = asked.appraisal.year
    known = asked.rows(dataset, **wanted)
    if dataset == "supervision":
        known = [row for row in known if row["done_on"].year == asked.appraisal.year]
    names = _names(asked)
    if dataset in _BY_PAYMENT:
        paid = {
            row["payment_id"]: row["recipient_name"] for row in asked.rows("fund_payments", **asked.batch)
        }
        known = [row | {REFERENCE: paid[row["payment_id"]]} for row in known if row["payment_id"] in paid]
    for field in ("uscc", "platform_uscc") if "name" not in fields else ():
        if field in fields:
            known = [row | {REFERENCE: names.get(row[field])} for row in known]
    expected = _EXPECTED[dataset](asked) if dataset in _EXPECTED else ()
    return [*known, *_missing(contract(dataset).key, known, expected)]


def _missing(key: Sequence[str], known: Iterable[Row], expected: Iterable[Row]) -> list[Row]:
    """The expected rows that no known row is about: none has all the values of the key that are expected."""
    found, rows = list(known), []
    said: dict[tuple[str, ...], set[tuple[Any, ...]]] = {}
    for row in expected:
        fields = tuple(field for field in row if field in key)
        if fields not in said:
            said[fields] = {tuple(other.get(field) for field in fields) for other in found}
        if tuple(row[field] for field in fields) not in said[fields]:
            rows.append(row)
    return rows


def _names(asked: _Asked) -> Mapping[str, str]:
    """Credit code → name, of the firms and platforms of the batch."""
    rows = [row for name in ("key_firms", "platforms") for row in asked.rows(name, **asked.batch)]
    return {row["uscc"]: row["name"] for row in rows}


def _of_year(asked: _Asked) -> Row:
    return {"province": asked.province, "year": asked.appraisal.year}


def _each(dataset: str, field: str, shared: Callable[[_Asked], Row]) -> Callable[[_Asked], list[Row]]:
    """One row for each permitted value of a column."""
    return lambda asked: [shared(asked) | {field: code} for code in contract(dataset).column(field).codes]


def _tasks(asked: _Asked) -> list[Row]:
    """The tasks of the year before, their results blank; a firm without any is asked for one."""
    year, before = asked.appraisal.year, asked.rows("tasks", **asked.batch, year=asked.appraisal.year - 1)
    names = _names(asked)
    carried = [
        row | {"year": year, "target": None, "actual": None, REFERENCE: names.get(row["uscc"])}
        for row in before
    ]
    named = {row["uscc"] for row in carried}
    rest = [row for row in asked.rows("key_firms", **asked.batch) if row["uscc"] not in named]
    blank = [asked.batch | {"year": year, "uscc": row["uscc"], REFERENCE: row["name"]} for row in rest]
    return [_without_blanks(row) for row in (*carried, *blank)]


def _without_blanks(row: Row) -> Row:
    return {field: value for field, value in row.items() if value is not None}


def _services(asked: _Asked) -> list[Row]:
    return [
        {"platform_uscc": row["uscc"], REFERENCE: row["name"]}
        for row in asked.rows("platforms", **asked.batch)
    ]


def _surveys(asked: _Asked) -> list[Row]:
    objects = contract("satisfaction").column("object").codes
    has_platforms = load_round(asked.appraisal.round).has_platforms
    return [_of_year(asked) | {"object": code} for code in objects if has_platforms or code != "platform"]


def _updates(asked: _Asked) -> list[Row]:
    """The firms of the province that hold a title at the end of the year; the day of their update is asked for."""
    if asked.facts is None:
        return []
    end = dt.date(asked.appraisal.year, 12, 31)
    held = (
        asked.facts.table("title_periods")
        .filter(asked.is_own)
        .filter(
            f"uscc IS NOT NULL AND valid_from <= DATE '{end}' AND coalesce(valid_to > DATE '{end}', true)"
        )
    )
    rows = held.select("uscc, name, tier::VARCHAR AS tier").distinct().order("tier, uscc").fetchall()
    done = _updated_on(asked.facts, asked.appraisal.year)
    return [
        {"uscc": code, "tier": tier, "year": asked.appraisal.year, REFERENCE: name}
        | ({"completed_on": done[code, tier]} if (code, tier) in done else {})
        for code, name, tier in rows
    ]


def _updated_on(facts: Facts, year: int) -> dict[tuple[str, str], dt.date]:
    """The days on which firms updated their information in a year, as the titles' events have them."""
    events = facts.table("title_events").filter(
        f"event = 'updated' AND uscc IS NOT NULL AND year(event_date) = {year:d}"
    )
    found = events.aggregate("uscc, tier::VARCHAR AS tier, max(event_date) AS day", "uscc, tier")
    return {(code, tier): day for code, tier, day in found.fetchall()}


def _indicators(asked: _Asked) -> list[Row]:
    scheme = load_scheme(asked.appraisal.round)
    return [
        asked.batch
        | _of_year(asked)
        | {"indicator": code, REFERENCE: getattr(scheme.indicator(code), asked.language)}
        for code in scheme.computed
    ]


def _receipts(asked: _Asked) -> list[Row]:
    tranches = load_round(asked.appraisal.round).tranches
    return [asked.batch | {"tranche": each.number, "province": asked.province} for each in tranches]


def _planned(asked: _Asked) -> list[Row]:
    """Every key little giant in the latest tranche that was received: the distribution plan is made for it."""
    received = asked.rows("fund_receipts", **asked.batch)
    latest = max((row["tranche"] for row in received), default=1)
    return [
        asked.batch
        | {"tranche": latest, "province": asked.province, "recipient_kind": "key_little_giant",
           "recipient_uscc": row["uscc"], "recipient_name": row["name"]}
        for row in asked.rows("key_firms", **asked.batch)
    ]  # fmt: skip


def _used(asked: _Asked) -> list[Row]:
    return [
        {"payment_id": row["payment_id"], REFERENCE: row["recipient_name"]}
        for row in asked.rows("fund_payments", **asked.batch)
    ]


_BY_PAYMENT = frozenset({"fund_use", "fund_recoveries"})
_EXPECTED: Mapping[str, Callable[[_Asked], list[Row]]] = {
    "self_evaluation_values": _indicators,
    "tasks": _tasks,
    "platform_services": _services,
    "satisfaction": _surveys,
    "disclosures": _each("disclosures", "kind", _of_year),
    "annual_updates": _updates,
    "provincial_targets": _each("provincial_targets", "tier", _of_year),
    "province_context": lambda asked: [_of_year(asked)],
    "fund_receipts": _receipts,
    "distribution_plans": _planned,
    "fund_use": _used,
    "local_funds": _each("local_funds", "source", _of_year),
}


def _bytes(tables: Mapping[str, list[Row]], language: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="tidu-template-") as folder:
        out = Path(folder) / "template.xlsx"
        write_workbook(tables, out, language)
        return out.read_bytes()
