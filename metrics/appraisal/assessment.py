"""What becomes of each key little giant and each platform, by one uniform rule that stands in the scheme.

The first line that holds decides. Where what a line needs is not known, it may hold or not: the result is
*undetermined* unless every way to read what is missing ends in the same result. Only what is determined stands on the
lists of firms to continue and of platforms passed. A product model, not an official score.

The readings: the title is lost where the ledger knows the firm's little-giant terms and none is in force on the day;
listed on an excluded board by the day, as annual returns say; spending = used ÷ paid to the firm up to the day, net of
what was recovered; a platform's services are those of the year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from data.appraisal_policy import Line
from data.dataset import FEN_PER_UNIT
from metrics.appraisal import decision_process, output_benefit
from metrics.appraisal.asked import Asked
from metrics.appraisal.measure import Reading
from metrics.fund_frames import PLATFORM

FIRM = "key_little_giant"
UNDETERMINED = "undetermined"
COLUMNS: dict[str, Any] = {
    "round": pl.String,
    "support_batch": pl.Int64,
    "year": pl.Int64,
    "province": pl.String,
    "object_kind": pl.String,
    "uscc": pl.String,
    "name": pl.String,
    "score": pl.String,
    "result": pl.String,
    "rule": pl.String,
    "missing": pl.String,
    "receipt_id": pl.Int32,
    "sheet_no": pl.Int16,
    "row_no": pl.Int32,
}
_PERCENT = 100
_PLACES = Decimal("0.01")
_Known = bool | None
_UNKNOWN = Reading(Fraction(0), Fraction(1), Fraction(1))
_NOTHING_PAID = Reading(
    Fraction(0), Fraction(0), Fraction(0)
)  # a firm cannot be behind with what it never got


def assess(asked: Asked) -> pl.DataFrame:
    """Every key firm and platform of the support batch, in order of province, kind and code; `COLUMNS`.

    score: weighted share of the tasks done in percent, to two places downwards (null: no tasks, or not all known).
    result: continue | suspend | stop | recover | passed | failed | undetermined; rule: code of the line that decided;
    missing: what an undetermined result waits for, joined by ";". receipt_id, sheet_no, row_no: the row of the list.
    """
    done, lines = _task_readings(asked), asked.scheme.assessment
    firms, platforms = asked.table("key_firms"), asked.table("platforms")
    rows = [
        *_each(asked, firms, FIRM, lines.firm, _firm_tests(asked, done), done),
        *_each(asked, platforms, PLATFORM, lines.platform, _platform_tests(asked), done),
    ]
    return pl.DataFrame(rows, schema=COLUMNS).sort("province", "object_kind", "uscc")


def counts(assessed: pl.DataFrame) -> pl.DataFrame:
    """How many of each province have which result: province, object_kind, result, objects."""
    by = ["province", "object_kind", "result"]
    return assessed.group_by(by).agg(objects=pl.len().cast(pl.Int64)).sort(by)


Tests = dict[str, Callable[[dict[str, Any], Line], _Known]]


def _each(
    asked: Asked,
    objects: pl.DataFrame,
    kind: str,
    lines: tuple[Line, ...],
    tests: Tests,
    done: Mapping[str, Reading],
) -> list[dict[str, Any]]:
    if not lines:
        return []
    own = {"round": asked.round.code, "support_batch": asked.support_batch, "year": asked.year}
    named = ("province", "uscc", "name", "receipt_id", "sheet_no", "row_no")
    return [
        {name: row[name] for name in named}
        | own
        | {"object_kind": kind, "score": _score(done.get(row["uscc"]))}
        | _decide(lines, {line.code: _test(tests, line, row) for line in lines})
        for row in objects.iter_rows(named=True)
    ]


def _test(tests: Tests, line: Line, row: dict[str, Any]) -> _Known:
    if line.code not in tests:
        raise KeyError(f"nothing tests the line {line.code!r}. There are: {', '.join(tests)}.")
    return tests[line.code](row, line)


def _decide(lines: tuple[Line, ...], known: dict[str, _Known]) -> dict[str, str]:
    """The result of the first line that holds; every unknown line before it is an open way out."""
    open_ways: list[Line] = []
    for line in lines:
        if known[line.code] is None:
            open_ways.append(line)
        elif known[line.code]:
            results = {line.result, *(way.result for way in open_ways)}
            if len(results) == 1:
                return {"result": line.result, "rule": line.code, "missing": ""}
            break
    return {"result": UNDETERMINED, "rule": "", "missing": ";".join(line.code for line in open_ways)}


def _firm_tests(asked: Asked, done: Mapping[str, Reading]) -> Tests:
    titles = _titles(asked)
    listed = set(
        asked.listings.filter(
            pl.col("listed_board").is_in(list(asked.round.excluded_boards)),
            pl.col("listed_on").fill_null(asked.as_of) <= asked.as_of,
        )["uscc"]
    )
    spent = _spending(asked)
    pays = asked.has("fund_payments") and asked.has("fund_use")
    return {
        "investment_below": lambda row, line: _below(row["investment_actual"], _fen(line)),
        "title_lost": lambda row, _: None if not titles else not titles.get(row["uscc"], False),
        "listed": lambda row, _: row["uscc"] in listed,
        "targets_missed": lambda row, _: None if row["targets_met"] is None else not row["targets_met"],
        "tasks_far": lambda row, line: _share_below(done.get(row["uscc"], _UNKNOWN), line.tasks_below),
        "tasks_behind": lambda row, line: _share_below(done.get(row["uscc"], _UNKNOWN), line.tasks_below),
        "spending_behind": lambda row, line: (
            _share_below(spent.get(row["uscc"], _NOTHING_PAID), line.spent_below) if pays else None
        ),
        "all_met": lambda _row, _line: True,
    }


def _platform_tests(asked: Asked) -> Tests:
    uses = asked.fund("uses").filter(pl.col("recipient_kind") == PLATFORM)
    wrong = set(uses.filter(~decision_process.eligible(asked, uses))["recipient"]) if uses.height else set()
    services = asked.services
    giants = set(asked.giants["uscc"])
    served = services.filter(pl.col("served_uscc").is_in(list(giants))) if giants else services
    close = services.filter(
        "point_to_point", pl.col("served_uscc").is_in(asked.table("key_firms")["uscc"].implode())
    )
    has_services = asked.has("platform_services")

    def fewer(found: pl.DataFrame, uscc: str, limit: int | None) -> _Known:
        if not has_services:
            return None
        return found.filter(pl.col("platform_uscc") == uscc)["served_uscc"].n_unique() < (limit or 0)

    return {
        "recognition_lapsed": lambda row, _: (
            None if row["valid_to"] is None else row["valid_to"] < asked.as_of
        ),
        "ineligible_use": lambda row, _: row["uscc"] in wrong,
        "no_service": lambda row, line: fewer(served, row["uscc"], line.served_below),
        "no_point_to_point": lambda row, line: fewer(close, row["uscc"], line.point_to_point_below),
        "all_met": lambda _row, _line: True,
    }


def _titles(asked: Asked) -> dict[str, bool]:
    """Of each firm whose little-giant terms are known, whether one is in force on the day."""
    in_force = (pl.col("valid_from") <= asked.as_of) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") > asked.as_of)
    )
    return dict(asked.giants.group_by("uscc").agg(in_force.any()).iter_rows())


def _task_readings(asked: Asked) -> dict[str, Reading]:
    kinds = [kind for _, _, found in asked.scheme.indicators() for kind in found.tasks]
    rows = output_benefit.task_rows(asked, kinds)
    return output_benefit.tasks_done(rows.select("uscc", "weight", "target", "actual").iter_rows())


def _spending(asked: Asked) -> dict[str, Reading]:
    """Used ÷ (paid − recovered) of each recipient."""
    paid = asked.fund("payments").group_by("recipient").agg(pl.col("used", "paid", "recovered").sum())
    return {
        recipient: Reading(Fraction(used), Fraction(used), Fraction(paid_ - recovered))
        for recipient, used, paid_, recovered in paid.iter_rows()
    }


def _share_below(reading: Reading, percent: Decimal | None) -> _Known:
    if percent is None or reading.den <= 0:
        return False
    limit = Fraction(percent) * reading.den
    if _PERCENT * reading.high < limit:
        return True
    return None if _PERCENT * reading.low < limit else False


def _below(amount: int | None, limit: int | None) -> _Known:
    # No actual investment is recorded before the project ends: that is nothing to recover for.
    return amount is not None and limit is not None and amount < limit


def _fen(line: Line) -> int | None:
    return None if line.investment_below is None else int(line.investment_below * FEN_PER_UNIT)


def _score(reading: Reading | None) -> str | None:
    if reading is None or reading.unknown or not reading.den:
        return None
    exact = _PERCENT * reading.low / reading.den
    return str(Decimal(int(exact / Fraction(_PLACES))) * _PLACES)
