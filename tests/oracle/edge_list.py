"""Every edge of the three standards and of the size classes, and how to put a firm exactly on it."""

from dataclasses import dataclass
from random import Random

from tests.oracle.annex_3_edges import little_giant_places
from tests.oracle.contexts import within_bounds
from tests.oracle.firms import HONOURS
from tests.oracle.placing import (
    Place,
    amount,
    count,
    mean_rate,
    one_of,
    ranked,
    rate,
    rd_sum,
    share,
    staff_share,
    sum_of,
    won_in,
)
from tests.oracle.size import FLOORS
from tests.oracle.three_values import WAN, Firm

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
        Edge(
            standard,
            "sme",
            "revenue of a large firm",
            thriving(count("revenue", 40000 * WAN, employees=1001)),
        ),
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
    none = dict.fromkeys(
        ("class1_ip_high_value", "class1_ip_own", "class1_ip_in_use", "class1_ip", "class2_ip"), 0
    )
    for name in ("class1_ip_high_value", "class1_ip_own", "class1_ip", "class2_ip"):
        edges.append(Edge("innovative", "ip", f"one {name}", count(name, 1, **none)))
    strategic = ((), ("strategic_emerging", "ten_fields"), ("six_bases",))
    edges.append(Edge("innovative", "field", "strategic", one_of("product_fields", strategic)))
    levels = ("municipal", "provincial", "national"), ("provincial", "none", "below_municipal")
    edges += [
        Edge("innovative", "score_or_through_train", f"R&D {lv}", one_of("rd_institution", lv))
        for lv in levels
    ]
    edges += [
        Edge(
            "innovative", "score_or_through_train", honour, one_of("honours", ((), (honour,), tuple(HONOURS)))
        )
        for honour in HONOURS
    ]
    edges.append(Edge("innovative", "score_or_through_train", "equity", sum_of("new_equity", 500, 3)))
    for prefix in ("national_award", "provincial_award"):
        for back in (2, 0):
            edges.append(
                Edge("innovative", "score_or_through_train", f"{prefix} Y-{back}", won_in(prefix, back, 9))
            )
            edges.append(
                Edge(
                    "innovative",
                    "score_or_through_train",
                    f"{prefix} Y-{back} unranked",
                    won_in(prefix, back, None),
                )
            )
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
            Edge("srdi", "mean_growth", f"{percent}% by Y-{moved}", mean_rate(percent, moved))
            for moved in range(3)
        ]
    edges += [
        Edge("srdi", "niche_years points", f"{n} years", count("niche_years", n)) for n in (2, 4, 6, 8, 10)
    ]
    edges += [Edge("srdi", "digital_level", f"level {n}", count("digital_level", n)) for n in (2, 3)]
    none = dict.fromkeys(
        ("class1_ip_high_value", "class1_ip_own", "class1_ip_in_use", "class1_ip", "class2_ip"), 0
    )
    for name in ("class1_ip_high_value", "class1_ip_own", "class1_ip", "class2_ip"):
        edges.append(Edge("srdi", "ip", f"one {name}", count(name, 1, **none)))
    for name in ("six_bases", "time_honoured", "key_chain_supplier"):
        fields = ("network_power",), (name,), ("chain_gap", name)
        edges.append(Edge("srdi", "field", name, one_of("product_fields", fields)))
    untick = dict.fromkeys(("quality_award", "qms_certificate", "own_brand", "standards_role"), False)
    for name in untick:
        edges.append(Edge("srdi", "quality", f"{name} alone", one_of(name, (False, True, None), **untick)))
        with_another = {**untick, "own_brand" if name != "own_brand" else "qms_certificate": True}
        edges.append(
            Edge("srdi", "quality", f"{name} second", one_of(name, (False, True, None), **with_another))
        )
    for levels in (("none", "below_municipal", "municipal"), ("municipal", "provincial", "national")):
        edges.append(Edge("srdi", "rd_institution", f"{levels}", one_of("rd_institution", levels)))
    # Beside an amount of one band the ratio earns less, so that the amount decides, and the other way round.
    # The first band of each is a gate too: there the firm fails on both sides.
    for wan, times in ((100, 60), (200, 33), (300, 33), (400, 33), (500, 33)):
        edges.append(
            Edge("srdi", "rd_input", f"{wan} 万元", amount("rd_expense", wan, {"revenue": wan * times}))
        )
    edges.append(Edge("srdi", "rd_input", "3%", share("rd_expense", "revenue", 3, low=10**8, high=10**9)))
    for percent in (4, 6, 8, 10):
        low, high = (wan * WAN * 100 // percent for wan in (101, 200))
        edges.append(
            Edge("srdi", "rd_input", f"{percent}%", share("rd_expense", "revenue", percent, low, high))
        )
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


def little_giant_edges() -> list[Edge]:
    return [Edge("little_giant", watch, name, place) for watch, name, place in little_giant_places()]


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
        Edge(
            "size", "size_class", f"industry {number}, class {level}, {moved}", place_at(number, level, moved)
        )
        for number, floors in FLOORS.items()
        for level in range(3)
        for moved in floors
    ]
