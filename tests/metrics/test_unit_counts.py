"""Little giants of June 2021 by reporting unit: 1,832 over 37 units, cities apart or in their province."""

import polars as pl
import pytest

from data import published
from metrics import unit_counts


def counts(*, with_cities: bool) -> dict[str, int | None]:
    found = unit_counts.by_unit(published.little_giants_by_unit(), published.units(), with_cities=with_cities)
    return dict(found.select("code", "count").iter_rows())


@pytest.mark.parametrize("with_cities", [False, True])
def test_the_units_sum_to_1832_with_or_without_their_cities(with_cities: bool) -> None:
    assert sum(count or 0 for count in counts(with_cities=with_cities).values()) == 1_832


def test_there_are_37_units_and_three_places_outside() -> None:
    units = published.units()
    assert units["in_programme"].sum() == 37
    assert units.filter(~pl.col("in_programme"))["short_zh"].to_list() == ["台湾", "香港", "澳门"]
    assert [counts(with_cities=False)[code] for code in ("710000", "810000", "820000")] == [None] * 3


def test_a_city_is_not_counted_in_its_province() -> None:
    apart = counts(with_cities=False)
    assert (apart["440000"], apart["440300"]) == (106, 35)


@pytest.mark.parametrize(
    ("province", "city", "together"),
    [
        ("210000", "210200", 74),
        ("330000", "330200", 162),
        ("350000", "350200", 117),
        ("370000", "370200", 141),
        ("440000", "440300", 141),
    ],
)
def test_a_province_can_be_shown_with_its_city(province: str, city: str, together: int) -> None:
    joined = counts(with_cities=True)
    assert (joined[province], joined[city]) == (together, None)


def test_the_unit_without_firms_keeps_its_zero() -> None:
    assert counts(with_cities=False)["540000"] == 0


def test_the_members_are_the_37_published_rows() -> None:
    rows = unit_counts.members(published.little_giants_by_unit(), published.units(), with_cities=True)
    assert (rows.height, rows["count"].sum()) == (37, 1_832)
    assert rows.filter(pl.col("code") == "440300").select("counted_in", "row_no").row(0) == ("440000", 38)
    assert set(rows["file"]) == {"data/reference/published_little_giants_2021_06.csv"}


def test_no_two_units_share_a_tile() -> None:
    assert published.units().select("tile_row", "tile_col").is_duplicated().sum() == 0
