"""The page of the appraisal: points as intervals, one province's reasons and proof, the lists, empty states."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.access import MINISTRY, read
from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from pages.components.appraisal_reads import opens_first
from pipelines.appraisal import computed, results
from pipelines.loading import load
from pipelines.workflow.decision import decide, decisions, publish
from pipelines.workflow.panel import assign, scores_visible
from tests.pages.opened import opened
from tests.pipelines.appraised_store import F3, FILES, load_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return load_store(tmp_path_factory.mktemp("store"))


def page(home: Path, **address: str) -> AppTest:
    return opened("appraisal_results", **({"lang": "en"} | address))


@pytest.fixture
def at_home(store: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIDU_HOME", str(store.folder))
    return store.folder


def said(app: AppTest) -> str:
    return "\n".join(
        element.value for element in app.main if element.type in ("markdown", "caption", "info", "success")
    )


def test_the_page_says_that_it_is_a_model_and_a_preview(at_home: Path) -> None:
    words = said(page(at_home))
    assert "a product model, not an official score" in words
    assert "Not published yet" in words


def test_the_headline_counts_settled_grades_firms_and_platforms(at_home: Path) -> None:
    shown = {metric.label: metric.value for metric in page(at_home).metric}
    assert shown == {
        "Good or better": "0 of 2",
        "Grades open": "2",
        "Firms to go on": "0 of 3",
        "Platforms passed": "0 of 1",
    }


def test_the_table_has_the_provinces_by_rank_with_intervals(at_home: Path) -> None:
    table = page(at_home).dataframe[0].value
    assert table["Reporting unit"].to_list() == ["Beijing", "Tianjin"]
    assert (table["Lowest points"] < table["Highest points"]).all()
    assert table["Rank"].to_list() == [1, 2]


def test_a_provinces_tree_gives_each_indicator_its_points_and_why_they_are_lost(at_home: Path) -> None:
    app = page(at_home, province="120000")
    tree = app.dataframe[1].value.set_index("Indicator")
    # Of 40 points of output, what does not apply leaves innovation 30.
    row = tree.loc["\u2003Innovation tasks done"]
    assert (row["Points"], row["Why"]) == ("9.00", "30% of the weighted tasks are done")
    assert tree.loc["\u2003Quality of the plan", "Kind"] == "judged"
    assert "0 of 1 quotas were reported in time" in said(app)


def test_the_proof_of_lost_points_goes_down_to_the_cell(at_home: Path) -> None:
    app = page(at_home, province="120000", proof="lost_120000_innovation_tasks")
    rows = app.dataframe[-1].value
    assert rows.iloc[0].to_list()[-3:] == ["tasks.csv", "", "I4"]


def test_the_list_of_firms_names_the_result_and_its_reason_and_can_be_cut(at_home: Path) -> None:
    table = page(at_home, result="stop").dataframe[-1].value
    assert table[["Credit code", "Result", "Why"]].values.tolist() == [
        [F3, "stop", "less than 40% of the weighted tasks are done"]
    ]


def test_a_published_run_shows_the_chairs_grades_and_says_when_the_data_changed_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = load_store(tmp_path)
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    chair, appraisal = Reader("chair"), Appraisal("round-1", 3, 2025)
    for province, grade in (("110000", "good"), ("120000", "poor")):
        decide(home, chair, appraisal, province, grade, seen=0, model_grade=None, reason="合成理由")
    facts = read(MINISTRY)
    found = computed(facts, "round-1", 3, 2025)
    scores = scores_visible(home, chair, appraisal)
    run = publish(
        home,
        chair,
        appraisal,
        build=facts.build.build,
        facts=facts.build.content,
        scheme={"code": "round-1", "sha256": found.scheme.version},
        seed=found.scheme.certainty.seed,
        scores=scores,
        decided=decisions(home, appraisal),
        results=results(found, scores),
        graded=frozenset({"110000", "120000"}),
    )
    app = page(home.folder)
    assert f"run {run.number}" in app.success[0].value
    assert app.dataframe[0].value["Grade"].to_list() == ["good", "poor"]
    assert {metric.label: metric.value for metric in app.metric}["Good or better"] == "1 of 2"
    assert not app.warning
    (tmp_path / "more.csv").write_text(
        "\n".join([FILES["tasks.csv"][0], FILES["tasks.csv"][3].replace(",3,1", ",10,1")]) + "\n",
        encoding="utf-8",
    )
    load(home, [tmp_path / "more.csv"])
    later = page(home.folder)
    assert "changed since" in later.warning[0].value
    assert later.dataframe[0].value["Grade"].to_list() == ["good", "poor"]


def test_the_page_opens_on_what_is_published_else_on_what_is_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path))
    home, chair = Home(tmp_path), Reader("chair")
    latest, reviewed, oldest = offered = tuple(Appraisal("round-1", 3, year) for year in (2025, 2024, 2023))
    assert opens_first(offered) is None
    assign(home, chair, reviewed, "110000", {1})
    assert opens_first(offered) == reviewed
    for appraisal in (oldest, latest):
        decide(home, chair, appraisal, "110000", "good", seen=0, model_grade="good")
        publish(
            home,
            chair,
            appraisal,
            build=1,
            facts="f" * 64,
            scheme={"code": "round-1", "sha256": "5" * 64},
            seed=1,
            scores=scores_visible(home, chair, appraisal),
            decided=decisions(home, appraisal),
            results={},
            graded=frozenset({"110000"}),
        )
        assert opens_first(offered) == appraisal


def test_an_empty_store_and_one_without_key_firms_say_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "none"))
    assert "tidu demo" in page(tmp_path).info[0].value
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    (tmp_path / "enterprises.csv").write_text("\n".join(FILES["enterprises.csv"]) + "\n", encoding="utf-8")
    load(Home(tmp_path / "home"), [tmp_path / "enterprises.csv"])
    assert "key_firms" in page(tmp_path).info[0].value
