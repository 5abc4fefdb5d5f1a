"""How fresh each province's data are, and how many warnings its files carry."""

import datetime as dt

import duckdb
import polars as pl
import pytest

from metrics.received import freshness, warning_rates

RECEIPTS = pl.DataFrame(
    {
        "receipt_id": [1, 2, 3],
        "file": ["a.csv", "b.csv", "c.csv"],
        "dataset": ["annual_returns", "annual_returns", "enterprises"],
        "received_at": [dt.datetime(2026, 3, day, 23, 30, tzinfo=dt.UTC) for day in (1, 5, 9)],
        "rows": [2000, 0, 10],
        "warnings": [3, 0, 1],
    }
)
RETURNS = pl.DataFrame(
    {"province": ["110000", "110000", "440000", None, "440000"], "receipt_id": [1, 2, 1, 2, 1]},
    schema_overrides={"receipt_id": pl.Int32},
)
FIRMS = pl.DataFrame({"province": ["110000"], "receipt_id": [3]}, schema_overrides={"receipt_id": pl.Int32})
TODAY = dt.date(2026, 3, 10)


def by_unit(tables: dict) -> dict:
    found = freshness(tables, RECEIPTS, TODAY)
    return {
        (dataset, province): (receipt, rows, days)
        for dataset, province, receipt, rows, days in found.select(
            "dataset", "province", "receipt_id", "rows", "days"
        ).iter_rows()
    }


def test_the_latest_receipt_of_each_province_and_dataset_counts_with_the_days_since() -> None:
    assert by_unit({"annual_returns": RETURNS, "enterprises": FIRMS}) == {
        ("annual_returns", "110000"): (2, 1, 5),
        ("annual_returns", "440000"): (1, 2, 9),
        ("enterprises", "110000"): (3, 1, 1),
    }


def test_duckdb_and_polars_say_the_same() -> None:
    relation = duckdb.connect().from_arrow(RETURNS.to_arrow())
    assert by_unit({"annual_returns": relation}) == by_unit({"annual_returns": RETURNS})


@pytest.mark.parametrize("tables", [{}, {"annual_returns": RETURNS.clear()}])
def test_where_nothing_came_nothing_is_said(tables: dict) -> None:
    assert freshness(tables, RECEIPTS, TODAY).is_empty()


def test_warnings_are_counted_per_thousand_rows_in_the_order_received() -> None:
    found = warning_rates(RECEIPTS.reverse())
    assert found.select("receipt_id", "per_1000").rows() == [(1, 1.5), (2, None), (3, 100.0)]
