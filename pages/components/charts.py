"""The one Plotly template: colours of tiers and grades, fonts, axes, in light and dark; charts from graph objects.

Colour is never the only carrier: lines and bars are labelled, grades carry their word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

FONTS = "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
FONT_SIZE = 12
_CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "responsive": True}


@dataclass(frozen=True)
class Palette:
    """The colours of one theme. Text is at least 4.5:1 on ``paper``, lines and fills at least 3:1."""

    paper: str
    text: str
    quiet: str
    grid: str
    outside: str
    tiers: dict[str, str]
    grades: dict[str, str]
    low: str
    high: str


LIGHT = Palette(
    paper="#FFFFFF",
    text="#0B141A",
    quiet="#5B6770",
    grid="#E6EAED",
    outside="#E3E7EA",
    tiers={
        "innovative": "#3B8EA5",
        "srdi": "#2F4B7C",
        "little_giant": "#C8553D",
        "key_little_giant": "#8C1C13",
    },
    grades={"excellent": "#1B7F5C", "good": "#5FA777", "fair": "#D9A441", "poor": "#B23A48"},
    low="#F9E9E4",
    high="#8C1C13",
)
DARK = Palette(
    paper="#14191D",
    text="#E6EBEE",
    quiet="#A9B5BD",
    grid="#2B343B",
    outside="#2B343B",
    tiers={
        "innovative": "#63B5CB",
        "srdi": "#8FADE0",
        "little_giant": "#E8836C",
        "key_little_giant": "#E0685E",
    },
    grades={"excellent": "#4CB58D", "good": "#7CC294", "fair": "#E3B75E", "poor": "#E07F8B"},
    low="#33211D",
    high="#F0A08D",
)


def palette() -> Palette:
    """The colours of the theme the reader's browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def figure(*traces: go.BaseTraceType, height: int, **layout: object) -> go.Figure:
    """A figure in the one template; ``height`` in pixels, ``layout`` overrides parts of it."""
    is_dark = palette() is DARK
    return go.Figure(
        data=list(traces), layout=go.Layout(template=template(is_dark=is_dark), height=height, **layout)
    )


@lru_cache(maxsize=2)
def template(*, is_dark: bool) -> go.layout.Template:
    """The template: transparent ground, quiet axes, horizontal grid only, no legend (label directly)."""
    colours = DARK if is_dark else LIGHT
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zerolinecolor": colours.grid,
        "tickfont": {"color": colours.quiet, "size": FONT_SIZE - 1},
        "title": {"font": {"color": colours.quiet, "size": FONT_SIZE - 1}},
        "automargin": True,
        "fixedrange": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONTS, "size": FONT_SIZE, "color": colours.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [*colours.tiers.values()],
            "margin": {"l": 4, "r": 8, "t": 8, "b": 4},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colours.paper,
                "bordercolor": colours.quiet,
                "font": {"family": FONTS, "size": FONT_SIZE, "color": colours.text},
            },
            "separators": ".,",
            "xaxis": {**axis, "showgrid": False},
            "yaxis": {**axis, "rangemode": "tozero", "showline": False},
        }
    )


def draw(chart: go.Figure, *, key: str, alt: str) -> None:
    """Put the chart on the page; ``alt`` says in a sentence what it shows, for those who cannot see it."""
    st.plotly_chart(chart, theme=None, key=key, config=_CONFIG, alt=alt)


def event_rule(chart: go.Figure, at: object, label: str, level: int = 0, anchor: str = "center") -> None:
    """A thin vertical rule with its label above the plot.

    ``level`` 1, 2 … lifts the label over its neighbours; ``anchor`` is ``right`` for a rule near the right edge.
    """
    colours = palette()
    chart.add_shape(
        type="line",
        x0=at,
        x1=at,
        xref="x",
        y0=0,
        y1=1,
        yref="paper",
        line={"color": colours.quiet, "width": 1},
        opacity=0.55,
        layer="below",
    )
    chart.add_annotation(
        x=at,
        y=1,
        xref="x",
        yref="paper",
        text=label,
        showarrow=False,
        xanchor=anchor,
        yanchor="bottom",
        yshift=2 + level * (FONT_SIZE + 3),
        font={"size": FONT_SIZE - 1, "color": colours.quiet},
    )


def target_line(chart: go.Figure, value: float, label: str) -> None:
    """A dashed horizontal line at a target, with its number."""
    colours = palette()
    chart.add_shape(
        type="line",
        x0=0,
        x1=1,
        xref="paper",
        y0=value,
        y1=value,
        yref="y",
        line={"color": colours.quiet, "width": 1.5, "dash": "dash"},
    )
    chart.add_annotation(
        x=1,
        y=value,
        xref="paper",
        yref="y",
        text=label,
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"color": colours.text},
        bgcolor=colours.paper,
    )
