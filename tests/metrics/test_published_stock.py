"""Loaded counts join the shipped stock; only a national stock does, and only the basis valid is comparable."""

import datetime as dt

import polars as pl

from data import published
from metrics import published_stock, targets

ROW = {
    "tier": "little_giant", "date": dt.date(2026, 3, 1), "date_precision": None, "province": None, "title_batch": None,
    "event": "stock", "basis": "valid", "count": 17_800, "qualifier": None, "mark": "G", "source": None,
    "file": "counts.xlsx", "sheet": "全国", "row_no": 4,
}  # fmt: skip
KINDS = {
    name: pl.Date if name == "date" else pl.Int64 if name in ("count", "row_no") else pl.String
    for name in ROW
}


def joined(**changed: object) -> pl.DataFrame:
    return published_stock.joined(published.stock(), pl.DataFrame([ROW | changed], schema=KINDS))


def test_a_loaded_stock_of_the_country_is_the_latest_published_one_and_names_its_row() -> None:
    latest = targets.members(joined(), "little_giant", dt.date(2026, 12, 31)).row(-1, named=True)
    assert (latest["count"], latest["qualifier"], latest["date_precision"]) == (17_800, "exact", "day")
    assert (latest["file"], latest["row_no"]) == ("counts.xlsx · 全国", 4)


def test_another_basis_is_shown_apart_and_never_measured() -> None:
    found = joined(basis="announced")
    assert targets.members(found, "little_giant", dt.date(2026, 12, 31))["count"][-1] == 17_600
    assert targets.left_out(found, "little_giant", dt.date(2026, 12, 31))["count"].to_list() == [17_800]


def test_a_batch_and_a_province_are_no_stock_of_the_country() -> None:
    shipped = published.stock().height
    assert joined(event="recognised").height == shipped
    assert joined(province="440000").height == shipped
    assert joined(title_batch="7").height == shipped
