"""Lost points add up: a tally is the sum over its members, units add up to the country, and a file says the same."""

import random

import narwhals as nw
import polars as pl
import pytest

from data.rulebook import standard
from data.rules import Standard
from metrics import lost_points
from metrics.next_band import next_band
from metrics.scoring.evaluate import POINT
from metrics.scoring.outcome import VERDICTS
from metrics.scoring.score import score_firms
from metrics.scoring.summary import points_lost, requirement_counts, verdict_counts
from tests.metrics.scoring.firms import WAN, YEAR, random_firm, returns, sound_firm

UNITS = ("110000", "320000", "440000")
TIERS = ("innovative", "srdi", "little_giant")
WITH_SCORE = TIERS[:2]


def scored_by(rule: Standard, firms: pl.DataFrame) -> pl.DataFrame:
    """Scored firms with what a scores file has besides."""
    scored = score_firms(firms, rule, YEAR)
    distances = {
        f"{part}_{item.id}": expression
        for item in rule.criteria
        for part, expression in next_band(item).items()
    }
    unmet = pl.sum_horizontal(
        (~pl.col(f"holds_{item.id}")).fill_null(value=False) for item in rule.requirements
    )
    measured: pl.DataFrame = nw.from_native(scored).with_columns(**distances).to_native()
    return measured.with_columns(
        unmet=unmet, missing=pl.col("missing").list.join(";"), receipt_id=pl.lit(1), sheet_no=pl.lit(1),
        row_no=pl.int_range(pl.len()),
    )  # fmt: skip


@pytest.fixture(scope="module")
def firms() -> pl.DataFrame:
    draw = random.Random(3)
    table = returns(*(random_firm(draw, missing=0.05) for _ in range(150)))
    return table.with_columns(
        province=pl.col("uscc")
        .cast(pl.Int64)
        .mod(3)
        .replace_strict(dict(enumerate(UNITS)), return_dtype=pl.String)
    )


@pytest.fixture(scope="module", params=TIERS)
def rule(request: pytest.FixtureRequest) -> Standard:
    return standard("measures-2022", request.param)


@pytest.fixture(scope="module")
def scored(rule: Standard, firms: pl.DataFrame) -> pl.DataFrame:
    return scored_by(rule, firms)


@pytest.fixture(scope="module")
def tallied(rule: Standard, scored: pl.DataFrame) -> pl.DataFrame:
    """As the worker makes it: unit by unit."""
    return pl.concat(lost_points.tally(part, rule) for part in scored.partition_by("province"))


def test_a_tally_is_the_sum_over_its_members_to_the_last_point(rule, scored, tallied) -> None:
    for criterion in rule.criteria:
        for unit in UNITS:
            [row] = tallied.filter(province=unit, criterion=criterion.id).to_dicts()
            members = lost_points.members(scored, criterion, unit).collect().to_native()
            assert int(row["lost"]) == sum(members["lost"])
            assert row["firms_losing"] == members.height
            assert row["firms"] == scored.filter(province=unit).height


def test_the_whole_equals_the_summary_of_one_file(rule, scored, tallied) -> None:
    found = lost_points.by_criterion(tallied, rule)
    wanted = points_lost(scored, rule)
    columns = ["criterion", "most", "lost_mean", "lower_band", "missing", "undefined"]
    assert found.select(columns).sort("criterion").rows() == wanted.select(columns).sort("criterion").rows()
    assert (
        found["firms_losing"].to_list()
        == found.join(wanted, on="criterion", maintain_order="left")["firms_right"].to_list()
    )
    assert found["lost_mean"].is_sorted(descending=True)


def test_one_unit_is_the_summary_of_its_firms(rule, scored, tallied) -> None:
    of_unit = scored.filter(province=UNITS[1])
    wanted = points_lost(of_unit, rule).sort("criterion")
    for found in (
        lost_points.by_criterion(tallied, rule, UNITS[1]),
        lost_points.by_province(tallied, rule).filter(province=UNITS[1]),
    ):
        assert found.sort("criterion")["lost_mean"].to_list() == wanted["lost_mean"].to_list()


def test_requirements_and_verdicts_are_counted_as_in_a_file(rule, scored) -> None:
    parts = scored.partition_by("province")
    unmet = pl.concat(lost_points.tally_requirements(part, rule) for part in parts)
    found = lost_points.requirements(unmet, rule).select("requirement", "failed", "open").sort("requirement")
    wanted = requirement_counts(scored, rule).select("requirement", "failed", "open").sort("requirement")
    assert found.equals(wanted)
    verdicts = pl.concat(lost_points.tally_verdicts(part, rule) for part in parts)
    assert {VERDICTS[code]: count for code, count in lost_points.verdicts(verdicts, rule).items()} == {
        word: count for word, count in verdict_counts(scored).items() if count
    }
    for requirement in rule.requirements:
        members = lost_points.members_failing(scored, requirement.id).collect()
        assert len(members) == found.filter(requirement=requirement.id)["failed"].item()


