"""What the programme does in one unit, year by year: tasks, services, supervision, disclosure, updates, assessments."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from data.dataset import contract
from pipelines.demo import programme_truths as truths
from pipelines.demo.firms import LITTLE_GIANT, SRDI, Place
from pipelines.demo.programme_who import SUPPORTED, YEARS, Conduct

# Code, unit, share of firms that take it on, least and greatest target, weight; all invented.
_TASKS = (
    ("rd_growth", "%", 1.0, 8, 20, 3),
    ("industrialisation", "万元", 0.9, 400, 4000, 3),
    ("gap_filling", "项", 0.5, 1, 4, 2),
    ("leader_cooperation", "项", 0.7, 1, 5, 2),
    ("chain_support", "家", 0.8, 2, 12, 2),
    ("digital", "级", 0.7, 2, 4, 2),
    ("cloud", "个", 0.8, 1, 8, 1),
    ("industrial_design", "项", 0.4, 1, 5, 1),
    ("listing", "项", 0.3, 1, 2, 1),
    ("international", "项", 0.3, 1, 4, 1),
)
_WHOLE = tuple(code for code, unit, *_ in _TASKS if unit not in {"%", "万元"})
_SERVICE_LINES = ("technology", "listing_guidance", "results_application", "digital", "ip", "cloud",
                  "industrial_design")  # fmt: skip
_STOPS_BELOW = 0.42  # not policy: share of the tasks done below which the published list of 2024 stops a firm
_SUSPENDS_BELOW = 0.55  # not policy: the same for a suspension
_CENT = 100

Draw = np.random.Generator


def tasks(place: Place, firms: pl.DataFrame, ways: Conduct, rng: Draw) -> pl.DataFrame:
    """What each key firm undertook for each year and what came of it."""
    table = pl.DataFrame(
        _TASKS, schema=["task_code", "unit", "share", "least", "most", "weight"], orient="row"
    )
    years = pl.DataFrame({"year": list(YEARS)}, schema={"year": pl.Int64})
    every = firms.select("round", "support_batch", "uscc").with_columns(
        own=pl.Series(rng.normal(0, 0.07, firms.height))
    )
    every = every.join(table, how="cross", maintain_order="left")
    kept = every.filter(pl.Series(rng.random(every.height)) < pl.col("share"))
    target = kept["least"] + pl.Series(rng.random(kept.height)) * (kept["most"] - kept["least"] + 1)
    kept = kept.with_columns(target=target.floor()).join(years, how="cross", maintain_order="left")
    done = ways.effort + kept["own"].to_numpy() + rng.normal(0, 0.12, kept.height)
    if place.code == truths.RECOVERED and kept.height:
        stopped = firms["uscc"][0]
        done = np.where((kept["uscc"] == stopped).to_numpy(), 0.3, done)
    actual = pl.col("target") * pl.Series(done.clip(0.05, 1.6))  # not policy: synthetic
    whole = pl.col("task_code").is_in(_WHOLE)
    baseline = pl.when(pl.col("task_code") == "digital").then(1.0).otherwise(0.0)
    return kept.select(
        "round",
        "support_batch",
        "year",
        "uscc",
        "task_code",
        "unit",
        baseline=baseline,
        target=pl.col("target"),
        actual=pl.when(whole).then((actual + 0.35).floor()).otherwise(actual.round(1)),
        weight=pl.col("weight").cast(pl.Float64),
    )


def shares_done(done: pl.DataFrame, year: int | None = None) -> pl.DataFrame:
    """Each key firm's mean of done ÷ target, at most one each, weighted; of one year or of all."""
    rows = done if year is None else done.filter(pl.col("year") == year)
    part = (pl.col("actual") / pl.col("target")).clip(0, 1)
    mean = (part * pl.col("weight")).sum() / pl.col("weight").sum()
    return rows.group_by("uscc", maintain_order=True).agg(share=mean)


def assessments(firms: pl.DataFrame, sites: pl.DataFrame, done: pl.DataFrame, rng: Draw) -> pl.DataFrame:
    """The published assessment of round 1 for 2024: which firms go on, which platforms passed."""
    year = YEARS[0]
    mine = firms.filter(pl.col("round") == "round-1").join(
        shares_done(done, year), on="uscc", how="left", maintain_order="left"
    )
    share = pl.col("share").fill_null(0)
    result = pl.when(share < _STOPS_BELOW).then(pl.lit("stop"))
    result = result.when(share < _SUSPENDS_BELOW).then(pl.lit("suspend")).otherwise(pl.lit("continue"))
    of_firms = mine.select(
        pl.lit("key_little_giant").alias("object_kind"), "uscc", score=(share * _CENT).round(1), result=result
    )
    points = np.round(rng.uniform(66, 98, sites.height), 1)
    of_sites = sites.select(
        pl.lit("platform").alias("object_kind"),
        "uscc",
        score=pl.Series(points, dtype=pl.Float64),
        result=pl.lit("passed"),
    )
    reason = pl.when(pl.col("result").is_in(["stop", "suspend"])).then(
        pl.lit("年度任务完成情况未达到要求（合成）")
    )
    return pl.concat([of_firms, of_sites]).select(
        pl.lit("round-1").alias("round"),
        pl.lit(SUPPORTED["round-1"]).alias("support_batch"),
        pl.lit(year).cast(pl.Int64).alias("year"),
        pl.lit(firms["province"][0] if firms.height else None, dtype=pl.String).alias("province"),
        "object_kind",
        "uscc",
        "score",
        "result",
        reason=reason,
    )


