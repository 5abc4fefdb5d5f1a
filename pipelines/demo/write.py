"""Write the files of the synthetic country, as the provinces would send them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo import firms as population
from pipelines.demo import planted, programme, returns, surroundings, titles, workbooks
from pipelines.demo.earlier import earlier_returns
from pipelines.demo.firms import COUNTRY, Place
from pipelines.demo.received import as_received
from pipelines.demo.truths import CORRECTED, GAMING, LATE, MISREAD, OWN_WORKBOOK, one_step_table

PREFIX = "synthetic-合成"
FEWEST = 2_000  # not policy: below it small provinces have no firms to plant anything in
FEWEST_YEARS = len(returns.YEARS)
"""Years of returns: the truths take so many, the last of them `planted.ASSESSED`."""
MOST_YEARS = 7  # not policy: every firm was founded by the middle of 2017, before the first of so many years
_LATE_SHARE, _LATE_HOLES = 0.62, 9.0
_ORDER = (
    "enterprises",
    "former_names",
    "annual_returns",
    "title_events",
    "provincial_targets",
    "province_context",
    *programme.DATASETS,
)
_NEW = 800  # firms in a whole country that the corrected workbook adds
_FEWEST_NEW = 16  # the spoiled cells lie in so many rows


@dataclass(frozen=True)
class DemoFile:
    """One written file: sample_of says that it stands for so many times its firms, None for all of them."""

    path: Path
    dataset: str
    sample_of: int | None
    to_load: bool


@dataclass(frozen=True)
class Unit:
    """What one reporting unit has: typed frames by dataset, its firms with tier and plant, and rows kept apart.

    `programme` holds the coded frames of `pipelines.demo.programme`.
    """

    place: Place
    firms: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    unsent: pl.DataFrame
    programme: dict[str, pl.DataFrame]


def write_country(
    folder: Path, firms: int = 55_000, seed: int = 2025, years: int = FEWEST_YEARS
) -> list[DemoFile]:
    """Write the files of a synthetic country of `firms` firms; the same call writes the same bytes.

    `years` are those with returns and context, the last of them always `planted.ASSESSED`: more of them add earlier
    ones and change nothing in the others. Files come in the order in which they are to be loaded; those not to be
    loaded come last: a workbook with known errors, its correction, and the list of planted one-step firms.
    Raises ValueError below `FEWEST` firms, and outside `FEWEST_YEARS` to `MOST_YEARS`.
    """
    if firms < FEWEST:
        raise ValueError(f"{firms} firms are too few for the planted truths. Ask for {FEWEST} or more.")
    if not FEWEST_YEARS <= years <= MOST_YEARS:
        raise ValueError(
            f"{years} years of returns: the planted truths take {FEWEST_YEARS}, and before the last {MOST_YEARS} "
            f"not every firm was founded. Ask for {FEWEST_YEARS} to {MOST_YEARS}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    sample = round(COUNTRY / firms)
    sample_of = sample if sample > 1 else None
    written: dict[str, tuple[int, DemoFile]] = {}
    one_step: list[pl.DataFrame] = []
    supported: dict[str, list[pl.DataFrame]] = {dataset: [] for dataset in programme.DATASETS}
    for unit in country(firms, seed, years):
        for stem, dataset, typed in _parts(unit):
            path = folder / f"{PREFIX}-{stem}.csv"
            is_first = stem not in written
            with path.open("wb" if is_first else "ab") as file:
                as_received(typed, dataset).write_csv(file, include_bom=is_first, include_header=is_first)
            comes_late = unit.place.code == LATE and stem.endswith(unit.place.short)
            rank = len(_ORDER) if comes_late else _ORDER.index(dataset)
            written[stem] = rank, DemoFile(path, dataset, sample_of, to_load=True)
        one_step.append(one_step_table(unit.firms))
        for dataset, coded in unit.programme.items():
            supported[dataset].append(coded)
        for path, to_load in _workbooks(unit, folder):
            rank = _ORDER.index(returns.DATASET) if to_load else len(_ORDER) + 1
            written[path.stem] = rank, DemoFile(path, returns.DATASET, sample_of, to_load)
    for dataset, frames in supported.items():
        rows = pl.concat(frames)
        # In a small country nothing may have been recovered, and nobody sends a file without rows.
        if rows.is_empty():
            continue
        path = folder / f"{PREFIX}-{dataset.replace('_', '-')}.csv"
        as_received(rows, dataset).write_csv(path, include_bom=True)
        written[path.stem] = _ORDER.index(dataset), DemoFile(path, dataset, sample_of, to_load=True)
    path = folder / f"{PREFIX}-one-step-firms.csv"
    pl.concat(one_step).sort("kind", "uscc").write_csv(path, include_bom=True)
    files = [file for _, file in sorted(written.values(), key=lambda entry: (entry[0], entry[1].path.name))]
    return [*files, DemoFile(path, "", sample_of, to_load=False)]


def country(firms: int, seed: int, years: int = FEWEST_YEARS) -> Iterator[Unit]:
    """Each reporting unit in turn, so that a whole country never stands in memory."""
    places = population.places(firms, seed)
    plants = planted.plants(places, firms)
    before = range(planted.ASSESSED - years + 1, returns.YEARS[0])
    for place in places:
        if place.firms:
            yield _unit(place, plants.get(place.code, []), firms, seed, before)


def _unit(place: Place, kinds: list[str], country_firms: int, seed: int, before: range) -> Unit:
    rng = np.random.default_rng([seed, 2, place.number])
    firms = planted.choose(population.unit_firms(place, seed), kinds)
    former = population.former_names(place, firms, seed)
    events = titles.unit_titles(place, firms, former, np.random.default_rng([seed, 4, place.number]))
    is_planted = pl.col("uscc").is_in(firms.filter(pl.col("plant").is_not_null())["uscc"].implode())
    every = returns.unit_returns(firms, rng)
    filed = _filed(firms, every, place, returns.YEARS, rng)
    whole = planted.planted(filed, firms, rng)
    late = (pl.col("year") == planted.ASSESSED) & (place.code == LATE)
    holed = returns.with_holes(whole, rng)
    if place.code == LATE:
        many = returns.with_holes(whole, rng, _LATE_HOLES)
        holed = pl.concat([holed.filter(~late), many.filter(late)])
    sent = pl.concat([holed.filter(~is_planted), whole.filter(is_planted)])
    if place.code == GAMING:
        sent = planted.gamed(sent, rng)
    unsent = sent.clear()
    if place.code == CORRECTED:
        sent, unsent = _split(sent, whole, firms, country_firms)
    # The first year as it would be if every firm had filed it.
    first = pl.concat([every.filter(~is_planted), whole.filter(is_planted)]).filter(
        pl.col("year") == returns.YEARS[0]
    )
    tables = {
        "enterprises": firms,
        "former_names": former,
        "annual_returns": pl.concat([*_before(first, firms, place, before, seed), sent]),
        "title_events": events,
        "provincial_targets": surroundings.unit_targets(place, events, rng),
        "province_context": surroundings.unit_context(place, [*before, *returns.YEARS], rng),
    }
    chance = np.random.default_rng([seed, 5, place.number])
    return Unit(place, firms, tables, unsent, programme.unit_programme(place, firms, whole, events, chance))


def _before(
    first: pl.DataFrame, firms: pl.DataFrame, place: Place, years: range, seed: int
) -> Iterator[pl.DataFrame]:
    """What a unit filed in the years before, by draws that no other year depends on."""
    rng = np.random.default_rng([seed, 6, place.number])
    for rows in earlier_returns(first, firms, years, rng):
        yield returns.with_holes(_filed(firms, rows, place, rows["year"][:1], rng), rng)


def _filed(
    firms: pl.DataFrame, rows: pl.DataFrame, place: Place, years: Iterable[int], rng: np.random.Generator
) -> pl.DataFrame:
    """The rows that were filed at all: holders of titles file more often; in the late unit many have not yet."""
    share = np.array([0.94, 0.96, 0.98, 0.995])[firms["tier"].to_numpy()]
    kept = []
    for year in years:
        least = _LATE_SHARE if place.code == LATE and year == planted.ASSESSED else 1.0
        files = pl.Series(rng.random(firms.height) < share * least) | firms["plant"].is_not_null()
        kept.append(rows.filter(pl.col("year") == year).filter(files))
    return pl.concat(kept)


def _split(
    sent: pl.DataFrame, whole: pl.DataFrame, firms: pl.DataFrame, country_firms: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of the national file, and those of the corrected workbook: new firms, then firms misread before."""
    is_now = pl.col("year") == planted.ASSESSED
    misread = firms.filter(pl.col("plant") == MISREAD)["uscc"]
    count = max(_FEWEST_NEW, round(_NEW * country_firms / COUNTRY))
    new = sent.filter(is_now, ~pl.col("uscc").is_in(misread.implode()))["uscc"].head(count)
    comes_later = is_now & pl.col("uscc").is_in(new.implode())
    later = whole.filter(is_now, pl.col("uscc").is_in(pl.concat([new, misread]).implode()))
    later = later.sort(pl.col("uscc").is_in(misread.implode()), "uscc", maintain_order=True)
    return planted.misread(sent, firms).filter(~comes_later), later


