"""The proof of a tier's line over time: the titles of its last day, and what came and went in the year before."""

from __future__ import annotations

import polars as pl

from metrics import unit_progress
from pages.components import member_reads
from pages.components.member_lists import Titles
from pages.components.member_proofs import Source, held_part, registry_proof, title_part
from pages.components.numbers import exact
from pages.components.proof import Proof
from pages.components.words import t


def tier_proof(source: Source, tier: str, firms: int, provinces: tuple[str, ...] | None) -> Proof:
    """Titles of a tier valid on the day, opened and ended in the year up to it, in some units or the country."""
    counted = member_reads.counts(source.build, source.scope, source.as_of).filter(pl.col("tier") == tier)
    if provinces is not None:
        counted = counted.filter(pl.col("province").is_in(provinces))
    year = unit_progress.year_before(source.as_of)
    changed = [
        title_part(source, Titles(of, tier, source.as_of, year, provinces), int(counted[of].sum()))
        for of in ("opened", "ended")
    ]
    held = held_part(source, tier, firms, t("proof.part_of.held"), provinces)
    return registry_proof(
        source,
        t("proof.part_of.held_of", tier=t(f"tier.{tier}")),
        exact(firms),
        t("overview.registry_formula"),
        [held, *changed],
        "titles_held",
    )
