"""On, one fen above and one fen below every edge, the product says what exact arithmetic on the notices says.

TIDU_ORACLE_FIRMS sets the number of firms of the ordinary run.
"""

import os
from functools import cache

import pytest

from tests.oracle.compare import faults
from tests.oracle.edges import STANDARDS, edge_entries
from tests.oracle.firms import YEAR
from tests.oracle.product import scored, sized
from tests.oracle.size import size_class

FIRMS = int(os.environ.get("TIDU_ORACLE_FIRMS", "2000"))


@pytest.fixture(scope="module")
def entries():
    return edge_entries(FIRMS)


@pytest.fixture(scope="module")
def rows_for(entries, tmp_path_factory):
    """The product's output for a standard, run once."""
    return cache(lambda standard: scored(entries, tmp_path_factory.mktemp(standard), standard))


def disagreements(entries, rows, standard) -> list:
    assert set(rows) == {entry.uscc for entry in entries}
    return [
        (entry.tag, entry.uscc, found)
        for entry in entries
        if (found := faults(rows[entry.uscc], entry.cells, standard))
    ]


def size_disagreements(entries, rows) -> list:
    assert set(rows) == {entry.uscc for entry in entries}
    return [
        (entry.tag, entry.uscc, rows[entry.uscc]["size_class"], expected)
        for entry in entries
        if rows[entry.uscc]["size_class"] != (expected := size_class(entry.cells, YEAR))
    ]


@pytest.mark.parametrize("standard", STANDARDS)
def test_scores_equal_exact_arithmetic(entries, rows_for, standard):
    rows = rows_for(standard)
    assert disagreements(entries, rows, standard) == []
    for entry in entries:
        row = rows[entry.uscc]
        assert (row["name"], row["year"]) == (entry.name, str(YEAR))


def test_size_classes_equal_exact_arithmetic(entries, tmp_path):
    assert size_disagreements(entries, sized(entries, tmp_path)) == []


def test_the_order_of_firms_changes_nothing(entries, rows_for, tmp_path):
    assert scored(entries[::-1], tmp_path, "srdi") == rows_for("srdi")


def test_duckdb_says_the_same_as_polars(entries, rows_for, tmp_path):
    assert scored(entries, tmp_path, "srdi", engine="duckdb") == rows_for("srdi")


@pytest.mark.soak
@pytest.mark.parametrize("standard", [*STANDARDS, "size"])
def test_scores_equal_exact_arithmetic_over_many_seeds(standard, soak_scale, tmp_path):
    for seed in range(soak_scale):
        entries = edge_entries(30_000, seed=seed)
        if standard == "size":
            assert size_disagreements(entries, sized(entries, tmp_path)) == [], seed
        else:
            assert disagreements(entries, scored(entries, tmp_path, standard), standard) == [], seed
