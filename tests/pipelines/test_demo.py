"""The synthetic country: accepted whole by the reader, the same for the same seed, and with its truths in place."""

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from data import published
from data.dataset import DECIMAL_SCALE, contract
from data.rulebook import standard
from data.titles_policy import title_rules
from metrics.scoring.results import result_table
from metrics.scoring.score import score_firms
from metrics.title_status import due, held, nesting, overdue_members
from metrics.titles import periods
from pipelines.demo import truths
from pipelines.demo.firms import AS_OF, COUNTRY
from pipelines.demo.workbooks import SPOILED
from pipelines.demo.write import FEWEST, FEWEST_YEARS, MOST_YEARS, DemoFile, write_country
from pipelines.intake.check import Checked, check_file

FIRMS, YEAR, RULES = 55_000, 2024, "measures-2022"
SRDI = standard(RULES, "srdi")


@dataclass(frozen=True)
class Country:
    files: list[DemoFile]
    checked: dict[str, Checked]

    def typed(self, dataset: str) -> pl.DataFrame:
        """What the reader makes of all files of a dataset that are to be loaded."""
        frames = [
            self.checked[file.path.name].frame
            for file in self.files
            if file.dataset == dataset and file.to_load
        ]
        return pl.concat([frame for frame in frames if frame is not None])

    def returns(self, province: str) -> pl.DataFrame:
        return self.typed("annual_returns").filter(pl.col("province") == province)

    def named(self, ending: str) -> DemoFile:
        return next(file for file in self.files if file.path.name.endswith(ending))


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Country:
    files = write_country(tmp_path_factory.mktemp("country"), FIRMS)
    return Country(files, {file.path.name: check_file(file.path) for file in files if file.dataset})


@pytest.fixture(scope="module")
def ledger(country) -> pl.DataFrame:
    """The terms of all titles, by the ledger that the pages read."""
    events, columns = country.typed("title_events"), contract("title_events")
    coded = events.with_columns(
        [
            pl.col(name).cast(pl.UInt8).cat.to(pl.Enum(columns.column(name).codes)).cast(pl.String)
            for name in ("tier", "event")
        ]
    )
    found = periods(
        coded.with_columns(firm="uscc", receipt_id=1),
        country.typed("enterprises"),
        validity_years=title_rules().validity_years,
        bar_years=title_rules().cancellation.bar_years,
        reviewed=title_rules().reviewed,
        provincial=title_rules().provincial,
    )
    return found.collect(backend="polars").to_native()


def srdi_scores(returns: pl.DataFrame) -> pl.Series:
    """The certain scores, in points."""
    scored = score_firms(returns, SRDI, YEAR).filter(pl.col("score_low") == pl.col("score_high"))
    return scored["score_low"] // DECIMAL_SCALE


def points(scored: pl.DataFrame, criterion: str) -> float:
    return scored.select(pl.col(f"low_{criterion}").cast(pl.Float64).mean()).item()


def test_every_file_to_load_is_accepted_and_only_the_fourth_platform_is_warned_of(country) -> None:
    for file in country.files:
        if file.to_load:
            checked = country.checked[file.path.name]
            warned = 4 if file.dataset == "platforms" else 0
            assert (checked.dataset, checked.errors, checked.warnings) == (file.dataset, 0, warned), (
                file.path.name
            )


def test_every_name_says_that_it_is_synthetic(country) -> None:
    assert all("synthetic" in file.path.name and "合成" in file.path.name for file in country.files)
    assert country.typed("enterprises")["name"].str.starts_with("合成").all()
    assert country.typed("enterprises")["uscc"].str.slice(8, 2).unique().to_list() == ["HC"]
    assert country.typed("provincial_targets")["source"].str.contains("合成").all()


