"""Shares of a total in proportion to amounts, each within its floor and cap: exact water-filling.

The one level λ is sought at which the sum of min(cap, max(floor, λ × amount)) is the total. The sum rises piecewise
linearly in λ, so the level lies between two of the points at which an amount leaves its floor or reaches its cap.
Everything is Fractions: a bound that is reached is reached exactly, and the shares sum to the total exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


class BoundsError(ValueError):
    """Floors and caps that no sharing can keep: ``reason`` is ``floor_above_cap`` or ``floors_exceed_total``.

    ``at`` is the position of the faulty bound (None where all floors together are at fault).
    """

    def __init__(self, reason: str, at: int | None = None) -> None:
        self.reason, self.at = reason, at
        super().__init__(reason)


def fill(
    amounts: Sequence[Fraction],
    total: Fraction,
    floors: Sequence[Fraction | int],
    caps: Sequence[Fraction | int | None],
) -> list[Fraction]:
    """Share ``total`` in proportion to ``amounts`` within the bounds; a cap of None does not bound.

    Where all caps together are below the total every share is its cap (an amount of zero keeps its floor), and the
    rest is left over: the caller finds it in the difference. Raises BoundsError for bounds that cannot be kept.
    """
    for at, (floor, cap) in enumerate(zip(floors, caps, strict=True)):
        if cap is not None and floor > cap:
            raise BoundsError("floor_above_cap", at)
    if sum(floors) > total:
        raise BoundsError("floors_exceed_total")
    level = _level(amounts, total, floors, caps)
    return [
        _share(amount, Fraction(floor), cap, level)
        for amount, floor, cap in zip(amounts, floors, caps, strict=True)
    ]


def _share(amount: Fraction, floor: Fraction, cap: Fraction | int | None, level: Fraction | None) -> Fraction:
    if not amount:
        return floor
    if level is None:
        return Fraction(cap or 0)
    share = max(floor, level * amount)
    return share if cap is None else min(share, Fraction(cap))


def _level(
    amounts: Sequence[Fraction],
    total: Fraction,
    floors: Sequence[Fraction | int],
    caps: Sequence[Fraction | int | None],
) -> Fraction | None:
    """The level at which the shares sum to the total; None where even the caps do not reach it."""
    turns: list[tuple[Fraction, Fraction]] = []
    reached, slope = Fraction(sum(floors)), Fraction(0)
    for amount, floor, cap in zip(amounts, floors, caps, strict=True):
        if amount:
            turns.append((floor / amount, amount))
            if cap is not None:
                turns.append((cap / amount, -amount))
    level = Fraction(0)
    for at, change in sorted(turns, key=lambda turn: turn[0]):
        if slope and reached + slope * (at - level) >= total:
            break
        reached += slope * (at - level)
        level, slope = at, slope + change
    if slope:
        return level + (total - reached) / slope
    return level if reached == total else None
