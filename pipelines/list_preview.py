"""What official lists name, before anything is loaded: each name once, its firm, and for the others names like it.

The firm is found exactly as a build finds it (`metrics.names`). Names that are merely like are shown, with what is
known of their firms, to whoever looks for the firm; nothing is ever matched by them but by a person's word
(`pipelines.workflow.listed_names`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from data.access import Facts, NoFactsError
from data.home import Home
from metrics.names import match_names, normalised
from metrics.origin import located
from pipelines.intake.check import Checked
from pipelines.registry_scores import NAMES
from pipelines.title_ledger import confirmed_in
from pipelines.workflow.listed_names import decisions

LOOKED_UP = 20  # not policy: unmatched names that others are looked up for
OFFERED = 3  # not policy: names offered for each
_WEIGHED = 24  # not policy: names of which the unit decides what is offered, as many are as like
_ALIKE = 75  # not policy: likeness in percent from which a name is worth a look
KINDS = ("code", "name", "former_name", "listed", "confirmed")
"""By what a name finds its firm; see `metrics.names.match_names`."""

SUGGESTED: dict[str, Any] = {
    "uscc": pl.String, "name": pl.String, "province": pl.String, "former": pl.String, "in_use_to": pl.Date,
    "likeness_pct": pl.Int64, "is_same_province": pl.Boolean, "tiers": pl.String, "city": pl.String,
}  # fmt: skip
_OPENED = ("opened_receipt", "opened_sheet", "opened_row")
_FIRMS = {"uscc": pl.String, "name": pl.String}
_FORMER = _FIRMS | {"valid_from": pl.Date, "valid_to": pl.Date}


def listed_names(
    lists: Sequence[Checked], day: dt.date, facts: Facts | None, decided: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The different names of accepted lists in their order, with the firm of each as of the list's day.

    ``lists``: checked as `title_lists`, with their frames; ``facts``: None where nothing is loaded; ``decided``:
    decisions on names that loading a list takes into the facts, as `listed_names.waiting` has them. Returns name (as
    first printed), times, matched_by (one of `KINDS`; null: no firm found), uscc, registered (the name in the
    registry), file, sheet, cell.
    """
    rows = pl.concat([_rows(one) for one in lists]).with_columns(event_date=pl.lit(day))
    firms, former, coded = _known(facts, day)
    events = pl.concat([rows, coded], how="diagonal_relaxed")
    known = confirmed_in(facts) if facts else None
    said = [one.select("name", "decision", "uscc") for one in (known, decided) if one is not None]
    found = match_names(events, firms, former, pl.concat(said) if said else None).head(rows.height)
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


def unmatched_names(facts: Facts) -> pl.DataFrame:
    """Every name that counts as a firm of its own because no firm was found for it, in the order of units and names.

    Returns name (as printed), listed (as compared), province (as its list has it), tiers (joined by ','), times (rows
    that opened a title), file, sheet, cell of the first of them.
    """
    rows = (
        facts.table("title_periods")
        .filter("uscc IS NULL")
        .select("firm, name, province, tier, opened_receipt, opened_sheet, opened_row")
        .pl()
        .sort("opened_receipt", "opened_sheet", "opened_row")
    )
    found = rows.group_by("firm", maintain_order=True).agg(
        pl.col("name", "province").first(),
        tiers=pl.col("tier").unique(maintain_order=True).str.join(","),
        times=pl.len(),
        **{column: pl.col(column).first() for column in _OPENED},
    )
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    return (
        located(found, receipts, "name", _OPENED)
        .select("name", "province", "tiers", "times", "file", "sheet", "cell", listed="firm")
        .sort("province", "name", nulls_last=True)
    )


def with_states(names: pl.DataFrame, home: Home) -> pl.DataFrame:
    """Names that no firm was found for, with what a person has decided of each: column ``state``.

    ``names``: with listed. state: open | none (is none of the firms offered) | firm (decided, and waits for the next
    build).
    """
    latest = {one.listed: one.decision for one in decisions(home)}
    states = [latest.get(name, "open") for name in names["listed"]]
    return names.with_columns(
        state=pl.Series(states, dtype=pl.String).replace({"withdrawn": "open"}),
    )


