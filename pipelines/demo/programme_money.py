"""The money of one unit in the synthetic programme: quota received, plan, payments, use, recoveries; to the fen.

Six million yuan a firm over the round measures what a unit receives (a third of it a year in round 1, half at the
start in round 2), never what a firm is paid. All dates and splits are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.dataset import FEN_PER_UNIT
from pipelines.demo import programme_truths as truths
from pipelines.demo.firms import AS_OF, Place
from pipelines.demo.programme_who import SUPPORTED, YEARS, Conduct, service_centre

_YUAN = 100
_NINE_TENTHS = (9, 10)  # the share that the two planted units stand at


@dataclass(frozen=True)
class Tranche:
    """One tranche of a round: its number, when the centre issued it, and what a firm counts for in it, in 10k yuan."""

    round: str
    number: int
    issued: dt.date
    per_firm: int


TRANCHES = (
    Tranche("round-1", 1, dt.date(2023, 6, 12), 200),
    Tranche("round-1", 2, dt.date(2024, 6, 12), 200),
    Tranche("round-1", 3, dt.date(2025, 6, 10), 200),
    Tranche("round-2", 1, dt.date(2024, 8, 1), 300),
)
LATEST = TRANCHES[2]
"""The tranche that carries most planted truths: round 1, tranche 3, received in 2025."""

_RECEIPT = {"round": pl.String, "support_batch": pl.Int64, "tranche": pl.Int64, "province": pl.String,
            "document_no": pl.String, "received_on": pl.Date, "amount": pl.Int64, "plan_reported_on": pl.Date,
            "bureau_copied_on": pl.Date}  # fmt: skip
_PLAN = {"round": pl.String, "support_batch": pl.Int64, "tranche": pl.Int64, "province": pl.String,
         "recipient_kind": pl.String, "recipient_uscc": pl.String, "recipient_name": pl.String,
         "planned": pl.Int64, "rationale": pl.String}  # fmt: skip


def money(
    place: Place,
    firms: pl.DataFrame,
    sites: pl.DataFrame,
    assessed: pl.DataFrame,
    ways: Conduct,
    rng: np.random.Generator,
) -> dict[str, pl.DataFrame]:
    """The seven fund datasets of a unit by name; firms that the assessment stopped or suspended get no tranche 3."""
    out = assessed.filter(pl.col("result").is_in(["stop", "suspend"]))["uscc"]
    receipts, plans, payments = [], [], []
    for tranche in TRANCHES:
        mine = firms.filter(pl.col("round") == tranche.round)
        if tranche is LATEST:
            mine = mine.filter(~pl.col("uscc").is_in(out.implode()))
        if mine.is_empty():
            continue
        receipt = _receipt(place, tranche, mine.height, rng)
        receipts.append(receipt)
        if receipt["plan_reported_on"] is None:
            continue
        plan = _plan(place, tranche, receipt["amount"], mine, sites, rng)
        plans.append(plan)
        payments.append(_payments(place, tranche, receipt["plan_reported_on"], plan, ways, rng))
    received = pl.DataFrame(receipts, schema=_RECEIPT, orient="row")
    planned = pl.concat(plans) if plans else pl.DataFrame(schema=_PLAN)
    paid = pl.concat(payments) if payments else _no_payments()
    return {
        "fund_receipts": received,
        "distribution_plans": planned,
        "fund_payments": paid,
        "fund_use": _use(place, paid, firms, ways, rng),
        "fund_recoveries": _recoveries(place, paid, assessed),
        "local_funds": _local_funds(place, received, ways, rng),
        "transfers_published": _published(place, received),
    }


def _receipt(place: Place, tranche: Tranche, firms: int, rng: np.random.Generator) -> dict:
    is_latest = tranche is LATEST
    received = tranche.issued + dt.timedelta(days=3 + place.number % 9)
    days = int(rng.integers(9, 28))
    if place.code == truths.SPENDS_WELL:
        days = 6
    if is_latest:
        days = {truths.DAY_31: 31, truths.DAY_30: 30}.get(place.code, days)
        received = dt.date(2025, 12, 15) if place.code == truths.PENDING else received
    reported: dt.date | None = received + dt.timedelta(days=days)
    if is_latest and place.code == truths.PENDING:
        reported = None
    copied = None if is_latest and place.code == truths.NO_COPY else reported
    return {
        "round": tranche.round,
        "support_batch": SUPPORTED[tranche.round],
        "tranche": tranche.number,
        "province": place.code,
        "document_no": f"合成建〔{tranche.issued.year}〕{_document(tranche)}号",
        "received_on": received,
        "amount": firms * tranche.per_firm * FEN_PER_UNIT,
        "plan_reported_on": reported,
        "bureau_copied_on": copied,
    }


def _document(tranche: Tranche) -> int:
    return 100 * (TRANCHES.index(tranche) + 1)


def _plan(
    place: Place,
    tranche: Tranche,
    amount: int,
    firms: pl.DataFrame,
    sites: pl.DataFrame,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Who is to get what: by planned investment among the firms; all of the amount is planned, to the fen."""
    is_latest = tranche is LATEST
    others = sites.select("uscc", "name") if tranche.round == "round-1" else _centre(place)
    to_firms = _share_of_firms(place, tranche, amount, others.height, rng)
    flat = is_latest and place.code == truths.FLAT
    weights = np.ones(firms.height) if flat else firms["investment_planned"].to_numpy() ** 0.5
    own = _split(to_firms, weights, exact=flat)
    if flat:
        to_firms = int(own.sum())
    rest = _split(amount - to_firms, np.arange(others.height) + 2.0, exact=False)
    kinds = ["key_little_giant"] * firms.height
    kinds += ["platform" if tranche.round == "round-1" else "empowerment"] * others.height
    basis = None if flat else "按计划总投资和年度任务完成情况测算（合成）"
    return pl.DataFrame(
        {
            "round": [tranche.round] * len(kinds),
            "support_batch": [SUPPORTED[tranche.round]] * len(kinds),
            "tranche": [tranche.number] * len(kinds),
            "province": [place.code] * len(kinds),
            "recipient_kind": kinds,
            "recipient_uscc": [*firms["uscc"], *others["uscc"]],
            "recipient_name": [*firms["name"], *others["name"]],
            "planned": [*own.tolist(), *rest.tolist()],
            "rationale": [basis] * len(kinds),
        },
        schema=_PLAN,
    ).filter(pl.col("planned") > 0)


