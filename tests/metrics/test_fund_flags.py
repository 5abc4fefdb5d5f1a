"""The checks of the reward funds: each rule at its edge, and 1,000 random ledgers against a second reading."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from metrics import fund_flags
from metrics.fund_members import members
from tests.metrics import fund_ledgers as ledgers
from tests.metrics.fund_ledgers import DAY, WAN, payment, plan, receipt, recovery, title, use
from tests.metrics.naive_funds import verdicts

ADDED_UP = (
    "direct_planned", "direct_paid", "empowerment_planned", "empowerment_paid", "platform_use", "platform_served",
)  # fmt: skip
ONE_DAY = dt.timedelta(days=1)


def checks_of(ledger: ledgers.Ledger, rule: str, as_of: dt.date = DAY) -> list[dict[str, Any]]:
    found = fund_flags.checks(ledgers.asked(ledger, as_of))
    return [row for row in found.iter_rows(named=True) if row["rule"] == rule]


def verdict_of(ledger: ledgers.Ledger, rule: str, as_of: dt.date = DAY) -> str:
    (row,) = checks_of(ledger, rule, as_of)
    return row["verdict"]


@pytest.mark.parametrize(
    ("round_code", "to_firms", "verdict"),
    [
        ("round-1", 90 * WAN, "met"),
        ("round-1", 90 * WAN - 1, "violated"),
        ("round-2", 95 * WAN, "met"),
        ("round-2", 95 * WAN - 1, "violated"),
    ],
)
def test_exactly_the_share_passes_and_a_fen_less_does_not(
    round_code: str, to_firms: int, verdict: str
) -> None:
    other = {"recipient_kind": "platform" if round_code == "round-1" else "empowerment", "round": round_code}
    rest = 100 * WAN - to_firms
    ledger = {
        "fund_receipts": [receipt(100, round=round_code)],
        "distribution_plans": [
            plan("A", 0, planned=to_firms, round=round_code),
            plan("P", 0, planned=rest, **other),
        ],
        "fund_payments": [
            payment("A", 0, paid=to_firms, round=round_code),
            payment("P", 0, paid=rest, **other),
        ],
    }
    assert verdict_of(ledger, "direct_planned") == verdict
    assert verdict_of(ledger, "direct_paid") == verdict
    if round_code == "round-2":
        assert verdict_of(ledger, "empowerment_planned") == verdict
        assert verdict_of(ledger, "empowerment_paid") == verdict


def test_planned_is_tested_against_received_and_paid_against_paid() -> None:
    ledger = {
        "fund_receipts": [receipt(100)],
        "distribution_plans": [plan("A", 80)],
        "fund_payments": [payment("A", 80)],
    }
    assert verdict_of(ledger, "direct_planned") == "violated"
    assert verdict_of(ledger, "direct_paid") == "met"


def test_without_a_plan_its_share_is_not_judged() -> None:
    assert verdict_of({"fund_receipts": [receipt(100)]}, "direct_planned") == "unjudged"


@pytest.mark.parametrize(("days", "verdict"), [(29, "met"), (30, "met"), (31, "violated")])
def test_a_plan_is_on_time_up_to_day_30_receipt_being_day_0(days: int, verdict: str) -> None:
    reported = dt.date(2025, 3, 1) + dt.timedelta(days=days)
    (row,) = checks_of({"fund_receipts": [receipt(1, plan_reported_on=reported)]}, "plan_report")
    assert (row["verdict"], row["days"], row["limit"]) == (verdict, days, "30")


@pytest.mark.parametrize(
    ("as_of", "verdict"), [(dt.date(2025, 3, 31), "pending"), (dt.date(2025, 4, 1), "violated")]
)
def test_a_plan_not_yet_reported_is_pending_through_day_30_and_late_after(
    as_of: dt.date, verdict: str
) -> None:
    assert verdict_of({"fund_receipts": [receipt(1)]}, "plan_report", as_of) == verdict


def test_a_report_of_a_later_day_is_not_there_yet() -> None:
    ledger = {"fund_receipts": [receipt(1, plan_reported_on=dt.date(2025, 3, 20))]}
    assert verdict_of(ledger, "plan_report", dt.date(2025, 3, 19)) == "pending"


@pytest.mark.parametrize(
    ("reported", "copied", "as_of", "verdict"),
    [
        (dt.date(2025, 3, 9), dt.date(2025, 3, 9), DAY, "met"),
        (dt.date(2025, 3, 9), None, dt.date(2025, 3, 31), "pending"),
        (dt.date(2025, 3, 9), None, dt.date(2025, 4, 1), "violated"),
        (None, None, DAY, "pending"),
    ],
)
def test_a_reported_plan_has_its_copy_at_the_bureau_by_the_end_of_the_term(
    reported: dt.date | None, copied: dt.date | None, as_of: dt.date, verdict: str
) -> None:
    ledger = {"fund_receipts": [receipt(1, plan_reported_on=reported, bureau_copied_on=copied)]}
    assert verdict_of(ledger, "bureau_copy", as_of) == verdict


@pytest.mark.parametrize(("codes", "verdict"), [("ABC", "met"), ("ABCC", "met"), ("ABCD", "violated")])
def test_a_province_lists_at_most_three_platforms_in_a_support_batch(codes: str, verdict: str) -> None:
    listed = [
        {"province": "440000", "round": "round-1", "support_batch": 1, "uscc": code, "name": code}
        for code in codes
    ]
    other_batch = listed[0] | {"support_batch": 2, "uscc": "E"}
    found = checks_of({"platforms": [*listed, other_batch]}, "platform_count")
    assert [row["verdict"] for row in found] == [verdict, "met"]


def test_a_platform_in_the_second_round_and_empowerment_in_the_first_are_flagged() -> None:
    platform = {"recipient_kind": "platform", "round": "round-2"}
    ledger = {
        "fund_receipts": [receipt(10), receipt(10, round="round-2")],
        "distribution_plans": [plan("P", 1, **platform), plan("E", 2, recipient_kind="empowerment")],
        "platforms": [
            {"province": "440000", "round": "round-2", "support_batch": 1, "uscc": "P", "name": "P"}
        ],
    }
    found = checks_of(ledger, "recipient_kind")
    assert [(row["round"], row["tranche"], row["subject"]) for row in found] == [
        ("round-1", 1, "empowerment"),
        ("round-2", 1, "platform"),
        ("round-2", None, "platform"),
    ]


@pytest.mark.parametrize(
    "category", ["own_construction", "working_expenses", "budget_balancing", "innovation"]
)
def test_platform_money_serves_and_nothing_else(category: str) -> None:
    paid = payment("P", 10, recipient_kind="platform", payment_id="1")
    ledger = {"fund_payments": [paid], "fund_use": [use("1", 6, "service"), use("1", 4, category)]}
    (row,) = checks_of(ledger, "platform_use")
    assert (row["verdict"], row["part"], row["whole"], row["detail"]) == (
        "violated",
        4 * WAN,
        10 * WAN,
        category,
    )


def test_a_firm_is_free_in_its_use() -> None:
    ledger = {"fund_payments": [payment("A", 10)], "fund_use": [use("pay-A", 10, "other")]}
    assert checks_of(ledger, "platform_use") == []


def test_service_is_for_firms_that_are_little_giants_on_that_day() -> None:
    paid = payment("P", 10, recipient_kind="platform", payment_id="1")
    lapses = dt.date(2025, 6, 1)
    ledger = {
        "fund_payments": [paid],
        "fund_use": [
            use("1", 1, "service", beneficiary_uscc="A", used_on=lapses - ONE_DAY),
            use("1", 2, "service", beneficiary_uscc="A", used_on=lapses),
            use("1", 4, "service", beneficiary_uscc="B"),
            use("1", 8, "service"),
        ],
        "title_periods": [title("A", dt.date(2022, 6, 1), lapses)],
    }
    (row,) = checks_of(ledger, "platform_served")
    assert (row["verdict"], row["part"], row["whole"], row["count"]) == ("violated", 6 * WAN, 7 * WAN, 2)
    assert verdict_of(ledger | {"title_periods": []}, "platform_served") == "unjudged"


@pytest.mark.parametrize(
    ("amounts", "verdict"),
    [((30, 30, 30), "violated"), ((30, 30, 31), "met"), ((30,), "unjudged"), ((30, 0), "unjudged")],
)
def test_equal_amounts_for_all_firms_of_a_tranche_are_a_simple_distribution(
    amounts: tuple[int, ...], verdict: str
) -> None:
    rows = [
        plan(f"F{at}", amount, rationale="按投资额" if not at else None) for at, amount in enumerate(amounts)
    ]
    (row,) = checks_of({"fund_receipts": [receipt(100)], "distribution_plans": rows}, "simple_distribution")
    assert (row["verdict"], row["detail"]) == (verdict, "with_rationale")


def test_idle_money_is_as_old_as_the_earliest_receipt_that_payments_do_not_cover() -> None:
    ledger = {
        "fund_receipts": [receipt(50), receipt(50, received_on=dt.date(2025, 6, 3), document_no="2")],
        "fund_payments": [payment("A", 60)],
    }
    (row,) = checks_of(ledger, "idle")
    assert (row["verdict"], row["part"], row["on"], row["days"]) == (
        "pending",
        40 * WAN,
        dt.date(2025, 6, 3),
        90,
    )
    (row,) = checks_of(ledger, "idle", DAY + ONE_DAY)
    assert (row["verdict"], row["days"], row["limit"]) == ("violated", 91, "90")


def test_two_payments_of_one_amount_on_one_day_are_paid_twice_and_not_also_above_plan() -> None:
    ledger = {
        "fund_receipts": [receipt(100)],
        "distribution_plans": [plan("A", 30)],
        "fund_payments": [payment("A", 30), payment("A", 30, payment_id="again")],
    }
    (row,) = checks_of(ledger, "paid_twice")
    assert (row["subject"], row["count"], row["part"]) == ("A", 2, 60 * WAN)
    assert checks_of(ledger, "paid_above_plan") == []
    mended = ledger | {"fund_recoveries": [recovery("again", 30)]}
    assert checks_of(mended, "paid_twice") == []
    assert len(checks_of(mended, "paid_twice", dt.date(2025, 6, 30))) == 1


def test_more_than_planned_is_above_plan_and_who_was_not_planned_is_named_as_such() -> None:
    ledger = {
        "fund_receipts": [receipt(100)],
        "distribution_plans": [plan("A", 30)],
        "fund_payments": [payment("A", 30), payment("A", 1, payment_id="2"), payment("B", 5)],
    }
    found = checks_of(ledger, "paid_above_plan")
    assert [(row["subject"], row["part"], row["whole"], row["detail"]) for row in found] == [
        ("A", 31 * WAN, 30 * WAN, "above_plan"),
        ("B", 5 * WAN, 0, "not_in_plan"),
    ]


def test_a_recipient_without_a_credit_code_is_known_by_its_name() -> None:
    ledger = {
        "fund_receipts": [receipt(100)],
        "distribution_plans": [plan("A", 30, recipient_uscc=None)],
        "fund_payments": [payment("A", 30)],
    }
    assert checks_of(ledger, "paid_above_plan") == []


@pytest.mark.parametrize(
    ("board", "listed_on", "flagged"),
    [
        ("star", dt.date(2025, 2, 28), True),
        ("star", dt.date(2025, 3, 1), False),
        ("neeq", dt.date(2025, 2, 28), False),
        ("bse", dt.date(2025, 2, 28), False),
    ],
)
def test_a_firm_listed_before_its_support_began_is_flagged_and_one_that_lists_later_is_not(
    board: str, listed_on: dt.date, flagged: bool
) -> None:
    listing = {"uscc": "A", "name": "合成A", "listed_board": board, "listed_on": listed_on}
    ledger = {
        "fund_receipts": [receipt(100)],
        "fund_payments": [payment("A", 30)],
        "annual_returns": [listing],
    }
    assert bool(checks_of(ledger, "listed_recipient")) is flagged


def test_a_known_title_that_was_not_in_force_when_support_began_is_flagged() -> None:
    ledger = {
        "fund_receipts": [receipt(100)],
        "fund_payments": [payment(firm, 30) for firm in "ABC"],
        "title_periods": [
            title("A", dt.date(2022, 1, 1), dt.date(2025, 3, 1)),
            title("B", dt.date(2025, 3, 1)),
        ],
    }
    assert [row["subject"] for row in checks_of(ledger, "title_recipient")] == ["A"]


@pytest.mark.parametrize("seed", range(25))
def test_random_ledgers_give_the_verdicts_of_a_second_reading(seed: int) -> None:
    draw = random.Random(seed)
    as_of = dt.date(2025, 1, 1) + dt.timedelta(days=draw.randint(60, 300))
    titles = [
        title(
            f"F{at}", dt.date(2025, 1, 1) + dt.timedelta(days=draw.randint(0, 90)), draw.choice([None, as_of])
        )
        for at in range(3)
        if draw.random() < 0.7
    ]
    made = {f"{at:06}": ledgers.random_ledger(draw, f"{at:06}") for at in range(40)}
    listings = [row for ledger in made.values() for row in ledger["annual_returns"]]
    asked = ledgers.asked(ledgers.merged(made.values(), titles, draw), as_of)
    found = fund_flags.checks(asked)
    assert found["check"].is_unique().all()
    told: dict[str, set[tuple[Any, ...]]] = {province: set() for province in made}
    for row in found.iter_rows(named=True):
        is_report = row["rule"] in {"plan_report", "bureau_copy"}
        subject = None if is_report and "号" not in row["subject"] else row["subject"]
        place = (row["round"], row["support_batch"], row["tranche"])
        told[row["province"]].add((row["rule"], *place, subject, row["verdict"], row["part"], row["whole"]))
    for province, ledger in made.items():
        assert told[province] == verdicts(ledger, titles, listings, as_of), province


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_behind_a_check_add_up_to_its_amounts(seed: int) -> None:
    draw = random.Random(seed)
    made = [ledgers.random_ledger(draw, f"{at:06}") for at in range(10)]
    asked = ledgers.asked(ledgers.merged(made, [title("F1", dt.date(2025, 1, 1))], draw))
    for row in fund_flags.checks(asked).iter_rows(named=True):
        behind = members(asked, row)
        assert any(part.rows.height for part in behind), row
        summed = [part.rows["amount"].sum() for part in behind]
        if row["rule"] in ADDED_UP:
            assert summed == [row["part"], row["whole"]], row
        elif row["rule"] in ("plan_report", "bureau_copy"):
            assert summed == [row["part"]], row
        elif row["rule"] == "idle":
            assert max(summed[0] - summed[1], 0) == row["part"], row
        elif row["rule"] in ("paid_twice", "paid_above_plan"):
            recovered = sum(part.rows["amount"].sum() for part in behind if part.part == "recovered")
            assert summed[0] - recovered >= row["part"], row
