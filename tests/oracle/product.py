"""The product as a clerk has it: the `tidu` command over a file, and the file that it writes."""

import csv
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.oracle.annual_csv import Entry, write_annual_returns
from tests.oracle.firms import YEAR

CHECKOUT = Path(__file__).parents[2]


def tidu(*arguments: str) -> subprocess.CompletedProcess:
    """Runs the installed command of this environment."""
    command = Path(sys.executable).with_name("tidu")
    return subprocess.run([command, *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)


def rows_of(out: Path) -> dict[str, dict[str, str]]:
    with out.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = {row["uscc"]: row for row in rows}
    assert len(found) == len(rows), "a firm appears twice in the output"
    return found


def run(entries: Iterable[Entry], folder: Path, *command: str) -> dict[str, dict[str, str]]:
    """Writes the firms, runs the command over them, and reads what it wrote, by credit code."""
    source = write_annual_returns(entries, folder / f"{command[0]}.csv")
    out = folder / f"{command[0]}_out.csv"
    done = tidu(command[0], str(source), *command[1:], "-o", str(out))
    assert done.returncode == 0, done.stderr[-2000:]
    return rows_of(out)


def scored(
    entries: Iterable[Entry], folder: Path, standard: str, year: int = YEAR, engine: str = "polars"
) -> dict[str, dict[str, str]]:
    options = ("--standard", standard, "--year", str(year), "--rules", "measures-2022", "--kind", "new")
    return run(entries, folder, "score", *options, "--engine", engine)


def sized(entries: Iterable[Entry], folder: Path, year: int = YEAR) -> dict[str, dict[str, str]]:
    return run(entries, folder, "size", "--year", str(year))
