"""`tidu funds`: flow, checks and flags of a day as JSON, each flag with its article and the cells behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.home import Home
from data.words import catalogue
from metrics import fund_flags
from pipelines.cli import main
from pipelines.funds import amount
from tests.pipelines.fund_files import load_funds

WAN = 10**6


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    found = Home(tmp_path / "home")
    load_funds(found, tmp_path / "files")
    return found


def tidu(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["funds", *arguments])


def funds(*arguments: str) -> dict:
    result = tidu("--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_totals_are_those_of_the_files_to_the_fen(home: Home) -> None:
    total = funds("--as-of", "2025-12-31")["total"]
    stages = {stage: total[stage] for stage in ("received", "planned", "paid", "used", "idle")}
    assert stages == {
        "received": 350 * WAN,
        "planned": 300 * WAN,
        "paid": 190 * WAN - 1,
        "used": 49 * WAN,
        "idle": 160 * WAN + 1,
    }


def test_the_flags_name_rule_article_and_cell_and_say_it_in_both_languages(home: Home) -> None:
    flags = {(flag["rule"], flag["province"]): flag for flag in funds("--as-of", "2025-12-31")["flags"]}
    assert set(flags) == {
        ("direct_planned", "440300"),
        ("plan_report", "440300"),
        ("plan_report", "640000"),
        ("platform_use", "440000"),
        ("idle", "440300"),
        ("idle", "640000"),
    }
    share = flags["direct_planned", "440300"]
    assert (share["document"], share["mark"], share["is_product_test"]) == ("财建〔2021〕2号", "S", False)
    assert "89.99%" in share["message"]["zh"] and "少0.01元" in share["message"]["zh"]
    assert "short by 0.01 yuan" in share["message"]["en"]
    assert [(row["part"], row["file"], row["cell"]) for row in share["rows"]] == [
        ("planned", "plans.csv", "H5"),
        ("planned", "plans.csv", "H6"),
        ("received", "receipts.csv", "G3"),
    ]
    assert flags["idle", "440300"]["is_assumption"] is True
    assert flags["platform_use", "440000"]["rows"][0]["cell"] == "C3"


def test_an_earlier_day_has_the_flags_of_that_day(home: Home) -> None:
    found = funds("--as-of", "2025-03-31", "--province", "深圳")
    assert found["province"] == "440300"
    assert (found["total"]["received"], found["total"]["paid"]) == (200 * WAN, 0)
    assert [flag["rule"] for flag in found["flags"]] == ["direct_planned"]
    assert [row["province"] for row in found["tranches"]] == ["440300"]


def test_what_was_published_otherwise_than_received_is_named(home: Home) -> None:
    found = {row["province"]: row for row in funds()["published_against_received"]}
    assert (found["440000"]["verdict"], found["440300"]["verdict"]) == ("equal", "differs")
    assert found["440300"]["difference"] == -WAN


def test_without_json_the_flags_are_read_as_sentences(home: Home) -> None:
    result = tidu("--language", "zh", "--as-of", "2025-12-31")
    assert result.exit_code == 0
    assert "440000 第一轮（2021—2025年）第3批第1期  平台资金用途: 合成9平台" in result.stdout


def test_an_unknown_province_is_wrong_usage_and_an_empty_store_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tidu("--province", "Atlantis").exit_code == 2
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "none"))
    refused = tidu("--json")
    assert refused.exit_code == 1
    assert "tidu load" in refused.stderr


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (1, "0.01元", "0.01 yuan"),
        (100, "1元", "1 yuan"),
        (123_456_789, "123.456789万元", "1,234,567.89 yuan"),
        (0, "0万元", "0 yuan"),
        (-150, "−1.5元", "−1.5 yuan"),
        (10**16, "10,000,000,000万元", "100,000,000,000,000 yuan"),
    ],
)
def test_an_amount_is_said_exactly(fen: int, zh: str, en: str) -> None:
    assert (amount(fen, "zh"), amount(fen, "en")) == (zh, en)


def test_every_check_has_a_name_a_test_and_a_source() -> None:
    from data.funds_policy import fund_rules

    assert set(fund_rules().checks) == set(fund_flags.RULES)
    for language in ("zh", "en"):
        words = catalogue(language)
        assert all(f"funds.{kind}.{rule}" in words for rule in fund_flags.RULES for kind in ("rule", "test"))
