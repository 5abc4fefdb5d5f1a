"""Whole units shared out in proportion to weights: Hamilton (largest remainder) and Webster (Sainte-Laguë).

Hamilton gives each unit its quota, total × weight ÷ sum of weights, rounded down, and one more to the largest
remainders. Webster rounds the quotients of a common divisor half up; equally, seat k of a unit is worth weight ÷
(2k - 1) and the most valuable seats are given. Hamilton never leaves the quota by a whole unit but can take from a
unit when the total grows (the Alabama paradox); Webster never takes, and can leave the quota.
Ties, in both: the larger weight first, then the unit whose code comes first. Everything is whole numbers: exact
for any total. Source: M. Balinski, H. P. Young, Fair Representation, 2nd ed. 2001.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal

Method = Literal["hamilton", "webster"]
METHODS: tuple[Method, ...] = ("hamilton", "webster")


def apportion(
    weights: Mapping[str, int | Fraction | Decimal], total: int, method: Method = "hamilton"
) -> dict[str, int]:
    """Share ``total`` whole units among the units of ``weights``, in their order; the amounts sum to ``total``.

    A weight of zero gets nothing. Raises ValueError for a negative total, a negative or non-finite weight, no
    unit, no weight above zero, an unknown method; TypeError for a floating-point weight.
    """
    if total < 0:
        raise ValueError(f"total {total} is negative. Give a whole number of 0 or more.")
    whole = _whole_weights(weights)
    match method:
        case "hamilton":
            return _hamilton(whole, total)
        case "webster":
            return _webster(whole, total)
        case other:
            raise ValueError(f"unknown method {other!r}. Known: {', '.join(METHODS)}.")


def _whole_weights(weights: Mapping[str, int | Fraction | Decimal]) -> dict[str, int]:
    """The weights in one common unit, so that every comparison is between whole numbers."""
    exact: dict[str, Fraction] = {}
    for unit, weight in weights.items():
        if isinstance(weight, float):
            raise TypeError(f"{unit}: weight {weight!r} is a floating-point number. Give it exactly.")
        if isinstance(weight, Decimal) and not weight.is_finite():
            raise ValueError(f"{unit}: weight {weight} is not a number. Give 0 or more.")
        if weight < 0:
            raise ValueError(f"{unit}: weight {weight} is negative. Give 0 or more.")
        exact[unit] = Fraction(weight)
    if not any(exact.values()):
        raise ValueError("no weight is above zero: there is nothing to share by.")
    scale = lcm(*(weight.denominator for weight in exact.values()))
    return {unit: int(weight * scale) for unit, weight in exact.items()}


def _hamilton(weights: dict[str, int], total: int) -> dict[str, int]:
    everything = sum(weights.values())
    quotas = {unit: divmod(total * weight, everything) for unit, weight in weights.items()}
    amounts = {unit: whole for unit, (whole, _) in quotas.items()}
    by_remainder = sorted(weights, key=lambda unit: (-quotas[unit][1], -weights[unit], unit))
    for unit in by_remainder[: total - sum(amounts.values())]:
        amounts[unit] += 1
    return amounts


def _webster(weights: dict[str, int], total: int) -> dict[str, int]:
    """Rounded quotas first, which are off by half the units at most; then one seat at a time, by its worth."""
    everything = sum(weights.values())
    amounts = {
        unit: (2 * total * weight + everything) // (2 * everything) for unit, weight in weights.items()
    }
    surplus = sum(amounts.values()) - total
    step = -1 if surplus > 0 else 1

    def turn(unit: str) -> tuple[Fraction, int, _Last | str]:
        # The last seat held when seats are taken back, the next one when they are given; the order is the same.
        seat = amounts[unit] if step < 0 else amounts[unit] + 1
        worth = Fraction(weights[unit], 2 * seat - 1)
        return (worth, weights[unit], _Last(unit)) if step < 0 else (-worth, -weights[unit], unit)

    queue = [(turn(unit), unit) for unit in weights if weights[unit] and (step > 0 or amounts[unit])]
    heapq.heapify(queue)
    for _ in range(abs(surplus)):
        _, unit = queue[0]
        amounts[unit] += step
        if step < 0 and not amounts[unit]:
            heapq.heappop(queue)
        else:
            heapq.heapreplace(queue, (turn(unit), unit))
    return amounts


class _Last(str):
    """A code that sorts in reverse: what is taken back first is what was given last."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)
