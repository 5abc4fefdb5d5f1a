"""SME size classes of 工信部联企业〔2011〕300号, typed from the notice: 以下 excludes the figure.

Staff in persons, revenue and assets in fen.
"""

from tests.oracle.three_values import WAN, Firm, Truth, all_of, at_least, has_row

CLASSES = ("micro", "small", "medium", "large")

# industry: {input: (small from, medium from, large from)}; amounts in 万元, staff in persons.
# A class needs all of its figures; agriculture, construction and real-estate development count no staff.
FLOORS = {
    1: {"revenue": (50, 500, 20000)},
    2: {"employees": (20, 300, 1000), "revenue": (300, 2000, 40000)},
    3: {"revenue": (300, 6000, 80000), "total_assets": (300, 5000, 80000)},
    4: {"employees": (5, 20, 200), "revenue": (1000, 5000, 40000)},
    5: {"employees": (10, 50, 300), "revenue": (100, 500, 20000)},
    6: {"employees": (20, 300, 1000), "revenue": (200, 3000, 30000)},
    7: {"employees": (20, 100, 200), "revenue": (100, 1000, 30000)},
    8: {"employees": (20, 300, 1000), "revenue": (100, 2000, 30000)},
    9: {"employees": (10, 100, 300), "revenue": (100, 2000, 10000)},
    10: {"employees": (10, 100, 300), "revenue": (100, 2000, 10000)},
    11: {"employees": (10, 100, 2000), "revenue": (100, 1000, 100000)},
    12: {"employees": (10, 100, 300), "revenue": (50, 1000, 10000)},
    13: {"revenue": (100, 1000, 200000), "total_assets": (2000, 5000, 10000)},
    14: {"employees": (100, 300, 1000), "revenue": (500, 1000, 5000)},
    15: {"employees": (10, 100, 300), "total_assets": (100, 8000, 120000)},
    16: {"employees": (10, 100, 300)},
}

SECTIONS = {
    "A": range(1, 6), "B": range(6, 13), "C": range(13, 44), "D": range(44, 47), "E": range(47, 51),
    "F": range(51, 53), "G": range(53, 61), "H": range(61, 63), "I": range(63, 66), "J": range(66, 70),
    "K": range(70, 71), "L": range(71, 73), "M": range(73, 76), "N": range(76, 80), "O": range(80, 83),
    "P": range(83, 84), "Q": range(84, 86), "R": range(86, 91), "S": range(91, 97), "T": range(97, 98),
}  # fmt: skip

BY_DIVISION = (
    (range(1, 6), 1), (range(6, 47), 2), (range(47, 51), 3), (range(51, 52), 4), (range(52, 53), 5),
    (range(54, 59), 6), (range(60, 61), 8), (range(61, 62), 9), (range(62, 63), 10), (range(63, 65), 11),
    (range(65, 66), 12), (range(71, 73), 15), (range(73, 83), 16), (range(85, 91), 16),
)  # fmt: skip

BY_GROUP = {
    "591": 6, "592": 7, "593": 7, "594": 7, "595": 7, "596": 7, "597": 7, "598": 7, "599": 7,
    "701": 13, "702": 14, "703": 16, "709": 16,
}  # fmt: skip


def industry(code: str | None) -> int | None:
    """The number of the industry in the notice, or None where the code cannot be placed.

    Divisions 59 and 70 are shared between industries and need three digits.
    """
    if code is None:
        return None
    digits = code[1:] if code[:1].isalpha() else code
    if not digits.isdigit() or not 2 <= len(digits) <= 4:
        return None
    division = int(digits[:2])
    if code[:1].isalpha() and division not in SECTIONS.get(code[0].upper(), ()):
        return None
    if division in (59, 70):
        return BY_GROUP.get(digits[:3])
    return next((number for divisions, number in BY_DIVISION if division in divisions), None)


def reaches_class(firm: Firm, year: int, number: int, level: int) -> Truth:
    """Whether the firm has every figure that the class (1 small, 2 medium, 3 large) demands."""
    found = []
    for name, floors in FLOORS[number].items():
        edge = floors[level - 1] * (1 if name == "employees" else WAN)
        found.append(at_least(firm.get((name, year)), edge))
    return all_of(*found)


def size_class(firm: Firm, year: int) -> str:
    """large, medium, small, micro or undetermined, in Kleene logic over the three floors."""
    number = industry(firm.get(("industry_code", year))) if has_row(firm, year) else None
    if number is None:
        return "undetermined"
    for level in (3, 2, 1):
        reached = reaches_class(firm, year, number, level)
        if reached is None:
            return "undetermined"
        if reached:
            return CLASSES[level]
    return "micro"


def is_large(firm: Firm, year: int) -> Truth:
    number = industry(firm.get(("industry_code", year)))
    return None if number is None else reaches_class(firm, year, number, 3)


def steps(firm: Firm, year: int) -> tuple[Truth, ...]:
    """The three floors one by one, each of which only rises with staff, revenue and assets."""
    number = industry(firm.get(("industry_code", year)))
    return () if number is None else tuple(reaches_class(firm, year, number, level) for level in (1, 2, 3))
