"""Who holds a title on which day, told from the events as the measures of 2022 and the notice 133 tell it."""

import datetime as dt
from collections import defaultdict
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from data.titles_policy import title_rules
from metrics import titles
from tests.metrics.ledger import PROVINCES, RULES, event, on_duckdb, on_polars, rows

D = dt.date
FIRST = D(2019, 6, 5)
LIST = D(2022, 8, 8)


def held(events: pl.DataFrame, day: dt.date, **rules: Any) -> list[tuple[str, str]]:
    terms = on_polars(events, **rules)
    on_the_day = (pl.col("valid_from") <= day) & (pl.col("valid_to") > day).fill_null(value=True)
    return terms.filter(on_the_day).select("tier", "firm").rows()


def last(events: pl.DataFrame) -> dict[str, Any]:
    return on_polars(events).row(-1, named=True)


def test_the_rules_of_the_policy_are_those_of_the_tests() -> None:
    found = title_rules()
    assert {
        "validity_years": found.validity_years,
        "bar_years": found.cancellation.bar_years,
        "reviewed": found.reviewed,
        "provincial": found.provincial,
    } == RULES


def test_a_title_is_held_from_its_first_day_and_due_three_years_later() -> None:
    row = last(rows(event("A", "recognised", FIRST, valid_from=D(2019, 7, 1))))
    assert (row["valid_from"], row["valid_to"], row["due_on"]) == (D(2019, 7, 1), None, D(2022, 7, 1))
    assert (row["name"], row["province"], row["opened_by"]) == ("合成A", "440000", "recognised")


def test_a_stated_last_day_of_validity_counts_whole() -> None:
    row = last(rows(event("A", "recognised", FIRST, valid_to=D(2021, 12, 31))))
    assert row["due_on"] == D(2022, 1, 1)


def test_a_title_under_review_stays_valid_past_its_third_year_until_the_list_is_published() -> None:
    events = rows(
        event("A", "recognised", FIRST), event("B", "recognised", FIRST), event("A", "review_passed", LIST)
    )
    before, after = LIST - dt.timedelta(days=1), LIST
    assert held(events, before) == [("little_giant", "A"), ("little_giant", "B")]
    assert held(events, after) == [("little_giant", "A")]
    assert held(events, D(2025, 12, 31)) == [("little_giant", "A")]


def test_a_title_that_the_list_leaves_out_lapses_and_the_lists_receipt_proves_it() -> None:
    events = rows(
        event("B", "recognised", FIRST),
        event("A", "recognised", FIRST),
        event("A", "review_passed", LIST, receipt_id=5),
    )
    row = last(events)
    assert (row["firm"], row["ended_by"], row["valid_to"]) == ("B", "lapsed", LIST)
    assert (row["closed_receipt"], row["closed_sheet"], row["closed_row"]) == (5, None, None)
    assert row["barred_until"] is None


def test_a_list_in_the_year_of_expiry_prevails_though_some_months_of_validity_are_left() -> None:
    events = rows(
        event("A", "recognised", D(2020, 12, 1)),
        event("B", "recognised", D(2020, 12, 1)),
        event("A", "review_passed", D(2023, 7, 14)),
    )
    assert held(events, D(2023, 7, 14)) == [("little_giant", "A")]


def test_a_list_of_an_earlier_year_ends_no_title_whose_validity_runs_on() -> None:
    events = rows(
        event("A", "recognised", FIRST), event("B", "recognised", D(2020, 6, 1)), event("A", "review_passed", LIST)
    )  # fmt: skip
    assert held(events, LIST) == [("little_giant", "A"), ("little_giant", "B")]


def test_a_list_published_in_parts_is_one_list_of_its_year() -> None:
    events = rows(
        event("A", "recognised", FIRST),
        event("B", "recognised", FIRST),
        event("C", "recognised", FIRST),
        event("A", "review_passed", LIST),
        event("B", "review_passed", D(2022, 9, 1)),
    )
    assert held(events, LIST) == [("little_giant", firm) for firm in "ABC"]
    assert held(events, D(2022, 9, 1)) == [("little_giant", firm) for firm in "AB"]


