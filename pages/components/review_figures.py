"""The figures of a panelist's page: provinces assigned, handed in, still open, and scores not done."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.manifest import Published
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.member_pages import records_of
from pages.components.numbers import exact
from pages.components.proof import Proof
from pages.components.receipt_words import moment
from pages.components.unit_map import unit_names
from pages.components.words import t
from pages.components.work_reads import Appraised
from pipelines.workflow.panel import Review


def headline_of(build: Published, found: Appraised, reviews: Mapping[str, Review]) -> list[Figure]:
    """Each figure is proved by the reviews that it counts."""
    judged = found.scheme.judged
    done = {unit: one for unit, one in reviews.items() if one.number is not None}
    open_ = {unit: one for unit, one in reviews.items() if one.number is None}
    missing = {
        unit: one for unit, one in open_.items() if any(one.score(code).value is None for code in judged)
    }
    count = sum(one.score(code).value is None for one in open_.values() for code in judged)
    return [
        _figure(build, "assigned", len(reviews), reviews, judged),
        _figure(build, "handed_in", len(done), done, judged),
        _figure(build, "open", len(open_), open_, judged),
        _figure(build, "not_done", count, missing, judged),
    ]


def province_labels(reviews: Mapping[str, Review]) -> dict[str, str]:
    """The provinces as they are chosen: name, and whether handed in."""
    names = unit_names()
    return {
        unit: t(f"my_reviews.choice.{'open' if one.number is None else 'done'}", unit=names[unit])
        for unit, one in reviews.items()
    }


def _figure(
    build: Published, key: str, value: int, reviews: Mapping[str, Review], judged: tuple[str, ...]
) -> Figure:
    names = unit_names()
    rows = [
        (
            names[unit],
            sum(one.score(code).value is not None for code in judged),
            len(judged),
            moment(one.submitted_at) if one.submitted_at else "",
        )
        for unit, one in reviews.items()
    ]
    schema = {"unit": pl.String, "scored": pl.Int64, "to_score": pl.Int64, "submitted_at": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    labels = {name: t(f"work.column.{name}") for name in table.columns}
    label = t(f"my_reviews.figure.{key}")
    proof = Proof(
        title=label,
        value=exact(value),
        formula=t(f"my_reviews.formula.{key}"),
        parts=[records_of(table, t("my_reviews.reviews"), key, labels)],
        build=build_said(build),
    )
    return Figure(key, label, exact(value), proof)
