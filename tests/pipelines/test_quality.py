"""The quality of a build: both readers side by side, a difference named down to the cell, and what was received."""

import datetime as dt
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from data import access
from data.home import Home
from data.manifest import Published
from pipelines.after_build import read_again
from pipelines.build import build
from pipelines.loading import load
from pipelines.quality import coverage, freshness, quality_json, quality_of, received, without_return
from tests.pipelines.small_files import RETURNS, firm, write_events

JUMPED = 2
BEIJING = "110000"


def write_registry(path: Path, number: int) -> Path:
    """One firm of Beijing in the registry."""
    path.write_text(
        f"统一社会信用代码,企业名称,省份\n{firm(number)},合成第{number}公司,北京市\n", encoding="utf-8"
    )
    return path


def write_jump(path: Path) -> Path:
    """Two years of three firms, of which one grew a hundredfold: a warning in its revenue."""
    rows = [
        f"{firm(at)},合成第{at}公司,北京市,{year},50,{100_000 if (at, year) == (JUMPED, 2024) else 1000},800"
        for at in range(1, 4)
        for year in (2023, 2024)
    ]
    path.write_text("\n".join([RETURNS, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def agreeing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Published]:
    """A store whose build both readers have read."""
    folder = tmp_path_factory.mktemp("quality")
    home = Home(folder / "home")
    files = [
        write_jump(folder / "a.csv"),
        write_events(folder / "b.csv", [1, 9]),
        write_registry(folder / "c.csv", 9),
    ]
    _, published = load(home, files)
    assert published is not None
    assert quality_of(published, home) is None, "nothing is said before the second reader has read"
    assert quality_json(home)["agrees"]
    return home, published


@pytest.fixture(scope="module")
def differing(agreeing: tuple[Home, Published]) -> tuple[Home, Published]:
    """The same store after its first reader was made to have seen nothing."""
    home, _ = agreeing
    with sqlite3.connect(home.work) as store:
        store.execute("UPDATE receipts SET findings = '{}'")
    published = build(home, "build", anew=True)
    read_again(home, published)
    return home, published


# First in the file: a later test makes another build the published one.
def test_readers_that_agree_are_said_to_agree_on_every_check(agreeing: tuple[Home, Published]) -> None:
    home, published = agreeing
    found = quality_of(published, home)
    assert found is not None
    assert found.agrees
    assert found.disagreements.is_empty()
    assert found.agreed == found.checks.height - found.only_first > 0
    [jump] = found.checks.filter(pl.col("first") > 0).to_dicts()
    assert (jump["column"], jump["first"], jump["second"], jump["agrees"]) == ("revenue", 1, 1, True)


def test_what_was_received_carries_its_warnings(agreeing: tuple[Home, Published]) -> None:
    rows = received(access.read(access.MINISTRY, agreeing[0]))
    assert rows.select("file", "dataset", "rows", "warnings").rows() == [
        ("a.csv", "annual_returns", 6, 1), ("b.csv", "title_events", 2, 0), ("c.csv", "enterprises", 1, 0),
    ]  # fmt: skip
    assert all(at.tzinfo for at in rows["received_at"])


def test_firms_expected_without_a_return_are_missing_and_named_with_file_and_cell(
    agreeing: tuple[Home, Published],
) -> None:
    facts = access.read(access.MINISTRY, agreeing[0])
    year, covered = coverage(facts)
    assert year == 2024
    assert covered.select("expected", "returned", "missing").sum().row(0) == (2, 1, 1)
    [missing] = without_return(facts, 2024, BEIJING).to_dicts()
    assert missing == {"name": "合成第9公司", "uscc": firm(9), "file": "c.csv", "sheet": "", "cell": "A2"}


def test_freshness_counts_from_the_receipt_of_each_dataset(agreeing: tuple[Home, Published]) -> None:
    facts = access.read(access.MINISTRY, agreeing[0])
    day = received(facts)["received_at"][0].date() + dt.timedelta(days=3)
    found = freshness(facts, day)
    assert found.filter(dataset="annual_returns").select("province", "rows", "days").rows() == [
        (BEIJING, 6, 3)
    ]


def test_a_difference_names_the_check_the_counts_and_the_cell(differing: tuple[Home, Published]) -> None:
    home, published = differing
    found = quality_of(published, home)
    assert found is not None
    assert not found.agrees
    [check] = found.disagreements.to_dicts()
    assert (check["dataset"], check["column"], check["first"], check["second"]) == (
        "annual_returns",
        "revenue",
        0,
        1,
    )
    [sample] = found.samples.to_dicts()
    assert (sample["file"], sample["sheet"], sample["cell"]) == ("a.csv", "", "F5")


def test_the_command_says_a_difference_with_its_rows(differing: tuple[Home, Published]) -> None:
    said = quality_json(differing[0])
    assert not said["agrees"]
    [check] = said["disagreements"]
    assert (check["column"], check["first"], check["second"], check["problem"]) == ("revenue", 0, 1, None)
    assert [row["cell"] for row in check["rows"]] == ["F5"]


def test_without_facts_there_is_no_quality(tmp_path: Path) -> None:
    with pytest.raises(access.NoFactsError):
        quality_json(Home(tmp_path / "home"))
