"""Official lists through the command: names without codes become titles, and a review list prevails."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from data import access, published
from data.home import Home
from metrics.origin import located
from pipelines.cli import main
from pipelines.loading import load
from tests.pipelines.printed_lists import Named, print_list
from tests.pipelines.small_files import firm

D = dt.date
LISTED, REVIEWED = "2019-06-05", "2022-08-08"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return Home(tmp_path / "home")


def tidu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def titles(*files: Path, event: str, day: str, tier: str = "little_giant", **more: str) -> dict[str, Any]:
    options = [part for name, value in more.items() for part in (f"--{name.replace('_', '-')}", value)]
    result = tidu("titles", *files, "--tier", tier, "--event", event, "--date", day, *options, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def status(day: str, tier: str = "little_giant") -> dict[str, Any]:
    return json.loads(tidu("status", "--as-of", day, "--tier", tier, "--json").stdout)


def plain(path: Path, names: list[str]) -> Path:
    path.write_text(
        "\n".join(["序号,企业名称", *(f"{at},{name}" for at, name in enumerate(names, 1))]), "utf-8"
    )
    return path


def some(count: int, start: int = 0) -> list[str]:
    return [f"合成第{number}精密机械（集团）有限公司" for number in range(start, start + count)]


def printed_otherwise(name: str) -> str:
    return name.replace("（", "(").replace("）", ") ").replace("机", "機").replace("1", "１")


@pytest.mark.parametrize("tier", ["srdi", "little_giant"])
def test_the_review_list_of_a_batch_prevails_from_its_day_on_and_not_before(
    tier: str, tmp_path: Path
) -> None:
    draw = random.Random(4)
    first = some(4_000)
    second = [printed_otherwise(name) for name in draw.sample(first, 3_100)] + some(25, start=9_000)
    draw.shuffle(second)
    one, two = plain(tmp_path / "list-1.csv", first), plain(tmp_path / "list-2.csv", second)
    found = titles(one, event="recognised", day=LISTED, tier=tier, batch="1")
    assert (found["rows"], found["names"], found["total_before"], found["total_after"]) == (
        4_000,
        4_000,
        0,
        4_000,
    )
    assert status("2022-08-07", tier)["total"] == 4_000
    found = titles(two, event="review_passed", day=REVIEWED, tier=tier, batch="1", replaces_batch="1")
    assert (found["total_before"], found["total_after"]) == (4_000, 3_125)
    assert (found["ended"], found["new_on_review"], found["unmatched"]) == (900, 25, 3_125)
    assert [status(day, tier)["total"] for day in (LISTED, "2022-08-07", REVIEWED, "2023-01-01")] == [
        4_000, 4_000, 3_125, 3_125,
    ]  # fmt: skip
    assert status("2019-06-04", tier)["total"] == 0


def test_a_list_prevails_over_the_batch_it_is_said_to_replace_in_whatever_year(tmp_path: Path) -> None:
    titles(plain(tmp_path / "a.csv", some(10)), event="recognised", day="2022-03-01", batch="A")
    titles(plain(tmp_path / "b.csv", some(7, 100)), event="recognised", day="2022-03-01", batch="B")
    titles(plain(tmp_path / "c.csv", some(4)), event="review_passed", day="2023-03-01", replaces_batch="A")
    assert [status(day)["total"] for day in ("2023-02-28", "2023-03-01")] == [17, 11]


def test_a_list_in_two_files_is_one_list(tmp_path: Path) -> None:
    titles(plain(tmp_path / "a.csv", some(10)), event="recognised", day=LISTED, batch="1")
    parts = plain(tmp_path / "b.csv", some(3)), plain(tmp_path / "c.csv", some(3, 3))
    found = titles(*parts, event="review_passed", day=REVIEWED, replaces_batch="1")
    assert [one["names"] for one in found["files"]] == [3, 3]
    assert status(REVIEWED)["total"] == 6


def test_a_cancellation_ends_the_title_from_its_day_on(tmp_path: Path) -> None:
    titles(plain(tmp_path / "a.csv", some(10)), event="recognised", day=LISTED, batch="1")
    found = titles(plain(tmp_path / "b.csv", some(3, 8)), event="cancelled", day="2020-01-01", batch="1")
    assert (found["ended"], found["without_title"], found["total_after"]) == (2, 1, 8)


def test_the_same_file_on_other_terms_is_another_list_and_on_the_same_terms_the_one_it_is(
    tmp_path: Path,
) -> None:
    file = plain(tmp_path / "a.csv", some(10))
    terms = {"event": "recognised", "day": LISTED, "batch": "1"}
    assert titles(file, **terms)["receipt"] == 1
    again = titles(file, **terms)
    assert (again["receipt"], again["is_new"], again["total_after"]) == (1, False, 10)
    other = titles(file, **terms | {"event": "review_passed", "day": REVIEWED})
    assert (other["receipt"], other["is_new"]) == (2, True)
    assert titles(file, **terms, tier="srdi")["receipt"] == 3
    assert [status(LISTED, tier)["total"] for tier in ("srdi", "little_giant")] == [10, 10]


def test_a_name_twice_on_a_list_is_one_firm_and_is_said(tmp_path: Path) -> None:
    names = [*some(3), printed_otherwise(some(1)[0])]
    found = titles(plain(tmp_path / "a.csv", names), event="recognised", day=LISTED, batch="1")
    assert (found["rows"], found["names"], len(found["repeated"]), found["total_after"]) == (4, 3, 1, 3)


def test_names_find_their_firm_by_code_by_name_and_by_a_former_name(home: Home, tmp_path: Path) -> None:
    firms = tmp_path / "firms.csv"
    firms.write_text(
        "统一社会信用代码,企业名称,省份\n"
        + "\n".join(f"{firm(at)},合成第{at}公司,北京市" for at in (1, 2, 3)),
        "utf-8",
    )
    former = tmp_path / "former.csv"
    former.write_text(f"统一社会信用代码,曾用名\n{firm(2)},合成旧名公司\n", "utf-8")
    load(home, [firms, former])
    listed = tmp_path / "list.csv"
    rows = [f"合成另印公司,{firm(3)}", "合成 第1公司,", "合成舊名公司,", "合成无人公司,"]
    listed.write_text("\n".join(["企业名称,统一社会信用代码", *rows]), "utf-8")
    found = titles(listed, event="recognised", day=LISTED, batch="1")
    assert (found["names"], found["opened"], found["unmatched"]) == (4, 4, 1)
    assert status(LISTED)["by_province"]["110000"] == 3


def test_a_name_listed_again_with_its_code_is_the_same_firm(tmp_path: Path) -> None:
    titles(plain(tmp_path / "a.csv", some(2)), event="recognised", day=LISTED, batch="1")
    coded = tmp_path / "b.csv"
    coded.write_text(f"企业名称,统一社会信用代码\n{some(1)[0]},{firm(1)}\n", "utf-8")
    titles(coded, event="recognised", day="2020-06-05", batch="2")
    assert status("2020-06-05")["total"] == 2


def test_headings_of_units_give_the_provinces_and_each_title_its_cell(tmp_path: Path) -> None:
    listed = print_list(
        tmp_path / "合成-list.xlsx", [(some(1)[0], "广东省"), *((name, "大连市") for name in some(2, 1))]
    )
    found = titles(listed, event="recognised", day=LISTED, batch="1")
    assert (found["rows"], found["warnings"]) == (3, 0)
    by_province = status(LISTED)["by_province"]
    assert (by_province["440000"], by_province["210200"], by_province["unknown"]) == (1, 2, 0)
    facts = access.read(access.MINISTRY)
    assert facts.build.synthetic
    opened = facts.table("title_periods").select(
        "name, opened_receipt AS receipt_id, opened_sheet AS sheet_no, opened_row AS row_no"
    )
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    cells = located(opened.pl(), receipts, "name").sort("name").select("file", "sheet", "cell").rows()
    assert cells == [("合成-list.xlsx", "名单", cell) for cell in ("B4", "B6", "B7")]


def test_a_provinces_own_review_list_leaves_the_other_provinces_titles_alone(tmp_path: Path) -> None:
    names: list[Named] = [(name, "广东省") for name in some(4)] + [(name, "山东省") for name in some(5, 4)]
    titles(print_list(tmp_path / "a.xlsx", names), event="recognised", day=LISTED, batch="1", tier="srdi")
    own = print_list(tmp_path / "b.xlsx", names[:1])
    titles(own, event="review_passed", day=REVIEWED, replaces_batch="1", tier="srdi")
    assert status(REVIEWED, "srdi")["total"] == 6
    merged = print_list(tmp_path / "c.xlsx", [names[0], names[4]])
    titles(merged, event="review_passed", day="2022-09-08", replaces_batch="1", tier="srdi")
    assert status("2022-09-08", "srdi")["total"] == 2


def test_what_was_known_before_the_second_list_can_still_be_asked(home: Home, tmp_path: Path) -> None:
    titles(plain(tmp_path / "a.csv", some(3)), event="recognised", day=LISTED, batch="1")
    before = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    asked = ("status", "--as-of", REVIEWED, "--tier", "little_giant", "--json", "--known-on")
    assert json.loads(tidu(*asked, before).stdout)["total"] == 0
    assert json.loads(tidu(*asked, before + dt.timedelta(days=1)).stdout)["total"] == 3


def test_a_rollback_takes_a_list_back(tmp_path: Path) -> None:
    titles(plain(tmp_path / "a.csv", some(3)), event="recognised", day=LISTED, batch="1")
    titles(plain(tmp_path / "b.csv", some(1)), event="review_passed", day=REVIEWED, replaces_batch="1")
    assert tidu("rollback", 1).exit_code == 0
    assert status(REVIEWED)["total"] == 3


def test_a_list_is_not_loaded_without_its_terms(tmp_path: Path) -> None:
    result = tidu("load", plain(tmp_path / "a.csv", some(3)), "--as", "title_lists", "--json")
    assert result.exit_code == 1
    assert [found["rule"] for found in json.loads(result.stdout)["findings"]] == ["list_without_terms"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--event", "recognised"],
        ["--event", "recognised", "--batch", "1", "--replaces-batch", "1"],
        ["--event", "lapsed", "--batch", "1"],
    ],
)
def test_terms_that_do_not_go_together_are_wrong_usage(wrong: list[str], tmp_path: Path) -> None:
    file = plain(tmp_path / "a.csv", some(1))
    assert tidu("titles", file, "--tier", "srdi", "--date", LISTED, *wrong).exit_code == 2


def test_an_unreadable_list_is_refused_and_publishes_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("序号,企业名称,省份\n1,合成一公司,火星省\n", "utf-8")
    result = tidu(
        "titles", file, "--tier", "srdi", "--event", "recognised", "--date", LISTED, "--batch", "1", "--json"
    )
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["cell"] == "C2"
    assert access.current(home) is None


def published_count(batch: str, event: str, basis: str) -> int:
    return published.batches().filter(batch=batch, event=event, basis=basis)["count"].item()


def test_the_published_stocks_follow_from_lists_of_as_many_names(tmp_path: Path) -> None:
    by_unit = published.little_giants_by_unit().join(published.units(), on="code").select("name_zh", "count")
    named = [(f"合成{unit}第{at}公司", unit) for unit, count in by_unit.iter_rows() for at in range(count)]
    # Which of a unit's firms are of which batch was not published: every seventh or so stands for the first.
    first = set(random.Random(1).sample(range(len(named)), published_count("1", "recognised", "announced")))
    batch_1 = [row for at, row in enumerate(named) if at in first]
    batch_2 = [row for at, row in enumerate(named) if at not in first]
    assert len(batch_2) == published_count("2", "recognised", "valid")
    lists: list[tuple[str, list[Named], str, str, dict[str, str]]] = [
        ("1", batch_1, "recognised", "2019-06-05", {}),
        ("2", batch_2, "recognised", "2020-11-13", {}),
        ("3", [(f"合成第三批第{at}公司", "") for at in range(published_count("3", "recognised", "announced"))],
         "recognised", "2021-07-19", {}),
        ("4", [(f"合成第四批第{at}公司", "") for at in range(published_count("4", "recognised", "valid"))],
         "recognised", "2022-08-08", {}),
        ("1", batch_1[: published_count("1", "review_passed", "valid")], "review_passed", "2022-08-08",
         {"replaces_batch": "1"}),
    ]  # fmt: skip
    for number, (batch, names, event, day, more) in enumerate(lists):
        file = print_list(tmp_path / f"合成-{number}.xlsx", names)
        assert titles(file, event=event, day=day, batch=batch, **more)["rows"] == len(names)
    stock = dict(
        published.stock().filter(tier="little_giant", qualifier="exact").select("date", "count").iter_rows()
    )
    asked = [D(2021, 6, 11), D(2021, 11, 23), D(2022, 9, 8)]
    found = {day: status(day.isoformat()) for day in asked}
    assert {day: one["total"] for day, one in found.items()} == {day: stock[day] for day in asked}
    assert [found[day]["total"] for day in asked] == [1_832, 4_762, 8_997]
    units = published.little_giants_by_unit()
    assert units.height == 37
    june = pl.DataFrame(list(found[asked[0]]["by_province"].items()), schema=["code", "firms"], orient="row")
    assert units.join(june, on="code").filter(pl.col("count") != pl.col("firms")).is_empty()
