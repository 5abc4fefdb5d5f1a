"""The appraisal on loaded files: by command, by table, for a province alone; the same inputs give the same bytes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.access import MINISTRY, Scope, read
from data.appraisals import Appraisal
from data.home import Home
from pipelines.appraisal import appraisals, canonical, computed, results
from pipelines.cli import main
from tests.pipelines.appraised_store import F1, F2, F3, P1, ROUND, load_store

PANEL = """province,indicator,panelist,score
北京市,plan_quality,1,80
110000,plan_quality,2,90
天津,allocation_rationale,1,
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return load_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def at_home(store: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(store.folder))


def tidu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def said(*arguments: object) -> dict:
    result = tidu(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def lost_of(told: dict, province: str) -> dict[tuple[str, str], dict]:
    row = next(row for row in told["provinces"] if row["province"] == province)
    return {(lost["indicator"], lost["part"]): lost for lost in row["lost"]}


def test_the_facts_say_which_appraisals_there_are() -> None:
    assert appraisals(read(MINISTRY)) == (Appraisal("round-1", 3, 2025),)


def test_appraise_prints_points_as_intervals_with_reasons_and_says_that_it_is_a_model() -> None:
    told = said("appraise", *ROUND, "--language", "en")
    assert told["notice"] == "a product model, not an official score"
    assert [row["province"] for row in told["provinces"]] == ["110000", "120000"]
    first = told["provinces"][0]
    assert first["points_low"] < first["points_high"]
    lost = lost_of(told, "110000")
    assert lost["execution", "paid"]["said"] == "received 4,000,000 yuan, paid 3,000,000 yuan"
    assert lost["execution", "paid"]["points"] == 1.5
    assert lost["innovation_tasks", "done"]["said"] == "75% of the weighted tasks are done"
    assert lost["plan_quality", ""]["said"] == "not judged by the panel yet"
    assert ("report_30_days", "on_time") not in lost, "day 30 is in time"
    late = lost_of(told, "120000")["report_30_days", "on_time"]
    assert late["said"] == "0 of 1 quotas were reported in time", "day 31 is late"


def test_the_panels_scores_come_from_a_file_by_code_or_name_and_an_empty_one_is_not_done(
    tmp_path: Path,
) -> None:
    (tmp_path / "panel.csv").write_text(PANEL, encoding="utf-8")
    told = said("appraise", *ROUND, "--panel", tmp_path / "panel.csv")
    quality = lost_of(told, "110000")["plan_quality", ""]
    assert (quality["points"], quality["sure"]) == (0.3, 0.3)
    assert lost_of(told, "120000")["allocation_rationale", ""]["state"] == "missing"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("北京市,plan_quality,1,101", "Row 2: 101 is not a number"),
        ("北京市,execution,1,50", "Row 2: execution is no indicator that the panel judges"),
        ("上海滩,plan_quality,1,50", "Row 2: 上海滩 is no reporting unit"),
        ("北京市,plan_quality,1,50\n北京市,plan_quality,1,60", "Row 3: panelist 1 has scored"),
    ],
)
def test_a_wrong_score_is_refused_with_its_row(tmp_path: Path, row: str, reason: str) -> None:
    (tmp_path / "panel.csv").write_text(f"province,indicator,panelist,score\n{row}\n", encoding="utf-8")
    result = tidu("appraise", *ROUND, "--panel", tmp_path / "panel.csv", "--language", "en")
    assert result.exit_code == 1
    assert reason in result.stderr


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        assert tidu("appraise", *ROUND, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    found = computed(read(MINISTRY), "round-1", 3, 2025)
    # Without a panel in the store, no scores and no frame of scores are the same.
    assert canonical(results(found, None)) == (tmp_path / "one.json").read_bytes()


def test_the_provinces_can_be_written_as_a_table(tmp_path: Path) -> None:
    assert tidu("appraise", *ROUND, "-o", tmp_path / "out.csv", "--language", "en").exit_code == 0
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
    assert [row["name"] for row in rows] == ["Beijing", "Tianjin"]
    assert {row["notice"] for row in rows} == {"a product model, not an official score"}


def test_assess_gives_every_firm_and_platform_a_result_with_its_reason() -> None:
    told = said("assess", *ROUND, "--language", "en")
    rows = {row["uscc"]: row for row in told["rows"]}
    assert {code: row["result"] for code, row in rows.items()} == {
        F1: "undetermined", F2: "suspend", F3: "stop", P1: "undetermined",
    }  # fmt: skip
    assert rows[F3]["said"] == "less than 40% of the weighted tasks are done"
    assert rows[F1]["missing"] == "spending_behind", "no use of money is loaded"
    assert told["lists"] == {"continue": [], "passed": []}


def test_the_assessment_is_written_in_the_columns_that_can_be_loaded(tmp_path: Path) -> None:
    out = tmp_path / "assessed.csv"
    assert tidu("assess", *ROUND, "-o", out).exit_code == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8-sig")))
    assert [(row["uscc"], row["result"]) for row in rows] == [(F2, "suspend"), (F3, "stop")]
    checked = said("check", out, "--as", "support_assessments")
    assert (checked["accepted"], checked["errors"]) == (True, 0)


def test_wrong_usage_and_nothing_to_appraise_end_as_they_should() -> None:
    assert tidu("appraise", "--round", "round-9", "--support-batch", 1, "--year", 2025).exit_code == 2
    nothing = tidu("appraise", "--round", "round-2", "--support-batch", 1, "--year", 2025)
    assert nothing.exit_code == 1
    assert tidu("assess", "--round", "round-2", "--support-batch", 1, "--year", 2025).exit_code == 1
    assert tidu("appraise", *ROUND, "-o", "x.docx").exit_code == 2


def test_a_province_sees_its_own_scores_as_the_ministry_does_and_nobody_elses() -> None:
    whole = computed(read(MINISTRY), "round-1", 3, 2025)
    own = computed(read(Scope("province", "110000")), "round-1", 3, 2025)
    assert own.indicators.equals(whole.indicators.filter(whole.indicators["province"] == "110000"))
    assert set(own.assessed["province"]) == {"110000"}
    assert own.members("execution", "paid", "120000").is_empty()
    assert whole.members("execution", "paid", "120000").height == 1


def test_an_earlier_day_judges_by_what_had_happened_then() -> None:
    told = said("appraise", *ROUND, "--as-of", "2025-04-15", "--language", "en")
    assert lost_of(told, "110000")["execution", "paid"]["points"] == 6
