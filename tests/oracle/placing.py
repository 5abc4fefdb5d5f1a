"""Ways to put a firm on an edge, or one fen (one unit) below or above it: a step of -1, 0 or +1."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

from tests.oracle.completions import MONEY_BOUND
from tests.oracle.three_values import WAN, Firm

Place = Callable[[Firm, int, int, Random], None]


def rescale(firm: Firm, year: int, revenue: int) -> None:
    """Brings the other flows along to a new revenue, so that their shares and growth stay about the same."""
    before = firm["revenue", year] or revenue
    cells = [(name, year) for name in ("net_profit", "rd_expense")]
    for cell in (*cells, *(("main_revenue", year - back) for back in range(3))):
        firm[cell] = max(-MONEY_BOUND, min(MONEY_BOUND, firm[cell] * revenue // before))


def share(part: str, whole: str, percent: int, low: int = 10**9, high: int = 39 * 10**9) -> Place:
    """A part at so many percent of a whole that a hundred divides."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        amount = draw.randrange(low, high) // 100 * 100
        if whole == "revenue":
            rescale(firm, year, amount)
        firm[whole, year] = amount
        firm[part, year] = amount // 100 * percent + step

    return place


def staff_share(percent: int) -> Place:
    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        staff = 20 * draw.randrange(3, 45)
        firm["employees", year], firm["rd_employees", year] = staff, staff * percent // 100 + step

    return place


def amount(name: str, wan: int, beside: dict[str, int] | None = None) -> Place:
    """An amount at a threshold; `beside` sets other amounts of the year, in 万元."""

    def place(firm: Firm, year: int, step: int, _: Random) -> None:
        for other, value in (beside or {}).items():
            firm[other, year] = value * WAN
        firm[name, year] = wan * WAN + step
        firm["main_revenue", year] = min(firm["main_revenue", year], firm["revenue", year])

    return place


def count(name: str, number: int, **beside: object) -> Place:
    def place(firm: Firm, year: int, step: int, _: Random) -> None:
        firm |= {(other, year): value for other, value in beside.items()}
        firm[name, year] = number + step

    return place


def one_of(name: str, values: tuple, **beside: object) -> Place:
    """Three values that are no numbers, one for each step."""

    def place(firm: Firm, year: int, step: int, _: Random) -> None:
        firm |= {(other, year): value for other, value in beside.items()}
        firm[name, year] = values[step + 1]

    return place


def rate(percent: int) -> Place:
    """Growth of main-business revenue at so many percent."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        before = 100 + firm["revenue", year] * draw.randrange(45, 85) // 10**4 * 100
        firm["main_revenue", year - 1] = before
        firm["main_revenue", year] = before // 100 * (100 + percent) + step

    return place


def mean_rate(percent: int, moved: int = 0, low: int = 10**4, high: int = 10**6) -> Place:
    """Mean growth of two years at so many percent; the fen is added `moved` years back."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        late = draw.choice((70, 95, 100, 100 + percent, 111, 140))
        early = 200 + 2 * percent - late
        unit = draw.randrange(low, high)
        first = 10**4 * unit
        firm["main_revenue", year - 2] = first
        firm["main_revenue", year - 1] = first // 100 * early
        firm["main_revenue", year] = first // 10**4 * early * late
        firm["main_revenue", year - moved] += step

    return place


def sum_of(name: str, wan: int, years: int, low_revenue: bool = False) -> Place:
    """A sum over the last years at a threshold, split anyhow."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        rest = wan * WAN + step
        for back in reversed(range(1, years)):
            firm[name, year - back] = draw.randrange(rest + 1)
            rest -= firm[name, year - back]
        firm[name, year] = rest
        if ("year", year - years) in firm:
            firm[name, year - years] = draw.randrange(10**6)  # before the window: must not count
        if low_revenue:
            firm["revenue", year] = draw.randrange(100, 1000) * WAN
            firm["main_revenue", year] = min(firm["main_revenue", year], firm["revenue", year])

    return place


def rd_sum(wan: int) -> Place:
    """R&D expense of two years at a sum, with last year's large enough for the second gate."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        last = draw.randrange(wan * WAN // 2, wan * WAN)
        firm["rd_expense", year], firm["rd_expense", year - 1] = last, wan * WAN + step - last
        firm["revenue", year] = last * 100 // draw.choice((3, 5, 9))
        firm["main_revenue", year] = min(firm["main_revenue", year], firm["revenue", year])

    return place


def ranked(prefix: str, rank: int) -> Place:
    """A rank at the last place that counts; better is lower, so a step up is a place down."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        firm[f"{prefix}_rank", year] = max(1, rank + step)
        firm[f"{prefix}_year", year] = draw.choice((year - 2, year - 1, year))

    return place


def won_in(prefix: str, back: int, rank: int | None = 1) -> Place:
    def place(firm: Firm, year: int, step: int, _: Random) -> None:
        firm[f"{prefix}_rank", year], firm[f"{prefix}_year", year] = rank, year - back + step

    return place


def top_share() -> Place:
    def place(firm: Firm, year: int, step: int, _: Random) -> None:
        firm["market_share", year] = Fraction(10) + Fraction(step, 10**13)

    return place


def steady(firm: Firm, year: int) -> None:
    """Two years of growth by a little more than 5 % up to the year, and no revenue before below it."""
    for past in (year - 1, year - 2):
        firm["main_revenue", past] = firm["main_revenue", past + 1] * 100 // 105
