"""A published index to its printed digits; ties, gaps and directions as they are defined; properties of any tree."""

import csv
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.composite import ConstantIndicatorError, FaultyTreeError, Node, composite, tree_of
from metrics.composite_reasons import explained

PUBLISHED = Path(__file__).parent / "published"


def published_tree(name: str):
    with (PUBLISHED / f"{name}_structure.csv").open(encoding="utf-8") as file:
        return tree_of(
            [
                Node(
                    row["code"],
                    row["parent"] or None,
                    Decimal(row["weight"] or 1),
                    int(row["direction"] or 1),
                    row["normalise"] or "none",
                )
                for row in csv.DictReader(file)
            ]
        )


def flat(weights: dict[str, int], **changes) -> list[Node]:
    nodes = [Node("all", None), *(Node(code, "all", Decimal(weight)) for code, weight in weights.items())]
    return [changes.get(node.code, node) for node in nodes]


def scored(data: dict, nodes: list[Node], **options) -> dict[str, tuple]:
    found = composite(pl.DataFrame(data), tree_of(nodes), **options)
    return {row["unit"]: (row["rank"], row["score"]) for row in found.iter_rows(named=True)}


def test_the_published_index_is_reproduced_to_its_printed_digit_with_its_ranks() -> None:
    tree = published_tree("spi_2019")
    assert (len(tree.leaves), len(tree.nodes)) == (48, 66)
    found = composite(pl.read_csv(PUBLISHED / "spi_2019.csv", infer_schema=False), tree).sort("unit")
    printed = pl.read_csv(PUBLISHED / "spi_2019_scores.csv").sort("unit")
    assert found["unit"].to_list() == printed["unit"].to_list()
    assert found["rank"].to_list() == printed["rank"].to_list()
    assert (found["SPI"] * 100).round(1).to_list() == printed["SPI"].round(1).to_list()
    for column in ("P1", "P3", "P4", "P5"):
        assert (found[column] * 100).to_list() == pytest.approx(printed[column].to_list(), abs=1e-9), column
    # The source rounds one subscore of the second pillar to three digits before it goes on.
    assert (found["P2"] * 100).to_list() == pytest.approx(
        printed["P2"].to_list(), abs=100 * 0.0005 / 3 + 0.01
    )


def test_an_index_of_49_raw_indicators_is_reproduced_at_every_node_with_its_ranks() -> None:
    tree = published_tree("asem_2018")
    assert (len(tree.leaves), len(tree.nodes)) == (49, 60)
    found = composite(pl.read_csv(PUBLISHED / "asem_2018.csv", infer_schema=False), tree).sort("unit")
    printed = pl.read_csv(PUBLISHED / "asem_2018_scores.csv").sort("unit")
    assert found["unit"].to_list() == printed["unit"].to_list()
    assert found["rank"].to_list() == printed["rank"].to_list()
    for node in printed.columns[2:]:
        assert found[node].to_list() == pytest.approx(printed[node].to_list(), abs=0.5001e-4), node


def test_the_result_has_a_column_per_node_and_the_best_come_first() -> None:
    found = composite(
        pl.DataFrame({"unit": ["x", "y"], "a": [1, 3], "b": [1, 1]}), tree_of(flat({"a": 1, "b": 1}))
    )
    assert found.columns == ["unit", "rank", "score", "all", "a", "b", "rank_p05", "rank_p95"]
    assert found.rows() == [
        ("y", 1, 2.0, 2.0, 3.0, 1.0, None, None),
        ("x", 2, 1.0, 1.0, 1.0, 1.0, None, None),
    ]


def test_weights_count_among_siblings_alone() -> None:
    data = {"unit": ["x"], "a": [0], "b": [10], "c": [1]}
    deep = [
        Node("all", None), Node("ab", "all", Decimal(3)), Node("c", "all", Decimal(1)),
        Node("a", "ab", Decimal(30)), Node("b", "ab", Decimal(10)),
    ]  # fmt: skip
    assert scored(data, deep)["x"][1] == (3 * 2.5 + 1) / 4


def test_equal_scores_share_a_rank_even_where_floating_point_would_part_them() -> None:
    data = {"unit": ["x", "y", "z", "w"], "a": ["0.1", "0.3", "0", "1"], "b": ["0.2", "0", "0.3", "1"]}
    assert {unit: rank for unit, (rank, _) in scored(data, flat({"a": 1, "b": 1})).items()} == {
        "w": 1, "x": 2, "y": 2, "z": 2,
    }  # fmt: skip
    data["b"][3] = None
    assert scored(data | {"unit": ["x", "y", "z", "v"]}, flat({"a": 1, "b": 1}))["v"] == (1, 1.0)


def test_a_missing_child_leaves_its_weight_to_its_siblings_unless_strict() -> None:
    data = {"unit": ["x", "y", "z"], "a": [4, 2, None], "b": [None, 4, None]}
    assert scored(data, flat({"a": 1, "b": 3})) == {"x": (1, 4.0), "y": (2, 3.5), "z": (None, None)}
    assert scored(data, flat({"a": 1, "b": 3}), missing="strict") == {
        "y": (1, 3.5), "x": (None, None), "z": (None, None),
    }  # fmt: skip


def test_less_is_better_turns_the_sign_and_minmax_runs_from_0_to_100() -> None:
    data = {"unit": ["x", "y", "z"], "a": [1, 2, 5]}
    falling = Node("a", "all", Decimal(1), -1)
    assert scored(data, flat({"a": 1}, a=falling))["x"] == (1, -1.0)
    stretched = Node("a", "all", Decimal(1), -1, "minmax")
    assert scored(data, flat({"a": 1}, a=stretched)) == {"x": (1, 100.0), "y": (2, 75.0), "z": (3, 0.0)}


