"""The edges of annex 3, each beside figures that keep the other aspects of the firm met."""

from random import Random

from tests.oracle.placing import (
    Place,
    amount,
    count,
    mean_rate,
    one_of,
    ranked,
    share,
    staff_share,
    steady,
    sum_of,
    top_share,
    won_in,
)
from tests.oracle.three_values import WAN, Firm


def branch(wan: int, percent: int, back: int) -> Place:
    """R&D ratio of one year at its edge, in the branch of the revenue of year Y."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        firm["revenue", year], firm["main_revenue", year] = wan * WAN, wan * WAN // 100 * 80
        firm["revenue", year - 1] = wan * WAN // 100 * 79
        for past in (year, year - 1):
            firm["rd_expense", past] = firm["revenue", past] // 100 * percent
        firm["rd_expense", year - back] += step
        steady(firm, year)

    return place


def small(part: Place) -> Place:
    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        for name, value in (
            ("revenue", 4000),
            ("main_revenue", 3900),
            ("rd_expense", 3000),
            ("new_equity", 8000),
        ):
            firm[name, year] = value * WAN
        firm["employees", year], firm["rd_employees", year] = 100, 50
        steady(firm, year)
        part(firm, year, step, draw)

    return place


def by_revenue(wan: int, rd_expense: int) -> Place:
    """Revenue at the edge of two branches, with a year before that satisfies either."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        firm["main_revenue", year] = wan * WAN // 100 * 75
        steady(firm, year)
        firm["revenue", year - 1] = wan * WAN
        firm["rd_expense", year - 1] = wan * WAN // 100 * 6
        amount("revenue", wan, {"rd_expense": rd_expense})(firm, year, step, draw)

    return place


def train(part: Place) -> Place:
    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        firm["class1_ip_in_use", year] = 1
        part(firm, year, step, draw)

    return place


def above_100m(part: Place) -> Place:
    """Main-business revenue as placed, with enough R&D for the branch of 100m yuan and more."""

    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        part(firm, year, step, draw)
        main = firm["main_revenue", year]
        firm["revenue", year] = max(firm["revenue", year], main)
        for past in (year, year - 1):
            firm["revenue", past] = max(firm["revenue", past], firm["main_revenue", past])
            firm["rd_expense", past] = firm["revenue", past] // 100 * 4

    return place


def share_of_main(firm: Firm, year: int, step: int, draw: Random) -> None:
    share("main_revenue", "revenue", 70, low=10**10)(firm, year, step, draw)
    firm["main_revenue", year - 1] = firm["main_revenue", year] * 100 // 106
    firm["main_revenue", year - 2] = firm["main_revenue", year - 1] * 100 // 106


def mean(moved: int) -> Place:
    def place(firm: Firm, year: int, step: int, draw: Random) -> None:
        mean_rate(5, moved, 10**6, 3 * 10**6)(firm, year, step, draw)
        firm["revenue", year] = firm["main_revenue", year] * 100 // 80

    return place


def little_giant_places() -> list[tuple[str, str, Place]]:
    """Aspect, name and way of each edge."""
    edges = [
        ("specialisation", "3 years", count("niche_years", 3)),
        ("specialisation", "main share", above_100m(share_of_main)),
        *(("specialisation", f"growth by Y-{m}", above_100m(mean(m))) for m in range(3)),
        ("refinement", "debt", share("total_liabilities", "total_assets", 70)),
        ("uniqueness", "market share", top_share()),
        ("innovation", "IP in use", count("class1_ip_in_use", 2, class1_ip=5)),
        ("innovation", "small: equity", small(sum_of("new_equity", 8000, 2))),
        ("innovation", "small: R&D", small(amount("rd_expense", 3000, {}))),
        ("innovation", "small: staff", small(staff_share(50))),
        # On 100m yuan 3% is enough, a fen below it 6% is asked for; on 50m 6%, a fen below it equity.
        ("innovation", "revenue 10000", by_revenue(10000, 400)),
        ("innovation", "revenue 5000", by_revenue(5000, 301)),
    ]
    bare = dict.fromkeys(("mgmt_certificate", "qms_certificate", "product_certificate"), False)
    answer = (False, True, None)
    edges += [("refinement", f"{name} alone", one_of(name, answer, **bare)) for name in bare]
    for watch, name in (
        ("refinement", "core_system"),
        ("uniqueness", "own_brand"),
        ("chain", "chain_key_link"),
    ):
        edges.append((watch, f"{name} no, yes, blank", one_of(name, answer)))
    for field in ("six_bases", "ten_fields", "network_power"):
        fields = ("chain_gap", "strategic_emerging"), (field,), ()
        edges.append(("product", field, one_of("product_fields", fields)))
    for level in ("below_municipal", "municipal", "provincial", "national"):
        levels = ("none", level, None)
        edges.append(("innovation", f"R&D {level}", one_of("rd_institution", levels)))
    for wan, percent in ((10000, 3), (39999, 3), (9999, 6), (5000, 6)):
        for back in (0, 1):
            edges.append(("innovation", f"{wan} 万元 {percent}% Y-{back}", branch(wan, percent, back)))
    for prefix, rank in (("national_award", 3), ("maker_china", 50)):
        edges.append(("innovation", f"{prefix} rank", train(ranked(prefix, rank))))
        edges += [("innovation", f"{prefix} Y-{b}", train(won_in(prefix, b))) for b in (2, 0)]
    return edges
