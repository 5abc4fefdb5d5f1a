"""Honest synthetic returns for benchmarks: three years, correlated figures, two cells in a hundred missing."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.dataset import contract
from data.rulebook import size_standard

CODES = [
    code for industry in size_standard().industries for code in industry.codes if industry.id == "industry"
]
RARE = {
    "abnormal_list": 0.01,
    "dishonest_list": 0.005,
    "restricted_products": 0.002,
    "major_incident_3y": 0.01,
    "legal_person": 0.995,
}
FEN = 1_000_000
POINT = 10**15


def typed_returns(
    firms: int, years: tuple[int, ...] = (2022, 2023, 2024), missing: float = 0.02, seed: int = 7
) -> pl.DataFrame:
    """A typed `annual_returns` frame of `firms` × `years` rows, as the reader would give it. Synthetic."""
    draw = np.random.default_rng(seed)
    scale = draw.lognormal(8.3, 1.3, firms)
    steady = {
        "growth": draw.normal(1.07, 0.12, firms).clip(0.5, 2),
        "margin": draw.normal(0.07, 0.06, firms),
        "share": draw.beta(8, 2, firms),
        "rd": draw.beta(2, 30, firms),
        "debt": draw.beta(4, 4, firms),
    }
    staff = (scale / 30 * draw.lognormal(0, 0.4, firms)).astype(np.int64) + 3
    industry = draw.choice(CODES, firms)
    frames = [
        pl.DataFrame(
            _year(
                draw,
                firms,
                year,
                scale * steady["growth"] ** (year - years[0]),
                steady,
                staff,
                industry,
                missing,
            )
        )
        for year in years
    ]
    return pl.concat(frames)


def _year(draw, firms, year, revenue_wan, steady, staff, industry, missing) -> dict[str, pl.Series]:
    revenue = (revenue_wan * FEN).astype(np.int64)
    staff_now = (staff * draw.normal(1, 0.05, firms).clip(0.7, 1.4)).astype(np.int64) + 1
    class1 = draw.poisson(1.5, firms)
    own = np.minimum(class1, draw.poisson(1.0, firms))
    figures = {
        "employees": staff_now,
        "rd_employees": (staff_now * draw.beta(2, 8, firms)).astype(np.int64),
        "revenue": revenue,
        "main_revenue": (revenue * steady["share"]).astype(np.int64),
        "net_profit": (revenue * (steady["margin"] + draw.normal(0, 0.02, firms))).astype(np.int64),
        "total_assets": (revenue * 1.2).astype(np.int64) + FEN,
        "total_liabilities": (revenue * 1.2 * steady["debt"]).astype(np.int64),
        "rd_expense": (revenue * steady["rd"]).astype(np.int64),
        "new_equity": np.where(draw.random(firms) < 0.03, draw.integers(1, 8000, firms) * FEN, 0),
        "niche_years": draw.integers(0, 20, firms),
        "class1_ip": class1,
        "class1_ip_own": own,
        "class1_ip_high_value": np.minimum(own, draw.poisson(0.2, firms)),
        "class1_ip_in_use": own,
        "class2_ip": draw.poisson(4, firms),
        "digital_level": draw.integers(1, 5, firms),
        "rd_institution": draw.integers(0, 5, firms),
        "market_share": (draw.beta(1, 9, firms) * 100 * 10**6).astype(np.int64) * 10**9,
        "provincial_points": draw.integers(0, 1501, firms) * 10**13,
    }
    code = pl.Series(np.arange(firms)).cast(pl.String).str.zfill(18)
    found: dict[str, pl.Series] = {
        "uscc": code,
        "name": code,
        "province": pl.Series(["320000"]).extend_constant("320000", firms - 1),
        "year": pl.Series(np.full(firms, year)),
        "industry_code": pl.Series(industry),
    }
    kinds = {"text": pl.String, "int": pl.Int64, "decimal": pl.Int64, "choice": pl.Int8, "date": pl.Date}
    for column in contract("annual_returns").columns:
        field = column.field
        if column.type == "list":
            found |= {f"{field}__{value}": pl.Series(draw.random(firms) < 0.12) for value in column.codes}
        elif column.type == "bool":
            found[field] = _holed(draw, pl.Series(draw.random(firms) < RARE.get(field, 0.5)), missing)
        elif field in figures:
            found[field] = _holed(draw, pl.Series(figures[field]).cast(kinds[column.type]), missing)
        elif field not in found:
            found[field] = pl.repeat(None, firms, dtype=kinds[column.type], eager=True)
    return found


def _holed(draw, values: pl.Series, missing: float) -> pl.Series:
    holes = pl.Series(draw.random(values.len()) < missing)
    return pl.select(pl.when(~holes).then(values)).to_series()
