"""Titles counted from the events beside the published stock: the difference, and why the two are not one count."""

import datetime as dt
from typing import Any

import polars as pl

from data import published
from metrics import reconcile

TODAY = dt.date(2025, 12, 31)


def reconciled(tier: str, firms: list[int], as_of: dt.date = TODAY, **facts: Any) -> dict[str, Any]:
    held = pl.DataFrame({"tier": [tier] * len(firms), "firms": firms})
    known = {"sample_of": None, "synthetic": False} | facts
    return reconcile.reconciled(held, published.stock(), as_of, **known).row(0, named=True)


def test_a_sample_is_set_against_its_part_of_the_published_count() -> None:
    row = reconciled("little_giant", [400, 330, 20], sample_of=20, synthetic=True)
    assert (row["counted"], row["published"], row["expected"]) == (750, 14_600, 730)
    assert (row["difference"], row["date"]) == (20, dt.date(2024, 9, 2))
    assert row["reasons"] == ["sample", "synthetic", "basis", "rounded", "earlier"]


def test_an_exact_count_of_the_same_day_leaves_the_basis_as_the_only_reason() -> None:
    row = reconciled("little_giant", [1_830], dt.date(2021, 6, 11))
    assert (row["expected"], row["difference"], row["reasons"]) == (1_832, -2, ["basis"])


def test_half_a_firm_of_a_sample_is_rounded_up() -> None:
    assert reconciled("little_giant", [0], dt.date(2021, 6, 11), sample_of=64)["expected"] == 29
    assert reconciled("little_giant", [0], dt.date(2021, 6, 11), sample_of=3664)["expected"] == 1


def test_where_nothing_comparable_was_published_there_is_no_difference() -> None:
    row = reconciled("innovative", [5])
    assert (row["counted"], row["published"], row["difference"]) == (5, None, None)
    assert row["reasons"] == ["no_published_count"]


def test_the_published_figure_names_its_row() -> None:
    row = reconcile.published_members(published.stock(), "little_giant", TODAY).row(0, named=True)
    assert (row["file"], row["count"]) == ("data/reference/published_stock.csv", 14_600)
