"""What the product says of a firm, held against what the notices say of it."""

from fractions import Fraction
from random import Random

from tests.oracle.completions import (
    AT_MOST,
    choices,
    exact_verdict,
    missing_cells,
    number_bounds,
    readings,
)
from tests.oracle.edges import STANDARDS
from tests.oracle.firms import YEAR
from tests.oracle.size import industry
from tests.oracle.three_values import Firm, Reading, has_row


def cells_missing(firm: Firm, standard: str, year: int = YEAR) -> list:
    module = STANDARDS[standard]
    return missing_cells(firm, module.INPUTS, module.AWARDS, year)


def a_denominator_is_zero(firm: Firm, year: int) -> bool:
    wholes = [("revenue", year), ("total_assets", year), ("employees", year), ("revenue", year - 1)]
    wholes += [("main_revenue", year - 1), ("main_revenue", year - 2)]
    return any(firm.get(cell) == 0 for cell in wholes)


def expected_verdict(firm: Firm, standard: str, year: int = YEAR) -> tuple[str, bool]:
    """The verdict, and whether a decided one is also demanded: with several inputs blank Kleene logic may be
    bettered, with at most one it may not."""
    module, reading = STANDARDS[standard], STANDARDS[standard].score(firm, year)
    gone = cells_missing(firm, standard, year)
    if not has_row(firm, year) or not gone:
        return reading.verdict, True
    if len(gone) == 1 and not a_denominator_is_zero(firm, year):
        return exact_verdict(module.score, firm, gone[0], year), True
    return reading.verdict, False


def completed(firm: Firm, standard: str, draw: Random, year: int = YEAR) -> Firm:
    """The firm with every blank input filled by some value that the contract allows there, extremes first."""
    full, cells = dict(firm), cells_missing(firm, standard, year)
    cells.sort(key=lambda cell: cell[0] in AT_MOST)  # a whole before its parts
    for cell in cells:
        listed = choices(cell, year)
        if listed:
            full[cell] = draw.choice(listed)
        elif cell[0] == "market_share":
            full[cell] = Fraction(draw.choice((0, 10, 100)))
        elif cell[0] == "provincial_points":
            full[cell] = Fraction(draw.choice((0, 7, 15)))
        elif cell[0].endswith("_rank"):
            full[cell] = draw.choice((1, 3, 4, 50, 501))
        else:
            low, high = number_bounds(full, cell)
            near = [
                v for v in (1, 2, 10**8, 10**9, 5 * 10**9, 10**10, full.get((cell[0], year))) if v is not None
            ]
            full[cell] = draw.choice((low, high, *(v for v in near if low <= v <= high)))
    return full


def verdict_faults(row: dict[str, str], firm: Firm, standard: str, year: int = YEAR) -> list[str]:
    said = row["verdict"]
    verdict, demanded = expected_verdict(firm, standard, year)
    if said == verdict:
        return []
    if demanded or verdict != "undetermined":
        return [f"verdict {said}, by the notice {verdict}"]
    draw = Random(row["uscc"])
    for _ in range(40):
        other = STANDARDS[standard].score(completed(firm, standard, draw, year), year).verdict
        if other != said:
            return [f"verdict {said}, but one completion is {other}"]
    return []


def score_faults(
    row: dict[str, str], firm: Firm, standard: str, reading: Reading, year: int = YEAR
) -> list[str]:
    """The exact score, or bounds that hold every completion and are no wider than Kleene's."""
    if reading.score_range is None:
        return [f"score {row['score']!r} where there is none"] if row["score"] else []
    low, high = reading.score_range
    if row["score"]:
        said_low = said_high = Fraction(row["score"])
    elif low == high:
        return [f"score blank, by the notice {low}"]
    else:
        said_low, said_high = Fraction(row["score_low"]), Fraction(row["score_high"])
    faults = []
    if not low <= said_low <= said_high <= high:
        faults.append(f"score {said_low}..{said_high}, by the notice {low}..{high}")
    gone = cells_missing(firm, standard, year)
    if len(gone) == 1:
        ranges = [r.score_range for r in readings(STANDARDS[standard].score, firm, gone[0], year)]
        if min(r[0] for r in ranges) < said_low or max(r[1] for r in ranges) > said_high:
            faults.append(f"score {said_low}..{said_high} leaves out a completion")
    return faults


def points_faults(row: dict[str, str], reading: Reading) -> list[str]:
    return [
        f"{criterion} {row[f'points_{criterion}']} points, by the notice {low}"
        for criterion, (low, high) in reading.points.items()
        if low == high and Fraction(row[f"points_{criterion}"] or -1) != low
    ]


def route_faults(row: dict[str, str], firm: Firm, standard: str, reading: Reading, year: int) -> list[str]:
    """Kleene's route, or with inputs missing one that every completion takes."""
    said, module, gone = row["route"], STANDARDS[standard], cells_missing(firm, standard, year)
    if row["verdict"] != "meets":
        return [f"route {said} on a firm that {row['verdict']}"] if said else []
    if said == reading.route:
        return []
    if len(gone) == 1:
        taken = {found.route for found in readings(module.score, firm, gone[0], year)}
    else:
        draw = Random(row["uscc"])
        taken = (
            {module.score(completed(firm, standard, draw, year), year).route for _ in range(40)}
            if gone
            else set()
        )
    # A firm that some completions pass by score may still be sure of its through-train alone.
    wrong = taken != {said} if said in ("score", "general") or reading.route or not gone else False
    return [f"route {said!r}, by the notice {reading.route!r} or {sorted(taken)}"] if wrong else []


def reason_faults(row: dict[str, str], firm: Firm, standard: str, reading: Reading, year: int) -> list[str]:
    """Route, failed conditions and missing cells, as far as the verdict calls for them."""
    faults, whole = [], not cells_missing(firm, standard, year)
    failed = set(filter(None, row["failed"].split(";")))
    if row["verdict"] == "fails":
        if whole and failed != reading.failed:
            faults.append(f"failed {sorted(failed)}, by the notice {sorted(reading.failed)}")
        if not failed or not reading.failed <= failed:
            faults.append(f"failed {sorted(failed)} leaves out some of {sorted(reading.failed)}")
    faults += route_faults(row, firm, standard, reading, year)
    if row["verdict"] == "undetermined" and has_row(firm, year):
        cells = [
            (name, int(past))
            for name, past in (c.split("@") for c in filter(None, row["missing"].split(";")))
        ]
        unplaced = industry(firm.get(("industry_code", year))) is None
        if not cells and not unplaced:
            faults.append("undetermined with nothing missing")
        faults += [
            f"{cell} is named missing and is not"
            for cell in cells
            if firm.get(cell) and not (unplaced and cell[0] == "industry_code")
        ]
    return faults


def faults(row: dict[str, str], firm: Firm, standard: str, year: int = YEAR) -> list[str]:
    """Everything in one row of the output that the notices contradict."""
    found = verdict_faults(row, firm, standard, year)
    if not has_row(firm, year):
        return found
    reading = STANDARDS[standard].score(firm, year)
    return [
        *found,
        *score_faults(row, firm, standard, reading, year),
        *points_faults(row, reading),
        *reason_faults(row, firm, standard, reading, year),
    ]
