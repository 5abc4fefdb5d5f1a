"""Official lists: names in, title events out, on the terms of whoever loads them; what `tidu titles` prints.

The file goes through the one door and stays as it was received; what the list is (tier, event, day, batch) stands
in its receipt, so that the same file on other terms is another list. A build makes title events of both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from data import access
from data.access import MINISTRY, Facts
from data.home import Home
from data.manifest import Published
from metrics import title_status
from metrics.names import normalised
from metrics.origin import located
from pipelines.build import Progress
from pipelines.loading import LISTS, Loaded, load
from pipelines.receipts import live
from pipelines.workflow.listed_names import hand_over

EVENTS = {"recognised": "recognised", "review_passed": "review_passed", "cancelled": "cancelled_for_cause"}
REVIEW = "review_passed"


@dataclass(frozen=True)
class Terms:
    """What the operator says of a list. ``event``: a key of `EVENTS`; ``replaces``: the batch that it prevails over."""

    tier: str
    event: str
    date: dt.date
    batch: str
    replaces: str | None = None

    def kept(self) -> dict[str, str]:
        """The terms as a receipt keeps them; an innovative SME's title is announced, the others' are recognised."""
        event = EVENTS[self.event]
        announced = event == "recognised" and self.tier == "innovative"
        found = {
            "tier": self.tier,
            "event": "announced" if announced else event,
            "event_date": self.date.isoformat(),
            "title_batch": self.batch,
        }
        return found | ({"replaces_batch": self.replaces} if self.replaces else {})


@dataclass(frozen=True)
class Listed:
    """What became of one list, in firms.

    names: different names on it; repeated: those that stand there more than once; opened: firms whose title it opens
    or continues, of them unmatched (no credit code found for the name) and new_on_review (no earlier title of the
    tier was in force); ended: titles that it ends; without_title: names on a cancellation that hold no title;
    total_before, total_after: holders of the tier on the day before it and on its day.
    """

    names: int
    repeated: tuple[str, ...]
    opened: int
    unmatched: int
    new_on_review: int
    ended: int
    without_title: int
    total_before: int
    total_after: int


def load_lists(
    home: Home,
    paths: Sequence[Path],
    terms: Terms,
    reading: Callable[[str, int, int], None] | None = None,
    building: Progress | None = None,
) -> tuple[list[Loaded], Published | None]:
    """Load official lists, all on the same terms; arguments, results and errors as in `pipelines.loading.load`.

    Decisions on names that wait for the facts go in with them.
    """
    return load(
        home, paths, LISTS, terms=terms.kept(), reading=reading, building=building, before_build=hand_over
    )


def receipts_of(home: Home, digests: Collection[str], terms: Terms) -> dict[str, int]:
    """The receipts under which files count as lists on these very terms: sha256 → receipt."""
    counting = [one for one in live(home) if one.dataset == LISTS and one.terms == terms.kept()]
    return {one.sha256: one.id for one in counting if one.sha256 in digests}


def batches(facts: Facts, tier: str) -> pl.DataFrame:
    """The title batches of a tier that the facts know, latest first: title_batch, first_day, names."""
    rows = facts.table("title_rows").filter(f"tier = '{tier}' AND title_batch IS NOT NULL")
    counted = rows.aggregate(
        "title_batch, min(event_date) AS first_day, count(DISTINCT name) AS names", "title_batch"
    )
    return counted.order("first_day DESC, title_batch").pl()


def effects(facts: Facts, receipts: Collection[int], terms: Terms) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The titles that the lists opened or continued, and those that they ended, each where it was listed.

    Both: name, province (code), uscc (null: unmatched), title_batch, file, sheet, cell; the second ended_by besides.
    """
    periods = (
        facts.table("title_periods").filter(f"tier = '{terms.tier}'").order("province, name, valid_from")
    )
    sources = facts.table("receipts").select("receipt_id, file, places").pl()
    origin = ("opened_receipt", "opened_sheet", "opened_row")
    columns = ("name", "province", "uscc", "title_batch", "file", "sheet", "cell")
    opened, ended = (
        located(periods.filter(which).pl(), sources, "name", origin)
        for which in (f"opened_receipt IN {_in(receipts)}", _ended(receipts))
    )
    return opened.select(columns), ended.select(*columns, "ended_by")


def listed(home: Home, receipts: Collection[int], terms: Terms) -> Listed:
    """What lists that count, all on the same terms, do to the titles of the published build."""
    facts = access.read(MINISTRY, home)
    rows = facts.table("title_rows").filter(f"receipt_id IN {_in(receipts)}").select("name").pl()
    names = rows.group_by(normalised(pl.col("name")).alias("firm")).agg(pl.first("name"), count=pl.len())
    terms_of = facts.table("title_periods").filter(f"tier = '{terms.tier}'")
    opened = (
        terms_of.filter(f"opened_receipt IN {_in(receipts)}")
        .select("uscc, opened_by, held_since, valid_from")
        .pl()
    )
    ended = terms_of.filter(_ended(receipts)).shape[0]
    is_new = (pl.col("opened_by") == REVIEW) & (pl.col("held_since") == pl.col("valid_from"))
    cancels = terms.event == "cancelled"
    return Listed(
        names=names.height,
        repeated=tuple(names.filter(pl.col("count") > 1)["name"].sort()),
        opened=opened.height,
        unmatched=opened["uscc"].null_count(),
        new_on_review=opened.filter(is_new).height,
        ended=ended,
        without_title=max(names.height - ended, 0) if cancels else 0,
        total_before=_holders(facts, terms.tier, terms.date - dt.timedelta(days=1)),
        total_after=_holders(facts, terms.tier, terms.date),
    )


def as_json(terms: Terms, found: Listed) -> dict[str, Any]:
    """The terms and their outcome as `tidu titles --json` prints them."""
    said = {"tier": terms.tier, "event": terms.event, "date": terms.date.isoformat(), "batch": terms.batch}
    return said | {"replaces_batch": terms.replaces} | {**vars(found), "repeated": list(found.repeated)}


def _in(receipts: Collection[int]) -> str:
    return f"({', '.join(f'{one:d}' for one in receipts)})"


def _ended(receipts: Collection[int]) -> str:
    return f"closed_receipt IN {_in(receipts)} AND ended_by <> 'continued'"


def _holders(facts: Facts, tier: str, day: dt.date) -> int:
    held = title_status.held_members(facts.table("title_periods"), day, tier)
    return int(held.select(nw.len()).collect("polars").to_native().item())
