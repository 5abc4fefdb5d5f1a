"""The headline figures of the provinces page, and every figure of one unit, each with its proof."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from metrics import title_history, unit_progress
from pages.components import member_reads
from pages.components.figures import Figure
from pages.components.member_lists import Titles
from pages.components.member_pages import Records
from pages.components.member_proofs import (
    Source,
    held_part,
    registry_proof,
    return_parts,
    row_part,
    title_part,
)
from pages.components.numbers import MISSING, exact, headline, percent
from pages.components.proof import Proof
from pages.components.province_reads import Units, context_of, targets_of
from pages.components.unit_map import unit_names
from pages.components.words import t

COLUMNS = ("valid", "opened", "ended", "due", "target", "attained_pct", "coverage_pct", "density")
_TERMS = {
    "valid": "titles_held", "opened": "titles_opened", "ended": "titles_ended", "due": "titles_due",
    "target": "target_share", "attained_pct": "target_share", "coverage_pct": "coverage", "density": "density",
}  # fmt: skip
_GREAT, _SMALL = "little_giant", "srdi"
_PER = 100


@dataclass(frozen=True)
class UnitFigure:
    """One figure of one unit, or of the country: its text, and its proof (None: there is no figure)."""

    column: str
    label: str
    value: str
    remark: str
    proof: Proof | None


def headline_of(source: Source, units: Units) -> list[Figure]:
    """Units at their target, the median unit, the largest one, and little giants for each 100 SRDI firms."""
    found = unit_progress.summary(units.rows)
    return [
        _reached(source, units, found["reached"], found["targets"]),
        _median(source, units, found["median"]),
        _largest(source, units, found["largest"], found["most"]),
        _per_hundred(source),
    ]


def unit_figures(source: Source, units: Units, code: str | None) -> list[UnitFigure]:
    """Every figure of the table for one unit; for None, those of the country that are sums of the units."""
    row = _row(units, code)
    return [_unit_figure(source, units, code, row, column) for column in COLUMNS if column in row]


def said(column: str, value: float | None) -> str:
    """A figure of the table in words."""
    if value is None:
        return MISSING
    return percent(value) if column.endswith("_pct") else exact(value, 2 if column == "density" else None)


def _row(units: Units, code: str | None) -> dict:
    if code is not None:
        return units.rows.filter(pl.col("code") == code).row(0, named=True)
    sums = units.rows.select(pl.col("valid", "opened", "ended", "due", "expected", "returned").sum())
    row = sums.row(0, named=True)
    return row | {"coverage_pct": 100 * row["returned"] / row["expected"] if row["expected"] else None}


def _unit_figure(source: Source, units: Units, code: str | None, row: dict, column: str) -> UnitFigure:
    value = row[column]
    provinces = _provinces(units, code)
    label = t(f"provinces.column.{column}")
    remark = "" if value is not None else _why_missing(source, units, column)
    if value is None:
        return UnitFigure(column, label, MISSING, remark, None)
    place = unit_names()[code] if code else t("provinces.country")
    proof = registry_proof(
        source,
        t("provinces.figure_of", unit=place, figure=label),
        said(column, value),
        t(f"provinces.formula.{column}"),
        unit_parts(source, units, provinces, row, column),
        _TERMS[column],
        t("provinces.basis_returns", year=units.returns_year) if column == "coverage_pct" else "",
    )
    return UnitFigure(column, label, said(column, value), _two_parts(units, row, column), proof)


def unit_parts(
    source: Source, units: Units, provinces: tuple[str, ...] | None, row: dict, column: str
) -> list[Records]:
    """The records behind a figure; a ratio has its numerator first, then its denominator."""
    tier, day = units.tier, source.as_of
    match column:
        case "valid":
            return [held_part(source, tier, row["valid"], t("proof.part_of.held"), provinces)]
        case "opened" | "ended":
            asked = Titles(column, tier, day, unit_progress.year_before(day), provinces)
            return [title_part(source, asked, row[column])]
        case "due":
            asked = Titles("due", tier, day, unit_progress.year_after(day), provinces)
            return [title_part(source, asked, row["due"])]
        case "target":
            return [_target_part(source, tier, provinces)]
        case "coverage_pct":
            return return_parts(source, units.returns_year or 0, row["returned"], row["expected"], provinces)
        case _:
            other = (
                _target_part(source, tier, provinces)
                if column == "attained_pct"
                else _context_part(source, units, provinces)
            )
            return [held_part(source, tier, row["valid"], t("proof.part_of.share"), provinces), other]


def tier_history(source: Source, provinces: tuple[str, ...] | None) -> pl.DataFrame:
    """Holders by quarter, of some units or of the country: tier, day, firms."""
    found = member_reads.turns(source.build, source.scope)
    first = found["day"].min() or source.as_of
    if provinces is not None:
        found = found.filter(pl.col("province").is_in(provinces))
    days = title_history.quarter_ends(min(first, source.as_of), source.as_of)  # type: ignore[type-var]
    return title_history.held_at(found, days)


def _reached(source: Source, units: Units, reached: int, targets: int) -> Figure:
    label = t("provinces.reached")
    told = t("provinces.reached_value", reached=reached, targets=targets) if targets else MISSING
    with_target = units.rows.filter(pl.col("target").is_not_null())
    at_target = with_target.filter("is_reached")
    parts = [
        _units_part(source, units, at_target, t("proof.part_of.reached")),
        _units_part(source, units, with_target, t("proof.part_of.with_target")),
    ]
    behind = targets - reached
    return Figure(
        key="reached",
        label=label,
        value=told,
        remark=t("provinces.reached_remark", behind=behind, year=source.as_of.year)
        if targets
        else t("provinces.no_targets"),
        proof=registry_proof(source, label, told, t("provinces.formula.reached"), parts, "target_share"),
    )


def _median(source: Source, units: Units, median: float) -> Figure:
    label = t("provinces.median")
    value = exact(int(median)) if float(median).is_integer() else exact(median, 1)
    firms = int(units.rows["valid"].sum())
    parts = [
        _units_part(source, units, units.rows, t("proof.part_of.units")),
        held_part(source, units.tier, firms + units.unknown, t("proof.part_of.held")),
    ]
    return Figure(
        key="median",
        label=label,
        value=value,
        remark=t("provinces.median_remark", units=units.rows.height),
        proof=registry_proof(source, label, value, t("provinces.formula.median"), parts, "reporting_unit"),
    )


def _largest(source: Source, units: Units, code: str, most: int) -> Figure:
    label = t("provinces.largest")
    total = int(units.rows["valid"].sum())
    share = percent(100 * most / total) if total else MISSING
    parts = [held_part(source, units.tier, most, t("proof.part_of.held"), units.provinces(code))]
    title = t("provinces.figure_of", unit=unit_names()[code], figure=label)
    return Figure(
        key="largest",
        label=label,
        value=unit_names()[code],
        remark=t("provinces.largest_remark", count=headline(most), share=share),
        exact=exact(most),
        proof=registry_proof(source, title, exact(most), t("provinces.formula.valid"), parts, "titles_held"),
    )


def _per_hundred(source: Source) -> Figure:
    counted = member_reads.counts(source.build, source.scope, source.as_of)
    held = dict(counted.group_by("tier").agg(pl.col("valid").sum()).iter_rows())
    great, small = held.get(_GREAT, 0), held.get(_SMALL, 0)
    value = exact(_PER * great / small, 1) if small else MISSING
    label = t("provinces.per_hundred")
    parts = [
        held_part(source, _GREAT, great, t("proof.part_of.per", tier=t(f"tier.{_GREAT}"))),
        held_part(source, _SMALL, small, t("proof.part_of.hundred", tier=t(f"tier.{_SMALL}"))),
    ]
    return Figure(
        key="per_hundred",
        label=label,
        value=value,
        remark=t("provinces.per_hundred_remark", great=exact(great), small=exact(small)),
        proof=registry_proof(source, label, value, t("provinces.formula.per_hundred"), parts, "per_hundred"),
    )


def _units_part(source: Source, units: Units, rows: pl.DataFrame, label: str) -> Records:
    """Units with their titles and targets; each with the cell of the target where it stands alone."""
    cells = targets_of(source, units.tier).select(code="province", file="file", sheet="sheet", cell="cell")
    shown = rows.join(cells, on="code", how="left", maintain_order="left").sort("valid", descending=True)
    return row_part(
        shown.select(
            pl.col("code").replace_strict(unit_names(), return_dtype=pl.String).alias("province"),
            "valid",
            "target",
            "file",
            "sheet",
            "cell",
        ),
        label,
        f"units_{units.tier}",
    )


def _target_part(source: Source, tier: str, provinces: tuple[str, ...] | None) -> Records:
    rows = targets_of(source, tier)
    return _placed(rows, provinces, "target", ("year", "target", "source"), t("proof.part_of.target"))


def _context_part(source: Source, units: Units, provinces: tuple[str, ...] | None) -> Records:
    rows = context_of(source, units)
    shown = ("year", "above_scale_smes")
    return _placed(rows, provinces, "above_scale_smes", shown, t("proof.part_of.density"))


def _placed(
    rows: pl.DataFrame, provinces: tuple[str, ...] | None, field: str, shown: tuple[str, ...], label: str
) -> Records:
    found = rows if provinces is None else rows.filter(pl.col("province").is_in(provinces))
    said_ = found.with_columns(pl.col("province").replace_strict(unit_names(), return_dtype=pl.String))
    return row_part(said_.select("province", *shown, "file", "sheet", "cell"), label, field)


def _two_parts(units: Units, row: dict, column: str) -> str:
    match column:
        case "coverage_pct":
            told = {"returned": exact(row["returned"]), "expected": exact(row["expected"])}
            return t("provinces.coverage_of", **told, year=units.returns_year)
        case "attained_pct":
            return t("provinces.attained_of", valid=exact(row["valid"]), target=exact(row["target"]))
        case "density":
            return t("provinces.density_of", smes=exact(row["above_scale_smes"]), year=units.context_year)
        case _:
            return ""


def _why_missing(source: Source, units: Units, column: str) -> str:
    if column in ("target", "attained_pct"):
        return t("provinces.no_target", year=source.as_of.year)
    return t("provinces.no_returns" if units.returns_year is None else "provinces.no_context")


def _provinces(units: Units, code: str | None) -> tuple[str, ...] | None:
    return None if code is None else units.provinces(code)
