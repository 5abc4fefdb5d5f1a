"""Exact where one cell is missing: every value that the cell could hold is tried.

Kleene logic treats a missing cell as unknown in each place where it stands. Where it stands in several places, or
is bounded by other cells, that is sound but can be too cautious: with revenue missing, no single revenue may both
pass the revenue gate and leave the score at 60. So for a firm with one missing cell that matters, the firm is
evaluated at the cell's turning points (`metrics.scoring.breakpoints`), and only then called undetermined.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from data.dataset import contract
from data.rule_inputs import inputs_of
from data.rules import RuleInput, Standard
from metrics.scoring.breakpoints import breakpoints
from metrics.scoring.cells import absent, cell, label
from metrics.scoring.evaluate import Evaluator
from metrics.scoring.matter import mattering
from metrics.scoring.outcome import UNDETERMINED, evaluate

ROW = "__row"


def refine(scored: pl.DataFrame, rule: Standard, year: int) -> pl.DataFrame:
    """Add `missing` (cells that matter, as `field@year`) to scored firms and sharpen verdict and score bounds.

    `scored`: laid-out firms with the outcome columns of `metrics.scoring.outcome`, one row a firm.
    """
    scored = scored.with_row_index(ROW)
    items = [item for item in inputs_of(rule) if contract("annual_returns").column(item.field).type != "list"]
    open_firms = scored.filter(pl.col("verdict") == UNDETERMINED)
    matters = _matrix(
        open_firms, {item: expr for item, expr in mattering(rule, Evaluator(year)).items() if item in items}
    )
    alone = _alone(open_firms, matters, items)
    uncertain = scored.filter(
        (pl.col("score_low") < pl.col("score_high")) & ~pl.col(ROW).is_in(alone[ROW].implode())
    )
    in_score = [item for item in _score_cells(rule) if item in items]
    bounded = _alone(uncertain, _matrix(uncertain, {item: absent(item) for item in in_score}), items)
    bounded = bounded.filter(pl.col("item").is_in(_entangled(rule, items)))
    tried = _try_values(scored, pl.concat([alone, bounded]), rule, year, items)
    if not tried.is_empty():
        scored = scored.update(tried, on=ROW)
    return scored.join(_missing_words(matters, scored, year), on=ROW, how="left", maintain_order="left").drop(
        ROW
    )


def _matrix(firms: pl.DataFrame, expressions: dict[RuleInput, nw.Expr]) -> pl.DataFrame:
    """One Boolean column a cell, named as the cell, with the row index."""
    named = {
        f"?{item.field}@{item.years_before}": expr.fill_null(value=False)
        for item, expr in expressions.items()
    }
    return nw.from_native(firms).select(ROW, **named).to_native()


def _alone(firms: pl.DataFrame, matrix: pl.DataFrame, items: list[RuleInput]) -> pl.DataFrame:
    """Firms in which exactly one marked cell is missing: row index and index of the cell."""
    nothing = pl.DataFrame(schema={ROW: pl.UInt32, "item": pl.Int16})
    names = [name for name in matrix.columns if name != ROW]
    if firms.is_empty() or not names:
        return nothing
    places = {f"?{item.field}@{item.years_before}": index for index, item in enumerate(items)}
    empties = (
        nw.from_native(firms).select(**{name: absent(items[places[name]]) for name in names}).to_native()
    )
    marked = matrix.select(ROW, *(pl.col(name) & empties[name] for name in names))
    index = pl.sum_horizontal(*(pl.col(name).cast(pl.Int16) * places[name] for name in names))
    count = pl.sum_horizontal(*(pl.col(name).cast(pl.Int16) for name in names))
    return marked.filter(count == 1).select(ROW, index.cast(pl.Int16).alias("item"))


def _try_values(
    scored: pl.DataFrame, chosen: pl.DataFrame, rule: Standard, year: int, items: list[RuleInput]
) -> pl.DataFrame:
    """Evaluate the chosen firms at every turning point of their missing cell; one summary row a firm."""
    inputs = [
        name
        for name in scored.columns
        if not name.startswith(("exact_", "low_", "high_", "score_", "holds_", "reason_", "through_"))
        and name not in ("verdict", "orientation")
    ]
    frames = []
    for (index,), rows in chosen.group_by("item"):
        item = items[int(index)]  # type: ignore[call-overload]
        if item.field == "industry_code":
            continue
        name = cell(item.field, item.years_before)
        firms = scored.select(inputs).join(rows.select(ROW), on=ROW)
        points: dict[str, Any] = {
            f"__{number}": point for number, point in enumerate(breakpoints(rule, item, year))
        }
        values = nw.from_native(firms).with_columns(**points).select(ROW, *points).to_native()
        listed = values.select(
            ROW, pl.concat_list(pl.exclude(ROW)).list.drop_nulls().list.unique().alias("__value")
        ).explode("__value")
        frames.append(
            firms.join(listed, on=ROW)
            .with_columns(pl.col("__value").cast(firms.schema[name]).alias(name))
            .drop("__value")
        )
    if not frames:
        return pl.DataFrame(schema={ROW: pl.UInt32})
    candidates = evaluate(nw.from_native(pl.concat(frames).lazy()), rule, year).to_native().collect()
    agreed = [
        pl.when(pl.col(name).all(ignore_nulls=False))
        .then(_literal(value=True))
        .when(~pl.col(name).any(ignore_nulls=False))
        .then(_literal(value=False))
        .alias(name)
        for name in candidates.columns
        if name.startswith(("holds_", "through_"))
    ]
    one = pl.col("verdict").n_unique() == 1
    return candidates.group_by(ROW).agg(
        pl.when(one)
        .then(pl.col("verdict").first())
        .otherwise(pl.lit(UNDETERMINED, dtype=pl.Int8))
        .alias("verdict"),
        pl.col("score_low").min(),
        pl.col("score_high").max(),
        *agreed,
    )


def _literal(*, value: bool) -> pl.Expr:
    return pl.lit(value, dtype=pl.Boolean)


def _score_cells(rule: Standard) -> list[RuleInput]:
    return list(dict.fromkeys(item for criterion in rule.criteria for item in inputs_of(criterion)))


def _entangled(rule: Standard, items: list[RuleInput]) -> list[int]:
    """Cells whose part in the score is not simply the sum of full ranges: bounded by others, or in two criteria."""
    returns = contract("annual_returns")
    bounding = {column.at_most for column in returns.columns}
    times = [item for criterion in rule.criteria for item in inputs_of(criterion)]
    return [
        index
        for index, item in enumerate(items)
        if returns.column(item.field).at_most or item.field in bounding or times.count(item) > 1
    ]


def _missing_words(matters: pl.DataFrame, scored: pl.DataFrame, year: int) -> pl.DataFrame:
    """The cells that matter to firms still undetermined, as a list of `field@year`."""
    words = []
    for name in matters.columns:
        if name != ROW:
            field, _, before = name.removeprefix("?").partition("@")
            word = label(RuleInput(field=field, years_before=int(before)), year)
            words.append(pl.when(name).then(pl.lit(word)))
    still = matters.join(scored.filter(pl.col("verdict") == UNDETERMINED).select(ROW), on=ROW, how="semi")
    listed = pl.concat_list(words).list.drop_nulls() if words else pl.lit([], dtype=pl.List(pl.String))
    return still.select(ROW, listed.alias("missing"))
