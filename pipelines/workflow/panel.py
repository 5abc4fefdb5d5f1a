"""The panel: who reviews which province, each panelist's scores, blind until handed in.

A score is the share of an indicator's points in percent. A panelist sees a province's other scores only after
handing in their own; the chair sees what was handed in and nothing else. What was not scored is not done, never zero.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.appraisals import Appraisal
from data.home import Home
from data.readers import SEATS, Reader
from data.work import open_work
from data.work_forms import PanelAssignment, PanelScore, PanelSubmission
from pipelines.receipts import now, reading
from pipelines.workflow.handed_in import decimal_text
from pipelines.workflow.refusals import ConflictError, IncompleteError, LockedError, NotAllowedError, only

WHOLE = Decimal(100)
"""Percent: all of an indicator's points."""
LONGEST = 2_000  # not policy: characters
"""Characters of a reason."""
SCORES = {
    "round": pl.String,
    "support_batch": pl.Int64,
    "year": pl.Int64,
    "province": pl.String,
    "indicator": pl.String,
    "panelist": pl.Int64,
    "score": pl.String,
    "reason": pl.String,
    "submitted_at": pl.Datetime("us", "UTC"),
}
_PROGRESS = {
    "province": pl.String,
    "panelist": pl.Int64,
    "scored": pl.Int64,
    "submitted_at": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True)
class Score:
    """A panelist's field: version 0 where nothing was saved yet; ``value`` None is not done."""

    indicator: str
    version: int = 0
    value: Decimal | None = None
    reason: str = ""
    by: str = ""
    saved_at: dt.datetime | None = None


@dataclass(frozen=True)
class Review:
    """One panelist's review of one province; ``submitted_at`` None while it can be edited.

    ``sha256``: of what was handed in, as it is kept; "" before.
    """

    province: str
    seat: int
    scores: Mapping[str, Score]
    number: int | None = None
    submitted_at: dt.datetime | None = None
    sha256: str = ""

    def score(self, indicator: str) -> Score:
        """The field of an indicator, empty where nothing was saved."""
        return self.scores.get(indicator, Score(indicator))


def assign(home: Home, by: Reader, appraisal: Appraisal, province: str, seats: Collection[int]) -> None:
    """Have exactly these panelists review a province; a review already handed in keeps its panelist.

    Raises NotAllowedError for anyone but the chair, IncompleteError for a seat that there is not.
    """
    assign_all(home, by, appraisal, {province: seats})


def assign_all(home: Home, by: Reader, appraisal: Appraisal, seats: Mapping[str, Collection[int]]) -> None:
    """`assign` for several provinces, each with its seats: all or none."""
    only(by, "chair")
    wrong = sorted({seat for some in seats.values() for seat in some if not 1 <= seat <= SEATS})
    if wrong:
        raise IncompleteError(f"seats are numbered 1 to {SEATS}", *map(str, wrong))
    with Session(open_work(home)) as session, session.begin():
        before, handed_in = _seats(session, appraisal), _handed_in(session, appraisal)
        for province, some in seats.items():
            wanted = set(some) | {row.panelist for row in handed_in if row.province == province}
            session.add_all(
                PanelAssignment(
                    **appraisal.columns(province),
                    panelist=seat,
                    assigned=seat in wanted,
                    by=by.code,
                    at=now(),
                )
                for seat in sorted(before.get(province, set()) ^ wanted)
            )


def seats_of(home: Home, appraisal: Appraisal) -> dict[str, tuple[int, ...]]:
    """Province → the seats that review it, in order; provinces without any are left out."""
    if not home.work.exists():
        return {}
    with Session(reading(home)) as session:
        found = _seats(session, appraisal)
    return {province: tuple(sorted(seats)) for province, seats in sorted(found.items()) if seats}


def review(home: Home, by: Reader, appraisal: Appraisal, province: str) -> Review:
    """The reader's own review of a province. Raises NotAllowedError where it is not theirs."""
    seat = _seat(by)
    if not home.work.exists():
        raise NotAllowedError(f"{by.code} does not review {province}.")
    with Session(reading(home)) as session:
        return _own_review(session, by, appraisal, province, seat)


