"""What both allocations are asked with: provinces and recipients, the terms of the round; amounts in fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from metrics.step_ledger import Departure, Ledger

FIRM = "key_little_giant"
CONTINUES = "continue"
MET, VIOLATED, UNDETERMINED = "met", "violated", "undetermined"


class CaseError(ValueError):
    """Inputs that no ledger can be made of: ``reason`` is a code, ``key`` the row it is about, ``values`` amounts.

    Reasons: factors_rise, nothing_measured, no_weight, weight_missing.
    """

    def __init__(self, reason: str, key: str = "", **values: int) -> None:
        self.reason, self.key, self.values = reason, key, values
        super().__init__(f"{reason} {key}".strip())


@dataclass(frozen=True)
class Constraint:
    """One rule an allocation is held to: met, violated or undetermined, for whom, and the article's key in the round.

    ``values`` fill the words: amounts in fen, counts, or an exact share in percent.
    """

    code: str
    verdict: str
    rule: str = ""
    keys: tuple[str, ...] = ()
    values: Mapping[str, int | Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Province:
    """A province as the centre sees it. ``base`` in fen replaces the measure by head count where it is given.

    Amounts in fen. ``recovery`` is what the province owes back: shown beside the ledger, never part of it.
    """

    code: str
    firms: int
    continued: int | None = None
    grade: str | None = None
    base: int | None = None
    floor: int = 0
    cap: int | None = None
    exception: Departure | None = None
    withhold: int = 0
    recovery: int = 0


@dataclass(frozen=True)
class CentralTerms:
    """What the round says: fen for each firm over the round, the tranche, its share; factor by grade, best first."""

    firm_entitlement_fen: int
    tranche: int
    share: Fraction
    factors: Mapping[str, Fraction]


@dataclass(frozen=True)
class Recipient:
    """A firm, or a platform or empowerment work, as its province sees it; amounts in fen.

    A firm has the ``weight`` of the province's uniform rule; the others have what they ``requested``. ``result`` is
    the firm's assessment (continue, suspend, stop, recover; None: none), ``paid`` what it has had so far.
    """

    key: str
    kind: str = FIRM
    weight: Fraction | None = None
    requested: int = 0
    result: str | None = None
    floor: int = 0
    cap: int | None = None
    exception: Departure | None = None
    withhold: int = 0
    paid: int = 0


@dataclass(frozen=True)
class ProvinceTerms:
    """What the round says to a province; shares in percent, None where the round has no such rule."""

    tranche: int
    direct_share_pct: Fraction
    empowerment_share_pct: Fraction | None
    platforms_at_most: int | None


@dataclass(frozen=True)
class Allocation:
    """A ledger with what was measured for each line before the pot (fen), what is owed back, and its constraints."""

    ledger: Ledger
    measured: Mapping[str, int]
    recoveries: Mapping[str, int]
    constraints: tuple[Constraint, ...]