def _parts(unit: Unit) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """(stem of the file, dataset, typed rows) of everything that a unit adds to the CSV files."""
    for dataset, typed in unit.tables.items():
        stem = dataset.replace("_", "-")
        if dataset != returns.DATASET:
            yield stem, dataset, typed
            continue
        for year in typed["year"].unique().sort():
            rows = typed.filter(pl.col("year") == year)
            if year != planted.ASSESSED or unit.place.code not in {LATE, OWN_WORKBOOK}:
                yield f"{stem}-{year}", dataset, rows
            elif unit.place.code == LATE:
                yield f"{stem}-{year}-{unit.place.short}", dataset, rows


def _workbooks(unit: Unit, folder: Path) -> Iterator[tuple[Path, bool]]:
    """Write the unit's workbooks, where it has any: path, and whether it is to be loaded."""
    stem = f"{PREFIX}-{returns.DATASET.replace('_', '-')}"
    if unit.place.code == OWN_WORKBOOK:
        rows = unit.tables[returns.DATASET].filter(pl.col("year") == planted.ASSESSED)
        path = folder / f"{stem}-{planted.ASSESSED}-{unit.place.short}.xlsx"
        workbooks.write_workbook(path, workbooks.cells_of(rows).to_dicts(), unit.place.short)
        yield path, True
    if unit.place.code == CORRECTED:
        right = workbooks.cells_of(unit.unsent)
        for name, cells in (("with-errors", workbooks.spoiled(right)), ("corrected", right.to_dicts())):
            path = folder / f"{stem}-{name}.xlsx"
            workbooks.write_workbook(path, cells, unit.place.short)
            yield path, False
