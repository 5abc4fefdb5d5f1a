"""The oracle and the cases are both written from the notices: they must agree before either judges."""

from fractions import Fraction

import pytest

from tests.oracle.edges import STANDARDS, kept_bounds
from tests.oracle.size import size_class
from tests.policy.cases import all_cases


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_oracle_agrees_with_the_case(case):
    assert kept_bounds(case.cells), "the case breaks a bound of the contract"
    if case.standard == "size":
        assert size_class(case.cells, case.year) == case.expect["size_class"]
        return
    reading = STANDARDS[case.standard].score(case.cells, case.year)
    expect = dict(case.expect)
    for criterion, points in expect.pop("points", {}).items():
        assert reading.points[criterion] == (Fraction(points), Fraction(points)), criterion
    if "failed" in expect:
        assert set(expect.pop("failed")) <= reading.failed
    if "score" in expect:
        assert reading.score == Fraction(expect.pop("score"))
    assert {key: getattr(reading, key) for key in expect} == expect
