"""The parts of output and benefit: tasks, services, updates, growth of the gradient, quality, supported firms, surveys.

Tasks = Σ weight × min(1, actual ÷ target) ÷ Σ weight over the key firms of the province, exact; a task without a
weight weighs 1, a target of nothing is met by reaching it. Gradient growth = net increase since the end of the year
before ÷ what was then missing to the target of the year; where nothing was, whether the target is kept. Growth of
supported firms = median over them less the median over the province's other little giants, in percentage points:
association, not effect.

The functions of an `Asked` give rows of `metrics.appraisal.measure.COLUMNS`. Source: the document, clause and mark that
stand with the indicator in `data/policy/appraisal/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from fractions import Fraction

import polars as pl

from data.dataset import contract
from metrics.appraisal.asked import GREAT, ROW, Asked
from metrics.appraisal.measure import (
    COLUMNS,
    MISSING,
    NOT_APPLICABLE,
    ONE,
    Measure,
    Reading,
    counted,
    first_of,
    rows_of,
)

_FACT = {"receipt_id": None, "sheet_no": None, "row_no": None}


def task_rows(asked: Asked, kinds: Iterable[str]) -> pl.DataFrame:
    """The tasks of these kinds: `COLUMNS`, and uscc, weight, target, actual as the contract scales them."""
    placed = asked.table("tasks").filter(pl.col("year") == asked.year, pl.col("task_code").is_in(list(kinds)))
    firms = asked.table("key_firms").select("uscc", "province", "name")
    joined = placed.join(firms, on="uscc", how="inner", maintain_order="left")
    scale = contract("tasks").column("weight").scale
    weighed = joined.with_columns(pl.col("weight").fill_null(scale)).sort("province", *ROW)
    rows = rows_of(weighed, "tasks", "actual", pl.lit(0), pl.col("weight"), label=pl.col("name"))
    return rows.hstack(weighed.select("uscc", "weight", "target", "actual"))


def attained(actual: int, target: int) -> Fraction:
    """The share of a task that is done, between 0 and 1."""
    if target <= 0:
        return ONE if actual >= target else Fraction(0)
    return ONE if actual >= target else Fraction(max(actual, 0), target)


def tasks_done(rows: Iterable[tuple[str, int, int, int | None]]) -> dict[str, Reading]:
    """The weighted tasks done of each key, from key, weight, target and actual; what is not known lies in between."""
    # Whole numbers under each denominator first: adding fractions one by one takes as long as all the rest.
    parts: dict[str, dict[int, int]] = {}
    sums: dict[str, list[int]] = {}
    for key, weight, target, actual in rows:
        whole = sums.setdefault(key, [0, 0, 0])
        whole[0] += weight
        if actual is None:
            whole[1] += weight
            whole[2] += 1
        else:
            done, under = attained(actual, target).as_integer_ratio()
            of_key = parts.setdefault(key, {})
            of_key[under] = of_key.get(under, 0) + weight * done
    found = {}
    for key, (whole, open_, unknown) in sums.items():
        low = sum((Fraction(done, under) for under, done in parts.get(key, {}).items()), Fraction(0))
        found[key] = Reading(low, low + open_, Fraction(whole), unknown)
    return found


def tasks(kinds: Iterable[str]) -> Measure:
    """The part that counts the tasks of these kinds."""
    return Measure(
        lambda asked: task_rows(asked, kinds),
        ("tasks",),
        NOT_APPLICABLE,
        read=lambda _, rows: tasks_done(rows.select("province", "weight", "target", "actual").iter_rows()),
    )


def served(asked: Asked) -> pl.DataFrame:
    """Little giants of the provinces with platforms that were served in the year."""
    found = _with_platform(asked, asked.holders(asked.as_of))
    was = pl.col("uscc").is_in(asked.services["served_uscc"].unique().implode())
    return rows_of(found, "title_events", "name", _known(was), pl.lit(1), label=pl.col("name"))


def point_to_point(asked: Asked) -> pl.DataFrame:
    """Key firms of the provinces with platforms that had point-to-point service in the year."""
    found = _with_platform(asked, asked.table("key_firms"))
    close = asked.services.filter("point_to_point")["served_uscc"].unique().implode()
    return rows_of(found, "key_firms", "name", _known(pl.col("uscc").is_in(close)), pl.lit(1), label="name")


def service_lines(asked: Asked) -> pl.DataFrame:
    """Service lines that a province's platforms served in the year, of all there are."""
    lines = len(contract("platform_services").column("service_line").codes)
    there = asked.services.group_by("province").agg(lines=pl.col("service_line").n_unique())
    found = asked.table("platforms").join(there, on="province", how="left", maintain_order="left")
    place = counted(first_of("province"))
    num, den = place * pl.col("lines").fill_null(0), place * pl.lit(lines)
    return rows_of(found, "platforms", "name", num, den, label=pl.col("name"))


