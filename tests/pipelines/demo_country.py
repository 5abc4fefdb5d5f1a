"""The store that `tidu demo` leaves, with the scores of its registry: built once a run, for all workers together."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from data.home import Home
from pipelines.demo import firms as population
from pipelines.demo.planted import choose, plants
from pipelines.demo.truths import one_step_table
from pipelines.demo_store import load_country
from pipelines.registry_scores import write_names, write_scores

FIRMS, SEED = 55_000, 2025
_NEVER_CHANGED = (".duckdb", ".parquet")


def demo_country(factory: pytest.TempPathFactory) -> Home:
    """The store of the default demo; only to be read."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-country"
    folder.mkdir(exist_ok=True)
    home, done = Home(folder / "home"), folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            build, _ = load_country(home, FIRMS, SEED)
            write_names(home, build)
            write_scores(home, build)
            done.touch()
    return home


def own_copy(home: Home, folder: Path) -> Home:
    """A store of the same content to write into; files that are never changed are linked."""

    def take(source: str, to: str) -> str:
        is_fixed = Path(source).suffix in _NEVER_CHANGED or Path(source).parent.name == home.intake.name
        return str(os.link(source, to) or to) if is_fixed else str(shutil.copy2(source, to))

    shutil.copytree(home.folder, folder, copy_function=take)
    return Home(folder)


def one_step_firms() -> pl.DataFrame:
    """The planted firms that are one step below a tier, as the demo lists them."""
    places = population.places(FIRMS, SEED)
    kinds = plants(places, FIRMS)
    return pl.concat(
        one_step_table(choose(population.unit_firms(place, SEED), kinds[place.code]))
        for place in places
        if kinds.get(place.code)
    )
