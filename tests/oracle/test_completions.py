"""The exact verdict is what every completion agrees on, and Kleene logic never says more than that."""

from fractions import Fraction
from random import Random

import pytest

from tests.oracle import srdi
from tests.oracle.completions import (
    breakpoints,
    choices,
    exact_verdict,
    missing_cells,
    number_bounds,
    readings,
    segments,
    turning_points,
)
from tests.oracle.edges import STANDARDS
from tests.oracle.firms import YEAR, draw_firm
from tests.oracle.sparse import one_missing
from tests.oracle.three_values import WAN, Award, Reading, first_of, mean_growth, sum_at_least, ticks


def test_segments_cover_a_range_once_with_zero_on_its_own():
    assert list(segments(-5, 9, [4])) == [(-5, -1), (0, 0), (1, 4), (5, 9)]
    assert list(segments(0, 9, [])) == [(0, 0), (1, 9)]
    assert list(segments(3, 9, [1])) == [(3, 9)]
    assert list(segments(7, 7, [7])) == [(7, 7)]


def test_breakpoints_are_visited_from_both_sides():
    seen = {
        value
        for value, _ in breakpoints(lambda v: Reading(meets=None, elements=(v >= 700, v >= 31)), 0, 10**16)
    }
    assert {30, 31, 699, 700} <= seen


def test_mean_growth_turns_at_the_root_of_the_product_of_its_outer_years():
    firm = {("main_revenue", YEAR): 1000, ("main_revenue", YEAR - 2): 90}
    (turn,) = turning_points(firm, ("main_revenue", YEAR - 1), YEAR)
    rates = {middle: mean_growth(1000, middle, 90) for middle in range(1, 2000)}
    lowest = min(rates, key=rates.get)
    assert lowest in (turn, turn + 1)
    assert all(rates[v] > rates[v + 1] for v in range(1, turn))
    assert all(rates[v] < rates[v + 1] for v in range(turn + 1, 1999))


def test_a_missing_middle_year_can_be_irrelevant_because_the_mean_has_a_least_value():
    """Main-business revenue up from 100 to 144: no middle year gives less than 20 % a year on average."""
    assert min(mean_growth(144, middle, 100) for middle in range(1, 1000)) == Fraction(1, 5)


@pytest.mark.parametrize("standard", STANDARDS)
def test_kleene_logic_is_sound_and_the_exact_verdict_is_at_least_as_decided(standard):
    draw, module = Random(7), STANDARDS[standard]
    for _ in range(150):
        firm, cell = one_missing(draw, standard, YEAR)
        kleene = module.score(firm, YEAR)
        exact = exact_verdict(module.score, firm, cell, YEAR)
        assert missing_cells(firm, module.INPUTS, module.AWARDS, YEAR) == [cell]
        assert kleene.verdict in (exact, "undetermined"), cell
        for reading in readings(module.score, firm, cell, YEAR):
            assert all(
                low <= reading.points[name][0] and reading.points[name][1] <= high
                for name, (low, high) in kleene.points.items()
            )


@pytest.mark.parametrize("standard", STANDARDS)
def test_no_value_tried_at_random_says_anything_that_the_breakpoints_did_not(standard):
    draw, module = Random(11), STANDARDS[standard]
    for _ in range(60):
        firm, cell = one_missing(draw, standard, YEAR)
        if (
            choices(cell, YEAR)
            or cell[0] in ("market_share", "provincial_points")
            or cell[0].endswith("_rank")
        ):
            continue
        seen = {reading.fingerprint for reading in readings(module.score, firm, cell, YEAR)}
        low, high = number_bounds(firm, cell)
        for _ in range(40):
            value = low + int((high - low) * draw.random() ** draw.choice((1, 4, 12)))
            assert module.score({**firm, cell: value}, YEAR).fingerprint in seen


def test_a_complete_firm_is_never_undetermined_but_for_a_zero_denominator_or_its_industry():
    draw = Random(5)
    for _ in range(400):
        firm = draw_firm(draw, YEAR)
        zero = any(not firm[name, YEAR] for name in ("revenue", "total_assets", "employees"))
        zero = (
            zero
            or any(not firm["main_revenue", YEAR - back] for back in (1, 2))
            or not firm["revenue", YEAR - 1]
        )
        half = any(
            (firm[f"{prefix}_rank", YEAR] is None) != (firm[f"{prefix}_year", YEAR] is None)
            for prefix in ("national_award", "provincial_award", "maker_china")
        )
        reading = srdi.score(firm, YEAR)
        if reading.conditions["sme"] is not None and not zero and not half:
            assert reading.verdict != "undetermined"


def test_kleene_building_blocks():
    assert first_of((None, 20), (True, 10), otherwise=0) == (10, 20)
    assert first_of((None, 20), (False, 10), otherwise=0) == (0, 20)
    assert ticks(3, 5, True, None, False) == (3, 5)
    assert sum_at_least([None, 500 * WAN], 500 * WAN) is True
    assert sum_at_least([None, 499 * WAN], 500 * WAN) is None
    assert Award(won=None, rank=7).within(3) is False
    assert Award(won=True, rank=None).within(3) is None
