"""What the page of due titles reads: small counts by unit and month, cached under build, scope and arguments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from data.titles_policy import title_rules
from metrics import title_status, title_updates
from pages.components.facts import facts_of
from pages.components.member_proofs import Source


@dataclass(frozen=True)
class Due:
    """Titles of a tier: due after the day by `until` and overdue on it (province, month, firms), missed updates.

    missed: `metrics.title_updates.missed` for the latest deadline; None where no update of that year was received.
    """

    tier: str
    as_of: dt.date
    until: dt.date
    deadline: dt.date
    due: pl.DataFrame
    overdue: pl.DataFrame
    missed: pl.DataFrame | None

    @property
    def by_month(self) -> pl.DataFrame:
        """Month, firms: every month of the span, 0 where no title falls due."""
        return title_status.due_by_month(self.due, self.as_of, self.until)

    def of(self, place: str | None) -> Due:
        """The same of one unit, or of the whole country for None."""
        if place is None:
            return self
        own = pl.col("province") == place
        missed = None if self.missed is None else self.missed.filter(own)
        return Due(
            self.tier,
            self.as_of,
            self.until,
            self.deadline,
            self.due.filter(own),
            self.overdue.filter(own),
            missed,
        )


def due_of(source: Source, tier: str, months: int) -> Due:
    """The due titles of a tier within some months after the day."""
    return _due(source.build.file, source.scope, source.as_of, tier, months, source.build)


@st.cache_data(max_entries=64, show_spinner=False)
def _due(file: str, scope: Scope, as_of: dt.date, tier: str, months: int, _build: Published) -> Due:  # noqa: ARG001 - the cache goes by it
    facts = facts_of(_build, scope)
    periods = facts.table("title_periods")
    until = pl.select(pl.lit(as_of).dt.offset_by(f"{months}mo")).item()
    by = title_rules().update_by
    deadline = title_updates.latest_deadline(as_of, by.month, by.day)
    month = pl.col("due_on").dt.truncate("1mo").alias("month")
    due = title_status.due(periods, as_of, until, tier)
    overdue = title_status.overdue(periods, as_of, tier)
    return Due(
        tier,
        as_of,
        until,
        deadline,
        due.group_by("province", month).agg(pl.col("firms").sum()).sort("province", "month", nulls_last=True),
        overdue,
        title_updates.missed(periods, facts.table("annual_updates"), as_of, deadline, tier),
    )
