"""The 13 indicators of 工信部企业〔2022〕63号, annex 2, as the peers of a benchmark are given them.

Amounts in fen, shares as fractions of one, bands highest first. Typed here and not taken from the rule files, so
that equal totals say something.
"""

import numpy as np
import polars as pl

YEAR = 2024
POINT = 10**15
WAN = 10**6

MAIN_SHARE = ((0.80, 5), (0.70, 3), (0.60, 1))
MEAN_GROWTH = ((0.10, 10), (0.08, 8), (0.06, 6), (0.04, 4), (0.00, 2))
DIGITAL_LEVEL = ((3, 5), (2, 3))
QUALITY = ((2, 5), (1, 3))
NET_MARGIN = ((0.10, 10), (0.08, 8), (0.06, 6), (0.04, 4), (0.02, 2))
DEBT_RATIO = ((0.50, 5), (0.60, 3), (0.70, 1))
RD_EXPENSE = ((500 * WAN, 10), (400 * WAN, 8), (300 * WAN, 6), (200 * WAN, 4), (100 * WAN, 2))
RD_RATIO = ((0.10, 10), (0.08, 8), (0.06, 6), (0.04, 4), (0.03, 2))
RD_STAFF = ((0.20, 5), (0.10, 3), (0.05, 1))
IP = (("class1_ip_high_value", 10), ("class1_ip_own", 8), ("class1_ip", 6), ("class2_ip", 2))
RD_INSTITUTION = (0, 2, 4, 8, 10)  # by code: none, below municipal, municipal, provincial, national
NICHE_CAP, CHARACTERISTIC_CAP = 5, 15
FIELD_BEST, FIELD_SECOND = 5, 3

TICKS = ("quality_award", "qms_certificate", "own_brand", "standards_role")
SECOND_FIELDS = (
    "product_fields__six_bases",
    "product_fields__time_honoured",
    "product_fields__key_chain_supplier",
)
FIELDS = ("product_fields__chain_gap", *SECOND_FIELDS)
FIGURES = (
    "main_revenue", "main_revenue_y1", "main_revenue_y2", "revenue", "net_profit", "total_liabilities", "total_assets",
    "rd_expense", "rd_employees", "employees", "niche_years", "digital_level", "class1_ip_high_value",
    "class1_ip_own", "class1_ip", "class2_ip", "rd_institution", "provincial_points",
)  # fmt: skip
COLUMNS = (*FIGURES, *TICKS, *FIELDS)


def near_an_edge(firms: pl.DataFrame, within: float) -> np.ndarray:
    """Firms with a share or an amount so close to the edge of a band that rounding may carry it across."""

    def figure(name: str) -> np.ndarray:
        return firms[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    with np.errstate(divide="ignore", invalid="ignore"):
        last, middle, first = (figure(name) for name in FIGURES[:3])
        measured = (
            (MAIN_SHARE, last / figure("revenue")),
            (MEAN_GROWTH, (last / middle + middle / first) / 2 - 1),
            (NET_MARGIN, figure("net_profit") / figure("revenue")),
            (DEBT_RATIO, figure("total_liabilities") / figure("total_assets")),
            (RD_RATIO, figure("rd_expense") / figure("revenue")),
            (RD_STAFF, figure("rd_employees") / figure("employees")),
        )
    amount = figure("rd_expense")
    close = [np.abs(measure - edge) <= within for bands, measure in measured for edge, _ in bands]
    close += [np.abs(amount / edge - 1) <= within for edge, _ in RD_EXPENSE]
    return np.logical_or.reduce(close)
