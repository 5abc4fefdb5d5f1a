"""What the page on quality reads of a build; cached under build, scope and arguments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from metrics.received import warning_rates
from pages.components.facts import facts_for_export, facts_of
from pipelines import quality


@dataclass(frozen=True)
class Received:
    """Coverage of the latest year by unit (year None: no returns), freshness by dataset and unit, warning rates."""

    year: int | None
    coverage: pl.DataFrame
    freshness: pl.DataFrame
    rates: pl.DataFrame


def received(build: Published, scope: Scope, today: dt.date) -> Received:
    """How complete, how fresh and how clean the data of a build are; days are counted to ``today``."""
    return _received(build.file, scope, today, build)


def without_return(build: Published, scope: Scope, year: int, province: str) -> pl.DataFrame:
    """The firms of a unit without a return, see `pipelines.quality.without_return`."""
    return _without(build.file, scope, year, province, build)


def without_return_for_export(build: Published, scope: Scope, year: int, province: str) -> pl.DataFrame:
    """The same, when nobody's page is being drawn."""
    return quality.without_return(facts_for_export(build, scope), year, province)


@st.cache_data(max_entries=16, show_spinner=False)
def _received(file: str, scope: Scope, today: dt.date, _build: Published) -> Received:  # noqa: ARG001 - the cache goes by it
    facts = facts_of(_build, scope)
    year, covered = quality.coverage(facts)
    fresh = quality.freshness(facts, today)
    return Received(year, covered, fresh, warning_rates(quality.received(facts)))


@st.cache_data(max_entries=8, show_spinner=False)
def _without(file: str, scope: Scope, year: int, province: str, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    return quality.without_return(facts_of(_build, scope), year, province)
