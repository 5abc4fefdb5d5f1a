"""Coverage, freshness and warnings as charts; units stand in one order in the first two."""

from __future__ import annotations

from typing import Any

import polars as pl

from pages.components import charts
from pages.components.numbers import exact, percent
from pages.components.receipt_words import dataset_names
from pages.components.unit_map import unit_names
from pages.components.words import t

_ROW, _LINE, _LETTER, _FOOT = 17, 14, 5.6, 8
_RATES_HEIGHT = 260
_BARS_LABELLED = 40


def coverage_bars(coverage: pl.DataFrame, freshness: pl.DataFrame, order: list[str], key: str) -> None:
    """The share of expected firms with a return, one bar a unit, on the lines of the freshness beside it."""
    colours = charts.palette()
    at = {row["province"]: row for row in coverage.iter_rows(named=True)}
    rows = [at.get(code) for code in order]
    shares = [row["share_pct"] if row else None for row in rows]
    chart = charts.figure(
        charts.bar(
            x=shares,
            y=list(range(len(order))),
            orientation="h",
            marker={"color": colours.tiers["srdi"]},
            text=[percent(share) for share in shares],
            textposition="outside",
            textfont={"color": colours.text},
            cliponaxis=False,
            customdata=[
                (unit, exact(row["returned"]), exact(row["expected"])) if row else (unit, "0", "0")
                for unit, row in zip(map(unit_names().get, order), rows, strict=True)
            ],
            hovertemplate=t("quality.coverage_hover") + "<extra></extra>",
        ),
        **_size(freshness, order),
        bargap=0.25,
        xaxis={"visible": False, "range": [0, 122]},
        yaxis=_units(order, colours.text),
    )
    charts.draw(chart, key=key, alt=t("quality.coverage_alt"))


def freshness_map(freshness: pl.DataFrame, order: list[str], key: str) -> None:
    """Days since the latest receipt, units down and datasets across; darker is older, empty is never."""
    colours = charts.palette()
    known = _known(freshness)
    named = [
        [(unit, title) for title in map(dataset_names().get, known)] for unit in map(unit_names().get, order)
    ]
    days = {(row[0], row[1]): row[2] for row in freshness.select("province", "dataset", "days").iter_rows()}
    cells = [[days.get((code, name)) for name in known] for code in order]
    chart = charts.figure(
        charts.heatmap(
            x=list(range(len(known))),
            y=list(range(len(order))),
            z=cells,
            text=[[t("quality.never") if value is None else exact(value) for value in row] for row in cells],
            customdata=named,
            texttemplate="%{text}",
            textfont={"size": charts.FONT_SIZE - 2},
            hovertemplate=t("quality.freshness_hover") + "<extra></extra>",
            zmin=0,
            zmax=max([value for row in cells for value in row if value is not None], default=0) or 1,
            colorscale=[[0, colours.low], [1, colours.high]],
            showscale=False,
            xgap=2,
            ygap=1,
        ),
        **_size(freshness, order),
        xaxis={
            "side": "top",
            "tickvals": list(range(len(known))),
            "ticktext": [dataset_names()[name] for name in known],
            "tickangle": -90,
            "tickfont": {"color": colours.text, "size": charts.FONT_SIZE - 2},
            "showline": False,
            "ticks": "",
        },
        yaxis=_units(order, colours.text),
    )
    charts.draw(chart, key=key, alt=t("quality.freshness_alt"))


def rate_bars(rates: pl.DataFrame, key: str) -> None:
    """Warnings per 1,000 rows, one bar a receipt in the order received."""
    colours = charts.palette()
    names = [str(receipt) for receipt in rates["receipt_id"]]
    values = rates["per_1000"].to_list()
    chart = charts.figure(
        charts.bar(
            x=names,
            y=values,
            marker={"color": colours.grades["fair"]},
            text=[exact(value, 1) for value in values] if len(names) <= _BARS_LABELLED else None,
            textposition="outside",
            textfont={"color": colours.text},
            cliponaxis=False,
            customdata=[
                (file, exact(warnings), exact(rows))
                for file, warnings, rows in rates.select("file", "warnings", "rows").iter_rows()
            ],
            hovertemplate=t("quality.rate_hover") + "<extra></extra>",
        ),
        height=_RATES_HEIGHT,
        bargap=0.3,
        margin={"l": 4, "r": 8, "t": 20, "b": 4},
        xaxis={"type": "category", "title": {"text": t("quality.rate_axis")}},
        yaxis={"range": [0, max([value for value in values if value], default=1) * 1.18]},
    )
    charts.draw(chart, key=key, alt=t("quality.rate_alt"))


def _known(freshness: pl.DataFrame) -> list[str]:
    sent = set(freshness["dataset"])
    return [name for name in dataset_names() if name in sent]


def _size(freshness: pl.DataFrame, order: list[str]) -> dict[str, Any]:
    """Height and margins that let both charts put a unit on the same line; titles of datasets stand upright."""
    longest = max([_width(dataset_names()[name]) for name in _known(freshness)], default=0)
    head = round(_LETTER * longest) + _LINE
    return {
        "height": head + _ROW * len(order) + _FOOT,
        "margin": {"l": 4, "r": 8, "t": head, "b": _FOOT},
    }


def _width(words: str) -> int:
    """The length of words on a line, in Latin letters; a Chinese character is two."""
    return sum(1 if letter.isascii() else 2 for letter in words)


def _units(order: list[str], ink: str) -> dict[str, object]:
    return {
        "tickvals": list(range(len(order))),
        "ticktext": list(map(unit_names().get, order)),
        "tickfont": {"color": ink, "size": charts.FONT_SIZE - 1},
        "range": [len(order) - 0.4, -0.6],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
    }
