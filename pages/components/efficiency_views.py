"""The efficiency page drawn: a ratio by unit, growth of supported firms, the frontier, what one unit can learn."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from data.dataset import FEN_PER_UNIT
from metrics.fund_ratios import country
from pages.components import charts
from pages.components.efficiency_figures import named_peers
from pages.components.efficiency_reads import Chosen, Frontier
from pages.components.filters import choice
from pages.components.fund_reads import Funds, growth_of
from pages.components.header import section
from pages.components.numbers import MISSING, exact, percent
from pages.components.twin import table_with_export, twin
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.funds import amount

MEASURES = ("done_per_million", "execution_pct", "utilisation_pct", "leverage")
_ROW = 21
_WIDE = 1.3  # room at the right of the longest bar for its number


def ratios_view(funds: Funds) -> None:
    """One ratio of every unit, best first, with the country's as a dashed line; the table has them all."""
    section(t("efficiency.ratios_title"), t("efficiency.ratios_subtitle"))
    measure = choice(
        "measure", MEASURES, label=t("efficiency.measure"), show=lambda code: t(f"efficiency.column.{code}"),
        default=MEASURES[0], as_buttons=True,
    )  # fmt: skip
    known = funds.provinces.filter(pl.col(measure).is_not_null())

    def draw() -> None:
        chart = ratio_bars(known, measure, _of_country(funds, measure))
        alt = t("efficiency.ratios_alt", units=known.height, measure=t(f"efficiency.column.{measure}"))
        charts.draw(chart, key=f"efficiency_{measure}", alt=alt)

    ratios = [pl.col(name).round(2) for name in MEASURES]
    shown = funds.provinces.sort(measure, "province", descending=[True, False], nulls_last=True).select(
        pl.col("province").replace_strict(unit_names(), return_dtype=pl.String),
        *ratios,
        "tasks",
        "tasks_done",
        *(pl.col(name) / FEN_PER_UNIT for name in ("received", "paid", "used", "local")),
    )
    twin(
        draw,
        shown,
        name=f"efficiency_ratios_build{funds.source.build.build}",
        key="efficiency_ratios",
        labels={name: t(f"efficiency.column.{name}") for name in shown.columns},
    )
    _growth_said(funds)


def ratio_bars(known: pl.DataFrame, measure: str, whole: float | None) -> charts.Chart:
    """Sorted bars with their number beside them; the country as a dashed upright."""
    colours = charts.palette()
    ranked = known.sort(measure, "province", descending=[True, False])
    values, labels = ranked[measure].to_list(), [unit_names()[code] for code in ranked["province"]]
    say = _said(measure)
    most = max([*values, whole or 0, 1e-9])
    chart = charts.figure(
        charts.bar(x=values, y=labels, orientation="h", marker={"color": colours.tiers["srdi"]}, hoverinfo="skip"),
        charts.scatter(
            x=[most * _WIDE] * len(values), y=labels, mode="text", text=[say(value) for value in values],
            textposition="middle left", hoverinfo="skip",
        ),
        height=_ROW * len(values) + 30,
    )  # fmt: skip
    if whole is not None:
        _upright(chart, whole, t("efficiency.country", value=say(whole)))
    chart.update_layout(
        bargap=0.3,
        margin={"t": 24, "r": 4},
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis=charts.names_axis(len(labels)),
    )
    return chart


