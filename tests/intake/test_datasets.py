"""Every dataset that has a contract: known by its headers, and what is written under them comes back typed.

The tests run over all contracts, so that a new one is held to them on the day it is written.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.dataset import Column, contract, told_by_headers
from data.words import LANGUAGES
from pipelines.intake.check import check_file
from pipelines.intake.check_cells import typed_schema
from pipelines.intake.provinces import units
from pipelines.intake.template import header, write_template
from tests.intake.dataset_rows import (
    NASTY,
    errors,
    honest,
    honest_cell,
    only_when_holds,
    write_csv,
)
from tests.intake.hostile.honest import credit_code


def cells(column: Column) -> st.SearchStrategy[tuple[str, Any]]:
    """A cell as somebody may write it, with the value it stands for in the typed frame."""
    if column.format == "credit_code":
        return st.integers(0, 9_999).map(lambda n: credit_code(30_000_000 + n)).map(lambda code: (code, code))
    if column.format == "reporting_unit":
        return st.sampled_from(
            [
                (name, unit.code)
                for unit in units().values()
                for name in (unit.code, unit.zh, unit.short, unit.en)
            ]
        )
    if column.format == "industry_code":
        return st.sampled_from(["39", "391", "3911", "C3911"]).map(lambda code: (code, code))
    if column.type == "list":
        return st.lists(st.sampled_from(column.values), unique=True).map(
            lambda picked: ("；".join(value.zh for value in picked), {value.code for value in picked})
        )
    if column.values:
        return st.sampled_from(
            [
                (spelling, value.code if column.type == "text" else index)
                for index, value in enumerate(column.values)
                for spelling in (value.code, value.zh, value.en, *value.also)
            ]
        )
    if column.type == "bool":
        return st.sampled_from([("是", True), ("否", False), ("yes", True), ("0", False)])
    if column.type == "date":
        days = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))
        forms = st.sampled_from(
            ["{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y}年{0.month}月{0.day}日", "{0:%Y%m%d}"]
        )
        return st.builds(lambda day, form: (form.format(day), day), days, forms)
    if column.type in {"int", "decimal"}:
        whole = column.scale
        low = max(column.stored_low // whole, -9_999) if column.low is None else column.stored_low // whole
        high = min(column.stored_high // whole, 9_999)
        return st.integers(low, high).map(lambda number: (str(number), number * whole))
    letters = st.text(st.characters(whitelist_categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=12)
    return st.one_of(letters, st.sampled_from(NASTY)).map(lambda text: (text, text))


@st.composite
def tables(draw: st.DrawFn, dataset: str) -> list[dict[str, tuple[str, Any]]]:
    """Rows of a dataset with all or some of their cells, none breaking a rule; no key twice."""
    rules = contract(dataset)
    blank = {"list": set()}
    found: dict[tuple[Any, ...], dict[str, tuple[str, Any]]] = {}
    for _ in range(draw(st.integers(1, 6))):
        row = {}
        for column in rules.columns:
            may_be_blank = not column.is_required
            none = st.just(("", blank.get(column.type)))
            row[column.field] = draw(st.one_of(none, cells(column)) if may_be_blank else cells(column))
        for column in rules.columns:
            if column.at_most:
                row[column.field] = row[column.at_most] if column.is_required else ("", None)
        for item in rules.checks:
            if item.kind == "required_when" and not row[item.settings["column"]][0]:
                column = rules.column(item.settings["column"])
                cell = honest_cell(column, 0) if column.format else "弄虚作假"
                row[column.field] = (cell, cell)
            if item.kind == "only_when":
                column, written = rules.column(item.settings["column"]), {f: c[0] for f, c in row.items()}
                for other in range(len(column.values) or 3):
                    if only_when_holds(item, rules, written | {column.field: row[column.field][0]}):
                        break
                    cell = honest_cell(column, other)
                    row[column.field] = (cell, other if column.values else int(cell))
            if item.kind == "at_most" and item.severity == "error":
                pair = [item.settings["column"], item.settings["of"]]
                if all(row[field][0] for field in pair) and row[pair[0]][1] > row[pair[1]][1]:
                    row[pair[0]], row[pair[1]] = row[pair[1]], row[pair[0]]
        found.setdefault(tuple(row[field][1] for field in rules.key), row)
    return list(found.values())


@pytest.mark.parametrize("dataset", told_by_headers())
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_under_the_headers_comes_back_typed(
    dataset: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rules = contract(dataset)
    rows = data.draw(tables(dataset))
    language = data.draw(st.sampled_from(LANGUAGES))
    order = list(rules.columns)
    data.draw(st.randoms(use_true_random=False)).shuffle(order)
    path = write_csv(
        tmp_path_factory.mktemp("round") / "file.csv",
        [header(column, language) for column in order],
        [[row[column.field][0] for column in order] for row in rows],
    )

    checked = check_file(path)

    assert checked.dataset == dataset
    assert errors(checked) == []
    assert checked.frame is not None
    assert checked.frame.select(list(typed_schema(rules))).schema == typed_schema(rules)
    for column in rules.columns:
        given_values = [row[column.field][1] for row in rows]
        if column.type == "list":
            for code in column.codes:
                assert checked.frame[f"{column.field}__{code}"].to_list() == [code in v for v in given_values]
        else:
            assert checked.frame[column.field].to_list() == given_values, column.field


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dataset", told_by_headers())
def test_a_template_is_known_by_its_header_and_can_be_filled_in(
    dataset: str, language: str, tmp_path: Path
) -> None:
    path = tmp_path / "template.xlsx"
    write_template(dataset, path, language)
    empty = check_file(path)
    assert (empty.dataset, errors(empty)) == (dataset, [("no_rows", None)])
    assert list(empty.header_map) == list(contract(dataset).fields)

    book = openpyxl.load_workbook(path)
    for row in range(2):
        for place, field in enumerate(contract(dataset).fields, start=1):
            book.worksheets[0].cell(row + 2, place, honest(dataset, row).get(field))
    book.save(path)
    filled = check_file(path)
    assert (filled.dataset, filled.rows, filled.findings.height) == (dataset, 2, 0)


@pytest.mark.parametrize("naming", ["field", "zh_header", "en"])
@pytest.mark.parametrize("dataset", told_by_headers())
def test_the_required_columns_alone_tell_the_dataset(dataset: str, naming: str, tmp_path: Path) -> None:
    required = [column for column in contract(dataset).columns if column.is_required]
    rows = [[honest(dataset, serial)[column.field] for column in required] for serial in range(2)]
    path = write_csv(tmp_path / "file.csv", [getattr(column, naming) for column in required], rows)
    checked = check_file(path)
    assert (checked.dataset, checked.rows, errors(checked)) == (dataset, 2, [])


def test_the_most_columns_decide_between_datasets_and_who_names_one_is_obeyed(tmp_path: Path) -> None:
    row = honest("annual_returns") | {"city": "海淀区", "industry_code": "3911"}
    heads = [contract("annual_returns").column(field).zh_header for field in row]
    path = write_csv(tmp_path / "file.csv", heads, [list(row.values())])
    assert check_file(path).dataset == "annual_returns"
    assert check_file(path, "enterprises").accepted
    assert check_file(path, "enterprises").extras == {"": {"年度": "D"}}


def test_where_as_many_columns_fit_two_datasets_the_complete_one_wins(tmp_path: Path) -> None:
    row = honest("enterprises") | {"city": "海淀区", "industry_code": "3911"}
    path = write_csv(tmp_path / "file.csv", list(row), [list(row.values())])
    assert check_file(path).dataset == "enterprises"
