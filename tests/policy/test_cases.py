"""Every case of the notices, through the product."""

from fractions import Fraction
from functools import cache

import pytest

from tests.oracle.edges import entry
from tests.oracle.product import scored, sized
from tests.policy.cases import FILES, Case, all_cases, read_cases

CASES = all_cases()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """The output row of a case. The cases of one file are the firms of one file, and run together."""

    @cache
    def of_file(file: str) -> dict:
        cases = next(cases for path in FILES for cases in [read_cases(path)] if cases[0].file == file)
        folder, year, standard = tmp_path_factory.mktemp("cases"), cases[0].year, cases[0].standard
        firms = [entry(number, str(case), case.cells) for number, case in enumerate(cases)]
        rows = sized(firms, folder, year) if standard == "size" else scored(firms, folder, standard, year)
        return {id(case): rows[firm.uscc] for case, firm in zip(cases, firms, strict=True)}

    def of(case: Case) -> dict[str, str]:
        return of_file(case.file)[id(case)]

    return of


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case, outcome):
    row, expect = outcome(case), dict(case.expect)
    for criterion, points in expect.pop("points", {}).items():
        assert Fraction(row[f"points_{criterion}"]) == Fraction(points), case.zh
    if "failed" in expect:
        assert set(expect.pop("failed")) <= set(row["failed"].split(";")), case.zh
    if "score" in expect:
        assert Fraction(row["score"]) == Fraction(expect.pop("score")), case.zh
    assert {key: row[key] for key in expect} == expect, case.zh


def test_every_case_says_something_in_both_languages_and_once_only():
    for path in FILES:
        cases = read_cases(path)
        assert all(case.zh and case.en and case.article and case.expect for case in cases)
        assert len({case.zh for case in cases}) == len({case.en for case in cases}) == len(cases)
