"""A line of counts over time with its target as a dashed line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pages.components import charts
from pages.components.numbers import exact, iso


@dataclass(frozen=True)
class Line:
    """Counts of a tier on days, and its target (None: there is none) with the words beside it."""

    tier: str
    days: Sequence[dt.date]
    firms: Sequence[int]
    target: int | None = None
    target_label: str = ""


def line_figure(line: Line, *, height: int) -> charts.Chart:
    """Draw the line; its axis starts at zero and has room for the target."""
    colour = charts.palette().tiers[line.tier]
    chart = charts.figure(
        charts.scatter(
            x=list(line.days),
            y=list(line.firms),
            mode="lines+markers",
            line={"color": colour, "width": 2.5},
            marker={"size": 5, "color": colour},
            cliponaxis=False,
            hovertext=[
                f"{iso(day)} <b>{exact(firms)}</b>" for day, firms in zip(line.days, line.firms, strict=True)
            ],
            hoverinfo="text",
        ),
        height=height,
    )
    top = max([line.target or 0, *line.firms, 1])
    chart.update_layout(
        margin={"t": 12, "r": 12},
        yaxis={"range": [0, top * 1.18], "tickformat": ",d", "nticks": 5},
        xaxis={"tickformat": "%Y", "dtick": "M12"},
    )
    if line.target:
        charts.target_line(chart, line.target, line.target_label)
    return chart
