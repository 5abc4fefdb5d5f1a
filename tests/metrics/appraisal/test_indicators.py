"""Each part of each computed indicator, at its edges; what is missing, what does not apply, and whose rows it is."""

import datetime as dt
from fractions import Fraction
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.appraisal_policy import load_scheme
from metrics.appraisal import indicators
from tests.metrics.appraisal.small_programme import (
    END,
    ONE,
    YUAN,
    A,
    B,
    asked,
    firm,
    of_batch,
    part,
    periods,
    platforms,
    share,
    state,
    title,
)

FIRMS = of_batch("key_firms", [firm("F1"), firm("F2"), firm("F9", B)])
WAN = 10_000 * YUAN


def received(*rows: dict[str, Any]) -> pl.DataFrame:
    return of_batch(
        "fund_receipts", list(rows), province=A, tranche=1, received_on=dt.date(2025, 3, 1), document_no="甲"
    )


def paid(*amounts: int, kind: str = "key_little_giant", **more: Any) -> list[dict[str, Any]]:
    own = {"province": A, "tranche": 1, "recipient_kind": kind, "recipient_name": "甲", "paid_on": END} | more
    return [own | {"payment_id": f"{kind}{at}", "paid": amount} for at, amount in enumerate(amounts)]


def planned(*amounts: int, kind: str = "key_little_giant", **more: Any) -> list[dict[str, Any]]:
    own = {"province": A, "tranche": 1, "recipient_kind": kind} | more
    return [own | {"recipient_name": f"{kind}{at}", "planned": amount} for at, amount in enumerate(amounts)]


def test_without_any_table_everything_is_missing_and_nobody_takes_part() -> None:
    assert indicators.computed(asked({})).is_empty()


def test_a_province_takes_part_by_a_firm_and_all_else_is_missing_then() -> None:
    found = indicators.computed(asked({"key_firms": FIRMS}))
    assert found["province"].unique().sort().to_list() == [A, B]
    states = found.filter(pl.col("indicator") != "selection_standard")["state"].unique()
    assert states.to_list() == ["missing"]
    assert set(found["indicator"]) == set(load_scheme("round-1").computed)


def test_the_highest_version_of_a_plan_is_read_and_an_unknown_field_is_an_interval() -> None:
    fields = [("declared", True), ("record", True), ("record", None), ("record", False), ("record", True)]
    plans = of_batch(
        "plans",
        [
            {"version": version, "present": present, "field_code": f"{at}"}
            for at, (version, present) in enumerate(fields)
        ],
        province=A,
    )
    found = part(asked({"plans": plans}), "plan_complete", "fields")
    assert (found["share_low"], found["share_high"], found["reason"]) == ("1/2", "3/4", "partly_known")
    assert (found["numerator"], found["denominator"], found["unknown"]) == (2, 4, 1)


@pytest.mark.parametrize(
    ("version", "replied_on", "share_"),
    [("record", END, 1), ("record", END + dt.timedelta(1), 0), ("declared", END, 0), ("record", None, 0)],
)
def test_a_reply_counts_on_the_record_version_up_to_the_day(version: str, replied_on, share_: int) -> None:
    plans = of_batch(
        "plans", [{"version": version, "replied_on": replied_on, "present": True}] * 2, province=A
    )
    found = part(asked({"plans": plans}), "plan_complete", "replied")
    assert (share(found), found["denominator"]) == (share_, 1)


def test_a_firm_at_the_cut_is_above_it_and_one_without_a_score_is_not() -> None:
    scores = [(60 * ONE, 60 * ONE), (60 * ONE - 1, 60 * ONE), (None, 60 * ONE), (80 * ONE, None)]
    firms = [firm(f"F{at}", selection_score=score, cut=cut) for at, (score, cut) in enumerate(scores)]
    assert share(
        part(asked({"key_firms": of_batch("key_firms", firms)}), "selection_standard", "above_cut")
    ) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("amounts", "result"),
    [((5, 5), 0), ((5, 6), 1), ((5, 5, 0), 0), ((5,), None), ((5, 0), None)],
)
def test_a_plan_is_simple_when_all_firms_with_money_get_the_same(amounts, result) -> None:
    tables = {
        "fund_receipts": received({"amount": 99}),
        "distribution_plans": of_batch("distribution_plans", planned(*amounts)),
    }
    found = part(asked(tables), "not_simple", "dispersed")
    assert state(found)[0] == ("not_applicable" if result is None else "computed")
    assert result is None or share(found) == result


