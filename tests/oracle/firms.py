"""Varied firms whose figures lie, more often than not, on or one fen beside some edge of some standard."""

from fractions import Fraction
from random import Random

from tests.oracle.completions import FINEST, MONEY_BOUND, PARTS_OF_CLASS1
from tests.oracle.three_values import WAN, Firm

YEAR = 2024
INDUSTRIES = (
    "3562", "C39", "28", "C3913", "2710", "353", "01", "A0111", "47", "E4813", "51", "5162", "52", "F5211",
    "54", "591", "G5910", "592", "5942", "60", "61", "62", "63", "6420", "65", "I6513", "701", "7020",
    "703", "K7090", "71", "7224", "73", "M7320", "77", "80", "85", "90",
    "05", "06", "12", "13", "43", "44", "46", "50", "58", "593", "5941", "5951", "596", "599", "64", "72", "75", "76",
    "79", "82", "86",
)  # fmt: skip
UNPLACED = ("53", "G5310", "59", "G59", "66", "70", "K70", "704", "7040", "83", "84", "91", "T97")
STAFF = (5, 10, 20, 50, 100, 200, 300, 1000, 2000)
REVENUES = (
    50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 6000, 10000, 20000, 30000, 40000, 80000, 100000, 200000,
)  # fmt: skip
ASSETS = (100, 300, 2000, 5000, 8000, 10000, 80000, 120000)
RD_AMOUNTS = (100, 200, 300, 400, 500, 1000, 3000)
RD_SHARES = (1, 2, 3, 4, 5, 6, 8, 10)
MAIN_SHARES = (50, 55, 60, 70, 80, 100)
MARGINS = (0, 2, 4, 6, 8, 10)
DEBTS = (50, 55, 60, 70, 75)
STAFF_SHARES = (5, 10, 20, 50)
YEARLY_RATES = (100, 105, 110, 115)
MEAN_RATES = (0, 4, 5, 6, 8, 10)
FIELDS = (
    "strategic_emerging", "chain_gap", "six_bases", "time_honoured", "key_chain_supplier", "ten_fields",
    "network_power",
)  # fmt: skip
HONOURS = ("high_tech", "tech_innovation_demo", "ip_advantage", "ip_demo")
INSTITUTIONS = ("none", "below_municipal", "municipal", "provincial", "national")
CLEAN = {
    "legal_person": True, "abnormal_list": False, "dishonest_list": False, "restricted_products": False,
    "major_incident_3y": False,
}  # fmt: skip


def beside(draw: Random, exact: Fraction | int, low: int = 0, high: int = MONEY_BOUND) -> int:
    """The whole number on an edge or next to it, within bounds."""
    near = (
        [int(exact) - 1, int(exact), int(exact) + 1] if exact == int(exact) else [int(exact), int(exact) + 1]
    )
    return min(high, max(low, draw.choice(near)))


