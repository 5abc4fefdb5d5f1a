"""The second reader over 1.1 million firms and three years: the whole of it, and on which of the library's engines.

Synthetic returns in one receipt, which is the hardest: every key and every year is looked for among all rows.
TIDU_BENCH_FIRMS sets the number of firms.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from data.dataset import contract
from pipelines import facts_tables
from pipelines.second_reader import codes
from pipelines.second_reader.rules import rules_of
from tests.bench.returns import typed_returns

FIRMS = int(os.environ.get("TIDU_BENCH_FIRMS", "1100000"))
YEARS = (2022, 2023, 2024)
ROOT = Path(__file__).parents[2]
GIGABYTE_KB = 10**6


@pytest.fixture(scope="module")
def facts(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("second_reader")
    written = folder / "facts-1.duckdb"
    rows = typed_returns(FIRMS, YEARS).with_columns(
        uscc=pl.concat([credit_codes(FIRMS)] * len(YEARS)),
        mgmt_certificate="qms_certificate",
        extras=pl.lit(None, dtype=pl.String),
        sheet_no=pl.lit(1, dtype=pl.Int16),
        row_no=pl.int_range(2, pl.len() + 2, dtype=pl.Int32),
    )
    rows.write_parquet(folder / "staged.parquet")
    with duckdb.connect(str(written)) as connection:
        facts_tables.create_tables(connection)
        facts_tables.add_rows(connection, "annual_returns", folder / "staged.parquet", 1)
        connection.execute(
            "INSERT INTO receipts BY NAME SELECT 1 AS receipt_id, '' AS sha256, '' AS file, "
            "'annual_returns' AS dataset, TIMESTAMP '2026-01-01' AS received_at, ? AS rows, 'csv' AS format, "
            "true AS synthetic, '{}' AS findings, '{}' AS places",
            [rows.height],
        )
    return written


def credit_codes(count: int) -> pl.Series:
    """As many codes with both check characters right."""
    number = np.arange(count)
    organisation = [number // 10**place % 10 for place in range(7, -1, -1)]
    rest = -sum(d * w for d, w in zip(organisation, codes.ORGANISATION_WEIGHTS, strict=True)) % 11
    check = np.where(rest == 10, codes.ALPHABET.index("X"), rest)
    body = [np.full(count, int(digit)) for digit in "91320100"] + [*organisation, check]
    last = -sum(value * weight for value, weight in zip(body, codes.WEIGHTS, strict=True)) % 31
    letters = np.frombuffer(codes.ALPHABET.encode(), dtype=np.uint8)[np.stack([*body, last], axis=1)]
    return pl.Series("uscc", letters.view("S18").ravel().astype(str))


def test_a_national_build_is_read_within_bounded_memory(facts: Path, measured) -> None:
    out = facts.parent / "derived"
    peaks: list[int] = []

    def read() -> None:
        command = [sys.executable, "-m", "pipelines.second_reader", str(facts), str(out)]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as worker:
            while worker.poll() is None:
                peaks.append(peak_kb(worker.pid))
                time.sleep(0.1)
        assert worker.returncode == 0

    measured(
        f"second reader, {FIRMS * len(YEARS):,} rows",
        ("the worker, start to end", read),
        ("the same failing rows looked for in bare SQL", lambda: bare(facts)),
        repeats=3,
        warm_up=0,
        note="five seconds of the worker are the import of Great Expectations",
    )
    print(f"peak memory of the worker: {max(peaks) / GIGABYTE_KB:.2f} GB")
    assert max(peaks) < 2 * GIGABYTE_KB


def peak_kb(process: int) -> int:
    """The most memory a process held; what the system reports of children counts this process's own as well."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def bare(facts: Path) -> None:
    with duckdb.connect(str(facts), read_only=True, config={"threads": 2}) as connection:
        for rule in rules_of(contract("annual_returns")):
            if rule.form == "no_rows":
                connection.sql(rule.setting.format(batch="annual_returns")).count("*").fetchall()


def test_duckdb_is_the_faster_engine_of_the_two(facts: Path, measured) -> None:
    on_duckdb, on_pandas = engines(facts)
    assert on_duckdb() == on_pandas()
    measured(
        f"Great Expectations, one year, {FIRMS:,} rows",
        ("on DuckDB", on_duckdb),
        ("on pandas, needed columns, reading them included", on_pandas),
        repeats=3,
        warm_up=0,
        goal="< 0.5",
        note="expectations without SQL of their own",
    )


def engines(facts: Path) -> tuple[Callable[[], list], Callable[[], list]]:
    """Ways to count the same failures of the last year on either engine."""
    import great_expectations as gx

    from pipelines.second_reader.duckdb_engine import settings
    from pipelines.second_reader.suite import suite

    native = [
        rule for rule in rules_of(contract("annual_returns")) if rule.form not in {"no_rows", "columns"}
    ]
    needed = {rule.column for rule in native} | {rule.setting for rule in native if rule.form == "at_most"}
    query = f"SELECT {', '.join(sorted(needed))} FROM annual_returns WHERE year = {YEARS[-1]}"  # noqa: S608
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_duckdb(name="duckdb", **settings(facts, facts.parent, 2, "1GB"))
    rows = source.add_query_asset("rows", query=query).add_batch_definition_whole_table("rows")
    frame = context.data_sources.add_pandas("pandas").add_dataframe_asset("frame")
    frames = frame.add_batch_definition_whole_dataframe("frame")

    def counted(batch) -> list:
        found = batch.validate(suite("annual_returns", native), result_format="SUMMARY")
        return [
            (str(each.expectation_config.meta), each.result["unexpected_count"]) for each in found.results
        ]

    # one process opens a file with one configuration only, and the first engine has its own
    other = facts.with_name("facts-1-again.duckdb")
    other.hardlink_to(facts)

    def on_pandas() -> list:
        with duckdb.connect(str(other), read_only=True, config={"threads": 2}) as connection:
            read = connection.execute(query).df()
        return counted(frames.get_batch({"dataframe": read}))

    return lambda: counted(rows.get_batch()), on_pandas
