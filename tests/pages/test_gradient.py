"""The page of lost points says what the scores say, in each state, in each language, and restores its view."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import access
from data.home import Home
from data.rulebook import standard
from data.words import LANGUAGES, text
from metrics import lost_points
from metrics.scoring.score import score_firms
from metrics.scoring.summary import points_lost, requirement_counts, verdict_counts
from pipelines.loading import load
from pipelines.registry_scores import write_scores
from tests.metrics.scoring.firms import YEAR
from tests.pages.opened import in_force, opened
from tests.pipelines import small_registry as registry

TIERS = ("innovative", "srdi", "little_giant")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with in_force(registry.scored_registry(tmp_path_factory.mktemp("registry"))) as home:
        yield home


def page(language: str = "zh", **address: str) -> AppTest:
    return opened("gradient", **{"lang": language, **address})


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def firms_shown(app: AppTest, language: str = "zh") -> pl.DataFrame:
    name = text("gradient.firm.uscc", language)
    return next(pl.from_pandas(frame.value) for frame in app.dataframe if name in frame.value.columns)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_the_headline_figures_are_those_of_the_firms_scored_in_one_file(
    home, tier: str, language: str
) -> None:
    rule = standard("measures-2022", tier)
    scored = score_firms(registry.typed(), rule, YEAR)
    counts = verdict_counts(scored)
    app = page(language, tier=tier)
    found = metrics(app)
    assert found[text("gradient.figure.firms", language)] == str(scored.height)
    assert found[text("gradient.figure.meets", language)] == str(counts["meets"])
    assert found[text("gradient.figure.undetermined", language)] == str(counts["undetermined"])
    if rule.criteria:
        most = points_lost(scored, rule)["lost_mean"][0]
        assert found[text("gradient.largest.score", language)].startswith(f"{most:.1f}")
    else:
        assert requirement_counts(scored, rule)["failed"][0] > 0
        assert text("gradient.largest.unmet", language) in found


def test_one_unit_shows_its_own_firms(home) -> None:
    app = page(tier="srdi", province="320000")
    own = score_firms(registry.typed(), standard("measures-2022", "srdi"), YEAR).filter(province="320000")
    assert metrics(app)[text("gradient.figure.firms", "zh")] == str(own.height)
    assert set(firms_shown(app)[text("gradient.firm.uscc", "zh")]) <= set(own["uscc"])


def test_the_table_has_every_unit_and_criterion(home) -> None:
    app = page("en", tier="srdi")
    rule = standard("measures-2022", "srdi")
    column = text("gradient.column.lost_mean", "en")
    rows = next(frame.value for frame in app.dataframe if column in frame.value.columns)
    assert len(rows) == len(registry.UNITS) * len(rule.criteria)
    assert set(rows[text("gradient.column.province", "en")]) == {"Beijing", "Jiangsu", "Henan"}


def test_the_list_holds_the_members_of_its_criterion_in_their_order(home) -> None:
    app = page(tier="srdi", list="net_margin")
    criterion = next(item for item in standard("measures-2022", "srdi").criteria if item.id == "net_margin")
    scores = access.read(access.MINISTRY, home).table("scores_srdi").pl()
    members = lost_points.members(scores, criterion).collect().to_native()
    assert members.height
    assert firms_shown(app)[text("gradient.firm.uscc", "zh")].to_list() == members["uscc"].head(50).to_list()


def test_a_firm_s_name_leads_to_its_record_and_its_row_to_a_cell_of_the_file(home, tmp_path_factory) -> None:
    app = page(tier="srdi", list="net_margin")
    rows = firms_shown(app)
    uscc = rows[text("gradient.firm.uscc", "zh")][0]
    assert rows[text("gradient.firm.name", "zh")][0].startswith(f"firms?uscc={uscc}&lang=zh#")
    assert rows[text("gradient.firm.file", "zh")][0] == f"synthetic-returns-{YEAR}.csv"
    assert rows[text("gradient.firm.cell", "zh")][0][0].isalpha()


def test_a_list_longer_than_a_page_can_be_turned(home) -> None:
    app = page(tier="srdi", list="fails", lang="zh")
    total = sum(
        row["verdict"] == 0 for row in access.read(access.MINISTRY, home).table("scores_srdi").pl().to_dicts()
    )
    first = firms_shown(app)
    assert first.height == min(total, 50)
    after = next((button for button in app.button if button.label == text("proof.after", "zh")), None)
    assert after is not None and after.disabled == (total <= 50)


def test_proofs_list_as_many_firms_as_they_prove(home) -> None:
    app = page("en", tier="srdi", proof="meets")
    said = " ".join(block.value for block in app.markdown)
    assert metrics(app)[text("gradient.figure.meets", "en")] in said


@pytest.mark.parametrize("address", [{"tier": "giant"}, {"province": "710000"}, {"list": "nothing"}])
def test_an_unknown_value_in_an_address_gives_the_default_view(home, address: dict[str, str]) -> None:
    assert metrics(page(**address)) == metrics(page())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_facts_the_page_says_the_first_step(language: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path))
    app = page(language)
    assert text("facts.first_step", language) in app.info[0].value
    assert metrics(app) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_waits_for_the_worker_and_says_what_it_could_not_do(
    language: str, tmp_path: Path, monkeypatch
) -> None:
    home = Home(tmp_path / "home")
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    build = registry.load_registry(home, tmp_path / "files")
    st.cache_data.clear()  # the same rows make the same build, which another test has read
    folder = home.derived / str(build.build)
    folder.mkdir(parents=True)
    assert page(language).info[0].value == text(
        "gradient.waiting.write_scores", language, build=1, rows=build.rows["annual_returns"]
    )
    (folder / "failures.json").write_text('{"write_scores": "OSError: no room left"}', encoding="utf-8")
    app = page(language)
    assert "no room left" in app.error[0].value
    assert text("gradient.try_again", language) in [button.label for button in app.button]


def test_a_store_without_returns_says_what_to_load(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path / "home")
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    enterprises = tmp_path / "enterprises.csv"
    enterprises.write_text(
        f"统一社会信用代码,企业名称,省份\n{registry.code(0)},合成一公司,北京市\n", encoding="utf-8"
    )
    _, build = load(home, [enterprises], "enterprises")
    assert build is not None
    write_scores(home, build)
    assert text("gradient.no_returns", "zh") in page().info[0].value
