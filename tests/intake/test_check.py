"""The check as a whole: keys, comparisons, plausibility, order, counts, words, JSON."""

from __future__ import annotations

import json

import polars as pl
import pytest

from data import words
from data.dataset import contract
from data.words import LANGUAGES
from pipelines.intake.check import as_json, check_rows
from pipelines.intake.check_cells import typed_schema
from pipelines.intake.findings import grouped, render
from tests.intake.hostile.honest import credit_code


def rows(**columns: list[str | None]) -> pl.DataFrame:
    """Two firms (or as many as the longest column), honest but for the columns given."""
    count = max((len(values) for values in columns.values()), default=2)
    honest = {
        "uscc": [credit_code(n) for n in range(count)], "name": [f"企业{n}" for n in range(count)],
        "province": ["北京"] * count, "year": ["2024"] * count,
    }  # fmt: skip
    return pl.DataFrame(
        {**honest, **columns}, schema_overrides=dict.fromkeys({**honest, **columns}, pl.String)
    )


def found(frame: pl.DataFrame) -> list[tuple[str, str, str | None, int]]:
    return check_rows(frame, "annual_returns").findings.select("severity", "rule", "column", "row_no").rows()


def test_a_repeated_key_is_an_error_that_names_the_first_row() -> None:
    code = credit_code(1)
    checked = check_rows(rows(uscc=[code, credit_code(2), code.lower()]), "annual_returns")
    assert checked.findings.select("rule", "row_no").rows() == [("repeated_key", 3)]
    assert "第1行" in render(checked.findings, "zh")["message"][0]


def test_the_same_firm_in_two_years_is_no_repetition() -> None:
    assert found(rows(uscc=[credit_code(1)] * 2, year=["2023", "2024"])) == []


@pytest.mark.parametrize(
    ("part", "whole"), [(c.field, c.at_most) for c in contract("annual_returns").columns if c.at_most]
)
def test_a_part_may_equal_its_whole_and_not_exceed_it(part: str, whole: str) -> None:
    frame = rows(**{part: ["7", "8", "8"], whole: ["7", "7", None]})
    assert found(frame) == [("error", "exceeds", part, 2)]


def test_research_above_revenue_only_warns() -> None:
    assert found(rows(rd_expense=["5", "5.000001"], revenue=["5", "5"])) == [
        ("warning", "rd_above_revenue", "rd_expense", 2)
    ]


def test_a_tenfold_jump_from_one_year_to_the_next_warns_and_less_does_not() -> None:
    one, two = credit_code(1), credit_code(2)
    frame = rows(uscc=[one, one, two, two], year=["2023", "2024"] * 2, revenue=["1", "10", "1", "9.999999"])
    assert found(frame) == [("warning", "jump", "revenue", 2)]


def test_a_jump_over_a_missing_year_or_from_zero_is_not_judged() -> None:
    one, two = credit_code(1), credit_code(2)
    frame = rows(
        uscc=[one, one, two, two], year=["2022", "2024", "2023", "2024"], revenue=["1", "100", "0", "50"]
    )
    assert found(frame) == []


def test_a_quality_certificate_without_a_management_certificate_warns() -> None:
    frame = rows(qms_certificate=["是", "是", "否"], mgmt_certificate=["否", None, "否"])
    assert found(frame) == [("warning", "certificate_of_both_kinds", "mgmt_certificate", 1)]


def test_blank_means_what_the_contract_says() -> None:
    checked = check_rows(
        rows(revenue=["", None], honours=[None, "无"], national_award_rank=["", "—"]), "annual_returns"
    )
    assert checked.accepted
    assert checked.findings.select("severity", "rule", "row_no").rows() == [
        ("warning", "placeholder_blank", 2)
    ]
    assert checked.frame is not None
    assert checked.frame["revenue"].to_list() == [None, None]
    assert checked.frame["honours__high_tech"].to_list() == [False, False]


def test_a_required_cell_left_empty_is_an_error() -> None:
    assert found(rows(name=["甲", "  "])) == [("error", "blank_required", "name", 2)]


@pytest.mark.parametrize("spelling", ["是", "yes", "Y", "TRUE", "1", "√", "✔", "１", " 是 "])
def test_yes_in_its_spellings(spelling: str) -> None:
    frame = check_rows(rows(own_brand=[spelling]), "annual_returns").frame
    assert frame is not None
    assert frame["own_brand"][0] is True


@pytest.mark.parametrize("spelling", ["否", "no", "N", "false", "0", "×", "０"])
def test_no_in_its_spellings(spelling: str) -> None:
    frame = check_rows(rows(own_brand=[spelling]), "annual_returns").frame
    assert frame is not None
    assert frame["own_brand"][0] is False


