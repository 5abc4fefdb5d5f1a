"""The step ledger of an allocation: from a measured base to whole yuan, one column a step, each to the fen.

    base → continued → graded → bounded → excepted → held → redistributed → whole

In every column what is allotted and what is withheld sum to the pot. Each step is exact (Fractions of a fen) and is
written down in whole fen by the largest remainder, so that no column hides a rounding difference. Nothing withheld is
shared out again unless that is chosen. Ties of a remainder go to the larger amount, then to the better rank (the
grade), then to the code that comes first: never to a name, never to the order of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor as whole_part

import polars as pl

from metrics.apportion import apportion
from metrics.water_filling import BoundsError, fill

STEPS = ("base", "continued", "graded", "bounded", "excepted", "held", "redistributed", "whole")
FEN_PER_YUAN = 100


class AllocationError(ValueError):
    """An allocation that cannot be made: ``reason`` is a code, ``key`` the recipient it is about, ``values`` amounts.

    Reasons: floor_above_cap, floors_exceed_total, exceptions_exceed_pot, withheld_exceeds_amount, base_exceeds_pot.
    """

    def __init__(self, reason: str, key: str = "", **values: int) -> None:
        self.reason, self.key, self.values = reason, key, values
        super().__init__(" ".join(filter(None, (reason, key, *(f"{k}={v}" for k, v in values.items())))))


@dataclass(frozen=True)
class Departure:
    """A departure from the rule: a new amount in fen, or a factor on the amount reached; never without its reasons."""

    reason: str
    approver: str
    amount: int | None = None
    factor: Fraction | None = None


@dataclass(frozen=True)
class Line:
    """One recipient (a province, a firm, a platform) of an allocation.

    ``base`` in fen, before anything is held back. ``kept`` is the share of it that continues, ``factor`` what the
    grade makes of it (None: it needs a grade and has none, so all of it is withheld). ``floor``, ``cap`` and
    ``withhold`` are whole yuan in fen. ``rank`` breaks ties, the smaller first.
    """

    key: str
    base: Fraction
    kept: Fraction = Fraction(1)
    factor: Fraction | None = Fraction(1)
    floor: int = 0
    cap: int | None = None
    exception: Departure | None = None
    withhold: int = 0
    rank: int = 0


@dataclass(frozen=True)
class Ledger:
    """The outcome. ``table``: a row per line in the order of the codes, ``key`` and an Int64 column per step, in fen.

    ``withheld`` is the rest of the pot after each step, in fen.
    """

    pot: int
    table: pl.DataFrame
    withheld: Mapping[str, int]

    def allotted(self, step: str = "whole") -> int:
        """The sum of a column."""
        return int(self.table[step].sum())

    def amounts(self, step: str = "whole") -> dict[str, int]:
        """What each line has after a step."""
        return dict(self.table.select("key", step).iter_rows())

    @cached_property
    def rows(self) -> dict[str, dict[str, int]]:
        """Each line's amount after each step, by key."""
        return {row.pop("key"): row for row in self.table.iter_rows(named=True)}

    @property
    def is_balanced(self) -> bool:
        """Whether pot = allotted + withheld in every column."""
        return all(self.allotted(step) + self.withheld[step] == self.pot for step in STEPS)


def run(lines: Sequence[Line], pot: int, *, redistribute: bool = False) -> Ledger:
    """Take every line through the steps; ``pot`` and all amounts in fen.

    Raises AllocationError where a step cannot be taken, ValueError for two lines of one key.
    """
    ordered = sorted(lines, key=lambda line: line.key)
    if len({line.key for line in ordered}) != len(ordered):
        raise ValueError("two lines have one key.")
    amounts = {"base": [line.base for line in ordered]}
    if sum(amounts["base"]) > pot:
        raise AllocationError("base_exceeds_pot", pot=pot, base=whole_part(sum(amounts["base"])))
    amounts["continued"] = [line.base * line.kept for line in ordered]
    amounts["graded"] = _graded(ordered, amounts["continued"])
    amounts["bounded"] = _bounded(ordered, amounts["graded"])
    amounts["excepted"] = _excepted(ordered, amounts["bounded"], pot)
    amounts["held"] = _held(ordered, amounts["excepted"])
    amounts["redistributed"] = (
        _redistributed(ordered, amounts["held"], pot) if redistribute else amounts["held"]
    )
    written = {step: in_fen(ordered, amounts[step], pot) for step in STEPS[:-1]}
    written["whole"] = in_whole_yuan(ordered, amounts["redistributed"])
    table = pl.DataFrame(
        {"key": [line.key for line in ordered]} | written,
        schema={"key": pl.String} | dict.fromkeys(STEPS, pl.Int64),
    )
    return Ledger(pot, table, {step: pot - sum(written[step]) for step in STEPS})