def unmatched_with_suggestions(facts: Facts, home: Home) -> list[dict[str, Any]]:
    """`unmatched_names` with their states; the first `LOOKED_UP` that are open have their `suggestions`."""
    rows = with_states(unmatched_names(facts), home).to_dicts()
    looked_up = [row["name"] for row in rows if row["state"] == "open"][:LOOKED_UP]
    for row in rows:
        offered = suggestions(facts, row["name"], row["province"]) if row["name"] in looked_up else None
        row["suggestions"] = [] if offered is None else offered.to_dicts()
    return rows


def suggestions(facts: Facts, name: str, province: str | None) -> pl.DataFrame:
    """The firms whose present or former names are like a name, with what speaks for each, the likest first.

    At most `OFFERED`; of two as like, the one of the list's ``province`` first. Returns uscc, name, province (the
    firm's, as registered), former (the former name that is like; null where the present one is), in_use_to (until
    when it was borne), likeness_pct, is_same_province, tiers (titles held now or before, joined by ','), city.
    """
    alike = _alike([name], facts, _WEIGHED).group_by("uscc", maintain_order=True).first()
    if alike.is_empty():
        return pl.DataFrame(schema=SUGGESTED)
    codes = ", ".join(f"'{code}'" for code in alike["uscc"])
    firms = facts.table("enterprises").filter(f"uscc IN ({codes})").select("uscc, name, province, city").pl()
    former = facts.table("former_names").filter(f"uscc IN ({codes})").select("uscc, name, valid_to").pl()
    titles = facts.table("title_periods").filter(f"uscc IN ({codes})").select("uscc, tier").distinct().pl()
    held = titles.sort("tier").group_by("uscc").agg(tiers=pl.col("tier").str.join(","))
    return (
        alike.drop("name")
        .join(firms, on="uscc", how="left", maintain_order="left")
        .join(
            former.unique(["uscc", "name"]).select("uscc", alike="name", in_use_to="valid_to"),
            on=["uscc", "alike"],
            how="left",
            maintain_order="left",
        )
        .join(held, on="uscc", how="left", maintain_order="left")
        .with_columns(
            former=pl.when(pl.col("alike") != pl.col("name")).then("alike"),
            is_same_province=(pl.col("province") == province).fill_null(value=False)
            if province
            else pl.lit(value=False),
        )
        .sort("likeness_pct", "is_same_province", descending=True, maintain_order=True)
        .select(pl.col(column).cast(kind) for column, kind in SUGGESTED.items())
        .head(OFFERED)
    )


def names_alike(unmatched: Sequence[str], facts: Facts | None) -> pl.DataFrame:
    """For the first `LOOKED_UP` names, names of the registry that are like each: name, alike, likeness_pct, uscc.

    At most `OFFERED` for a name, the likest first; former names are looked through too.
    """
    return _alike(unmatched, facts, OFFERED)


def _alike(unmatched: Sequence[str], facts: Facts | None, most: int) -> pl.DataFrame:
    schema = {"name": pl.String, "alike": pl.String, "likeness_pct": pl.Int64, "uscc": pl.String}
    asked = list(unmatched[:LOOKED_UP])
    known = _levelled_names(facts) if facts and asked else pl.DataFrame()
    if known.is_empty():
        return pl.DataFrame(schema=schema)
    likeness = process.cdist(
        _levelled(asked), known["normal"].to_list(), scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.uint8
    )
    rows = []
    for name, found in zip(asked, likeness, strict=True):
        for at in sorted(np.flatnonzero(found), key=lambda at: -int(found[at]))[:most]:
            uscc, alike, _ = known.row(int(at))
            rows.append((name, alike, int(found[at]), uscc))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _levelled_names(facts: Facts) -> pl.DataFrame:
    """Every name a firm has or had: uscc, name, normal (as compared); from the search's table where that is made."""
    try:
        made = facts.table(NAMES).select("uscc, coalesce(former, name) AS name, listed AS normal").pl()
        return made.drop_nulls("normal")
    except NoFactsError:
        firms, former, _ = _known(facts, None)
    known = pl.concat([firms.select(*_FIRMS), former.select(*_FIRMS)]).unique(maintain_order=True)
    return known.with_columns(normal=normalised(pl.col("name"))).drop_nulls("normal")


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
