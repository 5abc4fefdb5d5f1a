"""What the facts and the published runs say to an allocation: who is supported where, who continues, which grade.

The centre's rows: key firms by province; of them continued, and the grade, by the latest published run of the
appraisal; where none is published, continued by the loaded assessments and no grade. A preview never moves money.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from data.access import Facts
from data.appraisals import Appraisal
from data.dataset import contract
from data.home import Home
from metrics.allocation_cases import CONTINUES, FIRM
from metrics.origin import ROW, located
from pipelines.allocation_sheets import Values
from pipelines.workflow.decision import published_run

_TRANCHE = ("round", "support_batch", "tranche", "province")


@dataclass(frozen=True)
class CentralRows:
    """A row per province with key firms: province, firms, continued, grade (null: not known).

    ``run`` is the number of the published run they come from, None without one; ``is_assessed`` says whether any
    list of continued firms is known. ``firms`` are the key firms behind, with file, sheet and cell.
    """

    rows: pl.DataFrame
    run: int | None
    is_assessed: bool
    firms: pl.DataFrame


def central_rows(facts: Facts, appraisal: Appraisal, home: Home) -> CentralRows:
    """The provinces of an appraisal's support batch, in the order of their codes."""
    firms = _of_batch(facts, "key_firms", appraisal.round, appraisal.support_batch)
    counted = firms.group_by("province").agg(firms=pl.len().cast(pl.Int64)).sort("province")
    run = published_run(home, appraisal)
    if run is not None:
        content = run.content
        assessed = pl.DataFrame(content["results"].get("assessed", []), infer_schema_length=None)
        grades = {each["province"]: each["grade"] for each in content["inputs"]["decisions"]}
    else:
        assessed = _of_batch(facts, "support_assessments", appraisal.round, appraisal.support_batch)
        assessed = assessed.filter(pl.col("year") == appraisal.year) if assessed.height else assessed
        grades = {}
    continued = _continued(assessed)
    rows = counted.with_columns(
        continued=pl.col("province").replace_strict(continued, default=None, return_dtype=pl.Int64),
        grade=pl.col("province").replace_strict(grades, default=None, return_dtype=pl.String),
    )
    # The list may have grown shorter since the assessment: then it is the measure.
    listed = pl.when(pl.col("continued").is_not_null()).then(pl.min_horizontal("continued", "firms"))
    rows = rows.with_columns(continued=listed)
    return CentralRows(rows, run and run.number, bool(continued), _placed(facts, firms, "uscc"))


@dataclass(frozen=True)
class Receipt:
    """Money a province received: the tranche it belongs to, how much (fen), when, by which document; its report."""

    round: str
    support_batch: int
    tranche: int
    province: str
    amount: int
    received_on: dt.date
    document_no: str | None
    reported_on: dt.date | None
    copied_on: dt.date | None

    @property
    def code(self) -> str:
        """The tranche in one word: ``round-1.3.2``."""
        return f"{self.round}.{self.support_batch}.{self.tranche}"

    def due_on(self, within_days: int) -> dt.date:
        """The last day on which the plan is reported in time; the day of receipt is day 0."""
        return self.received_on + dt.timedelta(days=within_days)


def receipts_of(facts: Facts) -> tuple[Receipt, ...]:
    """What the provinces that the scope may see received, one entry a tranche and province, the latest first.

    Several receipts of a tranche count together, and from the first day.
    """
    rows = facts.table("fund_receipts").pl().with_columns(pl.col("round").cast(pl.String))
    found = rows.group_by(_TRANCHE).agg(
        pl.col("amount").sum(),
        pl.col("received_on").min(),
        pl.col("document_no").drop_nulls().unique().sort().str.join("、"),
        reported_on=pl.col("plan_reported_on").min(),
        copied_on=pl.col("bureau_copied_on").min(),
    )
    listed = [
        Receipt(**row | {"document_no": row["document_no"] or None}) for row in found.iter_rows(named=True)
    ]
    return tuple(sorted(listed, key=lambda one: (-one.received_on.toordinal(), one.code, one.province)))


