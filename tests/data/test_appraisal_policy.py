"""The appraisal schemes: the default model row by row, and that a faulty file is refused where it is faulty."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from data.appraisal_policy import FOLDER, Scheme, load_scheme, read_scheme
from data.rounds import GRADES, RoundError
from data.strict_yaml import FileError

# The recommended default model, written from its table and not from the file.
LAYERS = {"decision": 10, "process": 25, "output": 40, "benefit": 25}
ROWS = {
    "plan": 4, "selection": 3, "allocation": 3,
    "execution": 6, "direct_share": 6, "report": 4, "platform_cap": 3, "supervision": 4, "rectification": 2,
    "innovation": 12, "chain": 8, "digital": 6, "listing": 2, "platform_services": 8, "updates": 4,
    "gradient": 8, "quality": 6, "supported": 6, "satisfaction": 5,
}  # fmt: skip
PLATFORM_ROWS = {"platform_cap", "platform_services"}


def rows_of(scheme: Scheme) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for _, _, indicator in scheme.indicators():
        found[indicator.row] += indicator.weight
    return dict(found)


def changed(tmp_path: Path, old: str, new: str, round_code: str = "round-1") -> Path:
    text = (FOLDER / f"{round_code}.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{round_code}.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_first_round_has_the_default_model_row_by_row() -> None:
    scheme = load_scheme("round-1")
    assert {code: layer.weight for code, layer in scheme.layers.items()} == LAYERS
    assert rows_of(scheme) == ROWS


def test_the_second_round_has_no_platforms_and_every_other_row() -> None:
    scheme = load_scheme("round-2")
    assert {code: layer.weight for code, layer in scheme.layers.items()} == LAYERS
    assert set(rows_of(scheme)) == set(ROWS) - PLATFORM_ROWS
    assert not scheme.assessment.platform


@pytest.mark.parametrize("code", ["round-1", "round-2"])
def test_every_scheme_says_that_it_is_a_model_and_grades_from_90_80_60(code: str) -> None:
    scheme = load_scheme(code)
    assert scheme.is_assumption
    assert (scheme.notice.zh, scheme.notice.en) == (
        "产品模型，并非官方评分", "a product model, not an official score",
    )  # fmt: skip
    assert {grade: rule.at_least for grade, rule in scheme.grades.items()} == dict(
        zip(GRADES, (90, 80, 60, 0), strict=True)
    )
    assert {"plan_quality", "allocation_rationale"} <= set(scheme.judged)


def test_the_full_marks_of_the_direct_share_are_the_rounds_own_share() -> None:
    full = [load_scheme(code).indicator("direct_share").parts["paid"].full for code in ("round-1", "round-2")]
    assert full == [90, 95]


def test_firms_that_invested_below_the_rounds_floor_are_recovered_from() -> None:
    line = load_scheme("round-2").assessment.firm[0]
    assert (line.result, line.investment_below) == ("recover", 2000)


def test_weights_off_by_a_hundredth_are_refused_with_file_and_sum(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"appraisal/round-1\.yaml.*sum to 40\.01, the layer's is 40"):
        read_scheme(changed(tmp_path, "weight: 12\n", "weight: 12.01\n"))


def test_layers_that_do_not_sum_to_a_hundred_are_refused_with_the_sum(tmp_path: Path) -> None:
    path = changed(tmp_path, "weight: 12\n", "weight: 11.99\n")
    path.write_text(path.read_text(encoding="utf-8").replace("weight: 40\n", "weight: 39.99\n", 1), "utf-8")
    with pytest.raises(FileError, match=r"sum to 99\.99, not 100"):
        read_scheme(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: judged", "kind: judged\n        colour: red", "colour"),
        ("kind: judged", "kind: guessed", "guessed"),
        ("at_least: 80", "at_least: 95", "must descend"),
        ("full: round.direct_share_pct", "full: round.moon", "has no figure 'moon'"),
        ("zero: 0, full: 50", "zero: 50, full: 50", "must differ"),
        ("round: round-1", "round: round-9", "names no round"),
        ("result: stop,    zh", "result: maybe,    zh", "maybe"),
    ],
)
def test_a_faulty_scheme_is_refused_with_its_reason(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read_scheme(changed(tmp_path, old, new))


def test_an_unknown_round_names_those_that_have_a_scheme() -> None:
    with pytest.raises(RoundError, match="round-1, round-2"):
        load_scheme("round-7")


def test_the_version_changes_with_any_figure(tmp_path: Path) -> None:
    shipped = load_scheme("round-1").version
    assert read_scheme(FOLDER / "round-1.yaml").version == shipped
    assert read_scheme(changed(tmp_path, "zero: 0, full: 50", "zero: 0, full: 51")).version != shipped
