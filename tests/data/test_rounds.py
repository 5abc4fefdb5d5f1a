"""The rounds of reward funds: what their documents say, and that a faulty file is refused where it is faulty."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from data.rounds import FOLDER, GRADES, RoundError, load_round, read_round, rounds
from data.strict_yaml import FileError


def test_the_first_round_has_platforms_and_three_tranches_whose_thirds_are_an_assumption() -> None:
    found = load_round("round-1")
    assert (found.document, found.first_year, found.last_year) == ("财建〔2021〕2号", 2021, 2025)
    assert (found.direct_share_pct, found.empowerment_share_pct) == (Decimal(90), None)
    assert (found.has_platforms, found.platforms_at_most) == (True, 3)
    assert [each.share for each in found.tranches] == [Fraction(1, 3)] * 3
    assert all(each.is_assumption for each in found.tranches)
    assert found.investment_floor_fen is None
    assert "bse" not in found.excluded_boards


def test_the_second_round_pays_in_halves_and_recovers_below_twenty_million() -> None:
    found = load_round("round-2")
    assert (found.direct_share_pct, found.empowerment_share_pct) == (Decimal(95), Decimal(5))
    assert (found.has_platforms, found.platforms_at_most) == (False, None)
    assert [(each.share_num, each.share_den) for each in found.tranches] == [(1, 2), (1, 2)]
    assert not any(each.is_assumption for each in found.tranches)
    assert found.investment_floor_fen == 20_000_000 * 100
    assert "bse" in found.excluded_boards


def test_in_both_rounds_a_firm_measures_six_million_and_no_grade_multiplies() -> None:
    for found in rounds():
        assert found.firm_entitlement_fen == 6_000_000 * 100
        assert found.report_within_days == 30
        assert found.grade_factors == dict.fromkeys(GRADES, Decimal(1))


def test_every_rule_names_its_document_section_and_mark() -> None:
    share = load_round("round-1").articles["direct_share_pct"]
    assert (share.document, share.mark) == ("财建〔2021〕2号", "S")
    entitlement = load_round("round-1").articles["firm_entitlement_wan"]
    assert (entitlement.document, entitlement.mark) == ("财建〔2024〕148号", "T")


def test_an_unknown_round_or_tranche_names_those_there_are() -> None:
    with pytest.raises(RoundError, match=r"round-1, round-2"):
        load_round("round-9")
    with pytest.raises(RoundError, match=r"1, 2\."):
        load_round("round-2").tranche(3)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("direct_share_pct: 90 ", "direct_share_pct: most ", "direct_share_pct"),
        ("direct_share_pct: 90 ", "direct_part: 90 ", "direct_share_pct|direct_part"),
        ("share: 1/3", "share: 1/4", "sum to 1"),
        ("share: 1/3", "share: 33 %", r"tranches\.0\.share"),
        ("number: 2", "number: 3", "numbered"),
        ("poor: 1}", "poor: -1}", "grade factor"),
        ("has_platforms: true", "has_platforms: false", "platforms"),
        ("  platforms_at_most:    {", "  platforms:    {", "no source for platforms_at_most"),
        ("{mark: S, zh: 工作目标", "{mark: X, zh: 工作目标", "articles"),
    ],
)
def test_a_faulty_file_is_refused_where_it_is_faulty(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = (FOLDER / "round-1.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "round-1.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=named):
        read_round(path)


def test_the_first_round_states_floors_for_its_money_and_its_firms_over_all_batches() -> None:
    found = load_round("round-1")
    assert (found.key_firms_floor, found.funds_floor_fen) == (1_000, 10_000_000_000 * 100)
    assert found.batch_years_at_most == 3
    assert {found.articles[rule].mark for rule in ("key_firms_floor", "funds_floor_wan")} == {"S"}
    assert (load_round("round-2").key_firms_floor, load_round("round-2").funds_floor_fen) == (None, None)
