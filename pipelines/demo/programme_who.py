"""The programme of one unit in the synthetic country: who is supported, by which plan, with which platforms.

Round 1 appears with support batch 3 (approved 2023), round 2 with support batch 1 (approved 2024). All figures are
invented. Frames are coded: choices by their codes, amounts in fen, other decimals in their own unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.dataset import FEN_PER_UNIT, contract
from pipelines.demo import programme_truths as truths
from pipelines.demo.firms import LITTLE_GIANT, Place, credit_codes

YEARS = (2024, 2025)  # not policy: years of the programme that the demo shows
SUPPORTED = {"round-1": 3, "round-2": 1}
"""Round → the support batch that the demo shows."""

_OPEN_BATCHES = {"round-1": ("1", "2", "3", "4"), "round-2": ("1", "2", "3", "4", "5")}
_SHARE = {"round-1": 0.5, "round-2": 0.45}  # not policy: of the little giants that may be supported
_FEWEST = 3  # so that a distribution can be judged at all
_PLATFORM_SERIAL, _SERVICE_SERIAL = 900_001, 910_001  # above every firm of a unit
_NUMERALS = "一二三四"
_PLAN_FIELDS = ("basis", "targets", "key_little_giants", "platforms", "measures", "fund_plan", "organisation",
                "performance_targets")  # fmt: skip
_UNFILLED = {"declared": 0.15, "record": 0.03}  # not policy: share of the headings left empty
_DECLARED = {"round-1": dt.date(2023, 3, 1), "round-2": dt.date(2024, 7, 1)}
FLOOR_UNITS = 2000  # not policy: 10k yuan around which the planted investments of round 2 stand


@dataclass(frozen=True)
class Conduct:
    """How a unit goes about the programme: effort is the mean of done ÷ target, pace the days from plan to payment."""

    effort: float
    pace: int
    paid: float
    used: float


def conduct(place: Place, rng: np.random.Generator) -> Conduct:
    """A unit's conduct, drawn, but for the two that are planted."""
    drawn = Conduct(
        float(np.clip(rng.normal(0.93, 0.14), 0.72, 1.1)),
        int(rng.integers(14, 75)),
        float(rng.choice([1.0, 1.0, 1.0, 1.0, 1.0, 0.8])),
        float(rng.uniform(0.7, 1.0)),
    )
    planted = {truths.SPENDS_WELL: Conduct(1.12, 6, 1.0, 1.0), truths.SITS: Conduct(0.62, 150, 0.3, 0.4)}
    pays_all = {truths.EXACT_SHARE, truths.ONE_FEN_BELOW, truths.OWN_CONSTRUCTION, truths.PAID_TWICE}
    if place.code in pays_all:
        return Conduct(drawn.effort, drawn.pace, 1.0, drawn.used)
    return planted.get(place.code, drawn)


def holders(place: Place, firms: pl.DataFrame) -> pl.DataFrame:
    """The unit's little giants that never lost the title, with the batch of their recognition."""
    return firms.filter(pl.col("tier") == LITTLE_GIANT).hstack(place.giants).filter(~pl.col("is_lost"))


