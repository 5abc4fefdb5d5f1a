"""The score tree: exact sums, grades before rounding, intervals where something is missing, weights handed on."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.appraisal_policy import Scheme
from metrics.appraisal.score import grade_of, improvements, score
from tests.metrics.appraisal.small_programme import A, B, measured, panel, small_scheme


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return small_scheme(tmp_path_factory.mktemp("scheme"))


def whole(one: object, two: object, tasks: object, province: str = A) -> pl.DataFrame:
    return measured(
        (province, "execution", "one", one, None),
        (province, "execution", "two", two, None),
        (province, "tasks", "done", tasks, None),
    )


def total(found: pl.DataFrame, judged: pl.DataFrame | None, scheme: Scheme, province: str = A) -> dict:
    return score(found, judged, scheme).totals.row(by_predicate=pl.col("province") == province, named=True)


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("100", "excellent"), ("90", "excellent"), ("89.995", "good"), ("80", "good"), ("79.999999999999", "fair"),
        ("60", "fair"), ("59.9999999999999999", "poor"), ("0", "poor"),
    ],
)  # fmt: skip
def test_a_grade_begins_exactly_at_its_cut_off_and_is_decided_before_rounding(
    scheme: Scheme, points: str, grade: str
) -> None:
    assert grade_of(scheme, Fraction(points)) == grade


def test_parts_count_by_weight_inside_their_indicator_and_indicators_inside_the_total(scheme: Scheme) -> None:
    row = total(whole("1", "1/3", "1/2"), panel((A, "plan_quality", 1, "50")), scheme)
    # 40 × (1×1 + 3×1/3) ÷ 4 + 20 × 1/2 + 40 × 1/2
    assert (row["low"], row["high"], row["grade"]) == ("50", "50", "poor")


def test_thirds_that_sum_to_the_cut_off_reach_it(scheme: Scheme) -> None:
    found = whole("1/3", "1/3", "1")
    row = total(found, panel((A, "plan_quality", 1, "100")), scheme)
    assert row["low"] == str(Fraction(40, 3) + 60)
    nearly = whole("1", "2/3", str(Fraction(2, 3)))
    assert Fraction(total(nearly, panel((A, "plan_quality", 1, "100")), scheme)["low"]) == 30 + 20 + Fraction(
        80, 3
    )


def test_what_the_panel_has_not_judged_is_missing_and_widens_the_interval_by_its_weight(
    scheme: Scheme,
) -> None:
    row = total(whole("1", "1", "1"), None, scheme)
    assert (row["low"], row["high"]) == ("80", "100")
    assert (row["grade_low"], row["grade_high"], row["grade"]) == ("good", "excellent", None)


def test_the_panels_score_is_the_mean_and_the_chairs_stands_in_its_place(scheme: Scheme) -> None:
    three = panel((A, "plan_quality", 1, "70"), (A, "plan_quality", 2, "80"), (A, "plan_quality", 3, "81"))
    assert Fraction(total(whole("1", "1", "1"), three, scheme)["low"]) == 80 + Fraction(20 * 231, 300)
    with_chair = pl.concat([three, panel((A, "plan_quality", "chair", "50"))])
    assert total(whole("1", "1", "1"), with_chair, scheme)["low"] == "90"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(A, "plan_quality", 1, "100.01")], "not within 0 to 100"),
        ([(A, "execution", 1, "50")], "is not judged"),
        ([(A, "plan_quality", 1, "50"), (A, "plan_quality", 1, "51")], "has two scores"),
    ],
)
def test_a_score_that_cannot_be_is_refused(scheme: Scheme, rows: list, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        score(whole("1", "1", "1"), panel(*rows), scheme)


def test_what_does_not_apply_leaves_its_weight_to_its_siblings(scheme: Scheme) -> None:
    nodes = score(whole(None, "1/2", "1"), panel((A, "plan_quality", 1, "0")), scheme).nodes
    used = dict(nodes.select("code", "used").iter_rows())
    assert (used["execution.one"], used["execution.two"], used["tasks"]) == ("0", "40", "40")
    none = score(whole(None, None, "1/2"), panel((A, "plan_quality", 1, "100")), scheme)
    assert dict(none.nodes.select("code", "used").iter_rows())["plan_quality"] == "60"
    assert none.totals["low"].to_list() == ["80"]


def test_without_a_layer_the_others_carry_the_hundred(scheme: Scheme) -> None:
    row = total(whole("1/2", "1/2", None), panel((A, "plan_quality", 1, "100")), scheme)
    assert Fraction(row["low"]) == Fraction(100 * (40 * Fraction(1, 2) + 20), 60)


def test_points_and_losses_of_the_leaves_sum_to_the_total(scheme: Scheme) -> None:
    tree = score(whole("1", "1/3", "1/7"), panel((A, "plan_quality", 1, "33")), scheme)
    leaves = tree.nodes.filter((pl.col("level") == "part") | (pl.col("kind") == "judged"))
    assert sum(Fraction(used) for used in leaves["used"]) == 100
    points = sum(
        Fraction(used) * Fraction(share) for used, share in leaves.select("used", "share_low").iter_rows()
    )
    assert points == Fraction(tree.totals["low"][0])


def test_ties_share_a_rank(scheme: Scheme) -> None:
    found = pl.concat([whole("1", "1", "1"), whole("1", "1", "1", B), whole("0", "0", "0", "130000")])
    assert score(found, None, scheme).totals["rank"].to_list() == [1, 1, 3]


def test_improvements_begin_with_the_most_valuable_and_name_the_grade_they_reach(scheme: Scheme) -> None:
    found = measured(
        (A, "execution", "one", "1", None), (A, "execution", "two", "1/3", None), (A, "tasks", "done", "0", 1)
    )
    tree = score(found, panel((A, "plan_quality", 1, "75")), scheme)
    best = improvements(tree, scheme)
    assert best.select("indicator", "part", "how", "gain", "grade_then").rows() == [
        ("tasks", "done", "report", 40.0, "fair"),
        ("execution", "two", "act", 20.0, None),
        ("plan_quality", "", "panel", 5.0, None),
    ]
    assert best["to_next"].to_list() == [25.0] * 3


SHARES = st.fractions(0, 1, max_denominator=997)
ROWS = st.tuples(SHARES, SHARES, SHARES)


@settings(deadline=None, max_examples=40)
@given(ROWS, st.integers(0, 2), SHARES)
def test_raising_a_share_never_lowers_the_score(scheme: Scheme, shares, at: int, more: Fraction) -> None:
    raised = [max(share, more) if place == at else share for place, share in enumerate(shares)]
    low, high = (Fraction(total(whole(*map(str, row)), None, scheme)["low"]) for row in (shares, raised))
    assert low <= high


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=5), st.integers(0, 4), st.integers(0, 100))
def test_a_better_panel_score_never_lowers_the_score(scheme: Scheme, scores, at: int, more: int) -> None:
    at %= len(scores)
    raised = [max(one, more) if place == at else one for place, one in enumerate(scores)]
    both = [
        panel(*((A, "plan_quality", seat, str(one)) for seat, one in enumerate(row)))
        for row in (scores, raised)
    ]
    lows = [Fraction(total(whole("1", "1", "1"), rows, scheme)["low"]) for rows in both]
    assert all(first <= second for first, second in pairwise(lows))


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(6)), st.permutations(range(4)))
def test_the_order_of_rows_provinces_and_panelists_does_not_matter(scheme: Scheme, order, seats) -> None:
    found = pl.concat([whole("1", "1/3", "1/7"), whole("1/9", "1", "1", B)])
    judged = panel(*((place, "plan_quality", seat, str(seat * 9)) for place in (A, B) for seat in (1, 2)))
    one, other = score(found, judged, scheme), score(found[list(order)], judged[list(seats)], scheme)
    assert one.totals.equals(other.totals)
    assert one.nodes.equals(other.nodes)


def test_the_version_of_the_scheme_goes_with_the_tree(scheme: Scheme, tmp_path: Path) -> None:
    assert (
        score(whole("1", "1", "1"), None, scheme).version
        == scheme.version
        != small_scheme(tmp_path, 30).version
    )
