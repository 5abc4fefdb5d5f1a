"""The two allocation commands: files in, a ledger out; what is refused is named with row, column and remedy."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner

from metrics.step_ledger import STEPS
from pipelines.cli import main

CENTRAL = """省份,重点“小巨人”企业数,继续支持企业数,考核等次,上限（万元）,例外（万元）,理由,批准人,应收回（元）
河南,10,9,优,,,,,
浙江省,30,30,良,3000,,,,
440300,7,5,poor,,x0.5,整改未完成,张处长,200000
"""
PROVINCE = """name,kind,investment,requested
甲公司,key_little_giant,3000,
乙公司,,5200.55,
平台一,公共服务示范平台,,150
"""
COLUMNS = [*(f"{step}_yuan" for step in STEPS[:-1]), "amount_yuan"]


def allocate(tmp_path: Path, case: str, text: str, *options: str):
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["allocate", case, str(file), *options])


def test_in_every_column_of_the_file_the_lines_and_what_is_withheld_are_the_pot(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    factors = "excellent=1,good=0.9,fair=0.8,poor=0.5"
    assert allocate(tmp_path, "central", CENTRAL, "--factors", factors, "-o", str(out)).exit_code == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    for column in COLUMNS:
        lines = [Decimal(row[column]) for row in rows if row["row"] in ("line", "withheld")]
        assert sum(lines) == Decimal(rows[-1][column]) == 94_000_000
    assert rows[-1]["row"] == "pot"
    assert all("." not in row["amount_yuan"].removesuffix(".00") for row in rows)
    shenzhen = next(row for row in rows if row["province"] == "440300")
    assert "整改未完成" in shenzhen["explanation"]
    assert shenzhen["recovery_yuan"] == "200000.00"


def test_the_json_gives_whole_fen_with_verdicts_and_articles(tmp_path: Path) -> None:
    done = allocate(tmp_path, "province", PROVINCE, "--received", "1000", "--json", "--language", "en")
    found = json.loads(done.stdout)
    assert (found["pot_fen"], found["allotted_fen"], found["withheld_fen"]) == (10**9, 10**9, 0)
    share = next(each for each in found["constraints"] if each["constraint"] == "direct_share")
    assert (share["verdict"], share["document"]) == ("met", "财建〔2021〕2号")
    platform = next(row for row in found["rows"] if row["name"] == "平台一")
    assert platform["whole_fen"] == 10**8
    assert "assumption" in found["factors_are"]


def test_the_second_round_has_halves_and_an_unknown_tranche_is_wrong_usage(tmp_path: Path) -> None:
    only = "province,firms\n河南,10\n"
    done = allocate(tmp_path, "central", only, "--round", "round-2", "--json")
    assert json.loads(done.stdout)["pot_fen"] == 10 * 300 * 10**6
    wrong = allocate(tmp_path, "central", only, "--round", "round-2", "--tranche", "3")
    assert (wrong.exit_code, "1, 2" in wrong.stderr) == (2, True)


def test_an_investment_at_the_floor_is_recovered_at_the_end_of_the_second_round(tmp_path: Path) -> None:
    rows = """name,investment,investment_actual,targets_met,paid
甲,3000,2000,是,300
乙,3000,2000.01,是,300
丙,2500,2500,否,300
"""
    options = ("--round", "round-2", "--tranche", "2", "--received", "900", "--json")
    found = json.loads(allocate(tmp_path, "province", rows, *options).stdout)
    by_name = {row["name"]: row for row in found["rows"]}
    assert [by_name[name]["result"] for name in "甲乙丙"] == ["recover", "continue", "stop"]
    assert (by_name["甲"]["whole_fen"], by_name["甲"]["recovery_fen"]) == (0, 300 * 10**6)
    assert found["recoveries_fen"] == 300 * 10**6


def test_a_workbook_has_the_ledger_the_constraints_and_the_schedule_in_the_readers_language(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.xlsx"
    assert allocate(tmp_path, "central", CENTRAL, "-o", str(out), "--language", "zh").exit_code == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["分步台账", "约束核对", "分期安排"]
    ledger = list(book["分步台账"].values)
    assert ledger[0][:3] == ("行", "名称", "代码")
    assert sum(row[ledger[0].index("分配金额（元）")] for row in ledger[1:-1]) == 94_000_000


def test_a_workbook_is_read_as_well_and_a_percent_cell_is_a_factor(tmp_path: Path) -> None:
    file = tmp_path / "given.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["province", "firms", "exception", "reason", "approver"])
    book.active.append(["河南", 10, 0.8, "整改", "张处长"])
    book.active["C2"].number_format = "0%"
    book.save(file)
    found = json.loads(CliRunner().invoke(main, ["allocate", "central", str(file), "--json"]).stdout)
    assert found["rows"][0]["excepted_fen"] == 10 * 200 * 10**6 * 8 // 10


def test_the_order_of_rows_and_the_spelling_of_provinces_change_no_yuan(tmp_path: Path) -> None:
    header, *rows = CENTRAL.strip().split("\n")
    mixed = "\n".join([header, *reversed(rows)]).replace("浙江省", "Zhejiang").replace("河南", "410000")
    tables = []
    for text in (CENTRAL, mixed):
        out = tmp_path / "out.csv"
        allocate(tmp_path, "central", text, "-o", str(out), "--language", "en")
        tables.append(pl.read_csv(out))
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("province,firm_count\n河南,1\n", "perhaps one of firms"),
        ("province\n河南\n", "firms is needed"),
        ("province,firms\n河南,1\n410000,2\n", "repeats row 2"),
        ("province,firms\n河东,1\n", "none of the 37"),
        ("province,firms\n河南,1.5\n", "(found: 1.5)"),
        ("province,firms,continued\n河南,1,2\n", "more than the 1 firms"),
        ("province,firms,exception\n河南,1,100\n", "needs an approver"),
        ("province,firms,withhold\n河南,1,100\n", "need a reason"),
        ("province,firms,cap\n河南,1,0.00001\n", "not in whole yuan"),
        ("province,firms,grade\n河南,1,A\n", "not one of excellent"),
        ("province,firms,floor\n河南,1,300\n", "more than the 2,000,000 yuan there is"),
        ("province,firms\n河南,0\n", "no firm to measure by"),
        ("province,firms\n", "no rows"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place_and_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    done = allocate(tmp_path, "central", text, "--language", "en")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


@pytest.mark.parametrize("option", [("--pot", "many"), ("--factors", "good"), ("--factors", "gold=1")])
def test_a_faulty_option_is_wrong_usage(tmp_path: Path, option: tuple[str, str]) -> None:
    assert allocate(tmp_path, "central", CENTRAL, *option).exit_code == 2


def test_a_province_without_an_amount_received_is_told_to_give_one(tmp_path: Path) -> None:
    done = allocate(tmp_path, "province", PROVINCE)
    assert (done.exit_code, "--received" in done.stderr) == (2, True)
