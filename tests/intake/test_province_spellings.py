"""Province columns of real yearbooks and lists: usual spellings mean their unit, slips and totals are findings."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake.check import check_rows
from pipelines.intake.provinces import read_heading, read_province, units

with Path(__file__).with_name("province_spellings.csv").open(encoding="utf-8", newline="") as file:
    SPELLINGS = [(row["spelling"], row["unit"] or None) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("spelling", "unit"), SPELLINGS)
def test_a_spelling_met_in_real_files_means_its_unit_or_is_a_finding(spelling: str, unit: str | None) -> None:
    reading = read_province(spelling)
    assert reading.code == unit
    assert (reading.rule is None) == (unit is not None)


def test_every_unit_is_read_by_code_full_short_and_english_name() -> None:
    for unit in units().values():
        for name in (unit.code, unit.zh, unit.short, unit.en, unit.en.upper(), " ".join(unit.zh)):
            assert read_province(name).code == unit.code, name


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("新疆兵团", "XPCC"),
        ("新疆生产\n建设兵团", "XPCC"),
        ("兵团", "XPCC"),
        ("ｂｅｉｊｉｎｇ", "110000"),
        ("广东省深圳市", "440300"),
        ("内蒙", "150000"),
        ("Tibet", "540000"),
        ("Shanxi", "140000"),
        ("Shaanxi", "610000"),
        ("广西", "450000"),
        ("44", "440000"),
    ],
)
def test_other_usual_spellings_are_read(spelling: str, unit: str) -> None:
    assert read_province(spelling).code == unit


@pytest.mark.parametrize(
    ("spelling", "rule"),
    [
        ("全国", "province_whole_country"),
        ("台湾省", "province_outside"),
        ("香港", "province_outside"),
        ("澳门", "province_outside"),
        ("710000", "province_outside"),
        ("湖 甫", "province_near"),
        ("France", "province_unknown"),
        ("武汉", "province_unknown"),
        ("新疆北京", "province_unknown"),
    ],
)
def test_what_is_no_unit_is_a_finding_and_never_guessed(spelling: str, rule: str) -> None:
    assert read_province(spelling).rule == rule
    assert read_province(spelling).code is None


def test_a_slip_is_offered_its_likely_units_in_the_message_only() -> None:
    assert read_province("两藏").near == ("540000",)
    assert read_province("湖 甫").near == ("420000", "430000")


def test_headings_between_rows_name_a_unit_with_or_without_number_and_count() -> None:
    assert [
        read_heading(text)
        for text in ("浙江省", "一、浙江省（12家）", "（三）宁波市：", "2024", "浙江某某公司")
    ] == [
        "330000",
        "330000",
        "330200",
        None,
        None,
    ]


def test_a_planned_citys_code_under_its_province_is_warned_of() -> None:
    from tests.intake.hostile.honest import credit_code

    rows = {"uscc": [credit_code(41, "440300"), credit_code(42, "440300"), credit_code(43, "440106")]}
    checked = check_rows(
        pl.DataFrame(
            {**rows, "name": ["甲", "乙", "丙"], "province": ["广东", "深圳", "广东"], "year": ["2024"] * 3}
        ),
        "annual_returns",
    )
    assert checked.accepted
    assert checked.findings.select("rule", "column", "row_no").rows() == [("planned_city", "province", 1)]


@pytest.mark.parametrize(
    ("office", "unit"),
    [
        ("北京市经济和信息化局", "110000"),
        ("广东省工业和信息化厅", "440000"),
        ("上海市经济和信息化委员会", "310000"),
        ("新疆生产建设兵团工业和信息化局", "XPCC"),
        ("深圳市中小企业服务局", "440300"),
    ],
)
def test_the_office_that_recommends_is_of_its_unit(office: str, unit: str) -> None:
    assert read_province(office).code == unit


def test_an_office_of_no_unit_is_none() -> None:
    assert read_province("海淀区经济和信息化局").code is None
