"""A province's self-evaluation: fields saved one by one, handed in whole, locked, and entered into the facts.

Each field is saved against the version its writer saw: whoever saves second is told what stands now, and nothing is
overwritten. Handing in is one transaction; the bytes it keeps are a file of the dataset self_evaluation_values, which
then goes through the one door for facts, and does so later where the process died in between.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.appraisals import Appraisal
from data.dataset import contract
from data.home import Home
from data.readers import Reader
from data.work import open_work
from data.work_forms import Return, SelfEvaluationEntry, Submission
from pipelines.receipts import now, reading
from pipelines.workflow.handed_in import DATASET, canonical, decimal_text, enter_pending, handed_in_values
from pipelines.workflow.refusals import ConflictError, IncompleteError, LockedError, NotAllowedError, only

LONGEST = 2_000  # not policy: characters
"""Characters of an explanation: more belongs into an annex."""

State = Literal["none", "draft", "submitted", "returned"]


@dataclass(frozen=True)
class Entry:
    """What stands in one field: version 0 where nothing was saved yet."""

    indicator: str
    version: int = 0
    value: Decimal | None = None
    explanation: str = ""
    by: str = ""
    saved_at: dt.datetime | None = None


@dataclass(frozen=True)
class HandedIn:
    """The receipt of a submission: its number, when, by whom, on which build, and the hash of its content.

    ``system``: the computed value of each indicator as it was handed in.
    """

    number: int
    at: dt.datetime
    by: str
    build: int
    sha256: str
    system: Mapping[str, Decimal | None]


@dataclass(frozen=True)
class SelfEvaluation:
    """How a province's self-evaluation stands; ``returned`` is the ministry's reason while it is to be mended."""

    appraisal: Appraisal
    province: str
    state: State
    entries: Mapping[str, Entry]
    handed_in: HandedIn | None
    returned: str = ""

    def entry(self, indicator: str) -> Entry:
        """The field of an indicator, empty where nothing was saved."""
        return self.entries.get(indicator, Entry(indicator))


def read(home: Home, by: Reader, appraisal: Appraisal, province: str) -> SelfEvaluation:
    """How it stands. A province reads its own only; others see what was handed in, never a draft.

    Raises NotAllowedError for another province's.
    """
    if by.role == "province" and by.unit != province:
        raise NotAllowedError(f"{by.code} may not read the self-evaluation of {province}.")
    if not home.work.exists():
        return SelfEvaluation(appraisal, province, "none", {}, None)
    with Session(reading(home)) as session:
        found = _standing(session, appraisal, province)
    if by.role == "province":
        return found
    if found.state == "submitted":
        return found
    return SelfEvaluation(appraisal, province, found.state, {}, None, found.returned)


def save(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    indicator: str,
    *,
    seen: int,
    value: str | Decimal | None = None,
    explanation: str = "",
    system_value: Decimal | None = None,
) -> Entry:
    """Save one field of the reader's own province; on the disk when this returns.

    ``seen`` is the version the writer saw, 0 for an empty field; ``value`` None or "" leaves the value out. Raises
    ConflictError where another version stands by now, LockedError after handing in, IncompleteError for a value that
    is no number or an explanation too long, NotAllowedError for anyone but a province.
    """
    province = _own(by)
    kept, said = _number(value), explanation.strip()
    if len(said) > LONGEST:
        raise IncompleteError(f"the explanation has {len(said)} characters, at most {LONGEST}")
    with Session(open_work(home)) as session, session.begin():
        standing = _standing(session, appraisal, province)
        _refuse_locked(standing)
        current = standing.entry(indicator)
        if current.version != seen:
            raise ConflictError(current)
        if (current.value, current.explanation) == (kept, said) and current.version:
            return current
        row = SelfEvaluationEntry(
            **appraisal.columns(province),
            indicator=indicator,
            version=seen + 1,
            by=by.code,
            saved_at=now(),
            system_value=decimal_text(system_value),
            province_value=decimal_text(kept),
            explanation=said,
        )
        session.add(row)
        session.flush()
        return _entry(row)


def submit(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    system_values: Mapping[str, Decimal | None],
    *,
    seen: Mapping[str, int],
    build: int,
    synthetic: bool,
) -> HandedIn:
    """Hand in the reader's own self-evaluation: lock it, number it, and have its values enter the facts.

    ``system_values``: every indicator of the scheme with what Tidu computed on ``build``, None where it could not.
    ``seen``: the version of every saved field as the person who hands it in has read it. Raises LockedError,
    NotAllowedError, and ConflictError with the field that somebody changed since. When this returns the submission
    is on the disk and in a published build.
    """
    province = _own(by)
    with Session(open_work(home)) as session, session.begin():
        standing = _standing(session, appraisal, province)
        _refuse_locked(standing)
        for entry in standing.entries.values():
            if seen.get(entry.indicator, 0) != entry.version:
                raise ConflictError(entry)
        content = canonical(appraisal, province, system_values, _said(standing))
        row = Submission(
            **appraisal.columns(province),
            by=by.code,
            submitted_at=now(),
            build=build,
            synthetic=synthetic,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )
        session.add(row)
        session.flush()
        done = _handed_in(row)
    enter_pending(home)
    return done


def give_back(home: Home, by: Reader, appraisal: Appraisal, province: str, reason: str) -> None:
    """Return a submission to its province with a reason: it can be edited and handed in again, under a new number.

    Raises NotAllowedError for anyone but the ministry and the chair, IncompleteError without a reason, or where
    nothing is handed in.
    """
    only(by, "ministry", "chair")
    if not reason.strip():
        raise IncompleteError("a return needs its reason", "reason")
    with Session(open_work(home)) as session, session.begin():
        standing = _standing(session, appraisal, province)
        if standing.state != "submitted" or standing.handed_in is None:
            raise IncompleteError(f"{province} has nothing handed in to be returned")
        session.add(Return(submission=standing.handed_in.number, by=by.code, at=now(), reason=reason.strip()))


def standings(home: Home, appraisal: Appraisal) -> pl.DataFrame:
    """Every province that has begun: province, state, number, submitted_at of its latest submission. No contents."""
    schema = {
        "province": pl.String,
        "state": pl.String,
        "number": pl.Int64,
        "submitted_at": pl.Datetime("us", "UTC"),
    }
    if not home.work.exists():
        return pl.DataFrame(schema=schema)
    with Session(reading(home)) as session:
        begun = {
            *session.scalars(
                select(SelfEvaluationEntry.province).filter_by(**appraisal.columns()).distinct()
            ),
            *session.scalars(select(Submission.province).filter_by(**appraisal.columns()).distinct()),
        }
        found = [_standing(session, appraisal, province) for province in sorted(begun)]
    rows = [
        (one.province, one.state, one.handed_in and one.handed_in.number, one.handed_in and one.handed_in.at)
        for one in found
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _standing(session: Session, appraisal: Appraisal, province: str) -> SelfEvaluation:
    of = appraisal.columns(province)
    rows = session.scalars(select(SelfEvaluationEntry).filter_by(**of).order_by(SelfEvaluationEntry.version))
    entries = {row.indicator: _entry(row) for row in rows}
    latest = session.scalars(select(Submission).filter_by(**of).order_by(Submission.id.desc())).first()
    if latest is None:
        return SelfEvaluation(appraisal, province, "draft" if entries else "none", entries, None)
    returned = session.scalars(select(Return).filter_by(submission=latest.id)).first()
    state: State = "returned" if returned else "submitted"
    return SelfEvaluation(
        appraisal, province, state, entries, _handed_in(latest), returned.reason if returned else ""
    )


def _refuse_locked(standing: SelfEvaluation) -> None:
    if standing.state == "submitted" and standing.handed_in:
        raise LockedError(standing.handed_in.number, standing.handed_in.at)


def _said(standing: SelfEvaluation) -> dict[str, tuple[Decimal | None, str]]:
    return {entry.indicator: (entry.value, entry.explanation) for entry in standing.entries.values()}


def _own(by: Reader) -> str:
    only(by, "province")
    if by.unit is None:
        raise NotAllowedError("A province has its unit.")
    return by.unit


def _number(value: str | Decimal | None) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise IncompleteError(f"{value!r} is not a number", "province_value") from None
    column = contract(DATASET).column("province_value")
    stored = found * column.scale if found.is_finite() else None
    if stored is None or not column.stored_low <= stored <= column.stored_high or stored % 1:
        raise IncompleteError(
            f"{value!r} is no number of at most {column.decimals} decimals", "province_value"
        )
    return found


def _entry(row: SelfEvaluationEntry) -> Entry:
    value = None if row.province_value is None else Decimal(row.province_value)
    return Entry(row.indicator, row.version, value, row.explanation, row.by, row.saved_at)


def _handed_in(row: Submission) -> HandedIn:
    return HandedIn(row.id, row.submitted_at, row.by, row.build, row.sha256, handed_in_values(row.content))