@pytest.mark.parametrize(("batch", "tier"), [("2", "little_giant"), (None, "little_giant"), ("1", "srdi")])
def test_a_list_of_another_batch_or_tier_ends_nothing(batch: str | None, tier: str) -> None:
    events = rows(
        event("B", "recognised", FIRST), event("A", "review_passed", LIST, title_batch=batch, tier=tier)
    )
    assert ("little_giant", "B") in held(events, D(2024, 1, 1))


def test_a_provinces_list_governs_its_own_firms_alone() -> None:
    srdi = {"tier": "srdi"}
    events = rows(
        *(event(firm, "recognised", FIRST, **srdi) for firm in ("A", "B", "C", "a listed name")),
        event("A", "review_passed", LIST, **srdi),
    )
    assert held(events, LIST) == [("srdi", "A"), ("srdi", "C"), ("srdi", "a listed name")]


def test_a_listed_name_without_a_code_is_in_the_province_of_its_list() -> None:
    srdi = {"tier": "srdi"}
    events = rows(
        event("one name", "recognised", FIRST, **srdi),
        event("another name", "recognised", FIRST, **srdi),
        event("a third name", "review_passed", LIST, **srdi),
    )
    listed = events.with_columns(province=pl.Series(["440000", "510000", "440000"]))
    assert held(listed, LIST) == [("srdi", "a third name"), ("srdi", "another name")]
    assert on_polars(listed).select("firm", "province").rows() == [
        ("a third name", "440000"), ("another name", "510000"), ("one name", "440000"),
    ]  # fmt: skip
    assert_frame_equal(on_duckdb(listed), on_polars(listed))


def test_a_review_passed_continues_the_title_for_three_more_years_from_the_review() -> None:
    events = rows(
        event("A", "recognised", FIRST), event("A", "review_passed", LIST, valid_from=D(2022, 6, 5))
    )
    before, after = on_polars(events).iter_rows(named=True)
    assert (before["ended_by"], before["valid_to"], before["due_on"]) == (
        "continued", D(2022, 6, 5), D(2022, 6, 5),
    )  # fmt: skip
    assert (after["held_since"], after["due_on"], after["ended_by"]) == (FIRST, D(2025, 6, 5), None)


def test_a_name_new_on_a_review_list_is_counted_and_shows_as_such() -> None:
    row = last(rows(event("A", "review_passed", LIST)))
    assert (row["held_since"], row["opened_by"]) == (LIST, "review_passed")


def test_an_innovative_title_is_not_reviewed_and_expires_unless_it_is_renewed() -> None:
    tier = {"tier": "innovative"}
    announced = event("A", "announced", D(2022, 9, 1), **tier)
    row = last(rows(announced))
    assert (row["valid_to"], row["ended_by"], row["closed_receipt"]) == (D(2025, 9, 1), "expired", None)
    in_time = rows(announced, event("A", "renewed", D(2025, 9, 1), **tier))
    assert on_polars(in_time).select("held_since", "ended_by").rows() == [
        (D(2022, 9, 1), "continued"),
        (D(2022, 9, 1), "expired"),
    ]
    late = rows(announced, event("A", "renewed", D(2025, 9, 2), **tier))
    assert last(late)["held_since"] == D(2025, 9, 2)
    assert held(late, D(2025, 9, 1)) == []


@pytest.mark.parametrize("kind", ["updated", "major_change", "complaint", "complaint_closed", "spot_check"])
def test_what_is_no_decision_ends_nothing(kind: str) -> None:
    events = rows(event("A", "recognised", FIRST), event("A", kind, D(2020, 1, 1)))
    assert on_polars(events).height == 1
    assert held(events, D(2020, 1, 1)) == [("little_giant", "A")]


@pytest.mark.parametrize("kind", titles.ENDS)
def test_an_end_takes_the_title_from_its_day_on_and_only_a_cancellation_bars(kind: str) -> None:
    day = D(2020, 3, 1)
    events = rows(event("A", "recognised", FIRST), event("A", kind, day, receipt_id=4, sheet_no=2))
    row = last(events)
    assert (row["valid_to"], row["ended_by"]) == (day, kind)
    assert (row["closed_receipt"], row["closed_sheet"], row["closed_row"]) == (4, 2, 3)
    assert row["barred_until"] == (D(2023, 3, 1) if kind == "cancelled_for_cause" else None)
    assert held(events, day - dt.timedelta(days=1)) == [("little_giant", "A")]
    assert held(events, day) == []


