"""Missing is neither zero nor false: always sound, and exact when one input is missing.

TIDU_ORACLE_SPARSE sets the number of firms of each kind in the ordinary run.
"""

import os
from functools import cache
from random import Random

import pytest

from tests.oracle.annual_csv import Entry
from tests.oracle.compare import cells_missing, faults
from tests.oracle.completions import exact_size_class
from tests.oracle.edges import EDGES, SOUND, STANDARDS, STEPS, entry
from tests.oracle.firms import YEAR
from tests.oracle.product import scored, sized
from tests.oracle.size import size_class
from tests.oracle.sparse import inputs_of, one_missing, over_cautious, several_missing

FIRMS = int(os.environ.get("TIDU_ORACLE_SPARSE", "250"))
ONE, SHARED, SEVERAL = "one missing", "one missing that conditions share", "several missing"


def sparse_entries(standard: str, count: int, seed: int | str) -> list[Entry]:
    """Firms without one input (each input of the standard in turn), and without several."""
    draw = Random(f"{standard} {seed}")
    found = [(ONE, *one_missing(draw, standard)) for _ in range(count)]
    wanted = set(inputs_of(standard)) - {cell for _, _, cell in found}
    while wanted:
        firm, cell = one_missing(draw, standard)
        if cell in wanted:
            wanted.remove(cell)
            found.append((ONE, firm, cell))
    found += [(SHARED, *pair) for pair in over_cautious(draw, standard, 4 * count)]
    found += [(SEVERAL, several_missing(draw, standard), None) for _ in range(count)]
    return [entry(number, kind, firm) for number, (kind, firm, _) in enumerate(found)]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Firms of all kinds for a standard, and the product's output for them, run once."""

    @cache
    def of(standard: str) -> tuple[list[Entry], dict]:
        entries = sparse_entries(standard, FIRMS, 1)
        return entries, scored(entries, tmp_path_factory.mktemp(standard), standard)

    return of


def disagreements(entries, rows, standard) -> list:
    return [
        (one.tag, one.uscc, cells_missing(one.cells, standard), found)
        for one in entries
        if (found := faults(rows[one.uscc], one.cells, standard))
    ]


@pytest.mark.parametrize("standard", STANDARDS)
def test_with_one_input_missing_the_verdict_is_what_all_completions_agree_on(standard, outcome):
    entries, rows = outcome(standard)
    single = [one for one in entries if one.tag != SEVERAL]
    assert all(len(cells_missing(one.cells, standard)) == 1 for one in single)
    assert any(one.tag == SHARED for one in single)
    assert disagreements(single, rows, standard) == []


@pytest.mark.parametrize("standard", STANDARDS)
def test_with_several_inputs_missing_no_completion_contradicts_the_verdict(standard, outcome):
    entries, rows = outcome(standard)
    assert disagreements([one for one in entries if one.tag == SEVERAL], rows, standard) == []


def size_entries(count: int, draw: Random) -> list:
    """Firms on the edges of size classes with one figure of their industry blank, and nothing else given."""
    edges, found = [edge for edge in EDGES if edge.standard == "size"], []
    for number in range(count):
        firm = draw.choice(edges).firm(SOUND["size"](draw), YEAR, draw.choice(STEPS), number)
        names = ("industry_code", "employees", "revenue", "total_assets")
        kept = {(name, YEAR): firm[name, YEAR] for name in names} | {("year", YEAR): YEAR}
        gone = (draw.choice(names), YEAR)
        found.append((entry(number, f"without {gone[0]}", {**kept, gone: None}), gone))
    return found


def test_a_size_class_with_one_figure_missing_is_what_all_completions_agree_on(tmp_path):
    pairs = size_entries(2 * FIRMS, Random(3))
    rows = sized([one for one, _ in pairs], tmp_path)
    for one, gone in pairs:
        said = rows[one.uscc]["size_class"]
        assert said == exact_size_class(one.cells, gone, YEAR), (one.tag, one.cells)
        assert size_class(one.cells, YEAR) in (said, "undetermined")


@pytest.mark.soak
@pytest.mark.parametrize("standard", STANDARDS)
def test_three_values_over_many_seeds(standard, soak_scale, tmp_path):
    for seed in range(soak_scale):
        entries = sparse_entries(standard, 3_000, seed)
        assert disagreements(entries, scored(entries, tmp_path, standard), standard) == [], seed
