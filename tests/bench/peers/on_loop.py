"""The 13 indicators as a plain loop over the firms, in whole numbers, a missing cell is None."""

import polars as pl

from tests.bench.peers import annex_2 as annex

Row = tuple[int | bool | None, ...]


def percents(bands: tuple[tuple[float, int], ...]) -> tuple[tuple[int, int], ...]:
    return tuple((round(edge * 100), given) for edge, given in bands)


MAIN_SHARE, MEAN_GROWTH, NET_MARGIN = map(percents, (annex.MAIN_SHARE, annex.MEAN_GROWTH, annex.NET_MARGIN))
DEBT_RATIO, RD_RATIO, RD_STAFF = map(percents, (annex.DEBT_RATIO, annex.RD_RATIO, annex.RD_STAFF))


def prepared(firms: pl.DataFrame) -> list[Row]:
    return firms.select(annex.COLUMNS).rows()


def points(rows: list[Row]) -> list[tuple[int, int]]:
    """Score [low, high] of every firm, in units of 1 / POINT."""
    return [score(row) for row in rows]


def score(row: Row) -> tuple[int, int]:
    (main, main_1, main_2, revenue, profit, liabilities, assets, rd, rd_staff, staff, niche, digital,
     high_value, own, class_1, class_2, institution, supplied, award, system, brand, standards,
     chain_gap, six_bases, time_honoured, key_chain) = row  # fmt: skip
    low = high = 0
    for above, below, bands in (
        (main, revenue, MAIN_SHARE), (profit, revenue, NET_MARGIN), (rd_staff, staff, RD_STAFF),
    ):  # fmt: skip
        if above is None or below is None or below <= 0:
            high += bands[0][1]
        else:
            found = banded(above * 100, below, bands)
            low, high = low + found, high + found
    if main is None or main_1 is None or main_2 is None or main_1 <= 0 or main_2 <= 0:
        high += MEAN_GROWTH[0][1]
    else:
        left, right = (main * main_2 + main_1 * main_1) * 100, 2 * main_1 * main_2
        found = banded(left - right * 100, right, MEAN_GROWTH)
        low, high = low + found, high + found
    if liabilities is None or assets is None or assets <= 0:
        high += DEBT_RATIO[0][1]
    else:
        found = next((given for edge, given in DEBT_RATIO if liabilities * 100 <= assets * edge), 0)
        low, high = low + found, high + found
    amount = None if rd is None else banded(rd, 1, annex.RD_EXPENSE)
    intensity = None if rd is None or revenue is None or revenue <= 0 else banded(rd * 100, revenue, RD_RATIO)
    low += max(amount or 0, intensity or 0)
    high += max(10 if amount is None else amount, 10 if intensity is None else intensity)
    for known, best, found in (
        (niche, annex.NICHE_CAP, niche and min(niche // 2, annex.NICHE_CAP)),
        (digital, 5, digital and banded(digital, 1, annex.DIGITAL_LEVEL)),
        (institution, 10, institution and annex.RD_INSTITUTION[institution]),
    ):
        low, high = low + (found or 0), high + (best if known is None else found)
    ticks = (award, system, brand, standards)
    low += banded(sum(tick is True for tick in ticks), 1, annex.QUALITY)
    high += banded(sum(tick is not False for tick in ticks), 1, annex.QUALITY)
    counts = ((high_value, 10), (own, 8), (class_1, 6), (class_2, 2))
    low += next((given for count, given in counts if count), 0)
    high += next((given for count, given in counts if count is None or count), 0)
    field = 5 if chain_gap else 3 if six_bases or time_honoured or key_chain else 0
    own_low, own_high = (0, 15 * annex.POINT) if supplied is None else (supplied, supplied)
    return (low + field) * annex.POINT + own_low, (high + field) * annex.POINT + own_high


def banded(above: int, below: int, bands: tuple[tuple[int, int], ...]) -> int:
    for edge, given in bands:
        if above >= edge * below:
            return given
    return 0