def of_percent(draw: Random, shares: tuple[int, ...], whole: int, top: int) -> int:
    """A part of the whole: mostly at one of the shares, else anywhere up to `top` percent."""
    if draw.random() < 0.75:
        return beside(draw, Fraction(draw.choice(shares) * whole, 100))
    return min(MONEY_BOUND, whole * draw.randrange(top + 1) // 100)


def grown(draw: Random, revenue: int) -> tuple[int, int, int]:
    """Main-business revenue of Y, Y-1 and Y-2, at an edge of growth, of mean growth, or of both."""
    late = draw.choice(YEARLY_RATES) if draw.random() < 0.6 else draw.randrange(70, 140)
    early = 200 + 2 * draw.choice(MEAN_RATES) - late
    last = min(revenue, of_percent(draw, MAIN_SHARES, revenue, 100))
    middle = Fraction(last * 100, late)
    first = Fraction(middle * 100, early)
    if draw.random() < 0.1:
        return last, draw.choice((0, int(middle))), 0
    return last, beside(draw, middle), beside(draw, first)


def revenue_of(draw: Random, middling: bool) -> int:
    """Revenue at a threshold, or a round one that most shares and rates divide, or anything at all."""
    kind = draw.random()
    if kind < 0.35:
        steps = REVENUES if not middling else (1000, 2000, 5000, 10000, 40000)
        return beside(draw, draw.choice(steps) * WAN)
    if kind < 0.85:
        unit = 100 * 105 * 110 * 115
        return unit * draw.randrange(1, 3000 if middling else 7 * 10**7)
    if kind < 0.96 or middling:
        return draw.randrange(10 ** draw.randrange(3, 12))
    return draw.choice((0, 1, MONEY_BOUND, MONEY_BOUND - 1, MONEY_BOUND // 100 * 97))


def equity_of(draw: Random) -> tuple[int, int, int]:
    """New equity of Y, Y-1, Y-2 with the two-year or the three-year sum at an edge."""
    if draw.random() < 0.45:
        return 0, 0, 0
    two = beside(draw, draw.choice((500, 2000, 6000, 8000)) * WAN)
    three = max(0, beside(draw, 500 * WAN) - two)
    last = draw.randrange(two + 1)
    return last, two - last, draw.choice((0, three))


def award_of(draw: Random, prefix: str, year: int) -> Firm:
    """Nothing claimed, or a rank and a year around the edges, or one of the two alone."""
    rank, won_in = (f"{prefix}_rank", year), (f"{prefix}_year", year)
    kind = draw.random()
    if kind < 0.75:
        return {rank: None, won_in: None}
    place = draw.choice((1, 3, 4, 5, 6, 50, 51, 500, 501))
    held = draw.choice((year - 3, year - 2, year - 1, year, year + 1))
    return {rank: None if kind < 0.79 else place, won_in: None if kind >= 0.97 else held}


def points_of(draw: Random) -> Fraction:
    """0 to 15, with up to fifteen significant digits."""
    kind = draw.random()
    if kind < 0.5:
        return Fraction(draw.randrange(16))
    if kind < 0.9:
        return Fraction(draw.randrange(1501), 100)
    return draw.choice(
        (Fraction(499999999999999, 10**14), Fraction(500000000000001, 10**14), Fraction(1, FINEST))
    )


def likely(draw: Random, chance: float = 0.8) -> bool:
    return draw.random() < chance


def draw_firm(draw: Random, year: int = YEAR) -> Firm:
    """One firm with rows of Y-2, Y-1 and Y, every cell filled and every bound of the contract kept."""
    middling = likely(draw, 0.7)
    revenue = revenue_of(draw, middling)
    main = grown(draw, revenue)
    rd = (
        beside(draw, draw.choice(RD_AMOUNTS) * WAN)
        if likely(draw, 0.4)
        else of_percent(draw, RD_SHARES, revenue, 20)
    )
    assets = (
        beside(draw, draw.choice(ASSETS) * WAN)
        if likely(draw, 0.5)
        else draw.randrange(1, 10**12) // 100 * 100
    )
    if likely(draw, 0.03):
        assets = 0
    staff = draw.choice(STAFF) if likely(draw, 0.5) else 20 * draw.randrange(1, 40)
    staff = 0 if likely(draw, 0.02) else max(0, staff + draw.choice((-1, 0, 0, 1)))
    class1 = draw.choice((0, 0, 1, 2, 3, 9))
    cells: Firm = {
        "industry_code": draw.choice(UNPLACED if likely(draw, 0.03) else INDUSTRIES[:6] if middling else INDUSTRIES),
        "employees": staff,
        "rd_employees": min(staff, beside(draw, Fraction(draw.choice(STAFF_SHARES) * staff, 100))),
        "revenue": revenue,
        "net_profit": of_percent(draw, MARGINS, revenue, 30) * draw.choice((1, 1, 1, 1, 1, -1)),
        "total_assets": assets,
        "total_liabilities": of_percent(draw, DEBTS, assets, 130),
        "niche_years": draw.choice((0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 30)),
        "class1_ip": class1,
        **{name: draw.randrange(class1 + 1) for name in PARTS_OF_CLASS1},
        "class2_ip": draw.choice((0, 1, 7)),
        "product_fields": tuple(name for name in FIELDS if likely(draw, 0.3)),
        "digital_level": draw.choice((1, 2, 3, 4)),
        "rd_institution": draw.choice(INSTITUTIONS),
        "market_share": draw.choice((Fraction(10), Fraction(10), Fraction(999, 100), Fraction(55, 2), Fraction(100))),
        "chain_key_link": likely(draw, 0.85),
        "core_system": likely(draw, 0.85),
        "provincial_points": points_of(draw),
        "honours": tuple(name for name in HONOURS if likely(draw, 0.12)),
        **{name: likely(draw, 0.6) for name in ("quality_award", "qms_certificate", "mgmt_certificate")},
        **{name: likely(draw, 0.7) for name in ("product_certificate", "own_brand", "standards_role")},
        **CLEAN,
    }  # fmt: skip
    if likely(draw, 0.06):
        gate = draw.choice(tuple(CLEAN))
        cells[gate] = not CLEAN[gate]
    firm: Firm = {(name, year): value for name, value in cells.items()}
    for prefix in ("national_award", "provincial_award", "maker_china"):
        firm |= award_of(draw, prefix, year)
    rd_before = draw.choice((max(0, 2 * 1000 * WAN - rd + draw.choice((-1, 0, 1))), rd))
    for back, (sales, equity) in enumerate(zip(main, equity_of(draw), strict=True)):
        past = year - back
        firm["year", past] = past
        firm["main_revenue", past], firm["new_equity", past] = sales, equity
        firm["rd_expense", past] = (rd, rd_before, rd_before)[back]
        if back:
            firm["revenue", past] = beside(draw, Fraction(rd_before * 100, draw.choice((3, 6))), low=sales)
            firm["industry_code", past], firm["employees", past] = cells["industry_code"], staff
    return firm
