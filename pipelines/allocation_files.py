"""The files of the allocation calculators: provinces for the centre, recipients for a province; read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from metrics.allocation_cases import FIRM, Province, Recipient
from metrics.step_ledger import Departure
from pipelines.allocation_cells import CENTRAL, RECIPIENTS
from pipelines.allocation_sheets import Problem, ProblemsError, Values, read_rows


@dataclass(frozen=True)
class CentralFile:
    """Provinces, and the pot in fen where the file has one."""

    provinces: tuple[Province, ...]
    pot: int | None


@dataclass(frozen=True)
class ProvinceFile:
    """Recipients with the figures of the uniform rules, their names by key, and the amount received in fen, if any."""

    rows: tuple[Values, ...]
    names: Mapping[str, str]
    received: int | None


def read_central(path: Path) -> CentralFile:
    """Provinces of a file. Raises ProblemsError with every problem of it."""
    return central_of(read_rows(path, CENTRAL, ("province", "firms")))


def read_recipients(path: Path) -> ProvinceFile:
    """Recipients of a file. Raises ProblemsError with every problem of it."""
    return recipients_of(read_rows(path, RECIPIENTS, ("name",)))


def central_of(rows: Sequence[Values]) -> CentralFile:
    """Provinces of rows of typed values (``_row`` numbers them). Raises ProblemsError."""
    problems = [*_doubled(rows, "province"), *_unreasoned(rows)]
    problems += [
        _problem(row, "continued", "more_than_firms", firms=row["firms"])
        for row in rows
        if row.get("continued", 0) > row["firms"]
    ]
    pot = _one_amount(rows, "pot", problems)
    if problems:
        raise ProblemsError(problems)
    provinces = [
        Province(
            code=row["province"],
            firms=row["firms"],
            continued=row.get("continued"),
            grade=row.get("grade"),
            base=row.get("base"),
            recovery=row.get("recovery") or 0,
            **bounds_of(row),
        )
        for row in rows
    ]
    return CentralFile(tuple(provinces), pot)


def recipients_of(rows: Sequence[Values]) -> ProvinceFile:
    """Recipients of rows of typed values. Raises ProblemsError."""
    keyed = [row | {"key": row.get("uscc") or row["name"]} for row in rows]
    problems = [*_doubled(keyed, "key"), *_unreasoned(keyed)]
    received = _one_amount(keyed, "received", problems)
    if problems:
        raise ProblemsError(problems)
    return ProvinceFile(tuple(keyed), {row["key"]: row["name"] for row in keyed}, received)


def recipient(row: Values, weight: Fraction | None, result: str | None) -> Recipient:
    """One recipient of a row, under a rule's weight and with its result."""
    return Recipient(
        key=row["key"],
        kind=row.get("kind") or FIRM,
        weight=weight,
        requested=row.get("requested") or 0,
        result=result,
        paid=row.get("paid") or 0,
        **bounds_of(row),
    )


def bounds_of(row: Values) -> dict[str, Any]:
    """Floor, cap, exception and withheld amount of a row."""
    asked = row.get("exception")
    departure = asked and Departure(row["reason"], row["approver"], **asked)
    return {
        "floor": row.get("floor") or 0,
        "cap": row.get("cap"),
        "exception": departure,
        "withhold": row.get("withhold") or 0,
    }


def _doubled(rows: Sequence[Values], field: str) -> list[Problem]:
    first: dict[str, int] = {}
    return [
        _problem(row, "province" if field == "province" else "name", "doubled", other=first[row[field]])
        for row in rows
        if first.setdefault(row[field], row["_row"]) != row["_row"]
    ]


def _unreasoned(rows: Sequence[Values]) -> list[Problem]:
    """Whoever departs from the rule says why, and who approved; what is withheld has its reason."""
    found = []
    for row in rows:
        if row.get("exception") and not row.get("approver"):
            found.append(_problem(row, "approver", "approver_needed"))
        if (row.get("exception") or row.get("withhold")) and not row.get("reason"):
            found.append(_problem(row, "reason", "reason_needed"))
    return found


def _one_amount(rows: Sequence[Values], field: str, problems: list[Problem]) -> int | None:
    given = {row[field]: row for row in reversed(rows) if row.get(field) is not None}
    if len(given) > 1:
        problems.append(_problem(max(given.values(), key=lambda row: row["_row"]), field, "not_one_amount"))
    return min(given, default=None)


def _problem(row: Values, column: str, rule: str, **said: object) -> Problem:
    return Problem(row["_row"], column, "", rule, said)
