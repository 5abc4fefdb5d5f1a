"""The quality of a build: whether both readers agree, and what was received.

The second reader's report is read from where the worker left it; nothing is computed twice.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from data import access
from data.access import MINISTRY, Facts, NoFactsError
from data.dataset import contract, datasets
from data.home import Home
from data.home import home as home_in_force
from data.manifest import Published, published
from metrics import received as metric
from metrics import returns_coverage
from metrics.origin import located
from pipelines.after_build import read_again

KEY = ["dataset", "rule", "column"]
CHECKS: dict[str, Any] = {
    "dataset": pl.String, "rule": pl.String, "column": pl.String, "severity": pl.String, "first": pl.Int64,
    "second": pl.Int64, "agrees": pl.Boolean,
}  # fmt: skip
SAMPLES: dict[str, Any] = {
    "dataset": pl.String, "rule": pl.String, "column": pl.String, "receipt_id": pl.Int64, "file": pl.String,
    "sheet": pl.String, "row_no": pl.Int64, "cell": pl.String,
}  # fmt: skip
REFERENCES: dict[str, Any] = {
    "dataset": pl.String, "to": pl.String, "columns": pl.List(pl.String), "rows": pl.Int64, "unknown": pl.Int64,
    "is_loaded": pl.Boolean,
}  # fmt: skip
UNKNOWN: dict[str, Any] = {
    "dataset": pl.String, "to": pl.String, "columns": pl.List(pl.String), "value": pl.String, "receipt_id": pl.Int64,
    "file": pl.String, "sheet": pl.String, "row_no": pl.Int64, "cell": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """Both readers on one build.

    checks: `CHECKS`, every rule and column that one of them counted; ``agrees`` is null where only the first reader
    can see what the rule is about. samples: `SAMPLES`, a few rows that the second reader objects to, of the checks on
    which the readers differ; ``cell`` is null where the rule is of no one column. problems: check → why the second
    reader could not ask it. references: `REFERENCES`, what the rows of each dataset point to, and how many of them
    point to what is not there; None in a report of an earlier release. unknown: `UNKNOWN`, the first of those rows.
    """

    build: int
    read_at: dt.datetime
    seconds: float
    agrees: bool
    checks: pl.DataFrame
    samples: pl.DataFrame
    problems: dict[tuple[str, str, str], str]
    references: pl.DataFrame | None
    unknown: pl.DataFrame

    @property
    def agreed(self) -> int:
        """How many checks both readers asked and counted alike."""
        return self.checks.filter("agrees").height

    @property
    def only_first(self) -> int:
        """How many checks only the first reader can make."""
        return self.checks["agrees"].null_count()

    @property
    def disagreements(self) -> pl.DataFrame:
        """The checks on which the readers differ."""
        return self.checks.filter(~pl.col("agrees"))


def quality_of(build: Published, where: Home | None = None) -> Quality | None:
    """What both readers found in the published build; None where the second reader has not read it yet.

    Raises NoFactsError where another build was published meanwhile.
    """
    home = where or home_in_force()
    report = home.derived / str(build.build) / "quality" / "quality.json"
    try:
        found = json.loads(report.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    checks = pl.DataFrame(found["agreement"], schema=CHECKS)
    differing = set(checks.filter(~pl.col("agrees")).select(KEY).rows())
    expectations = {
        (read["dataset"], asked["rule"], asked["column"]): asked
        for read in found["datasets"]
        for asked in read["expectations"]
    }
    failing = {check: expectations[check]["rows"] for check in differing if check in expectations}
    return Quality(
        build=build.build,
        read_at=dt.datetime.fromisoformat(found["read_at"]),
        seconds=found["seconds"],
        agrees=found["agrees"],
        checks=checks,
        samples=_located(failing, build, home) if failing else pl.DataFrame(schema=SAMPLES),
        references=_references(found),
        unknown=_unknown(found, build, home),
        problems={check: asked["problem"] for check, asked in expectations.items() if asked["problem"]},
    )


def received(facts: Facts) -> pl.DataFrame:
    """The receipts of a build: receipt_id, file, dataset, received_at (UTC), rows, warnings of the first reader."""
    rows = facts.table("receipts").select("receipt_id, file, dataset, received_at, rows, findings").pl()
    counted = [sum(json.loads(findings).values()) for findings in rows["findings"]]
    return rows.drop("findings").with_columns(
        pl.col("received_at").dt.replace_time_zone("UTC"), warnings=pl.Series(counted, dtype=pl.Int64)
    )


def freshness(facts: Facts, today: dt.date) -> pl.DataFrame:
    """`metrics.received.freshness` of every dataset whose rows are of a province; titles by the firm's province."""
    tables = {
        name: facts.table(name).select("province, receipt_id")
        for name in datasets()
        # A build made before a dataset was known to the product has no table of it.
        if name in facts.build.rows and "province" in contract(name).fields
    }
    opened = facts.table("title_periods").select("province, opened_receipt AS receipt_id")
    return metric.freshness({**tables, "title_events": opened}, received(facts), today)


