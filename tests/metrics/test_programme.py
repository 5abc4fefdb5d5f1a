"""What a unit has in hand: firms, platforms, services, money, signatures, supervision, disclosure, up to a day."""

import datetime as dt
from typing import Any

import polars as pl

from data.dataset import contract
from metrics import programme

DAY = dt.date(2025, 6, 30)
A, B = "440000", "640000"
IN_ONE, IN_TWO = {"round": "round-1", "support_batch": 3}, {"round": "round-2", "support_batch": 1}
TYPES: dict[str, Any] = {
    "int": pl.Int64, "decimal": pl.Int64, "date": pl.Date, "bool": pl.Boolean, "text": pl.String, "choice": pl.String,
}  # fmt: skip


def rows(dataset: str, *given: dict[str, Any]) -> pl.DataFrame:
    columns = {column.field: TYPES[column.type] for column in contract(dataset).columns}
    return pl.DataFrame([dict.fromkeys(columns) | row for row in given], schema=columns)


def on(month: int, day: int, year: int = 2025) -> dt.date:
    return dt.date(year, month, day)


def tables(**given: tuple[dict[str, Any], ...]) -> dict[str, pl.DataFrame]:
    names = (
        "key_firms", "platforms", "platform_services", "plans", "fund_receipts", "local_funds", "supervision",
        "satisfaction", "disclosures",
    )  # fmt: skip
    return {name: rows(name, *given.get(name, ())) for name in names}


FIRMS = (
    IN_ONE | {"province": A, "uscc": "f1", "selection_score": 85, "cut": 80},
    IN_ONE | {"province": A, "uscc": "f2", "selection_score": 79, "cut": 80},
    IN_ONE | {"province": B, "uscc": "f3", "selection_score": 80, "cut": 80},
    IN_TWO | {"province": B, "uscc": "f4"},
)
PLATFORMS = (IN_ONE | {"province": A, "uscc": "p1", "level": "national"},)


def served(
    platform: str, firm: str, day: dt.date, line: str = "digital", *, close: bool = True
) -> dict[str, Any]:
    return {
        "platform_uscc": platform, "served_uscc": firm, "served_on": day, "service_line": line, "point_to_point": close,
    }  # fmt: skip


def unit(found: pl.DataFrame, province: str) -> dict[str, Any]:
    return found.filter(pl.col("province") == province).row(0, named=True)


def test_point_to_point_counts_firms_of_batches_with_platforms_served_by_the_day() -> None:
    services = (
        served("p1", "f1", on(6, 30)),
        served("p1", "f1", on(6, 1)),
        served("p1", "f2", on(7, 1)),
        served("p1", "f3", on(5, 1), close=False),
        served("p1", "f4", on(5, 1)),
    )
    found = programme.by_unit(tables(key_firms=FIRMS, platforms=PLATFORMS, platform_services=services), DAY)
    a, b = unit(found, A), unit(found, B)
    assert (a["services"], a["firms_served"], a["point_to_point"], a["point_to_point_pct"]) == (4, 3, 1, 50)
    assert (b["asked"], b["point_to_point"], b["point_to_point_pct"]) == (1, 0, 0)
    assert (a["national"], a["provincial"], b["platforms"]) == (1, 0, 0)


def test_a_score_at_the_cut_is_selected_and_one_below_or_missing_is_not() -> None:
    found = programme.by_unit(tables(key_firms=FIRMS), DAY)
    assert [(row["firms"], row["selected"], row["selected_pct"]) for row in found.iter_rows(named=True)] == [
        (2, 1, 50),
        (2, 1, 50),
    ]


def test_what_happened_after_the_day_or_in_another_year_is_not_there() -> None:
    given = tables(
        key_firms=FIRMS[:1],
        fund_receipts=(
            {"province": A, "received_on": on(6, 30), "amount": 5},
            {"province": A, "received_on": on(7, 1), "amount": 7},
        ),
        local_funds=(
            {"province": A, "year": 2024, "source": "local", "amount": 3},
            {"province": A, "year": 2026, "source": "local", "amount": 9},
        ),
        plans=(
            IN_ONE | {"province": A, "version": "record", "submitted_on": on(3, 1), "replied_on": on(7, 2)},
            IN_ONE | {"province": A, "version": "declared", "submitted_on": on(5, 1), "replied_on": on(5, 2)},
        ),
        supervision=(
            {"province": A, "done_on": on(6, 1), "kind": "inspection"},
            {"province": A, "done_on": on(7, 1), "kind": "inspection"},
            {"province": A, "done_on": on(6, 1, 2024), "kind": "survey"},
        ),
        disclosures=(
            {"province": A, "year": 2025, "kind": "lists", "published_on": on(4, 1)},
            {"province": A, "year": 2025, "kind": "lists", "published_on": on(5, 1)},
            {"province": A, "year": 2024, "kind": "fund_use", "published_on": on(5, 1)},
        ),
    )
    row = unit(programme.by_unit(given, DAY), A)
    assert (row["received"], row["local"], row["own"]) == (5, 3, 0)
    assert (row["submitted_on"], row["replied_on"]) == (on(3, 1), None)
    assert (row["follow_up"], row["inspection"], row["survey"]) == (0, 1, 0)
    assert (row["lists"], row["fund_use"]) == (on(5, 1), None)


def test_surveys_weigh_by_respondents_on_their_own_scales() -> None:
    surveys = (
        {"province": A, "year": 2025, "object": "platform", "respondents": 30, "score": 90, "scale_max": 100},
        {"province": A, "year": 2025, "object": "platform", "respondents": 10, "score": 50, "scale_max": 100},
    )
    row = unit(programme.by_unit(tables(key_firms=FIRMS[:1], satisfaction=surveys), DAY), A)
    assert (row["platform_pct"], row["province_service_pct"]) == (80, None)


def test_a_task_counts_up_to_its_target_and_nothing_without_an_actual() -> None:
    tasks = pl.DataFrame(
        {
            "uscc": ["f1", "f1", "f2", "f3"],
            "task_code": ["cloud", "digital", "digital", "digital"],
            "target": [10, 10, 10, 10],
            "actual": [10, 30, 5, None],
        }
    )
    found = programme.by_task(tasks, ["digital", "cloud", "listing"]).rows()
    assert [
        (kind, firms, tasks_, done, round(degree or 0, 1)) for kind, firms, tasks_, done, _, degree in found
    ] == [
        ("digital", 3, 3, 1, 50.0),
        ("cloud", 1, 1, 1, 100.0),
        ("listing", 0, 0, 0, 0.0),
    ]


def test_every_line_is_listed_and_firms_are_placed_by_the_section_of_their_industry() -> None:
    found = programme.services(
        tables(
            platforms=PLATFORMS,
            platform_services=(served("p1", "f1", on(1, 1)), served("p9", "f1", on(1, 1))),
        ),
        DAY,
    )
    assert programme.by_line(found, ["digital", "cloud"]).rows() == [
        ("digital", 1, 1, 1, 1),
        ("cloud", 0, 0, 0, 0),
    ]
    firms = pl.DataFrame({"uscc": ["a", "b", "c"], "industry_code": ["3411", "34", None]})
    assert programme.by_industry(firms, {"34": "C", "3411": "C"}).select("section", "firms").rows() == [
        ("C", 2),
        (None, 1),
    ]
