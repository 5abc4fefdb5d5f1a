"""A tier's titles by quarter with the target, and from the as-of date on the projection as a fan."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from data import published
from pages.components import charts
from pages.components.header import section
from pages.components.member_proofs import Source
from pages.components.numbers import MISSING, exact, iso
from pages.components.progress_reads import Progress
from pages.components.twin import table_with_export, twin
from pages.components.words import t

_HEIGHT = 320
_WIDE = 1.2
_FAN = {95: 0.16, 80: 0.28}
_BOUNDS = ("low_80", "high_80", "low_95", "high_95")
_PAST = ("year_end", "held", "opened", "passed", "failed", "otherwise", "pass_pct")


def fan_view(source: Source, found: Progress) -> None:
    """The chart, the model it rests on, and the table of both history and projection."""
    tier = t(f"tier.{found.tier}")
    model = published.targets().projection
    drawn = t("progress.fan_subtitle", past=model.past_years, draws=exact(model.draws))
    section(t("progress.fan_title", tier=tier), drawn)
    key = f"progress_{found.tier}"

    def draw() -> None:
        charts.draw(_fan(source, found), key=f"{key}_fan", alt=t("progress.fan_alt", tier=tier))

    twin(
        {t("progress.fan_tab"): draw, t("progress.model_tab"): lambda: _model(source, found)},
        _years(source, found),
        name=f"projection_{found.tier}_build{source.build.build}",
        key=key,
        labels={name: t(f"progress.column.{name}") for name in ("day", "firms", *_BOUNDS, "reached_pct")},
    )
    if found.projected is None:
        st.caption(t("progress.no_projection"))


def _fan(source: Source, found: Progress) -> charts.Chart:
    colour = charts.palette().tiers[found.tier]
    days, firms = found.history["day"].to_list(), found.history["firms"].to_list()
    told = [f"{iso(day)} <b>{exact(count)}</b>" for day, count in zip(days, firms, strict=True)]
    ahead = None if found.projected is None else pl.concat([_start(found), found.projected], how="diagonal")
    chart = charts.figure(
        *([] if ahead is None else _projection(ahead, colour)),
        _line(days, firms, colour, told),
        height=_HEIGHT,
    )
    top = max([found.target, *firms, *([] if ahead is None else ahead["high_95"]), 1])
    chart.update_layout(
        margin={"t": 24, "r": 60},
        yaxis={"range": [0, top * _WIDE], "tickformat": ",d", "nticks": 6},
        xaxis={"tickformat": "%Y", "dtick": "M12"},
    )
    charts.target_line(chart, found.target, t("progress.target_line", target=exact(found.target)))
    charts.event_rule(chart, source.as_of, t("progress.data_end"))
    if ahead is not None:
        _label_fan(chart, ahead.row(-1, named=True))
    return chart


def _projection(ahead: pl.DataFrame, colour: str) -> list[charts.Trace]:
    """The two intervals, the wider one below, and the middle."""
    days = ahead["day"].to_list()
    bands = [
        charts.scatter(
            x=[*days, *reversed(days)],
            y=[*ahead[f"high_{share}"], *reversed(ahead[f"low_{share}"].to_list())],
            fill="toself",
            mode="lines",
            line={"width": 0, "color": colour},
            fillcolor=_faint(colour, opacity),
            hoverinfo="skip",
        )
        for share, opacity in _FAN.items()
    ]
    told = [
        t("progress.hover", day=iso(row["day"]), **{name: exact(row[name]) for name in ("median", *_BOUNDS)})
        for row in ahead.iter_rows(named=True)
    ]
    return [*bands, _line(days, ahead["median"].to_list(), colour, told, dash="dot")]


def _line(days: list, firms: list, colour: str, told: list[str], dash: str = "solid") -> charts.Trace:
    return charts.scatter(
        x=days,
        y=firms,
        mode="lines+markers",
        line={"color": colour, "width": 2.5 if dash == "solid" else 2, "dash": dash},
        marker={"size": 4, "color": colour},
        hovertext=told,
        hoverinfo="text",
        cliponaxis=False,
    )


def _label_fan(chart: charts.Chart, last: dict[str, Any]) -> None:
    quiet = {"size": charts.FONT_SIZE - 1, "color": charts.palette().quiet}
    said = {"median": f"<b>{exact(last['median'])}</b>", "high_95": "95%", "low_95": "95%"}
    for name, label in said.items():
        chart.add_annotation(
            x=last["day"],
            y=last[name],
            text=label,
            showarrow=False,
            xanchor="left",
            xshift=6,
            **({} if name == "median" else {"font": quiet}),
        )


def _start(found: Progress) -> pl.DataFrame:
    """The point from which the fan opens."""
    bounds = {name: [found.registry["firms"]] for name in ("median", *_BOUNDS)}
    return pl.DataFrame({"day": [found.registry["latest_date"]], **bounds})


def _years(source: Source, found: Progress) -> pl.DataFrame:
    """The history and the projection in one table, latest first."""
    history = found.history.filter(pl.col("day") <= source.as_of)
    if found.projected is None:
        return history.sort("day", descending=True)
    ahead = found.projected.rename({"median": "firms"}).with_columns(pl.col("reached_pct").round(1))
    return pl.concat([history, ahead], how="diagonal").sort("day", descending=True)


def _model(source: Source, found: Progress) -> None:
    """The model in words, the years it repeats, and the titles by the year in which they fall due."""
    model = published.targets().projection
    st.markdown(t("progress.model", past=model.past_years, draws=exact(model.draws), seed=model.seed))
    table_with_export(
        found.past.with_columns(pl.col("pass_pct").round(1)).select(_PAST),
        name=f"observed_years_{found.tier}_build{source.build.build}",
        key=f"progress_past_{found.tier}",
        labels={name: t(f"progress.column.{name}") for name in _PAST},
    )
    steps = t("number.and").join(
        t("progress.step", step=step, count=exact(firms)) for step, firms in sorted(found.steps.items())
    )
    st.caption(t("progress.steps", steps=steps or MISSING))


def _faint(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
