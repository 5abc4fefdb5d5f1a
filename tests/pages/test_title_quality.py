"""Number and quality on the provinces page, with the decided titles behind, and the note where rules changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from pipelines.loading import load
from tests.pages.small_programme import seen_as, small_store
from tests.pipelines.small_files import firm

REVIEWS = [
    "统一社会信用代码,企业名称,梯度,事件,日期,认定批次,原因",
    f"{firm(1)},合成1公司,little_giant,review_passed,2026-06-20,3,",
    f"{firm(2)},合成2公司,little_giant,review_failed,2026-06-20,3,指标不达标",
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    home = small_store(tmp_path)
    (tmp_path / "reviews.csv").write_text("\n".join(REVIEWS) + "\n", encoding="utf-8")
    outcomes, _ = load(home, [tmp_path / "reviews.csv"])
    assert [one.checked.findings.to_dicts() for one in outcomes if one.receipt is None] == []
    return home


def page(**address: str) -> AppTest:
    return seen_as("", "provinces", **({"tier": "little_giant", "as_of": "2026-06-30"} | address))


def captions(app: AppTest) -> str:
    return " ".join(element.value for element in app.main if element.type in ("caption", "markdown"))


def test_the_pass_rate_stands_beside_the_number_and_is_proved_by_the_decided_titles(home: Home) -> None:
    app = page(proof="title_quality")
    assert "2 reviews decided, 1 passed, 50.0 %" in captions(app)
    rows = next(frame.value for frame in app.dataframe if "Pass rate (%)" in frame.value.columns)
    assert rows.set_index("Reporting unit").loc[
        "Ningxia", ["Review passed (firms)", "Failed or lapsed (firms)"]
    ].to_list() == [0, 1]
    cells = [frame.value["Cell"].to_list() for frame in app.dataframe[-3:] if "Cell" in frame.value.columns]
    assert cells[:2] == [["E2"], ["E3"]]


def test_a_series_that_crosses_a_change_of_rules_says_so_and_another_does_not(home: Home) -> None:
    assert "工信部企业〔2026〕2号 from 2026-04-01" in captions(page())
    assert "standards changed" not in captions(page(as_of="2025-12-31"))
