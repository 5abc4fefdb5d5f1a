"""From the tallies to what the page shows of them: the headline figures with their proofs, the view, its table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from data.access import Scope
from data.manifest import Published
from data.rules import Standard
from metrics import lost_points
from metrics.scoring.rule_words import Words
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.gradient_charts import View
from pages.components.gradient_firms import records
from pages.components.gradient_reads import EVERY, Listed, Tallies, counted, rule_of
from pages.components.member_pages import Records
from pages.components.numbers import exact, headline, percent
from pages.components.proof import Proof
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.scoring import default_assessment


@dataclass(frozen=True)
class Asked:
    """Whose figures are drawn: the build, the reader, and the standard and unit that are listed."""

    build: Published
    scope: Scope
    listed: Listed


def headline_of(asked: Asked, found: Tallies, view: View, words: Words) -> list[Figure]:
    """Firms scored, those that meet the standard, those undetermined, and where most is lost."""
    return [
        *(_count(asked, found, of, words) for of in (EVERY, "meets", "undetermined")),
        _largest(asked, found, view, words),
    ]


def view_of(found: Tallies, rule: Standard, province: str | None, words: Words) -> View:
    """Points lost by criterion; for a standard without a score, firms that fail by requirement."""
    if rule.criteria:
        names = {item.id: words.label(item.label) for item in rule.criteria}
        by, country, cells = (
            lost_points.by_criterion(found.losses, rule, province),
            lost_points.by_criterion(found.losses, rule),
            lost_points.by_province(found.losses, rule),
        )
        item, value, said = "criterion", "lost_mean", _said_of_loss
        texts = [f"{row['lost_mean']:.1f} / {row['most']}" for row in by.iter_rows(named=True)]
    else:
        names = {item.id: words.label(item.label) for item in rule.requirements}
        by, country, cells = (
            lost_points.requirements(found.unmet, rule, province),
            lost_points.requirements(found.unmet, rule),
            lost_points.requirements_by_province(found.unmet, rule),
        )
        item, value, said = "requirement", "failed_pct", _said_of_failing
        texts = [percent(row["failed_pct"]) for row in by.iter_rows(named=True)]
    kind = "score" if rule.criteria else "unmet"
    means = dict(country.select(item, value).iter_rows())
    items = by.select(
        pl.col(item).alias("id"),
        pl.col(item).replace_strict(names, return_dtype=pl.String).alias("name"),
        pl.col(value).alias("value"),
        pl.Series("text", texts, dtype=pl.String),
        pl.Series("said", [said(row) for row in by.iter_rows(named=True)], dtype=pl.String),
    )
    return View(
        items=items,
        elsewhere=means if province else {},
        cells=cells.select(
            pl.col(item).alias("id"),
            "province",
            pl.col(value).alias("value"),
            (pl.col(value) - pl.col(item).replace_strict(means, return_dtype=pl.Float64)).alias("apart"),
            pl.Series("said", [said(row) for row in cells.iter_rows(named=True)], dtype=pl.String),
        ),
        scale=t(f"gradient.scale.{kind}"),
        alt=t(f"gradient.bars_alt.{kind}"),
        cells_alt=t(f"gradient.cells_alt.{kind}"),
    )


def table_of(found: Tallies, rule: Standard, province: str | None, words: Words) -> pl.DataFrame:
    """The table twin: every reporting unit and item, or those of one unit; labelled by `table_labels`."""
    if rule.criteria:
        names = {item.id: words.label(item.label) for item in rule.criteria}
        table = lost_points.by_province(found.losses, rule).with_columns(
            pl.col("criterion").replace_strict(names, return_dtype=pl.String),
            pl.col("lost_mean").round(3),
            pl.col("losing_pct").round(2),
        )
    else:
        names = {item.id: words.label(item.label) for item in rule.requirements}
        table = lost_points.requirements_by_province(found.unmet, rule).with_columns(
            pl.col("requirement").replace_strict(names, return_dtype=pl.String), pl.col("failed_pct").round(2)
        )
    if province:
        table = table.filter(pl.col("province") == province)
    return table.with_columns(_unit())


def table_labels() -> dict[str, str]:
    """The headers of the table twin and of the proofs."""
    names = (
        "province", "criterion", "requirement", "most", "lost_mean", "firms_losing", "losing_pct", "firms",
        "lower_band", "missing", "undefined", "failed", "failed_pct", "open",
    )  # fmt: skip
    return {name: t(f"gradient.column.{name}") for name in names}


def provenance(rule: Standard, year: int | None, words: Words) -> dict:
    """Rule version, document, source mark and year, as a proof shows them."""
    return {
        "rule": words.standard(rule),
        "article": words.document(rule.document),
        "marks": (rule.document.source,),
        "as_of": t("gradient.as_of", year=year, day=default_assessment(year).isoformat()) if year else "",
    }


def _count(asked: Asked, found: Tallies, of: str, words: Words) -> Figure:
    listed = replace(asked.listed, of=of)
    count, firms = counted(found, listed), counted(found, replace(listed, of=EVERY))
    shown, label = headline(count), t(f"gradient.figure.{of}")
    proof = Proof(
        title=label,
        value=exact(count),
        formula=t(f"gradient.formula.{of}"),
        parts=[_records(asked, found, of, label)],
        build=build_said(asked.build),
        **provenance(rule_of(listed.tier), found.year, words),
    )
    return Figure(
        of,
        label,
        shown,
        proof,
        exact="" if shown == exact(count) else exact(count),
        remark=t(f"gradient.remark.{of}", year=found.year, share=percent(100 * count / firms)),
    )


def _largest(asked: Asked, found: Tallies, view: View, words: Words) -> Figure:
    rule = rule_of(asked.listed.tier)
    kind = "score" if rule.criteria else "unmet"
    item = view.items.row(0, named=True)
    label = t(f"gradient.largest.{kind}")
    value = t("gradient.points", points=exact(item["value"], 1)) if rule.criteria else percent(item["value"])
    proof = Proof(
        title=t("gradient.largest_of", label=label, name=item["name"]),
        value=value,
        formula=t(f"gradient.formula.{kind}"),
        basis=item["said"],
        parts=[
            _records(asked, found, item["id"], t(f"gradient.list_of.{kind}", name=item["name"])),
            _records(asked, found, EVERY, t("gradient.figure.firms")),
        ],
        build=build_said(asked.build),
        **provenance(rule, found.year, words),
    )
    return Figure("largest", label, value, proof, remark=item["name"], detail=item["said"])


def _records(asked: Asked, found: Tallies, of: str, label: str) -> Records:
    listed = replace(asked.listed, of=of)
    return records(
        asked.build, asked.scope, listed, rule_of(listed.tier), counted(found, listed), found.year or 0, label
    )


def _said_of_loss(row: dict) -> str:
    return t(
        "gradient.said_of_loss",
        lost=exact(row["lost_mean"], 2),
        most=row["most"],
        share=percent(row["losing_pct"]),
        missing=percent(100 * row["missing"] / row["firms"]),
        firms=exact(row["firms"]),
    )


def _said_of_failing(row: dict) -> str:
    return t(
        "gradient.said_of_failing",
        failed=exact(row["failed"]),
        firms=exact(row["firms"]),
        open=exact(row["open"]),
    )


def _unit() -> pl.Expr:
    return pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String)
