"""What official lists name, before anything is loaded: each name once, its firm, and for the others names like it.

The firm is found exactly as a build finds it (`metrics.names`). Names that are merely like are shown to whoever
looks for the firm; nothing is ever matched by them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from data.access import Facts
from metrics.names import match_names, normalised
from pipelines.intake.check import Checked

LOOKED_UP = 20  # not policy: unmatched names that others are looked up for
OFFERED = 3  # not policy: names offered for each
_ALIKE = 75  # not policy: likeness in percent from which a name is worth a look
KINDS = ("code", "name", "former_name", "listed")
"""By what a name finds its firm; see `metrics.names.match_names`."""

_FIRMS = {"uscc": pl.String, "name": pl.String}
_FORMER = _FIRMS | {"valid_from": pl.Date, "valid_to": pl.Date}


def listed_names(lists: Sequence[Checked], day: dt.date, facts: Facts | None) -> pl.DataFrame:
    """The different names of accepted lists in their order, with the firm of each as of the list's day.

    ``lists``: checked as `title_lists`, with their frames; ``facts``: None where nothing is loaded. Returns name (as
    first printed), times, matched_by (one of `KINDS`; null: no firm found), uscc, registered (the name in the
    registry), file, sheet, cell.
    """
    rows = pl.concat([_rows(one) for one in lists]).with_columns(event_date=pl.lit(day))
    firms, former, coded = _known(facts, day)
    events = pl.concat([rows, coded], how="diagonal_relaxed")
    found = match_names(events, firms, former).head(rows.height)
    return (
        found.group_by(normalised(pl.col("name")).alias("listed"), maintain_order=True)
        .agg(
            pl.col("name").first(),
            pl.len().alias("times"),
            pl.col("matched_by", "uscc").drop_nulls().first(),
            pl.col("file", "sheet", "cell").first(),
        )
        .join(
            firms.select("uscc", registered="name").unique("uscc"),
            on="uscc",
            how="left",
            maintain_order="left",
        )
        .select("name", "times", "matched_by", "uscc", "registered", "file", "sheet", "cell")
    )


def counts(names: pl.DataFrame) -> dict[str, int]:
    """Of `listed_names`: names, repeated, unmatched, and by each of `KINDS`."""
    by = dict(names.group_by("matched_by").len().iter_rows())
    return {
        "names": names.height,
        "repeated": names.filter(pl.col("times") > 1).height,
        "unmatched": by.get(None, 0),
        **{kind: by.get(kind, 0) for kind in KINDS},
    }


def names_alike(unmatched: Sequence[str], facts: Facts | None) -> pl.DataFrame:
    """For the first `LOOKED_UP` names, names of the registry that are like each: name, alike, likeness_pct, uscc.

    At most `OFFERED` for a name, the likest first; former names are looked through too.
    """
    schema = {"name": pl.String, "alike": pl.String, "likeness_pct": pl.Int64, "uscc": pl.String}
    firms, former, _ = _known(facts, None)
    known = pl.concat([firms.select(*_FIRMS), former.select(*_FIRMS)]).unique(maintain_order=True)
    known = known.with_columns(normal=normalised(pl.col("name"))).drop_nulls("normal")
    asked = list(unmatched[:LOOKED_UP])
    if known.is_empty() or not asked:
        return pl.DataFrame(schema=schema)
    likeness = process.cdist(
        _levelled(asked), known["normal"].to_list(), scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.uint8
    )
    rows = []
    for name, found in zip(asked, likeness, strict=True):
        for at in sorted(np.flatnonzero(found), key=lambda at: -int(found[at]))[:OFFERED]:
            uscc, alike, _ = known.row(int(at))
            rows.append((name, alike, int(found[at]), uscc))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _levelled(names: Sequence[str]) -> list[str]:
    return pl.DataFrame({"name": names}).select(normalised(pl.col("name")).fill_null(""))["name"].to_list()


def _rows(checked: Checked) -> pl.DataFrame:
    if checked.frame is None:
        raise ValueError(f"{checked.file} is not accepted: it names nothing")
    places = pl.DataFrame(
        [
            (number, sheet, checked.header_maps[sheet].get("name"))
            for number, sheet in checked.sheet_numbers.items()
        ],
        schema={"sheet_no": pl.Int16, "sheet": pl.String, "letter": pl.String},
        orient="row",
    )
    rows = checked.frame.join(places, on="sheet_no", how="left", maintain_order="left")
    return rows.select(
        "uscc",
        "name",
        pl.lit(checked.file).alias("file"),
        "sheet",
        cell=pl.col("letter") + pl.col("row_no").cast(pl.String),
    )


def _known(facts: Facts | None, day: dt.date | None) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Firms, former names, and names that lists already loaded have beside a credit code, as if of the day."""
    if facts is None:
        return (
            pl.DataFrame(schema=_FIRMS),
            pl.DataFrame(schema=_FORMER),
            pl.DataFrame(schema=_FIRMS | {"event_date": pl.Date}),
        )
    coded = facts.table("title_rows").filter("uscc IS NOT NULL").select("uscc, name").distinct().pl()
    return (
        facts.table("enterprises").select("uscc, name").order("uscc").pl(),
        facts.table("former_names").select("uscc, name, valid_from, valid_to").order("ALL").pl(),
        coded.with_columns(event_date=pl.lit(day, dtype=pl.Date)),
    )
