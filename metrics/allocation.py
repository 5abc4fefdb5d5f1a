"""Both allocations of central reward funds: the centre to provinces, a province to its firms and platforms.

A province's entitlement is measured by head count: firms × the amount for each over the round × the tranche's share.
That measures what a province may get and is never a firm's payment. From the second tranche only firms that continue
to be supported count. No source gives a factor by grade, so factors are an editable assumption, 1 unless changed.
A province shares what it received by one uniform rule over a weight of each firm, never flatly, and keeps the least
share for firms whatever platforms ask for. Sources: 财建〔2021〕2号, 财建〔2024〕148号; numbers come with the terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import polars as pl

from metrics.allocation_cases import (
    CONTINUES,
    FIRM,
    Allocation,
    CaseError,
    CentralTerms,
    Province,
    ProvinceTerms,
    Recipient,
)
from metrics.allocation_checks import central_constraints, province_constraints
from metrics.step_ledger import FEN_PER_YUAN, STEPS, Ledger, Line, in_whole_yuan, run


def allocate_central(
    provinces: Sequence[Province],
    terms: CentralTerms,
    pot: int | None = None,
    *,
    redistribute: bool = False,
) -> Allocation:
    """The centre's allocation of ``pot`` fen among provinces; without a pot, of what is measured.

    A pot below the measure is shared in proportion to it; what a pot holds beyond the measure is withheld.
    Raises CaseError and AllocationError.
    """
    _refuse_rising(terms.factors)
    measured = {each.code: _measured(each, terms) for each in provinces}
    total = sum(measured.values(), Fraction(0))
    if not total:
        raise CaseError("nothing_measured")
    given = ceil(total) if pot is None else pot
    scale = min(Fraction(1), given / total)
    ranks = {grade: place for place, grade in enumerate(terms.factors)}
    lines = [
        Line(
            key=each.code,
            base=measured[each.code] * scale,
            kept=_kept(each, terms.tranche),
            factor=_factor(each, terms),
            floor=each.floor,
            cap=each.cap,
            exception=each.exception,
            withhold=each.withhold,
            rank=ranks.get(each.grade or "", len(ranks)),
        )
        for each in provinces
    ]
    ledger = run(lines, given, redistribute=redistribute)
    # Where the pot does not cut it, the measure is written as its column is.
    shown = ledger.amounts("base") if scale == 1 else {code: floor(each) for code, each in measured.items()}
    recoveries = {each.code: each.recovery for each in provinces if each.recovery}
    constraints = central_constraints(provinces, terms, ledger, shown)
    return Allocation(ledger, shown, recoveries, constraints)


def allocate_province(
    recipients: Sequence[Recipient], terms: ProvinceTerms, received: int, *, redistribute: bool = False
) -> Allocation:
    """A province's plan for ``received`` fen: requests of others first, within their limit; the rest by weight.

    Raises CaseError and AllocationError.
    """
    firms = [each for each in recipients if each.kind == FIRM]
    others = [each for each in recipients if each.kind != FIRM]
    granted = _granted(others, terms, received)
    pool = received - sum(granted.values())
    weights = {each.key: _weight(each) for each in firms}
    everything = sum(weights.values(), Fraction(0))
    if not everything:
        raise CaseError("no_weight")
    assessed = terms.tranche > 1 and any(each.result for each in firms)
    base = {key: pool * weight / everything for key, weight in weights.items()}
    parts = [
        run([_line(each, base[each.key], assessed) for each in firms], pool, redistribute=redistribute),
        run([_line(each, Fraction(granted[each.key]), False) for each in others], received - pool),
    ]
    ledger = Ledger(
        received,
        pl.concat([part.table for part in parts]).sort("key"),
        {step: sum(part.withheld[step] for part in parts) for step in STEPS},
    )
    measured = {
        each.key: floor(base[each.key]) if each.kind == FIRM else each.requested for each in recipients
    }
    recoveries = {each.key: each.paid for each in firms if each.result == "recover" and each.paid}
    constraints = province_constraints(recipients, terms, ledger, assessed=assessed)
    return Allocation(ledger, measured, recoveries, constraints)


def firm_result(investment: int | None, is_met: bool | None, above: int) -> str | None:
    """What the end of a round with an investment floor says of a firm: recover, stop or continue; None: not known.

    ``investment`` and ``above`` in fen; the investment has to exceed ``above``.
    """
    if investment is None:
        return None
    if investment <= above:
        return "recover"
    return None if is_met is None else CONTINUES if is_met else "stop"


def _measured(province: Province, terms: CentralTerms) -> Fraction:
    if province.base is not None:
        return Fraction(province.base)
    return province.firms * terms.firm_entitlement_fen * terms.share


def _kept(province: Province, tranche: int) -> Fraction:
    if tranche <= 1 or province.continued is None or not province.firms:
        return Fraction(1)
    return Fraction(province.continued, province.firms)


def _factor(province: Province, terms: CentralTerms) -> Fraction | None:
    """The grade's factor; without a grade the factor all grades share, and none where they differ."""
    if terms.tranche <= 1:
        return Fraction(1)
    if province.grade is not None:
        return terms.factors[province.grade]
    shared = set(terms.factors.values())
    return shared.pop() if len(shared) == 1 else None


def _refuse_rising(factors: Mapping[str, Fraction]) -> None:
    """A worse grade never has the larger factor."""
    listed = list(factors.items())
    for (_, better), (grade, worse) in pairwise(listed):
        if worse > better:
            raise CaseError("factors_rise", grade)


def _weight(firm: Recipient) -> Fraction:
    if firm.weight is None:
        raise CaseError("weight_missing", firm.key)
    return firm.weight


def _granted(others: Sequence[Recipient], terms: ProvinceTerms, received: int) -> dict[str, int]:
    """What platforms and empowerment work get: their requests in whole yuan, cut alike to what firms must not have."""
    firms_least = ceil(received * terms.direct_share_pct / 100 / FEN_PER_YUAN) * FEN_PER_YUAN
    limit = received - firms_least
    if terms.empowerment_share_pct is not None:
        limit = min(limit, floor(received * terms.empowerment_share_pct / 100))
    requested = sum(each.requested for each in others)
    scale = min(Fraction(1), Fraction(max(limit, 0), requested)) if requested else Fraction(0)
    ordered = sorted(others, key=lambda each: each.key)
    amounts = [each.requested * scale for each in ordered]
    whole = in_whole_yuan(
        [Line(each.key, amount) for each, amount in zip(ordered, amounts, strict=True)], amounts
    )
    return {each.key: amount for each, amount in zip(ordered, whole, strict=True)}


def _line(recipient: Recipient, base: Fraction, is_assessed: bool) -> Line:
    return Line(
        key=recipient.key,
        base=base,
        kept=Fraction(int(not is_assessed or recipient.result == CONTINUES)),
        floor=recipient.floor,
        cap=recipient.cap,
        exception=recipient.exception,
        withhold=recipient.withhold,
    )
