"""Checks between rows far apart in a long file: repeated keys, jumps between years, too many rows of one kind.

Each row's key becomes one number. Rows whose numbers meet are few; they alone are fetched again, as text and as typed
values, and judged by the same checks as in a short file. So a number that two keys share by chance does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from data.dataset import Check, Contract
from pipelines.intake.cross_checks import cross_check
from pipelines.intake.sheets import ROW

_BETWEEN = frozenset({"jump", "at_most_rows"})
"""Kinds of checks that compare rows; all others judge each row by itself."""

_YEARS = np.uint64(0xFF)

Received = Callable[[pl.Series], pl.DataFrame]


def within_rows(rules: Contract) -> Contract:
    """The contract with those checks only that judge each row by itself."""
    return replace(rules, key=(), checks=tuple(check for check in rules.checks if check.kind not in _BETWEEN))


def key_numbers(typed: pl.DataFrame, rules: Contract, present: list[str]) -> np.ndarray:
    """One UInt64 a row from the key columns that are ``present``: the years of one enterprise follow each other."""
    year = _year(rules, present)
    others = [name for name in present if name != year]
    hashed = (
        typed.select(others).hash_rows(seed=1) if others else pl.zeros(typed.height, pl.UInt64, eager=True)
    )
    numbers = hashed.to_numpy()
    if year is None:
        return numbers
    since = int(rules.column(year).low or 0)
    # years are far fewer than 255; a blank one stands behind them all
    years = (typed[year].fill_null(since + 255) - since).to_numpy().astype(np.uint64)
    return (numbers & ~_YEARS) | (years & _YEARS)


def check_between(
    numbers: np.ndarray, staged: Path, rules: Contract, present: list[str], received: Received
) -> list[pl.DataFrame]:
    """The findings between rows.

    Args:
        numbers: `key_numbers` of all rows.
        staged: the Parquet file with the typed values of the same rows in the same order.
        rules: the contract.
        present: the key columns that the file has.
        received: gives the columns compared as text, under their fields, for rows of these numbers.
    """
    at = _to_judge(numbers, staged, rules, present) if present else np.zeros(0)
    if not len(at):
        return []
    typed = (
        pl.scan_parquet(staged)
        .select(*columns_compared(rules), "sheet_no", ROW)
        .with_row_index("at")
        .filter(pl.col("at").is_in(pl.Series(at).cast(pl.UInt32).implode()))
        .drop("at")
        .collect(engine="streaming")
        .sort(ROW)
    )
    raw = received(typed[ROW]).with_columns(typed["sheet_no"])
    columns = tuple(replace(column, at_most="") for column in rules.columns)
    checks = tuple(check for check in rules.checks if check.kind in _BETWEEN)
    return cross_check(typed, raw, replace(rules, columns=columns, checks=checks))


def columns_compared(rules: Contract) -> list[str]:
    """The columns that the checks between rows look at."""
    fields = [
        field
        for check in rules.checks
        if check.kind in _BETWEEN
        for field in check.settings["columns" if check.kind == "jump" else "of"]
    ]
    return list(dict.fromkeys([*rules.key, *fields]))


def _to_judge(numbers: np.ndarray, staged: Path, rules: Contract, present: list[str]) -> np.ndarray:
    """Positions, in order, of all rows that may have a finding, and of those they are compared with."""
    order = np.argsort(numbers, kind="stable")
    ranked = numbers[order]
    again = ranked[1:] == ranked[:-1]
    found = [order[1:][again], order[:-1][again]]
    found += [_crowded(check, staged) for check in rules.checks if check.kind == "at_most_rows"]
    if _year(rules, present) and set(present) == set(rules.key):
        if again.any():
            # of an enterprise with a year too many all years are needed: the first of two counts
            found.append(order[np.isin(ranked & ~_YEARS, ranked[1:][again] & ~_YEARS)])
        follows = (ranked[1:] - ranked[:-1] == 1) & (ranked[1:] & _YEARS != 0)
        later, earlier = order[1:][follows], order[:-1][follows]
        del order, ranked, again
        for check in rules.checks:
            if check.kind == "jump":
                wide = _jumps(check, staged, later, earlier)
                found += [later[wide], earlier[wide]]
    return np.unique(np.concatenate(found))


def _jumps(check: Check, staged: Path, later: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    times = int(check.settings["times"])
    wide = np.zeros(len(later), dtype=bool)
    for field in check.settings["columns"]:
        figures = pl.read_parquet(staged, columns=[field])[field].fill_null(0).to_numpy()
        now, then = figures[later], figures[earlier]
        # divided, not multiplied: a product may leave 64 bits
        wide |= (now > 0) & (then > 0) & ((now // times >= then) | (then // times >= now))
    return wide


def _crowded(check: Check, staged: Path) -> np.ndarray:
    """Positions of the rows of all groups that have too many."""
    groups = pl.scan_parquet(staged).select(check.settings["of"]).with_row_index("at")
    crowded = groups.filter(pl.len().over(check.settings["of"]) > int(check.settings["count"]))
    return crowded.select("at").collect()["at"].to_numpy()


def _year(rules: Contract, present: list[str]) -> str | None:
    return next((name for name in present if rules.column(name).unit == "year"), None)