def frontier_view(funds: Funds, frontier: Frontier, chosen: Chosen, groups: dict[str, str]) -> None:
    """The scores with their peers, the warning where units are too few, and one unit in a sentence."""
    section(t("efficiency.frontier_title"), t("efficiency.frontier_subtitle"))
    if frontier.scored.height < frontier.wanted:
        said = {"units": frontier.scored.height, "wanted": frontier.wanted, "period": ""}
        st.warning(t("calculator.few_units", **said))

    def draw() -> None:
        alt = t("efficiency.frontier_alt", units=frontier.scored.height)
        charts.draw(score_dots(frontier, chosen), key="efficiency_frontier", alt=alt)

    shown = _scores_table(frontier)
    twin(
        draw,
        shown,
        name=f"efficiency_frontier_build{funds.source.build.build}",
        key="efficiency_scores",
        labels={
            name: t(f"efficiency.column.{name}") for name in shown.columns if not name.startswith("slack_")
        }
        | {
            f"slack_{name}": t("efficiency.slack", name=groups.get(name) or t(f"efficiency.column.{name}"))
            for name in (*frontier.inputs, *frontier.outputs)
        },
    )
    if frontier.left_out:
        left = t("efficiency.peer_and").join(unit_names()[code] for code in frontier.left_out)
        st.caption(t("efficiency.left_out", units=left))
    _unit_view(frontier, chosen, groups)


def score_dots(frontier: Frontier, chosen: Chosen) -> charts.Chart:
    """How far each unit is from the frontier at 1: a dot at its score, a line to the frontier; the nearest first."""
    colours = charts.palette()
    ranked = frontier.scored.sort("efficiency", "province", descending=[chosen.orientation == "input", False])
    scores, labels = ranked["efficiency"].to_list(), [unit_names()[code] for code in ranked["province"]]
    on_it = set(frontier.efficient["province"])
    fills = [colours.tiers["srdi"] if code in on_it else colours.high for code in ranked["province"]]
    ways: tuple[list[float | None], list[str | None]] = ([], [])
    for score, label in zip(scores, labels, strict=True):
        ways[0].extend([score, 1, None])
        ways[1].extend([label, label, None])
    low, high = min([*scores, 1]), max([*scores, 1])
    room = max(high - low, 0.1) * (_WIDE - 1)  # not policy: an axis needs a length
    text = [
        t("efficiency.on_frontier", score=exact(score, 3)) if code in on_it else exact(score, 3)
        for code, score in ranked.select("province", "efficiency").iter_rows()
    ]
    chart = charts.figure(
        charts.scatter(x=ways[0], y=ways[1], mode="lines", line={"color": colours.quiet, "width": 2}, hoverinfo="skip"),
        charts.scatter(x=scores, y=labels, mode="markers", marker={"size": 11, "color": fills}, hoverinfo="skip"),
        charts.scatter(
            x=[high + room] * len(scores), y=labels, mode="text", text=text, textposition="middle left",
            hoverinfo="skip",
        ),
        height=_ROW * len(scores) + 30,
    )  # fmt: skip
    _upright(chart, 1, t("efficiency.frontier"))
    chart.update_layout(
        margin={"t": 24, "r": 4},
        xaxis={"visible": False, "range": [low - room / 8, high + room]},
        yaxis=charts.names_axis(len(labels)),
    )
    return chart


def _upright(chart: charts.Chart, at: float, label: str) -> None:
    """A dashed upright over the marks, with its label above."""
    colours = charts.palette()
    chart.add_vline(at, line={"color": colours.text, "width": 1.5, "dash": "dash"})
    chart.add_annotation(
        text=label, font={"color": colours.quiet, "size": charts.FONT_SIZE - 1}, showarrow=False,
        x=at, xref="x", xanchor="left", y=1, yref="y domain", yanchor="bottom",
    )  # fmt: skip


def _unit_view(frontier: Frontier, chosen: Chosen, groups: dict[str, str]) -> None:
    """What one unit can learn: its score in a sentence, and its figures beside those of its peers."""
    ranked = frontier.scored.sort(
        "efficiency", "province", descending=[chosen.orientation == "output", False]
    )
    unit = choice(
        "unit", ranked["province"].to_list(), label=t("efficiency.unit"), show=unit_names().__getitem__,
        default=ranked["province"][0],
    )  # fmt: skip
    row = frontier.scored.row(by_predicate=pl.col("province") == unit, named=True)
    st.markdown(_sentence(frontier, chosen, groups, row))
    peers = [part.rpartition(" ")[0] for part in row["peers"].split("; ") if part]
    beside = frontier.table.filter(pl.col("province").is_in([unit, *peers])).select(
        pl.col("province").replace_strict(unit_names(), return_dtype=pl.String),
        *(pl.col(name) / FEN_PER_UNIT for name in frontier.inputs),
        *frontier.outputs,
    )
    labels = {name: t(f"efficiency.column.{name}") for name in ("province", *frontier.inputs)} | groups
    table_with_export(beside, name=f"efficiency_{unit}", key=f"efficiency_unit_{unit}", labels=labels)


