"""A contract's rules as a suite of Great Expectations; severity, rule and words travel in its ``meta``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from pipelines.second_reader.rules import PLACE, Rule

ROWS_KEPT = 10
_SEVERITIES = {"error": "critical", "warning": "warning"}


class ExpectNoRows(gxe.UnexpectedRowsExpectation):
    """No row fails. The query gives the first failing rows and, beside each, how many there are in all.

    The library would run it once for the rows and again for their count.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self, metrics: dict, runtime_configuration: dict | None = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        del runtime_configuration, execution_engine
        failing = metrics["unexpected_rows_query.table"]
        return {
            "success": not failing,
            "result": {
                "observed_value": failing[0]["failing"] if failing else 0,
                "details": {"unexpected_rows": [[row[name] for name in PLACE] for row in failing]},
            },
        }


def suite(dataset: str, rules: list[Rule]) -> gx.ExpectationSuite:
    """The suite of a dataset's table."""
    return gx.ExpectationSuite(name=dataset, expectations=[expectation(dataset, rule) for rule in rules])


def expectation(dataset: str, rule: Rule) -> Expectation:
    """One rule as an expectation."""
    meta = {
        "rule": rule.id,
        "dataset": dataset,
        "column": rule.column,
        "severity": rule.severity,
        "text": dict(rule.text),
    }
    return _FORMS[rule.form](rule, {"meta": meta, "severity": _SEVERITIES[rule.severity]})


def _first_rows(sql: str) -> str:
    place = ", ".join(PLACE)
    return f"SELECT {place}, count(*) OVER () AS failing FROM ({sql}) ORDER BY {place} LIMIT {ROWS_KEPT}"  # noqa: S608 - SQL of our own


_FORMS: dict[str, Callable[[Rule, dict[str, Any]], Expectation]] = {
    "columns": lambda rule, known: gxe.ExpectTableColumnsToMatchSet(
        column_set=list(rule.setting), exact_match=True, **known
    ),
    "not_null": lambda rule, known: gxe.ExpectColumnValuesToNotBeNull(column=rule.column, **known),
    "within": lambda rule, known: gxe.ExpectColumnValuesToBeInSet(
        column=rule.column, value_set=list(rule.setting), **known
    ),
    "matches": lambda rule, known: gxe.ExpectColumnValuesToMatchRegex(
        column=rule.column, regex=f"^(?:{rule.setting})$", **known
    ),
    "length": lambda rule, known: gxe.ExpectColumnValueLengthsToEqual(
        column=rule.column, value=rule.setting, **known
    ),
    "at_most": lambda rule, known: gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=rule.setting,
        column_B=rule.column,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        **known,
    ),
    "no_rows": lambda rule, known: ExpectNoRows(unexpected_rows_query=_first_rows(rule.setting), **known),
}