def test_minmax_of_a_constant_is_refused() -> None:
    with pytest.raises(ConstantIndicatorError, match="a has the same value"):
        scored({"unit": ["x", "y"], "a": [2, 2]}, [*flat({}), Node("a", "all", Decimal(1), 1, "minmax")])


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ([Node("a", None), Node("b", "c")], ("b", "parent", "unknown_parent")),
        ([Node("a", "b"), Node("b", "a")], ("", "parent", "no_root")),
        ([Node("r", None), Node("x", "r"), Node("a", "b"), Node("b", "a")], ("a", "parent", "cycle")),
        ([Node("a", None), Node("b", None)], ("b", "parent", "more_roots")),
        ([Node("a", None), Node("b", "a"), Node("b", "a")], ("b", "code", "duplicate")),
        ([Node("a", None), Node("rank", "a")], ("rank", "code", "reserved")),
        ([Node("a", None), Node("b", "a", Decimal(-1)), Node("c", "a")], ("b", "weight", "negative_weight")),
        ([Node("a", None), Node("b", "a", Decimal(0))], ("a", "weight", "no_weight")),
        ([Node("a", None)], ("a", "code", "no_indicator")),
    ],
)
def test_what_is_no_tree_is_refused_with_node_and_column(nodes, fault) -> None:
    with pytest.raises(FaultyTreeError) as refused:
        tree_of(nodes)
    first = refused.value.faults[0]
    assert (first.code, first.column, first.rule) == fault


def test_drawn_weights_repeat_with_their_seed_and_hold_the_rank() -> None:
    tree, data = published_tree("spi_2019"), pl.read_csv(PUBLISHED / "spi_2019.csv", infer_schema=False)
    found = composite(data, tree, draws=200, seed=7)
    assert found.equals(composite(data.reverse(), tree, draws=200, seed=7))
    assert not found.equals(composite(data, tree, draws=200, seed=8))
    assert (found["rank_p05"] <= found["rank_p95"]).all()
    assert found["rank_p05"][0] == 1
    assert found.filter(pl.col("rank_p05") < pl.col("rank_p95")).height > 10


def test_a_unit_that_is_best_in_everything_is_first_in_every_draw() -> None:
    data = pl.DataFrame({"unit": ["x", "y", "z"], "a": [3, 2, None], "b": [3, 1, None]})
    found = composite(data, tree_of(flat({"a": 1, "b": 5})), draws=50)
    assert found.select("unit", "rank_p05", "rank_p95").rows() == [
        ("x", 1, 1),
        ("y", 2, 2),
        ("z", None, None),
    ]


VALUES = st.integers(-50, 50)


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    weights = st.integers(1, 9).map(Decimal)
    groups = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    nodes = [Node("all", None)]
    for at, leaves in enumerate(groups):
        nodes.append(Node(f"g{at}", "all", draw(weights)))
        nodes += [Node(f"g{at}i{leaf}", f"g{at}", draw(weights)) for leaf in range(leaves)]
    return nodes


@settings(max_examples=40, deadline=None)
@given(nodes=trees(), data=st.data())
def test_raising_a_more_is_better_value_never_lowers_a_score_and_order_does_not_matter(nodes, data) -> None:
    leaves = tree_of(nodes).leaves
    rows = [[data.draw(VALUES) for _ in leaves] for _ in range(3)]
    table = pl.DataFrame({"unit": ["x", "y", "z"], **dict(zip(leaves, zip(*rows, strict=True), strict=True))})
    before = composite(table, tree_of(nodes), draws=3)
    shuffled = data.draw(st.permutations(nodes))
    again = composite(table[data.draw(st.permutations(range(3)))], tree_of(shuffled), draws=3)
    assert again.select(before.columns).equals(before)
    leaf = data.draw(st.sampled_from(leaves))
    raised = composite(table.with_columns(pl.col(leaf) + data.draw(st.integers(0, 20))), tree_of(nodes))
    assert (raised.sort("unit")["score"] >= before.sort("unit")["score"]).all()


def test_the_points_of_the_indicators_sum_to_the_score_and_gaps_leave_their_share_to_siblings() -> None:
    table = pl.read_csv(PUBLISHED / "spi_2019.csv", infer_schema=False).with_columns(
        pl.when(pl.col("unit") != "NOR").then("D3.1.POV").alias("D3.1.POV")
    )
    tree = published_tree("spi_2019")
    for row in composite(table, tree).head(3).iter_rows(named=True):
        found = explained(tree, row)
        leaves = found.filter(pl.col("code").is_in(tree.leaves))
        assert leaves["points"].sum() == pytest.approx(row["score"], abs=1e-12)
        assert leaves["share_of_score"].sum() == pytest.approx(100)
        goals = found.filter(parent="D3.A").select("value", "share").rows()
        assert [share for _, share in goals] == (
            [None, *[pytest.approx(20)] * 5] if row["unit"] == "NOR" else [pytest.approx(100 / 6)] * 6
        )


def test_below_a_node_that_is_stretched_itself_nobody_can_say_how_many_points_come_from_where() -> None:
    nodes = [Node("all", None), Node("g", "all", Decimal(1), 1, "minmax"), Node("a", "g")]
    tree = tree_of(nodes)
    row = composite(pl.DataFrame({"unit": ["x", "y"], "a": [1, 3]}), tree).row(0, named=True)
    assert explained(tree, row)["points"].to_list() == [100.0, 100.0, None]
