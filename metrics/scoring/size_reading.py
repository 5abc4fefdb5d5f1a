"""Why a firm is of its size class: the figures of its industry, which one decides, how far the next class is.

Adds nothing to `metrics.scoring.size`, whose class it takes over. Staff in persons, amounts in fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from data.rulebook import size_standard
from data.rules import Industry
from metrics.scoring.size import UNDETERMINED_SIZE, size_classes


@dataclass(frozen=True)
class SizeFigure:
    """One figure that counts in the industry: what the firm has, the class it reaches alone, each class's floor."""

    field: str
    value: int | None
    reaches: str | None
    floors: dict[str, int]


@dataclass(frozen=True)
class Distance:
    """The way to another class: `figures` must all change by so much to rise, any one of them to fall.

    The nearest comes first, by the share of the floor or of the firm's own figure that is needed.
    """

    size_class: str
    figures: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SizeReading:
    """A firm's class and why. `possible` are the classes it may be of, largest first: one when it is certain."""

    industry: Industry | None
    size_class: str
    figures: tuple[SizeFigure, ...]
    deciding: tuple[str, ...]
    missing: tuple[str, ...]
    possible: tuple[str, ...]
    up: Distance | None
    down: Distance | None


def read_size(firm: pl.DataFrame) -> SizeReading:
    """Read one typed row that has industry_code, employees, revenue and total_assets."""
    row = size_classes(firm).row(0, named=True)
    size = size_standard()
    order = [name for name, _ in size.classes]
    industry = next((found for found in size.industries if found.id == row["industry"]), None)
    if industry is None:
        return SizeReading(None, UNDETERMINED_SIZE, (), (), (), tuple(order), None, None)
    fields = dict.fromkeys(field for _, floors in industry.floors for field, _ in floors)
    figures = tuple(_figure(field, row, industry, order) for field in fields)
    known = [order.index(figure.reaches) for figure in figures if figure.reaches]
    missing = tuple(figure.field for figure in figures if figure.value is None)
    ceiling = max(known, default=0)
    size_class = row["size_class"]
    if size_class == UNDETERMINED_SIZE:
        return SizeReading(industry, size_class, figures, (), missing, tuple(order[ceiling:]), None, None)
    place = order.index(size_class)
    deciding = tuple(figure.field for figure in figures if figure.reaches == size_class)
    return SizeReading(
        industry,
        size_class,
        figures,
        deciding,
        missing,
        (size_class,),
        _up(order[place - 1], figures) if place and not missing else None,
        _down(order[place + 1], size_class, figures) if place + 1 < len(order) else None,
    )


def _figure(field: str, row: dict[str, Any], industry: Industry, order: list[str]) -> SizeFigure:
    floors = {name: industry.floor(name)[field] for name in order[:-1] if field in industry.floor(name)}
    value = row[field]
    reaches = None if value is None else next((name for name in floors if value >= floors[name]), order[-1])
    return SizeFigure(field, value, reaches, floors)


def _up(above: str, figures: tuple[SizeFigure, ...]) -> Distance:
    short = tuple(
        (figure.field, figure.floors[above] - (figure.value or 0))
        for figure in figures
        if above in figure.floors and (figure.value or 0) < figure.floors[above]
    )
    return Distance(
        above, _nearest_first(short, {figure.field: figure.floors.get(above) for figure in figures})
    )


def _down(below: str, size_class: str, figures: tuple[SizeFigure, ...]) -> Distance:
    slack = tuple(
        (figure.field, (figure.value or 0) - figure.floors[size_class] + 1)
        for figure in figures
        if size_class in figure.floors
    )
    return Distance(below, _nearest_first(slack, {figure.field: figure.value for figure in figures}))


def _nearest_first(
    amounts: tuple[tuple[str, int], ...], whole: dict[str, int | None]
) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(amounts, key=lambda item: Fraction(item[1], whole[item[0]] or 1)))
