"""Made-up ledgers of reward funds for the tests: rows by hand, random ones, and frames of both."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

import polars as pl

from data.funds_policy import fund_rules
from data.rounds import rounds
from metrics import fund_frames
from metrics.fund_rules import Asked

ROUNDS = {each.code: each for each in rounds()}
DAY = dt.date(2025, 9, 1)
WAN = 10**6
Ledger = dict[str, list[dict[str, Any]]]

_ORIGIN = {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32}
SCHEMAS: dict[str, dict[str, Any]] = {
    **{name: {**columns, **_ORIGIN} for name, columns in fund_frames.TABLES.items()},
    "title_periods": {
        "tier": pl.String, "uscc": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date,
        "opened_receipt": pl.Int32, "opened_sheet": pl.Int16, "opened_row": pl.Int32,
    },
    "annual_returns": {
        "uscc": pl.String, "name": pl.String, "listed_board": pl.String, "listed_on": pl.Date, **_ORIGIN,
    },
}  # fmt: skip
_TRANCHE = {"province": "440000", "round": "round-1", "support_batch": 1, "tranche": 1}


def receipt(amount: int, /, **more: Any) -> dict[str, Any]:
    """A quota received on 1 March 2025; amounts here and below in 万元."""
    row = {"document_no": "财建〔2025〕1号", "received_on": dt.date(2025, 3, 1), "amount": amount * WAN}
    return _TRANCHE | row | {"plan_reported_on": None, "bureau_copied_on": None} | more


def plan(firm: str, planned: int, /, **more: Any) -> dict[str, Any]:
    """A row of the plan, for a key little giant."""
    return _TRANCHE | _recipient(firm) | {"planned": planned * WAN, "rationale": None} | more


def payment(firm: str, paid: int, /, **more: Any) -> dict[str, Any]:
    """A payment of 1 April 2025; its number is the firm's name unless given."""
    row = {"payment_id": f"pay-{firm}", "paid_on": dt.date(2025, 4, 1), "paid": paid * WAN}
    return _TRANCHE | _recipient(firm) | row | more


def use(payment_id: str, amount: int, category: str, /, **more: Any) -> dict[str, Any]:
    """A use of 1 June 2025."""
    row = {"payment_id": payment_id, "used_on": dt.date(2025, 6, 1), "amount": amount * WAN}
    return row | {"use_category": category, "beneficiary_uscc": None} | more


def recovery(payment_id: str, amount: int, /, **more: Any) -> dict[str, Any]:
    """A recovery of 1 July 2025."""
    row = {"payment_id": payment_id, "recovered_on": dt.date(2025, 7, 1), "amount": amount * WAN}
    return row | {"reason": "合成"} | more


