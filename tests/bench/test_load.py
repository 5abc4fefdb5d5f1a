"""From a CSV file of annual returns to a published build that holds it, against bare reads of the same file.

What is timed is the whole of `tidu load`: copy, hash, check, receipt, build, manifest; the second reader comes after.
A year of the whole programme is 1.1 million rows. Ten of them, 3.3 GB, are read on demand: TIDU_BENCH_ROWS=11000000.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from data.dataset import Column, contract
from pipelines.intake.credit_code import ALPHABET
from pipelines.intake.provinces import units
from tests.bench.returns import typed_returns

RULES = contract("annual_returns")
YEARS = (2022, 2023, 2024)
ROWS = 1_100_000
LONG_ROWS = int(os.environ.get("TIDU_BENCH_ROWS", "0"))
BARE = {"int": "BIGINT", "decimal": "DOUBLE", "date": "DATE"}
GIGABYTES = 4

LOAD = """
import resource, sys, time
from pathlib import Path
from data.home import Home
from pipelines.loading import load
start = time.perf_counter()
outcomes, published = load(Home(Path(sys.argv[2])), [Path(sys.argv[1])])
assert outcomes[0].receipt and published, outcomes
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Taken away afterwards: it holds gigabytes."""
    place = tmp_path_factory.mktemp("load")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def returns_csv(folder: Path) -> Path:
    return write_returns(folder / "returns.csv", ROWS)


def test_loading_and_publishing_costs_few_bare_reads(
    returns_csv: Path, folder: Path, measured: Callable
) -> None:
    ratio = measured(
        "CSV of 1.1 million returns into a published build",
        ("tidu load", lambda: load_whole(returns_csv, folder)),
        ("DuckDB: bare typed read", lambda: load_bare(returns_csv, folder / "bare.duckdb")),
        repeats=3,
        goal="<= 5",
        note="the subject starts a process of its own",
    )
    assert ratio.ratio <= 5


def test_a_spreadsheet_library_alone_takes_longer_to_read_the_file(
    returns_csv: Path, folder: Path, measured: Callable
) -> None:
    measured(
        "CSV of 1.1 million returns: the whole load beside a mere reading",
        ("tidu load", lambda: load_whole(returns_csv, folder)),
        ("pandas: read_csv, nothing checked or kept", lambda: pd.read_csv(returns_csv)),
        repeats=1,
        warm_up=0,
    )
    rows = min(ROWS, 50_000)
    short = write_returns(folder / "short.csv", rows)
    measured(
        f"CSV of {rows:,} returns: the whole load beside the csv module",
        ("tidu load", lambda: load_whole(short, folder)),
        ("csv module: rows of text, nothing checked or kept", lambda: read_by_lines(short)),
        repeats=3,
    )


@pytest.mark.skipif(not LONG_ROWS, reason="reads gigabytes: set TIDU_BENCH_ROWS=11000000")
def test_ten_times_the_rows_take_ten_times_as_long_and_no_more_memory(
    returns_csv: Path, folder: Path
) -> None:
    longer = write_returns(folder / "longer.csv", LONG_ROWS)
    once, once_gb = load_whole(returns_csv, folder)
    took, took_gb = load_whole(longer, folder)
    times = LONG_ROWS / ROWS
    print(f"\n{LONG_ROWS:,} rows: {took:.1f} s, {took / once:.2f} x {ROWS:,} rows ({once:.1f} s); "
          f"peak {took_gb:.2f} GB against {once_gb:.2f} GB [load {os.getloadavg()[0]:.1f}]")  # fmt: skip
    assert took / once <= 1.2 * times
    assert took_gb < GIGABYTES


def load_whole(source: Path, folder: Path) -> tuple[float, float]:
    """Seconds, and gigabytes at the highest, of a process that loads a file into an empty store."""
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    told = subprocess.run(
        [sys.executable, "-c", LOAD, str(source), str(store)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    ).stdout
    took, peak = told.split()
    return float(took), float(peak)


def read_by_lines(source: Path) -> list[list[str]]:
    with source.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def load_bare(source: Path, into: Path) -> None:
    types = {column.field: BARE.get(column.type, "VARCHAR") for column in RULES.columns}
    table = f"read_csv(?, header = true, auto_detect = false, columns = {types})"
    into.unlink(missing_ok=True)
    connection = duckdb.connect(str(into), config={"threads": 2, "memory_limit": "2GiB"})
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"CREATE TABLE t AS SELECT * FROM {table}", [str(source)])  # noqa: S608 - names from the contract
    connection.execute("CHECKPOINT")
    connection.close()


def write_returns(path: Path, rows: int) -> Path:
    """Synthetic returns as a province sends them: Chinese headers and words, amounts in 万元, no fault."""
    path.unlink(missing_ok=True)
    with path.open("ab") as out:
        for start in range(0, rows // len(YEARS), ROWS // len(YEARS)):
            firms = min(ROWS, rows - start * len(YEARS)) // len(YEARS)
            as_text(start, firms).write_csv(out, include_header=not start)
    return path


def as_text(start: int, firms: int) -> pl.DataFrame:
    draw = np.random.default_rng(start)
    serials = np.arange(start, start + firms)
    provinces = pl.Series(draw.choice([unit.zh for unit in units().values()], firms))
    names = pl.select(pl.format("合成企业{}号科技有限公司", pl.Series(serials))).to_series()
    typed = typed_returns(firms, YEARS, seed=start).with_columns(
        pl.min_horizontal("rd_employees", "employees").alias("rd_employees"),
        pl.col("mgmt_certificate") | pl.col("qms_certificate"),
        uscc=pl.concat([credit_codes(serials)] * len(YEARS)),
        name=pl.concat([names] * len(YEARS)),
        province=pl.concat([provinces] * len(YEARS)),
    )
    return typed.select(_text(column).alias(column.zh_header) for column in RULES.columns)


def _text(column: Column) -> pl.Expr:
    value = pl.col(column.field)
    if column.type == "list":
        ticked = [
            pl.when(pl.col(f"{column.field}__{each.code}")).then(pl.lit(each.zh)) for each in column.values
        ]
        return pl.concat_str(ticked, separator=";", ignore_nulls=True).replace("", None)
    if column.type == "bool":
        return pl.when(value).then(pl.lit("是")).when(~value).then(pl.lit("否"))
    if column.type == "choice":
        words = dict(enumerate(each.zh for each in column.values))
        return value.replace_strict(words, default=None, return_dtype=pl.String)
    if column.type == "decimal":
        places = len(str(column.scale)) - 1
        part = (value.abs() % column.scale).cast(pl.String).str.zfill(places).str.strip_chars_end("0")
        sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        return pl.format("{}{}.{}", sign, value.abs() // column.scale, part).str.strip_chars_end(".")
    return value.cast(pl.String)


def credit_codes(serials: np.ndarray) -> pl.Series:
    """Made-up codes whose two check characters are right (GB 11714, GB 32100-2015)."""
    letters = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
    digits = np.stack([serials // 10 ** (7 - place) % 10 for place in range(8)], axis=1)
    rest = (11 - digits @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    own = np.where(rest == 10, ord("X"), ord("0") + rest)
    region = np.tile(np.frombuffer(b"91110108", dtype=np.uint8), (len(serials), 1))
    signs = np.concatenate([region, digits + ord("0"), own[:, None]], axis=1).astype(np.uint8)
    values = np.searchsorted(letters, signs)
    last = letters[-(values @ np.array([pow(3, place, 31) for place in range(17)])) % 31]
    whole = np.ascontiguousarray(np.concatenate([signs, last[:, None]], axis=1))
    return pl.Series(whole.view("S18").ravel()).cast(pl.String)


def test_the_returns_written_for_this_are_accepted(tmp_path: Path) -> None:
    path = write_returns(tmp_path / "x.csv", 3_000)
    took, peak = load_whole(path, tmp_path)
    assert took > 0 and peak > 0
