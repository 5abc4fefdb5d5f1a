"""What the support programme has in hand and has done: by reporting unit, by kind of task, by line of service.

A key little giant had point-to-point service when a platform of its own round and support batch gave it one; those of
a batch without platforms are not asked. Selected
by standard = key little giants whose recorded selection score reaches the recorded cut ÷ all of them. Full marks of a
survey = its score ÷ its scale, weighted by respondents. Degree of a kind of task = mean of min(1, actual ÷ target),
tasks without an actual counting as nothing done. What is not recorded is null, never 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from metrics.fund_frames import sum_fen

BATCH = ("round", "support_batch")
LEVELS = ("national", "provincial")
VISITS = ("follow_up", "inspection", "survey")
SURVEYED = ("platform", "province_service")
DISCLOSED = ("lists", "fund_use", "progress", "assessment", "transfers")
MONEY = ("local", "own")
_RECORD = "record"
_PER_CENT = 100


def by_unit(found: Mapping[str, pl.DataFrame], as_of: dt.date) -> pl.DataFrame:
    """One row for each province that takes part, in order of its code.

    ``found``: key_firms, platforms, platform_services, plans, fund_receipts, local_funds, supervision, satisfaction
    and disclosures, as their datasets have them, cut to round, batch and province by the caller; what happened after
    ``as_of`` is left out here. Supervision, surveys and disclosures are those of that year, money is cumulative.

    Returns province; firms, selected (with a score at the cut), platforms, national, provincial; services,
    firms_served, asked (key firms of batches with platforms), point_to_point (of them),
    point_to_point_pct; received, local, own (fen); submitted_on, sme_on,
    finance_on, replied_on of the record version; follow_up, inspection, survey (times); platform_pct,
    province_service_pct; the latest day of each kind of disclosure.
    """
    firms, platforms = found["key_firms"], found["platforms"]
    given = services(found, as_of)
    parts = [
        _firms(firms),
        _platforms(platforms),
        given.group_by("province").agg(services=pl.len(), firms_served=pl.col("served_uscc").n_unique()),
        to_be_served(firms, platforms).group_by("province").agg(asked=pl.len()),
        close_firms(firms, given).group_by("province").agg(point_to_point=pl.len()),
        _received(found["fund_receipts"], as_of),
        _local(found["local_funds"], as_of),
        _plans(found["plans"], as_of),
        _visits(found["supervision"], as_of),
        _surveys(found["satisfaction"], as_of),
        _disclosed(found["disclosures"], as_of),
    ]
    there = [rows.select("province") for rows in (firms, platforms, found["fund_receipts"], found["plans"])]
    joined = pl.concat(there).unique().sort("province")
    for part in parts:
        joined = joined.join(part, on="province", how="left", maintain_order="left")
    counts = (
        "firms",
        "selected",
        "platforms",
        *LEVELS,
        "services",
        "firms_served",
        "point_to_point",
        *VISITS,
    )
    return joined.with_columns(pl.col(counts).cast(pl.Int64).fill_null(0)).with_columns(
        point_to_point_pct=_share("point_to_point", "asked"), selected_pct=_share("selected", "firms")
    )


def services(found: Mapping[str, pl.DataFrame], as_of: dt.date) -> pl.DataFrame:
    """The services up to the day, each with round, support batch and province of the platform that gave it.

    A platform of two batches gives its service in both.
    """
    owners = found["platforms"].select(*BATCH, "province", platform_uscc="uscc").unique()
    given = found["platform_services"].filter(pl.col("served_on") <= as_of)
    return given.join(owners, on="platform_uscc", how="inner", maintain_order="left")


def to_be_served(firms: pl.DataFrame, platforms: pl.DataFrame) -> pl.DataFrame:
    """The key little giants of the rounds and batches that have platforms anywhere."""
    return firms.join(platforms.select(BATCH).unique(), on=BATCH, how="semi", maintain_order="left")


def close_firms(firms: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """The key little giants that had point-to-point service from a platform of their round and batch."""
    close = given.filter("point_to_point").select(*BATCH, uscc="served_uscc").unique()
    return firms.join(close, on=[*BATCH, "uscc"], how="semi", maintain_order="left")


def by_line(given: pl.DataFrame, lines: Sequence[str]) -> pl.DataFrame:
    """Services by line, in the order of ``lines``: line, services, firms, platforms, point_to_point (services)."""
    counted = given.group_by(line="service_line").agg(
        services=pl.len(),
        firms=pl.col("served_uscc").n_unique(),
        platforms=pl.col("platform_uscc").n_unique(),
        point_to_point=pl.col("point_to_point").fill_null(value=False).sum(),
    )
    every = pl.DataFrame({"line": list(lines)}, schema={"line": pl.String})
    joined = every.join(counted, on="line", how="left", maintain_order="left")
    return joined.with_columns(pl.exclude("line").cast(pl.Int64).fill_null(0))


def by_task(tasks: pl.DataFrame, kinds: Sequence[str]) -> pl.DataFrame:
    """Tasks by kind, in the order of ``kinds``: kind, firms, tasks, done, done_pct, degree_pct (null: no task).

    ``tasks``: uscc, task_code, target, actual of the tasks that count.
    """
    target, actual = pl.col("target").cast(pl.Float64), pl.col("actual").cast(pl.Float64)
    met = (pl.col("actual") >= pl.col("target")).fill_null(value=False)
    degree = pl.when(met).then(1.0).when(target > 0).then((actual / target).clip(0, 1)).otherwise(0.0)
    counted = tasks.group_by(kind="task_code").agg(
        firms=pl.col("uscc").n_unique(),
        tasks=pl.len(),
        done=met.sum(),
        degree_pct=_PER_CENT * degree.fill_null(0.0).mean(),
    )
    every = pl.DataFrame({"kind": list(kinds)}, schema={"kind": pl.String})
    joined = every.join(counted, on="kind", how="left", maintain_order="left")
    return joined.with_columns(pl.col("firms", "tasks", "done").cast(pl.Int64).fill_null(0)).select(
        "kind", "firms", "tasks", "done", done_pct=_share("done", "tasks"), degree_pct="degree_pct"
    )


def by_industry(firms: pl.DataFrame, sections: Mapping[str, str]) -> pl.DataFrame:
    """Firms by section of the industry code, most first: section (null: no code, or none that is known), firms, pct.

    ``firms``: uscc, industry_code; ``sections``: industry code → its section.
    """
    placed = firms.unique("uscc", keep="first", maintain_order=True).select(
        section=pl.col("industry_code").replace_strict(sections, default=None, return_dtype=pl.String)
    )
    counted = placed.group_by("section").agg(firms=pl.len().cast(pl.Int64))
    return counted.sort("firms", "section", descending=[True, False], nulls_last=True).with_columns(
        pct=_PER_CENT * pl.col("firms") / pl.col("firms").sum()
    )


def _firms(firms: pl.DataFrame) -> pl.DataFrame:
    at_cut = (pl.col("selection_score") >= pl.col("cut")).fill_null(value=False)
    return firms.group_by("province").agg(
        firms=pl.col("uscc").n_unique(), selected=pl.col("uscc").filter(at_cut).n_unique()
    )


def _platforms(platforms: pl.DataFrame) -> pl.DataFrame:
    levels = {level: (pl.col("level") == level).sum() for level in LEVELS}
    return platforms.group_by("province").agg(platforms=pl.len(), **levels)


def _received(receipts: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    rows = receipts.filter(pl.col("received_on") <= as_of)
    return rows.group_by("province").agg(received=sum_fen("amount"))


def _local(local: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    rows = local.filter(pl.col("year") <= as_of.year)
    shares = [sum_fen(pl.col("amount").filter(pl.col("source") == source)).alias(source) for source in MONEY]
    return rows.group_by("province").agg(shares)


def _plans(plans: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    days = {
        "submitted_on": "submitted_on", "sme_on": "sme_signed_on", "finance_on": "finance_signed_on",
        "replied_on": "replied_on",
    }  # fmt: skip
    rows = plans.filter(pl.col("version") == _RECORD)
    known = {name: pl.col(field).filter(pl.col(field) <= as_of).max() for name, field in days.items()}
    return rows.group_by("province").agg(**known)


def _visits(visits: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    of_year = visits.filter(pl.col("done_on") <= as_of, pl.col("done_on").dt.year() == as_of.year)
    return of_year.group_by("province").agg(
        (pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in VISITS
    )


def _surveys(surveys: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    rows = surveys.filter(pl.col("year") == as_of.year)
    people = pl.col("respondents").cast(pl.Float64)
    shares = []
    for asked in SURVEYED:
        own = pl.col("object") == asked
        full = (people * pl.col("scale_max")).filter(own).sum()
        got = (people * pl.col("score")).filter(own).sum()
        shares.append(pl.when(full > 0).then(_PER_CENT * got / full).alias(f"{asked}_pct"))
    return rows.group_by("province").agg(shares)


def _disclosed(disclosures: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    rows = disclosures.filter(pl.col("published_on") <= as_of, pl.col("year") == as_of.year)
    return rows.group_by("province").agg(
        pl.col("published_on").filter(pl.col("kind") == kind).max().alias(kind) for kind in DISCLOSED
    )


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(_PER_CENT * pl.col(part) / pl.col(whole))
