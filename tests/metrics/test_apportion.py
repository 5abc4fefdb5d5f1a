"""Whole units in proportion: exact sums, the published tie rule, and the paradox that one method has."""

import csv
import itertools
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.apportion import METHODS, apportion

PUBLISHED = Path(__file__).parent / "published"
WEIGHTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 40), min_size=1, max_size=7
).filter(lambda weights: any(weights.values()))


def census_1880() -> dict[str, int]:
    with (PUBLISHED / "census_1880.csv").open(encoding="utf-8") as file:
        return {row["state"]: int(row["population"]) for row in csv.DictReader(file)}


def seat_by_seat(weights: dict[str, int], total: int) -> dict[str, int]:
    """Webster as a queue of seats, one after the other, written apart from the code."""
    amounts = dict.fromkeys(weights, 0)
    for _ in range(total):
        unit = min(
            (unit for unit in weights if weights[unit]),
            key=lambda unit: (-Fraction(weights[unit], 2 * amounts[unit] + 1), -weights[unit], unit),
        )
        amounts[unit] += 1
    return amounts


def with_a_seat_each(seats: int) -> dict[str, int]:
    """Hamilton as the census office ran it in 1881: a state below one quota has the seat the constitution gives it.

    Nevada and Delaware lie below one quota. What they hold beside their quota is taken from the remainders.
    """
    states = census_1880()
    granted = sum(apportion(states, seats)[state] == 0 for state in states)
    shared = apportion(states, seats)
    everything = sum(states.values())
    last = sorted(
        (state for state in states if shared[state] * everything > seats * states[state]),
        key=lambda state: seats * states[state] % everything,
    )[:granted]
    return {state: max(1, shared[state] - (state in last)) for state in states}


def test_hamilton_takes_a_seat_from_alabama_when_the_house_grows_from_299_to_300() -> None:
    before, after = with_a_seat_each(299), with_a_seat_each(300)
    assert (sum(before.values()), sum(after.values())) == (299, 300)
    assert [(before[state], after[state]) for state in ("Alabama", "Illinois", "Texas")] == [
        (8, 7),
        (18, 19),
        (9, 10),
    ]


def test_hamilton_alone_takes_a_seat_from_florida_when_the_house_grows_from_298_to_299() -> None:
    """The same census without the seat each: the paradox is the method's, not the constitution's."""
    assert [apportion(census_1880(), seats)["Florida"] for seats in (298, 299)] == [2, 1]


def test_hamilton_takes_from_the_smallest_of_three_when_the_total_grows_by_one() -> None:
    parties = {"a": 6, "b": 6, "c": 2}
    assert [apportion(parties, total) for total in (10, 11)] == [
        {"a": 4, "b": 4, "c": 2},
        {"a": 5, "b": 5, "c": 1},
    ]


def test_webster_has_no_such_paradox() -> None:
    houses = [apportion(census_1880(), seats, "webster") for seats in range(275, 351)]
    for smaller, larger in itertools.pairwise(houses):
        assert all(smaller[state] <= larger[state] for state in smaller)


@pytest.mark.parametrize("method", METHODS)
@given(weights=WEIGHTS, total=st.integers(0, 10**12))
def test_the_amounts_sum_to_the_total_and_zero_gets_nothing(method, weights, total) -> None:
    amounts = apportion(weights, total, method)
    assert sum(amounts.values()) == total
    assert list(amounts) == list(weights)
    assert all(amounts[unit] >= 0 and (weights[unit] or not amounts[unit]) for unit in weights)


@pytest.mark.parametrize("method", METHODS)
@given(weights=WEIGHTS, total=st.integers(0, 10**6), data=st.data())
def test_the_order_and_the_unit_of_the_weights_do_not_matter(method, weights, total, data) -> None:
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))
    scaled = {unit: Fraction(weight, 7) for unit, weight in shuffled.items()}
    assert apportion(weights, total, method) == apportion(scaled, total, method)


@given(weights=WEIGHTS, total=st.integers(0, 10**12))
def test_hamilton_stays_within_one_of_the_quota_and_larger_weights_never_get_less(weights, total) -> None:
    amounts, everything = apportion(weights, total), sum(weights.values())
    for unit, weight in weights.items():
        assert abs(amounts[unit] - Fraction(total * weight, everything)) < 1
        assert all(amounts[unit] >= amounts[other] for other in weights if weights[other] < weight)


@given(weights=WEIGHTS, total=st.integers(0, 60))
def test_webster_gives_the_most_valuable_seats(weights, total) -> None:
    assert apportion(weights, total, "webster") == seat_by_seat(weights, total)


def test_a_tie_goes_to_the_larger_weight_then_to_the_code_that_comes_first() -> None:
    assert apportion({"b": 1, "a": 1}, 1) == {"b": 0, "a": 1}
    assert apportion({"a": 1, "b": 3}, 2) == {"a": 0, "b": 2}, "quotas 0.5 and 1.5"
    assert apportion({"b": 1, "a": 1}, 1, "webster") == {"b": 0, "a": 1}
    assert apportion({"a": 1, "b": 3}, 2, "webster") == {"a": 0, "b": 2}


def test_decimal_weights_are_shared_exactly() -> None:
    assert apportion({"a": Decimal("0.1"), "b": Decimal("0.2")}, 3 * 10**12) == {"a": 10**12, "b": 2 * 10**12}


@pytest.mark.parametrize(
    ("weights", "total", "error", "said"),
    [
        ({"a": -1, "b": 2}, 1, ValueError, "a: weight -1 is negative"),
        ({"a": 0}, 1, ValueError, "no weight is above zero"),
        ({}, 1, ValueError, "no weight is above zero"),
        ({"a": Decimal("NaN")}, 1, ValueError, "a: weight NaN is not a number"),
        ({"a": 0.5}, 1, TypeError, "floating-point"),
        ({"a": 1}, -1, ValueError, "total -1 is negative"),
    ],
)
def test_what_cannot_be_shared_is_refused_with_its_reason(weights, total, error, said) -> None:
    with pytest.raises(error, match=said):
        apportion(weights, total)


def test_an_unknown_method_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="hamilton, webster"):
        apportion({"a": 1}, 1, "jefferson")  # type: ignore[arg-type]
