"""The cells of the allocation calculators' files, field by field: text in, typed values out, or the rule they break."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from data.rounds import GRADES
from data.words import LANGUAGES, text
from metrics.allocation_cases import FIRM
from metrics.step_ledger import FEN_PER_YUAN
from pipelines.intake.numbers import FEN_PLACES, read_number
from pipelines.intake.provinces import read_province

KINDS = (FIRM, "platform", "empowerment")
RESULTS = ("continue", "suspend", "stop", "recover")
MONEY_UNIT = "10k yuan"
_TIMES = re.compile(r"^[x×*]\s*(\d+(?:\.\d+)?)$", re.IGNORECASE)
_PERCENT = re.compile(r"^(\d+(?:\.\d+)?)\s*[%％]$")
_DECIMAL = re.compile(r"^\d+(?:\.\d+)?$")
_YES = {
    "是": True,
    "yes": True,
    "true": True,
    "1": True,
    "否": False,
    "no": False,
    "false": False,
    "0": False,
}


class Fault(Exception):  # noqa: N818 - reads as what is wrong with the cell
    """A cell that is not taken: the rule of the words, and what fills their places."""

    def __init__(self, rule: str, **said: object) -> None:
        self.rule, self.said = rule, said
        super().__init__(rule)


def _money(cell: str, unit: str, *, whole_yuan: bool = False) -> int:
    fen, rule = read_number(cell, FEN_PLACES[unit], MONEY_UNIT)
    if fen is None:
        raise Fault("not_on_a_fen" if rule == "not_on_a_fen" else "not_an_amount")
    if fen < 0:
        raise Fault("negative")
    if whole_yuan and fen % FEN_PER_YUAN:
        raise Fault("not_whole_yuan")
    return fen


def _count(cell: str, _: str) -> int:
    number, _rule = read_number(cell, 0, "firms", whole=True)
    if number is None or number < 0:
        raise Fault("not_a_count")
    return number


def _figure(cell: str, _: str) -> Fraction:
    if not _DECIMAL.match(cell):
        raise Fault("not_a_figure")
    return Fraction(cell)


def _unit_of(cell: str, _: str) -> str:
    reading = read_province(cell)
    if reading.code is None:
        raise Fault("not_a_province", names=", ".join(reading.near))
    return reading.code


def _choice(field: str, codes: Sequence[str], cell: str, _: str) -> str:
    spelt = {code: code for code in codes} | {
        text(f"allocation.{field}.{code}", language).lower(): code for code in codes for language in LANGUAGES
    }
    found = spelt.get(cell.lower())
    if found is None:
        raise Fault("not_a_choice", names=", ".join(spelt))
    return found


def _boolean(cell: str, _: str) -> bool:
    if cell.lower() not in _YES:
        raise Fault("not_a_choice", names=", ".join(_YES))
    return _YES[cell.lower()]


def _departure(cell: str, unit: str) -> dict[str, Any]:
    """``x0.8``, ``×0.8`` or ``80%`` is a factor; anything else is the new amount."""
    if times := _TIMES.match(cell):
        return {"factor": Fraction(times[1])}
    if percent := _PERCENT.match(cell):
        return {"factor": Fraction(percent[1]) / 100}
    return {"amount": _money(cell, unit, whole_yuan=True)}


def _text(cell: str, _: str) -> str:
    return cell


_BOUNDS: dict[str, Callable[[str, str], Any]] = {
    "floor": partial(_money, whole_yuan=True),
    "cap": partial(_money, whole_yuan=True),
    "exception": _departure,
    "reason": _text,
    "approver": _text,
    "withhold": partial(_money, whole_yuan=True),
}
_CENTRAL: dict[str, Callable[[str, str], Any]] = {
    "province": _unit_of,
    "firms": _count,
    "continued": _count,
    "grade": partial(_choice, "grade", GRADES),
    "base": _money,
    **_BOUNDS,
    "recovery": _money,
    "pot": _money,
}
_RECIPIENTS: dict[str, Callable[[str, str], Any]] = {
    "name": _text,
    "uscc": _text,
    "kind": partial(_choice, "kind", KINDS),
    "investment": _money,
    "score": _figure,
    "requested": partial(_money, whole_yuan=True),
    "result": partial(_choice, "result", RESULTS),
    "investment_actual": _money,
    "targets_met": _boolean,
    "paid": _money,
    **_BOUNDS,
    "received": _money,
}
MONEY = frozenset({"base", "floor", "cap", "withhold", "recovery", "pot"}) | {
    "investment", "requested", "investment_actual", "paid", "received",
}  # fmt: skip
CENTRAL, RECIPIENTS = tuple(_CENTRAL), tuple(_RECIPIENTS)
CELLS = _CENTRAL | _RECIPIENTS
