"""The edge file: firms on, one fen above and one fen below every edge, in otherwise varied company.

`edge_entries(size)` gives the firms as dicts; `write_annual_returns` of `annual_csv` makes the file of them.
Everything follows from the seed.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random

from tests.oracle import completions, innovative, little_giant, srdi
from tests.oracle.annual_csv import Entry
from tests.oracle.contexts import giant, specialised, unaided, within_bounds
from tests.oracle.credit_codes import REGIONS, credit_code
from tests.oracle.edge_list import (
    Edge,
    common_edges,
    innovative_edges,
    little_giant_edges,
    size_edges,
    srdi_edges,
)
from tests.oracle.firms import INDUSTRIES, UNPLACED, YEAR, draw_firm
from tests.oracle.three_values import WAN, Firm

STANDARDS = {"innovative": innovative, "srdi": srdi, "little_giant": little_giant}
SOUND = {"innovative": unaided, "srdi": specialised, "little_giant": giant, "size": unaided}
EDGES: tuple[Edge, ...] = (
    *innovative_edges(), *srdi_edges(), *little_giant_edges(), *size_edges(),
    *(edge for standard in STANDARDS for edge in common_edges(standard)),
)  # fmt: skip
STEPS = (-1, 0, 1)

# A figure at the very edge of each band of annex 1, best first, and none of it last.
IP = (("class1_ip_high_value", 20), ("class1_ip_own", 15), ("class1_ip", 10), ("class2_ip", 5), (None, 0))
RD = ((5, 20), (3, 15), (2, 10), (1, 5), (0, 0))
RATES = ((15, 20), (10, 15), (5, 10), (0, 5), (-1, 0))
DEBT = ((55, 10), (75, 5), (76, 0))
SHARE = ((70, 20), (60, 15), (55, 10), (50, 5), (49, 0))
FIELD = (("strategic_emerging", 10), ("ten_fields", 5))


def decisive(edge: Edge, draw: Random, year: int, tries: int = 400) -> list[Firm]:
    """The three steps of an edge around a sound firm, if possible one whose verdict turns on the edge.

    In annex 2 the province's points are chosen so that the total is exactly 60 on the edge.
    """
    for _ in range(tries):
        base, seed = SOUND[edge.standard](draw, year), draw.randrange(10**9)
        if edge.standard == "srdi" and edge.watch != "score_or_through_train":
            reading = srdi.score(edge.firm(base, year, 0, seed), year)
            needed = 60 - (reading.score - reading.points["characteristic"][0]) if reading.score else -1
            if 0 <= needed <= 15:
                base["provincial_points", year] = Fraction(needed)
        steps = [edge.firm(base, year, step, seed) for step in STEPS]
        if edge.standard == "size":
            return steps
        if len({STANDARDS[edge.standard].score(firm, year).verdict for firm in steps}) > 1:
            return steps
    return steps


def placed(edges: tuple[Edge, ...], draw: Random, year: int = YEAR) -> Iterator[tuple[str, Firm]]:
    for edge in edges:
        for step, firm in zip(STEPS, decisive(edge, draw, year), strict=True):
            yield f"{edge.standard} {edge.watch} {edge.name} {step:+d}", firm


def by_bands(bands: tuple, base: Firm, year: int, step: int) -> Firm:
    """A firm with every figure of annex 1 at the edge of its band, `step` fen into the worse side of one."""
    ip, rd, rate, debt, field, share = (band[0] for band in bands)
    firm, unit = dict(base), 10**4 * 105 * 110 * 115
    parts = dict.fromkeys(
        ("class1_ip", "class1_ip_own", "class1_ip_high_value", "class1_ip_in_use", "class2_ip"), 0
    )
    if ip:
        parts[ip] = 1
    main = unit * share // 100
    firm |= {(name, year): value for name, value in parts.items()}
    firm |= {
        ("revenue", year): unit,
        ("main_revenue", year): main,
        ("main_revenue", year - 1): main * 100 // (100 + rate) + step,
        ("rd_expense", year): unit * rd // 100,
        ("total_assets", year): 10**10,
        ("total_liabilities", year): 10**8 * debt + step,
        ("product_fields", year): (field,),
    }
    return within_bounds(firm, year)


def annex_1_grid(draw: Random, limit: int, year: int = YEAR) -> Iterator[tuple[str, Firm]]:
    """Combinations of bands whose total or sub-totals lie at a minimum or at the next step below it."""
    near = [
        bands
        for bands in product(IP, RD, RATES, DEBT, FIELD, SHARE)
        if sum(band[1] for band in bands) in (55, 60)
        or bands[0][1] + bands[1][1] in (15, 20)
        or bands[2][1] + bands[3][1] in (10, 15)
        or bands[4][1] + bands[5][1] in (10, 15)
    ]
    draw.shuffle(near)
    for bands in near[:limit]:
        step = draw.choice((0, 0, 1))
        yield f"annex 1 {bands} {step}", by_bands(bands, unaided(draw, year), year, step)


def decimal_totals(draw: Random, limit: int, year: int = YEAR) -> Iterator[tuple[str, Firm]]:
    """Totals of annex 2 that miss or pass 60 by the smallest decimal that a spreadsheet carries."""
    found = 0
    while found < limit:
        firm = specialised(draw, year)
        reading = srdi.score(firm, year)
        if reading.score is None:
            continue
        needed = 60 - (reading.score - reading.points["characteristic"][0])
        if 1 <= needed <= 14:
            for step in STEPS:
                points = needed + Fraction(step, 10**13)
                found += 1
                yield f"srdi total {step:+d}", {**firm, ("provincial_points", year): points}


def huge(draw: Random, year: int = YEAR) -> Firm:
    """Amounts near the largest that the contract takes, with shares still exactly on their edges."""
    firm = draw_firm(draw, year)
    revenue = 10**16 - draw.choice((0, 1, 10**6))
    firm["revenue", year] = firm["revenue", year - 1] = revenue
    firm["industry_code", year] = draw.choice(("73", "3562"))
    firm["employees", year], firm["rd_employees", year] = 299, 59
    for name, shares in (
        ("main_revenue", (50, 60, 70, 80)),
        ("rd_expense", (1, 3, 5, 10)),
        ("net_profit", (2, 10, -8)),
    ):
        firm[name, year] = max(-(10**16), revenue * draw.choice(shares) // 100 + draw.choice((-1, 0, 1)))
    firm["main_revenue", year - 1] = firm["main_revenue", year] * 100 // draw.choice((105, 110, 115))
    firm["main_revenue", year - 2] = firm["main_revenue", year - 1] * 100 // draw.choice((105, 110))
    firm["total_assets", year] = 10**16 - draw.choice((0, 20))
    debts = firm["total_assets", year] * draw.choice((50, 55, 70, 75, 99)) // 100
    firm["total_liabilities", year] = debts + draw.choice((-1, 0, 1))
    return within_bounds(firm, year)


def sparse(draw: Random, firm: Firm, year: int = YEAR) -> Firm:
    """The firm with one input blank, with several, or with a whole year not reported."""
    firm, kind = dict(firm), draw.random()
    inputs = sorted(
        {(n, year - b) for module in STANDARDS.values() for b, names in module.INPUTS.items() for n in names}
    )
    if kind < 0.12:
        gone = draw.choice((year - 1, year - 2))
        return {cell: value for cell, value in firm.items() if cell[1] != gone}
    for cell in draw.sample(inputs, 1 if kind < 0.7 else draw.randrange(2, 9)):
        firm[cell] = None
    return firm


def varied(draw: Random, year: int = YEAR) -> tuple[str, Firm]:
    kind = draw.random()
    if kind < 0.12:
        return "huge", huge(draw, year)
    firm = draw.choice((draw_firm, draw_firm, unaided, specialised, giant))(draw, year)
    if kind < 0.3:
        firm["industry_code", year] = draw.choice(INDUSTRIES + UNPLACED)
        return "any industry", firm
    if kind < 0.5:
        return "sparse", sparse(draw, firm, year)
    if kind < 0.53:
        return "no row of the year", {cell: value for cell, value in firm.items() if cell[1] != year}
    if kind < 0.56:
        following = {(name, year + 1): value for (name, past), value in firm.items() if past == year}
        return "a later year too", {**firm, **following, ("year", year + 1): year + 1}
    if kind < 0.6:
        firm["net_profit", year] = -draw.randrange(1, 10**12)
        firm["total_assets", year] = draw.choice((0, 5000 * WAN))
        return "losses", firm
    return "varied", firm


def edge_entries(size: int = 6000, seed: int = 20220601, year: int = YEAR) -> list[Entry]:
    """Firms of the edge file: every edge at least once, then the grid of annex 1 and varied firms."""
    draw = Random(seed)
    found = list(placed(EDGES, draw, year))
    while len(found) < size // 3:
        found += list(placed(EDGES, draw, year))
    found += list(annex_1_grid(draw, max(200, size // 6), year))
    found += list(decimal_totals(draw, max(60, size // 30), year))
    while len(found) < size:
        found.append(varied(draw, year))
    draw.shuffle(found)
    return [entry(number, tag, cells) for number, (tag, cells) in enumerate(found)]


def entry(number: int, tag: str, cells: Firm) -> Entry:
    province = tuple(REGIONS)[number % len(REGIONS)]
    code = credit_code(10**9 + 7919 * number, province)
    return Entry(code, f"测试{number:06d}科技有限公司", province, cells, tag)


def kept_bounds(firm: Firm) -> bool:
    """Whether every row keeps the contract's bounds, so that nothing in the file is refused."""
    for (name, year), value in firm.items():
        if value is None or isinstance(value, (bool, str, tuple)):
            continue
        whole = firm.get((completions.AT_MOST.get(name, ""), year))
        if whole is not None and value > whole:
            return False
        if name in completions.MONEY and abs(value) > completions.MONEY_BOUND:
            return False
        if name != "net_profit" and value < (1 if name.endswith("_rank") else 0):
            return False
    return True
