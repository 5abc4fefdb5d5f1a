"""The page of firms to move up says what the scores and the ledger say, and what a firm would have to change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data import access
from data.home import Home
from data.rulebook import standard
from data.words import LANGUAGES, text
from metrics import move_up
from pages.components import move_up_reads
from pages.components.move_up_reads import Asked, all_of, are_changes_known
from pages.components.move_up_views import whole_list
from pipelines.registry_changes import changes_files, write_changes
from tests.pages.opened import in_force, opened
from tests.pipelines import small_registry as registry

TIERS = ("innovative", "srdi", "little_giant")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with in_force(registry.scored_registry(tmp_path_factory.mktemp("move_up"))) as home:
        yield home


def page(language: str = "zh", **address: str) -> AppTest:
    return opened("firms_to_move_up", **{"lang": language, **address})


def figure(app: AppTest, of: str, language: str = "zh") -> str:
    return {metric.label: metric.value for metric in app.metric}[text(f"move_up.figure.{of}", language)]


def candidates(home: Home, tier: str) -> pl.DataFrame:
    facts = access.read(access.MINISTRY, home)
    day = facts.build.as_of
    assert day is not None
    found = move_up.candidates(
        facts.table(f"scores_{tier}"), facts.table("title_periods"), standard("measures-2022", tier), day
    )
    return found.collect("polars").to_native()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_the_figures_count_the_candidates_of_each_kind(home: Home, tier: str, language: str) -> None:
    found, app = candidates(home, tier), page(language, tier=tier)
    for kind in move_up.KINDS:
        assert figure(app, kind, language) == str(found.filter(kind=kind).height)
    if tier != "innovative":
        ready = found.filter(kind="ready", has_lower=True).height
        assert figure(app, "lower", language) == str(ready)


def test_one_unit_shows_its_own_firms_and_what_each_would_have_to_change(home: Home) -> None:
    found = candidates(home, "srdi").filter(kind="nearly")
    unit = found["province"].value_counts().sort("count", descending=True)["province"][0]
    app = page(tier="srdi", kind="nearly", province=unit)
    rows = app.dataframe[-1].value
    assert sorted(rows[text("move_up.firm.uscc", "zh")]) == sorted(found.filter(province=unit)["uscc"])
    said = rows[text("move_up.firm.change", "zh")].to_list()
    assert all(said)
    assert rows[text("move_up.firm.name", "zh")][0].startswith("firms?uscc=")
    assert rows[text("move_up.firm.cell", "zh")][0].startswith("A")


def test_firms_without_a_certain_failure_say_what_is_missing(home: Home) -> None:
    rows = page(tier="srdi", kind="open").dataframe[-1].value
    assert all(rows[text("move_up.firm.missing", "zh")])


def test_a_list_of_any_length_is_exported_with_what_it_would_take(home: Home, monkeypatch) -> None:
    build = access.current(home)
    assert build is not None and build.as_of
    asked = Asked("srdi", build.as_of, None, "nearly")
    write_changes(home, build)
    known = whole_list(build, access.MINISTRY, asked, "en")
    monkeypatch.setattr(move_up_reads, "EXPLAINED_AT_MOST", 1)
    monkeypatch.setattr(move_up, "FEW", 1)
    assert whole_list(build, access.MINISTRY, asked, "en").equals(known)
    assert all(known["What it would take"])
    [file] = [file for file in changes_files(home, build) if file.stem == "changes_srdi"]
    file.unlink()
    assert not are_changes_known(build, access.MINISTRY, asked)
    assert set(whole_list(build, access.MINISTRY, asked, "en")["What it would take"]) == {
        "Not computed yet: export again when the computation in the background is done"
    }
    monkeypatch.undo()
    assert whole_list(build, access.MINISTRY, asked, "en").equals(known), "a short list is looked for at once"
    assert all_of(build, access.MINISTRY, asked).changes


def test_holders_of_the_title_are_not_candidates_for_it(home: Home) -> None:
    held = {registry.code(at) for at in range(5)}
    assert not held & set(candidates(home, "srdi")["uscc"])


def test_a_proof_lists_the_firms_it_proves(home: Home) -> None:
    app = page(tier="srdi", proof="move_up_ready")
    count = candidates(home, "srdi").filter(kind="ready").height
    assert any(len(frame.value) == min(count, 50) for frame in app.dataframe)


@pytest.mark.parametrize("address", [{"tier": "giant"}, {"province": "710000"}, {"kind": "nothing"}])
def test_an_unknown_value_in_an_address_gives_the_default_view(home: Home, address: dict[str, str]) -> None:
    shown = [(metric.label, metric.value) for metric in page(**address).metric]
    assert shown == [(metric.label, metric.value) for metric in page().metric]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_facts_the_page_says_the_first_step(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path))
    assert text("facts.first_step", language) in page(language).info[0].value