def save_score(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    province: str,
    indicator: str,
    *,
    seen: int,
    score: str | Decimal | None,
    reason: str = "",
) -> Score:
    """Save one score of the reader's own review; on the disk when this returns. None or "" takes it back.

    Raises ConflictError where another version than ``seen`` stands by now, LockedError after handing in,
    IncompleteError for what is no share from 0 to 100 percent, NotAllowedError for who does not review the province.
    """
    seat = _seat(by)
    with Session(open_work(home)) as session, session.begin():
        standing = _own_review(session, by, appraisal, province, seat)
        _refuse_locked(standing)
        return _saved(session, by, appraisal, standing, indicator, seen, score, reason)


def submit_scores(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    province: str,
    indicators: Sequence[str],
    *,
    seen: Mapping[str, int],
) -> Review:
    """Hand in and lock the reader's own review. ``indicators``: the judged ones of the scheme; not done is missing.

    A score that gives less than all points needs its reason: IncompleteError names those without. Raises
    ConflictError for a field that changed since ``seen``, LockedError, NotAllowedError.
    """
    seat = _seat(by)
    with Session(open_work(home)) as session, session.begin():
        standing = _own_review(session, by, appraisal, province, seat)
        _refuse_locked(standing)
        _hand_in(session, appraisal, standing, indicators, seen)
        session.flush()
        return _own_review(session, by, appraisal, province, seat)


def hand_in_reviews(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    reviews: Mapping[str, Mapping[str, tuple[str | Decimal | None, str]]],
) -> None:
    """Save and hand in several of the reader's own reviews, all or none; on the disk when this returns.

    ``reviews``: province → judged indicator → score and reason. Raises what `save_score` and `submit_scores` raise;
    ConflictError too where anything of these reviews was saved before.
    """
    seat = _seat(by)
    with Session(open_work(home)) as session, session.begin():
        seats = _seats(session, appraisal)
        for province, given in reviews.items():
            standing = _own_review(session, by, appraisal, province, seat, seats)
            _refuse_locked(standing)
            saved = {
                indicator: _saved(session, by, appraisal, standing, indicator, 0, score, reason)
                for indicator, (score, reason) in given.items()
            }
            _hand_in(session, appraisal, Review(province, seat, saved), tuple(given), dict.fromkeys(given, 1))


def scores_visible(home: Home, by: Reader, appraisal: Appraisal, province: str | None = None) -> pl.DataFrame:
    """The scores this reader may see, with the columns of `SCORES`: one row a province, indicator and panelist.

    The chair, the ministry and the operator see every review handed in; a panelist their own, and for a province
    they have handed in the others' too; nobody else any. Order: province, indicator, panelist.
    """
    if not home.work.exists() or by.role not in {"chair", "ministry", "operator", "panelist"}:
        return pl.DataFrame(schema=SCORES)
    with Session(reading(home)) as session:
        handed_in = {(row.province, row.panelist): row.submitted_at for row in _handed_in(session, appraisal)}
        latest = {
            (row.province, row.indicator, row.panelist): row
            for row in session.scalars(
                select(PanelScore).filter_by(**appraisal.columns()).order_by(PanelScore.version)
            )
        }
        rows = [
            (
                *appraisal.columns().values(),
                *at,
                row.score,
                row.reason,
                handed_in.get((row.province, row.panelist)),
            )
            for at, row in sorted(latest.items())
            if (province is None or row.province == province)
            and row.score is not None
            and _may_see(by, row, handed_in)
        ]
    return pl.DataFrame(rows, schema=SCORES, orient="row")


def panel_progress(home: Home, appraisal: Appraisal) -> pl.DataFrame:
    """How far each assigned review is, without its scores: province, panelist, scored, submitted_at (null: open)."""
    if not home.work.exists():
        return pl.DataFrame(schema=_PROGRESS)
    with Session(reading(home)) as session:
        handed_in = {(row.province, row.panelist): row.submitted_at for row in _handed_in(session, appraisal)}
        latest = {
            (row.province, row.panelist, row.indicator): row.score
            for row in session.scalars(
                select(PanelScore).filter_by(**appraisal.columns()).order_by(PanelScore.version)
            )
        }
        rows = [
            (
                province,
                seat,
                sum(score is not None for at, score in latest.items() if at[:2] == (province, seat)),
                handed_in.get((province, seat)),
            )
            for province, seats in sorted(_seats(session, appraisal).items())
            for seat in sorted(seats)
        ]
    return pl.DataFrame(rows, schema=_PROGRESS, orient="row")


