"""The exact verdict with one input missing, by going through every value that the contract allows there.

A standard is made of comparisons that each move one way only while one number grows, apart from the mean
growth, which turns once in its middle year. So between two values with the same readings, on one side of
the turn, nothing can change: bisecting down to single fen visits every breakpoint from both sides.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from math import isqrt

from tests.oracle.size import FLOORS, has_row, industry, size_class, steps
from tests.oracle.three_values import Firm, Reading

MONEY_BOUND = 10**16
COUNT_BOUND = 10**9
FINEST = 10**15  # the smallest step of a percentage or of points is one part in 10^15

MONEY = {
    "revenue", "main_revenue", "net_profit", "total_assets", "total_liabilities", "rd_expense", "new_equity",
}  # fmt: skip
COUNTS = {
    "employees", "rd_employees", "niche_years", "class1_ip", "class1_ip_own", "class1_ip_high_value",
    "class1_ip_in_use", "class2_ip",
}  # fmt: skip
PARTS_OF_CLASS1 = ("class1_ip_own", "class1_ip_high_value", "class1_ip_in_use")
AT_MOST = {
    "main_revenue": "revenue",
    "rd_employees": "employees",
    **dict.fromkeys(PARTS_OF_CLASS1, "class1_ip"),
}
BOOLS = {
    "legal_person", "abnormal_list", "dishonest_list", "restricted_products", "major_incident_3y",
    "quality_award", "qms_certificate", "mgmt_certificate", "product_certificate", "own_brand",
    "standards_role", "core_system", "chain_key_link",
}  # fmt: skip
INSTITUTIONS = ("none", "below_municipal", "municipal", "provincial", "national")
AN_INDUSTRY_OF_EACH_KIND = (
    "01", "26", "47", "51", "52", "54", "592", "60", "61", "62", "63", "65", "701", "702", "71", "73", "53",
)  # fmt: skip

Cell = tuple[str, int]


def missing_cells(
    firm: Firm, inputs: dict[int, Iterable[str]], awards: Iterable[str], year: int
) -> list[Cell]:
    """The blank inputs of a standard. Blank lists and wholly blank awards claim nothing, and miss nothing."""
    cells = [
        (name, year - back)
        for back, names in inputs.items()
        for name in names
        if firm.get((name, year - back)) is None
    ]
    for prefix in awards:
        parts = [(f"{prefix}_{part}", year) for part in ("rank", "year")]
        blank = [part for part in parts if firm.get(part) is None]
        if len(blank) == 1:
            cells.extend(blank)
    return cells


def number_bounds(firm: Firm, cell: Cell) -> tuple[int, int]:
    """The lowest and highest value that the contract allows in the cell beside what the row already says."""
    name, year = cell
    low, high = 0, MONEY_BOUND if name in MONEY else COUNT_BOUND
    if name == "net_profit":
        low = -MONEY_BOUND
    for part, whole in AT_MOST.items():
        if name == part and firm.get((whole, year)) is not None:
            high = min(high, firm[whole, year])
        if name == whole and firm.get((part, year)) is not None:
            low = max(low, firm[part, year])
    return low, high


def turning_points(firm: Firm, cell: Cell, year: int) -> list[int]:
    """Where mean growth turns while its middle year is missing: a/c + c/b is least at c = √(ab)."""
    last, first = firm.get(("main_revenue", year)), firm.get(("main_revenue", year - 2))
    if cell != ("main_revenue", year - 1) or last is None or first is None:
        return []
    return [isqrt(last * first)]


def segments(low: int, high: int, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ranges of whole numbers with zero on its own, since it is no denominator, and a cut after each turn."""
    ends = sorted({end for end in (-1, 0, *cuts) if low <= end < high} | {high})
    start = low
    for end in ends:
        yield start, end
        start = end + 1


def breakpoints(reading: Callable[[int], Reading], low: int, high: int) -> Iterator[tuple[int, Reading]]:
    """Readings at both ends and, between ends that differ, on both sides of every breakpoint."""
    first, last = reading(low), reading(high)
    yield low, first
    yield high, last
    pending = [(low, first, high, last)]
    while pending:
        left, at_left, right, at_right = pending.pop()
        if right - left <= 1 or at_left.fingerprint == at_right.fingerprint:
            continue
        middle = (left + right) // 2
        at_middle = reading(middle)
        yield middle, at_middle
        pending += [(left, at_left, middle, at_middle), (middle, at_middle, right, at_right)]


def choices(cell: Cell, year: int) -> tuple | None:
    """The values of a cell that holds no number, or no number that is compared in bands."""
    name = cell[0]
    if name in BOOLS:
        return (True, False)
    if name == "rd_institution":
        return INSTITUTIONS
    if name == "digital_level":
        return (1, 2, 3, 4)
    if name == "industry_code":
        return AN_INDUSTRY_OF_EACH_KIND
    if name.endswith("_year") and name != "niche_years":
        return tuple(range(year - 4, year + 2))
    return None


def readings(score: Callable[[Firm, int], Reading], firm: Firm, cell: Cell, year: int) -> Iterator[Reading]:
    """The readings of every completion of the cell that could differ from its neighbours."""
    listed = choices(cell, year)
    if listed is not None:
        yield from (score({**firm, cell: value}, year) for value in listed)
        return
    name = cell[0]
    scale = FINEST if name in ("market_share", "provincial_points") else 1
    if scale == FINEST:
        low, high = 0, FINEST * (100 if name == "market_share" else 15)
    elif name.endswith("_rank"):
        low, high = 1, COUNT_BOUND
    else:
        low, high = number_bounds(firm, cell)

    def at(value: int) -> Reading:
        return score({**firm, cell: value if scale == 1 else Fraction(value, scale)}, year)

    for start, end in segments(low, high, turning_points(firm, cell, year)):
        if name == "provincial_points":
            yield from (at(start), at(end))  # the score rises with every step: the ends decide
        else:
            yield from (reading for _, reading in breakpoints(at, start, end))


def exact_verdict(score: Callable[[Firm, int], Reading], firm: Firm, cell: Cell, year: int) -> str:
    """meets or fails where every completion of the one missing cell agrees, else undetermined."""
    seen = None
    for reading in readings(score, firm, cell, year):
        if reading.verdict == "undetermined" or seen not in (None, reading.verdict):
            return "undetermined"
        seen = reading.verdict
    return seen or "undetermined"


def size_inputs(firm: Firm, year: int) -> tuple[str, ...]:
    number = industry(firm.get(("industry_code", year)))
    return ("industry_code",) if number is None else ("industry_code", *FLOORS[number])


def exact_size_class(firm: Firm, cell: Cell, year: int) -> str:
    """The size class where every completion of the one missing cell agrees, else undetermined."""
    if not has_row(firm, year) or cell[0] == "industry_code":
        return "undetermined"

    def at(firm: Firm, year: int) -> Reading:
        return Reading(meets=None, route=size_class(firm, year), elements=steps(firm, year))

    seen = {reading.route for reading in readings(at, firm, cell, year)}
    return seen.pop() if len(seen) == 1 else "undetermined"