def title(firm: str, valid_from: dt.date, valid_to: dt.date | None = None) -> dict[str, Any]:
    """A term of a little giant."""
    return {
        "tier": "little_giant",
        "uscc": firm,
        "name": f"合成{firm}",
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


def _recipient(firm: str) -> dict[str, Any]:
    return {"recipient_kind": "key_little_giant", "recipient_uscc": firm, "recipient_name": f"合成{firm}"}


def tables(ledger: Ledger) -> dict[str, pl.DataFrame]:
    """The frames of a ledger, numbered like the rows of a sheet each."""
    found = {}
    for name, schema in SCHEMAS.items():
        receipt_id, sheet_no, row_no = list(schema)[-3:]
        rows = [
            {receipt_id: 1, sheet_no: 1, row_no: at} | row
            for at, row in enumerate(ledger.get(name, []), start=2)
        ]
        found[name] = pl.DataFrame(rows, schema=schema)
    return found


def asked(ledger: Ledger | dict[str, pl.DataFrame], as_of: dt.date = DAY) -> Asked:
    """What the checks are asked of a ledger on a day, under the shipped rules."""
    rules = fund_rules()
    frames = ledger if any(isinstance(rows, pl.DataFrame) for rows in ledger.values()) else tables(ledger)
    day = fund_frames.on_day(fund_frames.books(frames), as_of)
    return Asked(day, ROUNDS, rules.idle_after.days, rules.platform_money.only)


def random_ledger(draw: random.Random, province: str) -> Ledger:
    """One province's ledger, small enough that limits are met exactly, amounts repeat and facts are missing."""
    return _Draw(draw, province).ledger()


class _Draw:
    def __init__(self, draw: random.Random, province: str) -> None:
        self.draw, self.province = draw, province

    def day(self, first: int = 0, last: int = 240) -> dt.date:
        return dt.date(2025, 1, 1) + dt.timedelta(days=self.draw.randint(first, last))

    def often(self, share: float) -> bool:
        return self.draw.random() < share

    def ledger(self) -> Ledger:
        found: Ledger = {name: [] for name in SCHEMAS}
        for round_code in self.draw.sample(list(ROUNDS), self.draw.choice([1, 1, 2])):
            for tranche in (1, 2)[: self.draw.choice([1, 1, 2])]:
                self.tranche(
                    found,
                    {"province": self.province, "round": round_code, "support_batch": 1, "tranche": tranche},
                )
            found["platforms"] += [
                {
                    "province": self.province,
                    "round": round_code,
                    "support_batch": 1,
                    "uscc": f"P{at}",
                    "name": f"平台{at}",
                }
                for at in (self.draw.randint(0, 5) for _ in range(self.draw.choice([0, 0, 3, 4, 6])))
            ]
        found["annual_returns"] = [
            {
                "uscc": f"F{at}",
                "name": f"企业{at}",
                "listed_board": self.draw.choice(["star", "neeq", "bse"]),
                "listed_on": self.day(-60, 60),
            }
            for at in range(4)
            if self.often(0.2)
        ]
        return found

    def tranche(self, found: Ledger, place: dict[str, Any]) -> None:
        for at in range(self.draw.choice([0, 1, 1, 1, 2])):
            found["fund_receipts"].append(self.receipt(place, at))
        recipients = [self.recipient(at) for at in range(self.draw.randint(0, 4))]
        equal = self.draw.choice([None, 45, 30])
        for each in recipients:
            if self.often(0.9):
                planned = equal or self.draw.choice([0, 5, 10, 45, 90, 95])
                rationale = self.draw.choice([None, "按投资额"])
                found["distribution_plans"].append(
                    place | each | {"planned": planned * WAN, "rationale": rationale}
                )
            for again in range(self.draw.choice([0, 1, 1, 2])):
                self.payment(found, place | each, again)

    def receipt(self, place: dict[str, Any], at: int) -> dict[str, Any]:
        received_on = self.day()
        reported = received_on + dt.timedelta(days=self.draw.choice([3, 29, 30, 31, 60]))
        return place | {
            "document_no": self.draw.choice([None, f"财建〔2025〕{at}号"]),
            "received_on": received_on,
            "amount": self.draw.choice([50, 100, 100]) * WAN,
            "plan_reported_on": self.draw.choice([None, reported, reported]),
            "bureau_copied_on": self.draw.choice([None, reported]),
        }

    def recipient(self, at: int) -> dict[str, Any]:
        kind = self.draw.choice(["key_little_giant"] * 4 + ["platform", "empowerment"])
        letter, word = ("F", "企业") if kind == "key_little_giant" else ("P", "平台")
        code = None if self.often(0.2) else f"{letter}{at}"
        return {"recipient_kind": kind, "recipient_uscc": code, "recipient_name": f"{word}{at}"}

    def payment(self, found: Ledger, place: dict[str, Any], again: int) -> None:
        number = f"{self.province}-{len(found['fund_payments'])}-{again}"
        paid_on = dt.date(2025, 5, 1) if self.often(0.5) else self.day()
        paid = self.draw.choice([5, 45, 90, 90]) * WAN
        found["fund_payments"].append(place | {"payment_id": number, "paid_on": paid_on, "paid": paid})
        for _ in range(self.draw.choice([0, 1, 2])):
            found["fund_use"].append(
                {
                    "payment_id": number if self.often(0.95) else f"{self.province}-none",
                    "used_on": self.day(60, 300),
                    "amount": self.draw.randint(1, 20) * WAN,
                    "use_category": self.draw.choice(
                        ["service", "service", "service", "working_expenses", "other"]
                    ),
                    "beneficiary_uscc": self.draw.choice([None, "F0", "F1", "F2", "F9"]),
                }
            )
        if self.often(0.2):
            amount = paid if self.often(0.5) else paid // 2
            found["fund_recoveries"].append(
                {"payment_id": number, "recovered_on": self.day(60, 300), "amount": amount, "reason": "合成"}
            )


def merged(
    ledgers: Iterable[Ledger], titles: list[dict[str, Any]], draw: random.Random
) -> dict[str, pl.DataFrame]:
    """The frames of several provinces' ledgers and a ledger of titles, their rows in any order."""
    together: Ledger = {name: [] for name in SCHEMAS}
    for ledger in ledgers:
        for name, rows in ledger.items():
            together[name] += rows
    together["title_periods"] = titles
    frames = tables(together)
    return {
        name: frame.sample(fraction=1, shuffle=True, seed=draw.randint(0, 999))
        for name, frame in frames.items()
    }
