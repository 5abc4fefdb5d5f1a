"""The 25 measures: counted by status, what is not reported apart, and a share that is exactly enough."""

from decimal import Decimal

import polars as pl

from metrics import environment

ROWS = pl.DataFrame(
    {
        "province": ["a", "a", "a", "b", "a"],
        "year": [2025, 2025, 2025, 2025, 2024],
        "measure": [1, 2, 8, 8, 3],
        "status": ["in_force", "not_started", None, "in_progress", "in_force"],
        "indicator_value": [None, None, 30_000_000, 29_999_999, None],
    }
)


def test_a_blank_status_and_a_missing_row_are_not_reported() -> None:
    found = environment.by_unit(ROWS, 2025, 25)
    assert found.rows() == [("a", 1, 0, 1, 23), ("b", 0, 1, 0, 24)]


def test_exactly_the_share_is_enough_and_a_millionth_less_is_not() -> None:
    values = environment.of_measure(ROWS, 2025, 8)["indicator_value"]
    assert environment.at_least(values, Decimal(30), 10**6).to_list() == [True, False]
    assert environment.at_least(pl.Series([None], dtype=pl.Int64), Decimal(30), 10**6).to_list() == [None]
