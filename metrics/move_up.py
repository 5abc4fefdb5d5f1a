"""Firms that could move up: without the title of a tier, and ready for it by the scores, or one requirement short.

Ready: the standard is met; nearly: exactly one requirement surely fails, and it is no entry condition (those are
facts that no figure changes); open: none surely fails and figures are missing. Left out are firms that hold the
title on the day and firms that a cancellation bars. Whether a firm holds the title below is said beside it: the
prerequisite is a matter of the recommendation, not of the score.

What it would take, in bulk: for each firm the smallest change of one figure that is enough by the evaluator itself
(`metrics.scoring.improve` says the same of one firm, and looks for two and three changes as well).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from data.dataset import contract
from data.rules import RuleInput, Standard
from metrics import title_status
from metrics.scoring.improve import Change, tried_once
from metrics.scoring.outcome import VERDICTS

KINDS = ("ready", "nearly", "open")
BELOW = {upper: lower for lower, upper in title_status.ABOVE.items()}
INDEX = ("uscc", "province", "kind", "has_lower", "score_low")
CHANGES = {
    "uscc": pl.String, "province": pl.String, "field": pl.String, "now": pl.Int64, "needed": pl.Int64,
}  # fmt: skip
FEW = 1_000  # not policy: above it, whole tables are read faster than credit codes are looked for
_CODE = {word: code for code, word in VERDICTS.items()}
_ORIGIN = ("receipt_id", "sheet_no", "row_no")


def candidates(
    scores: Any, periods: Any, rule: Standard, as_of: dt.date, province: str | None = None
) -> nw.LazyFrame[Any]:
    """The firms of all three kinds, in no order; columns `INDEX`.

    ``scores``: the table of the tier as `pipelines.registry_scores` writes it; ``periods``: `metrics.titles.periods`,
    on the same engine. has_lower is null for the lowest tier.
    """
    firms = nw.from_native(scores).lazy()
    if province:
        firms = firms.filter(nw.col("province") == province)
    kind = (
        nw.when(nw.col("verdict") == _CODE["meets"])
        .then(nw.lit("ready"))
        .when(_is_nearly(rule))
        .then(nw.lit("nearly"))
        .when(nw.col("verdict") == _CODE["undetermined"])
        .then(nw.lit("open"))
    )
    found = firms.with_columns(kind=kind).select("uscc", "province", "kind", "score_low")
    found = found.filter(~nw.col("kind").is_null())
    left_out = [
        title_status.held_members(periods, as_of, rule.tier),
        title_status.barred_members(periods, as_of).filter(nw.col("tier") == rule.tier),
    ]
    for members in left_out:
        known = members.filter(~nw.col("uscc").is_null()).select("uscc").unique("uscc")
        found = found.join(known, on="uscc", how="anti")
    return _with_lower(found, periods, rule.tier, as_of).select(*INDEX)


def ranked(found: pl.DataFrame) -> pl.DataFrame:
    """`candidates` in the order of their lists: holders of the title below first, then by points that are certain."""
    return found.sort("has_lower", "score_low", "uscc", descending=[True, True, False], nulls_last=True)


def listed(
    found: pl.DataFrame, kind: str, province: str | None = None, *, with_lower: bool = False
) -> pl.DataFrame:
    """The firms of one kind, of one unit or the whole country, in the order given."""
    firms = found.filter(pl.col("kind") == kind)
    if province:
        firms = firms.filter(pl.col("province") == province)
    return firms.filter("has_lower") if with_lower else firms


def counts(found: pl.DataFrame) -> pl.DataFrame:
    """How many firms: province, kind, firms and with_lower (of them those that hold the title below)."""
    lower = pl.col("has_lower").fill_null(value=False).cast(pl.Int64)
    counted = found.group_by("province", "kind").agg(firms=pl.len().cast(pl.Int64), with_lower=lower.sum())
    return counted.sort("province", "kind", nulls_last=True)


def with_scores(firms: pl.DataFrame, scores: Any, rule: Standard) -> pl.DataFrame:
    """Listed firms, in their order, with name, score_high, missing, holds_<requirement> and the return's origin.

    ``scores``: the table of the tier, on any engine.
    """
    holds = [f"holds_{requirement.id}" for requirement in rule.requirements]
    rows = _of_firms(scores, firms, "uscc", "name", "score_high", "missing", *holds, *_ORIGIN)
    return firms.join(rows, on="uscc", how="left", maintain_order="left")


def smallest_changes(returns: pl.DataFrame, rule: Standard, year: int) -> dict[str, Change]:
    """For each firm the one change of the year's figures that is enough and smallest; firms without one are absent.

    ``returns``: typed rows of the firms, as `metrics.scoring.score.score_firms` takes them.
    """
    tried, items = tried_once(returns, rule, year)
    goal = pl.all_horizontal(f"holds_{item.id}" for item in rule.requirements)
    enough = tried.filter(goal).select("uscc", "__item", "__now", "__needed")
    best = enough.sort(_effort(items), maintain_order=True).unique("uscc", keep="first", maintain_order=True)
    return {uscc: Change(items[item], now, needed) for uscc, item, now, needed in best.iter_rows()}


def nearly(scores: Any, rule: Standard) -> pl.DataFrame:
    """The firms that one requirement keeps from the tier, whatever titles they hold: uscc, province."""
    found = nw.from_native(scores).lazy().filter(_is_nearly(rule)).select("uscc", "province")
    return found.collect("polars").to_native()


def written(firms: pl.DataFrame, found: Mapping[str, Change]) -> pl.DataFrame:
    """What `smallest_changes` found as a table; ``firms``: uscc, province. Columns `CHANGES`."""
    changed = pl.DataFrame(
        [(uscc, one.item.field, one.now, one.needed) for uscc, one in found.items()],
        schema={name: kind for name, kind in CHANGES.items() if name != "province"},
        orient="row",
    )
    return changed.join(firms, on="uscc").select(list(CHANGES))


def changes_of(firms: pl.DataFrame, changes: Any) -> dict[str, Change]:
    """The same of listed firms, out of that table on any engine."""
    rows = _of_firms(changes, firms, "uscc", "field", "now", "needed")
    return {uscc: Change(RuleInput(field=name), now, needed) for uscc, name, now, needed in rows.iter_rows()}


def lacking(row: dict[str, Any], rule: Standard) -> list[str]:
    """The requirements that surely fail, of one listed firm."""
    return [item.id for item in rule.requirements if row[f"holds_{item.id}"] is False]


def _is_nearly(rule: Standard) -> nw.Expr:
    gates = [
        nw.col(f"holds_{item.id}").fill_null(value=True) for item in rule.requirements if item.is_entry_gate
    ]
    passes = nw.all_horizontal(nw.lit(value=True), *gates, ignore_nulls=False)
    return (nw.col("verdict") == _CODE["fails"]) & (nw.col("unmet") == 1) & passes


def _of_firms(table: Any, firms: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The rows of listed firms, and of others where many are listed."""
    wanted = nw.from_native(table).lazy()
    places = firms["province"].drop_nulls().unique().to_list()
    # Such tables are sorted by unit: most of the file need not be read.
    wanted = wanted.filter(nw.col("province").is_in(places)) if places else wanted
    if firms.height <= FEW:
        wanted = wanted.filter(nw.col("uscc").is_in(firms["uscc"].to_list()))
    return wanted.select(*columns).collect("polars").to_native()


