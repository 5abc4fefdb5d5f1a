"""Where points are lost, as sorted bars and as a map of criteria by reporting unit; each view has its table."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pages.components import charts
from pages.components.unit_map import unit_names

BAR_HEIGHT, CELL_HEIGHT, ROOM = 26, 24, 64
NAME_WIDTH, CELL_NAME_WIDTH = 40, 22


@dataclass(frozen=True)
class View:
    """One thing lost or failed, by item and by item and reporting unit.

    ``items``: id, name, value, text (at the bar's end), said (in the hover), most first; ``elsewhere``: the value in
    the whole country, id → value, where ``items`` are of one reporting unit; ``cells``: id, province, value, apart
    (from the whole country), said.
    """

    items: pl.DataFrame
    elsewhere: dict[str, float]
    cells: pl.DataFrame
    scale: str
    alt: str
    cells_alt: str


def bars(view: View, key: str) -> None:
    """The items as bars, most first; the whole country's value as a tick on each bar of one reporting unit."""
    colours = charts.palette()
    rows = view.items
    names = [short(name, NAME_WIDTH) for name in rows["name"]]
    places = list(range(rows.height))
    traces: list[charts.Trace] = [
        charts.bar(
            x=rows["value"].to_list(),
            y=places,
            orientation="h",
            marker={"color": colours.tiers["srdi"]},
            text=rows["text"].to_list(),
            textposition="outside",
            textfont={"color": colours.text},
            cliponaxis=False,
            customdata=rows.select("name", "said").rows(),
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        )
    ]
    if view.elsewhere:
        country = [view.elsewhere.get(item, 0.0) for item in rows["id"]]
        traces.append(
            charts.scatter(
                x=country,
                y=places,
                mode="markers",
                marker={"symbol": "line-ns", "size": 16, "line": {"color": colours.high, "width": 2.5}},
                hoverinfo="skip",
            )
        )
    most = max([*rows["value"], *view.elsewhere.values(), 0.0])
    chart = charts.figure(
        *traces,
        height=BAR_HEIGHT * rows.height + 12,
        bargap=0.28,
        xaxis={"visible": False, "range": [0, most * 1.3 or 1]},
        yaxis={
            "tickvals": places,
            "ticktext": names,
            "tickfont": {"color": colours.text},
            "range": [rows.height - 0.4, -0.6],
            "showgrid": False,
            "zeroline": False,
        },
    )
    charts.draw(chart, key=key, alt=view.alt)


def heatmap(view: View, province: str | None, key: str) -> None:
    """Each reporting unit against the whole country, item by item; most lost in all at the left, chosen one framed."""
    colours = charts.palette()
    codes = _worst_first(view.cells)
    names, shorts = unit_names(), unit_names(short=True)
    at = {
        (item, code): (value, said)
        for item, code, value, said in view.cells.select("id", "province", "apart", "said").rows()
    }
    items = view.items.select("id", "name").rows()
    most = max([abs(value) for value in view.cells["apart"]], default=0) or 1
    chart = charts.figure(
        charts.heatmap(
            x=[shorts[code] for code in codes],
            y=[short(name, CELL_NAME_WIDTH) for _, name in items],
            z=[[at.get((item, code), (None, ""))[0] for code in codes] for item, _ in items],
            customdata=[
                [(name, names[code], at.get((item, code), (None, ""))[1]) for code in codes]
                for item, name in items
            ],
            hovertemplate="%{customdata[1]}  %{customdata[0]}<br>%{customdata[2]}<extra></extra>",
            zmin=-most,
            zmax=most,
            colorscale=[[0, colours.tiers["srdi"]], [0.5, colours.outside], [1, colours.high]],
            xgap=1,
            ygap=1,
            colorbar=_scale(view.scale),
        ),
        height=CELL_HEIGHT * len(items) + ROOM + 44,
        margin={"l": 4, "r": 4, "t": 48, "b": 4},
        xaxis={
            "type": "category",
            "tickangle": -90,
            "tickfont": {"size": charts.FONT_SIZE - 2, "color": colours.text},
            "showgrid": False,
            "showline": False,
            "ticks": "",
        },
        yaxis={
            "autorange": "reversed",
            "tickfont": {"color": colours.text},
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
    )
    if province in codes:
        place = codes.index(province)
        chart.add_shape(
            type="rect",
            x0=place - 0.5,
            x1=place + 0.5,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": colours.text, "width": 2},
        )
    charts.draw(chart, key=key, alt=view.cells_alt)


def _worst_first(cells: pl.DataFrame) -> list[str]:
    summed = (
        cells.group_by("province")
        .agg(pl.col("value").sum())
        .sort(["value", "province"], descending=[True, False])
    )
    return summed["province"].to_list()


def _scale(title: str) -> dict:
    colours = charts.palette()
    return {
        "orientation": "h",
        "thickness": 8,
        "len": 0.45,
        "x": 1,
        "xanchor": "right",
        "y": 1,
        "yanchor": "bottom",
        "title": {
            "text": title,
            "side": "top",
            "font": {"size": charts.FONT_SIZE - 1, "color": colours.quiet},
        },
        "tickfont": {"size": charts.FONT_SIZE - 2, "color": colours.quiet},
        "tickformat": "+.2~f",
        "outlinewidth": 0,
        "nticks": 5,
    }


def short(name: str, width: int) -> str:
    """A name that fits beside its bar, in columns of half a Chinese character; the whole one is in the hover."""
    taken = 0
    for place, sign in enumerate(name):
        taken += 2 if ord(sign) > 255 else 1  # not policy: width of a character
        if taken > width:
            return f"{name[:place].rstrip()}…"
    return name
