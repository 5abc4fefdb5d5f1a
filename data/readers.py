"""Who is in front of the screen: the role, and the unit or the seat it is held for.

On one machine without sign-in a reader says so by a switch; the address then carries the code, never a name. The
operator is whoever runs the machine: every page, every row, and nobody's signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from data.access import Scope
from data.published import units

ReaderRole = Literal["operator", "ministry", "finance", "province", "panelist", "chair"]
ROLES: tuple[ReaderRole, ...] = get_args(ReaderRole)
SEATS = 9
"""Panelists sit at numbered seats; a panel has at most so many."""


@dataclass(frozen=True)
class Reader:
    """A role; ``unit`` is a province's code, ``seat`` a panelist's number, both None for everyone else."""

    role: ReaderRole = "operator"
    unit: str | None = None
    seat: int | None = None

    @property
    def code(self) -> str:
        """The reader in one word, as it stands in the address and in the work store: ``province.440000``."""
        return ".".join(str(part) for part in (self.role, self.unit, self.seat) if part is not None)

    @property
    def scope(self) -> Scope:
        """What this reader may read of the facts."""
        if self.role == "province":
            return Scope("province", self.unit)
        return Scope("panel") if self.role == "panelist" else Scope("ministry")


OPERATOR = Reader()


def unit_codes() -> tuple[str, ...]:
    """The codes of the reporting units, in their usual order."""
    return tuple(units().filter("in_programme")["code"])


def reader_of(code: str | None) -> Reader | None:
    """The reader whose code this is; None for anything that is nobody's."""
    role, _, rest = (code or "").partition(".")
    if role not in ROLES:
        return None
    if role == "province":
        return Reader(role, unit=rest) if rest in unit_codes() else None
    if role == "panelist":
        return Reader(role, seat=int(rest)) if rest.isdecimal() and 1 <= int(rest) <= SEATS else None
    return None if rest else Reader(role)
