"""The views of the appraisal's results: the provinces with their intervals, one province's tree, the lists."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.components import charts
from pages.components.appraisal_figures import (
    KINDS,
    assessed_labels,
    assessed_table,
    chances_said,
    grade_word,
    grades_said,
    rank_said,
)
from pages.components.appraisal_reads import GRADES, Shown, without
from pages.components.filters import choice
from pages.components.header import section
from pages.components.numbers import exact, iso, percent, points
from pages.components.proof import proof_button
from pages.components.twin import table_with_export, twin
from pages.components.unit_map import unit_names
from pages.components.words import both, t
from pages.components.work_proofs import indicator_proof, points_proof, points_said

_BAR, _HEAD, _THICK, _SURE = 21, 40, 11, 5
_WHOLE = 100
_ROOM = 1.42  # room at the right of the scale for words
_MOST_LOST, _MOST_DRIVERS = 8, 3
_ROW, _SHOWN = 35, 20
_ALL = "all"


def units_view(shown: Shown) -> None:
    """Every province: its points as an interval, coloured by grade, its rank with the interval of the rank."""
    section(t("results.units_title"), t("results.units_subtitle"))
    key = f"results_{shown.appraisal.code}"

    def draw() -> None:
        alt = t("results.units_alt", units=shown.units.height)
        charts.draw(interval_bars(shown), key=f"{key}_bars", alt=alt)

    table = units_table(shown)
    labels = {name: t(f"results.column.{name}") for name in table.columns}
    twin(
        draw, table, name=f"appraisal_{shown.appraisal.code}_build{shown.build.build}", key=key, labels=labels
    )
    sure = shown.found.scheme.certainty
    st.caption(t("results.rank_note", draws=exact(sure.draws), spread=percent(sure.weight_spread_percent, 0)))


def interval_bars(shown: Shown) -> charts.Chart:
    """From the lowest to the highest points; a thick line inside where 90 of 100 draws lie; cut-offs dashed."""
    colours = charts.palette()
    rows = list(shown.units.iter_rows(named=True))
    labels = [unit_names()[row["province"]] for row in rows]
    least = min([row["points_low"] for row in rows] + [_WHOLE])
    start = 10 * (int(least) // 10)
    span = (_WHOLE - start) * _ROOM
    chart = charts.figure(
        *(
            _bar(shown, row, label, colours, width)
            for row, label in zip(rows, labels, strict=True)
            for width in (False, True)
        ),
        charts.scatter(
            x=[start + span] * len(rows),
            y=labels,
            mode="text",
            text=[t("results.beside", grade=grades_said(shown, row), rank=rank_said(row)) for row in rows],
            textposition="middle left",
            hoverinfo="skip",
        ),
        height=_BAR * len(rows) + _HEAD,
    )
    for grade, rule in shown.found.scheme.grades.items():
        if start <= rule.at_least < _WHOLE and rule.at_least:
            label = t("results.cut", grade=grade_word(shown, grade), points=exact(rule.at_least))
            chart.add_vline(x=float(rule.at_least), line={"color": colours.quiet, "width": 1, "dash": "dash"})
            chart.add_annotation(
                x=float(rule.at_least), y=1, yref="paper", yanchor="bottom", text=label, showarrow=False,
                font={"color": colours.quiet},
            )  # fmt: skip
    chart.update_layout(
        margin={"t": 22, "r": 4},
        xaxis={
            "range": [start, start + span],
            "tickvals": list(range(start, _WHOLE + 1, 10)),
            "visible": True,
        },
        yaxis=charts.names_axis(len(rows)) | {"categoryarray": labels},
    )
    return chart


def units_table(shown: Shown) -> pl.DataFrame:
    """The table twin: a province a row, best first."""
    rows = [
        {
            "unit": unit_names()[row["province"]],
            "points_low": points(row["points_low"]),
            "points_high": points(row["points_high"]),
            "grade": grades_said(shown, row),
            "rank": row["rank"],
            "rank_low": row["rank_low"],
            "rank_high": row["rank_high"],
        }
        | {f"chance_{grade}": round(100 * row[f"chance_{grade}"], 1) for grade in GRADES}
        for row in shown.units.iter_rows(named=True)
    ]
    return pl.DataFrame(rows)


def unit_view(shown: Shown, province: str) -> None:
    """One province: its points and chances, the tree, what it lost and why, what drives the result."""
    row = shown.units.row(by_predicate=pl.col("province") == province, named=True)
    name = unit_names()[province]
    section(t("results.unit_title", unit=name))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        points = points_said(row["points_low"], row["points_high"])
        st.markdown(
            t("results.unit_said", points=points, grade=grades_said(shown, row), rank=rank_said(row)),
            width="content",
        )
        proof_button(points_proof(shown.build, shown.found, province, name), f"points_{province}")
    st.caption(t("results.chances", chances=chances_said(shown, row)))
    if province not in set(shown.found.totals["province"]):
        st.info(t("results.no_longer"))
        return
    _drivers(shown, province)
    _lost(shown, province)
    _tree(shown, province)


def lists_view(shown: Shown, assessed: pl.DataFrame) -> None:
    """The firms and platforms with their results; the lists of those to continue and those passed are among them."""
    kinds = [kind for kind in KINDS if kind in set(assessed["object_kind"])]
    if not kinds:
        return
    section(t("results.lists_title"), t("results.lists_subtitle"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = choice(
            "kind",
            kinds,
            label=t("results.kind"),
            show=lambda code: t(f"results.kinds.{code}"),
            default=kinds[0],
        )
        own = assessed.filter(pl.col("object_kind") == kind)
        there = own["result"].unique().sort().to_list()
        labels = {_ALL: t("results.all_results")} | {code: t(f"appraisal.result.{code}") for code in there}
        result = choice(
            "result", list(labels), label=t("results.result"), show=labels.__getitem__, default=_ALL
        )
    rows = own if result == _ALL else own.filter(pl.col("result") == result)
    table_with_export(
        assessed_table(rows),
        name=f"{kind}_{result}_{shown.appraisal.code}",
        key=f"results_list_{kind}_{result}",
        labels=assessed_labels(),
    )


def _bar(shown: Shown, row: dict, label: str, colours: charts.Palette, is_sure: bool) -> charts.Trace:
    ends = ("points_p05", "points_p95") if is_sure else ("points_low", "points_high")
    grade = row["decided"] or row["grade"] or row["grade_low"]
    low, high = (row[end] for end in ends)
    # A province without anything missing is a point, which a line of no length would not show.
    return charts.scatter(
        x=[low, max(high, low + 0.3)],
        y=[label, label],
        mode="lines",
        line={
            "color": colours.text if is_sure else colours.grades[grade],
            "width": _SURE if is_sure else _THICK,
        },
        opacity=0.8 if is_sure else 0.75,
        hovertemplate=f"{label} <b>{points_said(low, high)}</b> {grades_said(shown, row)}<extra></extra>",
    )


def _tree(shown: Shown, province: str) -> None:
    found = shown.found.of(province)
    scheme = found.scheme
    said = {(row["indicator"], row["part"]): row["said"] for row in found.lost.iter_rows(named=True)}
    rows = []
    for node in found.nodes.filter(pl.col("level") != "total").iter_rows(named=True):
        code, _, part = node["code"].partition(".")
        if node["level"] == "part" and len(scheme.indicator(code).parts) == 1:
            continue
        parts = () if node["level"] == "layer" else tuple(scheme.indicator(code).parts)
        told = part or (parts[0] if len(parts) == 1 else "")
        rows.append(
            {
                "node": _INDENT[node["level"]] + _name(shown, node["level"], code, part),
                "kind": "" if node["level"] != "indicator" else t(f"results.kind_of.{node['kind']}"),
                "state": t(f"appraisal.state.{node['state']}"),
                "weight": round(node["weight_used"], 2),
                "points": points_said(node["points_low"], node["points_high"]),
                "lost": round(node["lost_possible"] or 0, 2),
                "why": said.get((code, told), ""),
            }
        )
    table = pl.DataFrame(rows)
    labels = {name: t(f"results.column.{name}") for name in table.columns}
    section(t("results.tree_title"), t("results.tree_subtitle"))
    table_with_export(
        table,
        name=f"tree_{province}_{shown.appraisal.code}",
        key=f"results_tree_{province}",
        labels=labels,
        column_config={
            "node": st.column_config.TextColumn(width="medium"),
            "why": st.column_config.TextColumn(width="large"),
        },
        height=_ROW * (min(table.height, _SHOWN) + 1) + 3,
    )


def _lost(shown: Shown, province: str) -> None:
    lost = shown.found.of(province).lost
    section(t("results.lost_title"), t("results.lost_subtitle", day=iso(shown.found.as_of)))
    seen: set[str] = set()
    for row in lost.head(_MOST_LOST).iter_rows(named=True):
        points, words, button = st.columns([1, 8, 1.2], vertical_alignment="center", gap="small")
        points.markdown(f"**{exact(-round(row['points'], 2), 2)}**")
        words.markdown(f"{row['name']}  \n:gray[{row['said']}]")
        # Two parts of an indicator open the same proof, which shows both.
        if row["indicator"] not in seen:
            seen.add(row["indicator"])
            key, code = f"lost_{province}_{row['indicator']}", row["indicator"]
            with button:
                proof_button(indicator_proof(shown.build, shown.scope, shown.found, province, code, key), key)


def _drivers(shown: Shown, province: str) -> None:
    found = without(shown, province)
    row = shown.units.row(by_predicate=pl.col("province") == province, named=True)
    drivers = (
        found.filter(pl.col("share_of_spread") > 0)
        .sort("share_of_spread", descending=True)
        .head(_MOST_DRIVERS)
    )
    said = t("number.and").join(
        t(
            "results.driver",
            indicator=_indicator(shown, one["indicator"]),
            share=percent(100 * one["share_of_spread"], 0),
        )
        for one in drivers.iter_rows(named=True)
    )
    if said:
        st.caption(t("results.drivers", drivers=said))
    moved = found.filter(pl.col("rank") != row["rank"]).with_columns(
        by=(pl.col("rank") - row["rank"]).abs()
    ).sort("by", "indicator", descending=[True, False]).head(_MOST_DRIVERS)  # fmt: skip
    ranks = t("number.and").join(
        t("results.without", indicator=_indicator(shown, one["indicator"]), rank=one["rank"])
        for one in moved.iter_rows(named=True)
    )
    st.caption(t("results.left_out", ranks=ranks) if ranks else t("results.left_out_same", rank=row["rank"]))


def _name(shown: Shown, level: str, code: str, part: str) -> str:
    scheme = shown.found.scheme
    if level == "layer":
        return both(scheme.layers[code])
    indicator = scheme.indicator(code)
    return both(indicator.parts[part]) if part else both(indicator)


def _indicator(shown: Shown, code: str) -> str:
    return both(shown.found.scheme.indicator(code))


_INDENT = {"layer": "", "indicator": "\u2003", "part": "\u2003\u2003· "}
