"""Published scores to 1e-6, slacks and peers; what theory says must hold; what the method cannot use is refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from metrics.efficiency import ORIENTATIONS, RETURNS, DeaError, dea, units_wanted

# R. Färe, S. Grosskopf, C. A. K. Lovell, Production Frontiers (1994), in the figures that J. Álvarez, J. Barbero,
# J. L. Zofío, A Data Envelopment Analysis Toolbox for MATLAB, Journal of Statistical Software 95(3), 2020, and its
# successor DataEnvelopmentAnalysis.jl print. Facts; the software is MIT.
FRONTIERS = pl.DataFrame(
    {
        "firm": [f"f{at:02}" for at in range(1, 12)],
        "x1": [5, 16, 16, 17, 18, 23, 25, 27, 37, 42, 5],
        "x2": [13, 12, 26, 15, 14, 6, 10, 22, 14, 25, 17],
        "y": [12, 14, 25, 26, 8, 9, 27, 30, 31, 26, 12],
    }
)
PRINTED = {
    ("crs", "input"): [
        1, 0.6222896791, 0.8198562444, 1, 0.3103709311, 0.5555555556, 1, 0.7576690896, 0.8201058201, 0.4905660377, 1,
    ],
    ("crs", "output"): [
        1, 1.606968641, 1.219726027, 1, 3.221951220, 1.8, 1, 1.319837398, 1.219354839, 2.038461538, 1,
    ],
    ("vrs", "input"): [1, 0.8699861687, 1, 1, 0.7116402116, 1, 1, 1, 1, 0.4931209269, 1],
    ("vrs", "output"): [1, 1.507518797, 1, 1, 3.203947368, 1, 1, 1, 1, 1.192307692, 1],
}  # fmt: skip
SLACKS = {
    ("crs", "input"): {"f06": (40 / 9, 0, 0), "f09": (1.640211640, 0, 0), "f11": (0, 4, 0)},
    ("crs", "output"): {"f06": (8, 0, 0), "f09": (2, 0, 0), "f11": (0, 4, 0)},
    ("vrs", "input"): {"f05": (0, 0, 2.698412698), "f11": (0, 4, 0)},
    ("vrs", "output"): {"f10": (5, 11, 0), "f11": (0, 4, 0)},
}
# W. W. Cooper, L. M. Seiford, K. Tone, Data Envelopment Analysis, 2nd ed. 2007: twelve hospitals, doctors and nurses
# for outpatients and inpatients, CCR-I, printed to three digits.
HOSPITALS = pl.DataFrame(
    {
        "hospital": list("ABCDEFGHIJKL"),
        "doctors": [20, 19, 25, 27, 22, 55, 33, 31, 30, 50, 53, 38],
        "nurses": [151, 131, 160, 168, 158, 255, 235, 206, 244, 268, 306, 284],
        "outpatients": [100, 150, 160, 180, 94, 230, 220, 152, 190, 250, 260, 250],
        "inpatients": [90, 50, 55, 72, 66, 90, 88, 80, 100, 100, 147, 120],
    }
)
HOSPITALS_CCR = [1, 1, 0.883, 1, 0.763, 0.835, 0.902, 0.796, 0.960, 0.871, 0.955, 0.958]
STAFF, PATIENTS = ["doctors", "nurses"], ["outpatients", "inpatients"]
CASES = [(returns, orientation) for returns in RETURNS for orientation in ORIENTATIONS]


def multipliers(x: np.ndarray, y: np.ndarray, at: int, returns: str) -> float:
    """θ by the other road, the multiplier form of the book: the prices that show the unit in its best light."""
    (units, m), s = x.shape, y.shape[1]
    free = [(None, None)] if returns == "vrs" else [(0, 0)]
    return -linprog(
        np.concatenate([np.zeros(m), -y[at], [-1]]),
        A_ub=np.column_stack([-x, y, np.ones(units)]),
        b_ub=np.zeros(units),
        A_eq=np.concatenate([x[at], np.zeros(s + 1)])[None, :],
        b_eq=[1],
        bounds=[(0, None)] * (m + s) + free,
    ).fun


@pytest.mark.parametrize(("returns", "orientation"), CASES)
def test_scores_and_slacks_are_the_printed_ones(returns, orientation) -> None:
    found = dea(FRONTIERS, "firm", ["x1", "x2"], ["y"], returns=returns, orientation=orientation)
    assert found["efficiency"].to_list() == pytest.approx(PRINTED[returns, orientation], abs=1e-8)
    slacks = {row[0]: row[1:] for row in found.select("firm", "slack_x1", "slack_x2", "slack_y").iter_rows()}
    for firm, values in slacks.items():
        assert values == pytest.approx(SLACKS[returns, orientation].get(firm, (0, 0, 0)), abs=1e-6), firm


def test_peers_come_with_their_weights_largest_first() -> None:
    found = dea(FRONTIERS, "firm", ["x1", "x2"], ["y"], returns="vrs")
    assert found["peers"].to_list()[:2] == ["f01 1", "f01 0.525588; f06 0.284232; f07 0.19018"]
    assert found["peers"][10] == "f01 1", "on the frontier by its score, and beaten on its second input"


def test_the_hospitals_of_the_textbook() -> None:
    found = dea(HOSPITALS, "hospital", STAFF, PATIENTS)
    assert [round(score, 3) for score in found["efficiency"]] == HOSPITALS_CCR
    assert found.columns == [
        "hospital", "efficiency", "scale_efficiency", "returns_to_scale", "slack_doctors", "slack_nurses",
        "slack_outpatients", "slack_inpatients", "peers",
    ]  # fmt: skip
    assert dict(found.select("hospital", "returns_to_scale").iter_rows()) == {
        **dict.fromkeys("ABD", "constant"), "E": "increasing", **dict.fromkeys("CFGHIJKL", "decreasing"),
    }  # fmt: skip


@pytest.mark.parametrize("returns", RETURNS)
def test_the_multiplier_form_gives_the_same_scores(returns) -> None:
    x, y = HOSPITALS.select(STAFF).to_numpy(), HOSPITALS.select(PATIENTS).to_numpy()
    found = dea(HOSPITALS, "hospital", STAFF, PATIENTS, returns=returns)["efficiency"]
    assert found.to_list() == pytest.approx([multipliers(x, y, at, returns) for at in range(12)], abs=1e-6)


def test_every_period_is_compared_with_itself_alone() -> None:
    later = HOSPITALS.with_columns(pl.col("outpatients") * 2, year=pl.lit(2024))
    both = pl.concat([HOSPITALS.with_columns(year=pl.lit(2023)), later])
    found = dea(both, "hospital", STAFF, PATIENTS, period="year")
    alone = dea(later, "hospital", STAFF, PATIENTS)
    assert found.columns[:3] == ["hospital", "year", "efficiency"]
    assert found["efficiency"].to_list()[12:] == alone["efficiency"].to_list()


CELLS = st.lists(st.tuples(*[st.integers(1, 30)] * 3), min_size=2, max_size=7)


@settings(max_examples=25, deadline=None)
@given(cells=CELLS, data=st.data())
def test_order_and_units_of_measurement_do_not_matter(cells, data) -> None:
    rows = pl.DataFrame(
        [(f"u{at}", *row) for at, row in enumerate(cells)], schema=["u", "a", "b", "y"], orient="row"
    )
    shuffled = rows[data.draw(st.permutations(range(rows.height)))]
    found = dea(rows, "u", ["a", "b"], ["y"], returns="vrs").sort("u")
    assert dea(shuffled, "u", ["a", "b"], ["y"], returns="vrs").sort("u").equals(found)
    in_yuan = rows.with_columns(pl.col("a") * 10**10)
    assert dea(in_yuan, "u", ["a", "b"], ["y"], returns="vrs").sort("u")[
        "efficiency"
    ].to_list() == pytest.approx(found["efficiency"].to_list(), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(cells=CELLS)
def test_constant_returns_never_flatter_and_the_two_orientations_are_each_others_inverse(cells) -> None:
    rows = pl.DataFrame(
        [(f"u{at}", *row) for at, row in enumerate(cells)], schema=["u", "a", "b", "y"], orient="row"
    )
    theta, variable = (dea(rows, "u", ["a", "b"], ["y"], returns=kind)["efficiency"] for kind in RETURNS)
    phi = dea(rows, "u", ["a", "b"], ["y"], orientation="output")["efficiency"]
    assert (theta * phi).to_list() == pytest.approx([1] * rows.height, abs=1e-6)
    assert ((theta <= variable + 1e-7) & (variable <= 1) & (theta > 0)).all()
    assert theta.max() == 1


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"doctors": 0}, "not_positive", "doctors"),
        ({"doctors": -1}, "not_positive", "doctors"),
        ({"nurses": None}, "missing", "nurses"),
        ({"inpatients": -1}, "negative", "inpatients"),
        ({"outpatients": 0, "inpatients": 0}, "no_output", "outpatients"),
        ({"hospital": "B"}, "twice", "hospital"),
    ],
)
def test_what_the_method_cannot_use_is_refused_with_unit_and_column(change, rule, column) -> None:
    broken = pl.DataFrame([HOSPITALS.row(0, named=True) | change], schema=HOSPITALS.schema)
    with pytest.raises(DeaError) as refused:
        dea(pl.concat([broken, HOSPITALS.tail(-1)]), "hospital", STAFF, PATIENTS)
    assert (refused.value.rule, refused.value.column) == (rule, column)
    assert refused.value.unit == change.get("hospital", "A")


def test_an_output_of_zero_is_allowed_beside_another() -> None:
    rows = HOSPITALS.with_columns(
        outpatients=pl.when(pl.col("hospital") == "A").then(0).otherwise("outpatients")
    )
    assert dea(rows, "hospital", STAFF, PATIENTS)["efficiency"][0] == 1


def test_how_many_units_a_comparison_needs() -> None:
    assert [units_wanted(1, 1), units_wanted(2, 2), units_wanted(4, 7)] == [6, 12, 33]


def test_nobody_compared_is_an_empty_table_with_the_same_columns() -> None:
    found = dea(HOSPITALS.clear(), "hospital", STAFF, PATIENTS)
    assert found.schema == dea(HOSPITALS, "hospital", STAFF, PATIENTS).schema


@pytest.mark.parametrize("names", [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"], ["c", "a", "b"]])
@pytest.mark.parametrize(("returns", "orientation"), CASES)
def test_the_largest_slacks_are_found_wherever_the_solver_would_begin(names, returns, orientation) -> None:
    # The first has no smaller share of x1 than the others; it wastes 3 of x2 against the best of them, 1 less of z.
    rows = pl.DataFrame({"u": names, "x1": [2, 2, 2], "x2": [5, 2, 4], "y": [1, 1, 1], "z": [1, 2, 1]})
    found = dea(rows, "u", ["x1", "x2"], ["y", "z"], returns=returns, orientation=orientation)
    first = found.row(0, named=True)
    assert first["efficiency"] == 1
    assert [round(first[f"slack_{name}"], 6) for name in ("x1", "x2", "y", "z")] == [0, 3, 0, 1]
    assert first["peers"] == f"{names[1]} 1"
