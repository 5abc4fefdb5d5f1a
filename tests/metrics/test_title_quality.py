"""Number and quality of titles: reviews decided within a year, cancellations, who moved up, how uneven units are."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from metrics import title_quality

A, B = "440000", "640000"
DAY, SINCE = dt.date(2025, 12, 31), dt.date(2024, 12, 31)


def term(firm: str, province: str, began: dt.date, tier: str = "srdi", **more: Any) -> dict[str, Any]:
    row = {"tier": tier, "firm": firm, "province": province, "held_since": began, "opened_by": "recognised"}
    row |= {"valid_from": began, "valid_to": None, "ended_by": None, "due_on": None}
    return row | more


def periods(*terms: dict[str, Any]) -> pl.DataFrame:
    kinds = {
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "due_on": pl.Date,
        "held_since": pl.Date,
        "ended_by": pl.String,
    }
    other = dict.fromkeys(
        ("uscc", "name", "title_batch", "opened_receipt", "opened_sheet", "opened_row", "closed_receipt",
         "closed_sheet", "closed_row"), None,
    )  # fmt: skip
    return pl.DataFrame([{**other, **row} for row in terms], schema_overrides=kinds)


EARLY = dt.date(2022, 1, 1)
TERMS = periods(
    term("f1", A, EARLY, valid_to=dt.date(2025, 3, 1), ended_by="continued"),
    term("f1", A, EARLY, valid_from=dt.date(2025, 3, 1), opened_by="review_passed"),
    term("f2", A, EARLY, valid_to=DAY, ended_by="review_failed"),
    term("f3", A, EARLY, valid_to=SINCE, ended_by="lapsed"),
    term("f4", A, EARLY, valid_to=dt.date(2025, 5, 1), ended_by="cancelled_for_cause"),
    term("f5", B, EARLY),
    term("f1", A, dt.date(2022, 1, 11), tier="little_giant"),
)


def test_reviews_of_the_year_give_the_pass_rate_and_what_was_decided_before_it_does_not() -> None:
    rows = {
        row["province"]: row for row in title_quality.by_unit(TERMS, "srdi", SINCE, DAY).iter_rows(named=True)
    }
    a, b = rows[A], rows[B]
    assert (a["valid"], a["passed"], a["failed"], a["cancelled"], a["pass_pct"]) == (1, 1, 1, 1, 50)
    assert (b["valid"], b["passed"], b["failed"], b["pass_pct"]) == (1, 0, 0, None)


def test_holders_of_the_next_tier_moved_up_and_the_highest_tier_has_none() -> None:
    assert title_quality.moved_up(TERMS, "srdi", DAY).rows() == [(A, 1, 10)]
    assert title_quality.moved_up(TERMS, "little_giant", DAY).is_empty()


def test_even_counts_are_not_concentrated_and_one_unit_with_everything_is() -> None:
    even = title_quality.concentration(pl.Series([5, 5, 5, 5]))
    assert (even["gini"], even["cv_pct"]) == (pytest.approx(0), 0)
    assert title_quality.concentration(pl.Series([0, 0, 0, 8]))["gini"] == pytest.approx(0.75)
    assert title_quality.concentration(pl.Series([0, 0])) == {"gini": None, "cv_pct": None}
