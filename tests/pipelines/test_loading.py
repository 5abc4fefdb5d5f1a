"""A file is loaded whole or not at all, once, and a corrected one supersedes it without erasing it."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from data import access
from data.home import Home
from data.manifest import published
from pipelines.count import count
from pipelines.intake.check import check_file
from pipelines.loading import load
from pipelines.receipts import NoReceiptError, live
from tests.pipelines.small_files import firm, write_returns


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def revenues(home: Home, *, all_rows: bool = False) -> list[tuple]:
    rows = access.read(access.MINISTRY, home).table("annual_returns", all_rows=all_rows)
    return (
        rows.select("uscc, revenue // 1000000, receipt_id, row_no, superseded_by")
        .order("uscc, receipt_id")
        .fetchall()
    )


def files(home: Home) -> set[str]:
    return {str(path.relative_to(home.folder)) for path in home.folder.rglob("*") if path.is_file()} - {
        "lock"
    }


def test_a_loaded_row_names_its_receipt_and_its_row(home: Home, tmp_path: Path) -> None:
    outcomes, build = load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    assert [(one.receipt, one.is_new) for one in outcomes] == [(1, True)]
    assert build.rows["annual_returns"] == 2
    assert revenues(home) == sorted([(firm(1), 1000, 1, 2, None), (firm(2), 1000, 1, 3, None)])


def test_the_intake_keeps_the_bytes_as_they_came(home: Home, tmp_path: Path) -> None:
    path = write_returns(tmp_path / "a.csv", [1])
    load(home, [path])
    [receipt] = live(home)
    assert (home.intake / receipt.stored).read_bytes() == path.read_bytes()
    assert receipt.file == "a.csv"


def test_a_receipt_knows_in_which_column_each_figure_stood(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    [receipt] = live(home)
    assert receipt.places["1"]["columns"]["revenue"] == "F"
    assert receipt.places["1"]["header_row"] == 1


def test_the_same_bytes_twice_are_one_receipt(home: Home, tmp_path: Path) -> None:
    first = write_returns(tmp_path / "a.csv", [1, 2])
    again = write_returns(tmp_path / "under another name.csv", [1, 2])
    before = load(home, [first])[1]
    [outcome], after = load(home, [again])
    assert (outcome.receipt, outcome.is_new) == (1, False)
    assert after == before
    assert count(home, "annual_returns") == 2


def test_a_corrected_file_supersedes_key_by_key_and_both_are_kept(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    load(home, [write_returns(tmp_path / "b.csv", [2, 3], revenue=2000)])
    assert {(code, revenue) for code, revenue, *_ in revenues(home)} == {
        (firm(1), 1000), (firm(2), 2000), (firm(3), 2000)
    }  # fmt: skip
    assert {(code, receipt, by) for code, _, receipt, _, by in revenues(home, all_rows=True)} == {
        (firm(1), 1, None), (firm(2), 1, 2), (firm(2), 2, None), (firm(3), 2, None)
    }  # fmt: skip
    assert count(home, "annual_returns") == 3


def test_a_file_that_replaces_another_whole_also_drops_what_it_left_out(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    load(home, [write_returns(tmp_path / "b.csv", [2], revenue=2000)], replaces=1)
    assert [(code, revenue) for code, revenue, *_ in revenues(home)] == [(firm(2), 2000)]
    assert count(home, "annual_returns") == 1


def test_only_a_receipt_that_counts_can_be_replaced(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    with pytest.raises(
        NoReceiptError, match=r"receipt 7 does not count for annual_returns. Those that do: 1"
    ):
        load(home, [write_returns(tmp_path / "b.csv", [2])], replaces=7)
    assert count(home, "annual_returns") == 1


def test_a_refused_file_leaves_no_trace(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    before, build = files(home), published(home)
    bad = write_returns(tmp_path / "bad.csv", [5, 6])
    bad.write_text(bad.read_text(encoding="utf-8").replace("800", "八百", 1), encoding="utf-8")
    [outcome], nothing = load(home, [bad])
    assert outcome.receipt is None
    assert outcome.checked.errors == 1
    assert outcome.checked.file == "bad.csv"
    assert nothing is None
    assert files(home) == before
    assert published(home) == build


def test_of_several_files_the_good_ones_are_loaded(home: Home, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("什么都不是\n1\n", encoding="utf-8")
    outcomes, build = load(home, [bad, write_returns(tmp_path / "a.csv", [1])])
    assert [one.receipt for one in outcomes] == [None, 1]
    assert build.rows["annual_returns"] == 1


def test_a_dry_run_stores_nothing_and_says_what_would_be_new(home: Home, tmp_path: Path) -> None:
    path = write_returns(tmp_path / "a.csv", [1])
    [outcome], build = load(home, [path], dry_run=True)
    assert (outcome.checked.accepted, outcome.receipt, outcome.is_new, build) == (True, None, True, None)
    assert files(home) == set()
    load(home, [path])
    assert [one.is_new for one in load(home, [path], dry_run=True)[0]] == [False]


def test_the_findings_of_a_load_are_those_of_a_check(home: Home, tmp_path: Path) -> None:
    path = write_returns(tmp_path / "a.csv", range(20))
    path.write_text(path.read_text(encoding="utf-8").replace(",50,", ",,", 3), encoding="utf-8")
    [outcome], _ = load(home, [path])
    assert outcome.checked.findings.equals(check_file(path).findings)


def test_made_up_data_is_known_by_the_name_of_its_file(home: Home, tmp_path: Path) -> None:
    assert not load(home, [write_returns(tmp_path / "a.csv", [1])])[1].synthetic
    assert load(home, [write_returns(tmp_path / "synthetic-b.csv", [2])])[1].synthetic


def test_what_was_known_on_a_day_comes_from_the_receipts_of_that_day(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    today = live(home)[0].received_at.date()
    assert count(home, "annual_returns", today) == 2
    assert count(home, "annual_returns", today - dt.timedelta(days=1)) == 0
    facts = access.read(access.MINISTRY, home)
    assert len(facts.table("annual_returns", known_on=today)) == 2
    assert len(facts.table("annual_returns", known_on=today - dt.timedelta(days=1))) == 0


def test_processes_that_load_at_once_lose_nothing(home: Home, tmp_path: Path, root: Path) -> None:
    paths = [write_returns(tmp_path / f"{at}.csv", range(at * 10, at * 10 + 10)) for at in range(4)]
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "load"]
    running = [
        subprocess.Popen(
            [*command, str(path)], cwd=root, env={"TIDU_HOME": str(home.folder), "TIDU_WORKER": "off"},
            stdout=subprocess.DEVNULL,
        )
        for path in paths
    ]  # fmt: skip
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0, 0]
    assert count(home, "annual_returns") == 40
    assert len(revenues(home)) == 40
