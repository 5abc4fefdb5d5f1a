"""专精特新中小企业: annex 2 of 工信部企业〔2022〕63号, four gates and 13 indicators, typed from the text."""

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
    best_of,
    falling,
    first_of,
    has_row,
    mean_growth,
    negated,
    ratio,
    reaches,
    rising,
    sum_at_least,
    ticks,
    total,
)

INPUTS = {
    0: ("legal_person", "abnormal_list", "dishonest_list", "restricted_products", "major_incident_3y",
        "industry_code", "employees", "revenue", "total_assets", "total_liabilities", "main_revenue",
        "net_profit", "rd_expense", "rd_employees", "new_equity", "niche_years", "class1_ip",
        "class1_ip_own", "class1_ip_high_value", "class2_ip", "digital_level", "quality_award",
        "qms_certificate", "own_brand", "standards_role", "rd_institution", "provincial_points"),
    1: ("main_revenue", "rd_expense", "new_equity"),
    2: ("main_revenue",),
}  # fmt: skip
AWARDS = ("national_award", "provincial_award", "maker_china")

INSTITUTION = {"national": 10, "provincial": 8, "municipal": 4, "below_municipal": 2, "none": 0}


def percent(number: int) -> Fraction:
    return Fraction(number, 100)


def in_range(value, low: int, high: int) -> Points:
    return (low, high) if value is None else (value, value)


def field_points(fields) -> int:
    if "chain_gap" in fields:
        return 5
    return 3 if set(fields) & {"six_bases", "time_honoured", "key_chain_supplier"} else 0


def criterion_points(firm: Firm, year: int) -> dict[str, Points]:
    def now(name):
        return firm.get((name, year))

    main = [firm.get(("main_revenue", year - back)) for back in range(3)]
    niche, institution, rd_expense = now("niche_years"), now("rd_institution"), now("rd_expense")
    rd_ratio = ratio(rd_expense, now("revenue"))
    digital = now("digital_level")
    return {
        "main_share": rising(
            ratio(now("main_revenue"), now("revenue")), (percent(80), 5), (percent(70), 3), (percent(60), 1)
        ),
        "mean_growth": rising(
            mean_growth(*main),
            (percent(10), 10), (percent(8), 8), (percent(6), 6), (percent(4), 4), (percent(0), 2),
        ),
        "niche_years": (0, 5) if niche is None else (min(5, niche // 2),) * 2,
        "field": (field_points(now("product_fields") or ()),) * 2,
        "digital_level": first_of((at_least(digital, 3), 5), (at_least(digital, 2), 3), otherwise=0),
        "quality": ticks(
            3, 5, now("quality_award"), now("qms_certificate"), now("own_brand"), now("standards_role")
        ),
        "net_margin": rising(
            ratio(now("net_profit"), now("revenue")),
            (percent(10), 10), (percent(8), 8), (percent(6), 6), (percent(4), 4), (percent(2), 2),
        ),
        "debt_ratio": falling(
            ratio(now("total_liabilities"), now("total_assets")),
            (percent(50), 5), (percent(60), 3), (percent(70), 1),
        ),
        "characteristic": in_range(now("provincial_points"), 0, 15),
        "ip": first_of(
            (at_least(now("class1_ip_high_value"), 1), 10),
            (at_least(now("class1_ip_own"), 1), 8),
            (at_least(now("class1_ip"), 1), 6),
            (at_least(now("class2_ip"), 1), 2),
            otherwise=0,
        ),
        "rd_input": best_of(
            rising(rd_expense, (500 * WAN, 10), (400 * WAN, 8), (300 * WAN, 6), (200 * WAN, 4), (100 * WAN, 2)),
            rising(
                rd_ratio, (percent(10), 10), (percent(8), 8), (percent(6), 6), (percent(4), 4), (percent(3), 2)
            ),
        ),
        "rd_staff": rising(
            ratio(now("rd_employees"), now("employees")), (percent(20), 5), (percent(10), 3), (percent(5), 1)
        ),
        "rd_institution": (0, 10) if institution is None else (INSTITUTION[institution],) * 2,
    }  # fmt: skip


def equity_of_two_years(firm: Firm, year: int, edge: int) -> Truth:
    return sum_at_least([firm.get(("new_equity", year)), firm.get(("new_equity", year - 1))], edge * WAN)


def through_trains(firm: Firm, year: int) -> tuple[Truth, ...]:
    """Awards; mean R&D expense of the last two years; equity; 创客中国. They replace only the score."""
    return (
        award(firm, "provincial_award", year).within(3),
        award(firm, "national_award", year).within(5),
        sum_at_least([firm.get(("rd_expense", year)), firm.get(("rd_expense", year - 1))], 2 * 1000 * WAN),
        equity_of_two_years(firm, year, 6000),
        award(firm, "maker_china", year).within(500),
    )


def score(firm: Firm, year: int) -> Reading:
    if not has_row(firm, year):
        return NO_ROW
    gates, points, trains = entry_gates(firm, year), criterion_points(firm, year), through_trains(firm, year)
    rd_expense, revenue = firm.get(("rd_expense", year)), firm.get(("revenue", year))
    rd_amount, rd_share = at_least(rd_expense, 100 * WAN), at_least(ratio(rd_expense, revenue), percent(3))
    enough_revenue, equity = at_least(revenue, 1000 * WAN), equity_of_two_years(firm, year, 2000)
    by_score, train = reaches(total(*points.values()), 60), any_of(*trains)
    conditions = {
        **gates,
        "niche_years": at_least(firm.get(("niche_years", year)), 2),
        "rd_expense": all_of(rd_amount, rd_share),
        "revenue_or_equity": any_of(enough_revenue, all_of(negated(enough_revenue), equity)),
        "score_or_through_train": any_of(by_score, train),
    }
    # Either way round the equity decides once it is there, whatever the revenue.
    if equity:
        conditions["revenue_or_equity"] = True
    meets = all_of(*conditions.values())
    route = ("score" if by_score else "through_train") if meets else ""
    return Reading(
        meets=meets,
        route=route,
        points=points,
        conditions=conditions,
        elements=(*trains, rd_amount, rd_share, enough_revenue, equity, by_score),
    )
