"""How well each province's reward funds move and what they bring: one row a province, on a day.

Execution = paid ÷ received; utilisation = used ÷ paid; direct share = to key little giants ÷ received (planned) or ÷
paid; leverage = local and the firms' own money ÷ central money received; outputs = tasks whose actual reached its
target, for each million yuan paid. Days to the plan run from the receipt to the day it was reported, days to payment
from the first receipt of the tranche to the payment; what has not happened yet has no days. Percentages are for
reading; verdicts come from `metrics.fund_flags`, in whole fen.
"""

from __future__ import annotations

import polars as pl

from metrics.fund_flow import AMOUNTS, flow
from metrics.fund_frames import TRANCHE, Day, sum_fen

FEN_PER_MILLION = 10**8
RATIOS = (
    "execution_pct", "utilisation_pct", "direct_planned_pct", "direct_paid_pct", "leverage", "done_per_million",
)  # fmt: skip
DAYS = (
    "days_to_plan_median",
    "days_to_plan_max",
    "days_to_payment_median",
    "days_to_payment_max",
    "idle_days",
)


def by_province(day: Day, tranches: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row for each province with any money or plan, in order of its code.

    ``tranches``: `metrics.fund_flow.flow` of the day, or some of its rows (of a round, of a batch): then receipts and
    payments of those alone count. Returns province; the amounts of `fund_flow.AMOUNTS` (whole fen, sums of its
    tranches); execution_pct, utilisation_pct, direct_planned_pct, direct_paid_pct (Float64; null where the denominator
    is not above 0); days_to_plan_median and _max, days_to_payment_median and _max (null: none yet); idle_days (of the
    oldest idle money); local (local and own money, fen), leverage (local ÷ received); tasks (with a target), tasks_done
    and done_per_million (tasks done for each million yuan paid).
    """
    found = flow(day) if tranches is None else tranches
    joined = found.group_by("province").agg(*(sum_fen(name) for name in AMOUNTS), pl.col("idle_days").max())
    for part in (_days_to_plan(day, found), _days_to_payment(day, found), _local(day), _done(day, found)):
        joined = joined.join(part, on="province", how="left")
    joined = joined.with_columns(pl.col("local", "tasks", "tasks_done").fill_null(0))
    return (
        joined.with_columns(
            execution_pct=_share("paid", "received"),
            utilisation_pct=_share("used", "paid"),
            direct_planned_pct=_share("planned_direct", "received"),
            direct_paid_pct=_share("paid_direct", "paid"),
            leverage=pl.col("local") / _positive("received"),
            done_per_million=pl.col("tasks_done") * FEN_PER_MILLION / _positive("paid"),
        )
        .sort("province")
        .select(
            "province", *AMOUNTS, *RATIOS[:4], *DAYS, "local", "leverage", "tasks", "tasks_done", RATIOS[-1]
        )
    )


def country(provinces: pl.DataFrame) -> dict[str, int]:
    """The sums of `by_province`: the amounts, local, tasks and tasks_done."""
    summed = provinces.select(sum_fen(name) for name in (*AMOUNTS, "local", "tasks", "tasks_done"))
    return summed.row(0, named=True)


def task_rows(day: Day, tranches: pl.DataFrame) -> pl.DataFrame:
    """The tasks with a target of the tranches' batches: province, uscc, name, year, task_code, is_done, and row.

    A task is its firm's on the list of key little giants, in that province; one of a firm that is not on the list of
    its round and batch counts nowhere. Without an actual value a task is not done.
    """
    batch = ["round", "support_batch"]
    firms = day.key_firms.select("province", *batch, "uscc", "name").unique(["province", *batch, "uscc"])
    own = day.tasks.join(firms, on=[*batch, "uscc"]).join(
        tranches.select("province", *batch).unique(), on=["province", *batch], how="semi"
    )
    is_done = (pl.col("actual") >= pl.col("target")).fill_null(value=False)
    return own.with_columns(is_done=is_done).sort("province", "uscc", "year", "task_code")


def _days_to_plan(day: Day, tranches: pl.DataFrame) -> pl.DataFrame:
    receipts = day.receipts.join(tranches.select(TRANCHE), on=TRANCHE, how="semi")
    return _days(receipts, pl.col("plan_reported_on") - pl.col("received_on"), "days_to_plan")


def _days_to_payment(day: Day, tranches: pl.DataFrame) -> pl.DataFrame:
    payments = day.payments.join(tranches.select(*TRANCHE, "first_received_on"), on=TRANCHE)
    return _days(payments, pl.col("paid_on") - pl.col("first_received_on"), "days_to_payment")


def _days(rows: pl.DataFrame, span: pl.Expr, name: str) -> pl.DataFrame:
    counted = rows.with_columns(days=span.dt.total_days()).drop_nulls("days").group_by("province")
    return counted.agg(
        pl.col("days").median().alias(f"{name}_median"), pl.col("days").max().alias(f"{name}_max")
    )


def _local(day: Day) -> pl.DataFrame:
    return day.local_funds.group_by("province").agg(local=sum_fen("amount"))


def _done(day: Day, tranches: pl.DataFrame) -> pl.DataFrame:
    counted = task_rows(day, tranches).group_by("province")
    return counted.agg(tasks=pl.len().cast(pl.Int64), tasks_done=pl.col("is_done").sum().cast(pl.Int64))


def _share(part: str, whole: str) -> pl.Expr:
    return 100 * pl.col(part) / _positive(whole)


def _positive(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 0).then(pl.col(column))
