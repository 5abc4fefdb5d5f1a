"""专精特新“小巨人”企业: annex 3 of 工信部企业〔2022〕63号, six aspects, all of them, no score."""

from fractions import Fraction

from tests.oracle.gates import entry_gates
from tests.oracle.three_values import (
    NO_ROW,
    WAN,
    Firm,
    Reading,
    Truth,
    all_of,
    any_of,
    at_least,
    at_most,
    award,
    has_row,
    mean_growth,
    ratio,
    sum_at_least,
)

INPUTS = {
    0: ("legal_person", "abnormal_list", "dishonest_list", "restricted_products", "major_incident_3y",
        "industry_code", "employees", "revenue", "total_assets", "total_liabilities", "main_revenue",
        "rd_expense", "rd_employees", "new_equity", "niche_years", "class1_ip_in_use", "qms_certificate",
        "mgmt_certificate", "product_certificate", "own_brand", "core_system", "rd_institution",
        "market_share", "chain_key_link"),
    1: ("main_revenue", "revenue", "rd_expense", "new_equity"),
    2: ("main_revenue",),
}  # fmt: skip
AWARDS = ("national_award", "maker_china")


def percent(number: int) -> Fraction:
    return Fraction(number, 100)


def by_revenue(revenue, large: Truth, middle: Truth, small: Truth) -> Truth:
    """The branch of the revenue; with the revenue blank, what all three branches agree on."""
    if revenue is None:
        branches = {large, middle, small}
        return branches.pop() if len(branches) == 1 else None
    if revenue >= 10000 * WAN:
        return large
    return middle if revenue >= 5000 * WAN else small


def research(firm: Firm, year: int) -> tuple[Truth, tuple[Truth, ...]]:
    """General condition (1) of 创新能力, and the single comparisons it is made of."""

    def now(name):
        return firm.get((name, year))

    shares = [ratio(firm.get(("rd_expense", y)), firm.get(("revenue", y))) for y in (year, year - 1)]
    three = [at_least(share, percent(3)) for share in shares]
    six = [at_least(share, percent(6)) for share in shares]
    small = (
        sum_at_least([now("new_equity"), firm.get(("new_equity", year - 1))], 8000 * WAN),
        at_least(now("rd_expense"), 3000 * WAN),
        at_least(ratio(now("rd_employees"), now("employees")), percent(50)),
    )
    revenue = now("revenue")
    met = by_revenue(revenue, all_of(*three), all_of(*six), all_of(*small))
    branch = at_least(revenue, 10000 * WAN), at_least(revenue, 5000 * WAN)
    return met, (*three, *six, *small, *branch)


def score(firm: Firm, year: int) -> Reading:
    if not has_row(firm, year):
        return NO_ROW

    def now(name):
        return firm.get((name, year))

    main = [firm.get(("main_revenue", year - back)) for back in range(3)]
    fields, institution = set(now("product_fields") or ()), now("rd_institution")
    specialisation = (
        at_least(now("niche_years"), 3),
        at_least(ratio(now("main_revenue"), now("revenue")), percent(70)),
        at_least(mean_growth(*main), percent(5)),
    )
    certificate = any_of(now("mgmt_certificate"), now("qms_certificate"), now("product_certificate"))
    debt = at_most(ratio(now("total_liabilities"), now("total_assets")), percent(70))
    share = at_least(now("market_share"), 10)
    rd, rd_elements = research(firm, year)
    own_institution = None if institution is None else institution != "none"
    ip_in_use = at_least(now("class1_ip_in_use"), 2)
    general = all_of(rd, own_institution, ip_in_use)
    trains = award(firm, "national_award", year).within(3), award(firm, "maker_china", year).within(50)
    gates = entry_gates(firm, year)
    conditions = {
        **gates,
        "specialisation": all_of(*specialisation),
        "refinement": all_of(now("core_system"), certificate, debt),
        "uniqueness": all_of(share, now("own_brand")),
        "innovation": any_of(general, *trains),
        "chain": now("chain_key_link"),
        "product": bool(fields & {"six_bases", "ten_fields", "network_power"}),
    }
    meets = all_of(*conditions.values())
    route = ("general" if general else "through_train") if meets else ""
    return Reading(
        meets=meets,
        route=route,
        conditions=conditions,
        elements=(
            *specialisation,
            certificate,
            debt,
            share,
            *rd_elements,
            own_institution,
            ip_in_use,
            *trains,
        ),
    )
