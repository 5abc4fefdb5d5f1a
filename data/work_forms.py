"""The work of people in the work store: self-evaluations, panels, decisions, published runs, names of lists.

Nothing is overwritten: a field that is saved again is a new row with the next version, and the unique key over the
version is what keeps two writers from both believing that theirs was the last. What acknowledges something to a
person (a submission, a decision, a published run) is a row that is never edited and never deleted. Numbers that
people enter are kept as the decimal they wrote. ``by`` is the reader's code, see `data.readers`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.work_base import Base, Moment

_APPRAISAL = ("round", "support_batch", "year")
_NUMBERED = {"sqlite_autoincrement": True}  # a number once given is never given again


class _OfAppraisal:
    """Columns of everything that belongs to one appraisal: a round's support batch in a year."""

    id: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[str]
    support_batch: Mapped[int]
    year: Mapped[int]


class _OfProvince(_OfAppraisal):
    """The same for what belongs to one province in it."""

    province: Mapped[str]


class _Entry(_OfProvince):
    """The same for a field of a form in one of its versions; version 1 is the first."""

    indicator: Mapped[str]
    version: Mapped[int]
    by: Mapped[str]
    saved_at: Mapped[dt.datetime] = mapped_column(Moment)


class SelfEvaluationEntry(_Entry, Base):
    """What a province says of one indicator; the latest version prevails."""

    __tablename__ = "self_evaluation_entries"
    __table_args__ = (UniqueConstraint(*_APPRAISAL, "province", "indicator", "version"), _NUMBERED)

    system_value: Mapped[str | None]
    province_value: Mapped[str | None]
    explanation: Mapped[str]


class Submission(_OfProvince, Base):
    """A self-evaluation handed in: its number is the receipt, its content the very bytes that enter the facts."""

    __tablename__ = "submissions"
    __table_args__ = (_NUMBERED,)

    by: Mapped[str]
    submitted_at: Mapped[dt.datetime] = mapped_column(Moment)
    build: Mapped[int]
    synthetic: Mapped[bool]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Return(Base):
    """A submission handed back to its province, which may then edit and submit anew."""

    __tablename__ = "returns"
    __table_args__ = (UniqueConstraint("submission"), _NUMBERED)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    by: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(Moment)
    reason: Mapped[str]


class PanelAssignment(_OfProvince, Base):
    """Which panelist reviews a province, or no longer does; the latest entry prevails."""

    __tablename__ = "panel_assignments"
    __table_args__ = (_NUMBERED,)

    panelist: Mapped[int]
    assigned: Mapped[bool]
    by: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(Moment)


class PanelScore(_Entry, Base):
    """A panelist's score of a judged indicator in percent of its points, and why; the latest version prevails."""

    __tablename__ = "panel_scores"
    __table_args__ = (
        UniqueConstraint(*_APPRAISAL, "province", "panelist", "indicator", "version"),
        _NUMBERED,
    )

    panelist: Mapped[int]
    score: Mapped[str | None]
    reason: Mapped[str]


class PanelSubmission(_OfProvince, Base):
    """A panelist's scores of a province, handed in and locked."""

    __tablename__ = "panel_submissions"
    __table_args__ = (UniqueConstraint(*_APPRAISAL, "province", "panelist"), _NUMBERED)

    panelist: Mapped[int]
    submitted_at: Mapped[dt.datetime] = mapped_column(Moment)
    sha256: Mapped[str] = mapped_column(String(64))


class Decision(_OfProvince, Base):
    """The chair's grade of a province with its reason, beside the model's at that time; the latest prevails."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint(*_APPRAISAL, "province", "version"), _NUMBERED)

    version: Mapped[int]
    grade: Mapped[str]
    model_grade: Mapped[str | None]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(Moment)


class NameDecision(Base):
    """What a person decided of a listed name that no rule matches; the latest version for a name prevails.

    ``listed`` is the name as names are compared; ``uscc`` the firm's, None with any decision but ``firm``.
    """

    __tablename__ = "name_decisions"
    __table_args__ = (UniqueConstraint("listed", "version"), _NUMBERED)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    listed: Mapped[str]
    version: Mapped[int]
    decision: Mapped[str]
    uscc: Mapped[str | None]
    reason: Mapped[str]
    by: Mapped[str]
    saved_at: Mapped[dt.datetime] = mapped_column(Moment)


class NameFile(Base):
    """Decisions on names up to one of them, handed over to the facts: the very bytes that enter them."""

    __tablename__ = "name_files"
    __table_args__ = (UniqueConstraint("upto"), _NUMBERED)

    id: Mapped[int] = mapped_column(primary_key=True)
    upto: Mapped[int] = mapped_column(ForeignKey("name_decisions.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(Moment)
    synthetic: Mapped[bool]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Publication(_OfAppraisal, Base):
    """A frozen run: the hash of what went in, and of the manifest, which is the very bytes that were published."""

    __tablename__ = "publications"
    __table_args__ = (_NUMBERED,)

    by: Mapped[str]
    published_at: Mapped[dt.datetime] = mapped_column(Moment)
    build: Mapped[int]
    scheme_sha256: Mapped[str] = mapped_column(String(64))
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[bytes] = mapped_column(LargeBinary)
