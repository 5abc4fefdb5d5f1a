"""How amounts of the funds page read at a glance: yuan with 万 and 亿 in Chinese, million yuan in English."""

from __future__ import annotations

from decimal import Decimal

from pages.components.numbers import headline
from pages.components.words import language

_FEN = {"zh": 10**2, "en": 10**8}  # in a yuan, in a million yuan


def in_headline(fen: int) -> str:
    """An amount to three significant places, in the unit that `funds.in_unit` names."""
    return headline(Decimal(fen) / _FEN[language()])
