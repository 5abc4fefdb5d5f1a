"""The step line of a published stock with its dashed target and the policy events as thin rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from pages.components import charts
from pages.components.published_words import said, said_exactly, when
from pages.components.words import both, t

# A letter of 11 pixels where a year takes about 60, as on a phone.
_LETTER_DAYS = 66
_LAST_NARROW = 0x2E80
# From here on a centred label would leave the plot.
_LATE = 0.85
_MARGIN = dt.timedelta(days=90)


def stock_figure(
    seen: pl.DataFrame,
    events: Sequence,
    *,
    tier: str,
    target: int,
    target_label: str,
    span: tuple[dt.date, dt.date],
    height: int,
) -> charts.Chart:
    """Draw the rows of `metrics.targets.observations`; rows that are not comparable stand apart as hollow crosses.

    ``events`` are `data.published.Event`; ``span`` fixes the time axis, so that views of different dates compare.
    """
    colour = charts.palette().tiers[tier]
    measured, apart = seen.filter("comparable"), seen.filter(~pl.col("comparable"))
    chart = charts.figure(
        _steps(measured, colour),
        _crosses(apart),
        height=height,
    )
    top = max([target, *seen["count"].to_list()])
    labels = [both(event.short) for event in events]
    levels = _levels([event.date for event in events], labels)
    chart.update_layout(
        margin={"t": 22 + 15 * max(levels, default=0), "r": 12},
        xaxis={"range": [span[0] - _MARGIN, span[1] + _MARGIN], "dtick": "M12", "tickformat": "%Y"},
        yaxis={"range": [0, top * 1.12], "tickformat": ",d", "nticks": 7},
    )
    for event, label, level in zip(events, labels, levels, strict=True):
        late = event.date > span[0] + (span[1] - span[0]) * _LATE
        charts.event_rule(chart, event.date, label, level, "right" if late else "center")
    charts.target_line(chart, target, target_label)
    _label_steps(chart, measured)
    return chart


def _steps(rows: pl.DataFrame, colour: str) -> charts.Trace:
    counts, kinds = rows["count"].to_list(), rows["qualifier"].to_list()
    return charts.scatter(
        x=rows["date"].to_list(),
        y=counts,
        mode="lines+markers",
        line={"shape": "hv", "color": colour, "width": 2.5},
        # Hollow where the source says "about" or "more than".
        marker={
            "size": 8,
            "color": [colour if kind == "exact" else charts.palette().paper for kind in kinds],
            "line": {"color": colour, "width": 2},
        },
        cliponaxis=False,
        hovertext=_hovers(rows),
        hoverinfo="text",
    )


def _crosses(rows: pl.DataFrame) -> charts.Trace:
    quiet = charts.palette().quiet
    return charts.scatter(
        x=rows["date"].to_list(),
        y=rows["count"].to_list(),
        mode="markers+text",
        marker={"size": 10, "symbol": "x-thin", "line": {"color": quiet, "width": 2.5}},
        text=[
            t("overview.apart", count=said(count, kind))
            for count, kind in rows["count", "qualifier"].iter_rows()
        ],
        textposition="middle left",
        textfont={"color": quiet},
        hovertext=_hovers(rows),
        hoverinfo="text",
    )


def _hovers(rows: pl.DataFrame) -> list[str]:
    return [
        f"{when(row['date'], row['date_precision'])}<br><b>{said_exactly(row['count'], row['qualifier'])}</b>"
        f"<br>{row['mark']} · {row['source']}"
        for row in rows.iter_rows(named=True)
    ]


def _label_steps(chart: charts.Chart, rows: pl.DataFrame) -> None:
    # Left of and above a step there is nothing to cover; the first point has its free side below.
    before = None
    for day, count, kind in rows.select("date", "count", "qualifier").iter_rows():
        if count != before:
            chart.add_annotation(
                x=day,
                y=count,
                text=f"<b>{said(count, kind)}</b>",
                showarrow=False,
                xanchor="left" if before is None else "right",
                yanchor="top" if before is None else "bottom",
                yshift=-6 if before is None else 5,
                bgcolor=charts.palette().paper,
                borderpad=1,
            )
        before = count


def _levels(dates: Sequence[dt.date], labels: Sequence[str]) -> list[int]:
    """For each event the lowest label row that is free there."""
    ends: list[float] = []
    levels: list[int] = []
    for day, label in zip(dates, labels, strict=True):
        half = sum(1.0 if ord(letter) > _LAST_NARROW else 0.6 for letter in label) * _LETTER_DAYS / 2
        free = next((level for level, end in enumerate(ends) if day.toordinal() - half > end), len(ends))
        ends[free:] = [day.toordinal() + half, *ends[free + 1 :]]
        levels.append(free)
    return levels
