"""Severity: own scores against the others' mean on the same items, whatever the order."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from metrics.severity import severity

SCORES = pl.DataFrame(
    [
        ("1", "a", "80"),
        ("2", "a", "90"),
        ("3", "a", "60"),
        ("1", "b", "70"),
        ("3", "b", "60"),
        ("2", "c", "50"),
    ],
    schema=["rater", "unit", "score"],
    orient="row",
)


def test_who_scores_below_the_others_on_the_same_items_is_severe() -> None:
    assert severity(SCORES).rows() == [
        ("3", 2, 2, 60.0, -17.5, -25.0),
        ("1", 2, 2, 75.0, 7.5, 10.0),
        ("2", 2, 1, 70.0, 20.0, 20.0),
    ]


def test_who_scored_alone_is_compared_with_nobody() -> None:
    alone = pl.DataFrame({"rater": ["1"], "unit": ["a"], "score": [70]})
    assert severity(alone).rows() == [("1", 1, 0, 70.0, None, None)]


def test_a_score_that_is_missing_counts_for_nobody() -> None:
    with_gap = pl.concat(
        [SCORES, pl.DataFrame({"rater": ["1"], "unit": ["c"], "score": [None]}, SCORES.schema)]
    )
    assert severity(with_gap).equals(severity(SCORES))


@given(st.permutations(list(range(SCORES.height))))
def test_the_order_of_scores_does_not_matter(order: list[int]) -> None:
    assert severity(SCORES[order]).equals(severity(SCORES))
