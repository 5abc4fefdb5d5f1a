"""Missing is neither zero nor false: always sound, and exact when one input is missing.

TIDU_ORACLE_SPARSE sets the number of firms of the ordinary run.
"""

import os
from random import Random

import pytest

from tests.oracle.compare import cells_missing, faults
from tests.oracle.completions import exact_size_class
from tests.oracle.edges import EDGES, SOUND, STANDARDS, STEPS, entry
from tests.oracle.firms import YEAR
from tests.oracle.product import scored, sized
from tests.oracle.size import size_class
from tests.oracle.sparse import inputs_of, one_missing, several_missing

FIRMS = int(os.environ.get("TIDU_ORACLE_SPARSE", "400"))


def one_each(standard: str, count: int, draw: Random) -> list:
    """Firms with one input blank, each input of the standard among them."""
    found = [one_missing(draw, standard) for _ in range(count)]
    wanted = set(inputs_of(standard)) - {cell for _, cell in found}
    while wanted:
        firm, cell = one_missing(draw, standard)
        if cell in wanted:
            wanted.remove(cell)
            found.append((firm, cell))
    return [entry(number, f"without {cell}", firm) for number, (firm, cell) in enumerate(found)]


def several_each(standard: str, count: int, draw: Random) -> list:
    return [entry(number, "without several", several_missing(draw, standard)) for number in range(count)]


def disagreements(entries, standard, tmp_path) -> list:
    rows = scored(entries, tmp_path, standard)
    return [
        (one.tag, one.uscc, found)
        for one in entries
        if (found := faults(rows[one.uscc], one.cells, standard))
    ]


@pytest.mark.parametrize("standard", STANDARDS)
def test_with_one_input_missing_the_verdict_is_what_all_completions_agree_on(standard, tmp_path):
    entries = one_each(standard, FIRMS, Random(standard))
    assert all(len(cells_missing(one.cells, standard)) == 1 for one in entries)
    assert disagreements(entries, standard, tmp_path) == []


@pytest.mark.parametrize("standard", STANDARDS)
def test_with_several_inputs_missing_no_completion_contradicts_the_verdict(standard, tmp_path):
    assert disagreements(several_each(standard, FIRMS, Random(standard)), standard, tmp_path) == []


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
    pairs = size_entries(FIRMS, Random(3))
    rows = sized([one for one, _ in pairs], tmp_path)
    for one, gone in pairs:
        said = rows[one.uscc]["size_class"]
        assert said == exact_size_class(one.cells, gone, YEAR), (one.tag, one.cells)
        assert size_class(one.cells, YEAR) in (said, "undetermined")


@pytest.mark.soak
@pytest.mark.parametrize("standard", STANDARDS)
def test_three_values_over_many_seeds(standard, soak_scale, tmp_path):
    for seed in range(soak_scale):
        draw = Random(seed)
        assert disagreements(one_each(standard, 4_000, draw), standard, tmp_path) == [], seed
        assert disagreements(several_each(standard, 4_000, draw), standard, tmp_path) == [], seed
