"""Who should have sent a return and did: by province and year, with the rows of both parts."""

import datetime as dt
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics import returns_coverage
from tests.metrics.ledger import event, on_polars, rows

D = dt.date


def registry(*firms: tuple[str, str, dt.date | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "uscc": uscc,
                "name": f"合成{uscc}",
                "province": province,
                "registered_on": founded,
                "receipt_id": 1,
                "sheet_no": 1,
                "row_no": at,
            }
            for at, (uscc, province, founded) in enumerate(firms, start=2)
        ],
        schema_overrides={"registered_on": pl.Date},
    )


def returns(*firms: tuple[str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "uscc": uscc,
                "name": "as sent",
                "province": "650000",
                "year": year,
                "receipt_id": 2,
                "sheet_no": 1,
            }
            | {"row_no": at}
            for at, (uscc, year) in enumerate(firms, start=2)
        ]
    )


# D is not in the register but has a title, E is in neither: their returns alone say where they are.
TERMS = on_polars(
    rows(
        event("A", "recognised", D(2023, 1, 1), tier="srdi"),
        event("A", "recognised", D(2024, 1, 1)),
        event("D", "recognised", D(2024, 1, 1), uscc="D") | {"name": "合成D"},
        event("a listed name", "recognised", D(2023, 1, 1)),
    )
)
REGISTRY = registry(("A", "440000", None), ("B", "440000", D(2020, 5, 1)), ("C", "630000", D(2024, 2, 1)))
RETURNS = returns(("A", 2023), ("A", 2024), ("D", 2024), ("E", 2024))


def test_coverage_is_the_share_of_the_expected_firms_with_a_return_of_the_year() -> None:
    found = returns_coverage.coverage(TERMS, REGISTRY, RETURNS, [2023, 2024])
    assert found.select("province", "year", "expected", "returned", "missing", "unexpected").rows() == [
        ("440000", 2023, 2, 1, 1, 0),
        ("440000", 2024, 2, 1, 1, 0),
        ("630000", 2024, 1, 0, 1, 0),
        ("650000", 2024, 1, 1, 0, 1),
    ]
    assert found["share_pct"].to_list() == [50.0, 50.0, 0.0, 100.0]


def member(uscc: str, year: int = 2024) -> dict[str, Any]:
    listed = returns_coverage.members(TERMS, REGISTRY, RETURNS, year).collect("polars").to_native()
    return listed.row(by_predicate=pl.col("uscc") == uscc, named=True)


def test_a_member_names_the_rows_that_make_it_one() -> None:
    assert member("A") == {
        "uscc": "A", "name": "合成A", "province": "440000",
        "in_registry": True, "has_title": True, "has_return": True,
        "registry_receipt": 1, "registry_sheet": 1, "registry_row": 2,
        "return_receipt": 2, "return_sheet": 1, "return_row": 3, "title_receipt": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("uscc", "said"),
    [("B", (True, False, False)), ("D", (False, True, True)), ("E", (False, False, True))],
)
def test_each_part_of_the_coverage_can_be_listed(uscc: str, said: tuple[bool, ...]) -> None:
    row = member(uscc)
    assert (row["in_registry"], row["has_title"], row["has_return"]) == said


def test_a_firm_founded_after_the_year_is_not_expected_in_it() -> None:
    listed = returns_coverage.members(TERMS, REGISTRY, RETURNS, 2023).collect("polars").to_native()
    assert sorted(listed["uscc"]) == ["A", "B"]


def test_no_years_give_no_rows() -> None:
    assert returns_coverage.coverage(TERMS, REGISTRY, RETURNS, []).is_empty()


def test_the_counts_are_the_same_on_duckdb() -> None:
    with duckdb.connect() as connection:
        for name, frame in {"t": TERMS, "e": REGISTRY, "r": RETURNS}.items():
            connection.register(name, frame.to_arrow())
        relations = [connection.table(name) for name in "ter"]
        on_duckdb = returns_coverage.coverage(*relations, [2023, 2024])
    assert_frame_equal(on_duckdb, returns_coverage.coverage(TERMS, REGISTRY, RETURNS, [2023, 2024]))
