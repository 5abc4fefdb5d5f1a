"""What `tidu status` says of loaded events: firms once, in their province, as they stood on the day."""

import datetime as dt
from pathlib import Path

import pytest

from data.access import NoFactsError
from data.home import Home
from pipelines.loading import load
from pipelines.status import status_json
from tests.pipelines.small_files import firm, write_events

D = dt.date
LIST = "企业名称,梯度,事件,日期,认定批次"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def registry(path: Path, firms: list[int]) -> Path:
    rows = [f"{firm(at)},合成第{at}公司,北京市" for at in firms]
    path.write_text("\n".join(["统一社会信用代码,企业名称,省份", *rows]) + "\n", encoding="utf-8")
    return path


def listed(path: Path, names: list[str], event: str, day: str) -> Path:
    """A list as it is published: names alone."""
    rows = [f"{name},little_giant,{event},{day},1" for name in names]
    path.write_text("\n".join([LIST, *rows]) + "\n", encoding="utf-8")
    return path


def test_nothing_published_is_said(home: Home) -> None:
    with pytest.raises(NoFactsError):
        status_json()


def test_a_firm_with_two_titles_is_one_firm_of_its_province(home: Home, tmp_path: Path) -> None:
    files = [
        registry(tmp_path / "firms.csv", [1, 2]),
        write_events(tmp_path / "srdi.csv", [1, 2]),
        write_events(tmp_path / "innovative.csv", [1], tier="innovative", event="announced"),
    ]
    load(home, files)
    found = status_json()
    assert found["as_of"] == "2024-07-01"
    assert (found["total"], found["by_tier"]) == (2, {"innovative": 1, "srdi": 2, "little_giant": 0})
    assert found["by_province"]["110000"] == 2
    assert len(found["by_province"]) == 38
    assert sum(found["by_province"].values()) == found["total"]
    assert found["by_province_and_tier"] == {"110000": {"innovative": 1, "srdi": 2}}
    assert found["without_lower"] == {"innovative": 0, "srdi": 1, "little_giant": 0}
    assert status_json(tier="innovative")["total"] == 1
    assert status_json(D(2024, 6, 30))["total"] == 0
    assert status_json(D(2027, 7, 1))["by_tier"] == {"innovative": 0, "srdi": 2, "little_giant": 0}
    assert status_json(D(2027, 7, 1))["overdue"] == 2


def test_lists_of_names_are_matched_and_the_review_list_prevails(home: Home, tmp_path: Path) -> None:
    names = ["合成第1公司", "合成第2公司", "没有 登记（甲）", "没有登记(乙)"]
    passed = ["合成第２公司", "没有登记（甲）", "名单 新增"]
    files = [
        registry(tmp_path / "firms.csv", [1, 2]),
        listed(tmp_path / "batch-1.csv", names, "认定", "2019-06-05"),
        listed(tmp_path / "review-1.csv", passed, "复核通过", "2022-08-08"),
    ]
    load(home, files)
    before, after = (status_json(day, "little_giant") for day in (D(2022, 8, 7), D(2022, 8, 8)))
    assert (before["total"], before["unmatched"], before["overdue"]) == (4, 2, 4)
    assert (after["total"], after["unmatched"], after["new_on_review"]) == (3, 2, 1)
    assert after["by_province"]["110000"] == 1
    assert after["by_province"]["unknown"] == 2


def test_what_was_not_yet_received_is_not_known(home: Home, tmp_path: Path) -> None:
    load(home, [write_events(tmp_path / "srdi.csv", [1])])
    day, today = D(2024, 12, 31), dt.datetime.now(dt.UTC).date()
    assert status_json(day, known_on=today - dt.timedelta(days=1))["total"] == 0
    as_known = status_json(day, known_on=today)
    assert as_known | {"known_on": None} == status_json(day)
