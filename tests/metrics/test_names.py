"""A listed name is a firm's when it is the same name, however it is printed; likeness alone never is."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import names

DAY = dt.date(2022, 8, 8)


def normal(name: str) -> str | None:
    return pl.select(names.normalised(pl.lit(name))).item()


def matched(
    listed: str,
    *,
    firms: dict[str, str] | None = None,
    former: list[tuple[str, str, dt.date | None, dt.date | None]] | None = None,
    uscc: str | None = None,
    event_date: dt.date = DAY,
) -> dict[str, Any]:
    events = pl.DataFrame(
        {"uscc": [uscc], "name": [listed], "event_date": [event_date], "row_no": [7]},
        schema_overrides={"uscc": pl.String},
    )
    enterprises = pl.DataFrame(
        list((firms or {}).items()), schema={"uscc": pl.String, "name": pl.String}, orient="row"
    )
    renamed = pl.DataFrame(
        former or [],
        schema={"uscc": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date},
        orient="row",
    )
    return names.match_names(events, enterprises, renamed).row(0, named=True)


@pytest.mark.parametrize(
    ("printed", "registered"),
    [
        ("合成精密（深圳）有限公司", "合成精密(深圳)有限公司"),
        ("合成精密〔深圳〕有限公司", "合成精密(深圳)有限公司"),
        ("合成精密【深圳】有限公司", "合成精密（深圳）有限公司"),
        ("合成　精密 有限公司\n", "合成精密有限公司"),
        ("合成精密\u200b有限公司", "合成精密有限公司"),
        ("ＡＢＣ合成有限公司", "abc合成有限公司"),
        ("合成·精密有限公司", "合成•精密有限公司"),
        ("合成１２３精密有限公司", "合成123精密有限公司"),
    ],
)
def test_width_brackets_spaces_and_case_do_not_make_another_name(printed: str, registered: str) -> None:
    assert normal(printed) == normal(registered)
    assert matched(printed, firms={"A": registered})["uscc"] == "A"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("合成精密（集团）有限公司", "合成精密集团有限公司"),
        ("合成精密有限公司", "合成精密股份有限公司"),
        ("合成精密有限公司", "合成精蜜有限公司"),
    ],
)
def test_a_like_name_is_another_name(one: str, other: str) -> None:
    row = matched(one, firms={"A": other})
    assert (row["uscc"], row["matched_by"], row["firm"]) == (None, None, normal(one))


@settings(deadline=None)
@given(st.text(st.sampled_from("合成精密機械ＡbＣ（）()〔〕 　·•1２\u200b"), max_size=12))
def test_a_normalised_name_is_its_own_normal_form(name: str) -> None:
    once = normal(name)
    assert once is None or normal(once) == once


def test_a_credit_code_decides_whatever_the_name_says() -> None:
    row = matched("合成精密有限公司", uscc="B", firms={"A": "合成精密有限公司"})
    assert (row["uscc"], row["matched_by"], row["firm"]) == ("B", "code", "B")


def test_a_name_of_two_firms_matches_neither() -> None:
    assert matched("合成", firms={"A": "合成", "B": "合成"})["matched_by"] is None


def test_a_former_name_is_looked_up_when_no_firm_has_the_name_now() -> None:
    row = matched("旧名", firms={"A": "新名"}, former=[("A", "旧名", None, None)])
    assert (row["uscc"], row["matched_by"]) == ("A", "former_name")


def test_a_list_may_print_a_name_after_the_firm_gave_it_up() -> None:
    given_up = dt.date(2020, 1, 1)
    assert matched("旧名", former=[("A", "旧名", None, given_up)])["uscc"] == "A"


def test_a_name_that_passed_from_firm_to_firm_is_the_one_of_the_day() -> None:
    former = [("A", "名", None, dt.date(2023, 1, 1))]
    early, late = (
        matched("名", firms={"B": "名"}, former=former, event_date=day) for day in (DAY, dt.date(2024, 1, 1))
    )
    assert (early["uscc"], early["matched_by"]) == ("A", "former_name")
    assert (late["uscc"], late["matched_by"]) == ("B", "name")


def test_a_former_name_of_two_firms_is_told_by_its_dates_or_stays_open() -> None:
    former = [
        ("A", "名", dt.date(2010, 1, 1), dt.date(2015, 12, 31)),
        ("B", "名", dt.date(2016, 1, 1), dt.date(2022, 12, 31)),
    ]
    assert matched("名", former=former)["uscc"] == "B"
    assert matched("名", former=former, event_date=dt.date(2024, 1, 1))["uscc"] is None


def test_matching_twice_changes_nothing_and_keeps_every_row_in_its_order() -> None:
    events = pl.DataFrame(
        {
            "uscc": [None, "A", None],
            "name": ["合成（乙）", "合成甲", "无名"],
            "event_date": [DAY] * 3,
            "row_no": [4, 2, 3],
        }
    )
    enterprises = pl.DataFrame({"uscc": ["A", "B"], "name": ["合成甲", "合成(乙)"]})
    former = pl.DataFrame(
        schema={"uscc": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
    )
    once = names.match_names(events, enterprises, former)
    assert once.select("row_no", "firm", "matched_by").rows() == [
        (4, "B", "name"),
        (2, "A", "code"),
        (3, "无名", None),
    ]
    twice = names.match_names(once, enterprises, former)
    assert twice["firm"].equals(once["firm"])


def test_traditional_characters_do_not_make_another_name() -> None:
    assert normal("合成精密機械（廣東）有限公司") == normal("合成精密机械(广东)有限公司")


def test_a_character_that_simplified_text_uses_too_stays_as_it_is() -> None:
    assert normal("乾元合成有限公司") != normal("干元合成有限公司")


def test_a_name_that_another_list_has_beside_its_code_is_that_firm() -> None:
    events = pl.DataFrame(
        {
            "uscc": ["A", None, None],
            "name": ["合成甲（公司）", "合成甲(公司)", "合成乙公司"],
            "event_date": [DAY] * 3,
        }
    )
    none = pl.DataFrame(
        schema={"uscc": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
    )
    found = names.match_names(events, none, none)
    assert found.select("firm", "matched_by").rows() == [("A", "code"), ("A", "listed"), ("合成乙公司", None)]
