"""The 13 indicators with NumPy: shares in float64, bands by `np.select`, a missing cell is NaN."""

from typing import Any

import numpy as np
import polars as pl

from tests.bench.peers import annex_2 as annex

Ends = tuple[np.ndarray, np.ndarray]


def prepared(firms: pl.DataFrame) -> dict[str, np.ndarray]:
    """Columns as NumPy holds them: float64 with NaN, points in points; done before the clock starts."""
    found = {
        name: firms[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in annex.FIGURES + annex.TICKS
    }
    found["provincial_points"] = found["provincial_points"] / annex.POINT
    return found | {name: firms[name].to_numpy() for name in annex.FIELDS}


def points(cells: dict[str, np.ndarray]) -> Ends:
    """Score [low, high] of every firm, in points."""
    ends = indicators(cells)
    low = sum_of([low for low, _ in ends[:-1]]) + ends[-1][0]
    high = sum_of([high for _, high in ends[:-1]]) + ends[-1][1]
    return low, high


def sum_of(parts: list[np.ndarray]) -> np.ndarray:
    total = parts[0].astype(np.int16)
    for part in parts[1:]:
        total += part
    return total


def indicators(cells: dict[str, np.ndarray]) -> list[Ends]:
    """[low, high] of each indicator, the province's own last."""
    main, before, first = cells["main_revenue"], cells["main_revenue_y1"], cells["main_revenue_y2"]
    niche, institution, supplied = cells["niche_years"], cells["rd_institution"], cells["provincial_points"]
    amount = banded(cells["rd_expense"], annex.RD_EXPENSE)
    intensity = banded(share(cells["rd_expense"], cells["revenue"]), annex.RD_RATIO)
    return [
        banded(share(main, cells["revenue"]), annex.MAIN_SHARE),
        banded((share(main, before) + share(before, first)) / 2 - 1, annex.MEAN_GROWTH),
        ends_of(
            niche, np.minimum(np.nan_to_num(niche) // 2, annex.NICHE_CAP).astype(np.int8), annex.NICHE_CAP
        ),
        product_field(cells),
        banded(cells["digital_level"], annex.DIGITAL_LEVEL),
        ticked([cells[name] for name in annex.TICKS]),
        banded(share(cells["net_profit"], cells["revenue"]), annex.NET_MARGIN),
        banded(share(cells["total_liabilities"], cells["total_assets"]), annex.DEBT_RATIO, np.less_equal),
        first_of([cells[name] for name, _ in annex.IP], [given for _, given in annex.IP]),
        (np.maximum(amount[0], intensity[0]), np.maximum(amount[1], intensity[1])),
        banded(share(cells["rd_employees"], cells["employees"]), annex.RD_STAFF),
        ends_of(
            institution,
            np.array(annex.RD_INSTITUTION, dtype=np.int8)[np.nan_to_num(institution).astype(np.int8)],
            annex.RD_INSTITUTION[-1],
        ),
        (np.nan_to_num(supplied), np.where(np.isnan(supplied), annex.CHARACTERISTIC_CAP, supplied)),
    ]


def share(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Unknown where the denominator is not above zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, above.dtype.type(np.nan))


def banded(measure: np.ndarray, bands: tuple[tuple[float, int], ...], holds: Any = np.greater_equal) -> Ends:
    """Points of the highest band reached; none of them holds for NaN."""
    found = np.select(
        [holds(measure, measure.dtype.type(edge)) for edge, _ in bands], small(bands), np.int8(0)
    )
    return ends_of(measure, found, bands[0][1])


def ends_of(known: np.ndarray, found: np.ndarray, best: int) -> Ends:
    return found, np.where(np.isnan(known), np.int8(best), found)


def small(bands: tuple[tuple[Any, int], ...]) -> list[np.int8]:
    return [np.int8(given) for _, given in bands]


def product_field(cells: dict[str, np.ndarray]) -> Ends:
    second = np.logical_or.reduce([cells[name] for name in annex.SECOND_FIELDS])
    best = cells[annex.FIELDS[0]]
    found = np.select([best, second], [np.int8(annex.FIELD_BEST), np.int8(annex.FIELD_SECOND)], np.int8(0))
    return found, found


def ticked(ticks: list[np.ndarray]) -> Ends:
    sure = sum_of([tick == 1 for tick in ticks])
    possible = sum_of([tick != 0 for tick in ticks])  # NaN is not zero either
    low, high = (
        np.select([count >= least for least, _ in annex.QUALITY], small(annex.QUALITY), np.int8(0))
        for count in (sure, possible)
    )
    return low, high


def first_of(counts: list[np.ndarray], given: list[int]) -> Ends:
    chosen = [np.int8(number) for number in given]
    low = np.select([count >= 1 for count in counts], chosen, np.int8(0))
    return low, np.select([~(count < 1) for count in counts], chosen, np.int8(0))
