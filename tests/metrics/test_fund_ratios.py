"""Flow and ratios of the reward funds: what counts on which day, and what each ratio is made of."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl
import pytest

from metrics import fund_flow, fund_frames, fund_growth, fund_ratios
from tests.metrics import fund_ledgers as ledgers
from tests.metrics.fund_ledgers import DAY, WAN, payment, plan, receipt, recovery, title, use

LEDGER: ledgers.Ledger = {
    "fund_receipts": [
        receipt(100, plan_reported_on=dt.date(2025, 3, 11)),
        receipt(60, tranche=2, received_on=dt.date(2025, 5, 1), document_no=None),
    ],
    "distribution_plans": [plan("A", 60), plan("B", 30), plan("P", 10, recipient_kind="platform")],
    "fund_payments": [payment("A", 60), payment("B", 20, paid_on=dt.date(2025, 5, 1))],
    "fund_use": [use("pay-A", 30, "innovation"), use("pay-A", 10, "innovation", used_on=dt.date(2025, 8, 1))],
    "fund_recoveries": [recovery("pay-B", 5)],
    "local_funds": [
        {"province": "440000", "year": 2025, "source": "local", "amount": 32 * WAN},
        {"province": "440000", "year": 2026, "source": "own", "amount": 999 * WAN},
    ],
    "key_firms": [
        {"province": "440000", "round": "round-1", "support_batch": 1, "uscc": code, "name": code}
        for code in "AB"
    ],
    "tasks": [
        {
            "round": "round-1",
            "support_batch": 1,
            "year": 2025,
            "uscc": code,
            "task_code": "cloud",
            "target": 5,
        }
        | {"actual": actual}
        for code, actual in (("A", 5), ("A", 4), ("B", None), ("Z", 9))
    ],
}


def on(as_of: dt.date, ledger: ledgers.Ledger | None = None) -> fund_frames.Day:
    return fund_frames.on_day(fund_frames.books(ledgers.tables(ledger or LEDGER)), as_of)


def amounts(as_of: dt.date) -> dict[str, int]:
    (row,) = fund_ratios.by_province(on(as_of)).iter_rows(named=True)
    return {stage: row[stage] // WAN for stage in fund_flow.STAGES}


def test_a_row_counts_from_its_date_and_a_plan_from_the_first_receipt_of_its_tranche() -> None:
    assert amounts(dt.date(2025, 3, 1)) == {
        "received": 100, "planned": 100, "paid": 0, "used": 0, "recovered": 0, "idle": 100,
    }  # fmt: skip
    assert amounts(dt.date(2025, 6, 1)) == {
        "received": 160, "planned": 100, "paid": 80, "used": 30, "recovered": 0, "idle": 80,
    }  # fmt: skip
    assert amounts(DAY) == {
        "received": 160, "planned": 100, "paid": 80, "used": 40, "recovered": 5, "idle": 80,
    }  # fmt: skip
    assert fund_flow.flow(on(dt.date(2025, 2, 28))).is_empty()


def test_every_ratio_of_a_province_is_what_its_parts_give() -> None:
    (row,) = fund_ratios.by_province(on(DAY)).iter_rows(named=True)
    assert {name: row[name] for name in (*fund_ratios.RATIOS, *fund_ratios.DAYS)} == {
        "execution_pct": 50.0,
        "utilisation_pct": 50.0,
        "direct_planned_pct": 56.25,
        "direct_paid_pct": 100.0,
        "leverage": 0.2,
        "done_per_million": 1 / 0.8,
        "days_to_plan_median": 10.0,
        "days_to_plan_max": 10,
        "days_to_payment_median": 46.0,
        "days_to_payment_max": 61,
        "idle_days": 184,
    }
    assert (row["tasks"], row["tasks_done"]) == (3, 1)


def test_a_ratio_without_a_denominator_is_missing_and_never_0() -> None:
    (row,) = fund_ratios.by_province(on(DAY, {"fund_payments": [payment("A", 60)]})).iter_rows(named=True)
    assert (row["execution_pct"], row["leverage"], row["days_to_plan_median"]) == (None, None, None)
    (row,) = fund_ratios.by_province(on(DAY, {"fund_receipts": [receipt(5)]})).iter_rows(named=True)
    assert (row["execution_pct"], row["utilisation_pct"], row["direct_paid_pct"]) == (0.0, None, None)


def test_the_ratios_of_one_tranche_leave_the_other_out() -> None:
    day = on(DAY)
    first = fund_flow.flow(day).filter(pl.col("tranche") == 1)
    (row,) = fund_ratios.by_province(day, first).iter_rows(named=True)
    assert (row["received"], row["execution_pct"], row["idle"]) == (100 * WAN, 80.0, 20 * WAN)


def test_a_use_or_recovery_of_an_unknown_payment_counts_nowhere_and_is_told() -> None:
    ledger = LEDGER | {"fund_use": [use("nobody", 7, "other")], "fund_recoveries": [recovery("nobody", 7)]}
    day = on(DAY, ledger)
    assert day.unplaced == 2
    assert fund_flow.flow(day)["used"].sum() == 0


def test_a_use_before_its_payment_counts_with_the_payment() -> None:
    early = {
        "fund_payments": [payment("A", 9)],
        "fund_use": [use("pay-A", 5, "other", used_on=dt.date(2025, 3, 9))],
    }
    assert fund_flow.flow(on(dt.date(2025, 3, 31), early)).is_empty()
    assert fund_flow.flow(on(dt.date(2025, 4, 1), early))["used"].to_list() == [5 * WAN]


def test_the_order_of_rows_does_not_matter_and_relations_give_what_frames_give() -> None:
    draw = random.Random(7)
    made = [ledgers.random_ledger(draw, f"{at:06}") for at in range(12)]
    mixed = (ledgers.merged(made, [], random.Random(seed)) for seed in (1, 2))
    one, two = (fund_frames.on_day(fund_frames.books(tables), DAY) for tables in mixed)
    assert fund_ratios.by_province(one).equals(fund_ratios.by_province(two))
    assert fund_flow.flow(one).equals(fund_flow.flow(two))


def test_a_sum_that_leaves_64_bits_is_an_error_and_never_wraps() -> None:
    huge = {"fund_receipts": [receipt(0, amount=2**62, document_no=str(at)) for at in range(3)]}
    with pytest.raises(pl.exceptions.InvalidOperationError):
        fund_flow.flow(on(DAY, huge))


@pytest.mark.parametrize(
    ("published", "verdict", "difference"),
    [(100, "equal", 0), (90, "differs", 10), (None, "not_published", None)],
)
def test_what_was_published_stands_beside_what_was_received(
    published: int | None, verdict: str, difference: int | None
) -> None:
    listed = {"province": "440000", "document_no": "财建[2025] 1号", "published_on": dt.date(2025, 2, 1)}
    ledger = {
        "fund_receipts": [receipt(100), receipt(7, document_no=None)],
        "transfers_published": [] if published is None else [listed | {"amount": published * WAN}],
    }
    (row,) = fund_flow.published_against_received(on(DAY, ledger)).iter_rows(named=True)
    assert (row["document_no"], row["verdict"]) == ("财建〔2025〕1号", verdict)
    assert row["difference"] == (None if difference is None else difference * WAN)


def test_a_published_transfer_that_nobody_received_is_named() -> None:
    listed = {
        "province": "440000",
        "document_no": "财建〔2025〕9号",
        "published_on": dt.date(2025, 2, 1),
        "amount": WAN,
    }
    (row,) = fund_flow.published_against_received(on(DAY, {"transfers_published": [listed]})).iter_rows(
        named=True
    )
    assert (row["verdict"], row["received"]) == ("not_received", None)


def test_supported_firms_are_compared_with_little_giants_that_are_not_key_firms() -> None:
    revenues = {
        "A": (100, 130),
        "B": (100, 110),
        "C": (100, 105),
        "D": (100, 90),
        "E": (100, 500),
        "F": (0, 9),
    }
    returns = pl.DataFrame(
        [
            {"uscc": code, "name": code, "province": "440000", "year": 2023 + at, "revenue": revenue}
            | {"receipt_id": 1, "sheet_no": 1, "row_no": 2}
            for code, pair in revenues.items()
            for at, revenue in enumerate(pair)
        ]
    )
    batch = {"province": "440000", "round": "round-1", "support_batch": 1}
    ledger = {
        "fund_receipts": [receipt(1, received_on=dt.date(2024, 5, 1)), receipt(1, support_batch=2)],
        "key_firms": [batch | {"uscc": code, "name": code} for code in "AB"]
        + [batch | {"uscc": "C", "name": "C", "support_batch": 2}],
        "title_periods": [title(code, dt.date(2022, 1, 1)) for code in "ABCDF"],
    }
    assert fund_growth.latest_year(returns, DAY) == 2024
    grown = fund_growth.firms(returns, on(DAY, ledger), 2024)
    assert grown["uscc"].to_list() == ["A", "B", "D"]
    own, whole = fund_growth.medians(grown).iter_rows(named=True)
    assert (own["supported"], own["unsupported"], whole["province"]) == (2, 1, None)
    assert own["supported_pct"] == pytest.approx(20)
    assert whole["difference_points"] == pytest.approx(30)
