"""The composite page: empty, the example with its reasons down to the cell, one's own tables, refusals."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from data.words import LANGUAGES, text
from pipelines import composite_example as example
from pipelines.calculator_files import read_grid_bytes
from pipelines.calculators import STRUCTURE, composite_of, structure_of
from tests.pages.opened import opened


def page(**address: str) -> AppTest:
    return opened("composite", **address)


def uploaded(data: str, structure: str, language: str = "zh") -> AppTest:
    app = page(lang=language)
    for key, content in (("composite_data", data), ("composite_structure", structure)):
        app.file_uploader(key=key).set_value((f"{key}.csv", content.encode(), "text/csv"))
    app.run()
    assert [error.message for error in app.exception] == []
    return app


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


@pytest.mark.parametrize(("language", "said"), [("zh", "第一步"), ("en", "First step")])
def test_without_tables_the_page_says_the_first_step(language, said) -> None:
    app = page(lang=language)
    assert said in app.info[0].value
    assert not app.metric


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_is_marked_synthetic_and_ranks_as_the_command_does(language) -> None:
    app = page(lang=language, example="1")
    assert any(text("app.synthetic", language) in caption.value for caption in app.caption)
    data, structure = (
        read_grid_bytes(content.encode(), "example.csv", needed)
        for content, needed in ((example.DATA, ["unit"]), (example.STRUCTURE, STRUCTURE))
    )
    found = composite_of(data, structure, draws=200)
    assert list(metrics(app).values())[:3] == [found.table["unit"][0], "12", "2"]
    table = app.dataframe[0].value
    assert table.iloc[:, 0].to_list() == found.table["unit"].to_list()


def test_a_link_brings_the_rule_of_gaps_and_the_draws_along() -> None:
    strict = page(lang="en", example="1", missing="strict", draws="0")
    assert list(metrics(strict)) == ["First", "Units ranked", "Missing cells"]
    assert metrics(strict)["Units ranked"] == "10"


def test_the_proof_of_the_leader_goes_down_to_the_cell() -> None:
    app = page(lang="en", example="1", proof="leader")
    points = next(frame.value for frame in app.dataframe if "Points" in frame.value.columns)
    leaves = points[points["Cell"].notna()]
    assert leaves["Points"].sum() == pytest.approx(points["Points"][0], abs=0.02)
    assert set(leaves["File"]) == {example.DATA_NAME}
    row = example.DATA.splitlines()[int(leaves["Cell"].iloc[0][1:]) - 1].split(",")
    assert row[0] == metrics(app)["First"]
    assert row[1] == leaves["Cell holds"].iloc[0]


def test_ones_own_tables_are_ranked() -> None:
    app = uploaded("unit,a,b\nx,1,2\ny,4,1\n", "code,parent,weight\nall,,\na,all,1\nb,all,1\n")
    assert metrics(app)["第一名"] == "y"


@pytest.mark.parametrize(("language", "said"), [("zh", "不是数字"), ("en", "is not a number")])
def test_a_faulty_table_is_refused_by_cell_and_nothing_is_ranked(language, said) -> None:
    app = uploaded("unit,a\nx,one\n", "code,parent,weight\nall,,\na,all,1\n", language)
    findings = app.dataframe[0].value
    assert findings.iloc[0, 1] == "B2"
    assert said in findings.iloc[0, 4]
    assert not app.metric


def test_the_example_tree_has_three_levels_with_unequal_weights() -> None:
    tree = structure_of(read_grid_bytes(example.STRUCTURE.encode(), "s.csv", STRUCTURE))
    assert len(tree.leaves) == 9
    assert {tree.nodes[code].weight for code in tree.children[tree.root]} == {40, 35, 25}