def _may_see(by: Reader, row: PanelScore, handed_in: Mapping[tuple[str, int], dt.datetime]) -> bool:
    is_handed_in = (row.province, row.panelist) in handed_in
    if by.role != "panelist":
        return is_handed_in
    is_own = row.panelist == by.seat
    return is_own or (is_handed_in and (row.province, by.seat) in handed_in)


def _saved(
    session: Session,
    by: Reader,
    appraisal: Appraisal,
    standing: Review,
    indicator: str,
    seen: int,
    score: str | Decimal | None,
    reason: str,
) -> Score:
    value, said = _share(score), reason.strip()
    if len(said) > LONGEST:
        raise IncompleteError(f"the reason has {len(said)} characters, at most {LONGEST}")
    current = standing.score(indicator)
    if current.version != seen:
        raise ConflictError(current)
    if (current.value, current.reason) == (value, said) and current.version:
        return current
    row = PanelScore(
        **appraisal.columns(standing.province),
        panelist=standing.seat,
        indicator=indicator,
        version=seen + 1,
        by=by.code,
        saved_at=now(),
        score=decimal_text(value),
        reason=said,
    )
    session.add(row)
    return _score(row)


def _hand_in(
    session: Session,
    appraisal: Appraisal,
    standing: Review,
    indicators: Sequence[str],
    seen: Mapping[str, int],
) -> None:
    scores = [standing.score(indicator) for indicator in indicators]
    for one in scores:
        if seen.get(one.indicator, 0) != one.version:
            raise ConflictError(one)
    if all(one.value is None for one in scores):
        raise IncompleteError("nothing is scored yet")
    bare = [one.indicator for one in scores if one.value is not None and one.value < WHOLE and not one.reason]
    if bare:
        raise IncompleteError("a score below all points needs its reason", *bare)
    content = json.dumps(
        [(one.indicator, decimal_text(one.value), one.reason) for one in scores], ensure_ascii=False
    )
    session.add(
        PanelSubmission(
            **appraisal.columns(standing.province),
            panelist=standing.seat,
            submitted_at=now(),
            sha256=hashlib.sha256(content.encode()).hexdigest(),
        )
    )


def _own_review(
    session: Session,
    by: Reader,
    appraisal: Appraisal,
    province: str,
    seat: int,
    seats: Mapping[str, set[int]] | None = None,
) -> Review:
    if seat not in (seats or _seats(session, appraisal)).get(province, set()):
        raise NotAllowedError(f"{by.code} does not review {province}.")
    of = {**appraisal.columns(province), "panelist": seat}
    rows = session.scalars(select(PanelScore).filter_by(**of).order_by(PanelScore.version))
    scores = {row.indicator: _score(row) for row in rows}
    done = session.scalars(select(PanelSubmission).filter_by(**of)).first()
    if done is None:
        return Review(province, seat, scores)
    return Review(province, seat, scores, done.id, done.submitted_at, done.sha256)


def _refuse_locked(standing: Review) -> None:
    if standing.number is not None and standing.submitted_at is not None:
        raise LockedError(standing.number, standing.submitted_at)


def _seats(session: Session, appraisal: Appraisal) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for row in session.scalars(
        select(PanelAssignment).filter_by(**appraisal.columns()).order_by(PanelAssignment.id)
    ):
        seats = found.setdefault(row.province, set())
        if row.assigned:
            seats.add(row.panelist)
        else:
            seats.discard(row.panelist)
    return found


def _handed_in(session: Session, appraisal: Appraisal) -> Sequence[PanelSubmission]:
    return session.scalars(select(PanelSubmission).filter_by(**appraisal.columns())).all()


def _seat(by: Reader) -> int:
    only(by, "panelist")
    if by.seat is None:
        raise NotAllowedError("A panelist has a seat.")
    return by.seat


def _share(score: str | Decimal | None) -> Decimal | None:
    if score is None or score == "":
        return None
    try:
        found = Decimal(str(score).strip())
    except InvalidOperation:
        raise IncompleteError(f"{score!r} is not a number", "score") from None
    if not found.is_finite() or not 0 <= found <= WHOLE:
        raise IncompleteError(f"a score is a share from 0 to {WHOLE} percent of the points", "score")
    return found


def _score(row: PanelScore) -> Score:
    value = None if row.score is None else Decimal(row.score)
    return Score(row.indicator, row.version, value, row.reason, row.by, row.saved_at)
