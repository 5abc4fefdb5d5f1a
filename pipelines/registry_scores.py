"""Score every firm of the registry under the shipped standards, once for a build, for the pages to read.

Load: the annual returns of the published build, one reporting unit after another, so that a whole country never
stands in memory. Transform: the latest accounting year in the store is scored under `RULE_SET`, for whatever
date: applications from 2026-04-01 on fall under a rule set whose standards are not shipped. The assessment date is
taken as 1 September of the year after. Write: the scores, and their tallies last, so that whoever finds the
tallies finds the scores.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow.parquet as pq

from data import access
from data.dataset import contract
from data.home import Home
from data.manifest import Published, published
from data.rulebook import rule_sets, standard
from data.rules import Standard
from metrics import lost_points
from metrics.names import normalised
from metrics.next_band import next_band
from metrics.scoring.results import LISTED
from metrics.scoring.score import score_firms
from pipelines.durable import put_in_place
from pipelines.intake.check_cells import typed_schema

DATASET = "annual_returns"
RULE_SET = "measures-2022"
ORIGIN = ("receipt_id", "sheet_no", "row_no")
NAMES = "firm_names"
TALLIES = {
    "lost_points": (lost_points.LOSSES, lost_points.tally),
    "unmet": (lost_points.UNMET, lost_points.tally_requirements),
    "verdicts": (lost_points.VERDICTS, lost_points.tally_verdicts),
}
ROWS_A_GROUP = 1 << 16
_FIRMS_AT_ONCE = 1 << 16


class OvertakenError(Exception):
    """A newer build was published meanwhile: what is computed for the older one is of no use any more."""


def standards() -> tuple[Standard, ...]:
    """The standards that the registry is scored under, innovative first."""
    shipped = next(known for known in rule_sets() if known.id == RULE_SET).shipped
    return tuple(standard(RULE_SET, tier) for tier in shipped)


def files_of(home: Home, build: Published) -> list[Path]:
    """The files that `write_names` and `write_scores` leave behind for a build, in the order they are written."""
    stems = [NAMES, *(f"scores_{rule.tier}" for rule in standards()), *TALLIES]
    return [home.derived / str(build.build) / f"{stem}.parquet" for stem in stems]


def write_names(home: Home, build: Published) -> Path:
    """Every name a firm of the registry has or had, as names are compared, for `metrics.firm_search`.

    Columns: uscc, name (registered now), province, former (null on the row of the present name), listed (as
    compared); sorted by province and credit code. A firm that no registry file names is known by its latest return.
    Raises OvertakenError.
    """
    facts = facts_in_force(home, build)
    registered = facts.table("enterprises").select("uscc, name, province").pl()
    latest = "SELECT uscc, arg_max(name, year) AS name, arg_max(province, year) AS province FROM rows GROUP BY uscc"
    returned = facts.table(DATASET).query("rows", latest).pl()
    firms = pl.concat([registered, returned.join(registered, on="uscc", how="anti")])
    before = facts.table("former_names").select("uscc, name AS former").pl().join(firms, on="uscc")
    names = pl.concat([firms, before], how="diagonal").select(
        "uscc", "name", "province", "former", listed=normalised(pl.coalesce("former", "name"))
    )
    [out] = [file for file in files_of(home, build) if file.stem == NAMES]
    with aside_of(out) as aside:
        names.sort("province", "uscc", "former", nulls_last=False).write_parquet(
            aside, compression="lz4", row_group_size=ROWS_A_GROUP
        )
    return out


def write_scores(home: Home, build: Published) -> list[Path]:
    """Score the registry of a build; returns the files, one of scores for each standard and three of tallies.

    scores_<tier>: uscc, name, province, year; verdict and reason_<criterion> as codes of `metrics.scoring.outcome`;
    score_low, score_high (POINT units); low_, high_, change_, gain_<criterion>; holds_<requirement>; unmet
    (requirements surely failed); missing (`field@year`, joined by ';'); the row's origin, null for a firm without a
    row of the year. Sorted by province and credit code. lost_points, unmet, verdicts: `metrics.lost_points`.
    Raises OvertakenError as soon as a newer build is published.
    """
    facts = facts_in_force(home, build)
    found = standards()
    by_stem = {file.stem: file for file in files_of(home, build)}
    tallied: dict[str, list[pl.DataFrame]] = {
        name: [pl.DataFrame(schema=schema)] for name, (schema, _) in TALLIES.items()
    }
    with contextlib.ExitStack() as open_files:
        adders = [open_files.enter_context(_rows_to(by_stem[f"scores_{rule.tier}"])) for rule in found]
        for returns, year in portions(facts):
            for rule, add in zip(found, adders, strict=True):
                if published(home) != build:
                    raise OvertakenError
                scored = score_firms(returns, rule, year)
                for name, (_, tally) in TALLIES.items():
                    tallied[name].append(tally(scored, rule))
                add(_kept(scored, rule, year))
    for name, parts in tallied.items():
        with aside_of(by_stem[name]) as aside:
            pl.concat(parts).write_parquet(aside)
    return [file for file in by_stem.values() if file.stem != NAMES]


def typed_returns(relation: Any) -> pl.DataFrame:
    """Annual returns out of the facts as the scoring takes them: choices as the index of their code; and `ORIGIN`."""
    choices = {column.field for column in contract(DATASET).columns if column.type == "choice"}
    schema = typed_schema(contract(DATASET))
    columns = [
        f'enum_code("{name}")::TINYINT AS "{name}"' if name in choices else f'"{name}"' for name in schema
    ]
    return relation.select(", ".join([*columns, *ORIGIN])).pl().cast(dict(schema))


def latest_year(facts: access.Facts) -> int | None:
    """The latest accounting year of any current return; None where there is none."""
    return facts.table(DATASET).max("year").fetchall()[0][0]


def facts_in_force(home: Home, build: Published) -> access.Facts:
    """The build's facts for a worker. Raises OvertakenError where another build is in force by now."""
    facts = access.read(access.MINISTRY, home)
    if facts.build != build:
        raise OvertakenError
    return facts


