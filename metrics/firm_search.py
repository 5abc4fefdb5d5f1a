"""Firms found by a part of a name they have or had, or by the beginning of their credit code.

Names are compared as listed names are (`metrics.names`): width, brackets, spaces and case do not matter.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from metrics.names import normalised


def search(names: Any, wanted: str, province: str | None = None, holders: Any = None) -> nw.LazyFrame[Any]:
    """The firms that are meant, names that begin with what is wanted first, then shorter names; all for nothing wanted.

    ``names``: uscc, name, province, former, listed, one row for each name a firm has or had. ``holders``: only firms
    whose uscc is in it, once each. Returns uscc, name, province, former (the name that was found, null where it is
    the present one); a firm is there once for each of its names that fits.
    """
    firms = nw.from_native(names).lazy()
    if province:
        firms = firms.filter(nw.col("province") == province)
    if holders is not None:
        held = nw.from_native(holders).lazy().select("uscc")
        if province:
            # The unit's firms are far fewer than the country's holders, and a join first reads its right side whole.
            held = held.join(firms.select("uscc"), on="uscc", how="semi")
        firms = firms.join(held, on="uscc", how="semi")
    name = pl.select(normalised(pl.lit(wanted))).item() or ""
    if not name:
        return firms.filter(nw.col("former").is_null()).sort("province", "uscc").select(*_SHOWN)
    fits = nw.col("listed").str.contains(name, literal=True)
    if name.isascii() and name.isalnum():
        fits |= nw.col("uscc").str.starts_with(name.upper()) & nw.col("former").is_null()
    return (
        firms.filter(fits)
        .with_columns(begins=~nw.col("listed").str.starts_with(name), length=nw.col("listed").str.len_chars())
        .sort("begins", "length", "listed", "uscc")
        .select(*_SHOWN)
    )


_SHOWN = ("uscc", "name", "province", "former")
