"""The headline figures of the quality page and the proof of one unit's coverage, both parts of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl

from data.access import Scope
from data.manifest import Published
from pages.components.facts import facts_parts
from pages.components.figures import Figure
from pages.components.member_lists import Returns, records
from pages.components.member_pages import PAGE, Records, records_of
from pages.components.numbers import MISSING, exact, headline, iso, percent
from pages.components.proof import Proof
from pages.components.quality_reads import Received, without_return, without_return_for_export
from pages.components.quality_words import check_rows, fresh_rows, labels, rate_rows
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.quality import Quality

RETURNS = "annual_returns"
_MISSING = ("name", "uscc", "file", "sheet", "cell")


def quality_figures(
    build: Published, scope: Scope, found: Quality | None, read: Received, today: dt.date
) -> list[Figure]:
    """Checks that agree, returns received, days since the last file, warnings per 1,000 rows."""
    figures = [_checks(found), _coverage(build, scope, read), _freshness(read, today), _rates(read)]
    return [replace(one, proof=replace(one.proof, build=_build(build))) for one in figures]


def unit_proof(build: Published, scope: Scope, row: dict[str, Any], year: int) -> Proof:
    """One unit's coverage, a row of `metrics.returns_coverage.coverage`: who is missing, and both parts."""
    unit, headers = row["province"], {name: t(f"quality.column.{name}") for name in _MISSING}
    missing = Records(
        label=t("quality.part.missing"),
        name=f"missing_{year}_{unit}_build{build.build}",
        count=row["missing"],
        page=lambda page: without_return(build, scope, year, unit).slice(page * PAGE, PAGE).rename(headers),
        whole=lambda: without_return_for_export(build, scope, year, unit).rename(headers),
    )
    return Proof(
        title=t("quality.unit_proof", unit=unit_names()[unit], year=year),
        value=_ratio(row["returned"], row["expected"]),
        formula=t("quality.coverage_formula"),
        parts=[missing, *_parts(build, scope, year, row["returned"], row["expected"], (unit,))],
        build=_build(build),
    )


def _parts(
    build: Published, scope: Scope, year: int, returned: int, expected: int, provinces: tuple[str, ...] | None
) -> list[Records]:
    return [
        records(build, scope, Returns("returned", year, provinces), returned, t("quality.part.returned")),
        records(build, scope, Returns("expected", year, provinces), expected, t("quality.part.expected")),
    ]


def _ratio(part: int, whole: int) -> str:
    return f"{percent(100 * part / whole if whole else None)}  ({exact(part)} / {exact(whole)})"


def _build(build: Published) -> str:
    return t("rule.semicolon").join(facts_parts(build))


def _checks(found: Quality | None) -> Figure:
    label = t("quality.figure.checks")
    if found is None:
        unread = Proof(label, MISSING, t("quality.checks_formula"), absent=t("quality.not_read"))
        return Figure(key="checks", label=label, value=MISSING, proof=unread, remark=t("quality.not_read"))
    kinds = {
        "yes": found.checks.filter("agrees"),
        "no": found.disagreements,
        "only_first": found.checks.filter(pl.col("agrees").is_null()),
    }
    parts = [
        records_of(rows := check_rows(of_kind), t(f"quality.agrees.{kind}"), f"checks_{kind}", labels(rows))
        for kind, of_kind in kinds.items()
        if of_kind.height
    ]
    value = exact(found.agreed)
    return Figure(
        key="checks",
        label=label,
        value=value,
        proof=Proof(label, value, t("quality.checks_formula"), parts=parts, absent=t("quality.not_read")),
        remark=t(
            "quality.checks_remark", differ=exact(found.disagreements.height), only=exact(found.only_first)
        ),
    )


def _coverage(build: Published, scope: Scope, read: Received) -> Figure:
    returned, expected = (int(read.coverage[name].sum()) for name in ("returned", "expected"))
    label = t("quality.figure.coverage", year=read.year) if read.year else t("quality.figure.coverage_none")
    return Figure(
        key="coverage",
        label=label,
        value=percent(100 * returned / expected if expected else None),
        proof=Proof(
            title=label,
            value=_ratio(returned, expected),
            formula=t("quality.coverage_formula"),
            parts=_parts(build, scope, read.year, returned, expected, None) if read.year else (),
            absent=t("quality.no_returns"),
        ),
        remark=t("quality.coverage_remark", returned=headline(returned), expected=headline(expected))
        if read.year
        else t("quality.no_returns"),
    )


def _freshness(read: Received, today: dt.date) -> Figure:
    rows = fresh_rows(read.freshness.sort("days", descending=True, maintain_order=True))
    latest = read.rates["received_at"].max()
    days = (today - latest.date()).days if isinstance(latest, dt.datetime) else None
    of_returns = read.freshness.filter(dataset=RETURNS).sort("days", "province", descending=[True, False])
    remark = (
        t("quality.oldest", unit=unit_names()[of_returns["province"][0]], days=exact(of_returns["days"][0]))
        if of_returns.height
        else t("quality.no_returns")
    )
    return Figure(
        key="freshness",
        label=t("quality.figure.freshness"),
        value=exact(days),
        proof=Proof(
            title=t("quality.figure.freshness"),
            value=exact(days),
            formula=t("quality.freshness_formula"),
            members=rows,
            as_of=iso(today),
            absent="" if rows.height else t("quality.nothing_received"),
            labels=labels(rows),
        ),
        remark=remark,
    )


def _rates(read: Received) -> Figure:
    rows = rate_rows(read.rates)
    warnings, count = read.rates["warnings"].sum(), read.rates["rows"].sum()
    rate = 1000 * warnings / count if count else None
    return Figure(
        key="rates",
        label=t("quality.figure.rates"),
        value=exact(rate, 1),
        proof=Proof(
            title=t("quality.figure.rates"),
            value=f"{exact(rate, 1)}  ({exact(warnings)} / {exact(count)})",
            formula=t("quality.rates_formula"),
            members=rows,
            absent="" if rows.height else t("quality.nothing_received"),
            labels=labels(rows),
        ),
        remark=t("quality.rates_remark", warnings=headline(warnings), rows=headline(count)),
    )
