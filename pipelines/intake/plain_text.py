"""Text that came from outside, made safe and short enough to stand in a cell that we write."""

from __future__ import annotations

import math

LONGEST_SHOWN = 300
LONGEST_CELL = 32_767
"""Excel's own limit."""

LINE_HEIGHT = 15.0
"""Points."""

EXACT_DIGITS = 15
"""A spreadsheet keeps no more."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER_STARTS = frozenset("-0123456789")
_CONTROLS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: 0x2421}
_NOT_IN_XML = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_INVISIBLE = {
    code: f"‹U+{code:04X}›"
    for first, last in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFEFF, 0xFEFF))
    for code in range(first, last + 1)
}
_SHOWN = {**_CONTROLS, **_NOT_IN_XML, **_INVISIBLE, ord("\t"): "␉"}
_STORABLE = {**_CONTROLS, **_NOT_IN_XML, ord("\r"): None}


def shown(value: str) -> str:
    """A received value for people: what cannot be seen made visible, the end cut off when it is too long."""
    text = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    return text.translate(_SHOWN)


def storable(value: str) -> str:
    """A received value for a cell of its own: all of it but the characters that a workbook cannot hold."""
    text = value.translate(_STORABLE)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def looks_like_a_formula(value: str) -> bool:
    """Whether a spreadsheet would run this text if somebody typed it; it is then written as quoted text."""
    return value.startswith(_FORMULA_STARTS)


def exact_number(value: str) -> float | int | None:
    """The number that a text is, when a spreadsheet would give back the very same text; else None."""
    if len(value) > EXACT_DIGITS + 2 or value[:1] not in _NUMBER_STARTS:
        return None
    if sum(sign.isdigit() for sign in value) > EXACT_DIGITS:
        return None
    for kind in (int, float):
        try:
            number = kind(value)
        except (ValueError, OverflowError):
            continue
        if repr(number) == value and math.isfinite(number):
            return number
    return None


def lines_taken(words: str, width: int) -> int:
    """How many lines the words take in a column of this width; a Chinese character takes two of its units."""
    room = width - 1
    taken = (sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in words.split("\n"))
    return sum(max(1, -(-length // room)) for length in taken)
