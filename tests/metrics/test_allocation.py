"""The two allocations, by hand on small cases and as properties on random ones."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.allocation import allocate_central, allocate_province, firm_result
from metrics.allocation_cases import CaseError, CentralTerms, Province, ProvinceTerms, Recipient
from metrics.allocation_checks import is_flat
from metrics.step_ledger import STEPS, AllocationError, Departure, difference

UNHURRIED = settings(deadline=None)
WAN = 10**6
BEFORE_EXCEPTIONS = ("base", "continued", "graded", "bounded")
EQUAL = {grade: Fraction(1) for grade in ("excellent", "good", "fair", "poor")}
STEEP = {
    "excellent": Fraction(1),
    "good": Fraction(9, 10),
    "fair": Fraction(8, 10),
    "poor": Fraction(0),
}
ROUND_1 = ProvinceTerms(1, Fraction(90), None, 3)
ROUND_2 = ProvinceTerms(1, Fraction(95), Fraction(5), None)


def terms(tranche: int = 1, factors=None) -> CentralTerms:
    return CentralTerms(600 * WAN, tranche, Fraction(1, 3), factors or EQUAL)


def verdicts(allocation) -> dict[str, str]:
    return {each.code: each.verdict for each in allocation.constraints}


class TestCentral:
    def test_ten_firms_measure_a_third_of_sixty_million_in_the_first_tranche(self) -> None:
        found = allocate_central([Province("410000", 10), Province("330000", 5)], terms())
        assert found.ledger.pot == 3_000 * WAN
        assert found.ledger.amounts() == {"330000": 1_000 * WAN, "410000": 2_000 * WAN}
        assert found.ledger.withheld == dict.fromkeys(STEPS, 0)

    def test_from_the_second_tranche_only_firms_that_continue_count_and_the_rest_is_withheld(self) -> None:
        found = allocate_central([Province("410000", 10, continued=7), Province("330000", 5, 5)], terms(2))
        assert found.ledger.amounts() == {"330000": 1_000 * WAN, "410000": 1_400 * WAN}
        assert found.ledger.withheld["base"] == 0
        assert found.ledger.withheld["continued"] == found.ledger.withheld["whole"] == 600 * WAN

    def test_a_factor_by_grade_withholds_and_does_not_enrich_the_others(self) -> None:
        cases = [Province("410000", 10, 10, "good"), Province("330000", 10, 10, "excellent")]
        found = allocate_central(cases, terms(2, STEEP))
        assert found.ledger.amounts() == {"330000": 2_000 * WAN, "410000": 1_800 * WAN}
        assert found.ledger.withheld["graded"] == 200 * WAN

    def test_factors_above_one_are_paid_from_what_lower_factors_leave_and_no_more(self) -> None:
        factors = dict(EQUAL) | {"excellent": Fraction(3, 2), "good": Fraction(1)}
        cases = [Province("410000", 10, 10, "good"), Province("330000", 10, 10, "excellent")]
        found = allocate_central(cases, terms(2, factors))
        assert found.ledger.amounts("graded") == {"330000": 2_400 * WAN, "410000": 1_600 * WAN}
        assert found.ledger.withheld["graded"] == 0
        assert verdicts(found)["entitlement"] == "violated"

    def test_a_pot_below_the_measure_is_shared_in_proportion_to_it(self) -> None:
        found = allocate_central([Province("A", 2), Province("B", 1)], terms(), pot=300 * WAN)
        assert found.ledger.amounts() == {"A": 200 * WAN, "B": 100 * WAN}
        assert verdicts(found)["pot_covers"] == "violated"

    def test_what_a_pot_holds_beyond_the_measure_is_withheld(self) -> None:
        found = allocate_central([Province("A", 2), Province("B", 1)], terms(), pot=700 * WAN)
        assert found.ledger.withheld["base"] == found.ledger.withheld["whole"] == 100 * WAN

    def test_floors_and_caps_move_money_between_provinces_and_leave_the_sum(self) -> None:
        cases = [Province("A", 5, cap=800 * WAN), Province("B", 2), Province("C", 1, floor=300 * WAN)]
        found = allocate_central(cases, terms())
        assert found.ledger.amounts("bounded") == {"A": 800 * WAN, "B": 500 * WAN, "C": 300 * WAN}

    def test_an_exception_replaces_or_multiplies_and_its_money_comes_from_what_is_withheld(self) -> None:
        more = Departure("灾后恢复", "王某", amount=250 * WAN)
        less = Departure("整改未完成", "王某", factor=Fraction(1, 2))
        found = allocate_central(
            [Province("A", 1, exception=more), Province("B", 1, exception=less)], terms()
        )
        assert found.ledger.amounts() == {"A": 250 * WAN, "B": 100 * WAN}
        assert found.ledger.withheld["excepted"] == 50 * WAN

    def test_an_exception_that_nothing_withheld_can_pay_is_refused(self) -> None:
        more = Departure("灾后恢复", "王某", amount=250 * WAN)
        with pytest.raises(AllocationError, match="exceptions_exceed_pot"):
            allocate_central([Province("A", 1, exception=more), Province("B", 1)], terms())

    def test_what_is_withheld_is_shared_out_only_when_that_is_chosen(self) -> None:
        cases = [Province("A", 2, 1), Province("B", 1, 1)]
        kept = allocate_central(cases, terms(2))
        shared = allocate_central(cases, terms(2), redistribute=True)
        assert (kept.ledger.allotted(), kept.ledger.withheld["whole"]) == (400 * WAN, 200 * WAN)
        assert shared.ledger.amounts() == {"A": 300 * WAN, "B": 300 * WAN}
        assert shared.ledger.withheld["whole"] == 0

    def test_a_recovery_is_a_flow_of_its_own(self) -> None:
        found = allocate_central([Province("A", 2, recovery=50 * WAN)], terms())
        assert found.recoveries == {"A": 50 * WAN}
        assert found.ledger.allotted() == 400 * WAN

    def test_whole_yuan_go_to_the_largest_remainder_then_the_better_grade_then_the_code(self) -> None:
        cases = [Province("A", 1, 1, "fair"), Province("B", 1, 1, "good"), Province("C", 1, 1, "good")]
        found = allocate_central(cases, terms(2), pot=10_000)
        assert found.ledger.amounts() == {"A": 3_300, "B": 3_400, "C": 3_300}

    def test_a_province_without_a_grade_is_withheld_where_the_grades_differ(self) -> None:
        cases = [Province("A", 1, 1), Province("B", 1, 1, "good")]
        found = allocate_central(cases, terms(2, STEEP))
        assert found.ledger.amounts() == {"A": 0, "B": 180 * WAN}
        assert verdicts(found)["graded"] == "violated"
        assert allocate_central(cases, terms(2)).ledger.amounts()["A"] == 200 * WAN

    def test_without_a_list_of_continued_firms_that_rule_stays_open(self) -> None:
        assert (
            verdicts(allocate_central([Province("A", 1, None, "good")], terms(2)))["continued"]
            == "undetermined"
        )

    def test_a_factor_that_rises_as_the_grade_falls_is_refused(self) -> None:
        with pytest.raises(CaseError, match="factors_rise poor"):
            allocate_central([Province("A", 1)], terms(2, dict(STEEP) | {"poor": Fraction(9, 10)}))


class TestProvince:
    def firms(self, *weights: int) -> list[Recipient]:
        return [Recipient(f"F{n}", weight=Fraction(weight)) for n, weight in enumerate(weights)]

    def test_platforms_get_what_they_ask_for_and_firms_the_rest_by_weight(self) -> None:
        plan = [*self.firms(3, 1), Recipient("P", "platform", requested=80 * WAN)]
        found = allocate_province(plan, ROUND_1, 1_000 * WAN)
        assert found.ledger.amounts() == {"F0": 690 * WAN, "F1": 230 * WAN, "P": 80 * WAN}
        assert set(verdicts(found).values()) == {"met"}

    def test_requests_beyond_a_tenth_are_cut_so_that_firms_get_exactly_ninety_percent(self) -> None:
        asked = [Recipient(f"P{n}", "platform", requested=100 * WAN) for n in range(2)]
        found = allocate_province([*self.firms(3, 1), *asked], ROUND_1, 1_000 * WAN)
        assert found.ledger.amounts()["P0"] == 50 * WAN
        assert verdicts(found)["direct_share"] == "met"

    @UNHURRIED
    @given(st.integers(1, 10**9), st.integers(0, 10**9))
    def test_whatever_is_asked_rounding_never_takes_the_share_of_the_firms(self, received, requested) -> None:
        plan = [*self.firms(3, 1, 1), Recipient("P", "platform", requested=requested)]
        found = allocate_province(plan, ROUND_1, received * 100)
        assert verdicts(found)["direct_share"] == "met"

    def test_a_fourth_platform_breaks_the_cap(self) -> None:
        asked = [Recipient(f"P{n}", "platform", requested=10 * WAN) for n in range(4)]
        found = allocate_province([*self.firms(3, 1), *asked], ROUND_1, 1_000 * WAN)
        assert verdicts(found)["platforms"] == "violated"

    def test_in_the_second_round_empowerment_keeps_to_a_twentieth_and_platforms_have_no_place(self) -> None:
        plan = [*self.firms(3, 1), Recipient("E", "empowerment", requested=90 * WAN)]
        found = allocate_province(plan, ROUND_2, 1_000 * WAN)
        assert found.ledger.amounts()["E"] == 50 * WAN
        assert verdicts(found)["empowerment"] == verdicts(found)["no_platforms"] == "met"
        plan[-1] = replace(plan[-1], kind="platform")
        assert verdicts(allocate_province(plan, ROUND_2, 1_000 * WAN))["no_platforms"] == "violated"

    def test_equal_weights_make_a_flat_distribution_and_it_is_called_so(self) -> None:
        assert verdicts(allocate_province(self.firms(1, 1), ROUND_1, 1_000 * WAN))["not_flat"] == "violated"
        assert [is_flat([5]), is_flat([5, 5]), is_flat([5, 6]), is_flat([5, 0])] == [None, True, False, None]

    def test_a_suspended_firm_gets_nothing_and_nobody_gets_its_share(self) -> None:
        plan = [replace(firm, result=result) for firm, result in zip(
            self.firms(3, 1), ("continue", "suspend"), strict=True)]  # fmt: skip
        found = allocate_province(plan, replace(ROUND_1, tranche=2), 1_000 * WAN)
        assert found.ledger.amounts() == {"F0": 750 * WAN, "F1": 0}
        assert found.ledger.withheld["whole"] == 250 * WAN

    def test_what_a_firm_must_give_back_is_what_it_was_paid(self) -> None:
        plan = self.firms(3, 1)
        plan = [replace(plan[0], result="continue"), replace(plan[1], result="recover", paid=300 * WAN)]
        assert allocate_province(plan, replace(ROUND_2, tranche=2), 1_000 * WAN).recoveries == {
            "F1": 300 * WAN
        }

    def test_a_firm_without_a_weight_is_refused_by_name(self) -> None:
        with pytest.raises(CaseError, match="weight_missing F0"):
            allocate_province([Recipient("F0")], ROUND_1, 100)

    @pytest.mark.parametrize(
        ("investment", "is_met", "result"),
        [
            (2_000 * WAN, True, "recover"),
            (2_000 * WAN + 1, True, "continue"),
            (2_000 * WAN + 1, False, "stop"),
            (2_000 * WAN + 1, None, None),
            (None, True, None),
        ],
    )
    def test_an_investment_at_the_floor_is_recovered_and_a_fen_more_continues(
        self, investment, is_met, result
    ) -> None:
        assert firm_result(investment, is_met, 2_000 * WAN) == result


GRADES = list(EQUAL)


@st.composite
def countries(draw: st.DrawFn):
    """Provinces with firms, grades, a pot, falling factors; bounds that are the same for all, or for some."""
    size = draw(st.integers(1, 8))
    provinces = []
    for n in range(size):
        firms = draw(st.integers(0, 12))
        provinces.append(
            Province(
                f"{n:06d}", firms, draw(st.none() | st.integers(0, firms)), draw(st.sampled_from(GRADES)),
                cap=draw(st.none() | st.integers(1, 2_000).map(lambda wan: wan * WAN)),
                withhold=0, recovery=draw(st.integers(0, 5)) * WAN,
            )
        )  # fmt: skip
    factors = sorted((Fraction(draw(st.integers(0, 15)), 10) for _ in GRADES), reverse=True)
    pot = draw(st.none() | st.integers(1, 10**12))
    return provinces, terms(2, dict(zip(GRADES, factors, strict=True))), pot


def made(case, **options):
    provinces, given_terms, pot = case
    if not any(each.firms for each in provinces):
        provinces = [*provinces, Province("999999", 1, 1, "good")]
    return allocate_central(provinces, given_terms, pot, **options)


@UNHURRIED
@given(countries(), st.booleans())
def test_in_every_column_what_is_allotted_and_what_is_withheld_are_the_pot(case, redistribute) -> None:
    ledger = made(case, redistribute=redistribute).ledger
    for step in STEPS:
        assert ledger.allotted(step) + ledger.withheld[step] == ledger.pot
        assert ledger.withheld[step] >= 0
    assert all(amount % 100 == 0 for amount in ledger.amounts("whole").values())


@UNHURRIED
@given(countries(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(case, chance: random.Random) -> None:
    provinces, given_terms, pot = case
    mixed = list(provinces)
    chance.shuffle(mixed)
    assert made((mixed, given_terms, pot)).ledger.table.equals(made(case).ledger.table)


@UNHURRIED
@given(countries())
def test_caps_hold_in_whole_yuan(case) -> None:
    provinces, *_ = case
    final = made(case).ledger.amounts()
    assert all(each.cap is None or final[each.code] <= each.cap for each in provinces)


@UNHURRIED
@given(countries(), st.integers(0, 5), st.integers(1, 10))
def test_floors_hold_in_whole_yuan_wherever_they_can_be_kept(case, floor_yuan, firms) -> None:
    provinces, given_terms, pot = case
    floored = [replace(each, floor=floor_yuan * 100, cap=None) for each in provinces]
    try:
        final = made((floored, given_terms, pot)).ledger.amounts()
    except AllocationError as refused:
        final = None if refused.reason == "floors_exceed_total" else {}
    assert final is None or all(final[each.code] >= floor_yuan * 100 for each in floored)


@UNHURRIED
@given(countries())
def test_a_better_grade_with_an_equal_base_never_gets_less_before_exceptions_nor_in_whole_yuan(case) -> None:
    provinces, given_terms, pot = case
    same = [replace(each, firms=5, continued=4, cap=provinces[0].cap) for each in provinces]
    table = made((same, given_terms, pot)).ledger.table
    ranked = sorted(same, key=lambda each: GRADES.index(each.grade))
    for step in (*BEFORE_EXCEPTIONS, "whole"):
        amounts = dict(table.select("key", step).iter_rows())
        for better, worse in pairwise(ranked):
            if better.grade != worse.grade:
                assert amounts[better.code] >= amounts[worse.code]


@UNHURRIED
@given(countries())
def test_other_names_in_the_same_order_change_no_yuan(case) -> None:
    provinces, given_terms, pot = case
    renamed = [replace(each, code=f"名{each.code}") for each in provinces]
    first, second = (made((each, given_terms, pot)).ledger.table for each in (provinces, renamed))
    if any(each.firms for each in provinces):
        assert first.drop("key").equals(second.drop("key"))


@UNHURRIED
@given(countries(), countries())
def test_the_steps_of_a_difference_sum_to_the_difference(one, other) -> None:
    first, second = made(one).ledger, made(other).ledger
    for key in first.amounts():
        gap = second.amounts().get(key, 0) - first.amounts()[key]
        assert sum(difference(first, second, key).values()) == gap
