"""The published counts of the little giants and SRDI firms against the three targets, as the policy notes them."""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from data import published
from metrics import targets

TODAY = dt.date(2026, 11, 22)


def attained(as_of: dt.date) -> dict[str, dict]:
    found = targets.attained(published.stock(), published.target_table(), as_of)
    return {row["tier"]: row for row in found.iter_rows(named=True)}


def stock(*rows: tuple[dt.date, int, str], comparable: bool = True) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "date": day,
                "date_precision": "day",
                "tier": "little_giant",
                "count": count,
                "qualifier": qualifier,
                "mark": "T",
                "comparable": comparable,
                "disputed": False,
                "file": "made for this test",
                "row_no": row_no,
            }
            for row_no, (day, count, qualifier) in enumerate(rows, start=2)
        ]
    )


def one_target(count: int = 10_000) -> pl.DataFrame:
    return pl.DataFrame({"tier": ["little_giant"], "target": [count], "horizon_to": [dt.date(2025, 12, 31)]})


def reading(count: int, qualifier: str, target: int = 10_000) -> str:
    seen = stock((dt.date(2023, 1, 1), count, qualifier))
    return targets.attained(seen, one_target(target), TODAY)["reading"].item()


def test_the_targets_are_a_million_a_hundred_thousand_and_ten_thousand() -> None:
    assert published.target_table().select("tier", "target").rows() == [
        ("innovative", 1_000_000),
        ("srdi", 100_000),
        ("little_giant", 10_000),
    ]


def test_little_giants_passed_ten_thousand_between_september_2022_and_july_2023_and_still_hold() -> None:
    row = attained(TODAY)["little_giant"]
    assert (row["reached_after"], row["reached_by"]) == (dt.date(2022, 9, 8), dt.date(2023, 7, 15))
    assert (row["in_horizon"], row["held"]) == (True, "held")
    assert (row["count"], row["qualifier"], row["disputed"]) == (17_600, "more_than", True)
    assert (row["change"], row["since_date"]) == (3_000, dt.date(2024, 9, 2))
    assert row["share_pct"] == pytest.approx(176)


def test_srdi_passed_a_hundred_thousand_by_2024() -> None:
    row = attained(TODAY)["srdi"]
    assert (row["reached_after"], row["reached_by"]) == (dt.date(2022, 6, 15), dt.date(2024, 7, 15))
    assert (row["count"], row["reading"], row["held"]) == (140_000, "reached", "held")


def test_the_merged_tier_of_2026_is_no_observation_of_the_innovative_target() -> None:
    row = attained(TODAY)["innovative"]
    assert (row["count"], row["share_pct"], row["reading"], row["reached_by"]) == (None, None, "none", None)
    apart = targets.left_out(published.stock(), "innovative", TODAY)
    assert apart["count"].to_list() == [600_000]
    assert "不可比" in apart["note_zh"].item()


def test_an_earlier_date_sees_only_what_was_published_by_then() -> None:
    row = attained(dt.date(2022, 9, 8))["little_giant"]
    assert (row["count"], row["reading"], row["reached_by"]) == (8_997, "below", None)
    assert attained(dt.date(2022, 9, 7))["little_giant"]["count"] == 4_762
    assert attained(dt.date(2021, 1, 1))["little_giant"]["reading"] == "none"


@pytest.mark.parametrize(
    ("count", "qualifier", "expected"),
    [
        (9_900, "more_than", "open"),
        (9_998, "more_than", "open"),
        (9_999, "more_than", "reached"),
        (10_000, "more_than", "reached"),
        (12_000, "more_than", "reached"),
        (9_999, "exact", "below"),
        (10_000, "exact", "reached"),
        (10_000, "about", "open"),
        (9_400, "about", "below"),
        (9_950, "about", "below"),
        (10_100, "about", "reached"),
        (14_000, "about", "reached"),
    ],
)
def test_a_qualified_count_proves_only_what_it_says(count: int, qualifier: str, expected: str) -> None:
    assert reading(count, qualifier) == expected


def test_a_target_that_was_passed_can_be_lost_again() -> None:
    seen = stock(
        (dt.date(2022, 1, 1), 9_000, "exact"),
        (dt.date(2023, 1, 1), 11_000, "exact"),
        (dt.date(2024, 1, 1), 9_500, "exact"),
    )
    row = targets.attained(seen, one_target(), TODAY).row(0, named=True)
    assert (row["reached_after"], row["reached_by"]) == (dt.date(2022, 1, 1), dt.date(2023, 1, 1))
    assert (row["held"], row["change"]) == ("lost", -1_500)


def test_a_target_already_passed_at_the_first_publication_has_no_earlier_bound() -> None:
    row = targets.attained(stock((dt.date(2026, 1, 1), 11_000, "exact")), one_target(), TODAY).row(
        0, named=True
    )
    assert (row["reached_after"], row["reached_by"], row["in_horizon"]) == (None, dt.date(2026, 1, 1), False)


def test_no_figure_depends_on_the_order_of_the_rows() -> None:
    shuffled = published.stock().sample(fraction=1, shuffle=True, seed=7)
    assert targets.attained(shuffled, published.target_table(), TODAY).equals(
        targets.attained(published.stock(), published.target_table(), TODAY)
    )


def test_every_figure_names_its_rows() -> None:
    rows = targets.members(published.stock(), "little_giant", TODAY)
    assert rows["row_no"].to_list() == [2, 3, 5, 7, 8, 10, 11]
    assert set(rows["file"]) == {"data/reference/published_stock.csv"}
    assert rows["mark"].null_count() == 0


def test_three_stocks_re_derive_exactly_and_two_nearly() -> None:
    found = targets.rederived(
        published.stock(), published.batches(), published.rederivation_table(), Decimal("0.5")
    )
    assert found.select("stated", "derived", "difference", "verdict").rows() == [
        (1_832, 1_832, 0, "exact"),
        (4_762, 4_762, 0, "exact"),
        (8_997, 8_997, 0, "exact"),
        (14_600, 14_704, 104, "satisfies"),
        (17_600, 17_590, -10, "within"),
    ]


def test_a_sum_far_from_the_published_stock_is_beyond_tolerance() -> None:
    wrong = published.batches().with_columns(
        count=pl.when(pl.col("batch") == "7").then(1_000).otherwise(pl.col("count"))
    )
    found = targets.rederived(published.stock(), wrong, published.rederivation_table(), Decimal("0.5"))
    assert found["verdict"].to_list()[-1] == "outside"


def test_every_part_of_a_re_derivation_is_one_published_row() -> None:
    parts = published.rederivation_table()
    assert targets.rederivation_members(published.batches(), parts).height == parts.height
