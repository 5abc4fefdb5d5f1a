"""Contracts: complete in both languages, and strict about their own form."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.dataset import (
    CONTRACTS,
    WORKBOOKS,
    contract,
    datasets,
    of_workbook,
    read_contract,
    told_by_headers,
)
from data.strict_yaml import FileError


@pytest.mark.parametrize("dataset", datasets())
def test_every_column_and_check_speaks_both_languages(dataset: str) -> None:
    rules = contract(dataset)
    for column in rules.columns:
        assert column.meaning["zh"] != column.meaning["en"]
        assert column.zh_header and column.en
    for check in rules.checks:
        assert all(part["zh"] and part["en"] for part in (check.expected, check.message, check.remedy))


@pytest.mark.parametrize("dataset", datasets())
def test_no_two_columns_share_a_heading(dataset: str) -> None:
    names = [
        name
        for column in contract(dataset).columns
        for name in {column.field, column.zh_header, column.en, *column.also}
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("key: [uscc, year]", "key: [uscc, jahr]", r"key\[1\]"),
        ("    blank: error", "    blank: nothing", r"columns\.uscc\.blank"),
        ("    type: text", "    typ: text", r"columns\.uscc\.typ: unknown key"),
        ("at_most: employees", "at_most: staff", r"columns\.rd_employees\.at_most"),
        ("dataset: annual_returns", "dataset: other", "dataset"),
        ("columns:", "columns:\n  uscc: {}", r"columns\.uscc"),
        ("times: 10", "times: ten", r"checks\.jump\.jump\.times"),
    ],
)
def test_a_slip_in_a_contract_is_refused_with_its_place(
    old: str, new: str, where: str, tmp_path: Path
) -> None:
    text = (CONTRACTS / "annual_returns.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "annual_returns.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=where):
        read_contract(path)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("when: event", "when: happening", r"checks\.reason_given\.required_when\.when"),
        ("is: [review_failed", "is: [review_lost", r"checks\.reason_given\.required_when\.is.*'review_lost'"),
        ("column: reason, when", "when", r"checks\.reason_given\.required_when\.column"),
        ("    type: date\n    blank: error", "    type: date\n    values: {a: {zh: 甲, en: a}}\n    blank: error",
         r"columns\.event_date\.values"),
    ],
)  # fmt: skip
def test_a_slip_in_a_conditional_rule_or_a_list_is_refused(
    old: str, new: str, where: str, tmp_path: Path
) -> None:
    text = (CONTRACTS / "title_events.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "title_events.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=where):
        read_contract(path)


@pytest.mark.parametrize(
    ("dataset", "old", "new", "where"),
    [
        ("tasks", "decimals: 15", "low: 0", r"columns\.weight"),
        (
            "fund_use",
            "    decimals: 6",
            "    decimals: 4",
            r"columns\.amount\.decimals: a decimal needs them",
        ),
        ("local_funds", "type: int", "type: int\n    decimals: 2", r"columns\.year\.decimals"),
        ("tasks", "by: {round: round", "by: {runde: round", r"unit_of\.by: no column 'runde'"),
        ("tasks", "of: self_evaluation", "of: self", r"workbook\.of: 'self' is not one of"),
        ("platforms", "count: 3", "count: three", r"at_most_rows\.count: 'three' is not a number"),
        ("platforms", "of: [round, ", "of: [runde, ", r"at_most_rows\.of: no column 'runde'"),
        ("fund_payments", "values: [platform]", "values: [plattform]", r"only_when\.values: 'plattform'"),
        ("fund_payments", "is: [round-2]", "is: [round-3]", r"only_when\.is: 'round-3'"),
    ],
)
def test_a_slip_in_a_contract_of_the_programme_is_refused_with_its_place(
    dataset: str, old: str, new: str, where: str, tmp_path: Path
) -> None:
    text = (CONTRACTS / f"{dataset}.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{dataset}.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=where):
        read_contract(path)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_each_sheet_of_a_workbook_has_a_place_of_its_own(name: str) -> None:
    found = [contract(dataset).workbook for dataset in of_workbook(name)]
    assert [placed[1] for placed in found if placed] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("dataset", told_by_headers())
def test_some_part_of_every_key_is_required(dataset: str) -> None:
    assert any(contract(dataset).column(field).is_required for field in contract(dataset).key)


@pytest.mark.parametrize("dataset", datasets())
def test_no_spelling_of_a_list_means_two_values(dataset: str) -> None:
    for column in contract(dataset).columns:
        spellings = [
            name for value in column.values for name in {value.code, value.zh, value.en, *value.also}
        ]
        assert len(spellings) == len(set(spellings)), column.field
