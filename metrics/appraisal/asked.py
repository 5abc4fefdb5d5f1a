"""What one appraisal is asked of: its tables cut to round, support batch and year, and the titles on a day.

Tables are current rows of the datasets, as relations or frames: choices are codes (text or an enumeration), province
is the unit's code, amounts are whole fen, other decimals the contract's scaled integers. What is not there is empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw
import polars as pl

from data.appraisal_policy import Scheme
from metrics import fund_frames, title_status
from metrics.fund_rules import RoundRules

ROW = ("receipt_id", "sheet_no", "row_no")
GREAT, SMALL = "little_giant", "srdi"

_TEXT, _WHOLE, _DATE, _TICK = pl.String, pl.Int64, pl.Date, pl.Boolean
_BATCH = {"round": _TEXT, "support_batch": _WHOLE}
_ORIGIN: dict[str, Any] = {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32}
TABLES: dict[str, dict[str, Any]] = {
    "plans": {**_BATCH, "province": _TEXT, "version": _TEXT, "field_code": _TEXT, "present": _TICK,
              "submitted_on": _DATE, "replied_on": _DATE},
    "key_firms": {**_BATCH, "province": _TEXT, "uscc": _TEXT, "name": _TEXT, "selection_score": _WHOLE,
                  "cut": _WHOLE, "investment_actual": _WHOLE, "targets_met": _TICK},
    "platforms": {**_BATCH, "province": _TEXT, "uscc": _TEXT, "name": _TEXT, "valid_to": _DATE},
    "tasks": {**_BATCH, "year": _WHOLE, "uscc": _TEXT, "task_code": _TEXT, "target": _WHOLE, "actual": _WHOLE,
              "weight": _WHOLE},
    "platform_services": {"platform_uscc": _TEXT, "served_uscc": _TEXT, "served_on": _DATE,
                          "service_line": _TEXT, "point_to_point": _TICK},
    "satisfaction": {"province": _TEXT, "year": _WHOLE, "object": _TEXT, "respondents": _WHOLE, "score": _WHOLE,
                     "scale_max": _WHOLE},
    "supervision": {"province": _TEXT, "done_on": _DATE, "kind": _TEXT, "object": _TEXT},
    "disclosures": {"province": _TEXT, "year": _WHOLE, "kind": _TEXT},
    "annual_updates": {"uscc": _TEXT, "tier": _TEXT, "year": _WHOLE, "completed_on": _DATE},
    "provincial_targets": {"province": _TEXT, "tier": _TEXT, "year": _WHOLE, "target": _WHOLE},
    "province_context": {"province": _TEXT, "year": _WHOLE, "above_scale_smes": _WHOLE},
}  # fmt: skip
DATASETS = (
    *TABLES, "fund_receipts", "distribution_plans", "fund_payments", "fund_use", "fund_recoveries", "title_periods",
    "annual_returns",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Asked:
    """One appraisal: the tables, the rules it is judged by, and the day up to which anything counts.

    ``platform_money``: the uses that a platform's money may have; ``update_by``: month and day of the yearly update.
    """

    tables: Mapping[str, Any]
    scheme: Scheme
    round: RoundRules
    support_batch: int
    year: int
    as_of: dt.date
    platform_money: Collection[str]
    update_by: tuple[int, int]
    _read: dict[str, pl.DataFrame] = field(default_factory=dict)
    _held_on: dict[dt.date, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """The rows of a small dataset that belong to the round and support batch, or all where it has none."""
        if name not in self._read:
            self._read[name] = self._of_batch(_frame(self.tables.get(name), TABLES[name] | _ORIGIN))
        return self._read[name]

    def fund(self, name: str) -> pl.DataFrame:
        """One of the tables of `metrics.fund_frames.Day` that belongs to the round and support batch."""
        return self._of_batch(getattr(self._day, name))

    @cached_property
    def giants(self) -> pl.DataFrame:
        """The terms of little giants with a credit code: uscc, valid_from, valid_to."""
        return self._day.giants

    @cached_property
    def listings(self) -> pl.DataFrame:
        """Firms that are listed: uscc, listed_board, listed_on."""
        return self._day.listings

    @cached_property
    def participants(self) -> list[str]:
        """The provinces that have a firm, a platform, a plan or money in the support batch; in order of code."""
        there = [self.table(name)["province"] for name in ("key_firms", "platforms", "plans")]
        return sorted(
            {code for codes in [*there, self.fund("receipts")["province"]] for code in codes if code}
        )

    @cached_property
    def with_platforms(self) -> Collection[str]:
        """The provinces that have a platform; all that take part where no list of platforms is there."""
        listed = set(self.table("platforms")["province"])
        return listed or set(self.participants)

    def has(self, name: str) -> bool:
        """Whether anything is known from a table: any row of the year, for those that go by years."""
        if name == "title_periods":
            return not self.held.is_empty()
        if name == "annual_returns":
            return not self.returns.is_empty()
        if name in _FUNDS:
            return not getattr(self._day, _FUNDS[name]).is_empty()
        rows = self.table(name)
        if name == "supervision":
            return (rows["done_on"].dt.year() == self.year).any()
        by_year = "year" in rows.columns and name != "province_context"
        return not (rows.filter(pl.col("year") == self.year) if by_year else rows).is_empty()

    @cached_property
    def held(self) -> pl.DataFrame:
        """Holders of each tier at the end of the year before and on the day: tier, province, start, end."""
        days = {"start": self.year_before, "end": self.as_of}
        counted = [
            self._counted(day).select("tier", "province", pl.col("firms").alias(name))
            for name, day in days.items()
        ]
        both = (
            pl.concat(counted, how="diagonal").group_by("tier", "province").agg(pl.col("start", "end").sum())
        )
        return both.filter(pl.col("province").is_not_null()).sort("tier", "province")

    @property
    def year_before(self) -> dt.date:
        """The last day of the year before the one that is appraised."""
        return dt.date(self.year - 1, 12, 31)

    def holders(self, day: dt.date) -> pl.DataFrame:
        """The little giants of the participants on a day: province, uscc, name and the row that opened the title."""
        if day not in self._held_on:
            self._held_on[day] = self._holders(day)
        return self._held_on[day]

    def _holders(self, day: dt.date) -> pl.DataFrame:
        if self.tables.get("title_periods") is None:
            return _frame(None, {"province": _TEXT, "uscc": _TEXT, "name": _TEXT} | _ORIGIN)
        members = title_status.held_members(self.tables["title_periods"], day, GREAT).select(
            "province",
            "uscc",
            "name",
            *(nw.col(f"opened_{short}").alias(name) for short, name in zip(_OPENED, ROW, strict=True)),
        )
        found: pl.DataFrame = members.collect("polars").to_native()
        return (
            found.cast(pl.Schema(_ORIGIN))
            .filter(pl.col("province").is_in(self.participants))
            .sort("province", *ROW)
        )

    @cached_property
    def services(self) -> pl.DataFrame:
        """Services of the batch's platforms in the year up to the day, with the platform's province."""
        owners = self.table("platforms").select(platform_uscc="uscc", province="province")
        return (
            self.table("platform_services")
            .filter(pl.col("served_on") > self.year_before, pl.col("served_on") <= self.as_of)
            .join(owners, on="platform_uscc", how="inner", maintain_order="left")
        )

    @cached_property
    def decided(self) -> pl.DataFrame:
        """Reviews passed and failed, and titles cancelled, in the year up to the day: province, name, what, row.

        what: passed | failed | cancelled; titles of the two reviewed tiers.
        """
        empty: Mapping[str, Any] = {"province": _TEXT, "name": _TEXT, "what": _TEXT} | _ORIGIN
        if self.tables.get("title_periods") is None:
            return _frame(None, empty)
        terms = (
            nw.from_native(self.tables["title_periods"]).lazy().filter(nw.col("tier").is_in([GREAT, SMALL]))
        )
        opened = terms.filter(nw.col("opened_by") == "review_passed", *self._in_year("valid_from")).select(
            "province", "name", nw.lit("passed").alias("what"), *_origin("opened")
        )
        ended = terms.filter(
            nw.col("ended_by").is_in([*_FAILED, _CANCELLED]), *self._in_year("valid_to")
        ).select(
            "province",
            "name",
            nw.when(nw.col("ended_by") == _CANCELLED)
            .then(nw.lit("cancelled"))
            .otherwise(nw.lit("failed"))
            .alias("what"),
            *_origin("closed"),
        )
        found = [part.collect("polars").to_native().cast(pl.Schema(empty)) for part in (opened, ended)]
        return pl.concat(found).filter(pl.col("province").is_in(self.participants)).sort("province", *ROW)

    @cached_property
    def returns(self) -> pl.DataFrame:
        """Returns of little giants, past or present: uscc, year, amounts, row.

        Of the latest accounting year that has any, which is the one appraised or the one before, and the year before.
        """
        read = dict.fromkeys(("year", "revenue", "net_profit", "rd_expense"), _WHOLE)
        columns = {"uscc": _TEXT} | read | _ORIGIN
        returns, periods = (self.tables.get(name) for name in ("annual_returns", "title_periods"))
        if returns is None or periods is None:
            return _frame(None, columns)
        of_giants = nw.from_native(periods).lazy().filter(nw.col("tier") == GREAT, ~nw.col("uscc").is_null())
        found = (
            nw.from_native(returns)
            .lazy()
            .filter(nw.col("year") > self.year - _YEARS_OF_GROWTH, nw.col("year") <= self.year)
            .join(of_giants.select("uscc").unique(), on="uscc", how="inner")
        )
        rows = _frame(found.to_native(), columns)
        known = rows.filter(pl.col("year") > self.year - 2)
        if known.is_empty():
            return known
        is_latest_two = pl.col("year").is_between(known["year"].max() - 1, known["year"].max())  # type: ignore[operator]
        return rows.filter(is_latest_two)

    @cached_property
    def _day(self) -> fund_frames.Day:
        return fund_frames.on_day(fund_frames.books(self.tables), self.as_of)

    def _counted(self, day: dt.date) -> pl.DataFrame:
        if self.tables.get("title_periods") is None:
            return pl.DataFrame(schema={"tier": _TEXT, "province": _TEXT, "firms": _WHOLE})
        return title_status.held(self.tables["title_periods"], day).cast({"tier": _TEXT})

    def _of_batch(self, rows: pl.DataFrame) -> pl.DataFrame:
        if "round" not in rows.columns:
            return rows
        return rows.filter(pl.col("round") == self.round.code, pl.col("support_batch") == self.support_batch)

    def _in_year(self, column: str) -> tuple[nw.Expr, nw.Expr]:
        return nw.col(column) > self.year_before, nw.col(column) <= self.as_of


_OPENED = ("receipt", "sheet", "row")
_YEARS_OF_GROWTH = 3  # not policy: the latest two years there are, of which the later may be the year before
_FUNDS = {
    "fund_receipts": "receipts", "distribution_plans": "plans", "fund_payments": "payments", "fund_use": "uses",
}  # fmt: skip
_FAILED = ("review_failed", "lapsed")
_CANCELLED = "cancelled_for_cause"


def _origin(turn: str) -> list[nw.Expr]:
    return [nw.col(f"{turn}_{short}").alias(name) for short, name in zip(_OPENED, ROW, strict=True)]


def _frame(table: Any, columns: Mapping[str, Any]) -> pl.DataFrame:
    if table is None:
        return pl.DataFrame(schema=dict(columns))
    found: pl.DataFrame = nw.from_native(table).lazy().select(*columns).collect("polars").to_native()
    return found.cast(pl.Schema(columns)).sort(ROW)
