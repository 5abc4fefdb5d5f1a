"""The 37 reporting units as tiles without borders, and as sorted bars."""

from __future__ import annotations

from functools import cache

import polars as pl

from data import published
from pages.components import charts
from pages.components.numbers import exact
from pages.components.words import language, t

# Only full black and white keep 4.5:1 on every shade of a scale.
_INKS = ("#000000", "#FFFFFF")


def unit_name(short: bool = False, code: str | None = None) -> str:
    """The column of the units that names them in the language ``code``, the reader's if None."""
    if (code or language()) == "zh":
        return "short_zh"
    return "short_en" if short else "name_en"


def unit_names(*, short: bool = False, programme: bool = False, code: str | None = None) -> dict[str, str]:
    """Code → name of every unit in their usual order, in the language ``code``, the reader's if None.

    ``programme``: only the reporting units of the programme, for a choice among them. An export, which is made
    when nobody's page is being drawn, gives the language.
    """
    return dict(_by_code(unit_name(short, code), programme))


@cache
def _by_code(column: str, programme: bool) -> tuple[tuple[str, str], ...]:
    units = published.units()
    return tuple((units.filter("in_programme") if programme else units).select("code", column).iter_rows())


def tiles(units: pl.DataFrame, *, height: int) -> charts.Chart:
    """Draw `metrics.unit_counts.by_unit`: one tile a unit, darker with more firms.

    Grey is outside the programme; a city counted in its province has no square and points to it.
    """
    colours = charts.palette()
    counted, outside = units.filter(pl.col("count").is_not_null()), units.filter(~pl.col("in_programme"))
    merged = units.filter(pl.col("counted_in").is_not_null())
    most = counted["count"].max() or 1
    chart = charts.figure(
        _ground(units, counted, [[0, colours.low], [1, colours.high]]),
        _ground(units, outside, [[0, colours.outside], [1, colours.outside]]),
        _names(counted, [_ink(colours, count / most) for count in counted["count"]]),
        _names(outside, [colours.quiet] * outside.height),
        _names(merged, [colours.quiet] * merged.height),
        height=height,
    )
    hidden = {"visible": False, "showgrid": False}
    chart.update_layout(
        margin={"l": 0, "r": 0, "t": 4, "b": 0}, xaxis=hidden, yaxis={**hidden, "autorange": "reversed"}
    )
    return chart


def bars(units: pl.DataFrame, *, height: int, colour: str) -> charts.Chart:
    """The units with a count, most firms first."""
    ranked = units.filter(pl.col("count").is_not_null()).sort("count", "code", descending=[True, False])
    chart = charts.figure(
        charts.bar(
            x=ranked["count"].to_list(),
            y=ranked[unit_name()].to_list(),
            orientation="h",
            marker={"color": colour},
            text=[exact(count) for count in ranked["count"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y} <b>%{x:,}</b><extra></extra>",
        ),
        height=height,
    )
    chart.update_layout(
        bargap=0.25,
        margin={"t": 4, "r": 36},
        xaxis={"visible": False, "rangemode": "tozero"},
        yaxis={
            "autorange": "reversed",
            "type": "category",
            "tickfont": {"color": charts.palette().text},
            "dtick": 1,
        },
    )
    return chart


def _ground(units: pl.DataFrame, drawn: pl.DataFrame, scale: list) -> charts.Trace:
    """The coloured squares of ``drawn`` on the grid of all units, so that every square has one size."""
    rows, columns = range(1, units["tile_row"].max() + 1), range(1, units["tile_col"].max() + 1)
    at = {
        (row, column): count
        for row, column, count in drawn.select(
            "tile_row", "tile_col", pl.col("count").fill_null(0)
        ).iter_rows()
    }
    return charts.heatmap(
        x=list(columns),
        y=list(rows),
        z=[[at.get((row, column)) for column in columns] for row in rows],
        zmin=0,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )


def _names(units: pl.DataFrame, inks: list[str]) -> charts.Trace:
    shorts = unit_names(short=True)
    names = units[unit_name(short=True)].to_list()
    counts = [
        f"→{shorts[province]}" if province else exact(count)
        for count, province in units.select("count", "counted_in").iter_rows()
    ]
    return charts.scatter(
        x=units["tile_col"].to_list(),
        y=units["tile_row"].to_list(),
        mode="text",
        text=[f"{name}<br><b>{count}</b>" for name, count in zip(names, counts, strict=True)],
        textfont={"size": 10.5, "color": inks},
        hovertext=_hovers(units, unit_names()),
        hoverinfo="text",
        cliponaxis=False,
    )


def _hovers(units: pl.DataFrame, names: dict[str, str]) -> list[str]:
    said = []
    for row in units.iter_rows(named=True):
        name = row[unit_name()]
        if row["counted_in"]:
            said.append(t("overview.tile_counted_in", unit=name, province=names[row["counted_in"]]))
        elif row["in_programme"]:
            said.append(t("overview.tile_hover", unit=name, count=exact(row["count"])))
        else:
            said.append(t("overview.tile_outside", unit=name))
    return said


def _ink(colours: charts.Palette, share: float) -> str:
    """The text colour with the better contrast on the scale at ``share``."""
    ground = _luminance(_between(colours.low, colours.high, share))
    return max(_INKS, key=lambda ink: _contrast(ground, _luminance(ink)))


def _between(low: str, high: str, share: float) -> str:
    parts = [
        round(int(low[place : place + 2], 16) * (1 - share) + int(high[place : place + 2], 16) * share)
        for place in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB after WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
