"""What the programme page reads: the tables of a build, and what they come to for the round, batch and unit chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl
import streamlit as st

from data.access import Facts, Scope
from data.dataset import contract
from data.industries import industry_codes
from data.manifest import Published
from metrics import programme
from metrics.origin import ROW, located
from pages.components.facts import facts_for_export, facts_of
from pages.components.member_pages import PAGE, Records
from pages.components.member_proofs import Source
from pages.components.unit_map import unit_names
from pages.components.words import both, language, t
from pipelines.funds import place_said, round_name

ALL = "all"
_BATCHED = ("key_firms", "platforms", "plans", "fund_receipts")
# Dataset → the field whose cell proves a row.
_PROVED_BY = {
    "key_firms": "uscc", "platforms": "uscc", "platform_services": "served_uscc", "plans": "version",
    "fund_receipts": "amount", "local_funds": "amount", "supervision": "kind", "satisfaction": "score",
    "disclosures": "kind", "tasks": "actual",
}  # fmt: skip


@dataclass(frozen=True)
class Programme:
    """The programme as the reader chose it: the tables of a round, a support batch, a province, or of all."""

    source: Source
    programme: str
    province: str
    tables: Mapping[str, pl.DataFrame]

    @cached_property
    def units(self) -> pl.DataFrame:
        """`metrics.programme.by_unit`."""
        return programme.by_unit(self.tables, self.source.as_of)

    @cached_property
    def services(self) -> pl.DataFrame:
        """`metrics.programme.services`."""
        return programme.services(self.tables, self.source.as_of)

    @cached_property
    def tasks(self) -> pl.DataFrame:
        """The tasks of the key little giants on the list, of years up to the day."""
        firms = self.tables["key_firms"].select(*programme.BATCH, "province", "uscc", "name")
        rows = self.tables["tasks"].filter(pl.col("year") <= self.source.as_of.year)
        unique = firms.unique([*programme.BATCH, "province", "uscc"], keep="first", maintain_order=True)
        return rows.join(unique, on=[*programme.BATCH, "uscc"], how="inner", maintain_order="left")

    @property
    def firms(self) -> pl.DataFrame:
        """The key little giants, each once, in the order of the list."""
        return self.tables["key_firms"].unique("uscc", keep="first", maintain_order=True)

    def of_round(self, code: str) -> Programme:
        """The same of a whole round, whatever batch or round was chosen."""
        return programme_of(self.source, code, self.province)


def has_programme(build: Published | None) -> bool:
    """Whether any list, plan or quota of the programme is loaded."""
    return build is not None and any(build.rows.get(name) for name in _BATCHED)


def programme_of(source: Source, chosen: str, province: str) -> Programme:
    """The programme of the source's build, cut to a round (``round-1``), a batch (``round-1.3``) and a province."""
    tables = _tables(source.build.file, source.scope, source.build)
    return Programme(source, chosen, province, {n: _cut(r, chosen, province) for n, r in tables.items()})


def batches_of(source: Source) -> dict[str, str]:
    """The rounds and support batches there are: code → name."""
    tables = _tables(source.build.file, source.scope, source.build)
    places = pl.concat([tables[name].select(programme.BATCH) for name in _BATCHED]).unique().sort(pl.all())
    found: dict[str, str] = {}
    for code, batch in places.iter_rows():
        found.setdefault(code, round_name(code, language()))
        found[f"{code}.{batch}"] = place_said(
            {"round": code, "support_batch": batch, "tranche": None}, language()
        )
    return found


def records(source: Source, dataset: str, rows: pl.DataFrame, field: str = "") -> Records:
    """The rows of a dataset as a list of records, each with file, sheet and cell; codes in the reader's words.

    ``field`` is the one whose cell proves a row, where the page's own tables do not say so.
    """
    rules, place, field = contract(dataset), language(), field or _PROVED_BY[dataset]
    columns = [column for column in rules.columns if column.field in rows.columns]
    headers = {column.field: column.label(place) for column in columns}
    choices = {
        column.field: {value.code: getattr(value, place) for value in column.values}
        for column in columns
        if column.values
    }
    units, ends = unit_names(), {name: t(f"proof.column.{name}") for name in ("file", "sheet", "cell")}

    def readable(found: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        receipts = facts.table("receipts").select("receipt_id, file, places").pl()
        said = located(found, receipts, field).with_columns(
            *(pl.col(name).replace(words) for name, words in choices.items()),
            *(
                pl.col(column.field).cast(pl.Float64) / column.scale
                for column in columns
                if column.type == "decimal"
            ),
            *([pl.col("province").replace(units)] if "province" in found.columns else []),
        )
        return said.select(*headers, *ends).rename(headers | ends)

    return Records(
        label=both(rules.title),
        name=f"{dataset}_build{source.build.build}",
        count=rows.height,
        page=lambda page: readable(rows.slice(page * PAGE, PAGE), facts_of(source.build, source.scope)),
        whole=lambda: readable(rows, facts_for_export(source.build, source.scope)),
    )


def sections() -> dict[str, str]:
    """Industry code → the letter of its section."""
    found = {}
    for code, known in industry_codes().items():
        top = known
        while not top.is_section:
            top = industry_codes()[top.parent]
        found[code] = top.code
    return found


def industries_of(found: Programme) -> pl.DataFrame:
    """The chosen key little giants by section of their industry: `metrics.programme.by_industry`."""
    source = found.source
    known = _industries(source.build.file, source.scope, source.build)
    firms = found.firms.join(known, on="uscc", how="left", maintain_order="left")
    return programme.by_industry(firms.select("uscc", "industry_code"), sections())


# Nobody changes these frames, so that every reader of a build and scope may share them.
@st.cache_resource(max_entries=4, show_spinner=False)
def _tables(file: str, scope: Scope, _build: Published) -> dict[str, pl.DataFrame]:  # noqa: ARG001 - the cache goes by it
    facts = facts_of(_build, scope)
    return {name: _read(facts, name) for name in _PROVED_BY}


@st.cache_resource(max_entries=4, show_spinner=False)
def _industries(file: str, scope: Scope, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    facts = facts_of(_build, scope)
    keys = facts.table("key_firms").select("uscc").distinct()
    return facts.table("enterprises").join(keys, "uscc", how="semi").select("uscc, industry_code").pl()


def _read(facts: Facts, dataset: str) -> pl.DataFrame:
    columns = [column.field for column in contract(dataset).columns]
    found = facts.table(dataset).select(", ".join(f'"{name}"' for name in (*columns, *ROW))).pl()
    choices = [column.field for column in contract(dataset).columns if column.type == "choice"]
    return found.with_columns(pl.col(choices).cast(pl.String)).sort(ROW)


def _cut(rows: pl.DataFrame, chosen: str, province: str) -> pl.DataFrame:
    code, _, batch = chosen.partition(".")
    if chosen != ALL and "round" in rows.columns:
        rows = rows.filter(pl.col("round") == code)
        rows = rows.filter(pl.col("support_batch") == int(batch)) if batch else rows
    if province == ALL or "province" not in rows.columns:
        return rows
    return rows.filter(pl.col("province") == province)
