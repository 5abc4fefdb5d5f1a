"""What an allocation takes from the facts: firms by province, who continues, published grades, the money received."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from data import access
from data.access import Scope
from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from pipelines.allocation import asked_of, plan
from pipelines.allocation_facts import central_rows, receipts_of, recipients_of_tranche
from pipelines.allocation_files import recipients_of
from pipelines.intake.check import check_file
from pipelines.reports.distribution_plan import Filing, plan_bytes, plan_rows, plan_workbook
from pipelines.workflow import decision, panel
from tests.pipelines.demo_country import own_copy
from tests.pipelines.small_files import firm
from tests.pipelines.supported_files import supported_store

AT = Appraisal("round-1", 3, 2024)
ZHEJIANG, HENAN = "330000", "410000"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store with the files, built once."""
    return supported_store(tmp_path_factory.mktemp("supported"))


@pytest.fixture
def home(loaded: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return own_copy(loaded, tmp_path / "home")


def rows_of(home: Home, scope: Scope = access.MINISTRY) -> dict[str, tuple]:
    found = central_rows(access.read(scope), AT, home).rows
    return {province: rest for province, *rest in found.iter_rows()}


def test_without_a_published_run_the_loaded_assessments_say_who_continues_and_nobody_has_a_grade(
    home: Home,
) -> None:
    assert rows_of(home) == {ZHEJIANG: [3, 2, None], HENAN: [1, 1, None]}


def test_a_year_without_assessments_has_no_list(home: Home) -> None:
    found = central_rows(access.read(access.MINISTRY), Appraisal("round-1", 3, 2025), home)
    assert found.rows["continued"].to_list() == [None, None]
    assert not found.is_assessed


def test_a_published_run_says_who_continues_and_gives_the_grades(home: Home) -> None:
    chair, grades = Reader("chair"), {ZHEJIANG: "excellent", HENAN: "fair"}
    for province, grade in grades.items():
        decision.decide(home, chair, AT, province, grade, seen=0, model_grade=grade)
    assessed = [
        {"province": province, "object_kind": "key_little_giant", "uscc": firm(at), "result": result}
        for at, province, result in ((1, ZHEJIANG, "continue"), (2, ZHEJIANG, "stop"), (4, HENAN, "continue"))
    ]
    run = decision.publish(
        home, chair, AT, build=1, facts="f" * 64, scheme={"code": "round-1", "sha256": "5" * 64}, seed=1,
        scores=panel.scores_visible(home, chair, AT), decided=decision.decisions(home, AT),
        results={"assessed": assessed}, graded=frozenset(grades),
    )  # fmt: skip
    assert rows_of(home) == {ZHEJIANG: [3, 1, "excellent"], HENAN: [1, 1, "fair"]}
    assert central_rows(access.read(access.MINISTRY), AT, home).run == run.number


def test_every_key_firm_stands_in_its_file_and_cell(home: Home) -> None:
    firms = central_rows(access.read(access.MINISTRY), AT, home).firms
    assert dict(firms.select("uscc", "cell").iter_rows()) == {firm(at): f"D{at + 1}" for at in (1, 2, 3, 4)}


def test_the_thirty_days_count_from_the_day_after_receipt(home: Home) -> None:
    latest, first = receipts_of(access.read(access.MINISTRY))
    assert (latest.tranche, latest.amount) == (2, 40_001 * 10**4)
    assert latest.due_on(30) == dt.date(2025, 7, 1)
    assert (first.reported_on, first.due_on(30)) == (dt.date(2024, 3, 31), dt.date(2024, 3, 31))


def test_a_province_sees_its_own_receipts_and_nobody_elses(home: Home) -> None:
    assert receipts_of(access.read(Scope("province", HENAN))) == ()
    assert len(receipts_of(access.read(Scope("province", ZHEJIANG)))) == 2


def made_plan(home: Home):
    facts = access.read(access.MINISTRY)
    receipt = receipts_of(facts)[0]
    found = recipients_of_tranche(facts, receipt)
    outcome = plan(recipients_of(found.rows), asked_of("round-1", 2), receipt.amount, "investment")
    return outcome, Filing(receipt, dt.date(2025, 6, 10), 1, is_synthetic=True)


def test_a_plan_shares_by_investment_among_those_who_continue_and_withholds_the_rest(home: Home) -> None:
    outcome, _ = made_plan(home)
    amounts = outcome.allocation.ledger.amounts()
    assert amounts[firm(3)] == 0
    assert amounts[firm(2)] == int(Fraction(40_001 * 10**4 * 5000, 10_000) / 100) * 100
    assert outcome.allocation.ledger.is_balanced


def test_the_plan_can_be_loaded_as_it_is(home: Home, tmp_path: Path) -> None:
    outcome, filing = made_plan(home)
    file = tmp_path / "plan.csv"
    plan_rows(outcome, filing, "zh").write_csv(file)
    checked = check_file(file)
    assert (checked.dataset, checked.accepted, checked.rows) == ("distribution_plans", True, 2)
    assert sum(checked.frame["planned"]) == outcome.allocation.ledger.allotted()
    (tmp_path / "plan.xlsx").write_bytes(plan_workbook(outcome, filing, "zh"))
    assert check_file(tmp_path / "plan.xlsx", "distribution_plans").accepted


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_says_amounts_rules_and_the_day_it_is_due(
    home: Home, language: str, tmp_path: Path
) -> None:
    from docx import Document

    outcome, filing = made_plan(home)
    content = plan_bytes(outcome, filing, "docx", language)
    assert content == plan_bytes(outcome, filing, "docx", language)
    (tmp_path / "plan.docx").write_bytes(content)
    paper = Document(str(tmp_path / "plan.docx"))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(each.text for each in paper.paragraphs), *cells])
    assert "2025-07-01" in text
    assert ("120.003" if language == "zh" else "2,000,050") in text
    assert all(f"合成{at}公司" in text for at in (1, 2, 3))
    assert ("浙江省" if language == "zh" else "Zhejiang") in text
    assert ("不低于90%" if language == "zh" else "At least 90 %") in text
    assert plan_bytes(outcome, filing, "pdf", language).startswith(b"%PDF")
