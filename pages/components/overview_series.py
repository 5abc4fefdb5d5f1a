"""The main view of the overview: a tier's published stock against its target, its table, and the check of it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from pages.components import charts
from pages.components.header import section
from pages.components.numbers import exact, headline, signed
from pages.components.proof import Proof, proof_button
from pages.components.published_words import readable, readable_dates, said_exactly
from pages.components.stock_chart import stock_figure
from pages.components.twin import table_with_export, twin
from pages.components.words import language, t

_HEIGHT = 305


def series_view(
    observed: pl.DataFrame,
    events: Sequence,
    every_event: Sequence,
    *,
    tier: str,
    target: int,
    checks: pl.DataFrame,
    check_parts: pl.DataFrame,
) -> None:
    """Chart, table and, where batches re-derive the stock, the check.

    ``observed``: `metrics.targets.observations`; ``events`` those to draw of ``every_event``, which sets the time
    axis; ``checks`` and ``check_parts``: `metrics.targets.rederived` and its members.
    """
    name = t(f"tier.{tier}")
    section(t("overview.series_title", tier=name))

    def draw_chart() -> None:
        chart = stock_figure(
            observed,
            events,
            tier=tier,
            target=target,
            target_label=t("overview.target_line", target=t("qualifier_said.about", count=headline(target))),
            span=(every_event[0].date, every_event[-1].date),
            height=_HEIGHT,
        )
        charts.draw(chart, key=f"series_{tier}", alt=t("overview.series_alt", tier=name))

    views = {t("twin.chart"): draw_chart}
    if checks.height:
        views[t("overview.check_tab")] = lambda: _draw_check(checks, check_parts)
    twin(views, readable(observed), name=f"published_stock_{tier}", key=f"series_{tier}")


def _draw_check(checks: pl.DataFrame, parts: pl.DataFrame) -> None:
    said = [said_exactly(count, kind) for count, kind in checks.select("stated", "qualifier").iter_rows()]
    table = pl.DataFrame(
        {
            "date": readable_dates(checks),
            "stated": said,
            "derived": checks["derived"],
            "difference": [signed(difference) for difference in checks["difference"]],
            "verdict": [t(f"overview.check.{verdict}") for verdict in checks["verdict"]],
        }
    )
    right = st.column_config.TextColumn(alignment="right")
    table_with_export(
        table,
        name="published_stock_check",
        key="series_check",
        column_config={"stated": right, "difference": right},
        exported=table.with_columns(difference=checks["difference"]),
    )
    members = parts.select(
        pl.col("date").cast(pl.String).alias("stock_date"),
        "batch",
        pl.Series("event", [t(f"batch_event.{event}") for event in parts["event"]], dtype=pl.String),
        pl.Series("basis", [t(f"basis.{basis}") for basis in parts["basis"]], dtype=pl.String),
        "count",
        "mark",
        "file",
        "row_no",
        "source",
        pl.col(f"note_{language()}").alias("note"),
    )
    proof = Proof(
        title=t("overview.check_tab"),
        value="; ".join(
            f"{stated} / {exact(derived)}" for stated, derived in zip(said, checks["derived"], strict=True)
        ),
        formula=t("overview.check_formula"),
        basis=t("overview.check_basis"),
        marks=parts["mark"].to_list(),
        members=members,
    )
    proof_button(proof, "series_check")
