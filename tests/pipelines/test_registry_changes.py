"""What would lift a firm is written once for a build, firm by firm what the search says of it alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from data import access
from data.home import Home
from data.manifest import published
from metrics import move_up
from pipelines.registry_changes import changes_files, write_changes
from pipelines.registry_scores import DATASET, OvertakenError, latest_year, standards, typed_returns
from tests.pages.opened import in_force
from tests.pipelines import small_registry as registry


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with in_force(registry.scored_registry(tmp_path_factory.mktemp("changes"))) as home:
        yield home


def test_each_firm_one_requirement_short_has_the_change_that_is_found_for_it_alone(home: Home) -> None:
    facts = access.read(access.MINISTRY, home)
    write_changes(home, facts.build)
    assert all(file.exists() for file in changes_files(home, facts.build))
    returns, year = typed_returns(facts.table(DATASET)), latest_year(facts)
    assert year
    found = 0
    for rule in standards():
        short = move_up.nearly(facts.table(f"scores_{rule.tier}"), rule)
        kept = move_up.changes_of(short, facts.table(f"changes_{rule.tier}"))
        for uscc in short["uscc"]:
            alone = move_up.smallest_changes(returns.filter(pl.col("uscc") == uscc), rule, year)
            assert kept.get(uscc) == alone.get(uscc)
            found += len(alone)
    assert found


def test_a_newer_build_ends_it_and_nothing_is_written(home: Home, tmp_path: Path) -> None:
    build = published(home)
    assert build is not None
    with pytest.raises(OvertakenError):
        write_changes(home, dataclasses.replace(build, build=build.build + 1))
