"""Water-filling against a search that knows nothing of levels: every share at its floor, at its cap, or in between."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.water_filling import BoundsError, fill

UNHURRIED = settings(deadline=None)
WIDE = st.integers(min_value=0, max_value=60)


@st.composite
def sharings(draw: st.DrawFn):
    size = draw(st.integers(1, 5))
    amounts = [Fraction(draw(WIDE), draw(st.integers(1, 4))) for _ in range(size)]
    floors = [draw(st.integers(0, 20)) for _ in range(size)]
    caps = [draw(st.none() | st.integers(floor, 60)) for floor in floors]
    total = sum(floors) + Fraction(draw(WIDE), draw(st.integers(1, 3)))
    return amounts, total, floors, caps


def by_cases(amounts, total, floors, caps):
    """Try each assignment of floor, cap or free to every share; keep the one whose free shares are proportional."""
    moving = [at for at, amount in enumerate(amounts) if amount]
    for states in product(("floor", "cap", "free"), repeat=len(moving)):
        where = dict(zip(moving, states, strict=True))
        if any(state == "cap" and caps[at] is None for at, state in where.items()):
            continue
        shares = [Fraction(caps[at] if where.get(at) == "cap" else floors[at]) for at in range(len(amounts))]
        free = [at for at, state in where.items() if state == "free"]
        rest = total - sum(share for at, share in enumerate(shares) if at not in free)
        if not free:
            if rest == 0 and levels_agree(amounts, shares, where):
                return shares
            continue
        level = rest / sum(amounts[at] for at in free)
        for at in free:
            shares[at] = level * amounts[at]
        if level >= 0 and all(
            shares[at] >= floors[at] and (caps[at] is None or shares[at] <= caps[at]) for at in free
        ) and all(
            level * amounts[at] <= floors[at] if state == "floor" else level * amounts[at] >= caps[at]
            for at, state in where.items() if state != "free"
        ):  # fmt: skip
            return shares
    return [Fraction(floors[at]) if at not in moving else Fraction(caps[at]) for at in range(len(amounts))]


def levels_agree(amounts, shares, where):
    highest = [shares[at] / amounts[at] for at, state in where.items() if state == "cap"]
    lowest = [shares[at] / amounts[at] for at, state in where.items() if state == "floor"]
    return not highest or not lowest or max(highest) <= min(lowest)


@UNHURRIED
@given(sharings())
def test_the_shares_are_those_found_by_trying_every_case(sharing) -> None:
    assert fill(*sharing) == by_cases(*sharing)


@UNHURRIED
@given(sharings())
def test_every_share_keeps_its_bounds_and_only_full_caps_leave_anything_over(sharing) -> None:
    amounts, total, floors, caps = sharing
    shares = fill(*sharing)
    assert all(
        share >= floor and (cap is None or share <= cap)
        for share, floor, cap in zip(shares, floors, caps, strict=True)
    )
    if sum(shares) != total:
        assert sum(shares) < total
        assert all(share == cap for share, cap, amount in zip(shares, caps, amounts, strict=True) if amount)


def test_without_bounds_the_shares_are_proportional() -> None:
    assert fill([Fraction(1), Fraction(2)], Fraction(9), [0, 0], [None, None]) == [3, 6]


def test_what_a_cap_frees_goes_to_the_others_in_proportion() -> None:
    amounts = [Fraction(5), Fraction(2), Fraction(1)]
    assert fill(amounts, Fraction(8), [0, 0, 0], [2, None, None]) == [2, 4, 2]


@pytest.mark.parametrize(
    ("floors", "caps", "reason", "at"),
    [([0, 3], [None, 2], "floor_above_cap", 1), ([3, 3], [None, None], "floors_exceed_total", None)],
)
def test_bounds_that_cannot_be_kept_are_refused(floors, caps, reason, at) -> None:
    with pytest.raises(BoundsError) as refused:
        fill([Fraction(1), Fraction(1)], Fraction(5), floors, caps)
    assert (refused.value.reason, refused.value.at) == (reason, at)
