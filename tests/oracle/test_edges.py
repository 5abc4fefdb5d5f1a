"""The edge file is what it says: each edge turns something, and every row would be accepted."""

from collections import Counter
from random import Random

import pytest

from tests.oracle.edges import EDGES, STANDARDS, Edge, decisive, edge_entries, kept_bounds
from tests.oracle.firms import YEAR
from tests.oracle.size import size_class

# The lowest bands of this indicator lie on the second gate of annex 2, which fails the firm either way.
GATED_BANDS = {("rd_input", "100 万元"), ("rd_input", "3%")}


def watched(edge: Edge, firm: dict):
    if edge.standard == "size":
        return size_class(firm, YEAR)
    reading = STANDARDS[edge.standard].score(firm, YEAR)
    criterion = edge.watch.removesuffix(" points")
    return reading.points[criterion] if criterion != edge.watch else (
        reading.conditions[criterion] if criterion in reading.conditions else reading.points[criterion]
    )  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.standard} {edge.watch} {edge.name}")
def test_each_edge_turns_the_criterion_it_names_and_the_verdict_with_it(edge):
    steps = decisive(edge, Random(f"{edge}"), YEAR)
    assert len({watched(edge, firm) for firm in steps}) > 1
    assert all(kept_bounds(firm) for firm in steps)
    if edge.standard != "size" and (edge.watch, edge.name) not in GATED_BANDS:
        assert len({STANDARDS[edge.standard].score(firm, YEAR).verdict for firm in steps}) > 1


def test_the_edge_file_holds_every_edge_every_verdict_and_many_totals_of_exactly_sixty():
    entries = edge_entries()
    tags = Counter(entry.tag for entry in entries)
    assert all(tags[f"{e.standard} {e.watch} {e.name} {step:+d}"] for e in EDGES for step in (-1, 0, 1))
    assert all(kept_bounds(entry.cells) for entry in entries)
    assert len({entry.uscc for entry in entries}) == len(entries)
    for standard, module in STANDARDS.items():
        readings = [module.score(entry.cells, YEAR) for entry in entries]
        assert {reading.verdict for reading in readings} == {"meets", "fails", "undetermined"}
        assert len({reading.route for reading in readings}) == 3
        if standard != "little_giant":
            assert sum(reading.score == 60 for reading in readings) > len(entries) // 20
    classes = {size_class(entry.cells, YEAR) for entry in entries}
    assert classes == {"large", "medium", "small", "micro", "undetermined"}