def _share_of_firms(
    place: Place, tranche: Tranche, amount: int, others: int, rng: np.random.Generator
) -> int:
    """Fen of the amount that go to firms; all of it where nobody else is there to receive."""
    share = float(rng.uniform(0.915, 0.965) if tranche.round == "round-1" else rng.uniform(0.955, 1.0))
    if not others:
        return amount
    if tranche is LATEST and place.code in {truths.EXACT_SHARE, truths.ONE_FEN_BELOW}:
        times, of = _NINE_TENTHS
        return amount * times // of - (place.code == truths.ONE_FEN_BELOW)
    if tranche.round == "round-2" and place.code == truths.EMPOWERMENT:
        return amount * 94 // 100
    return int(amount * share) // FEN_PER_UNIT * FEN_PER_UNIT


def _split(total: int, weights: np.ndarray, *, exact: bool) -> np.ndarray:
    """`total` fen split in whole yuan by weight, the last taking the rest; `exact` leaves the rest out."""
    if not len(weights):
        return np.zeros(0, dtype=np.int64)
    parts = (total / _YUAN * weights / weights.sum()).astype(np.int64) * _YUAN
    if not exact:
        parts[-1] = total - parts[:-1].sum()
    return parts


def _centre(place: Place) -> pl.DataFrame:
    uscc, name = service_centre(place)
    return pl.DataFrame({"uscc": [uscc], "name": [name]})


def _no_payments() -> pl.DataFrame:
    return pl.DataFrame(schema={"payment_id": pl.String, **{k: v for k, v in _PLAN.items() if k != "rationale"},
                                "paid_on": pl.Date}).rename({"planned": "paid"})  # fmt: skip


