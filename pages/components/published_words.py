"""How published figures read: with what was said of them, at the precision with which they were dated."""

from __future__ import annotations

import datetime as dt

import polars as pl

from pages.components.numbers import exact, headline, in_prose, iso
from pages.components.words import language, t

SHOWN = ("date", "count", "qualifier", "mark", "file", "row_no", "source", "note")


def said(count: int | None, qualifier: str | None) -> str:
    """A headline with its qualifier: 超1.76万, about 140,000; a dash when there is none."""
    return headline(count) if count is None else t(f"qualifier_said.{qualifier}", count=headline(count))


def said_exactly(count: int, qualifier: str) -> str:
    """The same in full digits."""
    return t(f"qualifier_said.{qualifier}", count=exact(count))


def when(day: dt.date | None, precision: str | None) -> str:
    """A date for sentences, no finer than it is known."""
    return in_prose(day, precision or "month")


def readable_dates(rows: pl.DataFrame) -> list[str]:
    """ISO dates, with the day only where it is known."""
    return [iso(day, known) for day, known in rows.select("date", "date_precision").iter_rows()]


def readable(rows: pl.DataFrame) -> pl.DataFrame:
    """Published rows as people read them: ISO dates as known, qualifiers in words, notes in one language."""
    return rows.with_columns(
        date=pl.Series(readable_dates(rows), dtype=pl.String),
        qualifier=pl.Series([t(f"qualifier.{code}") for code in rows["qualifier"]], dtype=pl.String),
        note=pl.col(f"note_{language()}"),
    ).select(SHOWN)


def dates_of(rows: pl.DataFrame) -> dict[str, str]:
    """The dates of publication, latest first: ISO date → as it is known (2021-06-11, 2022-06)."""
    known = sorted(set(rows.select("date", "date_precision").iter_rows()), reverse=True)
    return {day.isoformat(): iso(day, precision) for day, precision in known}
