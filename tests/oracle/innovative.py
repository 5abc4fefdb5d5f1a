"""创新型中小企业: annex 1 of 工信部企业〔2022〕63号, six indicators, typed from the text."""

from fractions import Fraction

from tests.oracle.gates import entry_gates
from tests.oracle.three_values import (
    NO_ROW,
    WAN,
    Firm,
    Points,
    Reading,
    Truth,
    all_of,
    any_of,
    at_least,
    award,
    falling,
    first_of,
    growth,
    has_row,
    ratio,
    reaches,
    rising,
    sum_at_least,
    total,
)

GROUPS = {
    "innovation": ("ip", "rd_ratio"),
    "growth": ("growth", "debt_ratio"),
    "specialisation": ("field", "main_share"),
}
INPUTS = {
    0: ("legal_person", "abnormal_list", "dishonest_list", "restricted_products", "major_incident_3y",
        "industry_code", "employees", "revenue", "total_assets", "total_liabilities", "main_revenue",
        "rd_expense", "new_equity", "class1_ip", "class1_ip_own", "class1_ip_high_value", "class2_ip",
        "rd_institution"),
    1: ("main_revenue", "new_equity"),
    2: ("new_equity",),
}  # fmt: skip
AWARDS = ("national_award", "provincial_award")


def percent(number: int) -> Fraction:
    return Fraction(number, 100)


def criterion_points(firm: Firm, year: int) -> dict[str, Points]:
    def now(name):
        return firm.get((name, year))

    before = firm.get(("main_revenue", year - 1))
    fields = now("product_fields") or ()
    return {
        "ip": first_of(
            (at_least(now("class1_ip_high_value"), 1), 20),
            (at_least(now("class1_ip_own"), 1), 15),
            (at_least(now("class1_ip"), 1), 10),
            (at_least(now("class2_ip"), 1), 5),
            otherwise=0,
        ),
        "rd_ratio": rising(
            ratio(now("rd_expense"), now("revenue")),
            (percent(5), 20), (percent(3), 15), (percent(2), 10), (percent(1), 5),
        ),
        "growth": rising(
            growth(now("main_revenue"), before),
            (percent(15), 20), (percent(10), 15), (percent(5), 10), (percent(0), 5),
        ),
        "debt_ratio": falling(
            ratio(now("total_liabilities"), now("total_assets")), (percent(55), 10), (percent(75), 5)
        ),
        "field": (10, 10) if "strategic_emerging" in fields else (5, 5),
        "main_share": rising(
            ratio(now("main_revenue"), now("revenue")),
            (percent(70), 20), (percent(60), 15), (percent(55), 10), (percent(50), 5),
        ),
    }  # fmt: skip


def through_trains(firm: Firm, year: int) -> tuple[Truth, ...]:
    institution = firm.get(("rd_institution", year))
    return (
        award(firm, "national_award", year).won,
        award(firm, "provincial_award", year).won,
        bool(set(firm.get(("honours", year)) or ())
             & {"high_tech", "tech_innovation_demo", "ip_advantage", "ip_demo"}),
        None if institution is None else institution in ("provincial", "national"),
        sum_at_least([firm.get(("new_equity", year - back)) for back in range(3)], 500 * WAN),
    )  # fmt: skip


def score(firm: Firm, year: int) -> Reading:
    if not has_row(firm, year):
        return NO_ROW
    gates, points, trains = entry_gates(firm, year), criterion_points(firm, year), through_trains(firm, year)
    sums = {name: total(*(points[part] for part in parts)) for name, parts in GROUPS.items()}
    by_score = (
        reaches(total(*points.values()), 60),
        reaches(sums["innovation"], 20),
        reaches(sums["growth"], 15),
        reaches(sums["specialisation"], 15),
    )
    score_route, train = all_of(*by_score), any_of(*trains)
    meets = all_of(*gates.values(), any_of(score_route, train))
    route = ("score" if score_route else "through_train") if meets else ""
    return Reading(
        meets=meets,
        route=route,
        points=points,
        conditions={**gates, "score_or_through_train": any_of(score_route, train)},
        elements=(*trains, *by_score),
    )
