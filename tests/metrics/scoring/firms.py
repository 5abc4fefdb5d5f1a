"""Typed returns of one or many firms for tests: a sound base, changed cell by cell."""

from __future__ import annotations

import random
from typing import Any

import polars as pl

from data.dataset import contract
from pipelines.intake.check_cells import typed_schema

SCHEMA = typed_schema(contract("annual_returns"))
YEAR = 2024
WAN = 10**6
UNIT = 10**15


def returns(*firms: dict[int, dict[str, Any]]) -> pl.DataFrame:
    """Rows of firms given as {year: {field: stored value}}; the n-th firm has the code of n."""
    rows = []
    for number, years in enumerate(firms):
        for year, cells in years.items():
            lists = {name: False for name, kind in SCHEMA.items() if "__" in name}
            rows.append(
                {
                    "uscc": f"{number:018d}",
                    "name": f"firm {number}",
                    "province": "320000",
                    "year": year,
                    **lists,
                    **cells,
                }
            )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row") if rows else pl.DataFrame(schema=SCHEMA)


def random_firm(draw: random.Random, missing: float = 0.0) -> dict[int, dict[str, Any]]:
    """A firm whose figures often lie on an edge, within the contract's bounds."""
    revenue = draw.choice([100, 999, 1000, 2000, 5000, 10000, 40000, 80000]) * WAN + draw.choice(
        [0, 0, 0, -1, 1]
    )
    firm: dict[int, dict[str, Any]] = {}
    for before, year in enumerate((YEAR, YEAR - 1, YEAR - 2)):
        top = revenue if before == 0 else revenue * draw.choice([100, 98, 92, 85, 120]) // 100
        class1 = draw.choice([0, 0, 1, 2, 3])
        staff = draw.choice([4, 10, 20, 100, 299, 300, 999, 1000, 1200])
        assets = top + draw.choice([0, 1000 * WAN, 80000 * WAN])
        cells: dict[str, Any] = {
            "industry_code": draw.choice(["39", "C3911", "65", "5910", "59", "7020", "47", "7211", "53"]),
            "employees": staff,
            "rd_employees": staff * draw.choice([0, 4, 5, 10, 20, 50]) // 100,
            "revenue": top,
            "main_revenue": top * draw.choice([50, 60, 70, 80, 100]) // 100,
            "net_profit": top * draw.choice([-5, 0, 2, 4, 6, 8, 10]) // 100,
            "total_assets": assets,
            "total_liabilities": assets * draw.choice([30, 50, 55, 60, 70, 75, 90]) // 100,
            "rd_expense": top * draw.choice([1, 2, 3, 4, 5, 6, 8, 10]) // 100,
            "new_equity": draw.choice([0, 0, 0, 500, 2000, 6000, 8000]) * WAN,
            "niche_years": draw.choice([0, 1, 2, 3, 5, 9, 10]),
            "class1_ip": class1,
            "class1_ip_own": draw.randint(0, class1),
            "class1_ip_high_value": draw.choice([0, 0, draw.randint(0, class1)]),
            "class1_ip_in_use": draw.randint(0, class1),
            "class2_ip": draw.choice([0, 1, 5]),
            "digital_level": draw.randint(1, 4),
            "rd_institution": draw.randint(0, 4),
            "market_share": draw.choice([0, 9, 10, 11]) * UNIT,
            "provincial_points": draw.choice([0, 5, 7.5, 15]) * UNIT // 1,
        }
        cells["provincial_points"] = int(cells["provincial_points"])
        for field in (
            "quality_award",
            "qms_certificate",
            "own_brand",
            "standards_role",
            "core_system",
            "mgmt_certificate",
            "product_certificate",
            "chain_key_link",
        ):
            cells[field] = draw.random() < 0.6
        for field in ("abnormal_list", "dishonest_list", "restricted_products", "major_incident_3y"):
            cells[field] = draw.random() < 0.02
        cells["legal_person"] = draw.random() < 0.99
        for name in SCHEMA:
            if "__" in name:
                cells[name] = draw.random() < 0.1
        if draw.random() < 0.1:
            cells["national_award_year"] = year - draw.choice([0, 2, 3])
            cells["national_award_rank"] = draw.choice([1, 3, 4, 5, 6, None])
        for field in list(cells):
            if "__" not in field and "award" not in field and draw.random() < missing:
                cells[field] = None
        firm[year] = cells
    return firm


def sound_firm() -> dict[int, dict[str, Any]]:
    """A firm that meets the little-giant standard with nothing to spare in most places."""
    year = {
        "industry_code": "3911",
        "employees": 200,
        "rd_employees": 40,
        "revenue": 8000 * WAN,
        "main_revenue": 5600 * WAN,
        "net_profit": 480 * WAN,
        "total_assets": 10000 * WAN,
        "total_liabilities": 7000 * WAN,
        "rd_expense": 480 * WAN,
        "new_equity": 0,
        "niche_years": 3,
        "class1_ip": 2,
        "class1_ip_own": 2,
        "class1_ip_high_value": 0,
        "class1_ip_in_use": 2,
        "class2_ip": 0,
        "digital_level": 2,
        "rd_institution": 2,
        "market_share": 10 * UNIT,
        "provincial_points": 8 * UNIT,
        "quality_award": False,
        "qms_certificate": True,
        "mgmt_certificate": True,
        "product_certificate": False,
        "own_brand": True,
        "standards_role": False,
        "core_system": True,
        "legal_person": True,
        "abnormal_list": False,
        "dishonest_list": False,
        "restricted_products": False,
        "major_incident_3y": False,
        "chain_key_link": True,
        "product_fields__six_bases": True,
    }
    earlier = {"revenue": 7600 * WAN, "main_revenue": 5320 * WAN, "rd_expense": 456 * WAN, "new_equity": 0}
    first = {"revenue": 7200 * WAN, "main_revenue": 5040 * WAN, "new_equity": 0}
    return {YEAR: year, YEAR - 1: earlier, YEAR - 2: first}