@dataclass(frozen=True)
class Recipients:
    """A tranche's recipients as rows for `pipelines.allocation_files.recipients_of`; its firms with their cells."""

    rows: tuple[Values, ...]
    firms: pl.DataFrame


def recipients_of_tranche(facts: Facts, receipt: Receipt) -> Recipients:
    """A province's key firms with investment, score, latest assessment and what they were paid, then its platforms."""
    firms = _of_batch(facts, "key_firms", receipt.round, receipt.support_batch)
    firms = firms.filter(pl.col("province") == receipt.province).sort("uscc")
    results = _latest_results(facts, receipt) if receipt.tranche > 1 else {}
    paid = _paid_before(facts, receipt)
    rows: list[Values] = [
        {
            "kind": FIRM,
            "uscc": firm["uscc"],
            "name": firm["name"],
            "investment": firm["investment_planned"],
            "score": _points(firm["selection_score"]),
            "investment_actual": firm["investment_actual"],
            "targets_met": firm["targets_met"],
            "result": results.get(firm["uscc"]),
            "paid": paid.get(firm["uscc"], 0),
        }
        for firm in firms.iter_rows(named=True)
    ]
    platforms = _of_batch(facts, "platforms", receipt.round, receipt.support_batch)
    rows += [
        {"kind": "platform", "uscc": platform["uscc"], "name": platform["name"], "requested": 0}
        for platform in platforms.filter(pl.col("province") == receipt.province)
        .sort("uscc")
        .iter_rows(named=True)
    ]
    numbered = tuple(row | {"_row": at} for at, row in enumerate(rows, start=1))
    return Recipients(numbered, _placed(facts, firms, "investment_planned"))


def _of_batch(facts: Facts, dataset: str, round_code: str, support_batch: int) -> pl.DataFrame:
    if not facts.build.rows.get(dataset):
        return pl.DataFrame()
    rows = facts.table(dataset).pl()
    choices = [name for name in ("round", "object_kind", "result") if name in rows.columns]
    return rows.with_columns(pl.col(choices).cast(pl.String)).filter(
        pl.col("round") == round_code, pl.col("support_batch") == support_batch
    )


def _continued(assessed: pl.DataFrame) -> dict[str, int]:
    """How many firms continue, of each province that any firm was assessed in."""
    if assessed.is_empty():
        return {}
    firms = assessed.filter(pl.col("object_kind") == FIRM)
    counted = firms.group_by("province").agg((pl.col("result") == CONTINUES).sum().cast(pl.Int64))
    return dict(counted.iter_rows())


def _points(stored: int | None) -> Fraction | None:
    return None if stored is None else Fraction(stored, contract("key_firms").column("selection_score").scale)


def _latest_results(facts: Facts, receipt: Receipt) -> dict[str, Any]:
    assessed = _of_batch(facts, "support_assessments", receipt.round, receipt.support_batch)
    if assessed.is_empty():
        return {}
    firms = assessed.filter(pl.col("object_kind") == FIRM, pl.col("province") == receipt.province)
    latest = firms.sort("year").group_by("uscc").agg(pl.col("result").last())
    return dict(latest.iter_rows())


def _paid_before(facts: Facts, receipt: Receipt) -> dict[str, int]:
    paid = _of_batch(facts, "fund_payments", receipt.round, receipt.support_batch)
    if paid.is_empty():
        return {}
    own = paid.filter(pl.col("province") == receipt.province, pl.col("tranche") < receipt.tranche)
    return dict(own.group_by("recipient_uscc").agg(pl.col("paid").sum()).iter_rows())


def _placed(facts: Facts, rows: pl.DataFrame, field: str) -> pl.DataFrame:
    if rows.is_empty():
        return rows
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    return located(rows.sort(ROW), receipts, field)