def _effort(items: list[RuleInput]) -> pl.Expr:
    """`metrics.scoring.improve.effort` of a single change."""
    columns = [contract("annual_returns").column(item.field) for item in items]
    places = range(len(items))
    amounts = [at for at in places if columns[at].type not in ("bool", "choice")]
    scale = pl.col("__item").replace_strict(
        list(places), [column.scale for column in columns], return_dtype=pl.Int64
    )
    now, needed = pl.col("__now"), pl.col("__needed")
    relative = (needed - now).abs() / pl.max_horizontal(now.abs(), scale)
    return pl.when(pl.col("__item").is_in(amounts) & now.is_not_null()).then(relative).otherwise(1.0)


def _with_lower(found: nw.LazyFrame[Any], periods: Any, tier: str, as_of: dt.date) -> nw.LazyFrame[Any]:
    if tier not in BELOW:
        return found.with_columns(has_lower=nw.lit(None, dtype=nw.Boolean))
    below = title_status.held_members(periods, as_of, BELOW[tier])
    known = below.filter(~nw.col("uscc").is_null()).select("uscc").unique("uscc")
    known = known.with_columns(has_lower=nw.lit(value=True))
    return found.join(known, on="uscc", how="left").with_columns(nw.col("has_lower").fill_null(value=False))