def key_firms(
    place: Place, firms: pl.DataFrame, returns: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """The supported firms: the columns of `key_firms`, without what only comes out later, and quality."""
    giants = holders(place, firms)
    boards = contract("annual_returns").column("listed_board").codes
    unlisted = [boards.index(name) for name in ("none", "neeq")]
    listed = returns.filter(~pl.col("listed_board").is_in(unlisted))["uscc"]
    free = giants.filter(~pl.col("uscc").is_in(listed.implode())).sort("quality", "uscc", descending=True)
    found = []
    for round_code, batches in _OPEN_BATCHES.items():
        able = free.filter(pl.col("batch").is_in(batches))
        chosen = able.head(max(_FEWEST, round(able.height * _SHARE[round_code])))
        free = free.join(chosen, on="uscc", how="anti", maintain_order="left")
        found.append(_selected(place, round_code, chosen, rng))
    return pl.concat(found)


def _selected(place: Place, round_code: str, chosen: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    n = chosen.height
    score = np.round(78 + 6 * np.sort(rng.random(n))[::-1] + 9 * rng.random(n), 1)
    is_scored = rng.random(n) > (0.12 if place.number % 5 == 0 else 0.0)  # not policy: synthetic
    planned = rng.integers(FLOOR_UNITS + 150, 3 * FLOOR_UNITS, n) * FEN_PER_UNIT
    actual = (planned * rng.uniform(0.86, 1.2, n)).astype(np.int64) // FEN_PER_UNIT * FEN_PER_UNIT
    if round_code == "round-2":
        actual = np.maximum(actual, (FLOOR_UNITS + 10) * FEN_PER_UNIT)
        if place.code == truths.FLOOR:
            actual[:3] = (np.array([FLOOR_UNITS * FEN_PER_UNIT - 1, FLOOR_UNITS * FEN_PER_UNIT,
                                    (FLOOR_UNITS + 400) * FEN_PER_UNIT]))[:n]  # fmt: skip
    return chosen.select(
        pl.lit(round_code).alias("round"),
        pl.lit(SUPPORTED[round_code]).alias("support_batch"),
        "province",
        "uscc",
        "name",
        selection_score=pl.when(pl.Series(is_scored, dtype=pl.Boolean)).then(
            pl.Series(score, dtype=pl.Float64)
        ),
        cut=pl.lit(75.0),
        investment_planned=pl.Series(planned, dtype=pl.Int64),
        investment_actual=pl.Series(actual, dtype=pl.Int64),
    )


def met_targets(place: Place, firms: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    """The key firms with `targets_met`: whether the work of both years reached its targets on the whole.

    `done` holds uscc and share, the mean of done ÷ target, at most 1.
    """
    joined = firms.join(done, on="uscc", how="left", maintain_order="left")
    planted = pl.int_range(pl.len()).over("round")
    met = pl.col("share").fill_null(0) >= 0.8  # not policy: synthetic
    if place.code == truths.FLOOR:
        met = pl.when(pl.col("round") == "round-2", planted < 3).then(planted < 2).otherwise(met)
    return joined.with_columns(targets_met=met).drop("share")


def platforms(place: Place, firms: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The platforms of round 1: one for a few firms, up to three; four in the planted unit."""
    supported = firms.filter(pl.col("round") == "round-1").height
    if not supported:
        count = 0
    elif place.code == truths.FOUR_PLATFORMS:
        count = 4
    else:
        count = int(np.clip(1 + supported // 4, 1, 3))
    numbers = np.arange(count)
    return pl.DataFrame(
        {
            "round": ["round-1"] * count,
            "support_batch": [SUPPORTED["round-1"]] * count,
            "province": [place.code] * count,
            "uscc": _codes(place, _PLATFORM_SERIAL + numbers),
            "name": [f"合成{place.short}中小企业公共服务平台（{_NUMERALS[number]}）" for number in numbers],
            "level": ["national" if number == 0 else "provincial" for number in numbers],
            "valid_to": [dt.date(2026 + int(rng.integers(0, 2)), 12, 31) for _ in numbers],
        },
        schema={"round": pl.String, "support_batch": pl.Int64, "province": pl.String, "uscc": pl.String,
                "name": pl.String, "level": pl.String, "valid_to": pl.Date},
    )  # fmt: skip


def service_centre(place: Place) -> tuple[str, str]:
    """Credit code and name of whoever provides empowerment services in round 2."""
    return _codes(place, np.array([_SERVICE_SERIAL]))[0], f"合成{place.short}中小企业赋能服务中心"


def _codes(place: Place, serial: np.ndarray) -> list[str]:
    area = place.code if place.code.isdigit() else "659000"
    return credit_codes(area, serial).to_list() if len(serial) else []


def plans(place: Place, firms: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The implementation plans as declared and as recorded: a row for each heading of the plan."""
    rows = []
    for round_code, batch in SUPPORTED.items():
        if firms.filter(pl.col("round") == round_code).is_empty():
            continue
        declared = _DECLARED[round_code] + dt.timedelta(days=int(rng.integers(0, 20)))
        recorded = declared + dt.timedelta(days=int(rng.integers(20, 45)))
        for version, day in (("declared", declared), ("record", recorded)):
            missing = rng.random(len(_PLAN_FIELDS)) < _UNFILLED[version]
            signed = day - dt.timedelta(days=2)
            replied = recorded + dt.timedelta(days=15) if version == "record" else None
            rows += [
                (round_code, batch, place.code, version, field, not is_missing, day, replied, signed, signed)
                for field, is_missing in zip(_PLAN_FIELDS, missing, strict=True)
                if field != "platforms" or round_code == "round-1"
            ]
    schema: Mapping[str, type[pl.DataType]] = {
        "round": pl.String, "support_batch": pl.Int64, "province": pl.String, "version": pl.String,
        "field_code": pl.String, "present": pl.Boolean, "submitted_on": pl.Date, "replied_on": pl.Date,
        "sme_signed_on": pl.Date, "finance_signed_on": pl.Date,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=dict(schema), orient="row")