def test_a_title_that_lapses_on_the_day_of_a_new_recognition_is_held_on() -> None:
    events = rows(
        event("A", "recognised", FIRST),
        event("A", "recognised", LIST, title_batch="4"),
        event("A", "lapsed", LIST),
    )
    assert held(events, LIST) == [("little_giant", "A")]
    assert last(events)["held_since"] == LIST


def test_a_cancellation_on_the_day_of_a_recognition_has_the_last_word() -> None:
    events = rows(event("A", "cancelled_for_cause", FIRST), event("A", "recognised", FIRST))
    assert held(events, FIRST) == []
    assert last(events)["barred_until"] == D(2022, 6, 5)


def test_a_grant_dated_back_does_not_undo_the_end_before_it() -> None:
    events = rows(
        event("A", "recognised", FIRST),
        event("A", "lapsed", D(2022, 6, 30)),
        event("A", "renewed", LIST, valid_from=D(2022, 6, 5)),
    )
    assert [row["valid_from"] for row in on_polars(events).iter_rows(named=True)] == [FIRST, D(2022, 6, 30)]


def test_a_firm_listed_twice_on_a_day_has_one_term() -> None:
    assert on_polars(rows(*[event("A", "recognised", FIRST)] * 2)).height == 1


def test_the_order_of_the_rows_decides_nothing() -> None:
    events = rows(
        event("A", "recognised", FIRST), event("B", "recognised", FIRST),
        event("A", "review_passed", LIST), event("A", "cancelled_for_cause", D(2024, 1, 1)),
    )  # fmt: skip
    assert_frame_equal(on_polars(events.reverse()), on_polars(events))


FIRMS = (*PROVINCES, "a listed name")
START = D(2020, 1, 1)
DAYS = 1_600
KINDS = (*titles.GRANTS, *titles.ENDS, "updated")


@st.composite
def histories(draw, *, dated_back: bool = False) -> pl.DataFrame:
    delay = 0 if dated_back else draw(st.sampled_from([0, 0, 20]))
    found = []
    for _ in range(draw(st.integers(0, 14))):
        on = START + dt.timedelta(days=draw(st.integers(0, DAYS - 300)))
        kind = draw(st.sampled_from(KINDS))
        shift = draw(st.integers(-200, 40)) if dated_back else delay
        found.append(
            event(
                draw(st.sampled_from(FIRMS)),
                kind,
                on,
                tier=draw(st.sampled_from(["innovative", "srdi", "little_giant"])),
                title_batch=draw(st.sampled_from(["1", "1", "2"])),
                valid_from=on + dt.timedelta(days=shift) if shift else None,
                replaces_batch=draw(st.sampled_from([None, "1", "2"])) if kind == "review_passed" else None,
            )
        )
    return rows(*found)


SHORT = {"validity_years": 1, "bar_years": 1}


def a_year_after(day: dt.date) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def replacements(events: pl.DataFrame) -> dict[tuple[str, str, dt.date], str]:
    """(tier, batch, day) of the lists that replace a batch → the province whose titles alone each governs, or ""."""
    listed = defaultdict(list)
    for row in events.iter_rows(named=True):
        if row["replaces_batch"]:
            listed[row["tier"], row["replaces_batch"], row["event_date"]].append(PROVINCES.get(row["firm"]))
    return {
        key: (provinces[0] or "") if key[0] in RULES["provincial"] and len(set(provinces)) == 1 else ""
        for key, provinces in listed.items()
    }


