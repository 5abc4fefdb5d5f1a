"""The registry is scored as one file of the same firms is, each score names its row, and files appear whole."""

from pathlib import Path

import polars as pl
import pytest

from data import access
from data.access import NoFactsError, Scope
from data.home import Home
from data.manifest import Published, published
from metrics import lost_points
from metrics.firm_search import search
from metrics.scoring.score import score_firms
from metrics.title_status import held_members
from pipelines import registry_scores
from pipelines.loading import load
from pipelines.registry_scores import (
    OvertakenError,
    files_of,
    standards,
    typed_returns,
    write_names,
    write_scores,
)
from tests.metrics.scoring.firms import YEAR
from tests.pipelines import small_registry as registry
from tests.pipelines.small_files import firm, write_returns


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return registry.scored_registry(tmp_path_factory.mktemp("registry"))


def table(home: Home, name: str, scope: Scope = access.MINISTRY) -> pl.DataFrame:
    return access.read(scope, home).table(name).pl()


def names_left(home: Home) -> set[str]:
    return {file.name for file in home.derived.rglob("*") if file.is_file()}


def test_returns_come_out_of_the_store_as_they_went_in(home: Home) -> None:
    given = registry.typed().sort("uscc", "year")
    found = typed_returns(access.read(access.MINISTRY, home).table("annual_returns")).sort("uscc", "year")
    assert found.select(given.columns).equals(given)


@pytest.mark.parametrize("rule", standards(), ids=lambda rule: rule.tier)
def test_every_firm_has_the_score_it_has_in_one_file(home: Home, rule) -> None:
    wanted = score_firms(registry.typed(), rule, YEAR)
    found = table(home, f"scores_{rule.tier}").sort("uscc")
    same = [name for name in found.columns if name in wanted.columns and name != "missing"]
    assert found.select(same).equals(wanted.select(same))
    assert found["missing"].to_list() == wanted["missing"].list.join(";").fill_null("").to_list()
    assert set(found["year"]) == {YEAR}


def test_portions_of_the_country_give_what_the_country_gives_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {rule.tier: table(home, f"scores_{rule.tier}") for rule in standards()}
    monkeypatch.setattr(registry_scores, "_FIRMS_AT_ONCE", 1)
    write_scores(home, published(home))
    for tier, scores in before.items():
        assert table(home, f"scores_{tier}").equals(scores)
        assert scores.select("province", "uscc").rows() == sorted(scores.select("province", "uscc").rows())


@pytest.mark.parametrize("rule", standards(), ids=lambda rule: rule.tier)
def test_tallies_are_those_of_the_scores(home: Home, rule) -> None:
    scores = table(home, f"scores_{rule.tier}")
    for name, made in (
        ("lost_points", lost_points.tally(scores, rule)),
        ("unmet", lost_points.tally_requirements(scores, rule)),
        ("verdicts", lost_points.tally_verdicts(scores, rule)),
    ):
        found = table(home, name).filter(tier=rule.tier)
        assert sorted(map(str, found.rows())) == sorted(map(str, made.rows()))


def test_a_score_names_the_row_of_the_year_it_is_of(home: Home) -> None:
    rows = access.read(access.MINISTRY, home).table("annual_returns").pl().filter(year=YEAR)
    scores = table(home, "scores_srdi").filter(pl.col("receipt_id").is_not_null())
    origin = ["uscc", "receipt_id", "sheet_no", "row_no"]
    assert scores.select(origin).sort("uscc").rows() == rows.select(origin).sort("uscc").rows()


def test_a_firm_without_a_return_of_the_year_is_undetermined_and_has_no_row(home: Home) -> None:
    [row] = table(home, "scores_srdi").filter(uscc=registry.code(registry.WITHOUT_RETURN)).to_dicts()
    assert (row["verdict"], row["receipt_id"]) == (2, None)


