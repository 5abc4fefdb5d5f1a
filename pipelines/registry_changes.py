"""What each firm that is one requirement short would have to change, once for a build, for pages and exports to read.

Load: the annual returns of the published build, as for the scores, cut to the firms that the scores call one
requirement short of a tier. Transform: `metrics.move_up.smallest_changes`, some firms at a time, because each stands
in memory with all the changes that are tried. Write: one table a tier; a firm without a row in it needs more than one
change.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from data.home import Home
from data.manifest import Published, published
from metrics import move_up
from pipelines.registry_scores import (
    ROWS_A_GROUP,
    OvertakenError,
    aside_of,
    facts_in_force,
    portions,
    standards,
)

_AT_ONCE = 2_000  # not policy: firms whose trial changes stand in memory together


def changes_files(home: Home, build: Published) -> list[Path]:
    """The files that `write_changes` leaves behind for a build."""
    return [home.derived / str(build.build) / f"changes_{rule.tier}.parquet" for rule in standards()]


def write_changes(home: Home, build: Published) -> list[Path]:
    """changes_<tier>: `metrics.move_up.CHANGES`, sorted by province and credit code.

    Needs the scores of the build (NoFactsError). Raises OvertakenError as soon as a newer build is published.
    """
    facts = facts_in_force(home, build)
    short = [move_up.nearly(facts.table(f"scores_{rule.tier}"), rule) for rule in standards()]
    found: list[list[pl.DataFrame]] = [[pl.DataFrame(schema=move_up.CHANGES)] for _ in short]
    for returns, year in portions(facts):
        for rule, firms, kept in zip(standards(), short, found, strict=True):
            own = firms.join(returns.select("uscc").unique(), on="uscc", how="semi").sort("uscc")
            for some in own.iter_slices(_AT_ONCE):
                if published(home) != build:
                    raise OvertakenError
                rows = returns.join(some, on="uscc", how="semi")
                kept.append(move_up.written(some, move_up.smallest_changes(rows, rule, year)))
    files = changes_files(home, build)
    for file, kept in zip(files, found, strict=True):
        with aside_of(file) as aside:
            pl.concat(kept).sort("province", "uscc").write_parquet(aside, row_group_size=ROWS_A_GROUP)
    return files
