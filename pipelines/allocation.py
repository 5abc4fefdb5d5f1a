"""Both allocations under a round: from rows and the round's terms to a ledger with its inputs at hand.

What a round says comes from `data.rounds`; what a reader changes (factors by grade, the province's uniform rule,
whether what is withheld is shared out again) comes with `Asked`. Amounts in fen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from data.rounds import GRADES, Round, load_round
from metrics.allocation import allocate_central, allocate_province, firm_result
from metrics.allocation_cases import FIRM, Allocation, CentralTerms, Province, ProvinceTerms
from pipelines.allocation_files import ProvinceFile, recipient
from pipelines.allocation_sheets import Values

RULES = ("investment", "score", "investment_score")
DEFAULT_ROUND = "round-1"


class AskedError(ValueError):
    """A wrong question: no such tranche, factor or rule. The message names what there is."""


@dataclass(frozen=True)
class Asked:
    """Under which round and tranche, with which factors; ``share_out`` is the reason to redistribute ("" = not)."""

    round: Round
    tranche: int = 1
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    share_out: str = ""

    @property
    def factor_of(self) -> dict[str, Decimal]:
        """The factor of each grade, best first: the round's unless changed."""
        return {grade: self.factors.get(grade, self.round.grade_factors[grade]) for grade in GRADES}


@dataclass(frozen=True)
class Outcome:
    """An allocation with what it was asked, the reader's inputs by key, and the names of the keys."""

    case: str
    asked: Asked
    allocation: Allocation
    inputs: Mapping[str, Values]
    names: Mapping[str, str]
    by: str = ""


def asked_of(
    round_code: str = DEFAULT_ROUND,
    tranche: int = 1,
    factors: Mapping[str, Decimal] | None = None,
    share_out: str = "",
) -> Asked:
    """A question, checked against the round. Raises RoundError, AskedError."""
    found = load_round(round_code)
    found.tranche(tranche)
    given = dict(factors or {})
    if unknown := [grade for grade in given if grade not in GRADES]:
        raise AskedError(f"no grade {unknown[0]!r}. Grades: {', '.join(GRADES)}.")
    if any(not factor.is_finite() or factor < 0 for factor in given.values()):
        raise AskedError("a factor is a number of at least 0.")
    return Asked(found, tranche, given, share_out.strip())


def central(
    provinces: Sequence[Province], asked: Asked, pot: int | None, names: Mapping[str, str]
) -> Outcome:
    """The centre's allocation of ``pot`` fen (None: of what is measured). Raises CaseError, AllocationError."""
    terms = CentralTerms(
        asked.round.firm_entitlement_fen,
        asked.tranche,
        asked.round.tranche(asked.tranche).share,
        {grade: Fraction(factor) for grade, factor in asked.factor_of.items()},
    )
    allocation = allocate_central(provinces, terms, pot, redistribute=bool(asked.share_out))
    inputs = {each.code: _shown(each) for each in provinces}
    return Outcome("central", asked, allocation, inputs, {each.code: names[each.code] for each in provinces})


def plan(given: ProvinceFile, asked: Asked, received: int, by: str) -> Outcome:
    """A province's plan for ``received`` fen under a uniform rule. Raises AskedError, CaseError, AllocationError."""
    if by not in RULES:
        raise AskedError(f"no rule {by!r}. Rules: {', '.join(RULES)}.")
    found = asked.round
    terms = ProvinceTerms(
        asked.tranche,
        Fraction(found.direct_share_pct),
        None if found.empowerment_share_pct is None else Fraction(found.empowerment_share_pct),
        found.platforms_at_most,
    )
    results = {row["key"]: _result(row, asked) for row in given.rows}
    weights = {row["key"]: _weight(row, by) for row in given.rows}
    recipients = [recipient(row, weights[row["key"]], results[row["key"]]) for row in given.rows]
    allocation = allocate_province(recipients, terms, received, redistribute=bool(asked.share_out))
    inputs = {row["key"]: row | {"result": results[row["key"]], "received": received} for row in given.rows}
    return Outcome("province", asked, allocation, inputs, given.names, by)


def _shown(province: Province) -> Values:
    change = province.exception
    return {
        "province": province.code,
        "firms": province.firms,
        "continued": province.continued,
        "grade": province.grade,
        "base": province.base,
        "floor": province.floor or None,
        "cap": province.cap,
        "reason": change.reason if change else None,
        "approver": change.approver if change else None,
        "withhold": province.withhold or None,
    }


def _weight(row: Values, by: str) -> Fraction | None:
    parts: dict[str, Any] = {"investment": row.get("investment"), "score": row.get("score")}
    used = [parts[name] for name in (by,) if name in parts] or list(parts.values())
    if any(value is None for value in used):
        return None
    weight = Fraction(1)
    for value in used:
        weight *= Fraction(value)
    return weight


def _result(row: Values, asked: Asked) -> str | None:
    """The result a row states; at the end of a round with an investment floor, what its figures say."""
    stated = row.get("result")
    above = asked.round.investment_floor_fen
    is_last = asked.tranche == asked.round.tranches[-1].number
    if stated or above is None or not is_last or (row.get("kind") or FIRM) != FIRM:
        return stated
    return firm_result(row.get("investment_actual"), row.get("targets_met"), above)
