"""How sure a rank and a grade are: repeatable in any order; what is certain does not spread; left out by hand."""

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from data.appraisal_policy import Scheme
from metrics.appraisal.certainty import certainty
from metrics.appraisal.score import score
from tests.metrics.appraisal.small_programme import A, B, measured, panel, small_scheme

C = "130000"
FOUND = measured(
    (A, "execution", "one", "1", None), (A, "execution", "two", "1", None), (A, "tasks", "done", "9/10", None),
    (B, "execution", "one", "1/2", None), (B, "execution", "two", "1/2", None), (B, "tasks", "done", "0", "1"),
    (C, "execution", "one", None, None), (C, "execution", "two", None, None), (C, "tasks", "done", "1/3", None),
)  # fmt: skip
SCORES = panel(
    (A, "plan_quality", 1, "90"), (A, "plan_quality", 2, "60"), (B, "plan_quality", 1, "70"),
    (C, "plan_quality", 2, "40")
)  # fmt: skip


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return small_scheme(tmp_path_factory.mktemp("scheme"))


def test_the_same_inputs_in_any_order_give_the_same_certainty(scheme: Scheme) -> None:
    one = certainty(FOUND, SCORES, scheme)
    other = certainty(FOUND.sample(fraction=1, shuffle=True, seed=3), SCORES.reverse(), scheme)
    assert one.provinces.equals(other.provinces)
    assert one.without.equals(other.without)


def test_a_provinces_points_do_not_depend_on_who_else_is_there(scheme: Scheme) -> None:
    alone = certainty(FOUND.filter(pl.col("province") == A), SCORES.filter(pl.col("province") == A), scheme)
    columns = ["points_p05", "points_p95", "chance_excellent", "chance_good"]
    among = certainty(FOUND, SCORES, scheme).provinces.filter(pl.col("province") == A)
    assert alone.provinces.select(columns).equals(among.select(columns))


def test_the_chances_of_the_grades_sum_to_one_and_the_interval_holds_the_score(scheme: Scheme) -> None:
    found = certainty(FOUND, SCORES, scheme).provinces
    chances = found.select(pl.sum_horizontal("^chance_.*$"))
    assert all(abs(one - 1) < 1e-9 for one in chances.to_series())
    row = found.row(by_predicate=pl.col("province") == B, named=True)
    low, high = score(FOUND, SCORES, scheme).totals.filter(pl.col("province") == B).select(
        "points_low", "points_high"
    ).row(0)  # fmt: skip
    assert low < row["points_p05"] < row["points_p95"] < high


def test_without_any_uncertainty_nothing_spreads_and_the_grade_is_sure(tmp_path: Path) -> None:
    still = small_scheme(tmp_path, spread=0)
    known = FOUND.filter(pl.col("province") != B)
    one_each = SCORES.filter(pl.col("panelist") == "2")
    found = certainty(known, one_each, still).provinces
    exact = score(known, one_each, still).totals
    assert found["points_p05"].to_list() == pytest.approx(exact["points_low"].to_list())
    assert found["points_p05"].equals(found["points_p95"])
    assert found.select("rank_low").to_series().to_list() == exact["rank"].to_list()
    for grade, row in zip(exact["grade"], found.iter_rows(named=True), strict=True):
        assert row[f"chance_{grade}"] == 1.0


def test_exactly_at_a_cut_off_a_sure_score_has_its_grade_for_sure(tmp_path: Path) -> None:
    still = small_scheme(tmp_path, spread=0)
    rows = [
        (A, "execution", "one", "1/3", None),
        (A, "execution", "two", "1/3", None),
        (A, "tasks", "done", "1", None),
    ]
    judged = panel((A, "plan_quality", 1, str(100 / 3)))
    assert certainty(measured(*rows), judged, still).provinces["chance_fair"].to_list() == [1.0]


def test_an_indicator_is_left_out_with_its_weight_spread_over_the_rest(scheme: Scheme) -> None:
    found = certainty(FOUND, SCORES, scheme).without
    row = found.row(by_predicate=(pl.col("province") == A) & (pl.col("indicator") == "tasks"), named=True)
    by_hand = Fraction(100, 60) * (40 + 20 * Fraction(3, 4))
    assert row["points"] == pytest.approx(float(by_hand))
    assert (row["grade"], row["rank"]) == ("excellent", 1)


def test_what_drives_the_spread_sums_to_one_and_names_what_is_missing(scheme: Scheme) -> None:
    found = certainty(FOUND, SCORES, scheme).without.filter(pl.col("province") == B)
    assert found["share_of_spread"].sum() == pytest.approx(1)
    assert found.sort("share_of_spread", descending=True)["indicator"][0] == "tasks"


def test_what_does_not_apply_is_not_left_out(scheme: Scheme) -> None:
    found = certainty(FOUND, SCORES, scheme).without.filter(pl.col("province") == C)
    assert found["indicator"].to_list() == ["plan_quality", "tasks"]


def test_nobody_gives_nothing(scheme: Scheme) -> None:
    assert certainty(FOUND.clear(), None, scheme).provinces.is_empty()
