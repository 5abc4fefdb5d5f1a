"""What the funds page reads: a day's funds, their flow and checks, cut to what the reader chose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from metrics import fund_flags, fund_ratios
from metrics.fund_frames import Books, Day, on_day
from metrics.fund_growth import latest_year
from metrics.fund_rules import Asked
from pages.components.facts import facts_of
from pages.components.member_proofs import Source
from pages.components.words import language
from pipelines.funds import Growth, asked_of, fund_books, giant_returns, growth, place_said, round_name

ALL = "all"


@dataclass(frozen=True)
class Funds:
    """The funds of a day as the reader chose them: of a round and batch (``programme``), of a province, or all."""

    source: Source
    asked: Asked
    programme: str
    province: str

    @property
    def day(self) -> Day:
        """The day's tables, uncut."""
        return self.asked.day

    @cached_property
    def tranches(self) -> pl.DataFrame:
        """`metrics.fund_flow.flow`, of the chosen ones."""
        return self.cut(self.asked.flow)

    @cached_property
    def provinces(self) -> pl.DataFrame:
        """`metrics.fund_ratios.by_province`, of the chosen tranches."""
        return fund_ratios.by_province(self.day, self.tranches)

    @cached_property
    def tasks(self) -> pl.DataFrame:
        """`metrics.fund_ratios.task_rows`, of the chosen tranches."""
        return fund_ratios.task_rows(self.day, self.tranches)

    @cached_property
    def checks(self) -> pl.DataFrame:
        """`metrics.fund_flags.checks`, the chosen ones."""
        source = self.source
        return self.cut(_checks(source.build.file, source.scope, source.as_of, source.build))

    def cut(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of the chosen round, batch and province."""
        round_code, _, batch = self.programme.partition(".")
        if self.programme != ALL:
            rows = rows.filter(pl.col("round") == round_code)
        if batch:
            rows = rows.filter(pl.col("support_batch") == int(batch))
        return rows if self.province == ALL else rows.filter(pl.col("province") == self.province)


def has_funds(build: Published | None) -> bool:
    """Whether anything was loaded that says where money came from or went."""
    return build is not None and any(build.rows.get(name) for name in ("fund_receipts", "fund_payments"))


def funds_of(source: Source, programme: str, province: str) -> Funds:
    """The funds of the source's day, cut to what was chosen."""
    build = source.build
    return _funds(build.file, build.published_at, source.scope, source.as_of, programme, province, build)


def programmes(source: Source) -> dict[str, str]:
    """The rounds and support batches that money or plans are known of: code (``round-1``, ``round-1.3``) → name."""
    asked = _asked(source.build.file, source.scope, source.as_of, source.build)
    found: dict[str, str] = {}
    for round_code, batch in asked.flow.select("round", "support_batch").unique().sort(pl.all()).iter_rows():
        name = round_name(round_code, language())
        found.setdefault(round_code, name)
        place = {"round": round_code, "support_batch": batch, "tranche": None}
        found[f"{round_code}.{batch}"] = place_said(place, language())
    return found


def growth_of(source: Source) -> Growth:
    """How supported and comparable firms grew, of all rounds together."""
    file, scope, build = source.build.file, source.scope, source.build
    year = latest_year(_giant_returns(file, scope, build), source.as_of)
    return _growth(file, scope, year, _asked(file, scope, source.as_of, build).day, build)


# Nobody changes these frames, so that every reader of a build, scope and day may share them. What is kept holds its
# build: one with the same file, published anew, is another.
@st.cache_resource(max_entries=32, show_spinner=False)
def _funds(
    file: str,
    published_at: dt.datetime,  # noqa: ARG001 - the cache goes by it
    scope: Scope,
    as_of: dt.date,
    programme: str,
    province: str,
    _build: Published,
) -> Funds:
    return Funds(Source(_build, scope, as_of), _asked(file, scope, as_of, _build), programme, province)


@st.cache_resource(max_entries=8, show_spinner=False)
def _asked(file: str, scope: Scope, as_of: dt.date, _build: Published) -> Asked:
    return asked_of(on_day(_books(file, scope, _build), as_of))


@st.cache_resource(max_entries=8, show_spinner=False)
def _checks(file: str, scope: Scope, as_of: dt.date, _build: Published) -> pl.DataFrame:
    return fund_flags.checks(_asked(file, scope, as_of, _build))


# Read once for all days: what a day needs of the country's titles and returns takes longer to find than to keep.
@st.cache_resource(max_entries=4, show_spinner=False)
def _books(file: str, scope: Scope, _build: Published) -> Books:  # noqa: ARG001 - the cache goes by it
    return fund_books(facts_of(_build, scope))


# On every day after a year's end, its growth is the same: who was supported is asked of that end.
@st.cache_resource(max_entries=8, show_spinner=False)
def _growth(file: str, scope: Scope, year: int | None, _day: Day, _build: Published) -> Growth:
    return growth(_giant_returns(file, scope, _build), _day, year)


@st.cache_resource(max_entries=4, show_spinner=False)
def _giant_returns(file: str, scope: Scope, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    return giant_returns(facts_of(_build, scope))
