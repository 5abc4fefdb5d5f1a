"""The one door for reads: each request sees one whole build, the newest, and of it only what its scope may see."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data import access
from data.access import MINISTRY, NoFactsError, Scope
from data.dataset import contract, datasets
from data.home import Home
from data.manifest import published
from pipelines.loading import load
from pipelines.rollback import roll_back
from tests.oracle.credit_codes import credit_code
from tests.pipelines.small_files import RETURNS, firm, write_events, write_returns

THREADS, QUERIES = 16, 3_000
FIRMS = 40


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_before_the_first_build_the_first_step_is_said(home: Home) -> None:
    assert access.current(home) is None
    with pytest.raises(NoFactsError, match="load a file with `tidu load`, or run `tidu demo`"):
        access.read(MINISTRY, home)


def test_relations_of_one_request_can_be_joined(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1, 2]), write_events(tmp_path / "e.csv", [2])])
    facts = access.read(MINISTRY, home)
    joined = facts.table("annual_returns").join(facts.table("title_events").select("uscc AS u"), "uscc = u")
    assert joined.select("uscc").fetchall() == [(firm(2),)]


def test_every_dataset_is_there_before_a_file_of_it_came(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    assert len(access.read(MINISTRY, home).table("former_names")) == 0


def test_an_unknown_table_and_one_that_is_not_computed_yet_are_told_apart(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    facts = access.read(MINISTRY, home)
    with pytest.raises(KeyError, match="no table"):
        facts.table("../work")
    with pytest.raises(NoFactsError, match="scores_srdi of build 1 is not computed yet"):
        facts.table("scores_srdi")


def two_provinces(folder: Path) -> Path:
    rows = [
        f"{firm(1)},合成甲,北京市,2024,50,1000,800",
        f"{credit_code(1, '江苏省')},合成乙,江苏省,2024,50,2000,800",
    ]
    path = folder / "two.csv"
    path.write_text("\n".join([RETURNS, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope("ministry"), ["合成乙", "合成甲"]),
        (Scope("panel"), ["合成乙", "合成甲"]),
        (Scope("province", "110000"), ["合成甲"]),
        (Scope("province", "320000"), ["合成乙"]),
        (Scope("province", None), []),
        (Scope("public"), []),
    ],
)
def test_a_return_is_seen_by_the_ministry_the_panel_and_its_own_province(
    home: Home, tmp_path: Path, scope: Scope, seen: list[str]
) -> None:
    load(home, [two_provinces(tmp_path)])
    rows = access.read(scope, home).table("annual_returns").select("name").order("name").fetchall()
    assert [name for (name,) in rows] == sorted(seen)


def test_a_title_is_public(home: Home, tmp_path: Path) -> None:
    load(home, [write_events(tmp_path / "e.csv", [1, 2])])
    assert len(access.read(Scope("public"), home).table("title_events")) == 2


def test_what_identifies_a_row_being_public_the_rest_is_blank_for_others(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    rules = access.contract("annual_returns")
    keyed = type("Keyed", (), {"columns": rules.columns, "key": ("uscc",)})
    monkeypatch.setattr(access, "contract", lambda _name: keyed)
    rows = access.read(Scope("province", "320000"), home).table("annual_returns")
    assert rows.select("uscc, revenue").fetchall() == [(firm(1), None)]


SMALL = {
    "key_firms": ["round,support_batch,province,uscc,name,selection_score",
                  f"round-1,3,北京市,{firm(1)},合成甲,81.5", f"round-1,3,江苏省,{firm(2)},合成乙,90"],
    "tasks": ["round,support_batch,year,uscc,task_code,target,unit",
              f"round-1,3,2024,{firm(1)},digital,1234567.25,元", f"round-1,3,2024,{firm(2)},digital,2,项"],
    "fund_payments": ["payment_id,round,support_batch,tranche,province,recipient_kind,recipient_name,paid_on,paid",
                      "P1,round-1,3,1,北京市,key_little_giant,合成甲,2024-06-01,200",
                      "P2,round-1,3,1,江苏省,key_little_giant,合成乙,2024-06-01,200"],
    "fund_use": ["payment_id,used_on,amount,use_category",
                 "P1,2024-07-01,10,innovation", "P2,2024-07-01,20,innovation", "P3,2024-07-01,30,other"],
}  # fmt: skip


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("programme")
    home = Home(folder / "home")
    for name, lines in SMALL.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _, build = load(home, [folder / f"{name}.csv" for name in SMALL])
    assert build is not None
    return home


@pytest.mark.parametrize(
    ("scope", "targets", "used"),
    [
        (Scope("ministry"), [firm(1), firm(2)], ["P1", "P2", "P3"]),
        (Scope("province", "110000"), [firm(1)], ["P1"]),
        (Scope("province", "320000"), [firm(2)], ["P2"]),
        (Scope("province", None), [], []),
        (Scope("public"), [], []),
    ],
)
def test_a_row_that_names_no_province_is_of_the_unit_of_the_firm_or_payment_it_belongs_to(
    programme: Home, scope: Scope, targets: list[str], used: list[str]
) -> None:
    facts = access.read(scope, programme)
    assert facts.table("tasks").select("uscc").order("uscc").fetchall() == [(code,) for code in targets]
    rows = facts.table("fund_use").select("payment_id, amount").order("payment_id").fetchall()
    assert [payment for payment, _ in rows] == used
    assert all(amount for _, amount in rows)


def test_the_list_of_supported_firms_is_public_and_its_scores_are_the_provinces_own(programme: Home) -> None:
    rows = access.read(Scope("province", "110000"), programme).table("key_firms")
    score = 815 * contract("key_firms").column("selection_score").scale // 10
    assert rows.select("name, selection_score").order("name").fetchall() == [
        ("合成乙", None),
        ("合成甲", score),
    ]


@pytest.mark.parametrize("dataset", datasets())
@pytest.mark.parametrize("role", ["province", "public", "panel"])
def test_every_dataset_can_be_read_by_everybody(programme: Home, dataset: str, role: access.Role) -> None:
    scope = Scope(role, "110000" if role == "province" else None)
    assert access.read(scope, programme).table(dataset).columns[-1] == "superseded_by"


@pytest.mark.parametrize("dataset", datasets())
def test_a_dataset_for_one_unit_says_whose_each_row_is(dataset: str) -> None:
    rules = contract(dataset)
    if any(column.visibility == "own_unit" for column in rules.columns) and "province" not in rules.fields:
        assert rules.unit_of is not None
        known_by, by = rules.unit_of
        assert {"province", *by.values()} <= set(contract(known_by).fields)


def test_sixteen_threads_read_while_builds_are_published_and_no_row_is_wrong_or_stale(
    home: Home, tmp_path: Path
) -> None:
    """Build n says revenue n for every firm, so a row shows which build it came from."""
    load(home, [write_returns(tmp_path / "1.csv", range(FIRMS), revenue=1)])
    reading = threading.Event()
    reading.set()

    def publish() -> None:
        value = 2
        while reading.is_set():
            load(home, [write_returns(tmp_path / f"{value}.csv", range(FIRMS), revenue=value)])
            value += 1

    def ask(seed: int) -> list[str]:
        draw, wrong = random.Random(seed), []
        for _ in range(QUERIES // THREADS + 1):
            least = published(home).build
            facts = access.read(MINISTRY, home)
            wrong += _one_query(facts, draw)
            if facts.build.build < least:
                wrong.append(f"build {facts.build.build} after {least}")
        return wrong

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            wrong = [said for answers in pool.map(ask, range(THREADS)) for said in answers]
    finally:
        reading.clear()
        publisher.join()
    assert wrong == []
    assert published(home).build > 3


def _one_query(facts: access.Facts, draw: random.Random) -> list[str]:
    table, build = facts.table("annual_returns"), facts.build.build
    kinds: list[Callable[[], tuple[list, list]]] = [
        lambda: (table.aggregate("count(*), min(revenue), max(revenue)").fetchall(),
                 [(FIRMS, build * 10**6, build * 10**6)]),
        lambda: (table.filter(f"uscc = '{firm(at)}'").select("name, revenue").fetchall(),
                 [(f"合成第{at}公司", build * 10**6)]),
        lambda: (table.aggregate("year, count(DISTINCT uscc)", "year").fetchall(), [(2024, FIRMS)]),
    ]  # fmt: skip
    at = draw.randrange(FIRMS)
    answer, expected = draw.choice(kinds)()
    return [] if answer == expected else [f"{answer} instead of {expected}"]


def test_after_going_back_the_next_request_reads_the_earlier_build(home: Home, tmp_path: Path) -> None:
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    load(home, [write_returns(tmp_path / "b.csv", [1], revenue=2000)])
    open_before = access.read(MINISTRY, home).table("annual_returns")
    roll_back(home, 1)
    assert access.read(MINISTRY, home).table("annual_returns").select("revenue").fetchall() == [(10**9,)]
    assert open_before.select("revenue").fetchall() == [(2 * 10**9,)]