def test_every_firm_stands_once_in_one_of_the_37_units(country) -> None:
    firms = country.typed("enterprises")
    assert (firms.height, firms["uscc"].n_unique(), firms["name"].n_unique()) == (FIRMS, FIRMS, FIRMS)
    assert firms["province"].n_unique() == 37
    assert set(country.typed("annual_returns")["uscc"]) <= set(firms["uscc"])


def test_a_file_says_how_many_firms_each_of_its_firms_stands_for(country) -> None:
    assert {file.sample_of for file in country.files} == {COUNTRY // FIRMS}


def test_the_late_file_comes_after_all_others_to_load(country) -> None:
    names = [file.path.name for file in country.files if file.to_load]
    assert names[0].endswith("enterprises.csv") and names[-1].endswith("2024-甘肃.csv")


def test_one_province_comes_as_a_workbook_of_its_own(country) -> None:
    own = country.checked[country.named("2024-青海.xlsx").path.name]
    assert own.format == "xlsx" and own.header_rows == {"企业年度数据": 3}
    assert own.frame is not None and own.frame["province"].unique().to_list() == [truths.OWN_WORKBOOK]


def test_the_same_call_writes_the_same_bytes_and_another_seed_others(tmp_path) -> None:
    def written(folder: str, seed: int) -> dict[str, str]:
        files = write_country(tmp_path / folder, FEWEST, seed)
        return {file.path.name: sha256(file.path.read_bytes()).hexdigest() for file in files}

    first, other = written("first", 1), written("other", 2)
    assert written("again", 1) == first
    # so small a country has no recovery
    assert [name for name, digest in first.items() if other[name] == digest] == [
        "synthetic-合成-fund-recoveries.csv"
    ]


@pytest.mark.parametrize("firms", [FEWEST, 3_000, 8_000, 21_000])
def test_a_country_of_any_size_is_accepted_by_the_reader(tmp_path, firms: int) -> None:
    for file in write_country(tmp_path, firms):
        if file.dataset:
            checked = check_file(file.path, file.dataset)
            assert checked.accepted == (not file.path.name.endswith("with-errors.xlsx")), file.path.name


def test_a_country_too_small_for_its_truths_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="Ask for 2000 or more"):
        write_country(tmp_path, FEWEST - 1)


@pytest.mark.parametrize("years", [FEWEST_YEARS - 1, MOST_YEARS + 1])
def test_too_few_or_too_many_years_are_refused(tmp_path, years: int) -> None:
    with pytest.raises(ValueError, match="Ask for 3 to 7"):
        write_country(tmp_path, FEWEST, years=years)


@pytest.fixture(scope="module")
def longer(tmp_path_factory) -> tuple[list[DemoFile], list[DemoFile]]:
    """A country in the usual three years, and the same in as many as there can be."""
    folders = [tmp_path_factory.mktemp("short"), tmp_path_factory.mktemp("long")]
    short, long = (
        write_country(folder, 8_000, years=years)
        for folder, years in zip(folders, (FEWEST_YEARS, MOST_YEARS), strict=True)
    )
    return short, long


def test_more_years_add_files_and_leave_every_other_file_as_it_is(longer) -> None:
    short, long = ({file.path.name: file.path.read_bytes() for file in files} for files in longer)
    context = "synthetic-合成-province-context.csv"
    assert sorted(long.keys() - short.keys()) == [
        f"synthetic-合成-annual-returns-{year}.csv" for year in range(2018, 2022)
    ]
    assert [name for name, content in short.items() if long[name] != content] == [context]
    assert set(short[context].splitlines()) < set(long[context].splitlines())


