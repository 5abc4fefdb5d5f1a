"""What blocks: the rules that every contract states of its columns and keys, and those of single datasets."""

from __future__ import annotations

import pytest

from data.dataset import contract, datasets, told_by_headers
from data.words import LANGUAGES
from pipelines.intake.findings import render
from tests.intake.dataset_rows import (
    COLUMNS,
    check,
    errors,
    honest,
    honest_cell,
    of_columns,
)
from tests.intake.hostile.honest import credit_code


@pytest.mark.parametrize("dataset", datasets())
def test_an_honest_row_is_accepted_without_a_word(dataset: str) -> None:
    assert check(dataset, honest(dataset, 0), honest(dataset, 1)).findings.is_empty()


@pytest.mark.parametrize(("dataset", "field"), of_columns(is_required=True))
def test_a_required_cell_may_not_be_blank(dataset: str, field: str) -> None:
    assert errors(check(dataset, honest(dataset) | {field: " "})) == [("blank_required", field)]


@pytest.mark.parametrize(("dataset", "field"), of_columns(is_required=True))
def test_a_required_column_may_not_be_absent(dataset: str, field: str) -> None:
    row = honest(dataset)
    del row[field]
    assert errors(check(dataset, row)) == [("column_absent", field)]


@pytest.mark.parametrize(("dataset", "field"), of_columns(is_required=False))
def test_any_other_column_may_be_blank(dataset: str, field: str) -> None:
    assert check(dataset, honest(dataset) | {field: ""}).accepted


@pytest.mark.parametrize(
    ("dataset", "field"), [pair for pair in COLUMNS if contract(pair[0]).column(pair[1]).values]
)
def test_a_value_outside_its_list_blocks(dataset: str, field: str) -> None:
    assert errors(check(dataset, honest(dataset) | {field: "别的"})) == [("not_in_list", field)]


@pytest.mark.parametrize("wrong", ["2024-13-01", "2024-02-30", "去年"])
@pytest.mark.parametrize(("dataset", "field"), of_columns(type="date"))
def test_a_day_that_is_not_in_the_calendar_blocks(dataset: str, field: str, wrong: str) -> None:
    assert errors(check(dataset, honest(dataset) | {field: wrong})) == [("not_a_date", field)]


@pytest.mark.parametrize(("dataset", "field"), of_columns(type="int"))
def test_a_count_is_a_whole_number(dataset: str, field: str) -> None:
    assert errors(check(dataset, honest(dataset) | {field: "3.5"})) == [("not_whole", field)]


@pytest.mark.parametrize(("dataset", "field"), of_columns(type="bool"))
def test_an_answer_is_yes_or_no(dataset: str, field: str) -> None:
    assert errors(check(dataset, honest(dataset) | {field: "也许"})) == [("not_yes_or_no", field)]


@pytest.mark.parametrize(
    ("dataset", "field"), [pair for pair in COLUMNS if contract(pair[0]).column(pair[1]).low is not None]
)
def test_a_number_below_its_least_blocks(dataset: str, field: str) -> None:
    low = contract(dataset).column(field).low
    assert low is not None
    assert errors(check(dataset, honest(dataset) | {field: str(low - 1)})) == [("below_low", field)]


@pytest.mark.parametrize(
    ("dataset", "field"), [pair for pair in COLUMNS if contract(pair[0]).column(pair[1]).high is not None]
)
def test_a_number_above_its_greatest_blocks(dataset: str, field: str) -> None:
    high = contract(dataset).column(field).high
    assert high is not None
    assert errors(check(dataset, honest(dataset) | {field: str(high + 1)})) == [("above_high", field)]


@pytest.mark.parametrize("wrong", ["火星", "台湾省", "710000"])
@pytest.mark.parametrize(("dataset", "field"), of_columns(format="reporting_unit"))
def test_a_province_is_one_of_the_37_units(dataset: str, field: str, wrong: str) -> None:
    (found,) = errors(check(dataset, honest(dataset) | {field: wrong}))
    assert found in {("province_unknown", field), ("province_outside", field)}


@pytest.mark.parametrize(("dataset", "field"), of_columns(format="reporting_unit", is_required=True))
def test_the_whole_country_is_no_unit_where_a_unit_is_required(dataset: str, field: str) -> None:
    assert errors(check(dataset, honest(dataset) | {field: "全国"})) == [("province_whole_country", field)]


@pytest.mark.parametrize("dataset", [name for name in datasets() if "uscc" in contract(name).fields])
def test_the_last_character_of_a_firms_own_credit_code_must_fit(dataset: str) -> None:
    code = credit_code(1)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert errors(check(dataset, honest(dataset) | {"uscc": wrong})) == [("credit_code_check", "uscc")]


@pytest.mark.parametrize("field", of_columns(format="industry_code"))
def test_an_industry_code_has_two_to_four_digits(field: tuple[str, str]) -> None:
    dataset, name = field
    assert errors(check(dataset, honest(dataset) | {name: "制造业"})) == [("industry_code_form", name)]


@pytest.mark.parametrize("dataset", told_by_headers())
def test_a_key_stands_in_one_row_only(dataset: str) -> None:
    rows = [honest(dataset, 0), honest(dataset, 1), honest(dataset, 0)]
    checked = check(dataset, *rows)
    first = next(field for field in contract(dataset).key if contract(dataset).column(field).is_required)
    assert errors(checked) == [("repeated_key", first)]
    assert checked.findings["row_no"].to_list() == [3]
    for language in LANGUAGES:
        said = render(checked.findings, language).row(0, named=True)
        assert all(
            contract(dataset).column(f).label(language) in said["expected"] for f in contract(dataset).key
        )
        assert rows[0][first] in said["message"]