def _payments(
    place: Place,
    tranche: Tranche,
    reported: dt.date,
    plan: pl.DataFrame,
    ways: Conduct,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Payments up to the as-of date: firms first; where some wait, the platforms wait with them."""
    n = plan.height
    is_latest = tranche is LATEST
    # what was left over of earlier tranches has been paid since, but for the unit that sits on its money
    paid = ways.paid if is_latest or place.code == truths.SITS else 1.0
    firms = plan.filter(pl.col("recipient_kind") == "key_little_giant").height
    count = n if paid >= 1 else max(1, round(firms * paid))
    if is_latest and place.code == truths.PAID_TWICE:
        # the least twice in place of the greatest, so that no more is paid than was received
        plan = plan.sort(pl.col("recipient_kind") != "key_little_giant", "planned")
        plan = pl.concat([plan.head(1), plan.head(firms - 1), plan.slice(firms)])
    days = ways.pace + rng.integers(0, 4 if place.code == truths.SPENDS_WELL else 25, n)
    if is_latest and place.code == truths.PAID_TWICE:
        days[1] = days[0]
    paid_on = np.datetime64(reported) + days.astype("timedelta64[D]")
    found = plan.drop("rationale").with_columns(paid_on=pl.Series(paid_on).cast(pl.Date)).head(count)
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(3)
    stem = f"HC-{tranche.round[-1]}{SUPPORTED[tranche.round]}{tranche.number}-{place.code}-"
    return (
        found.with_columns(payment_id=pl.lit(stem) + number)
        .rename({"planned": "paid"})
        .filter(pl.col("paid_on") <= AS_OF)
        .select(_no_payments().columns)
    )


def _use(
    place: Place, paid: pl.DataFrame, firms: pl.DataFrame, ways: Conduct, rng: np.random.Generator
) -> pl.DataFrame:
    """What became of each payment: two uses by firms, by platforms services to key little giants."""
    uses = ("innovation", "innovation", "chain", "digital", "digital", "listing", "international")
    lines = ("technology", "digital", "ip", "cloud", "industrial_design", "results_application",
             "listing_guidance")  # fmt: skip
    served = firms.filter(pl.col("round") == "round-1")["uscc"]
    parts = paid.select("payment_id", "paid", "paid_on", "recipient_kind", "tranche", "round").join(
        pl.DataFrame({"part": [0, 1]}), how="cross", maintain_order="left"
    )
    n = parts.height
    share = np.minimum(ways.used * rng.uniform(0.85, 1.05, n), 1.0)
    half = (parts["paid"].to_numpy() * share * 0.5).astype(np.int64) // _YUAN * _YUAN
    days = np.where(parts["part"].to_numpy() == 0, 15, 90) + rng.integers(0, 60, n)
    day = parts["paid_on"].to_numpy().astype("datetime64[D]") + days.astype("timedelta64[D]")
    is_site = pl.col("recipient_kind") == "platform"
    pick = rng.integers(0, max(len(served), 1), n)
    category = pl.when(pl.col("recipient_kind") != "key_little_giant").then(pl.lit("service"))
    category = category.otherwise(pl.Series(uses)[rng.integers(0, len(uses), n)])
    found = parts.with_columns(
        used_on=pl.Series(day).cast(pl.Date),
        amount=pl.Series(half, dtype=pl.Int64),
        use_category=category,
        service_line=pl.when(is_site).then(pl.Series(lines)[rng.integers(0, len(lines), n)]),
        beneficiary_uscc=pl.when(is_site).then(
            served[pick] if len(served) else pl.lit(None, dtype=pl.String)
        ),
    )
    if place.code == truths.OWN_CONSTRUCTION:
        first = found.filter(is_site, pl.col("tranche") == LATEST.number)["payment_id"].head(1)
        built = pl.col("payment_id").is_in(first.implode()) & (pl.col("part") == 0)
        blank = pl.lit(None, dtype=pl.String)
        found = found.with_columns(
            use_category=pl.when(built).then(pl.lit("own_construction")).otherwise("use_category"),
            service_line=pl.when(built).then(blank).otherwise("service_line"),
            beneficiary_uscc=pl.when(built).then(blank).otherwise("beneficiary_uscc"),
        )
    return found.filter(pl.col("used_on") <= AS_OF, pl.col("amount") > 0).select(
        "payment_id", "used_on", "amount", "use_category", "service_line", "beneficiary_uscc"
    )


def _recoveries(place: Place, paid: pl.DataFrame, assessed: pl.DataFrame) -> pl.DataFrame:
    """In the planted unit, half of the tranche of 2024 that went to the firm stopped since."""
    stopped = assessed.filter(pl.col("result") == "stop")["uscc"]
    is_theirs = pl.col("recipient_uscc").is_in(stopped.implode()) & (pl.col("tranche") == LATEST.number - 1)
    return paid.filter(
        is_theirs, pl.col("round") == LATEST.round, pl.lit(place.code == truths.RECOVERED)
    ).select(
        "payment_id",
        recovered_on=pl.lit(dt.date(2025, 4, 18)),
        amount=pl.col("paid") // 2,
        reason=pl.lit("年度考核未通过，停止支持（合成）"),
    )


def _local_funds(
    place: Place, received: pl.DataFrame, ways: Conduct, rng: np.random.Generator
) -> pl.DataFrame:
    rows = []
    for year in YEARS:
        central = received.filter(pl.col("received_on").dt.year() == year)["amount"].sum()
        for source, times in (("local", rng.uniform(0.1, 0.5)), ("own", rng.uniform(1.5, 3.5))):
            rows.append(
                (place.code, year, source, int(central * times * ways.effort) // FEN_PER_UNIT * FEN_PER_UNIT)
            )
    schema = {"province": pl.String, "year": pl.Int64, "source": pl.String, "amount": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _published(place: Place, received: pl.DataFrame) -> pl.DataFrame:
    """The transfers as the centre published them: the amounts received, one of them misprinted by 10k yuan."""
    misprinted = (pl.col("tranche") == LATEST.number) & (pl.lit(place.code) == truths.PUBLISHED_OTHERWISE)
    return received.select(
        "province",
        "document_no",
        amount=pl.col("amount") + pl.when(misprinted).then(FEN_PER_UNIT).otherwise(0),
        published_on=pl.col("received_on").dt.offset_by("-3d"),
    )
