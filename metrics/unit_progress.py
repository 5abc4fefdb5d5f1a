"""Each reporting unit's titles of one tier beside its target, its returns and its industry.

Attained = firms that hold the title ÷ the unit's target of the year. Coverage = expected firms with a return ÷
expected firms (`metrics.returns_coverage`). Density = holders for each 1,000 industrial SMEs above scale. A city with
independent planning is apart from its province or counted in it; then the parts are summed first, and a sum of which
one part is not known is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics import title_history

SUMS = ("valid", "opened", "ended", "due", "expected", "returned")
PARTLY_KNOWN = ("target", "above_scale_smes")
_PER = 1_000


def year_before(day: dt.date) -> dt.date:
    """The same day a year earlier; 28 February for 29."""
    return _years_later(day, -1)


def year_after(day: dt.date) -> dt.date:
    """The same day a year later; 28 February for 29."""
    return _years_later(day, 1)


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 2, 28)


def title_counts(turns: pl.DataFrame, due: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Titles valid on the day, opened and ended in the year up to it, and due in the year after it.

    ``turns``: `metrics.title_history.turns`; ``due``: `metrics.title_status.due` of that year. Returns tier, province
    (null: unknown), valid, opened, ended, due (firms).
    """
    by = ["tier", "province"]
    counted = title_history.year_of_titles(turns, as_of, year_before(as_of))
    summed = due.group_by(pl.col(by).cast(pl.String)).agg(due=pl.col("firms").sum())
    return counted.join(summed, on=by, how="left", nulls_equal=True).with_columns(pl.col("due").fill_null(0))


def by_unit(
    counts: pl.DataFrame,
    targets: pl.DataFrame,
    coverage: pl.DataFrame,
    context: pl.DataFrame,
    units: pl.DataFrame,
    *,
    with_cities: bool,
) -> pl.DataFrame:
    """One row for each unit, in the order of ``units``; the places outside the programme are left out.

    ``counts``: province and the counts of `title_counts`, one tier; ``targets``: province, target; ``coverage``:
    province, expected, returned; ``context``: province, above_scale_smes. Returns code, the sums of these, and
    attained_pct, coverage_pct and density (Float64; null where a part is not known or the denominator is 0), and
    is_reached.
    """
    own = units.filter("in_programme").select("code", "planned_city_of")
    for table in (counts, targets, coverage, context):
        own = own.join(table, left_on="code", right_on="province", how="left", maintain_order="left")
    place = pl.coalesce("planned_city_of", "code") if with_cities else pl.col("code")
    joined = (
        own.with_columns(code=place)
        .group_by("code", maintain_order=True)
        .agg(
            *(pl.col(name).fill_null(0).sum() for name in SUMS),
            *(
                pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)
                for name in PARTLY_KNOWN
            ),
        )
    )
    return joined.with_columns(
        attained_pct=100 * pl.col("valid") / _positive("target"),
        coverage_pct=100 * pl.col("returned") / _positive("expected"),
        density=_PER * pl.col("valid") / _positive("above_scale_smes"),
        is_reached=pl.col("valid") >= pl.col("target"),
    )


def summary(units: pl.DataFrame) -> Mapping[str, Any]:
    """Over `by_unit`: targets (units with one), reached (of them), median (Float64) and most (firms), largest."""
    ranked = units.sort("valid", "code", descending=[True, False])
    return {
        "targets": int(units["target"].count()),
        "reached": int(units["is_reached"].sum()),
        "median": units["valid"].median(),
        "most": ranked["valid"][0],
        "largest": ranked["code"][0],
    }


def _positive(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 0).then(pl.col(column))
