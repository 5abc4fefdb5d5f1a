"""Which appraisal something belongs to: a round's support batch in one year."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Appraisal:
    """One yearly appraisal; the support batches are numbered anew in each round."""

    round: str
    support_batch: int
    year: int

    @property
    def code(self) -> str:
        """In one word, for addresses and file names: ``round-1.3.2025``."""
        return f"{self.round}.{self.support_batch}.{self.year}"

    def columns(self, province: str | None = None) -> dict[str, str | int]:
        """Its columns in the work store, with those of a province in it."""
        own: dict[str, str | int] = {
            "round": self.round,
            "support_batch": self.support_batch,
            "year": self.year,
        }
        return own if province is None else {**own, "province": province}


def appraisal_of(code: str | None) -> Appraisal | None:
    """The appraisal of a code; None for anything that is not one."""
    parts = (code or "").split(".")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts[1:]):
        return None
    return Appraisal(parts[0], int(parts[1]), int(parts[2]))
