"""Firms made to stand one step below a tier, and a province that fits its own points to the national pass mark."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.dataset import DECIMAL_SCALE, FEN_PER_UNIT
from data.rulebook import standard
from data.rules import Provincial, ScoreAtLeast, Standard
from metrics.scoring.score import score_firms
from pipelines.demo.firms import COUNTRY, INNOVATIVE, SRDI, Place
from pipelines.demo.returns import YEARS
from pipelines.demo.truths import CORRECTED, MISREAD, ONE_STEP, SPECIAL

RULES = "measures-2022"
ASSESSED = YEARS[-1]
_EACH_KIND = 400  # not policy: firms of each kind in a whole country
_MISREADS = 400  # not policy: firms
# How far below the pass mark the gaming province still lifts a score.
_HOLE = 8 * DECIMAL_SCALE  # not policy: width of the hole
_BONUS = ((0, 0.55), (1, 0.25), (2, 0.2))  # not policy: points above the mark, and how often


def plants(places: list[Place], firms: int) -> dict[str, list[str]]:
    """Which kinds of planted firms each unit holds: unit → kinds, dealt out over the larger ordinary units."""
    each = max(1, round(_EACH_KIND * firms / COUNTRY))
    kinds = [kind for _ in range(each) for kind in ONE_STEP]
    hosts = sorted(places, key=lambda place: -place.firms)
    hosts = [place.code for place in hosts if place.code not in SPECIAL][:20]
    found: dict[str, list[str]] = {code: [] for code in hosts}
    for number, kind in enumerate(kinds):
        found[hosts[number % len(hosts)]].append(kind)
    found[CORRECTED] = [MISREAD] * max(3, round(_MISREADS * firms / COUNTRY))
    return found


def choose(firms: pl.DataFrame, kinds: list[str]) -> pl.DataFrame:
    """The firms with `plant`: the first of the fitting tier take the kinds in turn, all others are null."""
    chosen = pl.Series("plant", [None], dtype=pl.String).new_from_index(0, firms.height)
    for below in (INNOVATIVE, SRDI):
        wanted = [kind for kind in kinds if (SRDI if kind.startswith("giant") else INNOVATIVE) == below]
        rows = np.flatnonzero(firms["tier"].to_numpy() == below)[: len(wanted)]
        chosen = chosen.scatter(rows, wanted[: len(rows)])
    return firms.with_columns(chosen)


def planted(returns: pl.DataFrame, firms: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The returns, in which each planted firm has the figures of its kind; rows keep their order."""
    kinds = firms.filter(pl.col("plant").is_not_null()).select("uscc", "plant")
    if kinds.is_empty():
        return returns
    # revenue of 100, 110 and 121 units: whole yuan at 3 %, and 10 % growth in both years
    is_giant = kinds["plant"].str.starts_with("giant").to_numpy()
    units = np.where(is_giant, rng.integers(110, 240, kinds.height), rng.integers(76, 90, kinds.height))
    kinds = kinds.with_columns(unit=pl.Series(units.astype(np.int64) * FEN_PER_UNIT))
    order = returns.with_row_index("at")
    mine = order.join(kinds, on="uscc", how="inner", maintain_order="left")
    rest = order.join(kinds, on="uscc", how="anti", maintain_order="left")
    mine = mine.with_columns(_figures()).with_columns(_sound()).with_columns(_short())
    return pl.concat([rest, mine.select(rest.columns)]).sort("at").drop("at")