def difference(first: Ledger, second: Ledger, key: str) -> dict[str, int]:
    """What each step adds, in fen, to how much more a line has in the second ledger; the steps sum to the whole."""
    one, other = (ledger.rows.get(key, dict.fromkeys(STEPS, 0)) for ledger in (first, second))
    gaps = {step: other[step] - one[step] for step in STEPS}
    before = 0
    found = {}
    for step, gap in gaps.items():
        found[step] = gap - before
        before = gap
    return found


def _graded(lines: Sequence[Line], amounts: list[Fraction]) -> list[Fraction]:
    """Factors above 1 are paid from what lower factors leave; where that is not enough, all are scaled down alike."""
    graded = [amount * (line.factor or 0) for line, amount in zip(lines, amounts, strict=True)]
    most, asked = sum(amounts), sum(graded)
    return graded if asked <= most else [amount * most / asked for amount in graded]


def _bounded(lines: Sequence[Line], amounts: list[Fraction]) -> list[Fraction]:
    floors, caps = [line.floor for line in lines], [line.cap for line in lines]
    total = Fraction(sum(amounts))
    try:
        return fill(amounts, total, floors, caps)
    except BoundsError as error:
        key = "" if error.at is None else lines[error.at].key
        raise AllocationError(error.reason, key, floors=sum(floors), total=whole_part(total)) from None


def _excepted(lines: Sequence[Line], amounts: list[Fraction], pot: int) -> list[Fraction]:
    found = []
    for line, amount in zip(lines, amounts, strict=True):
        change = line.exception
        if change is None:
            found.append(amount)
        elif change.amount is not None:
            found.append(Fraction(change.amount))
        else:
            found.append(amount * (change.factor or 0))
    if sum(found) > pot:
        raise AllocationError("exceptions_exceed_pot", pot=pot, asked=whole_part(sum(found)))
    return found


def _held(lines: Sequence[Line], amounts: list[Fraction]) -> list[Fraction]:
    for line, amount in zip(lines, amounts, strict=True):
        if line.withhold > amount:
            raise AllocationError(
                "withheld_exceeds_amount", line.key, withheld=line.withhold, amount=whole_part(amount)
            )
    return [amount - line.withhold for line, amount in zip(lines, amounts, strict=True)]


def _redistributed(lines: Sequence[Line], amounts: list[Fraction], pot: int) -> list[Fraction]:
    """All that is withheld, to those who have an amount, in proportion to it and up to their caps; nobody gets less."""
    caps = [
        None if line.cap is None else max(amount, Fraction(line.cap))
        for line, amount in zip(lines, amounts, strict=True)
    ]
    return fill(amounts, Fraction(pot), amounts, caps)


def in_fen(lines: Sequence[Line], amounts: Sequence[Fraction], pot: int) -> list[int]:
    """A column in whole fen: with the rest of the pot, the amounts sum to the pot as they did before rounding.

    The rest takes part in the rounding, after all lines with an equal remainder.
    """
    rest = pot - sum(amounts, Fraction(0))
    wholes = [whole_part(amount) for amount in amounts]
    over = pot - sum(wholes) - whole_part(rest)
    return _rounded_up(lines, amounts, wholes, over, rest - whole_part(rest))


def in_whole_yuan(lines: Sequence[Line], amounts: Sequence[Fraction]) -> list[int]:
    """Amounts in whole yuan, in fen: their sum rounded down to a yuan, by the largest remainder."""
    yuan = [amount / FEN_PER_YUAN for amount in amounts]
    wholes = [whole_part(amount) for amount in yuan]
    over = whole_part(sum(yuan, Fraction(0))) - sum(wholes)
    return [amount * FEN_PER_YUAN for amount in _rounded_up(lines, yuan, wholes, over, Fraction(0))]


def _rounded_up(
    lines: Sequence[Line], amounts: Sequence[Fraction], wholes: list[int], over: int, rest: Fraction
) -> list[int]:
    """The whole parts, and one more for the ``over`` largest remainders, that of the rest among them."""
    if not over:
        return wholes
    # The order of ties: the apportionment breaks them by the key, so the keys are numbered in that order.
    order = sorted(range(len(lines)), key=lambda at: (-amounts[at], lines[at].rank, lines[at].key))
    keys = {at: f"{place:09d}" for place, at in enumerate(order)}
    remainders = {keys[at]: amounts[at] - wholes[at] for at in order} | {"~": rest}
    given = apportion(remainders, over)
    return [whole + given[keys[at]] for at, whole in enumerate(wholes)]
