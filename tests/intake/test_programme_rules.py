"""What the programme's notices say of the files about it: rounds, tranches, platforms, conclusions, figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.dataset import contract, datasets
from data.rounds import Round, rounds
from pipelines.intake.check import check_file
from pipelines.intake.findings import render
from tests.intake.dataset_rows import check, errors, honest, of_columns, write_csv
from tests.intake.hostile.honest import credit_code

OF_A_TRANCHE = ("distribution_plans", "fund_payments", "fund_receipts")
TO_A_RECIPIENT = ("distribution_plans", "fund_payments")
LABEL = {"round-1": "第一轮", "round-2": "第二轮"}


@pytest.mark.parametrize("policy", rounds(), ids=lambda policy: policy.code)
@pytest.mark.parametrize("dataset", OF_A_TRANCHE)
def test_a_tranche_is_one_of_its_round(dataset: str, policy: Round) -> None:
    row = honest(dataset) | {"round": LABEL[policy.code]}
    for tranche in range(1, max(len(each.tranches) for each in rounds()) + 1):
        wanted = [] if tranche <= len(policy.tranches) else [("tranche_of_round", "tranche")]
        assert errors(check(dataset, row | {"tranche": str(tranche)})) == wanted


@pytest.mark.parametrize("dataset", [name for name, field in of_columns(field="support_batch")])
def test_a_round_has_the_batches_of_its_notice(dataset: str) -> None:
    assert {policy.support_batches for policy in rounds()} == {contract(dataset).column("support_batch").high}


@pytest.mark.parametrize("policy", rounds(), ids=lambda policy: policy.code)
@pytest.mark.parametrize("dataset", TO_A_RECIPIENT)
def test_platforms_and_empowerment_belong_to_the_round_that_has_them(dataset: str, policy: Round) -> None:
    row = honest(dataset) | {"round": policy.code, "tranche": "1"}
    assert check(dataset, row | {"recipient_kind": "重点“小巨人”企业"}).findings.is_empty()
    platform = errors(check(dataset, row | {"recipient_kind": "平台"}))
    assert platform == ([] if policy.has_platforms else [("platform_of_round_1", "recipient_kind")])
    empowerment = errors(check(dataset, row | {"recipient_kind": "赋能"}))
    has_it = policy.empowerment_share_pct is not None
    assert empowerment == ([] if has_it else [("empowerment_of_round_2", "recipient_kind")])


def test_a_platform_of_round_2_is_refused_and_the_notices_are_named() -> None:
    assert errors(check("platforms", honest("platforms") | {"round": "round-2"})) == [
        ("not_in_list", "round")
    ]
    checked = check("fund_payments", honest("fund_payments") | {"round": "第二轮", "recipient_kind": "平台"})
    zh, en = (render(checked.findings, language).row(0, named=True) for language in ("zh", "en"))
    assert zh["message"] == "轮次为“第二轮”，对象却填“平台”"
    assert "财建〔2021〕2号" in zh["expected"]
    assert "财建〔2024〕148号" in zh["remedy"]
    assert "财建〔2024〕148号" in en["remedy"]


def test_a_province_with_a_platform_too_many_is_told_at_each_of_them() -> None:
    most = next(policy.platforms_at_most for policy in rounds() if policy.has_platforms)
    assert most is not None
    rows = [honest("platforms") | {"uscc": credit_code(60_000_000 + at)} for at in range(most + 1)]
    assert check("platforms", *rows[:-1]).findings.is_empty()
    checked = check("platforms", *rows)
    assert checked.accepted
    assert checked.findings.select("severity", "rule", "row_no").rows() == [
        ("warning", "platforms_of_a_province", at + 1) for at in range(most + 1)
    ]
    assert f"{most + 1}家平台" in render(checked.findings, "zh")["message"][0]
    assert check("platforms", *rows[:-1], rows[-1] | {"support_batch": "2"}).findings.is_empty()
    elsewhere = rows[-1] | {"province": "深圳"}
    assert check("platforms", *rows[:-1], elsewhere).findings.is_empty()


@pytest.mark.parametrize(
    ("kind", "result", "wrong"),
    [
        ("重点“小巨人”企业", "继续支持", None),
        ("重点“小巨人”企业", "recover", None),
        ("重点“小巨人”企业", "通过", "conclusion_of_a_platform"),
        ("公共服务示范平台", "未通过", None),
        ("公共服务示范平台", "停止支持", "conclusion_of_a_firm"),
    ],
)
def test_firms_continue_or_not_and_platforms_pass_or_not(kind: str, result: str, wrong: str | None) -> None:
    row = honest("support_assessments") | {"round": "round-1", "object_kind": kind, "result": result}
    assert errors(check("support_assessments", row)) == ([(wrong, "result")] if wrong else [])


def test_a_recovery_needs_its_reason() -> None:
    assert errors(check("fund_recoveries", honest("fund_recoveries") | {"reason": ""})) == [
        ("blank_required", "reason")
    ]


def test_a_survey_scores_no_more_than_its_full_marks() -> None:
    row = honest("satisfaction") | {"score": "91.3333333333333", "scale_max": "100"}
    assert check("satisfaction", row).findings.is_empty()
    assert errors(check("satisfaction", row | {"scale_max": "10"})) == [("exceeds", "score")]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1000000000000", None),
        ("-1000000000000", None),
        ("1000000000000.000001", "number_too_large"),
        ("0.000001", None),
        ("0.0000001", "too_many_decimals"),
        ("1e12", "scientific"),
    ],
)
def test_the_figure_of_a_task_may_be_large_and_keeps_six_decimals(cell: str, rule: str | None) -> None:
    checked = check("tasks", honest("tasks") | {"target": cell})
    assert errors(checked) == ([(rule, "target")] if rule else [])
    if rule == "too_many_decimals":
        assert render(checked.findings, "en")["expected"].to_list() == ["at most 6 decimals"]
    if rule == "number_too_large":
        assert "1,000,000,000,000" in render(checked.findings, "zh")["expected"][0]


@pytest.mark.parametrize(("dataset", "field"), of_columns(type="decimal"))
def test_every_figure_fits_its_column_to_the_last_place(dataset: str, field: str, tmp_path: Path) -> None:
    column = contract(dataset).column(field)
    assert column.scale == 10**column.decimals
    assert -(2**63) < column.stored_low < column.stored_high < 2**63
    least = f"{1 / column.scale:.{column.decimals}f}"
    smaller = [other.field for other in contract(dataset).columns if other.at_most == field]
    row = honest(dataset) | dict.fromkeys([field, *smaller], least)
    if column.at_most:
        row[column.at_most] = "5"
    frame = check_file(write_csv(tmp_path / "x.csv", list(row), [list(row.values())]), dataset).frame
    assert frame is not None
    assert frame[field].to_list() == [1]


@pytest.mark.parametrize("dataset", datasets())
def test_no_money_is_negative_in_a_file_of_the_programme(dataset: str) -> None:
    fields = [column for column in contract(dataset).columns if column.is_money]
    if "payment_id" in contract(dataset).fields or "round" in contract(dataset).fields:
        assert all(column.low == 0 for column in fields)
