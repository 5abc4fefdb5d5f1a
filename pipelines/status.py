"""Who holds which title, in figures: what `tidu status` prints."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from data import access, published
from data.access import MINISTRY
from metrics import title_status
from pipelines.title_ledger import ledger_as_known

UNKNOWN = "unknown"


def status_json(
    as_of: dt.date | None = None, tier: str | None = None, known_on: dt.date | None = None
) -> dict[str, Any]:
    """Titles held on a day (default: the latest day of a loaded fact), of one tier or of all.

    Returns as_of, tier, known_on, build, synthetic, sample_of; total (firms that hold any of the titles asked for,
    each once), by_tier, by_province (every reporting unit's code, and `unknown`), by_province_and_tier; unmatched
    (of the total, listed names without a credit code), overdue (titles past their validity whose review list is not
    published) and new_on_review (titles known from a review list alone); without_lower: by tier, the firms that hold
    it without the one below. ``known_on``: as it was known at the end of that day. Raises NoFactsError.
    """
    facts = access.read(MINISTRY)
    day = as_of or facts.build.as_of or facts.build.published_at.date()
    ledger = facts.table("title_periods") if known_on is None else ledger_as_known(facts, known_on)
    counted = title_status.held(ledger, day, tier)
    firms = _firms(ledger, day, tier)
    return {
        "as_of": day.isoformat(),
        "tier": tier,
        "known_on": known_on.isoformat() if known_on else None,
        "build": facts.build.build,
        "synthetic": facts.build.synthetic,
        "sample_of": facts.build.sample_of,
        "total": firms.height,
        "by_tier": _by_tier(counted, "firms", tier),
        "by_province": _by_province(firms),
        "by_province_and_tier": _by_both(counted),
        "unmatched": firms["uscc"].null_count(),
        "overdue": int(counted["overdue"].sum()),
        "new_on_review": int(counted["new_on_review"].sum()),
        "without_lower": _by_tier(title_status.nesting(ledger, day), "firms", tier),
    }


def _firms(ledger: Any, day: dt.date, tier: str | None) -> pl.DataFrame:
    """Each firm that holds a title, once: firm, uscc, province."""
    members = title_status.held_members(ledger, day, tier).select("firm", "uscc", "province")
    found: pl.DataFrame = members.collect("polars").to_native()
    return found.unique("firm")


def _by_tier(counted: pl.DataFrame, column: str, tier: str | None) -> dict[str, int]:
    found = dict(counted.group_by("tier").agg(pl.col(column).sum()).iter_rows())
    return {name: found.get(name, 0) for name in published.TIERS if tier in (None, name)}


def _by_province(firms: pl.DataFrame) -> dict[str, int]:
    found = dict(firms.group_by(pl.col("province").fill_null(UNKNOWN)).len().iter_rows())
    units = published.units().filter("in_programme")["code"].to_list()
    return {code: found.get(code, 0) for code in (*units, UNKNOWN)}


def _by_both(counted: pl.DataFrame) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for tier, province, firms in counted.select("tier", "province", "firms").iter_rows():
        found.setdefault(province or UNKNOWN, {})[tier] = firms
    return found
