"""A ministry analyst: who lags in little giants, which firms could close the gap, which titles lapse this quarter?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import expect

from data.access import MINISTRY, current, read
from data.home import Home
from data.published import units
from data.rulebook import standard
from data.words import LANGUAGES
from metrics.scoring.outcome import VERDICTS
from metrics.scoring.score import score_firms
from pipelines.demo.truths import EXPIRING
from pipelines.registry_scores import typed_returns
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.chromium

YEAR = 2024
MEETS = next(code for code, verdict in VERDICTS.items() if verdict == "meets")
ENDED = ("失效", "复核未通过", "因违规撤销")


def names(language: str) -> dict[str, str]:
    """Name of each unit as the pages say it → its code."""
    return dict(units().select("short_zh" if language == "zh" else "name_en", "code").iter_rows())


def events(home: Home) -> pl.DataFrame:
    """The title events as they were received."""
    tables = (pl.read_csv(path, infer_schema=False) for path in home.intake.glob("*.csv"))
    return next(table for table in tables if "有效期止" in table.columns).rename({"统一社会信用代码": "uscc"})


def held(home: Home, tier: str) -> set[str]:
    """Firms whose last event of a tier does not end the title: a reading by hand, without the ledger."""
    last = (
        events(home).filter(pl.col("梯度") == tier).sort("日期", maintain_order=True).group_by("uscc").last()
    )
    return set(last.filter(~pl.col("事件").is_in(ENDED))["uscc"])


def meeting(home: Home, tier: str, province: str) -> set[str]:
    """Firms of a province whose returns meet a standard, scored anew."""
    rows = typed_returns(read(MINISTRY, home).table("annual_returns").filter(f"province = '{province}'"))
    scored = score_firms(rows, standard("measures-2022", tier), YEAR)
    return set(scored.filter(pl.col("verdict") == MEETS)["uscc"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_who_lags_to_the_firms_that_could_close_the_gap_and_the_titles_that_lapse(
    visitor: Callable[..., Visitor], demo: Home, tmp_path: Path, language: str
) -> None:
    me = visitor(language)
    me.become("ministry")

    # Who lags in little giants? The page opens on them, the furthest behind first.
    me.go("target_progress")
    expect(me.page.get_by_text(me.said("tier.little_giant")).first).to_be_visible()
    panel = me.page.locator(".st-key-progress_units_little_giant_tabs")
    panel.get_by_role("tab", name=me.said("twin.table"), exact=True).click()
    lag = me.csv("progress_units_little_giant_csv", tmp_path / "units.csv")
    shares = lag[me.said("progress.column.share_pct")].cast(pl.Float64)
    assert shares.to_list() == sorted(shares)
    missing = lag.sort(pl.col(me.said("progress.column.missing")).cast(pl.Int64), descending=True)
    name = missing[me.said("progress.column.unit")][0]
    province = names(language)[name]

    # Which firms could close the gap? Those ready, that hold the title below.
    me.follow("progress.next_move_up")
    me.pick("move_up.unit", name)
    me.page.get_by_text(me.said("move_up.holders", tier=me.said("tier.srdi")), exact=True).click()
    me.settle()
    ready = me.csv("move_up_firms_csv", tmp_path / "ready.csv")
    codes = set(ready[me.said("move_up.firm.uscc")])
    assert str(ready.height) == me.figure("move_up.figure.lower")
    able = meeting(demo, "little_giant", province) & held(demo, "专精特新中小企业")
    assert codes == able - held(demo, "专精特新“小巨人”企业")
    assert codes
    assert codes.isdisjoint(me.page.url)

    # Which titles lapse this quarter? The chosen unit came along; the question is about all of them.
    me.go("titles_due")
    me.pick("due.unit", me.said("due.country"))
    me.pick("due.tier", me.said("tier_short.srdi"))
    me.choose(me.said("due.months_said", n="3"))
    assert me.figure("due.figure.most") == next(
        unit for unit, code in names(language).items() if code == EXPIRING
    )
    build = current(demo)
    assert build is not None
    due = me.csv(f"due_list_srdi_due_all_{build.build}_csv", tmp_path / "due.csv")
    srdi = events(demo).filter(pl.col("梯度") == "专精特新中小企业", pl.col("认定批次") == "2023-1")
    wave = srdi.filter(pl.col("有效期止") == "2026-02-19", pl.col("uscc").str.starts_with(f"91{EXPIRING}"))
    in_export = set(due[me.said("proof.column.uscc")])
    assert in_export == set(wave["uscc"]) & held(demo, "专精特新中小企业")
    assert str(len(in_export)) == me.figure("due.figure.due")
