"""The parts of decision and process: plan, selection, distribution, execution, shares, reports, platforms, supervision.

Amounts are those of the round and support batch up to the day (a plan's rows count once its tranche was received, see
`metrics.fund_frames`); events are those of the year. The readings: a plan is read in its highest version (record over
revised over declared); a firm without a selection score or a cut is not above it; a plan of fewer than two firms with
money is not judged; a quota whose time still runs is not judged, one that is not reported and whose time has passed is
late; a platform's use that names no beneficiary is taken as service to a little giant.

Each function gives rows of `metrics.appraisal.measure.COLUMNS`. Source: the document, clause and mark that stand with
the indicator in `data/policy/appraisal/`.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from metrics.appraisal.asked import Asked
from metrics.appraisal.measure import (
    NOT_APPLICABLE,
    NOTHING,
    Measure,
    counted,
    first_of,
    rows_of,
)
from metrics.fund_frames import FIRM, PLATFORM

_RANKS = {"declared": 0, "revised": 1, "record": 2}
_TRANCHE = ["province", "tranche"]


def plan_fields(asked: Asked) -> pl.DataFrame:
    """The fields of each province's plan; a field not known to be filled or empty is unknown."""
    return rows_of(
        _plan(asked), "plans", "present", counted(pl.col("present")), pl.lit(1), label="field_code"
    )


def plan_reply(asked: Asked) -> pl.DataFrame:
    """Whether the record version has a reply by the day."""
    is_replied = (pl.col("version") == "record") & (pl.col("replied_on") <= asked.as_of).fill_null(
        value=False
    )
    found = _plan(asked).with_columns(
        replied=counted(is_replied.any().over("province")), place=counted(first_of("province"))
    )
    num, den = pl.col("replied") * pl.col("place"), pl.col("place")
    return rows_of(found, "plans", "replied_on", num, den, label="field_code")


def above_cut(asked: Asked) -> pl.DataFrame:
    """Key firms whose recorded score reaches the cut."""
    reaches = (pl.col("selection_score") >= pl.col("cut")).fill_null(value=False)
    return rows_of(
        asked.table("key_firms"), "key_firms", "selection_score", counted(reaches), pl.lit(1), label="name"
    )


def dispersed(asked: Asked) -> pl.DataFrame:
    """Plans of at least two firms with money whose amounts differ; one per tranche, on its first row."""
    plans = asked.fund("plans").filter(pl.col("recipient_kind") == FIRM, pl.col("planned") > 0)
    judged = first_of(_TRANCHE) & (pl.len().over(_TRANCHE) > 1)
    differs = pl.col("planned").n_unique().over(_TRANCHE) > 1
    num, den = counted(judged & differs), counted(judged)
    return rows_of(plans, "distribution_plans", "planned", num, den, label="recipient_name")


def paid_of_received(asked: Asked) -> pl.DataFrame:
    """Paid ÷ received."""
    return pl.concat([_receipts(asked), _payments(asked, pl.col("paid"), pl.lit(0))])


def planned_to_firms(asked: Asked) -> pl.DataFrame:
    """Planned to key little giants ÷ received, in the tranches that have a plan."""
    plans = asked.fund("plans")
    to_firms = pl.when(pl.col("recipient_kind") == FIRM).then("planned").otherwise(0)
    planned = rows_of(
        plans, "distribution_plans", "planned", to_firms, pl.lit(0), label=pl.col("recipient_name")
    )
    return pl.concat([_receipts(asked, plans.select(_TRANCHE).unique()), planned])


def paid_to_firms(asked: Asked) -> pl.DataFrame:
    """Paid to key little giants ÷ paid."""
    to_firms = pl.when(pl.col("recipient_kind") == FIRM).then("paid").otherwise(0)
    return _payments(asked, to_firms, pl.col("paid"))


def reported_in_time(asked: Asked) -> pl.DataFrame:
    """Quotas of the year whose plan was reported in time; receipt is day 0."""
    return _quotas(asked, "plan_reported_on", pl.col("plan_reported_on") <= pl.col("limit"))


def copied(asked: Asked) -> pl.DataFrame:
    """The same quotas: of which the bureau has a copy."""
    return _quotas(asked, "bureau_copied_on", pl.col("bureau_copied_on").is_not_null())


def within_cap(asked: Asked) -> pl.DataFrame:
    """Whether a province has no more platforms than allowed; on the first of them."""
    most = asked.round.platforms_at_most
    platforms = asked.table("platforms")
    fits = pl.lit(value=True) if most is None else pl.col("uscc").n_unique().over("province") <= most
    place = first_of("province")
    return rows_of(
        platforms, "platforms", "uscc", counted(place & fits), counted(place), label=pl.col("name")
    )


def eligible_use(asked: Asked) -> pl.DataFrame:
    """Used by platforms for service, to firms that were little giants on the day ÷ used by platforms."""
    uses = asked.fund("uses").filter(pl.col("recipient_kind") == PLATFORM)
    num = pl.when(eligible(asked, uses)).then("amount").otherwise(0)
    return rows_of(uses, "fund_use", "amount", num, pl.col("amount"), label="recipient_name")


