"""Kleene logic and points as intervals, in plain Python: the oracle's arithmetic of the unknown.

A truth is True, False or None (unknown). Points are a pair (lowest, highest). A measure is a Fraction,
or None where an input or a denominator is missing.
"""

from dataclasses import dataclass, field
from fractions import Fraction

Truth = bool | None
Points = tuple[Fraction | int, Fraction | int]
Firm = dict[tuple[str, int], object]

WAN = 1_000_000  # fen in 万元


def all_of(*truths: Truth) -> Truth:
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def any_of(*truths: Truth) -> Truth:
    if any(truth is True for truth in truths):
        return True
    return None if any(truth is None for truth in truths) else False


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def at_least(value, edge) -> Truth:
    return None if value is None else value >= edge


def at_most(value, edge) -> Truth:
    return None if value is None else value <= edge


def ratio(part, whole) -> Fraction | None:
    """A zero denominator makes the measure missing, as a blank one does."""
    return None if part is None or whole is None or whole == 0 else Fraction(part, whole)


def growth(this, before) -> Fraction | None:
    """(Y - (Y-1)) / (Y-1): annex 4, growth formulas."""
    return None if this is None else ratio(None if before is None else this - before, before)


def mean_growth(this, before, first) -> Fraction | None:
    """The arithmetic mean of the two yearly rates: annex 4, growth formulas."""
    late, early = growth(this, before), growth(before, first)
    return None if late is None or early is None else (late + early) / 2


def sum_at_least(amounts, edge) -> Truth:
    """Whether a sum of amounts that cannot be negative reaches the edge, though some may be blank."""
    known = sum(amount for amount in amounts if amount is not None)
    if known >= edge:
        return True
    return None if any(amount is None for amount in amounts) else False


def first_of(*rungs: tuple[Truth, int], otherwise: int) -> Points:
    """The points of the first rung that holds, from the highest down."""
    possible = []
    for truth, points in rungs:
        if truth is True:
            possible.append(points)
            break
        if truth is None:
            possible.append(points)
    else:
        possible.append(otherwise)
    return min(possible), max(possible)


def rising(value, *bands: tuple[object, int]) -> Points:
    """Bands where more is better: (lowest value, points) from the highest down, below them nothing."""
    return first_of(*((at_least(value, edge), points) for edge, points in bands), otherwise=0)


def falling(value, *bands: tuple[object, int]) -> Points:
    """Bands where less is better: (highest value, points) from the best down, beyond them nothing."""
    return first_of(*((at_most(value, edge), points) for edge, points in bands), otherwise=0)


def ticks(each: int, cap: int, *truths: Truth) -> Points:
    sure = sum(truth is True for truth in truths)
    open_ = sum(truth is None for truth in truths)
    return min(cap, each * sure), min(cap, each * (sure + open_))


def best_of(*points: Points) -> Points:
    return max(low for low, _ in points), max(high for _, high in points)


def total(*points: Points) -> Points:
    return sum(low for low, _ in points), sum(high for _, high in points)


def reaches(points: Points, edge: int) -> Truth:
    """Whether a score reaches the edge: 以上 includes the figure."""
    if points[0] >= edge:
        return True
    return False if points[1] < edge else None


@dataclass(frozen=True)
class Award:
    """A prize or a list within the last three years, Y-2..Y, and its rank."""

    won: Truth
    rank: int | None
    none_claimed: bool = False

    def within(self, rank: int) -> Truth:
        """Ranked at least this high and recent; both blank claims nothing."""
        if self.none_claimed:
            return False
        return all_of(self.won, at_most(self.rank, rank))


def award(firm: Firm, prefix: str, year: int) -> Award:
    """A year without a rank means some rank; a rank without a year leaves the year open."""
    won_in, rank = firm.get((f"{prefix}_year", year)), firm.get((f"{prefix}_rank", year))
    if won_in is None and rank is None:
        return Award(won=False, rank=None, none_claimed=True)
    return Award(won=None if won_in is None else year - 2 <= won_in <= year, rank=rank)


@dataclass(frozen=True)
class Reading:
    """What one standard says of one firm.

    `conditions` are the rule ids of the standard; `elements` are the single comparisons below them, each of
    which moves one way only as one input grows, which the enumeration of completions relies on.
    """

    meets: Truth
    route: str = ""
    points: dict[str, Points] = field(default_factory=dict)
    conditions: dict[str, Truth] = field(default_factory=dict)
    elements: tuple = ()

    @property
    def verdict(self) -> str:
        return {True: "meets", False: "fails", None: "undetermined"}[self.meets]

    @property
    def score_range(self) -> Points | None:
        return total(*self.points.values()) if self.points else None

    @property
    def score(self) -> Fraction | int | None:
        """The exact score, or None where the standard has none or it is uncertain."""
        spread = self.score_range
        return spread[0] if spread and spread[0] == spread[1] else None

    @property
    def failed(self) -> set[str]:
        return {name for name, truth in self.conditions.items() if truth is False}

    @property
    def fingerprint(self) -> tuple:
        return (*self.points.values(), *self.conditions.values(), *self.elements)


NO_ROW = Reading(meets=None)


def has_row(firm: Firm, year: int) -> bool:
    return ("year", year) in firm
