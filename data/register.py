"""The register of documents, duties, days, texts, readings and the 25 measures: ``data/policy/register/``.

What documents say that is no rule of a calculation stands here, with the document and how well it is known, and is
shown as it stands. It is read strictly: a document that a file cites must be in the register.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from data.published import Label, Mark
from data.strict_models import Fact, Model, read_model
from data.strict_yaml import FileError

FOLDER = Path(__file__).parent / "policy" / "register"
SIGNATORIES, MEASURES = 17, 25
Standing = Literal["in_force", "superseded", "reference", "excluded"]
Kind = Literal["tier", "aim", "notice", "source", "support", "word"]
KINDS: tuple[Kind, ...] = ("tier", "aim", "notice", "source", "support", "word")


class _Cited(Fact):
    """Something a document says."""

    document: str = Field(min_length=1)
    mark: Mark


class Document(Fact):
    """One document: number, title, publisher, dates of its own, where a copy was seen."""

    number: str = Field(min_length=1)
    zh: str
    en: str
    publisher: Label
    issued: dt.date | None = None
    effective: dt.date | None = None
    standing: Standing
    mark: Mark
    link: str = ""
    note: Label


class Duty(_Cited):
    """Who does what; ``page`` is the page on which it is done or seen."""

    who: Label
    what: Label
    page: str = ""


class Window(_Cited):
    """A day, or the days from one to another, both included; without ``place`` it is the country's."""

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    place: Label | None = None
    zh: str
    en: str

    @property
    def days(self) -> int | None:
        """How many days it lasts; None where only its beginning is known."""
        return None if self.to is None else (self.to - self.from_).days + 1

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.to is not None and self.to < self.from_:
            raise ValueError("from comes before to")
        return self


class Text(_Cited):
    """A sentence of a document, shown as text."""

    kind: Kind
    zh: str
    en: str


class Reading(_Cited):
    """How a contradiction is read, and on what evidence."""

    zh: str
    en: str
    evidence: Label


class Point(Fact):
    """A part of a measure; one that ``is_text`` has no honest indicator."""

    zh: str
    en: str
    is_text: Annotated[bool, BeforeValidator(lambda written: written == "true")] = False


class ShareCheck(Fact):
    """A share that a document states; exactly the figure is enough."""

    of: Literal["reserved", "small_micro"]
    at_least_pct: Decimal
    mark: Mark
    zh: str
    en: str


class Measure(Fact):
    """One measure; ``value`` says what its indicator value means."""

    number: int
    area: str
    zh: str
    en: str
    value: Label
    points: tuple[Point, ...] = Field(min_length=1)
    checks: tuple[ShareCheck, ...] = ()
    page: str = ""


class _Documents(Fact):
    documents: tuple[Document, ...]


class Duties(Fact):
    """The departments that signed the opinions of 2020, and who does what."""

    signatories: tuple[Label, ...]
    duties: tuple[Duty, ...]

    @model_validator(mode="after")
    def _whole(self) -> Duties:
        if len(self.signatories) != SIGNATORIES:
            raise ValueError(f"{SIGNATORIES} departments signed")
        return self


class _Calendar(Fact):
    windows: tuple[Window, ...]


class _Texts(Fact):
    texts: tuple[Text, ...]


class Readings(Fact):
    """How contradictions are read, and what could not be confirmed."""

    readings: tuple[Reading, ...]
    unconfirmed: tuple[Label, ...]


class Measures(_Cited):
    """The areas and the measures of the opinions of 2020."""

    areas: dict[str, Label]
    measures: tuple[Measure, ...]

    @model_validator(mode="after")
    def _whole(self) -> Measures:
        if [one.number for one in self.measures] != list(range(1, MEASURES + 1)):
            raise ValueError(f"measures 1 to {MEASURES}, each once, in order")
        if unknown := sorted({one.area for one in self.measures} - set(self.areas)):
            raise ValueError(f"no such area: {', '.join(unknown)}")
        return self


@cache
def documents() -> tuple[Document, ...]:
    """Every document of the register, in its order."""
    return _read("documents.yaml", _Documents).documents


@cache
def duties() -> Duties:
    """The signatories and the duties."""
    return _cited("duties.yaml", _read("duties.yaml", Duties), "duties")


@cache
def calendar() -> tuple[Window, ...]:
    """The days and windows, earliest first."""
    found = _cited("calendar.yaml", _read("calendar.yaml", _Calendar), "windows").windows
    return tuple(sorted(found, key=lambda window: window.from_))


@cache
def texts() -> tuple[Text, ...]:
    """The sentences, by kind."""
    found = _cited("texts.yaml", _read("texts.yaml", _Texts), "texts").texts
    return tuple(sorted(found, key=lambda text: KINDS.index(text.kind)))


@cache
def readings() -> Readings:
    """The readings, and what is unconfirmed."""
    return _cited("readings.yaml", _read("readings.yaml", Readings), "readings")


@cache
def measures() -> Measures:
    """The 25 measures."""
    return _read("measures.yaml", Measures)


def _cited(name: str, found: Model, field: str) -> Model:
    known = {document.number for document in documents()}
    for at, entry in enumerate(getattr(found, field)):
        if entry.document not in known:
            raise FileError(
                f"register/{name}", f"{field}[{at}].document", f"{entry.document} is not registered."
            )
    return found


def _read(name: str, model: type[Model]) -> Model:
    return read(FOLDER / name, model)


def read(path: Path, model: type[Model]) -> Model:
    """One file of the register. Raises FileError, naming the key, when it breaks its form."""
    return read_model(model, path, f"register/{path.name}")