def updated(asked: Asked) -> pl.DataFrame:
    """Little giants valid on the deadline that completed the year's update by it; nothing is due before it."""
    deadline = dt.date(asked.year, *asked.update_by)
    if deadline > asked.as_of:
        return pl.DataFrame(schema=COLUMNS)
    done = asked.table("annual_updates").filter(
        pl.col("tier") == GREAT, pl.col("year") == asked.year, pl.col("completed_on") <= deadline
    )
    was = pl.col("uscc").is_in(done["uscc"].unique().implode())
    return rows_of(asked.holders(deadline), "title_events", "name", _known(was), pl.lit(1), label="name")


def _grown(tier: str) -> Measure:
    def rows(asked: Asked) -> pl.DataFrame:
        held = asked.held.filter(pl.col("tier") == tier).select("province", "start", "end")
        aimed = asked.table("provincial_targets").filter(
            pl.col("tier") == tier, pl.col("year") == asked.year, pl.col("target").is_not_null()
        )
        found = aimed.join(held, on="province", how="left", maintain_order="left").with_columns(
            pl.col("start", "end").fill_null(0)
        )
        needed = pl.col("target") - pl.col("start")
        gained = pl.max_horizontal(pl.col("end") - pl.col("start"), 0)
        keeps = counted(pl.col("end") >= pl.col("target"))
        return rows_of(
            found,
            "provincial_targets",
            "target",
            pl.when(needed > 0).then(gained).otherwise(keeps),
            pl.max_horizontal(needed, 1),
            label=pl.lit(tier),
        )

    return Measure(rows, ("provincial_targets", "title_periods"))


def _decided(num: str, den: Iterable[str]) -> Callable[[Asked], pl.DataFrame]:
    def rows(asked: Asked) -> pl.DataFrame:
        found = asked.decided.filter(pl.col("what").is_in(list(den)))
        return rows_of(
            found, "title_events", "event", counted(pl.col("what") == num), pl.lit(1), label=pl.col("name")
        )

    return rows


def cancelled(asked: Asked) -> pl.DataFrame:
    """Titles cancelled for cause in the year ÷ titles of the reviewed tiers at its beginning."""
    gone = _decided("cancelled", ("cancelled",))(asked).with_columns(den=pl.lit(0, dtype=pl.Int128))
    stock = (
        asked.held.filter(pl.col("tier") != "innovative").group_by("province").agg(pl.col("start").sum())
    ).with_columns(**{name: pl.lit(value) for name, value in _FACT.items()})
    held = rows_of(stock.sort("province"), "title_events", "", pl.lit(0), pl.col("start"))
    return pl.concat([held, gone])


def density(asked: Asked) -> pl.DataFrame:
    """Little giants on the day ÷ industrial SMEs above scale, of the latest year up to the one appraised."""
    known = asked.table("province_context").filter(
        pl.col("year") <= asked.year, pl.col("above_scale_smes") > 0
    )
    latest = known.filter(pl.col("year") == pl.col("year").max().over("province"))
    held = asked.held.filter(pl.col("tier") == GREAT).select("province", "end")
    found = latest.join(held, on="province", how="left", maintain_order="left")
    num = pl.col("end").fill_null(0)
    return rows_of(found, "province_context", "above_scale_smes", num, pl.col("above_scale_smes"))


def _growth(kind: str) -> Measure:
    field = "rd_expense" if kind == "rd_intensity" else kind

    def rows(asked: Asked) -> pl.DataFrame:
        now = asked.returns.filter(pl.col("year") == pl.col("year").max())
        both = [
            now.join(firms, on="uscc", how="inner").with_columns(is_supported=pl.lit(said))
            for firms, said in zip(_supported_and_others(asked), (True, False), strict=True)
        ]
        found = pl.concat(both).sort("province", *ROW)
        shown = rows_of(found, "annual_returns", field, pl.lit(0), pl.lit(0), label=pl.col("name"))
        return shown.hstack(found.select("uscc", "is_supported"))

    def read(asked: Asked, rows: pl.DataFrame) -> dict[str, Reading]:
        changes = _changes(asked.returns, kind)
        sides: dict[str, tuple[list[Fraction], list[Fraction]]] = {}
        for province, uscc, is_supported in rows.select("province", "uscc", "is_supported").iter_rows():
            if uscc in changes:
                sides.setdefault(province, ([], []))[0 if is_supported else 1].append(changes[uscc])
        least = asked.scheme.growth_firms_at_least
        return {
            province: Reading(difference := _middle(own) - _middle(other), difference, ONE)
            for province, (own, other) in sides.items()
            if min(len(own), len(other)) >= least
        }

    return Measure(rows, ("annual_returns", "key_firms", "title_periods"), _too_few, read=read)


