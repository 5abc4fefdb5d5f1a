"""What must hold of every firm: one definition, however it is asked, on whichever engine, in whatever order."""

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dataset import contract
from data.rule_files import POLICY, read_plug_in, read_standard
from data.rule_inputs import inputs_of
from data.rulebook import size_standard, standard
from data.rules import TIERS
from metrics.scoring.cells import cell
from metrics.scoring.explain import explain
from metrics.scoring.improve import ways
from metrics.scoring.results import result_table
from metrics.scoring.score import score_firms
from tests.data.test_rulebook import FICTION
from tests.metrics.scoring.firms import UNIT, WAN, YEAR, random_firm, returns, sound_firm

seeds = st.integers(0, 2**32)
tiers = pytest.mark.parametrize("tier", TIERS)


def table(frame, rule):
    return result_table(score_firms(frame, rule, YEAR), rule, YEAR)


@tiers
def test_polars_and_duckdb_agree_on_every_column(tier):
    draw = random.Random(5)
    frame = returns(*(random_firm(draw, missing=0.05) for _ in range(400)))
    rule = standard("measures-2022", tier)
    polars, duckdb = (score_firms(frame, rule, YEAR, engine) for engine in ("polars", "duckdb"))
    assert result_table(polars, rule, YEAR).equals(result_table(duckdb, rule, YEAR))


@tiers
@settings(max_examples=4, deadline=None)
@given(seed=seeds)
def test_no_number_depends_on_the_order_of_rows_or_columns(tier, seed):
    draw = random.Random(seed)
    frame = returns(*(random_firm(draw, missing=0.05) for _ in range(30)))
    columns = list(frame.columns)
    draw.shuffle(columns)
    mixed = frame.sample(fraction=1, shuffle=True, seed=seed % 1000).select(columns)
    rule = standard("measures-2022", tier)
    assert table(frame, rule).equals(table(mixed, rule))


@tiers
@settings(max_examples=4, deadline=None)
@given(seed=seeds)
def test_a_firm_alone_scores_as_in_a_batch_and_as_its_explanation_says(tier, seed):
    draw = random.Random(seed)
    firms = [random_firm(draw, missing=draw.choice([0, 0.1])) for _ in range(12)]
    frame = returns(*firms)
    rule = standard("measures-2022", tier)
    batch = table(frame, rule)
    code = f"{draw.randrange(12):018d}"
    alone = score_firms(frame.filter(pl.col("uscc") == code), rule, YEAR)
    assert result_table(alone, rule, YEAR).equals(batch.filter(pl.col("uscc") == code))
    found = explain(alone, rule, YEAR)
    row = batch.filter(pl.col("uscc") == code).row(0, named=True)
    assert found.verdict == row["verdict"]
    assert found.route == row["route"]
    assert list(found.missing) == [name for name in row["missing"].split(";") if name]
    if found.score is not None:
        low = sum(item.low for item in found.criteria)
        high = sum(item.high for item in found.criteria)
        assert low <= found.score[0] <= found.score[1] <= high
        if row["score"] is not None:
            assert found.score[0] == found.score[1] == low
    for item in found.criteria:
        if item.reached is not None:
            assert item.steps[item.reached].points == item.low
        if item.next is not None:
            assert item.steps[item.next].points > item.high


@tiers
@settings(max_examples=4, deadline=None)
@given(seed=seeds)
def test_a_verdict_given_with_cells_missing_is_the_verdict_of_every_filling(tier, seed):
    draw = random.Random(seed)
    whole = [random_firm(draw) for _ in range(25)]
    holed = [
        {
            year: {
                name: None if "__" not in name and "award" not in name and draw.random() < 0.08 else value
                for name, value in cells.items()
            }
            for year, cells in firm.items()
        }
        for firm in whole
    ]
    rule = standard("measures-2022", tier)
    truth, guess = table(returns(*whole), rule), table(returns(*holed), rule)
    sure = guess.filter(pl.col("verdict") != "undetermined").select("uscc", "verdict")
    assert sure.join(truth.select("uscc", "verdict"), on=["uscc", "verdict"]).height == sure.height
    scored = guess.filter(pl.col("score").is_not_null()).select("uscc", "score")
    settled = scored.join(
        truth.filter(pl.col("score").is_not_null()).select("uscc", pl.col("score").alias("true")), on="uscc"
    )
    assert settled.filter(pl.col("score") != pl.col("true")).is_empty()


