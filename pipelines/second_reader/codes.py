"""Credit codes in SQL: form and check character of GB 32100-2015, and of the organisation code inside (GB 11714).

Written from the standards, apart from the first reader's arithmetic.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
LENGTH = 18  # not policy: characters
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))  # not policy: GB 32100-2015
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # not policy: GB 11714
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_OF_ORGANISATION = 9  # not policy: a position


def is_well_formed(code: str) -> str:
    """SQL: the column holds 18 characters of the alphabet."""
    return f"(length({code}) = {LENGTH} AND regexp_full_match({code}, '[{ALPHABET}]*'))"


def has_wrong_check(code: str) -> str:
    """SQL: the weighted values of all 18 characters, the last one's weight being 1, leave a rest modulo 31."""
    return f"({_weighted(code, 1, (*WEIGHTS, 1), ALPHABET)}) % 31 <> 0"


def has_wrong_organisation_check(code: str) -> str:
    """SQL: the 17th character is not 11 less the weighted rest of the eight before it; 10 is X, 11 is 0."""
    total = _weighted(code, _FIRST_OF_ORGANISATION, ORGANISATION_WEIGHTS, _ALPHANUMERIC)
    place = _FIRST_OF_ORGANISATION + len(ORGANISATION_WEIGHTS)
    return f"substr({code}, {place}, 1) <> substr('0X987654321', ({total}) % 11 + 1, 1)"


def _weighted(code: str, first: int, weights: tuple[int, ...], alphabet: str) -> str:
    return " + ".join(
        f"(strpos('{alphabet}', substr({code}, {place}, 1)) - 1) * {weight}"
        for place, weight in enumerate(weights, first)
    )