def test_every_scored_firm_is_a_member_of_one_verdict(rule, scored) -> None:
    members = [
        lost_points.members_scored(scored, word).collect()["uscc"].to_list() for word in VERDICTS.values()
    ]
    everyone = lost_points.members_scored(scored).collect()["uscc"].to_list()
    assert (
        sorted(code for listed in members for code in listed) == sorted(everyone) == scored["uscc"].to_list()
    )


@pytest.mark.parametrize("tier", WITH_SCORE)
def test_members_stand_with_the_smallest_change_a_point_first(tier: str, firms: pl.DataFrame) -> None:
    rule = standard("measures-2022", tier)
    criterion = next(item for item in rule.criteria if item.id == "debt_ratio")
    members = lost_points.members(scored_by(rule, firms), criterion).collect().to_native()
    ease = (members["change"].cast(pl.Float64).abs() / members["gain"]).to_list()
    known = [value for value in ease if value is not None]
    assert known == sorted(known) and ease[: len(known)] == known, "those that no figure measures stand last"
    assert members["change"].drop_nulls().max() < 0, "a debt ratio has to fall"


CHANGES = {
    # criterion: (cells of the last year, change of the figure above the line, points it brings)
    "net_margin": ({"revenue": 1000 * WAN, "net_profit": 30 * WAN}, 40 / 30 - 1, 2),
    "debt_ratio": ({"total_assets": 1000 * WAN, "total_liabilities": 800 * WAN}, 700 / 800 - 1, 1),
    "niche_years": ({"niche_years": 3}, 4 / 3 - 1, 1),
    "rd_input": ({"revenue": 10000 * WAN, "rd_expense": 250 * WAN}, 300 / 250 - 1, 2),
}


@pytest.mark.parametrize("criterion", CHANGES)
def test_the_change_to_the_next_band_is_that_of_one_figure(criterion: str) -> None:
    cells, change, gain = CHANGES[criterion]
    firm = sound_firm()
    firm[YEAR] |= cells
    scored = scored_by(standard("measures-2022", "srdi"), returns(firm))
    assert scored[f"change_{criterion}"].item() == pytest.approx(change, rel=1e-6)
    assert scored[f"gain_{criterion}"].item() == gain


def test_moving_the_figure_by_the_change_reaches_the_band() -> None:
    rule = standard("measures-2022", "srdi")
    draw = random.Random(11)
    before = [random_firm(draw) for _ in range(80)]
    scored = scored_by(rule, returns(*before))
    rows = scored.filter(pl.col("change_net_margin").is_not_null()).to_dicts()
    assert rows
    moved = []
    for row in rows:
        firm = before[int(row["uscc"])]
        needed = int(firm[YEAR]["net_profit"] * (1 + row["change_net_margin"] * (1 + 1e-5)) + 1)
        moved.append({**firm, YEAR: firm[YEAR] | {"net_profit": needed}})
    after = score_firms(returns(*moved), rule, YEAR)["low_net_margin"].to_list()
    assert after == [row["low_net_margin"] + row["gain_net_margin"] for row in rows]


def test_a_criterion_without_a_figure_has_no_change(firms: pl.DataFrame) -> None:
    scored = scored_by(standard("measures-2022", "srdi"), firms)
    for criterion in ("quality", "field", "characteristic", "rd_institution"):
        assert scored[f"change_{criterion}"].null_count() == scored.height
        assert scored[f"gain_{criterion}"].null_count() == scored.height


def test_a_province_s_decimals_are_summed_exactly() -> None:
    firm = sound_firm()
    rows = [{**firm, YEAR: firm[YEAR] | {"provincial_points": 7 * POINT + 1}} for _ in range(3)]
    rule = standard("measures-2022", "srdi")
    found = lost_points.tally(score_firms(returns(*rows), rule, YEAR), rule).filter(
        criterion="characteristic"
    )
    assert int(found["lost"].item()) == 3 * (8 * POINT - 1)


def test_nothing_scored_is_no_error() -> None:
    rule = standard("measures-2022", "srdi")
    empty = lost_points.tally(score_firms(returns(), rule, YEAR), rule)
    assert empty.is_empty()
    assert lost_points.by_criterion(empty, rule).is_empty()