def _sentence(frontier: Frontier, chosen: Chosen, groups: dict[str, str], row: dict) -> str:
    unit, score = unit_names()[row["province"]], row["efficiency"]
    slacks = [
        t(
            "efficiency.slack_input" if name in frontier.inputs else "efficiency.slack_output",
            name=t(f"efficiency.input.{name}") if name in frontier.inputs else groups[name],
            amount=_in_words(name, row[f"slack_{name}"], frontier),
        )
        for name in (*frontier.inputs, *frontier.outputs)
        if round(row[f"slack_{name}"], 2) > 0
    ]
    if score == 1:
        said = t("efficiency.said_weak" if slacks else "efficiency.said_efficient", unit=unit)
    else:
        share = percent(100 * score, 0)
        said = t(f"efficiency.said_{chosen.orientation}", unit=unit, share=share, score=exact(score, 2))
    peers = "" if score == 1 and not slacks else named_peers(pl.Series([row["peers"]]))[0]
    more = t("efficiency.said_slacks", slacks=t("efficiency.peer_and").join(slacks)) if slacks else ""
    return " ".join(
        part for part in (said, more, t("efficiency.said_peers", peers=peers) if peers else "") if part
    )


def _in_words(name: str, slack: float, frontier: Frontier) -> str:
    return amount(round(slack), language()) if name in frontier.inputs else exact(round(slack, 1))


def _scores_table(frontier: Frontier) -> pl.DataFrame:
    scored = frontier.scored.sort("efficiency", "province", descending=[True, False])
    returns = {code: t(f"efficiency.scale.{code}") for code in ("increasing", "constant", "decreasing")}
    return scored.select(
        pl.col("province").replace_strict(unit_names(), return_dtype=pl.String),
        pl.col("efficiency", "scale_efficiency").round(4),
        pl.col("returns_to_scale").replace_strict(returns, return_dtype=pl.String),
        named_peers(scored["peers"]),
        *((pl.col(f"slack_{name}") / FEN_PER_UNIT).round(2) for name in frontier.inputs),
        *(pl.col(f"slack_{name}").round(2) for name in frontier.outputs),
    )


def _growth_said(funds: Funds) -> None:
    """The growth of supported firms beside comparable ones, of the whole country, in a sentence."""
    found = growth_of(funds.source)
    if found.year is None:
        return
    whole = found.medians.filter(pl.col("province").is_null()).row(0, named=True)
    st.caption(
        t(
            "efficiency.growth",
            year=found.year,
            supported=percent(whole["supported_pct"]),
            firms=exact(whole["supported"]),
            unsupported=percent(whole["unsupported_pct"]),
            others=exact(whole["unsupported"]),
        )
    )


def _of_country(funds: Funds, measure: str) -> float | None:
    total = country(funds.provinces)
    part, whole, scale = {
        "done_per_million": ("tasks_done", "paid", 10**8),
        "execution_pct": ("paid", "received", 100),
        "utilisation_pct": ("used", "paid", 100),
        "leverage": ("local", "received", 1),
    }[measure]
    return total[part] * scale / total[whole] if total[whole] > 0 else None


def _said(measure: str) -> Callable[[float | None], str]:
    if measure.endswith("_pct"):
        return percent
    return lambda value: MISSING if value is None else exact(value, 2)
