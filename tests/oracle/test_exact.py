"""On, one fen above and one fen below every edge, the product says what exact arithmetic on the notices says.

TIDU_ORACLE_FIRMS sets the number of firms of the ordinary run.
"""

import os

import pytest

from tests.oracle.compare import faults
from tests.oracle.edges import STANDARDS, edge_entries
from tests.oracle.firms import YEAR
from tests.oracle.product import scored, sized
from tests.oracle.size import size_class

FIRMS = int(os.environ.get("TIDU_ORACLE_FIRMS", "3000"))


@pytest.fixture(scope="module")
def entries():
    return edge_entries(FIRMS)


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
def test_scores_equal_exact_arithmetic(entries, standard, tmp_path):
    rows = scored(entries, tmp_path, standard)
    assert disagreements(entries, rows, standard) == []
    for entry in entries:
        row = rows[entry.uscc]
        assert (row["name"], row["year"]) == (entry.name, str(YEAR))
        assert {"score_low", "score_high"} <= set(row)


def test_size_classes_equal_exact_arithmetic(entries, tmp_path):
    assert size_disagreements(entries, sized(entries, tmp_path)) == []


def test_the_order_of_rows_changes_nothing(entries, tmp_path):
    few = entries[:400]
    assert scored(few, tmp_path, "srdi") == scored(few[::-1], tmp_path, "srdi")


def test_duckdb_says_the_same_as_polars(entries, tmp_path):
    for standard in STANDARDS:
        assert scored(entries, tmp_path, standard, engine="duckdb") == scored(entries, tmp_path, standard)


@pytest.mark.soak
@pytest.mark.parametrize("standard", [*STANDARDS, "size"])
def test_scores_equal_exact_arithmetic_over_many_seeds(standard, soak_scale, tmp_path):
    for seed in range(soak_scale):
        entries = edge_entries(30_000, seed=seed)
        if standard == "size":
            assert size_disagreements(entries, sized(entries, tmp_path)) == [], seed
        else:
            assert disagreements(entries, scored(entries, tmp_path, standard), standard) == [], seed
