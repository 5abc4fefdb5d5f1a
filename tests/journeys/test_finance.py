"""The ministry of finance: two scenarios of one pot, and one province's difference explained in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import expect

from data.access import MINISTRY, read
from data.home import Home
from data.words import LANGUAGES
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.chromium

HEBEI, FIRMS = "130000", 10
# Ten firms at a third of six million each measure twenty million; a factor of 0.85 takes three of them away.
NAME = {"zh": "河北", "en": "Hebei"}
SAID = {
    "zh": "方案乙1,700万元，比方案甲2,000万元少300万元，其中等次系数−300万元。",
    "en": "17,000,000 yuan under B, 3,000,000 yuan less than 20,000,000 yuan under A: factor by grade −3,000,000 yuan.",
}
YUAN = {"a": 20_000_000, "b": 17_000_000}


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_scenarios_differ_by_a_sentence_that_adds_up(
    visitor: Callable[..., Visitor], demo: Home, tmp_path: Path, language: str
) -> None:
    firms = read(MINISTRY, demo).table("key_firms").filter("round = 'round-1' AND support_batch = 3")
    assert firms.filter(f"province = '{HEBEI}'").pl().height == FIRMS
    name = NAME[language]

    me = visitor(language)
    me.become("finance")
    me.go("allocate")
    batch = me.said("allocate.batch", round=me.said("allocate.round.round-1"), batch=3)
    me.pick("allocate.programme", me.said("allocate.appraisal", batch=batch, year=2024))
    # The second scenario's factor of the grade that the model is certain of for this province.
    me.write("spinbutton", "allocation.grade.good", "0.85", at=1)
    me.press("allocate.submit")
    me.pick("allocate.province", name)
    sentence = me.page.get_by_test_id("stAlert").filter(has_text=SAID[language])
    expect(sentence).to_contain_text(name)
    expect(me.page.get_by_text(me.said("allocation.model_note")).first).to_be_visible()

    for scenario, tab in (("a", "allocate.scenario.a"), ("b", "allocate.scenario.b")):
        me.tab(tab)
        ledger = me.csv(f"allocate_{scenario}_csv", tmp_path / f"{scenario}.csv")
        steps = [column for column in ledger.columns if column.endswith("_yuan")][1:-1]
        amounts = ledger.select("row", pl.col(steps).cast(pl.Decimal(20, 2)))
        pot = amounts.filter(pl.col("row") == "pot").drop("row")
        # At every step what is allotted and what is withheld sum to the pot, to the fen.
        assert amounts.filter(pl.col("row") != "pot").drop("row").sum().equals(pot)
        own = ledger.filter(pl.col("name") == name)
        assert Decimal(own["amount_yuan"].item()) == YUAN[scenario]
