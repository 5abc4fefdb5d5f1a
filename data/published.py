"""What the ministry has published: targets, policy events, stocks, batches, and the 37 reporting units.

Tables come as Polars frames in the order of their file, each row with ``file`` and ``row_no`` (header = row 1), so
that any figure made of them can name its records. The files are checked strictly: an unknown column, a value
outside its list or a figure without a source mark is refused with file, row and what is allowed.
"""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, Field

from data.strict_models import Fact, Model, held_against, read_model
from data.strict_yaml import FileError

DATA = Path(__file__).parent
Tier = Literal["innovative", "srdi", "little_giant"]
TIERS: tuple[Tier, ...] = ("innovative", "srdi", "little_giant")
Mark = Literal["S", "G", "T", "D", "M"]
Qualifier = Literal["exact", "about", "more_than"]
Precision = Literal["day", "month"]


class Horizon(Fact):
    """The period the targets were set for."""

    zh: str
    en: str
    from_: dt.date = Field(alias="from")
    to: dt.date
    document: str
    mark: Mark


class Target(Fact):
    """One national cultivation target; ``count`` in firms."""

    tier: Tier
    count: int = Field(gt=0)
    qualifier: Qualifier
    document: str
    mark: Mark


class Pace(Fact):
    """How growth is judged against the growth that a target needs; bounds in percent, each belonging to the better."""

    is_assumption: bool
    document: str
    mark: Mark
    significant_from_percent: Decimal
    moderate_from_percent: Decimal
    near_zero_percent: Decimal


class Projection(Fact):
    """How titles are projected: years ahead, years observed, random draws and their seed."""

    is_assumption: bool
    mark: Mark
    years: int = Field(gt=0)
    past_years: int = Field(gt=0)
    draws: int = Field(gt=0)
    seed: int


class Part(Fact):
    """A batch count that a published stock is re-derived from."""

    batch: str
    event: Literal["recognised", "review_passed"]
    basis: Literal["publicised", "announced", "valid", "reviewed"]


class Rederivation(Fact):
    """The parts whose sum should give the little-giant stock published at ``date``."""

    date: dt.date
    parts: tuple[Part, ...] = Field(min_length=1)


class Targets(Fact):
    """The whole of ``data/policy/targets.yaml``."""

    horizon: Horizon
    targets: tuple[Target, ...]
    pace: Pace
    projection: Projection
    tolerance_percent: Decimal = Field(ge=0)
    rederivations: tuple[Rederivation, ...]


class Label(Fact):
    """Words in both languages."""

    zh: str
    en: str


class Event(Fact):
    """A dated policy event; ``short`` is what fits beside a line."""

    date: dt.date
    precision: Precision
    document: str
    mark: Mark
    short: Label
    zh: str
    en: str


class Events(Fact):
    """The whole of ``data/policy/events.yaml``."""

    events: tuple[Event, ...]


class Stock(Fact):
    """A row of ``published_stock.csv``; an incomparable row is shown but never measured against a target."""

    date: dt.date
    date_precision: Precision
    tier: Tier
    count: int = Field(ge=0)
    qualifier: Qualifier
    mark: Mark
    comparable: bool
    disputed: bool
    note_zh: str
    note_en: str
    source: str


class Batch(Fact):
    """A row of ``published_batches.csv``."""

    tier: Tier
    batch: str = Field(min_length=1)
    year: int
    event: Literal["recognised", "review_passed"]
    basis: Literal["publicised", "announced", "valid", "reviewed"]
    count: int = Field(ge=0)
    mark: Mark
    note_zh: str
    note_en: str
    source: str


class Unit(Fact):
    """A row of ``reporting_units.csv``; tile positions count from the top left."""

    code: str = Field(pattern=r"^(\d{6}|XPCC)$")
    name_zh: str
    short_zh: str
    name_en: str
    in_programme: bool
    planned_city_of: str
    tile_row: int = Field(ge=1)
    tile_col: int = Field(ge=1)
    short_en: str


class UnitCount(Fact):
    """A row of ``published_little_giants_2021_06.csv``: the short Chinese name of a unit and its firms."""

    province: str
    count: int = Field(ge=0)


@cache
def targets() -> Targets:
    """The three national targets with their horizon, source document and mark."""
    return _policy("targets.yaml", Targets)


@cache
def target_table() -> pl.DataFrame:
    """The targets as a frame: tier, target (firms), horizon_to (Date), mark; lowest tier first."""
    found = targets()
    rows = [
        {"tier": target.tier, "target": target.count, "horizon_to": found.horizon.to, "mark": target.mark}
        for target in sorted(found.targets, key=lambda target: TIERS.index(target.tier))
    ]
    return pl.DataFrame(rows)


@cache
def rederivation_table() -> pl.DataFrame:
    """The parts of every re-derivation as a frame: date of the stock, batch, event, basis."""
    return pl.DataFrame(
        [
            {"date": check.date, **part.model_dump()}
            for check in targets().rederivations
            for part in check.parts
        ]
    )


@cache
def events() -> tuple[Event, ...]:
    """The dated policy events, oldest first."""
    return tuple(
        sorted(_policy("events.yaml", Events).events, key=lambda event: (event.date, event.document))
    )


@cache
def stock() -> pl.DataFrame:
    """The published stock: one row per date and tier; columns of `Stock`, plus ``file`` and ``row_no``."""
    return _table("published_stock.csv", Stock)


@cache
def batches() -> pl.DataFrame:
    """The published batch counts: columns of `Batch`, plus ``file`` and ``row_no``."""
    return _table("published_batches.csv", Batch)


@cache
def units() -> pl.DataFrame:
    """The reporting units and the three places outside the programme: columns of `Unit`; blanks are null."""
    return _table("reporting_units.csv", Unit).with_columns(pl.col("planned_city_of").replace("", None))


@cache
def little_giants_by_unit() -> pl.DataFrame:
    """Little giants of batches 1 and 2 by reporting unit on 11 June 2021, with the unit's code; five cities apart.

    Columns: code, count, file, row_no. Raises FileError when a name is no reporting unit or a unit is missing.
    """
    name = "published_little_giants_2021_06.csv"
    codes = dict(units().filter("in_programme").select("short_zh", "code").iter_rows())
    counted = _table(name, UnitCount)
    named = counted["province"].to_list()
    if sorted(named) != sorted(codes):
        unlike = ", ".join(sorted(set(named) ^ set(codes)))
        raise FileError(f"reference/{name}", "province", f"not one row for each reporting unit: {unlike}.")
    return counted.select(
        pl.col("province").replace_strict(codes, return_dtype=pl.String).alias("code"),
        "count",
        "file",
        "row_no",
    )


def _policy(name: str, model: type[Model]) -> Model:
    return read_model(model, DATA / "policy" / name, f"policy/{name}")


def _table(name: str, model: type[BaseModel]) -> pl.DataFrame:
    file = f"reference/{name}"
    columns = list(model.model_fields)
    with (DATA / "reference" / name).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    if not rows or rows[0] != columns:
        raise FileError(file, "row 1", f"expected the columns {', '.join(columns)}.")
    records: list[dict[str, Any]] = []
    for row_no, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(columns):
            raise FileError(file, f"row {row_no}", f"{len(cells)} cells under {len(columns)} columns.")
        record = held_against(model, dict(zip(columns, cells, strict=True)), file, f"row {row_no}")
        records.append({**record.model_dump(), "file": f"data/{file}", "row_no": row_no})
    return pl.DataFrame(records, infer_schema_length=None)
