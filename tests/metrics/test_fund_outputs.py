"""Inputs and outputs of the units: tasks count in their group, in their firm's province, and only when done."""

from typing import Any

from metrics import fund_frames, fund_outputs
from metrics.fund_flow import flow
from metrics.fund_ratios import by_province, task_rows
from tests.metrics.fund_ledgers import DAY, WAN, payment, receipt, tables

KINDS = {"innovation_tasks": ("rd_growth", "industrialisation"), "digital_tasks": ("digital", "cloud")}
BATCH = {"round": "round-1", "support_batch": 1}


def task(firm: str, code: str, target: int, actual: int | None) -> dict[str, Any]:
    return BATCH | {"year": 2025, "uscc": firm, "task_code": code, "target": target, "actual": actual}


def test_tasks_count_by_group_where_their_firm_is_and_when_they_are_done() -> None:
    ledger = {
        "fund_receipts": [receipt(100), receipt(50, province="440300")],
        "fund_payments": [payment("A", 60), payment("B", 50, province="440300")],
        "local_funds": [{"province": "440000", "year": 2025, "source": "local", "amount": 7 * WAN}],
        "key_firms": [
            BATCH | {"province": "440000", "uscc": "A", "name": "A"},
            BATCH | {"province": "440300", "uscc": "B", "name": "B"},
        ],
        "tasks": [
            task("A", "rd_growth", 5, 5),
            task("A", "industrialisation", 5, 4),
            task("A", "digital", 5, 9),
            task("A", "cloud", 5, None),
            task("A", "listing", 1, 1),
            task("B", "cloud", 1, 0),
            task("stranger", "cloud", 1, 1),
        ],
    }
    day = fund_frames.on_day(fund_frames.books(tables(ledger)), DAY)
    tranches = flow(day)
    found = fund_outputs.by_unit(by_province(day, tranches), task_rows(day, tranches), KINDS)
    assert found.columns == ["province", "paid", "local", "innovation_tasks", "digital_tasks"]
    assert found.rows() == [("440000", 60 * WAN, 7 * WAN, 1, 1), ("440300", 50 * WAN, 0, 0, 0)]
    assert fund_outputs.comparable(found, ["paid"], list(KINDS))["province"].to_list() == ["440000"]
    assert fund_outputs.comparable(found, ["paid", "local"], list(KINDS)).height == 1
