"""A composite index drawn: scores and ranks best first, how far drawn weights move a rank, and one unit's reasons."""

from __future__ import annotations

import polars as pl
import streamlit as st

from metrics.composite_reasons import explained
from pages.components import charts
from pages.components.composite_figures import PLACES, points_part
from pages.components.composite_files import Given
from pages.components.header import section
from pages.components.member_pages import record_pages
from pages.components.numbers import exact
from pages.components.twin import twin
from pages.components.words import t
from pipelines.calculators import UNIT, Composite

_ROW, _HEAD, _MOST = 21, 34, 60
_WIDE = 1.45  # room at the right of the longest bar for its numbers


def index_view(given: Given, found: Composite) -> None:
    """Scores as bars, ranks with their interval where weights were drawn, and the whole table."""
    section(t("composite.result_title"), t("composite.result_subtitle"))
    ranked = found.table.filter(pl.col("rank").is_not_null()).head(_MOST)

    def draw_scores() -> None:
        charts.draw(
            score_bars(ranked), key="composite_scores", alt=t("composite.scores_alt", units=ranked.height)
        )
        _cut(found)

    def draw_ranks() -> None:
        charts.draw(
            rank_lines(ranked), key="composite_ranks", alt=t("composite.ranks_alt", units=ranked.height)
        )
        st.caption(t("composite.ranks_note", draws=exact(given.draws)))
        _cut(found)

    views = {t("composite.scores"): draw_scores}
    if given.draws:
        views[t("composite.ranks")] = draw_ranks
    labels = {name: t(f"composite.column.{name}") for name in (UNIT, "rank", "score", "rank_p05", "rank_p95")}
    taken = set(labels.values())
    nodes = {code: t("composite.node", code=code) if code in taken else code for code in found.tree.nodes}
    shown = found.table.with_columns(pl.col(pl.Float64).round(PLACES))
    twin(views, shown, name=f"index_{given.data.stem}", key="composite", labels=nodes | labels)


def reasons_view(given: Given, found: Composite) -> None:
    """One unit: what each group brings to its score, beside the middle of all units, and every node with its cell."""
    section(t("composite.reasons_title"), t("composite.reasons_subtitle"))
    units = found.table.filter(pl.col("rank").is_not_null())[UNIT].to_list()
    unit = st.selectbox(t("composite.column.unit"), units, key="composite_unit")
    if unit not in units:
        return
    chart = group_bars(found, unit)
    charts.draw(chart, key=f"composite_reasons_{unit}", alt=t("composite.reasons_alt", unit=unit))
    st.caption(t("composite.reasons_note"))
    record_pages(points_part(given, found, unit), f"composite_points_{unit}")


def score_bars(ranked: pl.DataFrame) -> charts.Chart:
    """Scores, best first; a negative one runs to the left."""
    colours = charts.palette()
    scores, units = ranked["score"].to_list(), ranked[UNIT].to_list()
    low, high = min([0, *scores]), max([0, *scores]) or 1
    room = (high - low) * (_WIDE - 1)
    said = [
        t("composite.beside", score=exact(score, PLACES), rank=rank)
        for score, rank in ranked.select("score", "rank").iter_rows()
    ]
    chart = charts.figure(
        charts.bar(x=scores, y=units, orientation="h", marker={"color": colours.tiers["srdi"]}, hoverinfo="skip"),
        charts.scatter(
            x=[high + room] * len(units), y=units, mode="text", text=said, textposition="middle left",
            hoverinfo="skip",
        ),
        height=_ROW * len(units) + 10,
    )  # fmt: skip
    chart.update_layout(
        bargap=0.3,
        margin={"t": 4, "r": 4},
        xaxis={"visible": False, "range": [low, high + room]},
        yaxis=charts.names_axis(len(units)),
    )
    return chart


def rank_lines(ranked: pl.DataFrame) -> charts.Chart:
    """A dot at the rank, a line from the 5th to the 95th percentile of the drawn ranks; rank 1 at the left."""
    colours = charts.palette()
    units = ranked[UNIT].to_list()
    spans: tuple[list[int | None], list[str | None]] = ([], [])
    for unit, low, high in ranked.select(UNIT, "rank_p05", "rank_p95").iter_rows():
        spans[0].extend([low, high, None])
        spans[1].extend([unit, unit, None])
    hover = [
        t("composite.rank_hover", unit=unit, rank=rank, low=low, high=high)
        for unit, rank, low, high in ranked.select(UNIT, "rank", "rank_p05", "rank_p95").iter_rows()
    ]
    chart = charts.figure(
        charts.scatter(
            x=spans[0], y=spans[1], mode="lines", line={"color": colours.quiet, "width": 5}, hoverinfo="skip"
        ),
        charts.scatter(
            x=ranked["rank"].to_list(), y=units, mode="markers", hovertext=hover, hoverinfo="text",
            marker={"size": 10, "color": colours.tiers["srdi"], "line": {"color": colours.paper, "width": 1.5}},
        ),
        height=_ROW * len(units) + _HEAD,
    )  # fmt: skip
    last = max(ranked["rank_p95"].to_list() or [1])
    chart.update_layout(
        margin={"t": 4},
        xaxis={
            "title": {"text": t("composite.column.rank")},
            "range": [0.5, last + 0.5],
            "showgrid": True,
            "dtick": max(1, last // 12),
        },
        yaxis=charts.names_axis(len(units)),
    )
    return chart


def group_bars(found: Composite, unit: str) -> charts.Chart:
    """What each node right under the index is worth in this unit, and, as a mark, in the middle one of all units."""
    colours = charts.palette()
    groups = list(found.tree.children[found.tree.root])
    row = found.table.row(by_predicate=pl.col(UNIT) == unit, named=True)
    shares = dict(explained(found.tree, row).select("code", "share").iter_rows())
    middle = found.table.select(pl.col(code).median() for code in groups).row(0)
    names = [t("composite.group", code=code, share=exact(round(shares[code] or 0, 1))) for code in groups]
    chart = charts.figure(
        charts.bar(
            x=[row[code] for code in groups], y=names, orientation="h", width=0.5,
            marker={"color": colours.tiers["srdi"]},
            text=["—" if row[code] is None else exact(round(row[code], 1)) for code in groups],
            textposition="auto", hovertemplate="%{y} <b>%{x:.3f}</b><extra></extra>",
        ),
        charts.scatter(
            x=list(middle), y=names, mode="markers",
            marker={"symbol": "line-ns", "size": 22, "line": {"color": colours.text, "width": 2}},
            hovertemplate="%{y} <b>%{x:.3f}</b><extra></extra>",
        ),
        height=40 * len(groups) + 30,
    )  # fmt: skip
    chart.update_layout(
        margin={"t": 4, "r": 8}, xaxis={"rangemode": "tozero"}, yaxis=charts.names_axis(len(groups))
    )
    return chart


def _cut(found: Composite) -> None:
    ranked = found.table["rank"].count()
    if ranked > _MOST:
        st.caption(t("composite.cut", shown=_MOST, count=exact(ranked)))
