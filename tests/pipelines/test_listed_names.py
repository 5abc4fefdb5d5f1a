"""A person says which firm a listed name is: recorded, applied by the next build, undone by a later record."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from data import access
from data.access import MINISTRY
from data.home import Home
from data.readers import OPERATOR, Reader
from data.work import open_work
from data.work_forms import NameDecision
from pipelines.build import build
from pipelines.cli import main
from pipelines.intake.check import check_file
from pipelines.list_preview import listed_names, suggestions, unmatched_names
from pipelines.loading import LISTS, load
from pipelines.receipts import live
from pipelines.rollback import roll_back
from pipelines.status import status_json
from pipelines.title_lists import Terms, load_lists
from pipelines.workflow import listed_names as workflow
from pipelines.workflow.refusals import ConflictError, IncompleteError, NotAllowedError
from tests.pipelines.small_files import firm

DAY = dt.date(2022, 8, 8)
TERMS = Terms("little_giant", "recognised", DAY, "4")
LISTED = "合成第叁公司"
WHY = "登记机关变更记录"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    firms = "\n".join(f"{firm(at)},合成第{at}公司,{'北京市' if at < 3 else '天津市'}" for at in (1, 2, 3))
    (tmp_path / "firms.csv").write_text(f"统一社会信用代码,企业名称,省份\n{firms}\n", "utf-8")
    (tmp_path / "former.csv").write_text(
        f"统一社会信用代码,曾用名,停用日期\n{firm(2)},合成旧第叁公司,2021-01-01\n", "utf-8"
    )
    found = Home(tmp_path / "home")
    load(found, [tmp_path / "firms.csv", tmp_path / "former.csv"])
    load_lists(found, [a_list(tmp_path, "list.csv", ["合成第1公司", LISTED])], TERMS)
    return found


def a_list(folder: Path, name: str, names: list[str]) -> Path:
    (folder / name).write_text("\n".join(["企业名称,省份", *(f"{one},天津市" for one in names)]), "utf-8")
    return folder / name


def facts(home: Home) -> access.Facts:
    return access.read(MINISTRY, home)


def confirmed(home: Home, code: str = firm(3), name: str = LISTED) -> workflow.Decided:
    return workflow.decide(home, OPERATOR, name, "firm", reason=WHY, seen=0, uscc=code)


def firms_of(home: Home) -> list[str]:
    return sorted(row[0] for row in facts(home).table("title_periods").select("firm").fetchall())


def tidu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_decision_changes_nothing_before_it_is_applied_and_then_counts_the_firm_by_its_code(
    home: Home,
) -> None:
    confirmed(home)
    assert firms_of(home) == sorted([firm(1), LISTED])
    count, published = workflow.apply_waiting(home)
    assert (count, published.rows[workflow.DATASET]) == (1, 1)
    assert firms_of(home) == sorted([firm(1), firm(3)])
    found = status_json(DAY, "little_giant")
    assert (found["total"], found["unmatched"]) == (2, 0)
    assert found["by_province"]["120000"] == 1
    row = facts(home).table("confirmed_rows").pl().row(0, named=True)
    assert (row["name"], row["uscc"], row["reason"], row["confirmed_by"]) == (
        LISTED,
        firm(3),
        WHY,
        "operator",
    )
    assert row["confirmed_on"] == dt.datetime.now(dt.UTC).astimezone().date()


def test_the_next_list_that_is_loaded_takes_the_decisions_along(home: Home, tmp_path: Path) -> None:
    confirmed(home)
    before = len(live(home))
    other = a_list(tmp_path, "b.csv", ["合成 第叁公司"])
    preview = listed_names([check_file(other, LISTS)], DAY, facts(home), workflow.waiting(home))
    assert preview.select("matched_by", "uscc", "registered").rows() == [
        ("confirmed", firm(3), "合成第3公司")
    ]
    load_lists(home, [other], Terms("srdi", "recognised", DAY, "4"))
    assert len(live(home)) == before + 2
    assert firms_of(home) == sorted([firm(1), firm(3), firm(3)])
    assert workflow.waiting(home).is_empty()
    after = listed_names([check_file(other, LISTS)], DAY, facts(home))
    assert after.equals(preview)


def test_an_undone_decision_counts_by_its_name_again_and_both_records_stay(home: Home) -> None:
    confirmed(home)
    workflow.apply_waiting(home)
    workflow.decide(home, OPERATOR, LISTED, "withdrawn", reason="误认", seen=1)
    workflow.apply_waiting(home)
    assert firms_of(home) == sorted([firm(1), LISTED])
    assert [(one.number, one.decision) for one in workflow.decisions(home)] == [(1, "firm"), (2, "withdrawn")]
    again = workflow.decide(home, OPERATOR, LISTED, "firm", reason=WHY, seen=2, uscc=firm(3))
    assert again.version == 3
    workflow.apply_waiting(home)
    assert firms_of(home) == sorted([firm(1), firm(3)]), "the same words as the first time are a new record"


def test_none_of_these_is_kept_and_the_name_goes_on_counting_by_itself(home: Home) -> None:
    workflow.decide(home, Reader("ministry"), LISTED, "none", reason="均非同一企业", seen=0)
    workflow.apply_waiting(home)
    assert firms_of(home) == sorted([firm(1), LISTED])
    assert json.loads(tidu("names", "list", "--json").stdout)["names"][0]["state"] == "none"


def test_a_name_that_is_found_by_letter_is_never_overruled(home: Home) -> None:
    confirmed(home, firm(2), "合成第1公司")
    workflow.apply_waiting(home)
    assert firm(2) not in firms_of(home)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "长" * (workflow.LONGEST + 1)}, "reason"),
        ({"name": " "}, "name"),
        ({"uscc": "91"}, "uscc"),
        ({"uscc": firm(9)}, "uscc"),
        ({"decision": "withdrawn"}, "name"),
    ],
)
def test_what_is_incomplete_or_no_firm_of_the_facts_is_refused(
    home: Home, changed: dict[str, Any], field: str
) -> None:
    given: dict[str, Any] = {"name": LISTED, "decision": "firm", "reason": WHY, "uscc": firm(3), "seen": 0}
    with pytest.raises(IncompleteError) as refused:
        workflow.decide(home, OPERATOR, **(given | changed))
    assert refused.value.fields == (field,)
    assert workflow.decisions(home) == []


@pytest.mark.parametrize("by", [Reader("province", unit="120000"), Reader("finance"), Reader("chair")])
def test_nobody_but_the_ministry_and_the_operator_decides(home: Home, by: Reader) -> None:
    with pytest.raises(NotAllowedError):
        workflow.decide(home, by, LISTED, "none", reason=WHY, seen=0)


def test_who_decides_second_on_what_they_did_not_see_is_told_what_stands(home: Home) -> None:
    confirmed(home)
    with pytest.raises(ConflictError) as refused:
        workflow.decide(home, OPERATOR, "合成第叁 公司", "none", reason=WHY, seen=0)
    assert refused.value.current.uscc == firm(3)


def test_a_record_is_on_the_disk_and_a_process_that_died_before_the_receipt_loses_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(home)
    with monkeypatch.context() as died:
        died.setattr(workflow, "take_in", lambda *_, **__: (_ for _ in ()).throw(OSError("died")))
        with pytest.raises(OSError, match="died"):
            workflow.hand_over(home)
    assert workflow.waiting(home).is_empty(), "it stands in its file by now"
    workflow.apply_waiting(home)
    assert firm(3) in firms_of(home)


def test_what_was_rolled_back_is_not_brought_again(home: Home) -> None:
    earlier = facts(home).build.build
    confirmed(home)
    workflow.apply_waiting(home)
    roll_back(home, earlier)
    assert workflow.hand_over(home) == 0
    build(home, "build", anew=True)
    assert firms_of(home) == sorted([firm(1), LISTED])


def test_a_file_of_decisions_loads_like_any_other(home: Home, tmp_path: Path) -> None:
    rows = "名单上的名称,认定结论,统一社会信用代码,认定依据,认定人,认定日期\n"
    (tmp_path / "names.csv").write_text(
        f"{rows}{LISTED},认定为该企业,{firm(2)},复函,省厅,2023-01-05\n", "utf-8"
    )
    load(home, [tmp_path / "names.csv"])
    assert firm(2) in firms_of(home)
    assert facts(home).table("confirmed_rows").select("confirmed_by").fetchall() == [("省厅",)]


def test_suggestions_say_what_speaks_for_each_firm_and_where_the_name_stands(home: Home) -> None:
    names = unmatched_names(facts(home))
    assert names.select("name", "province", "tiers", "file", "cell").rows() == [
        (LISTED, "120000", "little_giant", "list.csv", "A3")
    ]
    found = suggestions(facts(home), LISTED, "120000")
    # As like as each other: the one of the list's own unit first; and one by a name it bore before.
    assert found.row(0, named=True)["uscc"] == firm(2)
    assert found.row(0, named=True)["former"] == "合成旧第叁公司"
    assert found.row(0, named=True)["in_use_to"] == dt.date(2021, 1, 1)
    assert found["uscc"].to_list()[1] == firm(3)
    assert found["is_same_province"].to_list()[:2] == [False, True]
    assert found.filter(pl.col("uscc") == firm(1))["tiers"].to_list() == ["little_giant"]
    assert suggestions(facts(home), "全然不同", None).is_empty()


def test_the_command_lists_confirms_tells_and_undoes(home: Home) -> None:
    [row] = json.loads(tidu("names", "list", "--json").stdout)["names"]
    assert (row["name"], row["state"], row["cell"]) == (LISTED, "open", "A3")
    assert firm(3) in [one["uscc"] for one in row["suggestions"]]
    assert LISTED in tidu("names", "list", "--language", "zh").stdout
    done = tidu("names", "confirm", LISTED, "--code", firm(3), "--reason", WHY, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["uscc"] == firm(3)
    assert firm(3) in firms_of(home)
    log = json.loads(tidu("names", "log", "--json").stdout)["decisions"]
    assert [(one["decision"], one["by"], one["reason"]) for one in log] == [("firm", "operator", WHY)]
    undone = tidu("names", "undo", LISTED, "--reason", "误认")
    assert undone.exit_code == 0, undone.output
    assert firm(3) not in firms_of(home)
    assert tidu("names", "undo", LISTED, "--reason", "误认").exit_code == 1
    assert tidu("names", "confirm", LISTED, "--reason", WHY).exit_code == 2
    assert tidu("names", "confirm", LISTED, "--code", firm(3), "--none", "--reason", WHY).exit_code == 2


def test_the_record_is_never_edited(home: Home) -> None:
    confirmed(home)
    workflow.apply_waiting(home)
    workflow.decide(home, OPERATOR, LISTED, "none", reason=WHY, seen=1)
    with Session(open_work(home)) as session:
        first = session.get(NameDecision, 1)
        assert first is not None
        assert (first.decision, first.uscc, first.reason) == ("firm", firm(3), WHY)
