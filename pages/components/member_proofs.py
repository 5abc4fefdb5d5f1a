"""Proofs of the registry's figures: counts of titles, and ratios with both their parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from data import published
from data.access import Scope
from data.manifest import Published
from data.titles_policy import title_rules
from pages.components.facts import build_said
from pages.components.member_lists import Returns, Titles, records
from pages.components.member_pages import Records, records_of
from pages.components.numbers import exact, iso
from pages.components.proof import Proof
from pages.components.published_words import readable
from pages.components.words import t

_TARGETS_FILE = "data/policy/targets.yaml"


@dataclass(frozen=True)
class Source:
    """What a page's figures of the registry are read from: the build, for whom, and for which day."""

    build: Published
    scope: Scope
    as_of: dt.date


def title_part(source: Source, asked: Titles, count: int, label: str = "") -> Records:
    """The titles behind a count, under a label of its own or that of their kind."""
    return records(source.build, source.scope, asked, count, label or t(f"proof.part_of.{asked.of}"))


def held_part(
    source: Source, tier: str, count: int, label: str, provinces: tuple[str, ...] | None = None
) -> Records:
    """The titles of a tier that are valid on the day."""
    return title_part(source, Titles("held", tier, source.as_of, None, provinces), count, label)


def return_parts(
    source: Source, year: int, returned: int, expected: int, provinces: tuple[str, ...] | None
) -> list[Records]:
    """The two parts of a coverage: firms with a return, firms expected."""
    asked = (("returned", returned), ("expected", expected))
    return [
        records(source.build, source.scope, Returns(of, year, provinces), count, t(f"proof.part_of.{of}"))
        for of, count in asked
    ]


def row_part(rows: pl.DataFrame, label: str, name: str) -> Records:
    """A few rows of a dataset as a part, under the proof's headers."""
    return records_of(rows, label, name, {column: t(f"proof.column.{column}") for column in rows.columns})


def national_target_part(tier: str) -> Records:
    """The national target as a part: the line of the policy file that states it."""
    at, found = next(
        (at, target) for at, target in enumerate(published.targets().targets) if target.tier == tier
    )
    row = pl.DataFrame(
        {
            "tier": [t(f"tier.{tier}")],
            "target": [found.count],
            "document": [found.document],
            "mark": [found.mark],
            "value": [str(found.count)],
            "file": [_TARGETS_FILE],
            "cell": [f"targets[{at}].count"],
        }
    )
    return row_part(row, t("proof.part_of.target"), f"target_{tier}")


def published_part(rows: pl.DataFrame, tier: str) -> Records:
    """The published figure that a registry count is set against."""
    return records_of(readable(rows), t("proof.part_of.published"), f"published_{tier}")


def registry_proof(
    source: Source, title: str, value: str, formula: str, parts: Sequence[Records], term: str, basis: str = ""
) -> Proof:
    """The proof of a figure of the registry, under the rules of titles."""
    rules = title_rules()
    return Proof(
        title=title,
        value=value,
        formula=formula,
        basis=basis or _basis(source.build),
        as_of=iso(source.as_of),
        article=f"{rules.document} {rules.article}",
        marks=(rules.mark,),
        parts=parts,
        term=term,
        build=build_said(source.build),
    )


def _basis(build: Published) -> str:
    said = [t("proof.basis_valid")]
    if build.sample_of:
        said.append(t("facts.sample", n=exact(build.sample_of)))
    if build.synthetic:
        said.append(t("app.synthetic"))
    return t("number.and").join(said)