def _too_few(asked: Asked, province: str) -> tuple[str, str]:
    """A province with too few firms on either side is never compared; otherwise their returns are missing."""
    chosen, others = _supported_and_others(asked)
    sides = [firms.filter(pl.col("province") == province).height for firms in (chosen, others)]
    return NOT_APPLICABLE if min(sides) < asked.scheme.growth_firms_at_least else MISSING, "too_few"


def _supported_and_others(asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = ("uscc", "province", "name")
    chosen = asked.table("key_firms").select(named)
    held = asked.holders(asked.as_of).select(named).filter(pl.col("uscc").is_not_null())
    others = held.join(chosen, on="uscc", how="anti")
    return tuple(firms.unique("uscc", keep="first", maintain_order=True) for firms in (chosen, others))  # type: ignore[return-value]


def survey_scores(asked: Asked) -> pl.DataFrame:
    """Scores of the year's surveys on their scale, weighted by respondents."""
    found = asked.table("satisfaction").filter(pl.col("year") == asked.year)
    people = pl.col("respondents").cast(pl.Int128)
    num, den = people * pl.col("score"), people * pl.col("scale_max")
    return rows_of(found, "satisfaction", "score", num, den, label=pl.col("object"))


def _changes(returns: pl.DataFrame, kind: str) -> dict[str, Fraction]:
    """Each firm's growth of the latest year, or change of its R&D intensity; firms without both years are left out."""
    amounts = ("revenue", "net_profit", "rd_expense")
    is_latest = pl.col("year") == pl.col("year").max()
    now, before = (returns.filter(side).select("uscc", *amounts) for side in (is_latest, ~is_latest))
    both = now.join(before, on="uscc", suffix="_before")
    if kind == "rd_intensity":
        used = both.select(
            "uscc", "rd_expense", "revenue", "rd_expense_before", "revenue_before"
        ).drop_nulls()
        return {
            uscc: Fraction(rd, revenue) - Fraction(rd_before, revenue_before)
            for uscc, rd, revenue, rd_before, revenue_before in used.iter_rows()
            if revenue > 0 and revenue_before > 0
        }
    used = both.select("uscc", kind, f"{kind}_before").drop_nulls()
    return {uscc: Fraction(value - base, base) for uscc, value, base in used.iter_rows() if base > 0}


def _middle(values: list[Fraction]) -> Fraction:
    # Rounding to a float reverses no order, and compares far faster; equal floats are compared exactly.
    ordered = sorted(values, key=lambda value: (float(value), value))
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _with_platform(asked: Asked, firms: pl.DataFrame) -> pl.DataFrame:
    return firms.join(asked.table("platforms").select("province"), on="province", how="semi")


def _known(condition: pl.Expr) -> pl.Expr:
    # A firm that the ledger knows by name alone was in nobody's list by code.
    return counted(condition.fill_null(value=False))


_SERVICE = ("platforms", "platform_services", "title_periods")
PARTS: dict[tuple[str, str], Measure] = {
    ("platform_services", "served"): Measure(served, _SERVICE, NOT_APPLICABLE, platforms_only=True),
    ("platform_services", "point_to_point"): Measure(
        point_to_point, _SERVICE[:2], NOT_APPLICABLE, platforms_only=True
    ),
    ("platform_services", "lines"): Measure(service_lines, _SERVICE[:2], NOT_APPLICABLE, platforms_only=True),
    ("annual_updates", "on_time"): Measure(updated, ("annual_updates", "title_periods"), NOT_APPLICABLE),
    **{("gradient_growth", tier): _grown(tier) for tier in ("innovative", "srdi", GREAT)},
    ("quality", "reviews"): Measure(
        _decided("passed", ("passed", "failed")), ("title_periods",), NOT_APPLICABLE
    ),
    ("quality", "cancelled"): Measure(cancelled, ("title_periods",), NOT_APPLICABLE),
    ("quality", "density"): Measure(density, ("province_context", "title_periods"), MISSING),
    **{("supported_growth", kind): _growth(kind) for kind in ("revenue", "net_profit", "rd_intensity")},
    ("satisfaction", "mean"): Measure(survey_scores, ("satisfaction",)),
}
