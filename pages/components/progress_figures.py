"""The headline figures of target progress: share, yearly increase, pace, and when the target was reached."""

from __future__ import annotations

import datetime as dt

from data import published
from pages.components.figures import Figure
from pages.components.member_lists import Titles
from pages.components.member_pages import Records
from pages.components.member_proofs import (
    Source,
    held_part,
    national_target_part,
    registry_proof,
    title_part,
)
from pages.components.numbers import MISSING, exact, headline, iso, percent, signed
from pages.components.progress_reads import Progress
from pages.components.proof import Proof
from pages.components.published_words import said_exactly
from pages.components.words import t


def progress_figures(source: Source, found: Progress) -> list[Figure]:
    """Share attained, net increase a year, pace, reached on."""
    return [_share(source, found), _increase(source, found), _pace(source, found), _reached(source, found)]


def pace_said(row: dict) -> str:
    """How the pace came about: both growth rates, or both yearly increases, and their ratio."""
    if row["method"] == "none":
        return t("progress.pace_none")
    if row["method"] == "growth":
        told = {
            "observed": percent(row["observed_growth_pct"]),
            "required": percent(row["required_growth_pct"]),
        }
        return t("progress.pace_growth", ratio=percent(row["ratio_pct"]), **told)
    return t("progress.pace_linear", ratio=percent(row["ratio_pct"]))


def _parts(source: Source, found: Progress) -> list[Records]:
    """The titles of the day, those of the day the period began, and the target."""
    row = found.registry
    base: dt.date = row["base_date"]
    before = Titles("held", found.tier, base)
    return [
        held_part(source, found.tier, row["firms"], t("proof.part_of.held")),
        title_part(source, before, row["base"], t("proof.part_of.before", day=iso(base))),
        national_target_part(found.tier),
    ]


def _proof(source: Source, found: Progress, of: str, value: str) -> Proof:
    formula = t(f"progress.formula.{of}")
    if source.build.sample_of:
        formula += t("progress.formula.sample", n=source.build.sample_of)
    return registry_proof(
        source, t(f"progress.figure.{of}"), value, formula, _parts(source, found), f"progress_{of}"
    )


def _share(source: Source, found: Progress) -> Figure:
    row, said = found.registry, found.published
    value = percent(row["share_pct"])
    remark = t("progress.share_of", firms=exact(row["firms"]), target=exact(row["target"]))
    detail = t("progress.published_none")
    if said["count"] is not None:
        told = said_exactly(said["count"], said["qualifier"])
        detail = t("progress.published_share", said=told, share=percent(said["share_pct"]))
    return Figure(
        key="progress_share",
        label=t("progress.figure.share"),
        value=value,
        proof=_proof(source, found, "share", f"{value} {remark}"),
        exact=t("progress.target_about", target=headline(found.target)),
        remark=remark,
        detail=detail,
    )


def _increase(source: Source, found: Progress) -> Figure:
    row = found.registry
    value = MISSING if row["observed_per_year"] is None else signed(round(row["observed_per_year"]))
    since = t("progress.since_base", day=iso(row["base_date"]), base=exact(row["base"]))
    if row["required_per_year"] is not None:
        needed = t("progress.required", count=signed(round(row["required_per_year"])), until=_until())
    else:
        standing = "reached" if row["firms"] >= row["target"] else "over"
        needed = t(f"progress.required_{standing}", until=_until())
    return Figure(
        key="progress_increase",
        label=t("progress.figure.increase"),
        value=value,
        proof=_proof(source, found, "increase", value),
        remark=needed,
        detail=since,
    )


def _pace(source: Source, found: Progress) -> Figure:
    row = found.registry
    value = t(f"progress.pace.{row['pace']}")
    said = found.published
    detail = t("progress.published_pace", pace=t(f"progress.pace.{said['pace']}"), how=pace_said(said))
    return Figure(
        key="progress_pace",
        label=t("progress.figure.pace"),
        value=value,
        proof=_proof(source, found, "pace", f"{value} {pace_said(row)}"),
        remark=pace_said(row),
        detail=detail,
    )


def _reached(source: Source, found: Progress) -> Figure:
    row, said = found.registry, found.published
    value = iso(row["reached_on"], "month") if row["reached_on"] else t("progress.not_reached")
    if row["held"]:
        remark = t("progress.reached_on", day=iso(row["reached_on"]), held=t(f"progress.held.{row['held']}"))
    else:
        remark = t("progress.missing", count=exact(row["target"] - row["firms"]))
    if said["reached_by"] is None:
        detail = t(f"progress.published_reading.{said['reading']}")
    else:
        detail = t(
            "progress.published_reached",
            after=iso(said["reached_after"], said["reached_after_precision"] or "day"),
            by=iso(said["reached_by"], said["reached_by_precision"]),
            held=t(f"progress.held.{said['held']}"),
        )
    return Figure(
        key="progress_reached",
        label=t("progress.figure.reached"),
        value=value,
        proof=_proof(source, found, "reached", f"{value} {remark}"),
        remark=remark,
        detail=detail,
    )


def _until() -> str:
    return iso(published.targets().horizon.to)
