"""Sound firms around which one edge is placed: gates clear, nothing decided yet by a through-train."""

from fractions import Fraction
from random import Random

from tests.oracle.firms import CLEAN, YEAR, draw_firm
from tests.oracle.three_values import WAN, Firm

AWARD_CELLS = (
    "national_award_rank", "national_award_year", "provincial_award_rank", "provincial_award_year",
    "maker_china_rank", "maker_china_year",
)  # fmt: skip


def within_bounds(firm: Firm, year: int) -> Firm:
    """Widens the wholes until no part exceeds them, after cells have been placed."""
    for past in (year, year - 1, year - 2):
        revenue, main = firm.get(("revenue", past)), firm.get(("main_revenue", past))
        if revenue is not None and main is not None and main > revenue:
            firm["revenue", past] = main
    firm["rd_employees", year] = min(firm["rd_employees", year], firm["employees", year])
    parts = (firm[name, year] for name in ("class1_ip_own", "class1_ip_high_value", "class1_ip_in_use"))
    firm["class1_ip", year] = max(firm["class1_ip", year], *parts)
    return firm


def unaided(draw: Random, year: int = YEAR) -> Firm:
    """An industrial SME with every figure given and no claim to a through-train."""
    firm = draw_firm(draw, year)
    now = {
        **CLEAN, **dict.fromkeys(AWARD_CELLS), "industry_code": draw.choice(("3562", "C39", "28", "C3913")),
        "honours": (), "rd_institution": draw.choice(("none", "below_municipal", "municipal")),
        "employees": draw.randrange(20, 900),
    }  # fmt: skip
    firm |= {(name, year): value for name, value in now.items()}
    if not firm["total_assets", year]:
        firm["total_assets", year] = firm["total_liabilities", year] = 6000 * WAN
    for back in range(3):
        firm["new_equity", year - back] = 0
    scale = draw.randrange(1200, 30000) * WAN
    revenue = max(1, firm["revenue", year])
    if not 1000 * WAN <= revenue < 40000 * WAN:
        for name in ("revenue", "net_profit"):
            firm[name, year] = firm[name, year] * scale // revenue
        for back in range(3):
            firm["main_revenue", year - back] = firm["main_revenue", year - back] * scale // revenue
    return within_bounds(firm, year)


def specialised(draw: Random, year: int = YEAR) -> Firm:
    """As above, past the first three gates of annex 2."""
    firm = unaided(draw, year)
    firm["niche_years", year] = max(2, firm["niche_years", year])
    if firm["rd_expense", year] < 100 * WAN or firm["rd_expense", year] * 100 < firm["revenue", year] * 3:
        share = draw.choice((3, 4, 6, 8, 10))
        firm["rd_expense", year] = max(100 * WAN, -(-firm["revenue", year] * share // 100))
    if firm["rd_expense", year] > 1500 * WAN:
        firm["rd_expense", year] = -(-firm["revenue", year] * 3 // 100)
    ceiling = 2 * 1000 * WAN - 1 - firm["rd_expense", year]
    firm["rd_expense", year - 1] = max(0, min(firm["rd_expense", year - 1], ceiling))
    return firm


def giant(draw: Random, year: int = YEAR) -> Firm:
    """A firm that meets all six aspects of annex 3, in any of the three revenue branches."""
    firm = unaided(draw, year)
    revenue = draw.choice((4000, 4999, 5000, 6000, 9999, 10000, 12000, 39000)) * WAN
    before = max(revenue, draw.choice((3000, 7000, 20000)) * WAN)
    share = 3 if revenue >= 10000 * WAN else 6
    small = revenue < 5000 * WAN
    now = {
        "niche_years": draw.choice((3, 4, 12)),
        "revenue": revenue,
        "main_revenue": revenue * draw.choice((70, 71, 80, 95)) // 100,
        "rd_expense": 3000 * WAN if small else revenue * share // 100,
        "employees": 200,
        "rd_employees": 100 if small else 12,
        "total_assets": 8000 * WAN,
        "total_liabilities": draw.choice((7, 56, 55)) * 100 * WAN,
        "class1_ip": 3,
        "class1_ip_in_use": 2,
        "rd_institution": draw.choice(("below_municipal", "municipal", "provincial", "national")),
        "core_system": True,
        "own_brand": True,
        "market_share": draw.choice((Fraction(10), Fraction(1001, 100))),
        "chain_key_link": True,
        "product_fields": (draw.choice(("six_bases", "ten_fields", "network_power")),),
    }
    firm |= {(name, year): value for name, value in now.items()}
    certificates = ("mgmt_certificate", "qms_certificate", "product_certificate")
    firm |= {(name, year): name == draw.choice(certificates) for name in certificates}
    firm[draw.choice(certificates), year] = True
    firm["main_revenue", year - 1] = firm["main_revenue", year] * 100 // 105
    firm["main_revenue", year - 2] = firm["main_revenue", year - 1] * 100 // 105
    firm["revenue", year - 1], firm["rd_expense", year - 1] = before, before * share // 100
    firm["new_equity", year] = 8000 * WAN if small else 0
    return within_bounds(firm, year)
