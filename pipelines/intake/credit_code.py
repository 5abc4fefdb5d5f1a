"""Unified social credit codes: GB 32100-2015, and the organisation code of GB 11714 inside them.

Both checks run over a whole column at once: a code is a row of 18 bytes, the check a weighted sum.
"""

from __future__ import annotations

import numpy as np
import polars as pl

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FORM = rf"^[{ALPHABET}]{{18}}$"

_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_INVISIBLE = r"[\s\p{Cf}\p{Cc}'’`]"


def normalise(codes: pl.Series) -> pl.Series:
    """Codes in upper case and half width, without spaces or invisible characters; blank becomes null."""
    odd = ~codes.str.contains(FORM)
    if not odd.any():
        return codes
    tidy = codes.str.normalize("NFKC").str.replace_all(_INVISIBLE, "").str.to_uppercase()
    tidy = tidy.set(tidy == "", None)
    return tidy.zip_with(odd.fill_null(value=True), codes)


def faults(codes: pl.Series) -> pl.Series:
    """The rule each normalised code breaks, null where it breaks none (or is null).

    credit_code_number: Excel made a number of it; credit_code_length; credit_code_letter: a character outside the
    alphabet (I, O, S, V, Z and signs); credit_code_check: the 18th character does not fit the other 17.
    """
    rules = pl.Series("rule", [None], dtype=pl.String).new_from_index(0, len(codes))
    well_formed = codes.str.contains(FORM).fill_null(value=False)
    if not well_formed.all():
        frame = pl.DataFrame({"code": codes})
        rules = frame.select(
            pl.when(pl.col("code").is_null() | pl.col("code").str.contains(FORM))
            .then(None)
            .when(
                pl.col("code").str.contains(r"^\d(\.\d+)?E\+?\d+$")
                | pl.col("code").str.contains(r"^\d+0{3}$")
            )
            .then(pl.lit("credit_code_number"))
            .when(pl.col("code").str.len_chars() != 18)
            .then(pl.lit("credit_code_length"))
            .otherwise(pl.lit("credit_code_letter"))
            .alias("rule")
        )["rule"]
    bad = np.zeros(len(codes), dtype=bool)
    bad[well_formed.to_numpy()] = ~_fits(_matrix(codes.filter(well_formed)))
    if not bad.any():
        return rules
    return rules.set(pl.Series(bad), "credit_code_check")


def organisation_faults(codes: pl.Series) -> pl.Series:
    """True where a code in good form carries an organisation code whose own check character (GB 11714) is wrong."""
    well_formed = codes.str.contains(FORM).fill_null(value=False)
    bad = np.zeros(len(codes), dtype=bool)
    rows = _matrix(codes.filter(well_formed))[:, 8:17]
    digits = np.where(rows >= ord("A"), rows - ord("A") + 10, rows - ord("0")).astype(np.int64)
    rest = (11 - digits[:, :8] @ _ORGANISATION_WEIGHTS % 11) % 11
    # 10 is written X; in the base-36 reading of the digits X would be 33
    bad[well_formed.to_numpy()] = np.where(rest == 10, rows[:, 8] != ord("X"), digits[:, 8] != rest)
    return pl.Series(bad)


def _matrix(codes: pl.Series) -> np.ndarray:
    text = codes.str.join("").item() if len(codes) else ""
    return np.frombuffer((text or "").encode("ascii"), dtype=np.uint8).reshape(-1, 18)


def _fits(rows: np.ndarray) -> np.ndarray:
    table = np.zeros(256, dtype=np.int64)
    table[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(31)
    values = table[rows]
    return values[:, 17] == -(values[:, :17] @ _WEIGHTS) % 31