def test_the_earlier_years_are_accepted_without_a_finding_and_hang_together(longer) -> None:
    _, long = longer
    checked = [check_file(file.path) for file in long if file.dataset == "annual_returns" and file.to_load]
    assert [(one.errors, one.warnings) for one in checked] == [(0, 0)] * len(checked)
    rows = pl.concat([one.frame for one in checked if one.frame is not None]).sort("uscc", "year")
    by_year = rows.group_by("year").agg(
        pl.len(),
        pl.col("revenue", "employees", "class1_ip", "niche_years").mean(),
        won=pl.col("maker_china_year").max(),
        listed=pl.col("listed_on").dt.year().max(),
    )
    by_year = by_year.sort("year")
    assert by_year["year"].to_list() == list(range(2018, 2025))
    assert by_year["len"].min() > 0.9 * 8_000  # pyright: ignore[reportOptionalOperand]
    for figure in ("revenue", "employees", "class1_ip", "niche_years"):
        assert by_year[figure].is_sorted(), figure
    assert by_year.filter((pl.col("won") > pl.col("year")) | (pl.col("listed") > pl.col("year"))).is_empty()
    # What a firm earns moves from year to year and does not jump, planted firms included.
    step = (pl.col("revenue") / pl.col("revenue").shift()).over("uscc")
    steps = rows.select(pl.when(pl.col("year").diff().over("uscc") == 1).then(step)).to_series()
    assert steps.min() >= 0.35 and steps.max() < 2  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]


def test_scores_spread_widely_and_verdicts_mix(country) -> None:
    sample = country.typed("annual_returns").filter(pl.col("province").is_in(["320000", "510000"]))
    scores = srdi_scores(sample)
    low, high = scores.quantile(0.05), scores.quantile(0.95)
    assert low is not None and high is not None and low < 25 and high > 80
    verdicts = score_firms(sample, SRDI, YEAR)["verdict"].value_counts(normalize=True)
    assert verdicts.height == 3 and verdicts["proportion"].min() > 0.05  # pyright: ignore[reportOptionalOperand]


def test_about_one_cell_in_a_hundred_is_missing(country) -> None:
    rows = country.returns("320000")
    share = rows.select(
        pl.mean_horizontal(pl.col("revenue", "employees", "niche_years").is_null())
    ).to_series()
    assert 0.008 < share.mean() < 0.02  # pyright: ignore[reportOperatorIssue]


def test_little_giants_follow_the_published_stock_batches_and_provinces(country, ledger) -> None:
    by_year = {
        day: held(ledger, day, "little_giant")["firms"].sum()
        for day in (dt.date(2021, 11, 23), dt.date(2022, 9, 8), dt.date(2024, 9, 2), AS_OF)
    }
    scale = COUNTRY / FIRMS
    assert [round(count * scale, -2) for count in by_year.values()] == [4800, 9000, 14700, 17600]
    ever = (
        ledger.filter(pl.col("tier") == "little_giant", pl.col("opened_by") == "recognised")
        .group_by(code="province")
        .len()
        .join(published.little_giants_by_unit(), on="code", how="right")
        .fill_null(0)
    )
    total = ever["len"].sum() / ever["count"].sum()
    assert (ever["len"] - ever["count"] * total).abs().max() <= 1  # pyright: ignore[reportOptionalOperand]


def test_higher_titles_are_held_only_with_the_lower_ones(ledger) -> None:
    for day in (dt.date(2023, 6, 30), dt.date(2024, 12, 31), AS_OF):
        assert nesting(ledger, day).is_empty()
    tiers = held(ledger, AS_OF).group_by("tier").agg(pl.col("firms").sum()).rows()
    assert dict(tiers) == {"innovative": 30_720, "srdi": 7_044, "little_giant": 880}


def test_events_of_every_kind_are_there_and_the_last_are_of_the_as_of_date(country) -> None:
    events = country.typed("title_events")
    codes = contract("title_events").column("event").codes
    kinds = {codes[code] for code in events["event"].unique()}
    assert kinds == {"recognised", "announced", "updated", "review_passed", "review_failed", "renewed", "lapsed",
                     "cancelled_for_cause"}  # fmt: skip
    assert events["event_date"].max() == AS_OF


def test_an_event_carries_the_name_of_its_day(country) -> None:
    former = country.typed("former_names").select("uscc", old="name", until="valid_to")
    events = country.typed("title_events").join(former, on="uscc")
    is_old = events["name"] == events["old"]
    assert is_old.any() and (is_old == (events["event_date"] <= events["until"])).all()


