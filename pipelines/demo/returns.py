"""The annual returns of one unit's firms: three years of figures that hang together, as a typed frame.

A firm's quality moves every figure a little; size, growth, debt and so on have noise of their own. Probabilities are
assumptions, chosen so that scores spread widely and verdicts mix; nothing here is an estimate of a real country.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from data.dataset import DECIMAL_SCALE, FEN_PER_UNIT, contract
from pipelines.demo.truths import IMPROVING, WEAK_RD
from pipelines.intake.check_cells import typed_schema

YEARS = (2022, 2023, 2024)  # not policy: accounting years
DATASET = "annual_returns"
CENT = FEN_PER_UNIT // 100  # firms report amounts to 100 yuan
_HUNDREDTH = DECIMAL_SCALE // 100

# Chance of yes at average quality and how quality moves it, both on the logit scale; all invented.
_ANSWERS = """
quality_award                      -3.0   0.8
qms_certificate                     0.6   0.9
product_certificate                -1.4   0.7
own_brand                           0.5   1.0
standards_role                     -1.3   0.9
core_system                         0.4   1.1
chain_key_link                     -0.9   1.3
legal_person                        5.0   0.3
abnormal_list                      -4.6  -0.3
dishonest_list                     -5.4  -0.3
restricted_products                -6.0   0.0
major_incident_3y                  -4.8  -0.2
single_champion                    -9.0   2.0
same_group_similar_product         -5.0   0.2
product_fields__strategic_emerging -0.3   0.7
product_fields__chain_gap          -2.0   0.9
product_fields__six_bases          -0.8   1.0
product_fields__time_honoured      -4.5   0.0
product_fields__key_chain_supplier -1.2   0.6
product_fields__ten_fields         -0.9   0.9
product_fields__network_power      -2.9   0.3
product_fields__traditional_upgrade -2.0  0.0
product_fields__emerging           -1.6   0.4
product_fields__future             -3.2   0.4
honours__high_tech                 -1.3   1.0
honours__tech_innovation_demo      -6.0   1.2
honours__ip_advantage              -4.2   1.0
honours__ip_demo                   -5.5   1.0
"""
_AWARDS = """
national_award   -6.2  0.7
provincial_award -3.9  0.6
maker_china      -5.0  0.6
"""
_LIFT = np.array([0.0, 0.1, 0.45, 1.0])  # holders of a tier are better than their quality alone
_STAYS = (-0.12, -0.06, 0.0)  # not policy: how quality drifts over the years
_IMPROVES = (-0.6, 0.0, 0.6)  # not policy: how quality drifts over the years
_HOLES = {"error": 0.0, "not_applicable": 0.0, "none_claimed": 0.0, "missing": 0.012}
_RARELY_BLANK = (
    "legal_person",
    "abnormal_list",
    "dishonest_list",
    "restricted_products",
    "major_incident_3y",
)

Draw = np.random.Generator


def unit_returns(firms: pl.DataFrame, rng: Draw) -> pl.DataFrame:
    """Every firm of a unit in every year, typed as the reader would give it; no cell missing that need not be."""
    unit = firms["province"][0]
    n = firms.height
    quality = firms["quality"].to_numpy() + _LIFT[firms["tier"].to_numpy()]
    fixed = _fixed(n, quality, rng) | _ceilings(firms, rng)
    revenue = np.exp(np.log(2400) + 0.6 * quality + 0.75 * fixed["size"])
    revenue = np.minimum(revenue, 0.72 * fixed["most_revenue"])
    frames = []
    for number, year in enumerate(YEARS):
        drift = (_IMPROVES if unit == IMPROVING else _STAYS)[number]
        now = quality + drift
        growth = 0.05 + 0.035 * now + 0.07 * fixed["growth"] + rng.normal(0, 0.08, n)
        revenue = revenue * np.maximum(1 + growth, 0.4)
        revenue = np.minimum(revenue, fixed["most_revenue"] * rng.uniform(0.9, 1, n))
        known = {"uscc", "name", "province", "city", "industry_code"}
        columns = {name: firms[name] for name in firms.columns if name in known}
        columns["year"] = pl.Series(np.full(n, year))
        columns |= _figures(unit, now, drift, revenue, fixed, rng)
        columns |= _counts(now, year, fixed, rng)
        columns |= _answers(now, fixed)
        columns |= _awards(now, year, fixed)
        columns |= _listing(firms, now, fixed)
        frames.append(_typed(columns, n))
    return pl.concat(frames)


def with_holes(returns: pl.DataFrame, rng: Draw, times: float = 1.0) -> pl.DataFrame:
    """The frame with a few cells missing where a cell may be; `times` as many as usual."""
    holed = []
    for column in contract(DATASET).columns:
        if column.type == "list":
            continue
        rate = _HOLES[column.blank] * times * (0.2 if column.field in _RARELY_BLANK else 1.0)
        if rate and returns[column.field].null_count() < returns.height:
            hole = pl.Series(rng.random(returns.height, dtype=np.float32) < rate)
            holed.append(pl.when(~hole).then(pl.col(column.field)).alias(column.field))
    return returns.with_columns(holed)


def _table(text: str) -> dict[str, tuple[float, float]]:
    return {name: (float(base), float(slope)) for name, base, slope in map(str.split, text.split("\n")[1:-1])}


def _fixed(n: int, quality: np.ndarray, rng: Draw) -> dict[str, np.ndarray]:
    """What stays with a firm from year to year."""
    names = ("size", "growth", "staff", "share", "margin", "debt", "rd", "rd_staff", "niche", "points", "digital",
             "institution", "market")  # fmt: skip
    fixed = {name: rng.normal(0, 1, n) for name in names}
    chances = ("class1", "own", "high", "in_use", "original", "class2", "equity", "award", "board", "control")
    for name in (*_table(_ANSWERS), *_table(_AWARDS), *chances):
        fixed[name] = rng.random(n, dtype=np.float32)
    return fixed | {
        "patents": rng.poisson(np.minimum(np.exp(-0.1 + 0.75 * quality), 29))
    }  # not policy: synthetic


def _ceilings(firms: pl.DataFrame, rng: Draw) -> dict[str, np.ndarray]:
    """Staff and revenue (10k yuan) that nearly all firms stay below, so that few are large enterprises."""
    division = firms["industry_code"].str.slice(0, 2)
    staff = division.replace_strict({"65": 280, "51": 190}, default=960, return_dtype=pl.Int64).to_numpy()
    outgrows = rng.random(firms.height) < 0.01  # not policy: synthetic
    return {
        "most_staff": np.where(outgrows, 5000, staff),
        "most_revenue": np.where(outgrows, 180_000.0, 39_500.0),
    }


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _figures(
    unit: str, now: np.ndarray, drift: float, revenue: np.ndarray, fixed: dict[str, np.ndarray], rng: Draw
) -> dict:
    """Amounts in fen, staff, and shares."""
    n = len(now)
    staff = (revenue / 72 * np.exp(0.35 * fixed["staff"])).astype(np.int64) + 6
    staff = np.minimum(staff, fixed["most_staff"])
    effort = {WEAK_RD: -0.85, IMPROVING: 0.35 * drift}.get(unit, 0.0)
    noise = 0.42 * fixed["rd"] + rng.normal(0, 0.06, n)
    rd_ratio = np.minimum(np.exp(np.log(0.036) + 0.26 * now + noise + effort), 0.6)
    main_share = _sigmoid(1.7 + 0.35 * now + 0.7 * fixed["share"] + rng.normal(0, 0.08, n))
    margin = 0.048 + 0.024 * now + 0.035 * fixed["margin"] + rng.normal(0, 0.012, n)
    assets = revenue * (1.05 + 0.1 * np.abs(fixed["staff"]))
    debt = _sigmoid(-0.05 - 0.25 * now + 0.55 * fixed["debt"] + rng.normal(0, 0.05, n))
    equity = np.where(rng.random(n) < _sigmoid(-4.2 + 0.45 * now), 300 + 5000 * fixed["equity"] ** 3, 0)
    amounts = {
        "revenue": revenue,
        "main_revenue": revenue * main_share,
        "net_profit": revenue * margin,
        "total_assets": assets,
        "total_liabilities": assets * debt,
        "rd_expense": revenue * rd_ratio,
        "new_equity": equity,
    }
    rd_staff = _sigmoid(-1.9 + 0.45 * now + 0.5 * fixed["rd_staff"])
    market = np.exp(np.log(4.2) + 0.75 * now + 0.6 * fixed["market"]).clip(0.01, 93)
    return {
        **{name: pl.Series((value * 100).astype(np.int64) * CENT) for name, value in amounts.items()},
        "employees": pl.Series(staff),
        "rd_employees": pl.Series(np.rint(staff * rd_staff).astype(np.int64)),
        "market_share": pl.Series((market * 100).astype(np.int64) * _HUNDREDTH),
        "market_rank": pl.Series(np.maximum(1, np.rint(60 / (1 + market))).astype(np.int64)),
    }


def _counts(now: np.ndarray, year: int, fixed: dict[str, np.ndarray], rng: Draw) -> dict:
    """Intellectual property, years, levels and points."""
    last = YEARS[-1]
    niche = np.floor(5.5 + 2.2 * now + 3 * fixed["niche"]).clip(1, 45).astype(np.int64) - (last - year)
    class1 = np.floor(fixed["patents"] * (1 - 0.12 * (last - year))).astype(np.int64)
    part = {
        "class1_ip_own": np.floor(class1 * np.sqrt(fixed["own"]) + 0.5),
        "class1_ip_high_value": np.where(
            fixed["high"] < _sigmoid(-1.9 + 0.45 * now), np.minimum(class1, 1), 0
        ),
        "class1_ip_in_use": np.floor(class1 * np.sqrt(np.sqrt(fixed["in_use"])) + 0.5),
        "class1_ip_original": np.floor(class1 * np.sqrt(fixed["original"]) + 0.5),
    }
    levels = int(contract(DATASET).column("digital_level").stored_high)
    counts = {
        "niche_years": np.maximum(niche, 0),
        "class1_ip": class1,
        **{name: np.minimum(value, class1) for name, value in part.items()},
        "class2_ip": np.floor(np.exp(1.2 + 0.4 * now) * 2 * fixed["class2"]),
        "digital_level": np.rint(1.9 + 0.6 * now + 0.6 * fixed["digital"]).clip(1, levels),
        "rd_institution": np.digitize(0.35 + 0.8 * now + 0.75 * fixed["institution"], [0.4, 1.1, 1.9, 3.3]),
    }
    points = np.rint(2 * (7.2 + 2.2 * now + 2.0 * fixed["points"] + rng.normal(0, 0.3, len(now))))
    half = DECIMAL_SCALE // 2
    points = points.astype(np.int64).clip(
        0, contract(DATASET).column("provincial_points").stored_high // half
    )
    return {
        **{name: pl.Series(value.astype(np.int64)) for name, value in counts.items()},
        "provincial_points": pl.Series(points * half),
    }


def _answers(now: np.ndarray, fixed: dict[str, np.ndarray]) -> dict:
    found = {
        name: fixed[name] < _sigmoid(base + slope * now) for name, (base, slope) in _table(_ANSWERS).items()
    }
    # a quality-management certificate is a management-system certificate
    found["mgmt_certificate"] = found["qms_certificate"] | (fixed["award"] < 0.24)
    return {name: pl.Series(value) for name, value in found.items()}


def _awards(now: np.ndarray, year: int, fixed: dict[str, np.ndarray]) -> dict:
    found = {}
    for name, (base, slope) in _table(_AWARDS).items():
        chance = _sigmoid(base + slope * now)
        won = 2024 - np.floor(fixed["award"] * 6).astype(np.int64)
        has = pl.Series((fixed[name] < chance) & (won <= year))
        rank = 1 + np.floor((fixed[name] / chance).clip(0, 0.99) * (400 if name == "maker_china" else 8))
        values = {f"{name}_rank": rank.astype(np.int64), f"{name}_year": won}
        found |= {key: pl.Series(value).set(~has, None) for key, value in values.items()}
    return found


def _listing(firms: pl.DataFrame, now: np.ndarray, fixed: dict[str, np.ndarray]) -> dict:
    """Listing, and holdings between a firm and a little giant of the same unit."""
    boards = contract(DATASET).column("listed_board").codes
    score = now + 1.2 * np.log(fixed["board"] / (1 - fixed["board"]).clip(1e-6) + 1e-9)
    board = np.digitize(score, [4.6, 5.6, 6.4, 7.2])
    codes = np.array([boards.index(name) for name in ("none", "neeq", "bse", "chinext", "star")])[board]
    listed_on = pl.Series(np.datetime64("2017-03-01") + (fixed["board"] * 1800).astype("timedelta64[D]"))
    giants = firms.filter(pl.col("tier") == firms["tier"].max())["uscc"]
    partner = giants[np.floor(fixed["control"] * 1e5).astype(np.int64) % len(giants)]
    holds = pl.Series(fixed["control"] < 0.012) & (partner != firms["uscc"])
    percent = np.rint(fixed["award"] * 96 + 4).astype(np.int64) * DECIMAL_SCALE
    return {
        "listed_board": pl.Series(codes),
        "listed_on": listed_on.cast(pl.Date).set(pl.Series(board == 0), None),
        "control_percent": pl.Series(percent).set(~holds, 0),
        "related_uscc": partner.set(~holds, None),
    }


def _typed(columns: dict[str, pl.Series], n: int) -> pl.DataFrame:
    """The columns in the contract's order and types; what a synthetic firm leaves blank is null."""
    return pl.DataFrame(
        [
            columns[name].cast(dtype).alias(name)
            if name in columns
            else pl.repeat(None, n, dtype=dtype, eager=True).alias(name)
            for name, dtype in typed_schema(contract(DATASET)).items()
        ]
    )