def test_execution_is_paid_over_received_up_to_the_day_and_never_more_than_all() -> None:
    receipts = received({"amount": 100}, {"amount": 100, "received_on": END + dt.timedelta(1)})
    payments = [*paid(50), *paid(49, paid_on=END + dt.timedelta(1))]
    payments[1]["payment_id"] = "later"
    tables = {"fund_receipts": receipts, "fund_payments": of_batch("fund_payments", payments)}
    assert share(part(asked(tables), "execution", "paid")) == Fraction(1, 2)
    more = tables | {"fund_payments": of_batch("fund_payments", paid(101))}
    assert share(part(asked(more), "execution", "paid")) == 1


def test_a_province_that_paid_nothing_executed_nothing_once_payments_are_known() -> None:
    receipts = received({"amount": 100}, {"amount": 100, "province": B})
    tables = {"fund_receipts": receipts, "fund_payments": of_batch("fund_payments", paid(100))}
    assert share(part(asked(tables), "execution", "paid", B)) == 0
    assert state(part(asked({"fund_receipts": receipts}), "execution", "paid")) == ("missing", "not_loaded")


@pytest.mark.parametrize(
    ("to_firms", "result"),
    [
        (90 * WAN, Fraction(1)),
        (90 * WAN - 1, 1 - Fraction(1, 10 * WAN)),
        (85 * WAN, Fraction(1, 2)),
        (80 * WAN, Fraction(0)),
        (0, Fraction(0)),
    ],
)
def test_the_direct_share_is_full_at_exactly_90_percent_and_falls_in_a_line_below(
    to_firms: int, result
) -> None:
    rest = 100 * WAN - to_firms
    plans = of_batch("distribution_plans", [*planned(to_firms), *planned(rest, kind="platform")])
    payments = of_batch("fund_payments", [*paid(to_firms), *paid(rest, kind="platform")])
    tables = {
        "fund_receipts": received({"amount": 100 * WAN}),
        "distribution_plans": plans,
        "fund_payments": payments,
    }
    assert share(part(asked(tables), "direct_share", "planned")) == result
    assert share(part(asked(tables), "direct_share", "paid")) == result


DAY_0 = dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("reported", "as_of", "result"),
    [(30, 40, 1), (31, 40, 0), (None, 30, None), (None, 31, 0), (30, 29, None)],
)
def test_a_plan_is_in_time_on_day_30_late_on_day_31_and_not_judged_while_time_runs(
    reported, as_of, result
) -> None:
    day = None if reported is None else DAY_0 + dt.timedelta(reported)
    receipts = received({"amount": 1, "received_on": DAY_0, "plan_reported_on": day})
    found = part(
        asked({"fund_receipts": receipts}, as_of=DAY_0 + dt.timedelta(as_of)), "report_30_days", "on_time"
    )
    assert state(found)[0] == ("not_applicable" if result is None else "computed")
    assert result is None or share(found) == result


def test_quotas_of_the_year_before_do_not_count_in_its_reports() -> None:
    receipts = received({"amount": 1, "received_on": dt.date(2024, 12, 31)})
    assert state(part(asked({"fund_receipts": receipts}), "report_30_days", "on_time"))[0] == "not_applicable"


@pytest.mark.parametrize(("count", "result"), [(1, 1), (3, 1), (4, 0)])
def test_three_platforms_are_within_the_cap_and_four_are_not(count: int, result: int) -> None:
    listed = platforms(*(f"P{at}" for at in range(count)))
    assert share(part(asked({"platforms": listed}), "platform_cap_use", "cap")) == result


def test_a_province_without_a_platform_is_not_judged_on_platforms() -> None:
    tables = {"platforms": platforms("P1"), "key_firms": FIRMS}
    for indicator, name in (("platform_cap_use", "use"), ("platform_services", "served")):
        assert state(part(asked(tables), indicator, name, B)) == ("not_applicable", "no_platform")
    assert state(part(asked(tables), "platform_cap_use", "use")) == ("missing", "not_loaded")


