"""The manifest: which build of the facts is published. One small file, replaced whole."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from data.home import Home


@dataclass(frozen=True)
class Published:
    """The published build.

    content: hash of its rows; rows: dataset → current rows; as_of: the latest day on which a loaded fact happened,
    None where no fact has a day; sample_of: n where the facts are a 1:n sample; receipts: those that went in.
    """

    build: int
    file: str
    content: str
    policy: str
    published_at: dt.datetime
    synthetic: bool
    sample_of: int | None
    as_of: dt.date | None
    receipts: tuple[int, ...]
    rows: dict[str, int]


def published(home: Home) -> Published | None:
    """The build in force; None before the first one. Raises ValueError, naming the file, when it cannot be read."""
    try:
        text = home.manifest.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        tree = json.loads(text)
        tree["published_at"] = dt.datetime.fromisoformat(tree["published_at"])
        tree["as_of"] = dt.date.fromisoformat(tree["as_of"]) if tree["as_of"] else None
        tree["receipts"] = tuple(tree["receipts"])
        return Published(**tree)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{home.manifest.name} is damaged ({error}). Run `tidu build` to publish anew."
        ) from None


def as_text(found: Published) -> str:
    """The manifest as it is written."""
    tree = asdict(found)
    tree["published_at"] = found.published_at.isoformat()
    tree["as_of"] = found.as_of.isoformat() if found.as_of else None
    tree["receipts"] = list(found.receipts)
    return json.dumps(tree, ensure_ascii=False, indent=1)


def facts_file(home: Home, found: Published) -> Path:
    """Where the facts of a build are."""
    return home.facts / found.file