def day_by_day(events: pl.DataFrame) -> set[tuple[dt.date, str, str]]:
    """Every day on which a firm holds a title, found by living through the days one by one."""
    place = {"cancelled_for_cause": 2} | dict.fromkeys(titles.GRANTS, 1)
    decided = defaultdict(list)
    lists: dict[tuple[str, str, str, int], dt.date] = {}
    for row in events.iter_rows(named=True):
        row["starts"] = row["valid_from"] or row["event_date"]
        row["issuer"] = (PROVINCES.get(row["firm"]) or "") if row["tier"] in RULES["provincial"] else ""
        decided[row["event_date"]].append(row)
        if row["event"] == "review_passed" and row["tier"] in RULES["reviewed"]:
            on = max(row["event_date"], row["starts"])
            key = (row["tier"], row["title_batch"], row["issuer"], on.year)
            lists[key] = max(on, lists.get(key, on))
    replaced = replacements(events)
    published = {(tier, batch, issuer, on) for (tier, batch, issuer, _), on in lists.items()}
    now, coming, found = {}, defaultdict(list), set()
    for number in range(DAYS + 400):
        day = START + dt.timedelta(days=number)
        for row in sorted(decided[day], key=lambda row: (place.get(row["event"], 0), row["row_no"])):
            title = (row["tier"], row["firm"])
            if row["event"] in titles.GRANTS:
                coming[title].append(row)
            elif row["event"] in titles.ENDS:
                now.pop(title, None)
                coming[title].clear()
        for title, grants in coming.items():
            for row in [row for row in grants if row["starts"] <= day]:
                now[title] = row
                grants.remove(row)
        for title, row in list(now.items()):
            due = a_year_after(row["starts"])
            key = (row["tier"], row["title_batch"], row["issuer"], day)
            if row["tier"] not in RULES["reviewed"]:
                is_over = day >= due
            else:
                up_for_review = (due - dt.timedelta(days=1)).year <= day.year
                is_over = key in published and up_for_review and row["starts"] < day
            lister = replaced.get((row["tier"], row["title_batch"], day))
            is_governed = lister is not None and ("" in (lister, row["issuer"]) or lister == row["issuer"])
            is_replaced = row["starts"] < day and is_governed
            if is_over or is_replaced:
                del now[title]
            else:
                found.add((day, *title))
    return found


def days_of(terms: pl.DataFrame) -> list[tuple[dt.date, str, str]]:
    end = START + dt.timedelta(days=DAYS + 400)
    return [
        (START + dt.timedelta(days=number), tier, firm)
        for tier, firm, first, stop in terms.select("tier", "firm", "valid_from", "valid_to").iter_rows()
        for number in range((first - START).days, (min(stop or end, end) - START).days)
    ]


@settings(max_examples=80, deadline=None)
@given(histories())
def test_the_ledger_says_what_living_through_the_days_says(events: pl.DataFrame) -> None:
    found = days_of(on_polars(events, **SHORT))
    assert len(found) == len(set(found))
    assert set(found) == day_by_day(events)


@settings(max_examples=40, deadline=None)
@given(histories(dated_back=True))
def test_terms_of_a_title_never_overlap_and_never_run_backwards(events: pl.DataFrame) -> None:
    terms = on_polars(events, **SHORT)
    after = pl.col("valid_from").shift(-1).over("firm", "tier", order_by=["valid_from", "valid_to"])
    assert terms.filter(pl.col("valid_to") > after).is_empty()
    assert terms.filter(pl.col("valid_to") < pl.col("valid_from")).is_empty()
    assert terms.filter(pl.col("held_since") > pl.col("valid_from")).is_empty()


@settings(max_examples=40, deadline=None)
@given(histories(dated_back=True))
def test_a_term_is_continued_exactly_where_the_next_one_keeps_its_first_day(events: pl.DataFrame) -> None:
    terms = on_polars(events, **SHORT).sort("tier", "firm", "valid_from", "valid_to", "held_since")
    since_after = pl.col("held_since").shift(-1).over("tier", "firm")
    is_kept = (since_after == pl.col("held_since")).fill_null(value=False)
    assert terms.filter((pl.col("ended_by") == "continued").fill_null(value=False) != is_kept).is_empty()


def test_a_row_that_ends_a_title_on_the_day_of_the_list_is_its_proof() -> None:
    events = rows(
        event("A", "recognised", FIRST), event("B", "review_passed", LIST), event("A", "review_failed", LIST)
    )
    row = on_polars(events).row(0, named=True)
    assert (row["ended_by"], row["valid_to"], row["closed_row"]) == ("review_failed", LIST, 4)


@settings(max_examples=40, deadline=None)
@given(histories(dated_back=True))
def test_both_engines_say_the_same(events: pl.DataFrame) -> None:
    assert_frame_equal(on_duckdb(events, **SHORT), on_polars(events, **SHORT))