def coverage(facts: Facts) -> tuple[int | None, pl.DataFrame]:
    """The latest accounting year, and `metrics.returns_coverage.coverage` of it; None and no rows without returns."""
    latest = facts.table("annual_returns").aggregate("max(year)").fetchall()[0][0]
    years = [] if latest is None else [latest]
    return latest, returns_coverage.coverage(*_of_returns(facts), years)


def without_return(facts: Facts, year: int, province: str) -> pl.DataFrame:
    """The firms of a province that were expected to send a return of the year and did not.

    Returns name, uscc, and where it is said that they are expected: file, sheet, cell (of the credit code in the
    registry; the file alone for a firm expected for its title).
    """
    found = (
        returns_coverage.members(*_of_returns(facts), year)
        .filter(
            nw.col("province") == province, nw.col("in_registry") | nw.col("has_title"), ~nw.col("has_return")
        )
        .sort("uscc")
        .collect("polars")
        .to_native()
    )
    rows = found.with_columns(receipt_id=pl.coalesce("registry_receipt", "title_receipt"))
    row = ("receipt_id", "registry_sheet", "registry_row")
    return located(rows, _places(facts), "uscc", row).select("name", "uscc", "file", "sheet", "cell")


def quality_json(where: Home | None = None) -> dict[str, Any]:
    """What `tidu quality --json` prints; lets the second reader read the published build where it has not yet.

    Raises NoFactsError when nothing is published, RuntimeError where the second reader ends without a report.
    """
    home = where or home_in_force()
    build = published(home)
    if build is None:
        raise NoFactsError("No facts are published yet: load a file with `tidu load`, or run `tidu demo`.")
    found = quality_of(build, home)
    if found is None:
        read_again(home, build)
        return quality_json(home)
    return {
        "build": found.build,
        "read_at": found.read_at.isoformat(),
        "seconds": found.seconds,
        "agrees": found.agrees,
        "agreed": found.agreed,
        "only_first": found.only_first,
        "disagreements": [
            {
                **row,
                "rows": _samples_of(found, row),
                "problem": found.problems.get(tuple(row[name] for name in KEY)),
            }
            for row in found.disagreements.drop("agrees").to_dicts()
        ],
        "references": [
            {**row, "first": _first_of(found, row)}
            for row in ([] if found.references is None else found.references.to_dicts())
        ],
    }


def _of_returns(facts: Facts) -> tuple[Any, Any, Any]:
    return tuple(facts.table(name) for name in ("title_periods", "enterprises", "annual_returns"))


def _references(report: dict[str, Any]) -> pl.DataFrame | None:
    if "references" not in report:
        return None
    rows = [{name: row[name] for name in REFERENCES} for row in report["references"]]
    return pl.DataFrame(rows, schema=REFERENCES)


def _unknown(report: dict[str, Any], build: Published, home: Home) -> pl.DataFrame:
    """The first rows that point to what is not there, each at the last of the columns that point."""
    pointing = [row for row in report.get("references", ()) if row["first"]]
    if not pointing:
        return pl.DataFrame(schema=UNKNOWN)
    receipts = _places(_facts_of(build, home))
    kinds = {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32, "value": pl.String}
    found = [
        located(
            pl.DataFrame(row["first"], schema=kinds, orient="row"), receipts, row["columns"][-1]
        ).with_columns(
            dataset=pl.lit(row["dataset"]),
            to=pl.lit(row["to"]),
            columns=pl.lit(row["columns"], dtype=pl.List(pl.String)),
        )
        for row in pointing
    ]
    return pl.concat(found).select(pl.col(name).cast(kind) for name, kind in UNKNOWN.items())


def _first_of(found: Quality, row: dict[str, Any]) -> list[dict[str, Any]]:
    same = (pl.col(name) == row[name] for name in ("dataset", "to"))
    rows = found.unknown.filter(*same, pl.col("columns").list.join(",") == ",".join(row["columns"]))
    return rows.drop("dataset", "to", "columns").to_dicts()


def _samples_of(found: Quality, check: dict[str, Any]) -> list[dict[str, Any]]:
    same = [pl.col(name) == check[name] for name in KEY]
    return found.samples.filter(*same).drop(KEY).to_dicts()


def _located(
    failing: dict[tuple[str, str, str], list[list[int | None]]], build: Published, home: Home
) -> pl.DataFrame:
    """Failing rows, given as receipt, sheet and row, with file, sheet and cell as the submitter knows them."""
    receipts = _places(_facts_of(build, home))
    kinds = {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32}
    found = [
        located(pl.DataFrame(rows, schema=kinds, orient="row"), receipts, column).with_columns(
            dataset=pl.lit(dataset), rule=pl.lit(rule), column=pl.lit(column)
        )
        for (dataset, rule, column), rows in sorted(failing.items())
    ]
    return pl.concat(found).select(pl.col(name).cast(kind) for name, kind in SAMPLES.items())


def _facts_of(build: Published, home: Home) -> Facts:
    facts = access.read(MINISTRY, home)
    if facts.build != build:
        raise NoFactsError(f"Build {build.build} is no longer in force.")
    return facts


def _places(facts: Facts) -> pl.DataFrame:
    return facts.table("receipts").select("receipt_id, file, places").pl()