def _figures() -> list[pl.Expr]:
    """Amounts that meet both standards with something to spare."""
    first, second, third = ((pl.col("unit") * times).alias("revenue") for times in (100, 110, 121))
    year = pl.col("year")
    revenue = pl.when(year == YEARS[0]).then(first).when(year == YEARS[1]).then(second).otherwise(third)
    return [
        revenue.alias("revenue"),
        (revenue // 10 * 9).alias("main_revenue"),
        (revenue // 1000 * 65).alias("net_profit"),
        revenue.alias("total_assets"),
        (revenue // 100 * 55).alias("total_liabilities"),
        (revenue // 1000 * 35).alias("rd_expense"),
        pl.lit(0, dtype=pl.Int64).alias("new_equity"),
    ]


def _sound() -> list[pl.Expr]:
    """Answers and counts that meet the little-giant standard and give 64 points or more under SRDI."""
    years_ago = pl.col("year") - ASSESSED
    yes = (
        "qms_certificate",
        "mgmt_certificate",
        "own_brand",
        "core_system",
        "chain_key_link",
        "legal_person",
    )
    no = ("quality_award", "standards_role", "abnormal_list", "dishonest_list", "restricted_products",
          "major_incident_3y")  # fmt: skip
    counts = {"employees": 150, "rd_employees": 18, "class1_ip": 3, "class1_ip_own": 3, "class1_ip_high_value": 0,
              "class1_ip_in_use": 3, "class1_ip_original": 3, "class2_ip": 5, "digital_level": 2}  # fmt: skip
    awards = [f"{name}_{part}" for name in ("national_award", "provincial_award", "maker_china") for part in
              ("rank", "year")]  # fmt: skip
    return [
        *(pl.lit(value=True).alias(name) for name in yes),
        *(pl.lit(value=False).alias(name) for name in no),
        *(pl.lit(value).cast(pl.Int64).alias(name) for name, value in counts.items()),
        pl.lit(2, dtype=pl.Int8).alias("rd_institution"),
        *(pl.lit(None, dtype=pl.Int64).alias(name) for name in awards),
        (8 + years_ago).alias("niche_years"),
        pl.lit("3484").alias("industry_code"),
        pl.lit(value=True).alias("product_fields__six_bases"),
        pl.lit(value=False).alias("product_fields__chain_gap"),
        pl.lit(15 * DECIMAL_SCALE).alias("market_share"),
        pl.lit(9 * DECIMAL_SCALE).alias("provincial_points"),
    ]


def _short() -> list[pl.Expr]:
    """What each kind lacks, in the assessed year alone."""
    now, revenue = pl.col("year") == ASSESSED, pl.col("revenue")
    one_fen_short = revenue // 100 * 3 - 1
    # main revenue of 99 units in both earlier years: 5 % mean growth takes 10 % in the last
    flat = pl.col("unit") * 99
    changes = {
        "rd_expense": [("srdi_one_fen", one_fen_short), ("giant_one_fen", one_fen_short)],
        "net_profit": [("srdi_one_point", revenue // 1000 * 45)],
        "digital_level": [("srdi_one_point", pl.lit(1))],
        "provincial_points": [("srdi_one_point", pl.lit(4 * DECIMAL_SCALE))],
        "niche_years": [("srdi_one_year", pl.lit(1))],
        "market_share": [("giant_share", pl.lit(DECIMAL_SCALE // 100 * 999))],
        "own_brand": [("giant_brand", pl.lit(value=False))],
        "class1_ip_in_use": [("giant_one_right", pl.lit(1))],
    }
    found = []
    for field, cases in changes.items():
        cell = pl.col(field)
        for kind, value in cases:
            cell = pl.when(now & (pl.col("plant") == kind)).then(value).otherwise(cell)
        found.append(cell.alias(field))
    growth = pl.col("plant") == "giant_growth_fen"
    main = pl.when(growth & now).then(flat // 10 * 11 - 1).when(growth).then(flat)
    return [*found, main.otherwise(pl.col("main_revenue")).alias("main_revenue")]


def misread(returns: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    """The returns as the national file has them: R&D expense of the misread firms is a tenth in the assessed year."""
    wrong = firms.filter(pl.col("plant") == MISREAD)["uscc"]
    here = pl.col("uscc").is_in(wrong.implode()) & (pl.col("year") == ASSESSED)
    return returns.with_columns(
        rd_expense=pl.when(here).then(pl.col("rd_expense") // 10).otherwise(pl.col("rd_expense"))
    )


def gamed(returns: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The returns of a province that lifts scores just below the pass mark to it, by its own characteristic points.

    A firm is lifted where its score is certain, lies in the hole below the mark, and the points suffice.
    """
    rule = standard(RULES, "srdi")
    mark, cap = _pass_mark(rule) * DECIMAL_SCALE, _cap(rule) * DECIMAL_SCALE
    scored = score_firms(returns, rule, ASSESSED).select(
        "uscc", score="score_low", sure=pl.col("score_low") == pl.col("score_high")
    )
    bonus = rng.choice([extra for extra, _ in _BONUS], returns.height, p=[share for _, share in _BONUS])
    points = pl.col("provincial_points")
    lifted = points + mark - pl.col("score") + pl.Series("bonus", bonus) * DECIMAL_SCALE
    in_hole = pl.col("sure") & (pl.col("score") < mark) & (pl.col("score") >= mark - _HOLE)
    possible = in_hole & (points + mark - pl.col("score") <= cap) & (pl.col("year") == ASSESSED)
    return (
        returns.join(scored, on="uscc", how="left", maintain_order="left")
        .with_columns(
            provincial_points=pl.when(possible).then(pl.min_horizontal(lifted, cap)).otherwise(points)
        )
        .select(returns.columns)
    )


def _pass_mark(rule: Standard) -> int:
    routes = [route.when for requirement in rule.requirements for route in requirement.routes]
    return next(when.total for when in routes if isinstance(when, ScoreAtLeast))


def _cap(rule: Standard) -> int:
    rules = [criterion.rule for criterion in rule.criteria]
    return next(found.cap for found in rules if isinstance(found, Provincial))
