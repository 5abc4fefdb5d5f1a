"""The terms of an official list: the tier, what happened, the day, the batch, and the batch that it prevails over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from data import published
from data.access import Scope
from data.manifest import Published
from pages.components.facts import facts_of
from pages.components.numbers import exact, iso
from pages.components.plain_text import plain
from pages.components.words import language, t
from pipelines.title_lists import EVENTS, REVIEW, Terms, batches

_NAMED = 6
_FIRST = dt.date(2011, 1, 1)


@dataclass(frozen=True)
class Given:
    """What the form holds: the day, the whole terms (None: something is missing), and what is missing."""

    day: dt.date | None
    terms: Terms | None
    missing: str = ""


def terms_form(build: Published | None, scope: Scope) -> Given:
    """The form of the terms; batches that the facts know are offered."""
    code = language()
    columns = st.columns([1, 1, 0.8, 1.4], gap="small")
    with columns[0]:
        tiers = {tier: t(f"tier.{tier}") for tier in published.TIERS}
        tier = st.selectbox(
            t("title_lists.tier"), list(tiers), format_func=tiers.__getitem__, key=f"list_tier_{code}"
        )
    with columns[1]:
        events = {event: t(f"title_lists.event.{event}") for event in EVENTS}
        event = st.selectbox(
            t("title_lists.event_label"),
            list(events),
            format_func=events.__getitem__,
            key=f"list_event_{code}",
        )
    with columns[2]:
        day = st.date_input(
            t("title_lists.day"),
            value=None,
            min_value=_FIRST,
            max_value="today",
            format="YYYY-MM-DD",
            key="list_day",
            help=t("title_lists.day_help"),
        )
    known = _batches(build.file, scope, tier, build) if build else None
    replaces = None
    with columns[3]:
        if event == REVIEW:
            replaces = _replaces(known, tier)
        batch = st.text_input(
            t("title_lists.batch"),
            key="list_batch",
            help=t("title_lists.batch_help"),
            placeholder=replaces or "",
        ).strip()
    _known(known)
    batch = batch or replaces or ""
    if not day or not batch:
        return Given(day, None, t("title_lists.missing_day" if not day else "title_lists.missing_batch"))
    return Given(day, Terms(tier, event, day, batch, replaces))


def _replaces(known: pl.DataFrame | None, tier: str) -> str | None:
    labels: dict[str, str] = {"": t("title_lists.replaces_none")}
    if known is not None:
        labels |= {
            batch: t("title_lists.known_batch", batch=batch, day=iso(first), names=exact(names))
            for batch, first, names in known.iter_rows()
        }
    chosen = st.selectbox(
        t("title_lists.replaces"),
        list(labels),
        format_func=lambda batch: labels.get(batch, str(batch)),
        key=f"list_replaces_{tier}_{language()}",
        help=t("title_lists.replaces_help"),
    )
    return chosen or None


def _known(known: pl.DataFrame | None) -> None:
    if known is None or known.is_empty():
        st.caption(t("title_lists.no_batches"))
        return
    named = [
        t("title_lists.known_batch", batch=plain(batch), day=iso(first), names=exact(names))
        for batch, first, names in known.head(_NAMED).iter_rows()
    ]
    word = "title_lists.batches" if known.height <= _NAMED else "title_lists.batches_more"
    st.caption(t(word, batches=t("rule.semicolon").join(named), count=exact(known.height)))


@st.cache_data(max_entries=16, show_spinner=False)
def _batches(file: str, scope: Scope, tier: str, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    return batches(facts_of(_build, scope), tier)
