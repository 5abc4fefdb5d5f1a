"""Matching listed names to firms: exactly after normalisation, never by likeness.

Official lists carry no credit code. A listed name is the firm that has it, letter for letter once width, brackets,
dots, spaces, invisible signs, traditional characters and the case of Latin letters are levelled; failing that, the
firm that had it before, or that another list names so beside its code. A name that two firms have, or had at the
time, matches neither. What a person has confirmed of a name holds where all that leaves it open, and nowhere else:
a name found by letter is never overruled.
"""

from __future__ import annotations

import polars as pl

from data.characters import simplified

_INVISIBLE = r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u{e0100}-\u{e01ef}]+"
_OPENING = r"[\[{<〔【〖〈《「『﹝]"
_CLOSING = r"[\]}>〕】〗〉》」』﹞]"
_DOTS = "[·・•‧∙⋅]"


def normalised(name: pl.Expr) -> pl.Expr:
    """A name as names are compared by; null where nothing is left of it."""
    levelled = (
        name.str.normalize("NFKC")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all(_OPENING, "(")
        .str.replace_all(_CLOSING, ")")
        .str.replace_all(_DOTS, "·")
        .str.to_lowercase()
    )
    characters = simplified()
    levelled = levelled.str.replace_many(list(characters), list(characters.values()))
    return pl.when(levelled != "").then(levelled)


def match_names(
    events: pl.DataFrame,
    enterprises: pl.DataFrame,
    former_names: pl.DataFrame,
    confirmed: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The events with their firm, in their order.

    ``events``: uscc, name, event_date and what else they have. ``enterprises``: uscc, name; ``former_names``: uscc,
    name, valid_from, valid_to (blank: unknown); current rows of each. ``confirmed``: name, decision, uscc of
    `name_confirmations` in the order in which they were decided. Fills uscc and adds matched_by (code | name |
    former_name | listed | confirmed | null: no firm found) and firm (the uscc, or the normalised name where there is
    none).
    """
    columns = [column for column in events.columns if column not in ("firm", "matched_by")]
    numbered = events.select(columns).with_row_index("place")
    unknown = numbered.filter(pl.col("uscc").is_null()).select(
        "place", "event_date", listed=normalised(pl.col("name"))
    )
    coded = numbered.filter(pl.col("uscc").is_not_null())
    known = (
        enterprises.select("uscc", "name"),
        former_names.select("uscc", "name", "valid_from", "valid_to"),
        coded.select("uscc", "name").unique(),
    )
    if unknown.is_empty():
        known = tuple(
            frame.clear() for frame in known
        )  # a national registry need not be levelled for nothing
    found = _found(unknown, *known)
    if confirmed is not None and confirmed.height and unknown.height:
        open_ones = unknown.join(found, on="place", how="anti").select("place", "listed")
        by_person = open_ones.join(confirmed_firms(confirmed), on="listed").select(
            "place", found="uscc", found_by=pl.lit("confirmed")
        )
        found = pl.concat([found, by_person])
    by_code = pl.when(pl.col("uscc").is_not_null()).then(pl.lit("code"))
    return (
        numbered.join(unknown.select("place", "listed"), on="place", how="left", maintain_order="left")
        .join(found, on="place", how="left", maintain_order="left")
        .with_columns(
            matched_by=pl.coalesce(by_code, "found_by"),
            uscc=pl.coalesce("uscc", "found"),
        )
        .with_columns(firm=pl.coalesce("uscc", "listed", "name"))
        .select(*columns, "matched_by", "firm")
    )


def confirmed_firms(confirmed: pl.DataFrame) -> pl.DataFrame:
    """The names whose latest decision names a firm: listed (as names are compared), uscc, and what else there is."""
    latest = confirmed.with_columns(listed=normalised(pl.col("name"))).unique(
        "listed", keep="last", maintain_order=True
    )
    return latest.filter(pl.col("decision").cast(pl.String) == "firm")


def _found(
    unknown: pl.DataFrame, enterprises: pl.DataFrame, former_names: pl.DataFrame, coded: pl.DataFrame
) -> pl.DataFrame:
    """The firm of each listed name: place, found, found_by; names that stay open are absent."""
    now = unknown.join(_by_name(enterprises), on="listed")
    ever = unknown.join(_by_name(former_names), on="listed")
    # Whoever took over a name that another firm still had on that day is not meant by it.
    then = ever.filter(
        (pl.col("valid_from") <= pl.col("event_date")).fill_null(value=True),
        pl.col("event_date") <= pl.col("valid_to"),
    )
    elsewhere = unknown.join(_by_name(coded), on="listed")
    stages = [
        _candidates(then, "former_name"),
        _candidates(now, "name"),
        _candidates(ever, "former_name"),
        _candidates(elsewhere, "listed"),
    ]
    # The first stage that knows the name decides, and leaves it open where it knows two firms.
    decided = pl.concat(stages).unique("place", keep="first", maintain_order=True)
    return decided.filter(pl.col("firms") == 1).drop("firms")


def _by_name(firms: pl.DataFrame) -> pl.DataFrame:
    return firms.rename({"name": "listed", "uscc": "found"}).with_columns(normalised(pl.col("listed")))


def _candidates(matches: pl.DataFrame, found_by: str) -> pl.DataFrame:
    return matches.group_by("place").agg(
        found=pl.col("found").min(), found_by=pl.lit(found_by), firms=pl.col("found").n_unique()
    )