BROKEN = [
    ("little_giant", {"market_share": 9 * UNIT, "own_brand": False}, {"market_share", "own_brand"}),
    ("little_giant", {"total_liabilities": 7001 * WAN}, {"total_liabilities"}),
    ("little_giant", {"class1_ip_in_use": 1, "abnormal_list": True}, {"class1_ip_in_use"}),
    ("srdi", {"rd_expense": 239 * WAN, "niche_years": 1}, {"rd_expense", "niche_years"}),
    ("innovative", {"rd_expense": 0, "class1_ip": 0, "class1_ip_own": 0, "class1_ip_in_use": 0}, None),
]


@pytest.mark.parametrize(("tier", "fault", "mended"), BROKEN)
def test_each_plan_of_what_it_would_take_is_enough_and_one_fen_less_is_not(tier, fault, mended):
    rule = standard("measures-2022", tier)
    firm = sound_firm()
    firm[YEAR] |= fault
    found = ways(returns(firm), rule, YEAR)
    assert found.plans
    if mended is not None:
        assert {change.item.field for change in found.plans[0].changes} == mended
    assert found.blocked == (("abnormal_list",) if "abnormal_list" in fault else ())
    needed = [f"holds_{item.id}" for item in rule.requirements if item.id not in found.blocked]
    for plan in found.plans[:2]:
        for short in (0, 1):
            last = plan.changes[-1]
            step = short if last.needed > (last.now or 0) else -short
            values = [change.needed - (step if change is last else 0) for change in plan.changes]
            changed = dict(firm) | {YEAR: dict(firm[YEAR])}
            for change, value in zip(plan.changes, values, strict=True):
                kind = contract("annual_returns").column(change.item.field).type
                changed[YEAR][change.item.field] = bool(value) if kind == "bool" else value
            holds = score_firms(returns(changed), rule, YEAR)
            assert all(holds[name][0] for name in needed) == (short == 0), (plan, short)


def test_every_cell_that_a_standard_reads_is_laid_out():
    frame = returns(random_firm(random.Random(1)))
    for tier in TIERS:
        rule = standard("measures-2022", tier)
        columns = score_firms(frame, rule, YEAR).columns
        for item in inputs_of(rule):
            names = [f"{item.field}__{code}" for code in contract("annual_returns").column(item.field).codes]
            is_list = contract("annual_returns").column(item.field).type == "list"
            assert set(names if is_list else [cell(item.field, item.years_before)]) <= set(columns)


def test_a_firm_without_a_row_of_the_year_is_undetermined_and_never_dropped():
    frame = returns(random_firm(random.Random(1)), {YEAR - 1: {"revenue": 5 * WAN}})
    for tier in TIERS:
        found = table(frame, standard("measures-2022", tier))
        assert found.height == 2
        assert found["verdict"][1] == "undetermined"
        assert found["name"][1] == "firm 1"


def test_a_province_with_its_own_rule_is_scored_by_it_and_others_by_the_points_supplied():
    rule = read_standard(POLICY / "measures-2022", "srdi", size_standard(), plug_ins=(read_plug_in(FICTION),))
    firm = {
        YEAR: {
            "provincial_points": 2 * UNIT,
            "market_share": 10 * UNIT,
            "own_brand": True,
            "core_system": False,
        }
    }
    frame = returns(firm, firm).with_columns(
        province=pl.when(pl.col("uscc") == f"{0:018d}").then(pl.lit("FICTION")).otherwise(pl.lit("320000"))
    )
    assert table(frame, rule)["points_characteristic"].to_list() == ["8", "2"]


def test_a_decimal_score_is_printed_exactly():
    draw = random.Random(3)
    firm = random_firm(draw)
    firm[YEAR]["provincial_points"] = 7 * UNIT + 123_456_789_012_345
    assert (
        table(returns(firm), standard("measures-2022", "srdi"))["points_characteristic"][0]
        == "7.123456789012345"
    )
