"""A scored file in figures agrees with the firms one by one."""

from pathlib import Path

import pytest

from metrics.scoring import summary
from metrics.scoring.size_reading import Distance, read_size
from pipelines.intake.check import check_rows
from pipelines.scoring import FileScores, score_file
from tests.journeys.returns_workbook import workbook


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("returns") / "returns.xlsx"
    workbook(path, 40)
    return path


@pytest.fixture(scope="module", params=["innovative", "srdi", "little_giant"])
def result(request: pytest.FixtureRequest, returns: Path) -> FileScores:
    return score_file(returns, request.param)


def test_every_firm_has_one_verdict(result: FileScores) -> None:
    counts = summary.verdict_counts(result.scored)
    assert sum(counts.values()) == result.table.height
    assert counts["meets"] == (result.table["verdict"] == "meets").sum()


def test_every_certain_score_stands_in_one_bin(result: FileScores) -> None:
    if summary.pass_mark(result.rule) is None:
        spread = summary.unmet_spread(result.scored, result.rule)
        assert spread["firms"].sum() == result.table.height
        assert spread.filter((spread["unmet"] > 0) & (spread["verdict"] == "meets"))["firms"].sum() == 0
        return
    spread = summary.score_spread(result.scored, result.rule, 5)
    assert spread["firms"].sum() + summary.open_scores(result.scored) == result.table.height
    wanted = [float(score) for score in result.table["score"].drop_nulls()]
    for row in (
        spread.group_by("from_points", "to_points").agg(firms=spread["firms"].sum()).iter_rows(named=True)
    ):
        assert row["from_points"] < row["to_points"]
    low = spread.filter(spread["from_points"] < 60)["firms"].sum()
    assert low == sum(score < 60 for score in wanted)


def test_failed_requirements_are_those_the_table_names(result: FileScores) -> None:
    for row in summary.requirement_counts(result.scored, result.rule).iter_rows(named=True):
        named = sum(row["requirement"] in (codes or "").split(";") for codes in result.table["failed"])
        assert row["failed"] == named


def test_points_lost_are_the_maximum_less_the_points(result: FileScores) -> None:
    lost = {
        row["criterion"]: row for row in summary.points_lost(result.scored, result.rule).iter_rows(named=True)
    }
    for criterion in result.rule.criteria:
        points = result.table[f"points_{criterion.id}"]
        if points.null_count():
            continue
        mean = sum(criterion.max - float(given) for given in points) / result.table.height
        assert lost[criterion.id]["lost_mean"] == pytest.approx(mean)


def test_those_that_meet_the_standard_come_first_and_the_higher_score_before_the_lower(returns: Path) -> None:
    table = summary.ranked(score_file(returns, "innovative").table)
    verdicts = table["verdict"].to_list()
    assert verdicts == sorted(verdicts, key=["meets", "undetermined", "fails"].index)
    met = [
        float(score or low)
        for score, low in table.filter(table["verdict"] == "meets").select("score", "score_low").rows()
    ]
    assert met == sorted(met, reverse=True)


@pytest.mark.parametrize(
    ("code", "figures", "size_class", "deciding", "up", "down"),
    [
        ("3511", {"employees": "999", "revenue": "40000"}, "medium", ("employees",),
         Distance("large", (("employees", 1),)),
         Distance("small", (("employees", 700), ("revenue", 38_000 * 10**6 + 1)))),
        ("01", {"revenue": "49.999999"}, "micro", ("revenue",), Distance("small", (("revenue", 1),)), None),
        ("01", {"revenue": "20000"}, "large", ("revenue",), None, Distance("medium", (("revenue", 1),))),
        ("71", {"employees": "100", "total_assets": "8000"}, "medium", ("employees", "total_assets"),
         Distance("large", (("employees", 200), ("total_assets", 112_000 * 10**6))),
         Distance("small", (("total_assets", 1), ("employees", 1)))),
    ],
)  # fmt: skip
def test_a_size_class_names_the_figure_that_decides_and_the_way_to_the_next(
    code: str,
    figures: dict[str, str],
    size_class: str,
    deciding: tuple,
    up: Distance | None,
    down: Distance | None,
) -> None:
    import polars as pl

    row = pl.DataFrame(
        {
            "industry_code": [code],
            **{field: [figures.get(field)] for field in ("employees", "revenue", "total_assets")},
        },
        schema_overrides=dict.fromkeys(("employees", "revenue", "total_assets"), pl.String),
    )
    checked = check_rows(row, "annual_returns", needs=())
    assert checked.frame is not None
    found = read_size(checked.frame)
    assert (found.size_class, found.deciding) == (size_class, deciding)
    assert found.down == down
    assert found.up == up or sorted(found.up.figures) == sorted(up.figures)