def test_gaming_scores_bunch_at_the_pass_mark_over_a_hole_and_elsewhere_they_do_not(country) -> None:
    def around(province: str) -> tuple[int, int]:
        scores = srdi_scores(country.returns(province))
        return scores.is_between(56, 59).sum(), scores.is_between(60, 62).sum()

    assert around(truths.GAMING) == (1, 255)
    below, above = around("510000")
    assert 0.8 < above / below * 4 / 3 < 1.25


def test_the_improving_province_rises_clearly_over_the_three_years(country, ledger) -> None:
    ratio = pl.col("rd_expense") / pl.col("revenue")
    medians = country.typed("annual_returns").group_by("province", "year").agg(ratio.median().alias("rd"))
    growth = medians.pivot("year", index="province", values="rd").with_columns(
        times=pl.col("2024") / pl.col("2022")
    )
    best, second = growth.sort("times", descending=True).head(2).iter_rows(named=True)
    assert best["province"] == truths.IMPROVING and best["times"] > 2
    assert second["times"] < 1.2
    assert best["2022"] < best["2023"] < best["2024"]

    def times_as_many(where: pl.Expr) -> float:
        counts = [
            held(ledger.filter(where), dt.date(year, 12, 31), "srdi")["firms"].sum() for year in (2022, 2025)
        ]
        return counts[1] / counts[0]

    assert times_as_many(pl.col("province") == truths.IMPROVING) > 4
    assert times_as_many(pl.lit(value=True)) < 2.1


def test_the_improving_province_scores_higher_as_an_innovative_sme_each_year(country) -> None:
    def mean(year: int) -> float:
        scored = score_firms(country.returns(truths.IMPROVING), standard(RULES, "innovative"), year)
        certain = scored.filter(pl.col("score_low") == pl.col("score_high"))
        return (certain["score_low"].cast(pl.Float64) / DECIMAL_SCALE).mean()  # pyright: ignore[reportReturnType]

    assert mean(2024) > mean(2023) + 5


def test_the_only_titles_due_in_the_next_quarter_are_the_wave(ledger) -> None:
    found = due(ledger, AS_OF, dt.date(2026, 3, 31))
    assert found.rows() == [("srdi", truths.EXPIRING, "2023-1", dt.date(2026, 2, 20), 139)]
    holders = held(ledger, AS_OF, "srdi").filter(pl.col("province") == truths.EXPIRING)["firms"].item()
    assert 0.4 < 139 / holders < 0.5


@pytest.mark.parametrize("tier", ["srdi", "little_giant"])
def test_each_listed_firm_misses_the_next_tier_by_exactly_one_requirement(country, tier) -> None:
    listed = pl.read_csv(country.named("one-step-firms.csv").path).filter(pl.col("tier") == tier)
    kinds = [kind for kind, (missed, *_) in truths.ONE_STEP.items() if missed == tier]
    assert dict(listed["kind"].value_counts().iter_rows()) == dict.fromkeys(kinds, 20)
    rows = country.typed("annual_returns").filter(pl.col("uscc").is_in(listed["uscc"].implode()))
    rule = standard(RULES, tier)
    scored = score_firms(rows, rule, YEAR)
    assert scored["verdict"].to_list() == [0] * listed.height
    broken = pl.sum_horizontal(~pl.col(f"holds_{requirement.id}") for requirement in rule.requirements)
    assert scored.select(broken).to_series().to_list() == [1] * listed.height