@pytest.mark.parametrize("dataset", told_by_headers())
def test_each_part_of_a_key_tells_rows_apart(dataset: str) -> None:
    rules = contract(dataset)
    first = next(field for field in rules.key if rules.column(field).is_required)
    for field in rules.key:
        other = dict(honest(dataset))
        column = rules.column(field)
        if column.values and len(column.values) == 1:
            continue
        other[field] = honest_cell(column, 1 if column.values else 5)
        if column.type == "date":
            other[field] = "2024-07-01"
        if column.unit == "year":
            other[field] = "2023"
        assert ("repeated_key", first) not in errors(check(dataset, honest(dataset), other)), field


def listed(**changes: str | None) -> dict[str, str | None]:
    """A firm on an official list, without its credit code."""
    row: dict[str, str | None] = {"uscc": None, "name": "甲公司", "tier": "小巨人", "event": "认定"}
    return row | {"event_date": "2024-06-30", "title_batch": "第六批", "reason": None} | changes


def test_an_event_without_a_credit_code_is_known_by_its_name() -> None:
    assert check("title_events", listed(), listed(name="乙公司")).accepted
    assert errors(check("title_events", listed(), listed())) == [("repeated_key", "name")]
    assert check("title_events", listed(), listed(uscc=credit_code(1))).accepted


def test_a_blank_batch_is_a_batch_of_its_own() -> None:
    assert check("title_events", listed(), listed(title_batch=None)).accepted
    blank = listed(title_batch=" ")
    assert errors(check("title_events", blank, listed(title_batch=None))) == [("repeated_key", "name")]


def test_a_cell_that_cannot_be_read_is_said_once_and_repeats_no_key() -> None:
    wrong = [listed(uscc="91110108"), listed(uscc="91110109")]
    assert errors(check("title_events", *wrong)) == [("credit_code_length", "uscc")] * 2


@pytest.mark.parametrize("event", ["复核未通过", "lapsed", "撤销", "cancelled for cause"])
def test_the_end_of_a_title_needs_a_reason(event: str) -> None:
    assert errors(check("title_events", listed(event=event))) == [("reason_given", "reason")]
    without = listed(event=event)
    del without["reason"]
    assert errors(check("title_events", without)) == [("reason_given", "reason")]
    assert check("title_events", listed(event=event, reason="停产")).accepted


@pytest.mark.parametrize("event", ["认定", "公告", "复核通过", "年度更新", "renewed", "superseded"])
def test_any_other_event_needs_none(event: str) -> None:
    assert check("title_events", listed(event=event)).accepted


def test_a_check_of_a_validity_names_both_days() -> None:
    checked = check("title_events", listed() | {"valid_from": "2027-07-01", "valid_to": "2024-07-01"})
    assert errors(checked) == [("ends_before_it_begins", "valid_from")]
    message = render(checked.findings, "zh")["message"][0]
    assert "2027-07-01" in message
    assert "2024-07-01" in message
    same_day = {"valid_from": "2024-07-01", "valid_to": "2024-07-01"}
    assert check("title_events", listed() | same_day).accepted


def test_a_former_name_goes_out_of_use_after_it_came_into_use() -> None:
    row = honest("former_names") | {"valid_from": "2020-01-02", "valid_to": "2020-01-01"}
    assert errors(check("former_names", row)) == [("ends_before_it_begins", "valid_from")]
    assert check("former_names", row | {"valid_to": "2020-01-02"}).accepted


def test_a_firm_may_have_two_former_names_and_a_name_two_firms() -> None:
    one, other = honest("former_names", 0), honest("former_names", 1)
    assert check("former_names", one, one | {"name": "另一曾用名"}, other | {"name": one["name"]}).accepted


@pytest.mark.parametrize("nation", [None, " ", "全国", "全 国", "中国", "National", "全国合计"])
def test_a_published_count_without_a_province_is_the_national_one(nation: str | None) -> None:
    checked = check("published_counts", honest("published_counts") | {"province": nation})
    assert checked.findings.is_empty()
    assert checked.frame is not None
    assert checked.frame["province"].to_list() == [None]


def test_a_bare_total_is_not_taken_for_the_nation() -> None:
    row = honest("published_counts") | {"province": "合计"}
    assert errors(check("published_counts", row)) == [("province_whole_country", "province")]


def test_two_national_counts_of_one_kind_repeat_a_key_however_written() -> None:
    row = honest("published_counts")
    assert errors(check("published_counts", row | {"province": ""}, row | {"province": "全国"})) == [
        ("repeated_key", "tier")
    ]
    assert check("published_counts", row, row | {"province": "浙江"}).accepted


def test_a_source_mark_is_held_as_its_letter_however_it_is_chosen() -> None:
    rows = [honest("published_counts") | {"mark": m, "title_batch": m} for m in ("s", "T", "未经核实")]
    frame = check("published_counts", *rows).frame
    assert frame is not None
    assert frame["mark"].to_list() == ["S", "T", "M"]


def test_a_registered_firm_of_a_planned_city_under_its_province_warns() -> None:
    row = honest("enterprises") | {"uscc": credit_code(1, "440305"), "province": "广东"}
    checked = check("enterprises", row)
    assert checked.accepted
    assert checked.findings["rule"].to_list() == ["planned_city"]
