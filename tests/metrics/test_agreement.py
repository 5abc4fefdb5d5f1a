"""Printed textbook examples to their printed digits; what is missing or undefined is null, never a guess."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.agreement import LEVELS, Icc, ScoreError, agreement

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section E: 4 observers, 12 units, 7 gaps.
KRIPPENDORFF = """
A 1 2 3 3 2 1 4 1 2 * * *
B 1 2 3 3 2 2 4 1 2 5 * 3
C * 3 3 3 2 3 4 2 2 5 1 *
D 1 2 3 3 2 4 4 1 2 5 1 *
"""
# Shrout and Fleiss (1979), table 2: 6 targets, 4 judges.
SHROUT_FLEISS = """
1 9 6 8 7 10 6
2 2 1 4 1 5 2
3 5 3 6 2 6 4
4 8 2 8 6 9 7
"""


def table(text: str) -> pl.DataFrame:
    rows = [line.split() for line in text.strip().splitlines()]
    return pl.DataFrame(
        [
            (rater, f"u{at:02}", None if score == "*" else score)
            for rater, *scores in rows
            for at, score in enumerate(scores)
        ],
        schema={"rater": pl.String, "unit": pl.String, "score": pl.String},
        orient="row",
    )


@pytest.mark.parametrize(
    ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_is_the_printed_one_with_missing_scores_on_every_level(level, printed) -> None:
    found = agreement(table(KRIPPENDORFF), level)
    assert found.alpha is not None
    assert round(found.alpha, 3) == printed
    assert (found.raters, found.units, found.scores, found.pairable) == (4, 12, 41, 40)


def test_icc_is_null_where_cells_are_missing() -> None:
    assert agreement(table(KRIPPENDORFF)).icc == Icc(None, None)


def test_icc_is_the_printed_one_for_one_judge_and_for_the_mean_of_four() -> None:
    found = agreement(table(SHROUT_FLEISS)).icc
    assert (round(found.single, 2), round(found.average, 2)) == (0.29, 0.62)
    assert (found.single, found.average) == pytest.approx((0.28976378, 0.62005055), abs=1e-8)


def test_codes_of_a_nominal_scale_have_no_icc_and_may_be_words() -> None:
    assert agreement(table(SHROUT_FLEISS), "nominal").icc == Icc(None, None)
    assert agreement(table("a yes no yes\nb yes no yes"), "nominal").alpha == 1


@pytest.mark.parametrize("level", LEVELS)
def test_perfect_agreement_is_exactly_one(level) -> None:
    assert agreement(table("a 1 2 3 0.1\nb 1 2 3 0.1\nc 1 2 3 0.1"), level).alpha == 1


@pytest.mark.parametrize("level", LEVELS)
def test_without_variation_or_with_one_rater_alpha_is_undefined(level) -> None:
    assert agreement(table("a 3 3 3\nb 3 3 3"), level).alpha is None
    assert agreement(table("a 3 4 5"), level).alpha is None
    assert agreement(table("a 3 *\nb * 4"), level).alpha is None
    assert agreement(table("a * *\nb * *"), level).alpha is None


def test_a_single_rater_or_a_single_unit_has_no_icc() -> None:
    assert agreement(table("a 3 4 5")).icc == Icc(None, None)
    assert agreement(table("a 3\nb 4")).icc == Icc(None, None)
    assert agreement(table("a 3 3\nb 3 3")).icc == Icc(None, None)


def test_a_row_that_is_not_there_is_a_missing_cell() -> None:
    assert agreement(table(SHROUT_FLEISS).head(-1)).icc == Icc(None, None)


@settings(max_examples=25, deadline=None)
@given(
    scores=st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=2, max_size=4),
    data=st.data(),
)
def test_the_order_of_rows_raters_and_units_does_not_matter(scores, data) -> None:
    rows = table("\n".join(f"r{at} {' '.join(map(str, row))}" for at, row in enumerate(scores)))
    shuffled = rows[data.draw(st.permutations(range(rows.height)))]
    for level in LEVELS:
        assert agreement(rows, level) == agreement(shuffled, level)


@settings(max_examples=25, deadline=None)
@given(
    scores=st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=2, max_size=4),
    factor=st.sampled_from([2, 4, 8]),
)
def test_another_unit_of_measurement_changes_nothing_on_the_ratio_level(scores, factor) -> None:
    texts = [
        "\n".join(f"r{at} {' '.join(str(n * f) for n in row)}" for at, row in enumerate(scores))
        for f in (1, factor)
    ]
    assert agreement(table(texts[0]), "ratio").alpha == agreement(table(texts[1]), "ratio").alpha


@pytest.mark.parametrize(
    ("text", "level", "rule"),
    [
        ("a 1 x\nb 1 2", "interval", "not_a_number"),
        ("a 1 inf\nb 1 2", "interval", "not_a_number"),
        ("a 1 -1\nb 1 2", "ratio", "negative"),
    ],
)
def test_a_score_that_the_level_does_not_allow_is_named(text, level, rule) -> None:
    with pytest.raises(ScoreError) as refused:
        agreement(table(text), level)
    assert (refused.value.rule, refused.value.rater, refused.value.unit) == (rule, "a", "u01")


def test_a_second_score_of_one_rater_for_one_unit_is_refused() -> None:
    rows = table("a 1 2\nb 1 2")
    with pytest.raises(ScoreError, match="scored_twice"):
        agreement(pl.concat([rows, rows.head(1)]))