def test_one_point_and_one_fen_are_just_that(country) -> None:
    listed = pl.read_csv(country.named("one-step-firms.csv").path)
    rows = country.typed("annual_returns").filter(pl.col("year") == YEAR).join(listed, on="uscc")
    one_fen = rows.filter(pl.col("kind").str.ends_with("one_fen"))
    assert (one_fen["revenue"] * 3 - one_fen["rd_expense"] * 100).unique().to_list() == [100]
    point = listed.filter(pl.col("kind") == "srdi_one_point")["uscc"]
    returns = country.typed("annual_returns").filter(pl.col("uscc").is_in(point.implode()))
    assert result_table(score_firms(returns, SRDI, YEAR), SRDI, YEAR)["score"].unique().to_list() == ["59"]


def test_the_late_province_is_incomplete(country, ledger) -> None:
    firms = country.typed("enterprises").group_by("province").len("firms")
    rows = country.typed("annual_returns").filter(pl.col("year") == YEAR)
    filed = rows.group_by("province").agg(
        pl.len(), blank=pl.mean_horizontal(pl.col("revenue", "employees", "rd_expense").is_null()).mean()
    )
    found = filed.join(firms, on="province").with_columns(share=pl.col("len") / pl.col("firms"))
    late = found.filter(pl.col("province") == truths.LATE).row(0, named=True)
    others = found.filter(pl.col("province") != truths.LATE)
    assert late["share"] < 0.65 and others["share"].min() > 0.9  # pyright: ignore[reportOptionalOperand]
    assert late["blank"] > 0.08 and others["blank"].max() < 0.025  # pyright: ignore[reportOptionalOperand]
    overdue = overdue_members(ledger, AS_OF).collect(backend="polars").to_native()
    assert overdue["province"].unique().to_list() == [truths.LATE]


def test_one_province_loses_its_points_in_one_criterion(country) -> None:
    weak = score_firms(country.returns(truths.WEAK_RD), SRDI, YEAR)
    usual = score_firms(country.returns("510000"), SRDI, YEAR)
    lost = {
        criterion.id: (points(usual, criterion.id) - points(weak, criterion.id)) / criterion.max
        for criterion in SRDI.criteria
        if criterion.id != "characteristic"
    }
    assert max(lost, key=lost.__getitem__) == "rd_input" and lost.pop("rd_input") > 0.2
    assert max(map(abs, lost.values())) < 0.05


def test_the_workbook_with_errors_gives_exactly_the_documented_findings(country) -> None:
    findings = country.checked[country.named("with-errors.xlsx").path.name].findings
    assert sorted(findings.select("cell", "column", "rule", "severity").iter_rows()) == sorted(
        (spoiled.cell, spoiled.field, spoiled.rule, spoiled.severity) for spoiled in SPOILED
    )


def test_the_corrected_workbook_adds_firms_and_turns_verdicts(country) -> None:
    corrected = country.checked[country.named("corrected.xlsx").path.name]
    assert (corrected.errors, corrected.warnings) == (0, 0) and corrected.frame is not None
    before = country.returns(truths.CORRECTED)
    new = corrected.frame.join(before, on=["uscc", "year"], how="anti")
    after = pl.concat([before.join(corrected.frame, on=["uscc", "year"], how="anti"), corrected.frame])
    meet = [(score_firms(rows, SRDI, YEAR)["verdict"] == 1).sum() for rows in (before, after)]
    assert (corrected.rows, new.height) == (60, 40)
    assert meet[1] - meet[0] >= 20


def test_the_documentation_names_every_truth_cell_and_figure(root: Path) -> None:
    page = (root / "docs" / "demo.md").read_text(encoding="utf-8")
    for truth in truths.TRUTHS:
        assert truth.zh in page and truth.en in page and truth.seen_on in page, truth.id
    for spoiled in SPOILED:
        row = f"| {spoiled.cell} | `{spoiled.field}` | `{spoiled.rule}` | {spoiled.zh} | {spoiled.en} |"
        assert row in page, spoiled.cell
    for kind, (_, zh, en) in truths.ONE_STEP.items():
        assert f"| `{kind}` | {zh} | {en} | 20 |" in page, kind
    assert all(figure in page for figure in ("30,720", "7,044", "880", "139", "255"))