def services(
    sites: pl.DataFrame, firms: pl.DataFrame, giants: pl.DataFrame, ways: Conduct, rng: Draw
) -> pl.DataFrame:
    """Which platform served which little giant, when and how; key firms point to point where the unit makes the effort.

    `giants` are the unit's little giants that hold their title, by credit code.
    """
    key = firms.filter(pl.col("round") == "round-1")["uscc"]
    visits = giants.select("uscc", is_key=pl.col("uscc").is_in(key.implode())).join(
        pl.DataFrame({"year": list(YEARS)}), how="cross", maintain_order="left"
    )
    visits = visits.join(pl.DataFrame({"visit": [1, 2]}), how="cross", maintain_order="left")
    n = visits.height
    chance = pl.when(pl.col("is_key")).then(0.35 + 0.5 * ways.effort).otherwise(0.3 * ways.effort)
    visits = visits.with_columns(
        platform_uscc=sites["uscc"][rng.integers(0, sites.height, n)] if sites.height else None,
        served_on=pl.Series(_days(visits["year"].to_numpy(), rng)).cast(pl.Date),
        service_line=pl.Series(_SERVICE_LINES)[rng.integers(0, len(_SERVICE_LINES), n)],
        point_to_point=pl.col("is_key") & pl.Series(rng.random(n) < 0.97),  # not policy: synthetic
        is_done=pl.Series(rng.random(n)) < chance,
    )
    found = visits.filter("is_done", pl.lit(sites.height > 0)).select(
        pl.col("platform_uscc").cast(pl.String),
        pl.col("uscc").alias("served_uscc"),
        "served_on",
        "service_line",
        "point_to_point",
    )
    return found.unique(found.columns[:4], maintain_order=True)


def _days(year: np.ndarray, rng: Draw) -> np.ndarray:
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return first + rng.integers(20, 360, len(year)).astype("timedelta64[D]")


def satisfaction(place: Place, sites: pl.DataFrame, ways: Conduct, rng: Draw) -> pl.DataFrame:
    """Two surveys a year: of the platforms' services and of the province's; some units use a five-point scale."""
    objects = ["platform", "province_service"] if sites.height else ["province_service"]
    full = 5.0 if place.number % 4 == 0 else 100.0
    rows = [
        (place.code, year, name, int(rng.integers(30, 240)),
         round(full * float(np.clip(0.58 + 0.31 * ways.effort + rng.normal(0, 0.02), 0, 0.99)), 1), full)
        for year in YEARS for name in objects
    ]  # fmt: skip
    schema = {"province": pl.String, "year": pl.Int64, "object": pl.String, "respondents": pl.Int64,
              "score": pl.Float64, "scale_max": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def supervision(place: Place, ways: Conduct, rng: Draw) -> pl.DataFrame:
    """Follow-ups, site inspections and surveys of each year; a unit of little effort leaves some out."""
    names = {"follow_up": "重点“小巨人”企业", "inspection": "公共服务示范平台", "survey": "受服务企业"}
    rows = [
        (place.code, dt.date(year, month, int(rng.integers(1, 28))), kind, names[kind], "已完成（合成）")
        for year in YEARS
        for month, kind in ((4, "follow_up"), (7, "inspection"), (9, "follow_up"), (11, "survey"))
        if rng.random() < 0.25 + 0.72 * ways.effort  # not policy: synthetic
    ]
    schema = {"province": pl.String, "done_on": pl.Date, "kind": pl.String, "object": pl.String,
              "result": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def disclosures(place: Place, ways: Conduct, rng: Draw) -> pl.DataFrame:
    """What the unit published in each year: progress, use of funds, lists."""
    rows = [
        (place.code, year, kind, dt.date(year, month, int(rng.integers(1, 28))))
        for year in YEARS
        for kind, month in (("lists", 5), ("progress", 8), ("fund_use", 12))
        if rng.random() < 0.3 + 0.7 * ways.effort  # not policy: synthetic
    ]
    schema = {"province": pl.String, "year": pl.Int64, "kind": pl.String, "published_on": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(url=pl.lit(None, dtype=pl.String))


def annual_updates(firms: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The annual updates that the title events tell of, and a blank for each little giant that missed one."""
    kinds = contract("title_events").column("event").codes
    tiers = contract("title_events").column("tier").codes
    updated = events.filter(pl.col("event") == kinds.index("updated")).select(
        "uscc",
        tier=pl.col("tier").cast(pl.UInt8).cat.to(pl.Enum(tiers)).cast(pl.String),
        year=pl.col("event_date").dt.year().cast(pl.Int64),
        completed_on="event_date",
    )
    updated = updated.filter(pl.col("year").is_in(YEARS))
    giants = firms.filter(pl.col("tier") == LITTLE_GIANT).select("uscc", tier=pl.lit(tiers[LITTLE_GIANT - 1]))
    owed = giants.join(pl.DataFrame({"year": list(YEARS)}, schema={"year": pl.Int64}), how="cross",
                       maintain_order="left")  # fmt: skip
    held = events.filter(
        pl.col("tier") == LITTLE_GIANT - 1, pl.col("event") == kinds.index("recognised")
    ).select("uscc", since=pl.col("event_date").dt.year())
    missed = (
        owed.join(updated, on=["uscc", "tier", "year"], how="anti", maintain_order="left")
        .join(held, on="uscc", how="inner", maintain_order="left")
        .filter(pl.col("since") < pl.col("year"))
        .select("uscc", "tier", "year", completed_on=pl.lit(None, dtype=pl.Date))
    )
    return pl.concat([updated, missed]).filter(
        pl.col("tier").is_in([tiers[SRDI - 1], tiers[LITTLE_GIANT - 1]])
    )
