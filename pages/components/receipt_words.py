"""How receipts read: their moment on this machine's clock, and the title of their dataset."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from data.dataset import contract, datasets
from data.words import LANGUAGES
from pages.components.numbers import iso
from pages.components.words import language


def moment(at: dt.datetime) -> str:
    """A moment on the clock of the place: ``2026-03-01 09:30:00``."""
    local = at.astimezone()
    return f"{iso(local.date())} {local:%H:%M:%S}"


def dataset_names() -> dict[str, str]:
    """Dataset → its title in the reader's language."""
    return _titles(language())


@lru_cache(maxsize=len(LANGUAGES))
def _titles(code: str) -> dict[str, str]:
    return {name: contract(name).title[code] for name in datasets()}