@pytest.mark.parametrize("separator", [";", "；", ",", "，", "、", "\n"])
def test_lists_by_code_or_label_with_any_usual_separator(separator: str) -> None:
    value = separator.join(["工业六基", "EMERGING", "Strategic emerging industry"])
    frame = check_rows(rows(product_fields=[value]), "annual_returns").frame
    assert frame is not None
    ticked = [name for name in frame.columns if name.startswith("product_fields__") and frame[name][0]]
    assert ticked == [
        "product_fields__strategic_emerging",
        "product_fields__six_bases",
        "product_fields__emerging",
    ]


def test_every_choice_is_read_by_code_and_by_both_labels() -> None:
    for column in contract("annual_returns").columns:
        for index, value in enumerate(column.values if column.type == "choice" else ()):
            for spelling in (value.code, value.zh, value.en, *value.also):
                frame = check_rows(rows(**{column.field: [spelling]}), "annual_returns").frame
                assert frame is not None
                assert frame[column.field][0] == index, spelling


@pytest.mark.parametrize(
    "spelling",
    ["2024-01-05", "2024/1/5", "2024.1.5", "2024年1月5日", "45296", "20240105", "2024-01-05 00:00:00"],
)
def test_dates_in_their_spellings(spelling: str) -> None:
    frame = check_rows(rows(listed_on=[spelling]), "annual_returns").frame
    assert frame is not None
    assert str(frame["listed_on"][0]) == "2024-01-05"


@pytest.mark.parametrize("spelling", ["2024", "2024年", "2024.0", "２０２４", "2024年度", " 2024 "])
def test_years_in_their_spellings(spelling: str) -> None:
    frame = check_rows(rows(year=[spelling]), "annual_returns").frame
    assert frame is not None
    assert frame["year"][0] == 2024


def test_a_date_is_no_year() -> None:
    rules = [rule for _, rule, _, _ in found(rows(year=["45292", "2024-01-01", "2024-01-01 00:00:00"]))]
    assert rules == ["date_as_year"] * 3


def test_errors_come_first_then_rows_then_columns() -> None:
    frame = rows(
        qms_certificate=["是", "是"],
        mgmt_certificate=["否", "否"],
        revenue=["1", "约"],
        employees=["几", "几"],
    )
    assert found(frame) == [
        ("error", "not_a_number", "employees", 1),
        ("error", "not_a_number", "revenue", 2),
        ("error", "not_a_number", "employees", 2),
        ("warning", "certificate_of_both_kinds", "mgmt_certificate", 1),
        ("warning", "certificate_of_both_kinds", "mgmt_certificate", 2),
    ]


def test_findings_are_one_per_cell_never_capped() -> None:
    checked = check_rows(rows(revenue=[f"x{n}" for n in range(3000)]), "annual_returns")
    assert checked.errors == 3000
    assert grouped(checked.findings, "zh").select("rule", "count").rows() == [("not_a_number", 3000)]


def test_the_json_has_exactly_the_documented_keys_in_either_language() -> None:
    for language in LANGUAGES:
        report = as_json(check_rows(rows(revenue=["约5", "1"]), "annual_returns"), language)
        assert list(report) == ["file", "dataset", "rows", "accepted", "errors", "warnings", "findings"]
        assert list(report["findings"][0]) == [
            "severity", "rule", "sheet", "cell", "column", "value", "expected", "message",
        ]  # fmt: skip
        assert report["findings"][0]["value"] == "约5"
        json.dumps(report)


def test_the_words_of_every_rule_use_the_same_places_in_both_languages() -> None:
    zh, en = (words.catalogue(language) for language in ("zh", "en"))
    rules = [key for key in zh if key.startswith("findings.")]
    assert len(rules) > 100
    assert all(words.places(zh[key]) == words.places(en[key]) for key in rules)


def test_a_form_is_a_batch_of_one() -> None:
    one = rows(uscc=[credit_code(1)], revenue=["12.5"])
    many = rows(uscc=[credit_code(1), credit_code(2)], revenue=["12.5", "3"])
    single, batch = check_rows(one, "annual_returns").frame, check_rows(many, "annual_returns").frame
    assert single is not None
    assert batch is not None
    assert single.drop("name").equals(batch.head(1).drop("name"))


def test_an_accepted_frame_has_the_columns_and_types_that_the_contract_promises() -> None:
    frame = check_rows(rows(), "annual_returns").frame
    assert frame is not None
    promised = typed_schema(contract("annual_returns"))
    assert {name: frame.schema[name] for name in promised} == promised
