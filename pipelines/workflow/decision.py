"""The chair's grade of each province, and the published run: everything that led to the grades, frozen.

A manifest is canonical JSON of what went in (facts, scheme, panel, decisions, seed) and of what came out; it holds no
clock and no name, so the same inputs give the same bytes, and anybody who repeats the run can compare the hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from data.work import open_work
from data.work_forms import Decision, Publication
from pipelines.durable import write_in_place
from pipelines.receipts import now, reading
from pipelines.workflow.panel import scores_visible
from pipelines.workflow.refusals import ConflictError, IncompleteError, only

FORM = 1
DECISIONS = {
    "province": pl.String,
    "version": pl.Int64,
    "grade": pl.String,
    "model_grade": pl.String,
    "reason": pl.String,
    "by": pl.String,
    "at": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True)
class Decided:
    """A decision as it stands: version 0 where nothing was decided yet."""

    province: str
    version: int = 0
    grade: str = ""
    model_grade: str | None = None
    reason: str = ""
    by: str = ""
    saved_at: dt.datetime | None = None


@dataclass(frozen=True)
class PublishedRun:
    """A frozen run: its number, when, by whom, on which build, its hashes, and the manifest as it was published."""

    number: int
    at: dt.datetime
    by: str
    build: int
    scheme_sha256: str
    inputs_sha256: str
    manifest_sha256: str
    manifest: bytes

    @property
    def content(self) -> dict[str, Any]:
        """The manifest read: form, appraisal, inputs, results."""
        return json.loads(self.manifest)


def decide(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    province: str,
    grade: str,
    *,
    seen: int,
    model_grade: str | None,
    reason: str = "",
) -> Decided:
    """Give a province its grade; on the disk when this returns.

    ``model_grade`` is what the model gives, None where it cannot tell. A grade that differs from it, and any change
    after a run was published, needs a reason. Raises IncompleteError without one, ConflictError where another
    decision than ``seen`` stands by now, NotAllowedError for anyone but the chair.
    """
    only(by, "chair")
    with Session(open_work(home)) as session, session.begin():
        current = _latest(session, appraisal).get(province, Decided(province))
        if current.version != seen:
            raise ConflictError(current)
        has_run = bool(_runs(session, appraisal))
        return _decide(session, by, appraisal, current, grade, model_grade, reason.strip(), has_run=has_run)


def decide_all(
    home: Home, by: Reader, appraisal: Appraisal, grades: Mapping[str, tuple[str, str | None, str]]
) -> None:
    """`decide` for several provinces that have no decision yet, all or none.

    ``grades``: province → grade, the model's grade, reason ("" where none is needed). Errors as `decide`.
    """
    only(by, "chair")
    with Session(open_work(home)) as session, session.begin():
        standing, has_run = _latest(session, appraisal), bool(_runs(session, appraisal))
        for province, (grade, model_grade, reason) in grades.items():
            if province in standing:
                raise ConflictError(standing[province])
            current = Decided(province)
            _decide(session, by, appraisal, current, grade, model_grade, reason.strip(), has_run=has_run)


def decisions(home: Home, appraisal: Appraisal) -> pl.DataFrame:
    """The decisions in force, one row a province in the order of their codes, with the columns of `DECISIONS`."""
    if not home.work.exists():
        return pl.DataFrame(schema=DECISIONS)
    with Session(reading(home)) as session:
        found = _latest(session, appraisal)
    rows = [
        (one.province, one.version, one.grade, one.model_grade, one.reason, one.by, one.saved_at)
        for _, one in sorted(found.items())
    ]
    return pl.DataFrame(rows, schema=DECISIONS, orient="row")


def manifest_bytes(
    appraisal: Appraisal,
    *,
    facts: str,
    scheme: Mapping[str, Any],
    seed: int,
    scores: pl.DataFrame,
    decided: pl.DataFrame,
    results: Mapping[str, Any],
) -> bytes:
    """The manifest of a run. ``facts``: content hash of the build; ``scheme``: its code and hash; ``scores``: `SCORES`.

    Neither the order of rows nor the moment of anything changes a byte.
    """
    inputs = {
        "facts": facts,
        "scheme": dict(scheme),
        "seed": seed,
        "panel": _rows(scores, ("province", "indicator", "panelist", "score", "reason")),
        "decisions": _rows(decided, ("province", "grade", "model_grade", "reason")),
    }
    tree = {
        "form": FORM,
        "appraisal": appraisal.columns(),
        "inputs": inputs,
        "inputs_sha256": _sha256(_canonical(inputs)),
        "results": results,
    }
    return _canonical(tree)


def publish(
    home: Home,
    by: Reader,
    appraisal: Appraisal,
    *,
    build: int,
    facts: str,
    scheme: Mapping[str, Any],
    seed: int,
    scores: pl.DataFrame,
    decided: pl.DataFrame,
    results: Mapping[str, Any],
    graded: frozenset[str],
) -> PublishedRun:
    """Freeze the run and publish it; on the disk, and as a file beside the facts, when this returns.

    ``scores`` and ``decided`` are what ``results`` were computed from, as `scores_visible` and `decisions` gave them;
    ``graded``: the provinces under appraisal, each of which needs its decision. The same inputs published again are
    the run there already is. Raises IncompleteError naming the provinces without a decision, or where somebody scored
    or decided meanwhile; NotAllowedError for anyone but the chair.
    """
    only(by, "chair")
    with Session(open_work(home)) as session, session.begin():
        open_ = sorted(graded - set(_latest(session, appraisal)))
        if open_ or not graded:
            raise IncompleteError("these provinces have no grade yet", *open_)
        # This transaction holds the write lock: what is read now stays so until the run is kept.
        if not (
            scores_visible(home, by, appraisal).equals(scores) and decisions(home, appraisal).equals(decided)
        ):
            raise IncompleteError("somebody scored or decided meanwhile: look at the run again")
        manifest = manifest_bytes(
            appraisal, facts=facts, scheme=scheme, seed=seed, scores=scores, decided=decided, results=results
        )
        runs = _runs(session, appraisal)
        if runs and runs[-1].manifest == manifest:
            done = _run(runs[-1])
        else:
            row = Publication(
                **appraisal.columns(),
                by=by.code,
                published_at=now(),
                build=build,
                scheme_sha256=str(scheme["sha256"]),
                inputs_sha256=json.loads(manifest)["inputs_sha256"],
                manifest_sha256=_sha256(manifest),
                manifest=manifest,
            )
            session.add(row)
            session.flush()
            done = _run(row)
    # The row is the run; the file is a copy of it for whoever has no access to the store.
    write_in_place(home.folder / "published" / f"{appraisal.code}.{done.number}.json", manifest)
    return done


def published_run(home: Home, appraisal: Appraisal) -> PublishedRun | None:
    """The latest published run of an appraisal; None before the first."""
    if not home.work.exists():
        return None
    with Session(reading(home)) as session:
        runs = _runs(session, appraisal)
        return _run(runs[-1]) if runs else None


def _decide(
    session: Session,
    by: Reader,
    appraisal: Appraisal,
    current: Decided,
    grade: str,
    model_grade: str | None,
    said: str,
    *,
    has_run: bool,
) -> Decided:
    if not said and (grade != model_grade or has_run):
        raise IncompleteError("this grade needs its reason", "reason")
    if (current.grade, current.model_grade, current.reason) == (grade, model_grade, said):
        return current
    row = Decision(
        **appraisal.columns(current.province),
        version=current.version + 1,
        grade=grade,
        model_grade=model_grade,
        reason=said,
        by=by.code,
        at=now(),
    )
    session.add(row)
    return _decided(row)


def _runs(session: Session, appraisal: Appraisal) -> list[Publication]:
    return list(
        session.scalars(select(Publication).filter_by(**appraisal.columns()).order_by(Publication.id))
    )


def _latest(session: Session, appraisal: Appraisal) -> dict[str, Decided]:
    rows = session.scalars(select(Decision).filter_by(**appraisal.columns()).order_by(Decision.version))
    return {row.province: _decided(row) for row in rows}


def _decided(row: Decision) -> Decided:
    return Decided(row.province, row.version, row.grade, row.model_grade, row.reason, row.by, row.at)


def _run(row: Publication) -> PublishedRun:
    return PublishedRun(
        row.id,
        row.published_at,
        row.by,
        row.build,
        row.scheme_sha256,
        row.inputs_sha256,
        row.manifest_sha256,
        row.manifest,
    )


def _rows(frame: pl.DataFrame, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return frame.select(columns).sort(columns).to_dicts()


def _canonical(tree: Mapping[str, Any]) -> bytes:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
