"""Read a build a second time: every dataset's suite over its table, and whether both readers agree."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from data.dataset import contract, datasets
from pipelines.durable import write_in_place
from pipelines.second_reader.agreement import compare, first_counts, second_counts
from pipelines.second_reader.references import references
from pipelines.second_reader.rules import PLACE, rules_of

MEMORY = "1GB"
THREADS = 2


def read_build(facts: Path, out: Path) -> dict[str, Any]:
    """Validate every table of a facts file, and compare the counts with the first reader's.

    Writes ``out/<dataset>.json``, the record as Great Expectations gives it, and last ``out/quality.json``,
    which is also what is returned: facts (the file's name), read_at (UTC), seconds, agrees (both readers, on every
    count that both know), datasets and agreement.

    A dataset has: dataset, rows, seconds, and expectations, each with rule, column ("" for the whole table), severity,
    expectation, evaluated (rows), unexpected (rows; null when it could not be asked), rows (a few failing ones, each
    receipt_id, sheet_no, row_no) and problem (why it could not be asked, or null). ``agreement`` has the rows of
    `agreement.compare`, ``references`` those of `references.references`.

    Raises duckdb.Error when the file cannot be opened, and the library's own errors when a table is not there.
    """
    started = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    read = []
    with tempfile.TemporaryDirectory(dir=out, prefix=".spill-") as spill:
        for found, record in _validate(facts, Path(spill), datasets()):
            _write(out / f"{found['dataset']}.json", record)
            read.append(found)
    with duckdb.connect(str(facts), read_only=True) as connection:
        agreement = compare(first_counts(connection), second_counts(read))
        pointed = references(connection)
    found = {
        "facts": facts.name,
        "read_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - started, 2),
        "agrees": not agreement.filter(~pl.col("agrees")).height,
        "datasets": read,
        "agreement": agreement.to_dicts(),
        "references": pointed,
    }
    _write(out / "quality.json", found)
    return found


def _validate(
    facts: Path, spill: Path, names: Iterable[str]
) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    """What was found in each dataset's table, and the library's record of it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # asked for at import: nothing is ever sent
    import great_expectations as gx

    from pipelines.second_reader.duckdb_engine import settings
    from pipelines.second_reader.suite import ROWS_KEPT, suite

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_duckdb(name="facts", **settings(facts, spill, THREADS, MEMORY))
    wanted = {
        "result_format": "SUMMARY",
        "partial_unexpected_count": ROWS_KEPT,
        "unexpected_index_column_names": list(PLACE),
        "exclude_unexpected_values": True,
    }
    try:
        for name in names:
            started = time.perf_counter()
            table = source.add_table_asset(name, table_name=name).add_batch_definition_whole_table("all rows")
            asked = context.suites.add(suite(name, rules_of(contract(name))))
            definition = gx.ValidationDefinition(name=name, data=table, suite=asked)
            record = definition.run(result_format=wanted).to_json_dict()
            yield _found(name, record, time.perf_counter() - started), record
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _found(name: str, record: dict[str, Any], seconds: float) -> dict[str, Any]:
    results = record["results"]
    rows = max((result["result"].get("element_count", 0) for result in results), default=0)
    return {
        "dataset": name,
        "rows": rows,
        "seconds": round(seconds, 3),
        "expectations": [_expectation(result, rows) for result in results],
    }


def _expectation(result: dict[str, Any], rows: int) -> dict[str, Any]:
    """One expectation's outcome, whichever of its three shapes the library gave it."""
    asked, answer = result["expectation_config"], result["result"]
    meta = asked["meta"]
    problem = _problem(result["exception_info"])
    failing = answer.get("details", {}).get("unexpected_rows", [])
    if "partial_unexpected_index_list" in answer:
        places = {
            name: value for part in answer["partial_unexpected_index_list"] for name, value in part.items()
        }
        failing = [list(row) for row in zip(*(places.get(name, []) for name in PLACE), strict=True)]
    if problem:
        unexpected = None
    elif asked["type"] == "expect_table_columns_to_match_set":
        unexpected = 0 if result["success"] else 1
    else:
        # over an empty table the library's sum is null: there is nothing to count
        unexpected = answer.get("unexpected_count", answer.get("observed_value")) or 0
    return {
        "rule": meta["rule"],
        "column": meta["column"],
        "severity": meta["severity"],
        "expectation": asked["type"],
        "evaluated": rows,
        "unexpected": unexpected,
        "rows": failing,
        "problem": problem,
    }


def _problem(info: dict[str, Any]) -> str | None:
    """The first message of what went wrong; the library nests it by metric when several went wrong."""
    entries = [info] if "raised_exception" in info else list(info.values())
    messages = [str(entry["exception_message"]) for entry in entries if entry["raised_exception"]]
    return messages[0] if messages else None


def _write(path: Path, tree: dict[str, Any]) -> None:
    write_in_place(path, json.dumps(tree, ensure_ascii=False, indent=1).encode())
