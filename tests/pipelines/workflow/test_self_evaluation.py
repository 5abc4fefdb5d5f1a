"""A province's self-evaluation: nobody is overwritten silently; what is handed in is locked and reaches the facts."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from data import access
from data.appraisals import Appraisal
from data.home import Home
from data.readers import OPERATOR, Reader
from pipelines.loading import load
from pipelines.receipts import live
from pipelines.workflow import handed_in
from pipelines.workflow import self_evaluation as own
from pipelines.workflow.refusals import ConflictError, IncompleteError, LockedError, NotAllowedError

AT = Appraisal("round-1", 3, 2025)
GUANGDONG, NINGXIA = Reader("province", unit="440000"), Reader("province", unit="640000")
MINISTRY = Reader("ministry")
SYSTEM = {"execution": Decimal("5.4"), "direct_share": Decimal(6), "satisfaction": None}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def hand_in(home: Home, by: Reader = GUANGDONG) -> own.HandedIn:
    entries = own.read(home, by, AT, by.unit or "").entries
    seen = {indicator: entry.version for indicator, entry in entries.items()}
    return own.submit(home, by, AT, SYSTEM, seen=seen, build=1, synthetic=True)


def test_looking_creates_nothing(home: Home) -> None:
    assert own.read(home, GUANGDONG, AT, "440000").state == "none"
    assert own.standings(home, AT).is_empty()
    assert handed_in.pending(home) == []
    assert not home.work.exists()


def test_a_saved_field_is_there_in_its_decimals_and_its_versions_count(home: Home) -> None:
    first = own.save(home, GUANGDONG, AT, "execution", seen=0, value="5.40", explanation=" 按拨付数计 ")
    assert (first.version, first.value, first.explanation, first.by) == (
        1, Decimal("5.40"), "按拨付数计", "province.440000",
    )  # fmt: skip
    assert own.save(home, GUANGDONG, AT, "execution", seen=1, value="5.40", explanation="按拨付数计") == first
    assert own.save(home, GUANGDONG, AT, "execution", seen=1, value=None, explanation="").version == 2
    found = own.read(home, GUANGDONG, AT, "440000")
    assert (found.state, found.entry("execution").value, found.entry("satisfaction").version) == (
        "draft",
        None,
        0,
    )


def test_who_saves_second_is_told_what_stands_and_nothing_is_overwritten(home: Home) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="5.4")
    with pytest.raises(ConflictError) as told:
        own.save(home, GUANGDONG, AT, "execution", seen=0, value="3")
    assert told.value.current.value == Decimal("5.4")
    assert own.read(home, GUANGDONG, AT, "440000").entry("execution").value == Decimal("5.4")


@pytest.mark.parametrize("value", ["12 万", "NaN", "Infinity", "0.1234567", "1e30"])
def test_what_is_no_number_of_the_contract_is_refused(home: Home, value: str) -> None:
    with pytest.raises(IncompleteError):
        own.save(home, GUANGDONG, AT, "execution", seen=0, value=value)


def test_a_province_has_its_own_drafts_and_nobody_else_sees_them(home: Home) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="5.4")
    with pytest.raises(NotAllowedError):
        own.read(home, NINGXIA, AT, "440000")
    for other in (MINISTRY, OPERATOR, Reader("panelist", seat=1), Reader("chair"), Reader("finance")):
        seen = own.read(home, other, AT, "440000")
        assert (seen.state, dict(seen.entries)) == ("draft", {})
        with pytest.raises(NotAllowedError):
            own.save(home, other, AT, "execution", seen=1, value="6")
        with pytest.raises(NotAllowedError):
            hand_in(home, other)


def test_what_is_handed_in_is_locked_and_everybody_on_the_other_side_may_read_it(home: Home) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="6", explanation="含跨年支付")
    done = hand_in(home)
    assert (done.number, done.by, done.build) == (1, "province.440000", 1)
    for act in (
        lambda: own.save(home, GUANGDONG, AT, "execution", seen=1, value="5"),
        lambda: own.save(home, GUANGDONG, AT, "direct_share", seen=0, value="5"),
        lambda: hand_in(home),
    ):
        with pytest.raises(LockedError) as locked:
            act()
        assert locked.value.number == 1
    assert own.read(home, MINISTRY, AT, "440000").entry("execution").explanation == "含跨年支付"


def test_what_is_handed_in_enters_the_facts_as_a_file_with_the_same_bytes(home: Home) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="6", explanation='"=1+1"，\n含跨年支付')
    own.save(home, GUANGDONG, AT, "satisfaction", seen=0, value="4.5")
    done = hand_in(home)
    [receipt] = live(home)
    assert (receipt.sha256, receipt.dataset, receipt.rows, receipt.synthetic) == (
        done.sha256, handed_in.DATASET, 3, True,
    )  # fmt: skip
    rows = access.read(access.MINISTRY, home).table(handed_in.DATASET).pl().sort("indicator")
    assert rows["province"].unique().to_list() == ["440000"]
    assert rows.select("indicator", "system_value", "province_value", "explanation").rows() == [
        ("direct_share", 6_000_000, None, None),
        ("execution", 5_400_000, 6_000_000, '"=1+1"， 含跨年支付'),
        ("satisfaction", None, 4_500_000, None),
    ]


def test_a_field_that_changed_since_it_was_read_is_not_handed_in(home: Home) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="6")
    own.save(home, GUANGDONG, AT, "execution", seen=1, value="5")
    with pytest.raises(ConflictError):
        own.submit(home, GUANGDONG, AT, SYSTEM, seen={"execution": 1}, build=1, synthetic=True)
    assert own.read(home, GUANGDONG, AT, "440000").state == "draft"


def test_the_ministry_returns_it_with_a_reason_and_the_province_hands_in_anew(home: Home) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="6")
    first = hand_in(home)
    with pytest.raises(IncompleteError, match="reason"):
        own.give_back(home, MINISTRY, AT, "440000", " ")
    with pytest.raises(NotAllowedError):
        own.give_back(home, GUANGDONG, AT, "440000", "改一下")
    own.give_back(home, MINISTRY, AT, "440000", "支付口径有误")
    found = own.read(home, GUANGDONG, AT, "440000")
    assert (found.state, found.returned) == ("returned", "支付口径有误")
    with pytest.raises(IncompleteError):
        own.give_back(home, MINISTRY, AT, "440000", "再退一次")
    own.save(home, GUANGDONG, AT, "execution", seen=1, value="5.4")
    second = hand_in(home)
    assert second.number > first.number
    current = access.read(access.MINISTRY, home).table(handed_in.DATASET).pl()
    assert current.filter(pl.col("indicator") == "execution")["province_value"].to_list() == [5_400_000]
    assert own.standings(home, AT).rows() == [("440000", "submitted", second.number, second.at)]


def test_the_content_depends_on_what_was_said_and_on_nothing_else(home: Home) -> None:
    said = {"execution": (Decimal(6), "甲"), "satisfaction": (None, "乙")}
    assert handed_in.canonical(AT, "440000", SYSTEM, said) == handed_in.canonical(
        AT, "440000", dict(reversed(SYSTEM.items())), dict(reversed(said.items()))
    )


def test_a_submission_whose_process_died_before_the_facts_enters_them_later(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="6")
    with monkeypatch.context() as died:
        died.setattr(own, "enter_pending", lambda _: [])
        done = hand_in(home)
    assert own.read(home, GUANGDONG, AT, "440000").state == "submitted"
    assert [number for number, *_ in handed_in.pending(home)] == [done.number]
    assert handed_in.enter_pending(home) == [done.number]
    assert [receipt.sha256 for receipt in live(home)] == [done.sha256]
    assert handed_in.enter_pending(home) == []


def test_a_submission_fills_the_columns_that_a_loaded_file_of_the_province_fills(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "自评.csv"
    file.write_text(
        "轮次,支持批次,省份,年度,指标,自评值,说明\n第一轮,3,广东省,2025,execution,4,先报的\n",
        encoding="utf-8",
    )
    load(home, [file])
    own.save(home, GUANGDONG, AT, "execution", seen=0, value="6")
    hand_in(home)
    current = access.read(access.MINISTRY, home).table(handed_in.DATASET).pl()
    assert current.filter(pl.col("indicator") == "execution")["province_value"].to_list() == [6_000_000]


def test_two_processes_that_save_at_once_lose_nothing(home: Home, root: Path) -> None:
    command = [sys.executable, "-m", "tests.pipelines.workflow.savers", str(home.folder), "100"]
    children = [
        subprocess.Popen([*command, name], cwd=root, stdout=subprocess.PIPE, text=True) for name in ("a", "b")
    ]
    said = [child.communicate(timeout=300)[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert [len(lines) for lines in said] == [100, 100]
    found = own.read(home, GUANGDONG, AT, "440000")
    # Every acknowledged save of the contested field is one version, in the order in which they were acknowledged.
    assert found.entry("execution").version == 200
    assert sorted(map(int, said[0] + said[1])) == list(range(1, 201))
    assert sum(found.entry(f"own_{name}").version for name in "ab") == 200


def test_a_writer_killed_at_any_instant_loses_nothing_that_was_acknowledged(home: Home, root: Path) -> None:
    command = [sys.executable, "-m", "tests.pipelines.workflow.savers", str(home.folder), "10000", "a"]
    child = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    said = [int(child.stdout.readline()) for _ in range(20)]
    child.kill()
    said += [int(line) for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    child.wait()
    version = own.read(home, GUANGDONG, AT, "440000").entry("execution").version
    assert version in (said[-1], said[-1] + 1), "the last one may have been on its way"
    own.save(home, GUANGDONG, AT, "execution", seen=version, value="6")
