"""The entry gates of all three tiers, G1 to G5: blank is missing, a large firm fails."""

from tests.oracle.size import is_large
from tests.oracle.three_values import Firm, Truth, negated


def entry_gates(firm: Firm, year: int) -> dict[str, Truth]:
    return {
        "legal_person": firm.get(("legal_person", year)),
        "sme": negated(is_large(firm, year)),
        "abnormal_list": negated(firm.get(("abnormal_list", year))),
        "dishonest_list": negated(firm.get(("dishonest_list", year))),
        "restricted_products": negated(firm.get(("restricted_products", year))),
        "major_incident": negated(firm.get(("major_incident_3y", year))),
    }
