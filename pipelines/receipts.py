"""Receipts: what was acknowledged, what still counts of it, and what was taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.home import Home
from data.work import Receipt, Withdrawal, open_work


class NoReceiptError(Exception):
    """A receipt that does not exist, or that another dataset's file cannot replace."""


def now() -> dt.datetime:
    """The moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def reading(home: Home) -> Engine:
    """The work store for reading: no lock is taken."""
    return open_work(home).execution_options(isolation_level="AUTOCOMMIT")


def acknowledge(home: Home, receipts: Sequence[Receipt]) -> list[tuple[Receipt, bool]]:
    """Write the receipts of a file, all or none; one whose bytes already count for its dataset on its terms stays.

    Returns each receipt, which is on the disk by then, and whether it is new. Raises NoReceiptError when ``replaces``
    names no receipt that counts, or one of another dataset.
    """
    with Session(open_work(home), expire_on_commit=False) as session, session.begin():
        live = {found.id: found for found in live_receipts(session)}
        return [_acknowledged(session, receipt, live) for receipt in receipts]


def _acknowledged(session: Session, receipt: Receipt, live: Mapping[int, Receipt]) -> tuple[Receipt, bool]:
    for found in live.values():
        if _same(found, receipt):
            return found, False
    if receipt.replaces is not None:
        replaced = live.get(receipt.replaces)
        if replaced is None or replaced.dataset != receipt.dataset:
            known = ", ".join(str(id_) for id_, one in live.items() if one.dataset == receipt.dataset)
            raise NoReceiptError(
                f"receipt {receipt.replaces} does not count for {receipt.dataset}. "
                f"Those that do: {known or 'none'}."
            )
    session.add(receipt)
    session.flush()
    return receipt, True


def _same(one: Receipt, other: Receipt) -> bool:
    return (one.sha256, one.dataset, one.terms) == (other.sha256, other.dataset, other.terms)


def live_receipts(session: Session, known_on: dt.date | None = None) -> list[Receipt]:
    """The receipts that count, oldest first: neither withdrawn, nor received after the end of ``known_on`` (UTC).

    A withdrawal after that day does not count either: the day's own knowledge is asked for.
    """
    latest = {
        entry.receipt: entry.withdrawn
        for entry in session.scalars(select(Withdrawal).order_by(Withdrawal.id))
        if known_on is None or entry.at.date() <= known_on
    }
    return [
        receipt
        for receipt in session.scalars(select(Receipt).order_by(Receipt.id))
        if not latest.get(receipt.id, False) and (known_on is None or receipt.received_at.date() <= known_on)
    ]


def live(home: Home, known_on: dt.date | None = None) -> list[Receipt]:
    """`live_receipts` of a home; none where no store is yet."""
    if not home.work.exists():
        return []
    with Session(reading(home), expire_on_commit=False) as session:
        return live_receipts(session, known_on)


def make_live(home: Home, wanted: Iterable[int], to_build: int) -> tuple[Sequence[int], Sequence[int]]:
    """Withdraw and take back receipts so that exactly ``wanted`` count, in one transaction.

    Returns the receipts withdrawn and those taken back in.
    """
    with Session(open_work(home)) as session, session.begin():
        before = {receipt.id for receipt in live_receipts(session)}
        keep = set(wanted)
        out, back = sorted(before - keep), sorted(keep - before)
        at = now()
        session.add_all(
            Withdrawal(receipt=receipt, at=at, withdrawn=receipt in before, to_build=to_build)
            for receipt in (*out, *back)
        )
    return out, back