def test_a_firm_that_moved_is_scored_once_where_it_is_now(home: Home) -> None:
    rows = table(home, "scores_srdi").filter(uscc=registry.code(registry.MOVED))
    assert rows["province"].to_list() == ["320000"]


def test_a_province_reads_its_own_scores_and_tallies_alone(home: Home) -> None:
    reader = Scope("province", "320000")
    for name in ("scores_srdi", "lost_points", "unmet", "verdicts", "firm_names"):
        assert set(table(home, name, reader)["province"]) == {"320000"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("第12精密", {12}),
        ("第１２精密机械(集团", {12}),
        ("合成 老厂", {registry.RENAMED}),
        (registry.code(5), {5}),
        (registry.code(5).lower()[:16], {5}),
        ("没有的公司", set()),
        ("精密", set(range(registry.FIRMS))),
        ("", set(range(registry.FIRMS))),
    ],
)
def test_a_firm_is_found_by_any_part_of_a_name_or_the_beginning_of_its_code(
    home: Home, wanted: str, found: set[int]
) -> None:
    rows = search(access.read(access.MINISTRY, home).table("firm_names"), wanted).collect()
    assert sorted(rows["uscc"].to_list()) == sorted(registry.code(number) for number in found)


def test_a_firm_found_by_its_former_name_goes_by_its_present_one(home: Home) -> None:
    names = access.read(access.MINISTRY, home).table("firm_names")
    rows = search(names, "老厂").collect()
    assert (rows["name"].to_list(), rows["former"].to_list()) == (
        [registry.name(registry.RENAMED)],
        ["合成老厂"],
    )


def test_a_search_keeps_to_a_unit_and_to_the_holders_of_a_title(home: Home) -> None:
    facts = access.read(access.MINISTRY, home)
    holders = held_members(facts.table("title_periods"), published(home).as_of, "srdi")
    found = search(facts.table("firm_names"), "精密", "320000", holders).collect()
    assert sorted(found["uscc"].to_list()) == sorted([registry.code(1), registry.code(4)])


def test_names_that_begin_with_what_is_wanted_come_first(home: Home) -> None:
    names = access.read(access.MINISTRY, home).table("firm_names")
    rows = search(names, "合成第1").collect()
    assert rows["name"].to_list()[0] == registry.name(1), "the shortest first"


def test_a_newer_build_stops_the_scoring_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    _, old = load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    load(home, [write_returns(tmp_path / "b.csv", [3])])
    with pytest.raises(OvertakenError):
        write_scores(home, old)
    with pytest.raises(OvertakenError):
        write_names(home, old)
    assert not home.derived.exists() or names_left(home) == set()


def test_a_build_that_is_overtaken_halfway_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    _, build = load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    seen: list[Published] = []

    def first_this_then_another(at: Home) -> Published | None:
        seen.append(build)
        return build if len(seen) == 1 else None

    monkeypatch.setattr(registry_scores, "published", first_this_then_another)
    with pytest.raises(OvertakenError):
        write_scores(home, build)
    assert names_left(home) == set()


def test_a_store_without_returns_has_empty_scores_of_the_right_form(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    enterprises = tmp_path / "enterprises.csv"
    enterprises.write_text(f"统一社会信用代码,企业名称,省份\n{firm(1)},合成一公司,北京市\n", encoding="utf-8")
    _, build = load(home, [enterprises], "enterprises")
    write_names(home, build)
    written = write_scores(home, build)
    assert [file.exists() for file in files_of(home, build)] == [True] * 7
    assert all(pl.read_parquet(file).is_empty() for file in written)
    assert {"low_ip", "holds_sme", "receipt_id", "province"} <= set(table(home, "scores_srdi").columns)


def test_before_the_worker_has_run_a_score_is_not_there(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    load(home, [write_returns(tmp_path / "a.csv", [1])])
    with pytest.raises(NoFactsError):
        access.read(access.MINISTRY, home).table("scores_srdi")