@pytest.mark.parametrize(
    ("category", "beneficiary", "eligible"),
    [
        ("service", "G1", True),
        ("service", None, True),
        ("service", "G2", False),
        ("service", "X", False),
        ("own_construction", "G1", False),
    ],
)
def test_a_platform_may_serve_who_is_a_little_giant_on_that_day(
    category, beneficiary, *, eligible: bool
) -> None:
    ended = title("G2", A, dt.date(2021, 1, 1), valid_to=dt.date(2025, 6, 1))
    use = {"payment_id": "platform0", "used_on": dt.date(2025, 6, 1), "amount": 100}
    tables = {
        "platforms": platforms("P1"),
        "fund_receipts": received({"amount": 100}),
        "fund_payments": of_batch("fund_payments", paid(100, kind="platform", paid_on=dt.date(2025, 4, 1))),
        "fund_use": of_batch("fund_use", [use | {"use_category": category, "beneficiary_uscc": beneficiary}]),
        "title_periods": periods(title("G1", A, dt.date(2024, 1, 1)), ended),
    }
    assert share(part(asked(tables), "platform_cap_use", "use")) == int(eligible)


def test_supervision_that_is_not_recorded_was_not_done_once_supervision_is_known() -> None:
    done = [{"province": A, "kind": "survey", "done_on": dt.date(2025, 6, 1)}] * 2
    tables = {"key_firms": FIRMS, "supervision": of_batch("supervision", done)}
    found = {
        name: part(asked(tables), "supervision_disclosure", name)
        for name in ("survey", "inspection", "lists")
    }
    assert (share(found["survey"]), share(found["inspection"])) == (1, 0)
    assert state(found["lists"]) == ("missing", "not_loaded")
    assert share(part(asked(tables), "supervision_disclosure", "survey", B)) == 0


def test_the_members_of_a_part_sum_to_its_figures_and_name_their_rows() -> None:
    tables = {
        "fund_receipts": received({"amount": 100}),
        "fund_payments": of_batch("fund_payments", paid(60, 30)),
    }
    of = asked(tables)
    rows = indicators.members(of, "execution", "paid", A)
    found = part(of, "execution", "paid")
    assert (int(rows["num"].sum()), int(rows["den"].sum())) == (found["numerator"], found["denominator"])
    assert rows.select("dataset", "field", "row_no").rows() == [
        ("fund_receipts", "amount", 2),
        ("fund_payments", "paid", 2),
        ("fund_payments", "paid", 3),
    ]


def test_relations_with_enumerations_measure_as_frames_do() -> None:
    tables = {
        "key_firms": FIRMS,
        "tasks": of_batch(
            "tasks", [{"year": 2025, "uscc": "F1", "task_code": "cloud", "target": 3, "actual": 1}]
        ),
        "title_periods": periods(title("F1", A, dt.date(2024, 1, 1))),
    }
    with duckdb.connect() as connection:
        relations = {}
        for name, frame in tables.items():
            connection.register(f"{name}_in", frame.to_arrow())
            relations[name] = connection.sql(f"SELECT * FROM {name}_in")  # noqa: S608 - names of this test
        connection.sql("CREATE TYPE code AS ENUM ('digital', 'cloud')")
        relations["tasks"] = connection.sql("SELECT * REPLACE (task_code::code AS task_code) FROM tasks_in")
        assert indicators.computed(asked(relations)).equals(indicators.computed(asked(tables)))


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random) -> None:
    tables = {
        "key_firms": of_batch("key_firms", [firm("F1", selection_score=1, cut=1), firm("F2"), firm("F9", B)]),
        "fund_receipts": received({"amount": 100}, {"amount": 7, "province": B}),
        "fund_payments": of_batch("fund_payments", paid(60, 30, 9)),
        "distribution_plans": of_batch("distribution_plans", planned(5, 5, 6)),
        "platforms": platforms("P1", "P2", "P3", "P4"),
    }
    mixed = {name: frame[random.sample(range(frame.height), frame.height)] for name, frame in tables.items()}
    assert indicators.computed(asked(mixed)).equals(indicators.computed(asked(tables)))