def portions(facts: access.Facts) -> Iterator[tuple[pl.DataFrame, int]]:
    """The returns of some reporting units' firms after another, all years, and the year to score.

    A firm belongs to the unit of its latest return. Without any return: one empty frame, so that files get their form.
    """
    returns = facts.table(DATASET)
    year = latest_year(facts)
    if year is None:
        last_full_year = dt.datetime.now(tz=dt.UTC).year - 1
        yield typed_returns(returns), last_full_year
        return
    firms = returns.query(
        "returns", "SELECT uscc, arg_max(province, year) AS unit FROM returns GROUP BY uscc"
    ).pl()
    for units in _together(firms):
        chosen = firms.filter(pl.col("unit").is_in(units)).select("uscc").to_arrow()  # noqa: F841 - DuckDB reads it by name
        rows = returns.query("returns", "SELECT returns.* FROM returns SEMI JOIN chosen USING (uscc)")
        yield typed_returns(rows), year


def _together(firms: pl.DataFrame) -> list[list[str]]:
    """The reporting units in order, small ones together: a portion costs as much as some thousand firms."""
    groups: list[list[str]] = []
    room = 0
    for unit, count in firms["unit"].value_counts().sort("unit").iter_rows():
        if count > room:
            groups.append([])
            room = _FIRMS_AT_ONCE
        groups[-1].append(unit)
        room -= count
    return groups


def _kept(scored: pl.DataFrame, rule: Standard, year: int) -> pl.DataFrame:
    """The columns of a scores file."""
    criteria = [criterion.id for criterion in rule.criteria]
    holds = [f"holds_{requirement.id}" for requirement in rule.requirements]
    distances = {
        f"{part}_{criterion.id}": expression
        for criterion in rule.criteria
        for part, expression in next_band(criterion).items()
    }
    measured = nw.from_native(scored).with_columns(**distances).to_native()
    return measured.sort("province", "uscc").select(
        "uscc",
        "name",
        "province",
        pl.lit(year, dtype=pl.Int16).alias("year"),
        pl.col("verdict", "score_low", "score_high"),
        *(
            pl.col(f"{end}_{name}")
            for name in criteria
            for end in ("low", "high", "reason", "change", "gain")
        ),
        *holds,
        pl.sum_horizontal((~pl.col(name)).fill_null(value=False) for name in holds)
        .cast(pl.Int8)
        .alias("unmet"),
        pl.col("missing").list.join(LISTED).fill_null(""),
        *ORIGIN,
    )


@contextlib.contextmanager
def aside_of(final: Path) -> Iterator[Path]:
    """A name to write under; the file gets its own at the end, and nothing is left behind where writing fails."""
    final.parent.mkdir(parents=True, exist_ok=True)
    aside = final.with_name(f".{final.name}.{os.getpid()}")
    try:
        yield aside
        put_in_place(aside, final)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def _rows_to(final: Path) -> Iterator[Callable[[pl.DataFrame], None]]:
    """A function that adds rows to a Parquet file, which appears whole at the end."""
    with aside_of(final) as aside, contextlib.ExitStack() as opened:
        writers: list[pq.ParquetWriter] = []

        def add(rows: pl.DataFrame) -> None:
            table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
            if not writers:
                writers.append(
                    opened.enter_context(pq.ParquetWriter(aside, table.schema, compression="zstd"))
                )
            writers[0].write_table(table, row_group_size=ROWS_A_GROUP)

        yield add
        opened.close()
