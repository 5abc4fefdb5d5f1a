"""The overview's figures and main view from the registry: titles valid on the day, beside what was published."""

from __future__ import annotations

from typing import Any

import polars as pl

from data import published
from metrics import reconcile, title_history, unit_progress
from pages.components import charts, member_reads
from pages.components.figures import Figure
from pages.components.header import section
from pages.components.member_lists import Titles
from pages.components.member_proofs import (
    Source,
    held_part,
    national_target_part,
    published_part,
    registry_proof,
    title_part,
)
from pages.components.member_series import Line, line_figure
from pages.components.numbers import exact, headline, iso, percent, signed
from pages.components.proof import proof_button
from pages.components.published_words import said_exactly, when
from pages.components.title_quality_view import rule_change_note
from pages.components.twin import twin
from pages.components.words import t

_HEIGHT = 305


def registry_figures(source: Source, stock: pl.DataFrame) -> list[Figure]:
    """A card for each tier: titles valid on the day, their change in a year, their share of the target."""
    found = member_reads.turns(source.build, source.scope)
    before = unit_progress.year_before(source.as_of)
    held = title_history.held_at(found, [before, source.as_of])
    counted = {(tier, day): firms for tier, day, firms in held.iter_rows()}
    targets = dict(published.target_table().select("tier", "target").iter_rows())
    now = pl.DataFrame(
        {
            "tier": published.TIERS,
            "firms": [counted.get((tier, source.as_of), 0) for tier in published.TIERS],
        },
        schema={"tier": pl.String, "firms": pl.Int64},
    )
    rows = reconcile.reconciled(
        now, stock, source.as_of, sample_of=source.build.sample_of, synthetic=source.build.synthetic
    )
    return [
        _figure(source, row, counted.get((row["tier"], before), 0), targets[row["tier"]], stock)
        for row in rows.iter_rows(named=True)
    ]


def registry_series(source: Source, tier: str) -> None:
    """Titles of the tier by quarter against the target; the table has all three tiers."""
    found = member_reads.turns(source.build, source.scope)
    name = t(f"tier.{tier}")
    section(t("overview.registry_title", tier=name))
    first = found["day"].min() or source.as_of
    days = title_history.quarter_ends(min(first, source.as_of), source.as_of)
    held = title_history.held_at(found, days)
    target = dict(published.target_table().select("tier", "target").iter_rows())[tier]
    part = source.build.sample_of or 1
    label = t("overview.target_line", target=t("qualifier_said.about", count=headline(target // part)))
    if source.build.sample_of:
        label = t("overview.target_line_sample", line=label, n=source.build.sample_of)
    of_it = held.filter(pl.col("tier") == tier)
    line = Line(tier, of_it["day"].to_list(), of_it["firms"].to_list(), target // part, label)
    table = held.pivot("tier", index="day", values="firms").select("day", *_known(held))
    twin(
        lambda: charts.draw(
            line_figure(line, height=_HEIGHT),
            key=f"registry_{tier}",
            alt=t("overview.registry_alt", tier=name),
        ),
        table.sort("day", descending=True),
        name=f"titles_by_quarter_build{source.build.build}",
        key=f"registry_{tier}",
        labels={"day": t("overview.quarter")}
        | {code: t(f"overview.held_of.{code}") for code in published.TIERS},
    )
    rule_change_note(days[0], source.as_of)
    year = unit_progress.year_before(source.as_of)
    change = member_reads.counts(source.build, source.scope, source.as_of).filter(pl.col("tier") == tier)
    parts = [
        title_part(source, Titles(of, tier, source.as_of, year), int(change[of].sum()))
        for of in ("opened", "ended")
    ]
    firms = int(change["valid"].sum())
    proof_button(
        registry_proof(
            source,
            t("overview.registry_title", tier=name),
            exact(firms),
            t("overview.registry_formula"),
            [held_part(source, tier, firms, t("proof.part_of.held")), *parts],
            "titles_held",
        ),
        "registry",
    )


def _known(held: pl.DataFrame) -> list[str]:
    there = set(held["tier"])
    return [tier for tier in published.TIERS if tier in there]


def _figure(source: Source, row: dict[str, Any], before: int, target: int, stock: pl.DataFrame) -> Figure:
    tier, firms = row["tier"], row["counted"]
    since = unit_progress.year_before(source.as_of)
    part = source.build.sample_of or 1
    share = percent(100 * firms * part / target, 1)
    label = t(f"overview.held_of.{tier}")
    about = t("qualifier_said.about", count=headline(target))
    remark = t("overview.registry_share", share=share, target=about)
    if source.build.sample_of:
        remark = t("overview.registry_share_sample", share=share, target=about, n=part)
    beside = _beside(row, source)
    proof = registry_proof(
        source,
        label,
        t("overview.registry_value", count=exact(firms), remark=remark),
        t("overview.registry_figure_formula_sample" if part > 1 else "overview.registry_figure_formula"),
        [
            held_part(source, tier, firms, t("proof.part_of.share")),
            national_target_part(tier),
            title_part(
                source, Titles("held", tier, since), before, t("proof.part_of.before", day=iso(since))
            ),
            published_part(reconcile.published_members(stock, tier, source.as_of), tier),
        ],
        "titles_held",
    )
    return Figure(
        key=tier,
        label=t(f"overview.stock_of.{tier}"),
        value=headline(firms),
        exact=t("overview.registry_exactly", count=exact(firms), day=iso(source.as_of)),
        change=signed(firms - before),
        since=t("overview.since", when=iso(since)),
        remark=remark,
        detail=beside,
        proof=proof,
    )


def _beside(row: dict[str, Any], source: Source) -> str:
    """The published figure, how far the count is from it, and why the two are not the same."""
    if row["published"] is None:
        return t("overview.beside_none")
    said = said_exactly(row["published"], row["qualifier"])
    told = {
        "said": said,
        "when": when(row["date"], row["date_precision"]),
        "difference": signed(row["difference"]),
    }
    reasons = t("number.and").join(
        t(f"overview.reason.{reason}", n=source.build.sample_of or 1) for reason in row["reasons"]
    )
    if source.build.sample_of:
        return t("overview.beside_sample", **told, expected=exact(row["expected"]), reasons=reasons)
    return t("overview.beside", **told, reasons=reasons)
