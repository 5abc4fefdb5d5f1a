"""What a list names before it is loaded: the same firms as after loading, and likeness is shown but never applied."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl
import pytest

from data import access
from data.access import Facts
from data.home import Home
from pipelines.intake.check import Checked, check_file
from pipelines.list_preview import counts, listed_names, names_alike
from pipelines.loading import LISTS, load
from pipelines.title_lists import Terms, batches, effects, listed, load_lists, receipts_of
from tests.pipelines.printed_lists import print_list
from tests.pipelines.small_files import firm

DAY = dt.date(2022, 8, 8)
TERMS = Terms("little_giant", "recognised", DAY, "4")
NAMES = ["合成 第1公司", "合成舊名公司", "合成另印公司", "合成第叁公司", "合成第1公司"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    firms = "\n".join(f"{firm(at)},合成第{at}公司,北京市" for at in (1, 2, 3))
    (tmp_path / "firms.csv").write_text(f"统一社会信用代码,企业名称,省份\n{firms}\n", "utf-8")
    (tmp_path / "former.csv").write_text(f"统一社会信用代码,曾用名\n{firm(2)},合成旧名公司\n", "utf-8")
    found = Home(tmp_path / "home")
    load(found, [tmp_path / "firms.csv", tmp_path / "former.csv"])
    return found


def a_list(tmp_path: Path, name: str = "list.csv", names: list[str] = NAMES) -> Path:
    coded = {"合成另印公司": firm(3)}
    rows = [f"{name},{coded.get(name, '')}" for name in names]
    (tmp_path / name).write_text("\n".join(["企业名称,统一社会信用代码", *rows]), "utf-8")
    return tmp_path / name


def checked(path: Path) -> Checked:
    return check_file(path, LISTS)


def facts(home: Home) -> Facts:
    return access.read(access.MINISTRY, home)


def test_each_name_is_shown_once_with_its_firm_and_its_first_cell(home: Home, tmp_path: Path) -> None:
    names = listed_names([checked(a_list(tmp_path))], DAY, facts(home))
    assert names.select("name", "times", "matched_by", "uscc", "registered", "cell").rows() == [
        ("合成 第1公司", 2, "name", firm(1), "合成第1公司", "A2"),
        ("合成舊名公司", 1, "former_name", firm(2), "合成第2公司", "A3"),
        ("合成另印公司", 1, "code", firm(3), "合成第3公司", "A4"),
        ("合成第叁公司", 1, None, None, None, "A5"),
    ]
    assert counts(names) == {
        "names": 4, "repeated": 1, "unmatched": 1, "code": 1, "name": 1, "former_name": 1, "listed": 0,
        "confirmed": 0,
    }  # fmt: skip


def test_the_preview_says_what_loading_then_does(home: Home, tmp_path: Path) -> None:
    path = a_list(tmp_path)
    before = counts(listed_names([checked(path)], DAY, facts(home)))
    outcomes, _ = load_lists(home, [path], TERMS)
    after = listed(home, outcomes[0].receipts, TERMS)
    assert (before["names"], before["repeated"], before["unmatched"]) == (
        after.names, len(after.repeated), after.unmatched
    )  # fmt: skip
    opened, ended = effects(facts(home), outcomes[0].receipts, TERMS)
    assert (opened.height, ended.height) == (after.opened, after.ended) == (4, 0)
    assert opened.filter(pl.col("uscc").is_null()).select("name", "file", "cell").rows() == [
        ("合成第叁公司", "list.csv", "A5")
    ]


def test_a_name_that_stands_in_two_files_of_a_list_is_repeated(home: Home, tmp_path: Path) -> None:
    files = [
        a_list(tmp_path, "a.csv", ["合成甲公司"]),
        a_list(tmp_path, "b.csv", ["合成甲公司", "合成乙公司"]),
    ]
    names = listed_names([checked(path) for path in files], DAY, facts(home))
    assert names.select("name", "times", "file").rows() == [
        ("合成甲公司", 2, "a.csv"),
        ("合成乙公司", 1, "b.csv"),
    ]


def test_a_name_beside_its_code_in_another_file_or_list_is_that_firm(home: Home, tmp_path: Path) -> None:
    load_lists(home, [a_list(tmp_path)], TERMS)
    names = listed_names([checked(a_list(tmp_path, "b.csv", ["合成另印公司"]))], DAY, facts(home))
    assert names["matched_by"].to_list() == ["code"]
    (tmp_path / "c.csv").write_text("企业名称\n合成另印公司\n", "utf-8")
    names = listed_names([checked(tmp_path / "c.csv")], DAY, facts(home))
    assert names.select("matched_by", "uscc").rows() == [("listed", firm(3))]


def test_a_printed_list_gives_its_sheet_and_cell_and_needs_no_facts(tmp_path: Path) -> None:
    path = print_list(tmp_path / "名单.xlsx", [("合成甲公司", "广东省"), ("合成乙公司", "大连市")])
    names = listed_names([checked(path)], DAY, None)
    assert names.select("sheet", "cell", "matched_by").rows() == [("名单", "B4", None), ("名单", "B6", None)]
    assert names_alike(names["name"].to_list(), None).is_empty()


def test_like_names_are_offered_the_likest_first_and_change_no_match(home: Home) -> None:
    alike = names_alike(["合成第1公同", "全然不同的名称"], facts(home))
    assert alike.row(0) == ("合成第1公同", "合成第1公司", 83, firm(1))
    assert alike["likeness_pct"].is_sorted(descending=True)
    assert alike["name"].unique().to_list() == ["合成第1公同"]


def test_batches_that_the_facts_know_are_told_by_tier_latest_first(home: Home, tmp_path: Path) -> None:
    load_lists(home, [a_list(tmp_path)], TERMS)
    later = Terms("little_giant", "recognised", dt.date(2023, 7, 1), "5")
    load_lists(home, [a_list(tmp_path, "b.csv", ["合成甲公司"])], later)
    assert batches(facts(home), "little_giant").rows() == [
        ("5", dt.date(2023, 7, 1), 1),
        ("4", DAY, 5),
    ]
    assert batches(facts(home), "srdi").is_empty()


def test_a_file_counts_as_a_list_on_its_own_terms_alone(home: Home, tmp_path: Path) -> None:
    path = a_list(tmp_path)
    outcomes, _ = load_lists(home, [path], TERMS)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert receipts_of(home, {digest}, TERMS) == {digest: outcomes[0].receipt}
    assert receipts_of(home, {digest}, Terms("srdi", "recognised", DAY, "4")) == {}
    assert receipts_of(home, {"other"}, TERMS) == {}