def eligible(asked: Asked, uses: pl.DataFrame) -> pl.Series:
    """For each use of a platform's money, whether it may be used so."""
    if uses.is_empty():
        return pl.Series(dtype=pl.Boolean)
    served = (
        uses.select("beneficiary_uscc", "used_on")
        .with_row_index("at")
        .join(asked.giants, left_on="beneficiary_uscc", right_on="uscc", how="left")
        .group_by("at", maintain_order=True)
        .agg(
            is_giant=(
                (pl.col("valid_from") <= pl.col("used_on"))
                & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("used_on")))
            ).any(),
            is_named=pl.col("beneficiary_uscc").first().is_not_null(),
        )
    )
    is_service = uses["use_category"].is_in(list(asked.platform_money))
    if asked.giants.is_empty():
        return is_service
    return is_service & (served["is_giant"].fill_null(value=False) | ~served["is_named"])


def _supervised(kind: str) -> Measure:
    def rows(asked: Asked) -> pl.DataFrame:
        done = asked.table("supervision").filter(
            pl.col("kind") == kind,
            pl.col("done_on").dt.year() == asked.year,
            pl.col("done_on") <= asked.as_of,
        )
        place = counted(first_of("province"))
        return rows_of(done, "supervision", "done_on", place, place, label=pl.col("object"))

    return Measure(rows, ("supervision",), NOTHING)


def _disclosed(kind: str) -> Measure:
    def rows(asked: Asked) -> pl.DataFrame:
        found = asked.table("disclosures").filter(pl.col("kind") == kind, pl.col("year") == asked.year)
        place = counted(first_of("province"))
        return rows_of(found, "disclosures", "published_on", place, place, label=pl.col("kind"))

    return Measure(rows, ("disclosures",), NOTHING)


def _plan(asked: Asked) -> pl.DataFrame:
    plans = asked.table("plans").with_columns(
        rank=pl.col("version").replace_strict(_RANKS, default=None, return_dtype=pl.Int8)
    )
    return plans.filter(pl.col("rank") == pl.col("rank").max().over("province"))


def _receipts(asked: Asked, only: pl.DataFrame | None = None) -> pl.DataFrame:
    receipts = asked.fund("receipts")
    if only is not None:
        receipts = receipts.join(only, on=_TRANCHE, how="semi")
    return rows_of(
        receipts, "fund_receipts", "amount", pl.lit(0), pl.col("amount"), label=pl.col("document_no")
    )


def _payments(asked: Asked, num: pl.Expr, den: pl.Expr) -> pl.DataFrame:
    return rows_of(asked.fund("payments"), "fund_payments", "paid", num, den, label="recipient_name")


def _quotas(asked: Asked, field: str, condition: pl.Expr) -> pl.DataFrame:
    term = dt.timedelta(days=asked.round.report_within_days)
    of_year = asked.fund("receipts").filter(pl.col("received_on") > asked.year_before)
    found = of_year.with_columns(limit=pl.col("received_on") + term).filter(
        pl.col("plan_reported_on").is_not_null() | (pl.col("limit") < asked.as_of)
    )
    num = counted(condition.fill_null(value=False))
    return rows_of(found, "fund_receipts", field, num, pl.lit(1), label=pl.col("document_no"))


PARTS: dict[tuple[str, str], Measure] = {
    ("plan_complete", "fields"): Measure(plan_fields, ("plans",)),
    ("plan_complete", "replied"): Measure(plan_reply, ("plans",)),
    ("selection_standard", "above_cut"): Measure(above_cut, ("key_firms",), NOT_APPLICABLE),
    ("not_simple", "dispersed"): Measure(dispersed, ("distribution_plans",)),
    ("execution", "paid"): Measure(paid_of_received, ("fund_receipts", "fund_payments")),
    ("direct_share", "planned"): Measure(planned_to_firms, ("fund_receipts", "distribution_plans")),
    ("direct_share", "paid"): Measure(paid_to_firms, ("fund_payments",), NOT_APPLICABLE),
    ("report_30_days", "on_time"): Measure(reported_in_time, ("fund_receipts",), NOT_APPLICABLE),
    ("report_30_days", "copied"): Measure(copied, ("fund_receipts",), NOT_APPLICABLE),
    ("platform_cap_use", "cap"): Measure(within_cap, ("platforms",), platforms_only=True),
    ("platform_cap_use", "use"): Measure(
        eligible_use, ("fund_use", "fund_payments"), NOT_APPLICABLE, platforms_only=True
    ),
    **{("supervision_disclosure", kind): _supervised(kind) for kind in ("follow_up", "inspection", "survey")},
    **{("supervision_disclosure", kind): _disclosed(kind) for kind in ("lists", "fund_use")},
}
