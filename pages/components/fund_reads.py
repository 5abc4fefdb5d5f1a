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
from metrics.fund_frames import Day
from metrics.fund_rules import Asked
from pages.components.facts import facts_of
from pages.components.member_proofs import Source
from pages.components.words import language
from pipelines.funds import asked_of, fund_day, place_said, round_name

ALL = "all"


@dataclass(frozen=True)
class Funds:
    """The funds of a day as the reader chose them: of a round and batch (``programme``), of a province, or all."""

    source: Source
    asked: Asked
    checked: pl.DataFrame
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
    def checks(self) -> pl.DataFrame:
        """`metrics.fund_flags.checks`, the chosen ones."""
        return self.cut(self.checked)

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
    asked, checked = _checked(source.build.file, source.scope, source.as_of, source.build)
    return Funds(source, asked, checked, programme, province)


def programmes(source: Source) -> dict[str, str]:
    """The rounds and support batches that money or plans are known of: code (``round-1``, ``round-1.3``) → name."""
    asked, _ = _checked(source.build.file, source.scope, source.as_of, source.build)
    found: dict[str, str] = {}
    for round_code, batch in asked.flow.select("round", "support_batch").unique().sort(pl.all()).iter_rows():
        name = round_name(round_code, language())
        found.setdefault(round_code, name)
        place = {"round": round_code, "support_batch": batch, "tranche": None}
        found[f"{round_code}.{batch}"] = place_said(place, language())
    return found


# Nobody changes these frames, so that every reader of a build, scope and day may share them.
@st.cache_resource(max_entries=8, show_spinner=False)
def _checked(file: str, scope: Scope, as_of: dt.date, _build: Published) -> tuple[Asked, pl.DataFrame]:  # noqa: ARG001 - the cache goes by it
    asked = asked_of(fund_day(facts_of(_build, scope), as_of))
    return asked, fund_flags.checks(asked)
