"""A province's workbook: filled with what the facts know, a sheet for each dataset, loaded whole or not at all."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.workbook import Workbook

from data import access
from data.access import MINISTRY, Facts, Scope
from data.appraisal_policy import load_scheme
from data.appraisals import Appraisal
from data.dataset import contract, of_workbook
from data.home import Home
from data.words import LANGUAGES, text
from pipelines.build import build
from pipelines.cli import main
from pipelines.intake.check import Checked, as_json, check_file
from pipelines.intake.mark import mark_workbook
from pipelines.intake.template import ASKING
from pipelines.loading import load
from pipelines.receipts import live
from pipelines.rollback import roll_back
from pipelines.self_evaluation_template import dataset_bytes, facts_of, template_bytes, workbook_bytes
from tests.intake.hostile.honest import credit_code
from tests.pipelines.small_files import store_of

ZHEJIANG, JIANGSU = "330000", "320000"
A, B, OTHER, PLATFORM = sorted(credit_code(20_000_001 + at) for at in range(4))
FILES = {
    "enterprises": ["uscc,name,province", f"{A},合成甲,浙江", f"{B},合成乙,浙江", f"{OTHER},合成丙,江苏"],
    "title_events": ["uscc,name,tier,event,event_date", f"{A},合成甲,little_giant,recognised,2024-07-01",
                     f"{B},合成乙,srdi,recognised,2024-07-01", f"{OTHER},合成丙,srdi,recognised,2024-07-01"],
    "key_firms": ["round,support_batch,province,uscc,name,selection_score,investment_planned",
                  f"round-1,3,浙江,{A},合成甲,81.25,3000.000001", f"round-1,3,浙江,{B},合成乙,90,2500",
                  f"round-1,3,江苏,{OTHER},合成丙,70,2000"],
    "platforms": ["round,support_batch,province,uscc,name,level", f"round-1,3,浙江,{PLATFORM},合成平台,省级"],
    "tasks": ["round,support_batch,year,uscc,task_code,unit,baseline,target,actual",
              f"round-1,3,2024,{A},digital,项,1,2,2", f"round-1,3,2024,{OTHER},digital,项,1,2,2"],
    "fund_payments": [",".join(contract("fund_payments").fields),
                      f"P1,round-1,3,1,浙江,key_little_giant,{A},合成甲,2024-06-01,200",
                      f"P2,round-1,3,1,江苏,key_little_giant,{OTHER},合成丙,2024-06-01,200"],
    "local_funds": ["province,year,source,amount", "浙江,2025,local,1234.56", "江苏,2025,local,9"],
}  # fmt: skip
ASKED = Appraisal("round-1", 3, 2025)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return store_of(tmp_path_factory.mktemp("province"), FILES)


@pytest.fixture
def facts(home: Home) -> Facts:
    return access.read(Scope("province", ZHEJIANG), home)


def opened(made: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(made))


def table(book: Workbook, dataset: str, language: str = "zh") -> list[dict[str, Any]]:
    """The rows of a dataset's sheet by field; what no field knows under "reference"."""
    sheet = book[contract(dataset).title[language][:31]]
    fields = [*contract(dataset).fields, "reference"]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return [
        {field: cell for field, cell in zip(fields, row, strict=False) if cell is not None}
        for row in rows
        if any(cell is not None for cell in row)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_a_sheet_for_each_dataset_and_nothing_of_other_provinces(
    facts: Facts, language: str
) -> None:
    book = opened(template_bytes(facts, ZHEJIANG, "round-1", 3, 2025, language))
    titles = [contract(name).title[language][:31] for name in of_workbook("self_evaluation")]
    assert book.sheetnames[: len(titles)] == titles
    said = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    assert {A, B, "合成甲"} <= said
    assert not {OTHER, "合成丙"} & said


def test_rows_start_from_what_the_facts_know(facts: Facts) -> None:
    book = opened(template_bytes(facts, ZHEJIANG, "round-1", 3, 2025, "zh"))
    firms = table(book, "key_firms")
    assert [(row["name"], row["province"], row["selection_score"]) for row in firms] == [
        ("合成甲", "浙江省", 81.25), ("合成乙", "浙江省", 90)
    ]  # fmt: skip
    assert firms[0]["investment_planned"] == 3000.000001
    shared = {"round": "第一轮", "support_batch": 3, "year": 2025}
    carried = {"task_code": "数字化网络化智能化改造", "unit": "项", "baseline": 1}
    assert table(book, "tasks") == [
        shared | {"uscc": A, "reference": "合成甲"} | carried,
        shared | {"uscc": B, "reference": "合成乙"},
    ]
    assert [row["uscc"] for row in table(book, "annual_updates")] == [A, B]
    assert table(book, "platform_services") == [{"platform_uscc": PLATFORM, "reference": "合成平台"}]
    indicators = [row["indicator"] for row in table(book, "self_evaluation_values")]
    assert indicators == list(load_scheme("round-1").computed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_required_cell_that_nobody_knows_is_coloured_noted_and_named_in_the_instructions(
    facts: Facts, language: str
) -> None:
    book = opened(template_bytes(facts, ZHEJIANG, "round-1", 3, 2025, language))
    rules = contract("disclosures")
    sheet = book[rules.title[language][:31]]
    at = rules.fields.index("published_on") + 1
    asked = [sheet.cell(row, at) for row in range(2, 2 + len(rules.column("kind").codes))]
    assert {cell.fill.fgColor.rgb[-6:] for cell in asked} == {ASKING[1:]}
    assert rules.column("published_on").label(language) in asked[0].comment.text
    assert [cell.comment for cell in asked[1:]] == [None] * (len(asked) - 1)
    assert sheet.cell(2, rules.fields.index("url") + 1).fill.fgColor.rgb[-6:] != ASKING[1:], (
        "what may be blank"
    )
    how = [str(cell) for row in book.worksheets[-2].iter_rows(values_only=True) for cell in row if cell]
    told = text("template.how_asked", language, columns=rules.column("published_on").label(language))
    assert told in how
    firms = book[contract("key_firms").title[language][:31]]
    assert ASKING[1:] not in {cell.fill.fgColor.rgb[-6:] for cell in firms[2] if cell.value is not None}


def test_the_day_of_an_update_that_the_titles_know_is_filled_in_and_a_known_row_is_not_asked_again(
    facts: Facts, home: Home, tmp_path: Path
) -> None:
    events = "uscc,name,tier,event,event_date"
    (tmp_path / "events.csv").write_text(f"{events}\n{A},合成甲,little_giant,updated,2025-04-02\n", "utf-8")
    known = tmp_path / "updates.csv"
    before = facts.build.build
    load(home, [tmp_path / "events.csv"])
    rows = table(
        opened(template_bytes(facts_of(ZHEJIANG, home), ZHEJIANG, "round-1", 3, 2025, "zh")), "annual_updates"
    )
    assert [(row["uscc"], str(row.get("completed_on"))[:10]) for row in rows] == [
        (A, "2025-04-02"),
        (B, "None"),
    ]
    known.write_text(f"uscc,tier,year,completed_on\n{A},little_giant,2025,2025-04-09\n", "utf-8")
    load(home, [known])
    rows = table(
        opened(template_bytes(facts_of(ZHEJIANG, home), ZHEJIANG, "round-1", 3, 2025, "zh")), "annual_updates"
    )
    assert [(row["uscc"], str(row.get("completed_on"))[:10]) for row in rows] == [
        (A, "2025-04-09"),
        (B, "None"),
    ]
    roll_back(home, before)


def test_the_funds_start_from_the_firms_and_the_payments(facts: Facts) -> None:
    book = opened(workbook_bytes("funds", facts, ZHEJIANG, ASKED, "zh"))
    assert [row["recipient_name"] for row in table(book, "distribution_plans")] == ["合成甲", "合成乙"]
    assert table(book, "fund_use") == [{"payment_id": "P1", "reference": "合成甲"}]
    assert [row["tranche"] for row in table(book, "fund_receipts")] == [1, 2, 3]
    assert [(row["source"], row.get("amount")) for row in table(book, "local_funds")] == [
        ("地方财政资金", 1234.56), ("企业自有资金", None)
    ]  # fmt: skip


def test_a_round_without_platforms_asks_nothing_about_them(facts: Facts) -> None:
    book = opened(template_bytes(facts, ZHEJIANG, "round-2", 1, 2025, "zh"))
    assert not {"公共服务示范平台名单", "平台服务记录"} & set(book.sheetnames)
    assert [row["object"] for row in table(book, "satisfaction")] == ["省级服务"]


def test_before_the_first_build_the_tables_are_blank_and_the_facts_of_others_are_refused(
    home: Home, tmp_path: Path
) -> None:
    assert facts_of(ZHEJIANG, Home(tmp_path / "nothing")) is None
    book = opened(template_bytes(None, ZHEJIANG, "round-1", 3, 2025, "en"))
    assert table(book, "key_firms", "en") == []
    for scope in (MINISTRY, Scope("province", JIANGSU)):
        with pytest.raises(ValueError, match="own scope"):
            template_bytes(access.read(scope, home), ZHEJIANG, "round-1", 3, 2025, "zh")


def test_the_template_of_one_dataset_has_the_provinces_current_rows(facts: Facts, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(dataset_bytes("key_firms", facts, ZHEJIANG, None, "en"))
    checked = check_file(path)
    assert (checked.dataset, checked.rows, checked.errors) == ("key_firms", 2, 0)
    assert checked.frame is not None
    assert checked.frame["investment_planned"].to_list() == [3_000_000_001, 2_500_000_000]


def filled(facts: Facts, path: Path, language: str = "zh", **wrong: Any) -> Path:
    """The workbook as a province sends it: what is asked for filled in, what does not apply taken out."""
    book = opened(template_bytes(facts, ZHEJIANG, "round-1", 3, 2025, language))
    cells = {
        "tasks": {"task_code": "digital", "target": 3, "actual": 2.5},
        "satisfaction": {"respondents": 120, "score": 91.3333333333333, "scale_max": 100},
        "disclosures": {"published_on": "2025-06-30"},
        "provincial_targets": {"target": 100},
        "platform_services": {"served_uscc": A, "served_on": "2025-05-01", "service_line": "digital"},
    }
    for dataset, given in cells.items():
        sheet = book[contract(dataset).title[language][:31]]
        rows = [at for at in range(2, sheet.max_row + 1) if any(cell.value is not None for cell in sheet[at])]
        for at in rows:
            for field, value in (given | wrong.get(dataset, {})).items():
                sheet.cell(at, contract(dataset).fields.index(field) + 1, value)
    book.save(path)
    return path


ROWS = {"self_evaluation_values", "key_firms", "tasks", "platforms", "platform_services", "satisfaction",
        "disclosures", "annual_updates", "provincial_targets", "province_context"}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_workbook_is_read_as_all_its_datasets(facts: Facts, tmp_path: Path, language: str) -> None:
    checked = check_file(filled(facts, tmp_path / "x.xlsx", language))
    assert (checked.dataset, checked.errors, checked.warnings) == (None, 0, 0), checked.findings
    assert {part.dataset for part in checked.parts} == ROWS
    assert checked.rows == sum(part.rows for part in checked.parts)
    assert as_json(checked)["datasets"]["tasks"] == 2


def test_one_fault_keeps_the_whole_workbook_out_and_names_its_sheet(
    facts: Facts, home: Home, tmp_path: Path
) -> None:
    path = filled(facts, tmp_path / "x.xlsx", tasks={"target": "很多"})
    before = len(live(home))
    [outcome], published = load(home, [path])
    assert (outcome.receipt, published, len(live(home))) == (None, None, before)
    assert outcome.checked.findings.select("dataset", "rule", "sheet", "cell").rows() == [
        ("tasks", "not_a_number", "重点“小巨人”企业任务", "H2"),
        ("tasks", "not_a_number", "重点“小巨人”企业任务", "H3"),
    ]
    marked = tmp_path / "marked.xlsx"
    mark_workbook(path, outcome.checked, marked, "zh")
    cell = openpyxl.load_workbook(marked)["重点“小巨人”企业任务"]["H2"]
    assert cell.comment is not None
    assert "很多" in cell.comment.text
    assert left_behind(home) == []


def left_behind(home: Home) -> list[Path]:
    return [*home.intake.glob(".*"), *home.staged.glob(".*")]


def test_a_workbook_is_loaded_whole_once_and_can_be_built_again_from_its_file(
    facts: Facts, home: Home, tmp_path: Path
) -> None:
    path = filled(facts, tmp_path / "x.xlsx")
    [tried], _ = load(home, [path], dry_run=True)
    assert (tried.receipts, tried.is_new) == ((), True)
    [outcome], published = load(home, [path])
    assert published is not None
    assert len(outcome.receipts) == len(ROWS)
    assert left_behind(home) == []
    received = {receipt.dataset: receipt for receipt in live(home) if receipt.id in outcome.receipts}
    assert set(received) == ROWS
    assert len({(receipt.sha256, receipt.stored) for receipt in received.values()}) == 1
    assert [each["sheet"] for each in received["tasks"].places.values()] == ["重点“小巨人”企业任务"]
    assert published.rows["tasks"] == 4
    own = access.read(Scope("province", ZHEJIANG), home).table("tasks").filter("year = 2025")
    scale = contract("tasks").column("actual").scale
    assert own.select("uscc, actual").order("uscc").fetchall() == sorted(
        [(A, 5 * scale // 2), (B, 5 * scale // 2)]
    )

    [again], _ = load(home, [path])
    assert (again.receipts, again.is_new) == (outcome.receipts, False)
    assert build(home, "test", anew=True, from_intake=True).content == published.content


def test_a_sheet_without_a_required_column_is_refused_and_one_left_empty_is_no_matter(
    facts: Facts, tmp_path: Path
) -> None:
    path = filled(facts, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    book["信息公开记录"].delete_cols(4)
    empty = book["满意度调查"]
    empty.delete_rows(2, empty.max_row)
    book.save(path)
    checked = check_file(path)
    assert checked.findings.filter(severity="error").select("dataset", "rule", "sheet").rows() == [
        ("disclosures", "column_absent", "信息公开记录")
    ]
    assert "satisfaction" not in {part.dataset for part in checked.parts}


def test_a_sheet_of_a_dataset_of_no_workbook_is_refused_as_before(facts: Facts, tmp_path: Path) -> None:
    path = filled(facts, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("企业")
    for row in (["统一社会信用代码", "企业名称", "省份", "成立日期"], [A, "合成甲", "浙江", "2010-01-01"]):
        sheet.append(row)
    book.save(path)
    checked: Checked = check_file(path)
    assert "sheet_of_other_dataset" in checked.findings["rule"].to_list()


def test_the_command_writes_the_workbook_and_takes_the_latest_batch(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    out = tmp_path / "自评.xlsx"
    words = [
        "template",
        "self-evaluation",
        "--province",
        ZHEJIANG,
        "--year",
        "2025",
        "-o",
        str(out),
        "--json",
    ]
    done = CliRunner().invoke(main, [*words, "--language", "zh"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["datasets"] == list(of_workbook("self_evaluation"))
    assert [row["name"] for row in table(openpyxl.load_workbook(out), "key_firms")] == ["合成甲", "合成乙"]


@pytest.mark.parametrize(
    "words",
    [
        ["self-evaluation"],
        ["self-evaluation", "--province", "330000"],
        ["self-evaluation", "--province", "999999", "--year", "2025"],
        ["self-evaluation", "--province", "330000", "--year", "2025", "--round", "round-1"],
        [
            "self-evaluation",
            "--province",
            "330000",
            "--year",
            "2025",
            "--round",
            "round-9",
            "--support-batch",
            "1",
        ],
        ["self-evaluation", "--province", "110000", "--year", "2025"],
        ["no-such-dataset"],
        ["tasks", "--year", "2025"],
    ],
)
def test_what_is_not_said_is_asked_for(
    words: list[str], home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    done = CliRunner().invoke(main, ["template", *words, "-o", str(tmp_path / "x.xlsx")])
    assert done.exit_code == 2
    assert not (tmp_path / "x.xlsx").exists()
