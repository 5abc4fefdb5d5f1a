"""The published tables are read strictly: what is wrong is refused with file, row and reason."""

from pathlib import Path

import pytest

from data import published
from data.strict_yaml import FileError

HEADER = ",".join(published.Batch.model_fields)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "reference").mkdir()
    monkeypatch.setattr(published, "DATA", tmp_path)

    def write(*lines: str) -> None:
        (tmp_path / "reference" / "published_batches.csv").write_text(
            "\n".join(lines) + "\n", encoding="utf-8"
        )

    published.batches.cache_clear()
    yield write
    published.batches.cache_clear()


GOOD = "little_giant,1,2019,recognised,announced,248,T,,,"


def test_a_good_row_keeps_its_row_number(table) -> None:
    table(HEADER, GOOD, GOOD.replace("248", "249"))
    assert published.batches()["row_no"].to_list() == [2, 3]


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ((HEADER, GOOD.replace(",T,", ",,")), "row 2 mark"),
        ((HEADER, GOOD, GOOD.replace("announced", "gross")), "row 3 basis"),
        ((HEADER, GOOD.replace("248", "-1")), "row 2 count"),
        ((HEADER, GOOD + ",more"), "row 2"),
        ((HEADER + ",extra", GOOD + ","), "row 1"),
    ],
)
def test_a_faulty_table_is_refused_where_it_is_faulty(table, lines: tuple[str, ...], named: str) -> None:
    table(*lines)
    with pytest.raises(FileError, match=named):
        published.batches()


def test_no_published_figure_is_without_a_source_mark() -> None:
    for rows in (published.stock(), published.batches()):
        assert set(rows["mark"]) <= {"S", "G", "T", "D"}


def test_the_events_are_dated_marked_and_in_order() -> None:
    dates = [event.date.isoformat() for event in published.events()]
    assert dates == sorted(dates)
    assert {"2022-06-01", "2022-08-01", "2026-04-01"} <= set(dates)


def test_every_unit_has_its_count_of_june_2021() -> None:
    assert published.little_giants_by_unit().height == published.units()["in_programme"].sum()
