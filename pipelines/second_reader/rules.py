"""What is expected of a loaded table, drawn from its dataset's contract alone.

A rule carries the id under which the first reader would report the same fault. Whatever needs arithmetic is SQL, so
that integers are compared as integers; the SQL names the table ``{batch}`` and gives the failing rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from data.dataset import CONTRACTS, Check, Column, Contract
from pipelines.second_reader import codes

PLACE = ("receipt_id", "sheet_no", "row_no")
ORIGIN = ("extras", *PLACE, "superseded_by")
UNITS = CONTRACTS.parent / "reference" / "reporting_units.csv"

# what only the second reader looks at, because it is the loading that could break it
OF_LOADING = ("columns_as_promised", "rows_as_received", "list_unread")


@dataclass(frozen=True)
class Rule:
    """One expectation of a table.

    ``form``: columns (``setting`` the names), not_null, within (the codes), matches (a regular expression of the whole
    value), length (characters), at_most (another column), no_rows (SQL that gives the failing rows). ``column`` is ""
    where the rule is of the whole table. ``text``: what is expected, in both languages.
    """

    id: str
    column: str
    severity: str
    form: str
    setting: Any = None
    text: Mapping[str, str] = field(default_factory=dict)


def rules_of(rules: Contract) -> list[Rule]:
    """Every rule of a contract; ids and columns together are unique."""
    found = [
        Rule("columns_as_promised", "", "error", "columns", stored_names(rules)),
        Rule("rows_as_received", "", "error", "no_rows", _rows_as_received(rules.dataset)),
    ]
    if rules.key:
        named = next(rules.column(name) for name in rules.key if rules.column(name).is_required)
        found.append(
            Rule("repeated_key", named.field, "error", "no_rows", _repeated_key(rules), _label(named))
        )
    for column in rules.columns:
        found += _of_column(column)
    for check in rules.checks:
        found += _OF_CHECKS[check.kind](check, rules)
    return found


def stored_names(rules: Contract) -> tuple[str, ...]:
    """The columns of a dataset's table: the contract's, lists as ``field__code``, then where each row came from."""
    return (*(name for column in rules.columns for name in _names(column)), *ORIGIN)


@lru_cache(maxsize=1)
def reporting_units() -> Mapping[str, str]:
    """The 37 reporting units: code → the province a city with independent planning lies in, or ""."""
    with UNITS.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: row["planned_city_of"]
            for row in csv.DictReader(file)
            if row["in_programme"] == "yes"
        }


def _names(column: Column) -> list[str]:
    if column.type == "list":
        return [f"{column.field}__{code}" for code in column.codes]
    return [column.field]


def _of_column(column: Column) -> list[Rule]:
    def error(id_: str, form: str, setting: Any = None) -> Rule:
        return Rule(id_, column.field, "error", form, setting, _label(column))

    found = [error("blank_required", "not_null")] if column.is_required else []
    if column.type in {"int", "decimal"}:
        found += [error(id_, "no_rows", _where(outside)) for id_, outside in _bounds(column).items()]
    if column.type == "choice" or (column.type == "text" and column.values):
        found.append(error("not_in_list", "within", column.codes))
    if column.type == "list":
        found.append(
            error(
                "list_unread",
                "no_rows",
                _where(" OR ".join(f"{_q(name)} IS NULL" for name in _names(column))),
            )
        )
    if column.at_most:
        found.append(error("exceeds", "at_most", column.at_most))
    if column.format == "reporting_unit":
        found.append(error("province_unknown", "within", tuple(reporting_units())))
    if column.format == "industry_code":
        found.append(error("industry_code_form", "matches", "[A-T]?[0-9]{2,4}"))
    if column.format == "credit_code":
        found += _credit_code(column, error)
    return found


def _credit_code(column: Column, error: Callable[..., Rule]) -> list[Rule]:
    code = _q(column.field)
    wrong = f"{codes.is_well_formed(code)} AND {codes.has_wrong_check(code)}"
    if column.blank == "not_applicable":
        # the code of another enterprise is kept as it was given, and only warned of
        odd = f"{code} IS NOT NULL AND (NOT {codes.is_well_formed(code)} OR {codes.has_wrong_check(code)})"
        return [Rule("related_code", column.field, "warning", "no_rows", _where(odd), _label(column))]
    return [
        error("credit_code_length", "length", codes.LENGTH),
        error("credit_code_letter", "matches", f"[{codes.ALPHABET}]*"),
        error("credit_code_check", "no_rows", _where(wrong)),
    ]


def _bounds(column: Column) -> dict[str, str]:
    """Rule → what is out of bounds; a column without a bound of its own must still leave room for products."""
    low = "below_low" if column.low is not None else "number_too_large"
    high = "above_high" if column.high is not None else "number_too_large"
    under, over = f"{_q(column.field)} < {column.stored_low}", f"{_q(column.field)} > {column.stored_high}"
    return {low: under, high: over} if low != high else {low: f"{under} OR {over}"}


def _at_most(check: Check, _rules: Contract) -> list[Rule]:
    return [_of_check(check, check.settings["column"], "at_most", check.settings["of"])]


def _implies(check: Check, _rules: Contract) -> list[Rule]:
    given, wanted = check.settings["if"], check.settings["then"]
    return [_of_check(check, wanted, "no_rows", _where(f"{_q(given)} AND NOT {_q(wanted)}"))]


def _required_when(check: Check, _rules: Contract) -> list[Rule]:
    field_, when = check.settings["column"], check.settings["when"]
    blank = f"{_q(when)}::VARCHAR IN ({_texts(check.settings['is'])}) AND {_q(field_)} IS NULL"
    return [_of_check(check, field_, "no_rows", _where(blank))]


def _only_when(check: Check, _rules: Contract) -> list[Rule]:
    field_, when = check.settings["column"], check.settings["when"]
    wrong = (
        f"{_q(field_)}::VARCHAR IN ({_texts(check.settings['values'])}) "
        f"AND {_q(when)}::VARCHAR NOT IN ({_texts(check.settings['is'])})"
    )
    return [_of_check(check, field_, "no_rows", _where(wrong))]


def _at_most_rows(check: Check, _rules: Contract) -> list[Rule]:
    """Every row of a group of one receipt that has too many rows; a group is known by all of its columns."""
    of = ", ".join(_q(name) for name in check.settings["of"])
    known = " AND ".join(f"{_q(name)} IS NOT NULL" for name in check.settings["of"])
    counted = (
        f"SELECT {', '.join(PLACE)}, count(*) OVER (PARTITION BY receipt_id, {of}) AS n "  # noqa: S608 - names from the contract
        f"FROM {{batch}} WHERE {known}"
    )
    sql = f"SELECT {', '.join(PLACE)} FROM ({counted}) WHERE n > {int(check.settings['count'])}"  # noqa: S608 - as above
    return [_of_check(check, check.settings["column"], "no_rows", sql)]


def _organisation_code(check: Check, _rules: Contract) -> list[Rule]:
    code = _q(check.settings["column"])
    wrong = f"{codes.is_well_formed(code)} AND {codes.has_wrong_organisation_check(code)}"
    return [_of_check(check, check.settings["column"], "no_rows", _where(wrong))]


def _planned_city(check: Check, _rules: Contract) -> list[Rule]:
    code, unit = check.settings["code"], check.settings["unit"]
    pairs = ", ".join(f"('{city[:4]}', '{parent}')" for city, parent in reporting_units().items() if parent)
    given = f"(substr({_q(code)}, 3, 4), {_q(unit)}) IN ({pairs})"
    return [_of_check(check, unit, "no_rows", _where(given))]


def _jump(check: Check, rules: Contract) -> list[Rule]:
    """From one year to the next a figure grew or shrank by the factor or more; zero on either side says nothing."""
    year = next(_q(name) for name in rules.key if rules.column(name).unit == "year")
    same = ["receipt_id", *(_q(name) for name in rules.key if _q(name) != year)]
    joined = " AND ".join(f"later.{name} = earlier.{name}" for name in same)
    found = []
    for name in check.settings["columns"]:
        now, then = f"later.{_q(name)}::HUGEINT", f"earlier.{_q(name)}::HUGEINT"
        times = check.settings["times"]
        sql = (
            f"SELECT {', '.join(f'later.{place}' for place in PLACE)} "  # noqa: S608 - names from the contract
            f"FROM {{batch}} AS later JOIN {{batch}} AS earlier "
            f"ON {joined} AND later.{year} = earlier.{year} + 1 "
            f"WHERE {now} > 0 AND {then} > 0 AND ({now} >= {then} * {times} OR {then} >= {now} * {times})"
        )
        found.append(_of_check(check, name, "no_rows", sql))
    return found


_OF_CHECKS: dict[str, Callable[[Check, Contract], list[Rule]]] = {
    "at_most": _at_most,
    "implies": _implies,
    "required_when": _required_when,
    "only_when": _only_when,
    "at_most_rows": _at_most_rows,
    "organisation_code": _organisation_code,
    "planned_city": _planned_city,
    "jump": _jump,
}


def _of_check(check: Check, column: str, form: str, setting: Any) -> Rule:
    return Rule(check.id, column, check.severity, form, setting, check.expected)


def _repeated_key(rules: Contract) -> str:
    """Every row but the first of a key within one receipt; a blank counts as a value, as PARTITION BY reads it."""
    key = ", ".join(_q(name) for name in rules.key)
    numbered = (
        f"SELECT {', '.join(PLACE)}, row_number() OVER "  # noqa: S608 - names from the contract
        f"(PARTITION BY receipt_id, {key} ORDER BY sheet_no, row_no) AS nth FROM {{batch}}"
    )
    return f"SELECT {', '.join(PLACE)} FROM ({numbered}) WHERE nth > 1"  # noqa: S608 - as above


def _rows_as_received(dataset: str) -> str:
    """A receipt whose rows are not all there, or rows that no receipt accounts for."""
    return (
        "SELECT coalesce(received.receipt_id, loaded.receipt_id) AS receipt_id, NULL AS sheet_no, NULL AS row_no "  # noqa: S608 - names from the contract
        f"FROM (SELECT receipt_id, \"rows\" AS n FROM receipts WHERE dataset = '{dataset}') AS received "
        "FULL JOIN (SELECT receipt_id, count(*) AS n FROM {batch} GROUP BY receipt_id) AS loaded "
        "ON received.receipt_id = loaded.receipt_id WHERE received.n IS DISTINCT FROM loaded.n"
    )


def _where(condition: str) -> str:
    return f"SELECT {', '.join(PLACE)} FROM {{batch}} WHERE {condition}"  # noqa: S608 - names from the contract


def _label(column: Column) -> dict[str, str]:
    return {language: column.label(language) for language in ("zh", "en")}


def _q(name: str) -> str:
    return f'"{name}"'


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
