"""The rules an allocation is held to: each met, violated or undetermined, for whom, and where the rule stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from metrics.allocation_cases import (
    FIRM,
    MET,
    UNDETERMINED,
    VIOLATED,
    CentralTerms,
    Constraint,
    Province,
    ProvinceTerms,
    Recipient,
)
from metrics.step_ledger import FEN_PER_YUAN, Ledger


def central_constraints(
    provinces: Sequence[Province], terms: CentralTerms, ledger: Ledger, measured: Mapping[str, int]
) -> tuple[Constraint, ...]:
    """What a central allocation is held to; ``measured`` is each province's entitlement in the tranche, in fen."""
    final = ledger.amounts()
    total = sum(measured.values())
    # A measure that is no whole yuan may be rounded up to the next one.
    above = tuple(code for code, amount in final.items() if amount >= measured[code] + FEN_PER_YUAN)
    found = [
        _balance(ledger),
        Constraint(
            "pot_covers",
            MET if ledger.pot >= total else VIOLATED,
            "firm_entitlement_wan",
            values={"measured": total, "pot": ledger.pot},
        ),
        Constraint("entitlement", VIOLATED if above else MET, "firm_entitlement_wan", above),
    ]
    if terms.tranche > 1:
        unlisted = tuple(each.code for each in provinces if each.firms and each.continued is None)
        ungraded = tuple(each.code for each in provinces if each.firms and each.grade is None)
        found += [
            Constraint("continued", UNDETERMINED if unlisted else MET, "continued_support", unlisted),
            Constraint("graded", VIOLATED if ungraded else MET, "result_linked", ungraded),
        ]
    return (*found, *_bounds_and_exceptions(provinces, [each.code for each in provinces], final))


def province_constraints(
    recipients: Sequence[Recipient], terms: ProvinceTerms, ledger: Ledger, *, assessed: bool
) -> tuple[Constraint, ...]:
    """What a province's plan is held to; ``assessed`` says whether its firms' results were given."""
    final = ledger.amounts()
    by_kind = {
        kind: [each for each in recipients if each.kind == kind] for kind in (FIRM, "platform", "empowerment")
    }
    paid = {kind: sum(final[each.key] for each in listed) for kind, listed in by_kind.items()}
    firms, platforms = by_kind[FIRM], [each for each in by_kind["platform"] if final[each.key]]
    found = [
        _balance(ledger),
        _share("direct_share", "direct_share_pct", paid[FIRM], ledger.pot, least=terms.direct_share_pct),
    ]
    if terms.empowerment_share_pct is not None:
        most = terms.empowerment_share_pct
        found.append(
            _share("empowerment", "empowerment_share_pct", paid["empowerment"], ledger.pot, most=most)
        )
    most_platforms = terms.platforms_at_most or 0
    found.append(
        Constraint(
            "platforms" if terms.platforms_at_most else "no_platforms",
            MET if len(platforms) <= most_platforms else VIOLATED,
            "platforms_at_most" if terms.platforms_at_most else "direct_share_pct",
            tuple(each.key for each in platforms) if len(platforms) > most_platforms else (),
            {"count": len(platforms), "most": most_platforms},
        )
    )
    flat = is_flat([final[each.key] for each in firms])
    verdict = {None: UNDETERMINED, True: VIOLATED, False: MET}[flat]
    found.append(Constraint("not_flat", verdict, "simple_distribution"))
    if terms.tranche > 1:
        without = tuple(each.key for each in firms if each.result is None)
        found.append(
            Constraint("continued", UNDETERMINED if without else MET, "continued_support", without)
            if assessed
            else Constraint("continued", UNDETERMINED, "continued_support")
        )
    return (*found, *_bounds_and_exceptions(recipients, [each.key for each in recipients], final))


def is_flat(amounts: Sequence[int]) -> bool | None:
    """Whether all firms that get something get the same, which is no distribution; None for fewer than two."""
    paid = [amount for amount in amounts if amount]
    return None if len(paid) <= 1 else len(set(paid)) == 1


def _balance(ledger: Ledger) -> Constraint:
    return Constraint("balance", MET if ledger.is_balanced else VIOLATED, values={"pot": ledger.pot})


def _share(
    code: str,
    rule: str,
    part: int,
    whole: int,
    least: Fraction | None = None,
    most: Fraction | None = None,
) -> Constraint:
    """A share held to its bound by multiplication: exactly at the bound is met."""
    kept = part * 100 >= whole * least if least is not None else part * 100 <= whole * (most or 0)
    share = Fraction(100 * part, whole) if whole else Fraction(0)
    bound = least if least is not None else (most or Fraction(0))
    return Constraint(
        code, MET if kept else VIOLATED, rule, values={"share": share, "bound": bound, "part": part}
    )


def _bounds_and_exceptions(
    lines: Sequence[Province] | Sequence[Recipient], keys: Sequence[str], final: Mapping[str, int]
) -> tuple[Constraint, ...]:
    outside = tuple(
        key
        for key, line in zip(keys, lines, strict=True)
        if final[key] < line.floor or (line.cap is not None and final[key] > line.cap)
    )
    departed = tuple(key for key, line in zip(keys, lines, strict=True) if line.exception)
    return (
        Constraint("bounds", VIOLATED if outside else MET, keys=outside),
        Constraint("exceptions", MET, keys=departed, values={"count": len(departed)}),
    )
