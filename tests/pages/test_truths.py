"""Each planted truth of the synthetic country is found on the page that its user would open, in the words there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data import published
from data.home import Home
from data.home import home as home_in_force
from data.words import text
from pipelines.demo import programme_people as people
from pipelines.demo import programme_truths as programme
from pipelines.demo import truths
from pipelines.demo.truths import ONE_STEP, Truth
from pipelines.demo.workbooks import SPOILED
from tests.health.tree import ROOT
from tests.pages.opened import opened, sound
from tests.pipelines.demo_country import demo_country, one_step_firms

TRUTHS = (*truths.TRUTHS, *programme.PROGRAMME)
# The page of honesty checks is not built yet; when it is, its truth has to be looked for there.
WITHOUT_PAGE = {"Honesty checks"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = dict(published.units().select("code", "name_en").iter_rows())
SRDI, MOST_PAGES = "SRDI SMEs", 30


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = demo_country(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDU_HOME", str(home.folder))
        yield home


def stems() -> dict[str, str]:
    """The pages that there are: English title → stem."""
    return {text(f"page.{path.stem}", "en"): path.stem for path in Path(ROOT, "pages").glob("[a-z]*.py")}


def page(title: str, **address: str) -> AppTest:
    return opened(stems()[title], **{"lang": "en", **address})


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def said(app: AppTest) -> str:
    kinds = ("caption", "markdown", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for element in app.main if element.type in kinds)


def table(app: AppTest, *columns: str) -> pd.DataFrame:
    """The first table that has all of the columns."""
    return next(frame.value for frame in app.dataframe if set(columns) <= set(frame.value.columns))


def improving(province: str) -> None:
    app = page("Provinces", tier="srdi", province=province)
    growth = table(app, "End of quarter", SRDI).astype({"End of quarter": str}).set_index("End of quarter")
    assert [growth.loc[f"{year}-12-31", SRDI] for year in range(2022, 2026)] == [47, 95, 157, 203]
    country = table(app, "Reporting unit", "Valid titles (firms)", "New in the last year (firms)")
    newest = country.sort_values("New in the last year (firms)", ascending=False)
    assert newest.iloc[0]["Reporting unit"] == NAMES[province]


def expiring(province: str) -> None:
    app = page("Titles due", tier="srdi", months="3")
    shown = metrics(app)
    assert (shown["Falling due (firms)"], shown["Most in one unit"]) == ("139", NAMES[province])
    assert "139 firms, 100.0 % of the country" in said(app)
    assert set(table(app, "Due on")["Due on"].astype(str).str.slice(0, 10)) == {"2026-02-20"}


def one_step(_: str) -> None:
    listed = one_step_firms()
    assert set(listed["kind"]) == set(ONE_STEP)
    # of each kind the firms of one unit, the later in the list the smaller
    for kind in ONE_STEP:
        own = listed.filter(pl.col("kind") == kind)
        place = own["province"][-1]
        wanted = own.filter(pl.col("province") == place)
        found = nearly_ready(own["tier"][0], place, set(wanted["uscc"]))
        assert set(found) == set(wanted["uscc"]), kind
        for row in found.values():
            assert is_one_step(kind, row), (kind, dict(row))


def nearly_ready(tier: str, province: str, wanted: set[str]) -> dict[str, pd.Series]:
    """Rows of the wanted firms in the list of those one condition short, turning its pages until all are seen."""
    app = page("Firms to move up", tier=tier, province=province, kind="nearly", holders="1")
    found: dict[str, pd.Series] = {}
    for _ in range(MOST_PAGES):
        rows = table(app, "Credit code", "What it would take")
        found |= {row["Credit code"]: row for _, row in rows.iterrows() if row["Credit code"] in wanted}
        after = [button for button in app.button if button.key and button.key.endswith("_after")]
        if set(found) == wanted or not after or after[0].disabled:
            break
        after[0].click()
        sound(app.run())
    return found


def is_one_step(kind: str, row: pd.Series) -> bool:
    """Whether what it would take is the one point, fen, year or thing that was taken away."""
    if kind == "srdi_one_point":
        return row["Score"] == "59" and row["What it would take"] != ""
    if kind == "giant_brand":
        return row["What it would take"].endswith("no → yes")
    told = re.search(r"([\d,.]+)\D* → ([\d,.]+)", row["What it would take"])
    before, after = (Decimal(number.replace(",", "").rstrip(".")) for number in told.groups())  # pyright: ignore[reportOptionalMemberAccess]
    fen = Decimal("0.000001")
    steps = {"srdi_one_year": Decimal(1), "giant_one_right": Decimal(1), "giant_share": Decimal("0.01")}
    return after - before == steps.get(kind, fen)


def late(province: str) -> None:
    rows = table(page("Quality"), "Received (%)", "Missing")
    assert (rows.iloc[0]["Reporting unit"], rows.iloc[0]["Missing"]) == (NAMES[province], 355)
    assert rows.iloc[0]["Received (%)"] < 62
    assert rows.iloc[1]["Received (%)"] > 90


def weak_rd(province: str) -> None:
    criterion = "R&D input, the better of amount and ratio"
    app = page("Gradient", tier="srdi", province=province)
    largest = next(metric for metric in app.metric if metric.label == "Largest loss")
    assert largest.value == "8.1 points" and criterion in said(app)
    lost = table(page("Gradient", tier="srdi"), "Criterion", "Mean points lost").pivot_table(
        index="Reporting unit", columns="Criterion", values="Mean points lost"
    )
    apart = lost.loc[NAMES[province]] - lost.drop(NAMES[province]).median()
    assert apart[criterion] > 2 and apart.drop(criterion).abs().max() < 0.5
    assert lost[criterion].idxmax() == NAMES[province]


def workbooks(_: str) -> None:
    app = page("Load and validate")
    folder = home_in_force().folder / "demo"
    refused = hand_over(app, next(folder.glob("*-with-errors.xlsx")))
    found = table(refused, "Severity", "Cell")
    planted = {(spoiled.cell, spoiled.severity) for spoiled in SPOILED}
    assert set(zip(found["Cell"], found["Severity"].str.lower(), strict=True)) == planted
    assert refused.button(key="load_button").disabled
    accepted = hand_over(app, next(folder.glob("*-corrected.xlsx")))
    assert "60 rows accepted, no errors, no warnings" in said(accepted)
    assert not accepted.button(key="load_button").disabled


def hand_over(app: AppTest, file: Path) -> AppTest:
    app.file_uploader[0].set_value([(file.name, file.read_bytes(), XLSX)])
    return sound(app.run())


def flow(province: str = "all") -> pd.DataFrame:
    """A row a unit, or a tranche of one unit."""
    return table(page("Funds", province=province), "Unit or tranche").set_index("Unit or tranche")


def checks(rule: str, verdict: str = "violated") -> dict[str, list[str]]:
    """What the page says under a check: unit → findings."""
    rows = table(page("Funds", rule=rule, verdict=verdict), "Reporting unit", "Finding")
    return rows.groupby("Reporting unit")["Finding"].agg(list).to_dict()


def spends_well(province: str) -> None:
    rows, name = flow(), NAMES[province]
    assert rows["Days to payment, longest"].idxmin() == name
    assert (rows.loc[name, "Days to plan, longest"], rows.loc[name, "Paid of received (%)"]) == (6, 100)
    assert rows["Used of paid (%)"].rank(ascending=False)[name] == 1


def sits(province: str) -> None:
    rows, name = flow(), NAMES[province]
    assert rows["Paid of received (%)"].idxmin() == name
    assert rows["Oldest unpaid (days)"].idxmax() == name
    latest = flow(province).loc["first round (2021 to 2025), support batch 3, tranche 3"]
    assert latest["Paid (10k yuan)"] < Decimal("0.4") * int(latest["Received (10k yuan)"])
    assert len(checks("idle")[name]) == 4
    app = page("My province", **{"as": f"province.{province}"})
    assert "of the weighted tasks are done" in table(app, "Why")["Why"].str.cat(sep=" ")


def flat(province: str) -> None:
    [finding] = only(checks("simple_distribution"), province)
    assert "the same amount" in finding and "without a written rationale" in finding


def day_31(province: str) -> None:
    [finding] = only(checks("plan_report"), province)
    assert "reported on day 31 " in finding


def day_30(province: str) -> None:
    assert any("reported on day 30 " in said for said in checks("plan_report", "met")[NAMES[province]])


def exact_share(province: str) -> None:
    for rule in ("direct_planned", "direct_paid"):
        met = checks(rule, "met")
        exactly = {unit for unit, found in met.items() if any(", 90.00 % of" in said for said in found)}
        assert exactly == {NAMES[province]}
        assert NAMES[province] not in checks(rule)


def one_fen_below(province: str) -> None:
    for rule in ("direct_planned", "direct_paid"):
        [finding] = checks(rule)[NAMES[province]]
        assert "89.99 %" in finding and finding.endswith("at least 90 %, short by 0.01 yuan")


def own_construction(province: str) -> None:
    [finding] = only(checks("platform_use"), province)
    assert "used for own construction" in finding


def paid_twice(province: str) -> None:
    [finding] = only(checks("paid_twice"), province)
    assert finding.startswith("2 equal payments to ")


def four_platforms(province: str) -> None:
    [finding] = only(checks("platform_count"), province)
    assert finding.startswith("4 platforms on the list; at most 3")


def empowerment(province: str) -> None:
    for rule in ("empowerment_planned", "empowerment_paid"):
        [finding] = only(checks(rule), province)
        assert "6.00 % of" in finding and "at most 5 %" in finding


def floor(province: str) -> None:
    app = page("Appraisal results", appraisal="round-2.1.2025", kind="key_little_giant")
    listed = table(app, "Result", "Why")
    own = listed[listed["Reporting unit"] == NAMES[province]]
    assert own["Result"].value_counts().to_dict() == {"continue": 2, "stop": 1, "recover the money": 1}
    assert (listed["Result"] == "recover the money").sum() == 1
    why = own.set_index("Result")["Why"]
    assert "investment is below 20,000,000 yuan" in why["recover the money"]
    assert "targets missed" in why["stop"]


def pending(province: str) -> None:
    app = page("Distribution plan", province=province)
    assert "as of 2025-12-31 14 days are left" in said(app)
    assert "received 2025-12-15" in said(app)


def no_copy(province: str) -> None:
    [finding] = only(checks("bureau_copy"), province)
    assert "the plan is reported, and there is no copy" in finding


def recovered(province: str) -> None:
    back = flow()["Recovered (10k yuan)"]
    assert list(back[back > 0].index) == [NAMES[province]]


def published_otherwise(province: str) -> None:
    differing = table(page("Funds"), "Document number", "Verdict")
    assert differing["Reporting unit"].to_list() == [NAMES[province]]
    assert differing["Received less published (10k yuan)"].to_list() == [-1]


def near_cut(_: str) -> None:
    rows = under_the_chair("Model grade").set_index("Reporting unit")
    for unit, grade in ((people.JUST_ABOVE, "excellent"), (people.JUST_BELOW, "good")):
        assert rows.loc[NAMES[unit], "Model grade"] == grade
    results = page("Appraisal results", appraisal=people.REVIEWED.code)
    shown = table(results, "Lowest points", "Grade").set_index("Reporting unit")
    assert shown.loc[NAMES[people.JUST_ABOVE], "Grade"] == "excellent"
    assert shown.loc[NAMES[people.JUST_BELOW], "Grade"] == "good"


def severe_panelist(_: str) -> None:
    seats = under_the_chair("Against the others (points)")
    assert (int(seats.iloc[0]["Seat"]), len(seats)) == (people.SEVERE, 3)
    assert seats.iloc[0]["Against the others (points)"] < -15
    assert (seats.iloc[1:]["Against the others (points)"] > 0).all()
    app = page("Decide and publish", **{"as": "chair", "appraisal": people.REVIEWED.code})
    assert metrics(app)["Reviews outstanding"] == "0"


def under_the_chair(column: str) -> pd.DataFrame:
    return table(page("Decide and publish", **{"as": "chair", "appraisal": people.REVIEWED.code}), column)


def self_evaluations(_: str) -> None:
    def own(province: str) -> AppTest:
        return page("Self-evaluation", **{"as": f"province.{province}", "appraisal": people.EVALUATED.code})

    handed_in = own(people.SUBMITTED)
    assert "Locked under" in said(handed_in) and "receipt 1" in said(handed_in)
    assert metrics(handed_in)["Differ from system"] == "1"
    assert [field.key for field in handed_in.number_input] == []
    for province in people.DRAFTS:
        draft = own(province)
        assert "Locked under" not in said(draft) and "draft" in said(draft)
        assert draft.number_input


def only(found: Mapping[str, list[str]], province: str) -> list[str]:
    assert set(found) == {NAMES[province]}
    return found[NAMES[province]]


SEEN: dict[str, Callable[[str], None]] = {
    "improving": improving,
    "expiring": expiring,
    "one_step": one_step,
    "late": late,
    "weak_rd": weak_rd,
    "workbooks": workbooks,
    "spends_well": spends_well,
    "sits": sits,
    "flat": flat,
    "day_31": day_31,
    "day_30": day_30,
    "exact_share": exact_share,
    "one_fen_below": one_fen_below,
    "own_construction": own_construction,
    "paid_twice": paid_twice,
    "four_platforms": four_platforms,
    "empowerment": empowerment,
    "floor": floor,
    "pending": pending,
    "no_copy": no_copy,
    "recovered": recovered,
    "published_otherwise": published_otherwise,
    "near_cut": near_cut,
    "severe_panelist": severe_panelist,
    "self_evaluations": self_evaluations,
}


@pytest.mark.parametrize("truth", [truth for truth in TRUTHS if truth.id in SEEN], ids=lambda truth: truth.id)
def test_a_planted_truth_is_seen_where_its_user_looks(demo: Home, truth: Truth) -> None:
    assert truth.seen_on in stems(), "the documentation names a page that there is"
    SEEN[truth.id](truth.province)


def test_every_truth_is_looked_for_as_soon_as_its_page_is_there() -> None:
    unseen = {truth.seen_on for truth in TRUTHS if truth.id not in SEEN}
    assert unseen == WITHOUT_PAGE
    assert not unseen & set(stems())
