"""The one Plotly template: colours of tiers and grades, fonts, axes, in light and dark; charts from graph objects.

Colour is never the only carrier: lines and bars are labelled, grades carry their word.

A chart here is plain data. Plotly's own classes look up and check every property as it is set, which was the larger
part of a page's time on the server; what a chart may hold is checked once, by the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import streamlit as st
from plotly.basedatatypes import BaseFigure

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


def names_axis(count: int) -> dict[str, object]:
    """The upright axis of ``count`` names, each shown, the first at the top."""
    return {
        "range": [count - 0.5, -0.5],
        "type": "category",
        "tickfont": {"color": palette().text},
        "dtick": 1,
    }


Trace = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """Traces, and the layout around them, in the words of Plotly's reference."""

    data: list[Trace]
    layout: dict[str, Any] = field(default_factory=dict)

    def update_layout(self, **parts: Any) -> None:
        """Set parts of the layout; what else a part already says stays."""
        self.layout.update(_merged(self.layout, parts))

    def add_shape(self, **shape: Any) -> None:
        """Draw a line or an area over or under the traces."""
        self.layout.setdefault("shapes", []).append(shape)

    def add_annotation(self, **words: Any) -> None:
        """Write words at a place."""
        self.layout.setdefault("annotations", []).append(words)

    def add_vline(self, x: object, line: Mapping[str, object]) -> None:
        """A vertical line over the whole height of the plot."""
        self.add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", line=line)

    def to_dict(self) -> dict[str, Any]:
        """The chart as Plotly's scripts read it."""
        return {"data": self.data, "layout": self.layout}


def bar(**properties: Any) -> Trace:
    """A trace of bars."""
    return {"type": "bar", **properties}


def scatter(**properties: Any) -> Trace:
    """A trace of points, lines, areas or words."""
    return {"type": "scatter", **properties}


def heatmap(**properties: Any) -> Trace:
    """A trace of coloured squares."""
    return {"type": "heatmap", **properties}


def figure(*traces: Trace, height: int, **layout: Any) -> Chart:
    """A chart in the one template; ``height`` in pixels, ``layout`` overrides parts of it."""
    chart = Chart(list(traces), {"template": template(is_dark=palette() is DARK), "height": height})
    chart.update_layout(**layout)
    return chart


def _merged(whole: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    # Nothing is changed in place: the template is one for all charts, and a part may stand in two axes.
    result = dict(whole)
    for name, part in parts.items():
        known = result.get(name)
        is_deeper = isinstance(part, Mapping)
        result[name] = _merged(known if isinstance(known, Mapping) else {}, part) if is_deeper else part
    return result


@lru_cache(maxsize=2)
def template(*, is_dark: bool) -> dict[str, Any]:
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
    return {
        "layout": {
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
    }


class _Checked(BaseFigure):
    """A chart that Streamlit takes as Plotly's own, which it does not check again."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def to_dict(self) -> dict[str, Any]:
        return self._chart.to_dict()


def draw(chart: Chart, *, key: str, alt: str) -> None:
    """Put the chart on the page; ``alt`` says in a sentence what it shows, for those who cannot see it."""
    st.plotly_chart(_Checked(chart), theme=None, key=key, config=_CONFIG, alt=alt)


def event_rule(chart: Chart, at: object, label: str, level: int = 0, anchor: str = "center") -> None:
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


def target_line(chart: Chart, value: float, label: str) -> None:
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
