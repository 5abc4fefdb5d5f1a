"""Every edge of the three standards and of the size classes, and how to put a firm exactly on it.

An edge is placed at a step of -1, 0 or +1: one fen (one unit) below it, on it, one above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from tests.oracle.completions import MONEY_BOUND
from tests.oracle.contexts import within_bounds
from tests.oracle.firms import HONOURS
from tests.oracle.size import FLOORS
from tests.oracle.three_values import WAN, Firm

Place = Callable[[Firm, int, int, Random], None]
A_CODE = {
    1: "03", 2: "3562", 3: "E47", 4: "5121", 5: "F52", 6: "5910", 7: "5930", 8: "60", 9: "6110", 10: "62",
    11: "I64", 12: "6511", 13: "701", 14: "K702", 15: "7211", 16: "7320",
}  # fmt: skip


@dataclass(frozen=True)
class Edge:
    """`watch` names the criterion or the condition that changes on this edge."""

    standard: str
    watch: str
    name: str
    place: Place

    def firm(self, base: Firm, year: int, step: int, seed: int) -> Firm:
        firm = dict(base)
        self.place(firm, year, step, Random(seed))
        return within_bounds(firm, year)


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


def common_edges(standard: str) -> list[Edge]:
    """The size gate, in industry: exactly 1,000 staff and 40,000 万元 is a large firm."""

    def thriving(part: Place) -> Place:
        def place(firm: Firm, year: int, step: int, draw: Random) -> None:
            for name, wan in (("revenue", 41000), ("main_revenue", 33000), ("rd_expense", 2100)):
                firm[name, year] = wan * WAN
            for name, wan in (("revenue", 38000), ("main_revenue", 30000), ("rd_expense", 2000)):
                firm[name, year - 1] = wan * WAN
            firm["main_revenue", year - 2] = 27000 * WAN
            part(firm, year, step, draw)

        return place

    gates = [
        Edge(standard, watch, f"{name} no, yes, blank", one_of(name, (False, True, None)))
        for watch, name in (
            ("legal_person", "legal_person"), ("abnormal_list", "abnormal_list"),
            ("dishonest_list", "dishonest_list"), ("restricted_products", "restricted_products"),
            ("major_incident", "major_incident_3y"),
        )
    ]  # fmt: skip
    return [
        *gates,
        Edge(standard, "sme", "staff of a large firm", thriving(count("employees", 1000))),
        Edge(standard, "sme", "revenue of a large firm", thriving(count("revenue", 40000 * WAN, employees=1001))),
    ]


def innovative_edges() -> list[Edge]:
    edges = []
    for watch, part, whole, percents in (
        ("rd_ratio", "rd_expense", "revenue", (1, 2, 3, 5)),
        ("debt_ratio", "total_liabilities", "total_assets", (55, 75)),
        ("main_share", "main_revenue", "revenue", (50, 55, 60, 70)),
    ):
        edges += [Edge("innovative", watch, f"{p}%", share(part, whole, p)) for p in percents]
    edges += [Edge("innovative", "growth", f"{p}%", rate(p)) for p in (0, 5, 10, 15)]
    none = dict.fromkeys(("class1_ip_high_value", "class1_ip_own", "class1_ip_in_use", "class1_ip", "class2_ip"), 0)
    for name in ("class1_ip_high_value", "class1_ip_own", "class1_ip", "class2_ip"):
        edges.append(Edge("innovative", "ip", f"one {name}", count(name, 1, **none)))
    strategic = ((), ("strategic_emerging", "ten_fields"), ("six_bases",))
    edges.append(Edge("innovative", "field", "strategic", one_of("product_fields", strategic)))
    levels = ("municipal", "provincial", "national"), ("provincial", "none", "below_municipal")
    edges += [Edge("innovative", "score_or_through_train", f"R&D {lv}", one_of("rd_institution", lv)) for lv in levels]
    edges += [
        Edge("innovative", "score_or_through_train", honour, one_of("honours", ((), (honour,), tuple(HONOURS))))
        for honour in HONOURS
    ]
    edges.append(Edge("innovative", "score_or_through_train", "equity", sum_of("new_equity", 500, 3)))
    for prefix in ("national_award", "provincial_award"):
        for back in (2, 0):
            edges.append(Edge("innovative", "score_or_through_train", f"{prefix} Y-{back}", won_in(prefix, back, 9)))
            edges.append(Edge("innovative", "score_or_through_train", f"{prefix} Y-{back} unranked", won_in(prefix, back, None)))
    return edges


def srdi_edges() -> list[Edge]:
    edges = []
    for watch, part, whole, percents in (
        ("main_share", "main_revenue", "revenue", (60, 70, 80)),
        ("net_margin", "net_profit", "revenue", (2, 4, 6, 8, 10)),
        ("debt_ratio", "total_liabilities", "total_assets", (50, 60, 70)),
    ):
        edges += [Edge("srdi", watch, f"{p}%", share(part, whole, p)) for p in percents]
    for percent in (0, 4, 6, 8, 10):
        edges += [
            Edge("srdi", "mean_growth", f"{percent}% by Y-{moved}", mean_rate(percent, moved)) for moved in range(3)
        ]
    edges += [Edge("srdi", "niche_years points", f"{n} years", count("niche_years", n)) for n in (2, 4, 6, 8, 10)]
    edges += [Edge("srdi", "digital_level", f"level {n}", count("digital_level", n)) for n in (2, 3)]
    none = dict.fromkeys(("class1_ip_high_value", "class1_ip_own", "class1_ip_in_use", "class1_ip", "class2_ip"), 0)
    for name in ("class1_ip_high_value", "class1_ip_own", "class1_ip", "class2_ip"):
        edges.append(Edge("srdi", "ip", f"one {name}", count(name, 1, **none)))
    for name in ("six_bases", "time_honoured", "key_chain_supplier"):
        fields = ("network_power",), (name,), ("chain_gap", name)
        edges.append(Edge("srdi", "field", name, one_of("product_fields", fields)))
    untick = dict.fromkeys(("quality_award", "qms_certificate", "own_brand", "standards_role"), False)
    for name in untick:
        edges.append(Edge("srdi", "quality", f"{name} alone", one_of(name, (False, True, None), **untick)))
        with_another = {**untick, "own_brand" if name != "own_brand" else "qms_certificate": True}
        edges.append(Edge("srdi", "quality", f"{name} second", one_of(name, (False, True, None), **with_another)))
    for levels in (("none", "below_municipal", "municipal"), ("municipal", "provincial", "national")):
        edges.append(Edge("srdi", "rd_institution", f"{levels}", one_of("rd_institution", levels)))
    # Beside an amount of one band the ratio earns less, so that the amount decides, and the other way round.
    # The first band of each is a gate too: there the firm fails on both sides.
    for wan, times in ((100, 60), (200, 33), (300, 33), (400, 33), (500, 33)):
        edges.append(Edge("srdi", "rd_input", f"{wan} 万元", amount("rd_expense", wan, {"revenue": wan * times})))
    edges.append(Edge("srdi", "rd_input", "3%", share("rd_expense", "revenue", 3, low=10**8, high=10**9)))
    for percent in (4, 6, 8, 10):
        low, high = (wan * WAN * 100 // percent for wan in (101, 200))
        edges.append(Edge("srdi", "rd_input", f"{percent}%", share("rd_expense", "revenue", percent, low, high)))
    edges += [Edge("srdi", "rd_staff", f"{p}%", staff_share(p)) for p in (5, 10, 20)]
    edges += [
        Edge("srdi", "niche_years", "2 years", count("niche_years", 2)),
        Edge("srdi", "rd_expense", "100 万元", amount("rd_expense", 100, {"revenue": 2000})),
        Edge("srdi", "rd_expense", "3%", share("rd_expense", "revenue", 3, low=4 * 10**9)),
        Edge("srdi", "revenue_or_equity", "1000 万元", amount("revenue", 1000, {"rd_expense": 200})),
        Edge("srdi", "revenue_or_equity", "equity", sum_of("new_equity", 2000, 2, low_revenue=True)),
        Edge("srdi", "score_or_through_train", "equity", sum_of("new_equity", 6000, 2)),
        Edge("srdi", "score_or_through_train", "mean R&D", rd_sum(2000)),
    ]
    for prefix, rank in (("provincial_award", 3), ("national_award", 5), ("maker_china", 500)):
        edges.append(Edge("srdi", "score_or_through_train", f"{prefix} rank", ranked(prefix, rank)))
        for back in (2, 0):
            edges.append(Edge("srdi", "score_or_through_train", f"{prefix} Y-{back}", won_in(prefix, back)))
    return edges


def steady(firm: Firm, year: int) -> None:
    """Two years of growth by a little more than 5 % up to the year, and no revenue before below it."""
    for past in (year - 1, year - 2):
        firm["main_revenue", past] = firm["main_revenue", past + 1] * 100 // 105


def little_giant_edges() -> list[Edge]:
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
            for name, value in (("revenue", 4000), ("main_revenue", 3900), ("rd_expense", 3000), ("new_equity", 8000)):
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

    edges = [
        Edge("little_giant", "specialisation", "3 years", count("niche_years", 3)),
        Edge("little_giant", "specialisation", "main share", above_100m(share_of_main)),
        *(Edge("little_giant", "specialisation", f"growth by Y-{m}", above_100m(mean(m))) for m in range(3)),
        Edge("little_giant", "refinement", "debt", share("total_liabilities", "total_assets", 70)),
        Edge("little_giant", "uniqueness", "market share", top_share()),
        Edge("little_giant", "innovation", "IP in use", count("class1_ip_in_use", 2, class1_ip=5)),
        Edge("little_giant", "innovation", "small: equity", small(sum_of("new_equity", 8000, 2))),
        Edge("little_giant", "innovation", "small: R&D", small(amount("rd_expense", 3000, {}))),
        Edge("little_giant", "innovation", "small: staff", small(staff_share(50))),
        # On 100m yuan 3% is enough, a fen below it 6% is asked for; on 50m 6%, a fen below it equity.
        Edge("little_giant", "innovation", "revenue 10000", by_revenue(10000, 400)),
        Edge("little_giant", "innovation", "revenue 5000", by_revenue(5000, 301)),
    ]
    bare = dict.fromkeys(("mgmt_certificate", "qms_certificate", "product_certificate"), False)
    answer = (False, True, None)
    edges += [Edge("little_giant", "refinement", f"{name} alone", one_of(name, answer, **bare)) for name in bare]
    for watch, name in (("refinement", "core_system"), ("uniqueness", "own_brand"), ("chain", "chain_key_link")):
        edges.append(Edge("little_giant", watch, f"{name} no, yes, blank", one_of(name, answer)))
    for field in ("six_bases", "ten_fields", "network_power"):
        fields = ("chain_gap", "strategic_emerging"), (field,), ()
        edges.append(Edge("little_giant", "product", field, one_of("product_fields", fields)))
    for level in ("below_municipal", "municipal", "provincial", "national"):
        levels = ("none", level, None)
        edges.append(Edge("little_giant", "innovation", f"R&D {level}", one_of("rd_institution", levels)))
    for wan, percent in ((10000, 3), (39999, 3), (9999, 6), (5000, 6)):
        for back in (0, 1):
            edges.append(Edge("little_giant", "innovation", f"{wan} 万元 {percent}% Y-{back}", branch(wan, percent, back)))
    for prefix, rank in (("national_award", 3), ("maker_china", 50)):
        edges.append(Edge("little_giant", "innovation", f"{prefix} rank", train(ranked(prefix, rank))))
        edges += [Edge("little_giant", "innovation", f"{prefix} Y-{b}", train(won_in(prefix, b))) for b in (2, 0)]
    return edges


def size_edges() -> list[Edge]:
    """Each figure of each class of each industry, with the firm's other figures at the same class."""

    def place_at(number: int, level: int, moved: str) -> Place:
        def place(firm: Firm, year: int, step: int, draw: Random) -> None:
            firm["industry_code", year] = A_CODE[number]
            firm["main_revenue", year] = 0
            for name, floors in FLOORS[number].items():
                unit = 1 if name == "employees" else WAN
                spare = 0 if name == moved else draw.choice((0, 0, 1, 10**6))
                firm[name, year] = floors[level] * unit + (step if name == moved else spare)

        return place

    return [
        Edge("size", "size_class", f"industry {number}, class {level}, {moved}", place_at(number, level, moved))
        for number, floors in FLOORS.items()
        for level in range(3)
        for moved in floors
    ]
