"""Firms with inputs blank: exactly one of a standard's, or a random set."""

from collections.abc import Iterator
from random import Random

from tests.oracle.completions import PARTS_OF_CLASS1, Cell, exact_verdict, missing_cells
from tests.oracle.edges import EDGES, SOUND, STANDARDS, STEPS, kept_bounds
from tests.oracle.firms import YEAR, draw_firm
from tests.oracle.three_values import WAN, Firm


def inputs_of(standard: str, year: int = YEAR) -> list[Cell]:
    return [(name, year - back) for back, names in STANDARDS[standard].INPUTS.items() for name in names]


def complete(firm: Firm, standard: str, year: int) -> bool:
    """No blank input and no zero denominator: what is left open is open by the one cell alone."""
    module = STANDARDS[standard]
    wholes = [("revenue", year), ("total_assets", year), ("employees", year), ("revenue", year - 1)]
    wholes += [("main_revenue", year - 1), ("main_revenue", year - 2)]
    return not missing_cells(firm, module.INPUTS, module.AWARDS, year) and all(
        firm.get(cell) for cell in wholes
    )


def around_an_edge(draw: Random, standard: str, year: int = YEAR) -> Firm:
    """A complete firm, as often as not on an edge of the standard or beside it."""
    edges = [edge for edge in EDGES if edge.standard == standard]
    while True:
        firm = draw.choice((draw_firm, SOUND[standard]))(draw, year)
        if draw.random() < 0.6:
            firm = draw.choice(edges).firm(firm, year, draw.choice(STEPS), draw.randrange(10**9))
        if complete(firm, standard, year) and kept_bounds(firm):
            return firm


def one_missing(draw: Random, standard: str, year: int = YEAR) -> tuple[Firm, Cell]:
    """A firm with exactly one input of the standard blank, and that cell."""
    module = STANDARDS[standard]
    while True:
        firm = around_an_edge(draw, standard, year)
        if draw.random() < 0.08:
            prefix = draw.choice(module.AWARDS)
            firm[f"{prefix}_rank", year], firm[f"{prefix}_year", year] = draw.choice(
                ((None, year), (None, year - 3), (2, None), (40, None), (900, None))
            )
        else:
            firm[draw.choice(inputs_of(standard, year))] = None
        gone = missing_cells(firm, module.INPUTS, module.AWARDS, year)
        if len(gone) == 1:
            return firm, gone[0]


def several_missing(draw: Random, standard: str, year: int = YEAR) -> Firm:
    """A firm with a random set of inputs blank, among them now and then a whole year."""
    firm = around_an_edge(draw, standard, year)
    for cell in draw.sample(inputs_of(standard, year), draw.choice((2, 2, 3, 5, 9))):
        firm[cell] = None
    if draw.random() < 0.1:
        gone = draw.choice((year - 1, year - 2))
        firm = {cell: value for cell, value in firm.items() if cell[1] != gone}
    return firm


# Inputs that several conditions share, or that another column bounds: here Kleene logic is over-cautious.
SHARED = {
    "innovative": ("revenue", "main_revenue", "employees", "total_assets", "class1_ip", "class1_ip_own",
                   "class1_ip_high_value", "main_revenue@1", "new_equity"),
    "srdi": ("revenue", "main_revenue", "rd_expense", "employees", "rd_employees", "total_assets", "class1_ip",
             "class1_ip_own", "class1_ip_high_value", "main_revenue@1", "main_revenue@2", "new_equity",
             "rd_institution"),
    "little_giant": ("revenue", "main_revenue", "rd_expense", "employees", "rd_employees", "total_assets",
                     "class1_ip_in_use", "main_revenue@1", "main_revenue@2", "revenue@1", "rd_expense@1"),
}  # fmt: skip
SCALED = ("revenue", "main_revenue", "rd_expense", "total_assets", "employees", "rd_employees", "net_profit")


def at_odds(draw: Random, firm: Firm, year: int) -> Firm:
    """The firm with some of its figures out of proportion, within the contract's bounds."""
    firm = dict(firm)
    for name in draw.sample(SCALED, draw.randrange(4)):
        firm[name, year] = int(firm[name, year] * draw.choice((0.02, 0.1, 0.5, 0.8, 1.2, 2, 10)))
    firm["main_revenue", year] = min(firm["main_revenue", year], firm["revenue", year])
    firm["rd_employees", year] = min(firm["rd_employees", year], firm["employees", year])
    if draw.random() < 0.3:
        firm["class1_ip", year] = draw.choice((0, 1, 2))
        for part in PARTS_OF_CLASS1:
            firm[part, year] = draw.randrange(firm["class1_ip", year] + 1)
    if draw.random() < 0.2:
        firm["employees", year] = max(firm["rd_employees", year], draw.choice((999, 1000, 1200)))
        firm["revenue", year] = max(firm["main_revenue", year], draw.choice((39_999, 40_000, 50_000)) * WAN)
    return firm


def over_cautious(draw: Random, standard: str, tries: int, year: int = YEAR) -> Iterator[tuple[Firm, Cell]]:
    """Firms whose one missing input leaves Kleene logic in doubt, though every completion agrees."""
    module = STANDARDS[standard]
    for _ in range(tries):
        firm = at_odds(draw, around_an_edge(draw, standard, year), year)
        name, _, back = draw.choice(SHARED[standard]).partition("@")
        cell = (name, year - int(back or 0))
        if firm.get(cell) is None or not complete(firm, standard, year):
            continue
        firm[cell] = None
        in_doubt = module.score(firm, year).verdict == "undetermined"
        if in_doubt and exact_verdict(module.score, firm, cell, year) != "undetermined":
            yield firm, cell
