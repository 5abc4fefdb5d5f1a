"""A build is a function of the acknowledged files and the policy; going back withdraws what came after."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import access
from data.home import Home
from data.manifest import facts_file, published
from pipelines.build import KEPT, BuildError, build
from pipelines.count import count
from pipelines.loading import load
from pipelines.receipts import live
from pipelines.rollback import NoBuildError, builds, roll_back
from tests.pipelines.small_files import firm, write_returns


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def loaded(home: Home, tmp_path: Path) -> Home:
    load(home, [write_returns(tmp_path / "a.csv", range(30))])
    load(home, [write_returns(tmp_path / "b.csv", range(20, 50), revenue=2000)])
    return home


def codes(home: Home) -> set[str]:
    return {
        code
        for (code,) in access.read(access.MINISTRY, home).table("annual_returns").select("uscc").fetchall()
    }


def test_two_builds_of_the_same_files_have_the_same_content(loaded: Home) -> None:
    first = published(loaded)
    again = build(loaded, "again", anew=True)
    from_intake = build(loaded, "again", anew=True, from_intake=True)
    assert again.build == first.build + 1
    assert {first.content, again.content, from_intake.content} == {first.content}


def test_the_order_in_which_files_came_is_content(tmp_path: Path) -> None:
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    a, b = write_returns(tmp_path / "a.csv", [1, 2]), write_returns(tmp_path / "b.csv", [2], revenue=7)
    load(one, [a, b])
    load(other, [b, a])
    assert published(one).content != published(other).content


@settings(max_examples=8, deadline=None)
@given(changed=st.integers(0, 9), revenue=st.integers(1, 10**6).filter(lambda value: value != 1000))
def test_any_changed_figure_changes_the_content(
    tmp_path_factory: pytest.TempPathFactory, changed: int, revenue: int
) -> None:
    folder = tmp_path_factory.mktemp("content")
    path = write_returns(folder / "a.csv", range(10))
    before = load(Home(folder / "before"), [path])[1]
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[changed + 1] = lines[changed + 1].replace(",1000,", f",{revenue},")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load(Home(folder / "after"), [path])[1].content != before.content


def test_going_back_withdraws_the_files_loaded_since(loaded: Home) -> None:
    assert len(codes(loaded)) == 50
    done = roll_back(loaded, 1)
    assert (done.withdrawn, done.taken_back) == ([2], [])
    assert codes(loaded) == {firm(at) for at in range(30)}


def test_a_later_build_does_not_bring_a_withdrawn_file_back(loaded: Home, tmp_path: Path) -> None:
    roll_back(loaded, 1)
    build(loaded, "again", anew=True)
    load(loaded, [write_returns(tmp_path / "c.csv", [60])])
    assert len(codes(loaded)) == 31
    assert count(loaded, "annual_returns") == 31


def test_a_withdrawn_file_can_be_loaded_again_and_is_a_new_receipt(loaded: Home, tmp_path: Path) -> None:
    roll_back(loaded, 1)
    [outcome], _ = load(loaded, [tmp_path / "b.csv"])
    assert (outcome.receipt, outcome.is_new) == (3, True)
    assert len(codes(loaded)) == 50


def test_going_forward_again_takes_the_file_back_in(loaded: Home) -> None:
    content = published(loaded).content
    roll_back(loaded, 1)
    done = roll_back(loaded, 2)
    assert done.taken_back == [2]
    assert done.published.content == content


def test_build_zero_is_the_store_before_its_first_file(loaded: Home) -> None:
    roll_back(loaded, 0)
    assert codes(loaded) == set()
    assert live(loaded) == []


def test_only_a_build_that_was_and_is_not_in_force_can_be_gone_back_to(loaded: Home) -> None:
    with pytest.raises(NoBuildError, match=r"there is no build 9. There are: 2, 1, 0"):
        roll_back(loaded, 9)
    with pytest.raises(NoBuildError, match=r"build 2 is the one in force. To undo it, go back to 1"):
        roll_back(loaded, 2)


def test_a_build_no_longer_kept_is_made_again_from_its_receipts(loaded: Home, tmp_path: Path) -> None:
    content = published(loaded).content
    for at in range(KEPT):
        load(loaded, [write_returns(tmp_path / f"more {at}.csv", [100 + at])])
    assert [entry["kept"] for entry in builds(loaded)] == [True] * KEPT + [False, False]
    assert roll_back(loaded, 2).published.content == content


def test_nothing_is_built_where_the_published_build_already_holds_everything(loaded: Home) -> None:
    assert build(loaded, "load") == published(loaded)
    assert len(builds(loaded)) == 2


def test_a_changed_intake_file_is_noticed_and_nothing_is_published(loaded: Home) -> None:
    before = published(loaded)
    [first, _] = live(loaded)
    with (loaded.intake / first.stored).open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(BuildError, match=r"a\.csv\) was changed on the disk. Restore it from a backup"):
        build(loaded, "again", anew=True, from_intake=True)
    assert published(loaded) == before


def test_a_lost_cache_of_typed_rows_is_made_again(loaded: Home) -> None:
    content = published(loaded).content
    for staged in loaded.staged.iterdir():
        staged.unlink()
    assert build(loaded, "again", anew=True).content == content


def test_a_damaged_manifest_is_named_and_a_build_mends_it(loaded: Home) -> None:
    loaded.manifest.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"manifest\.json is damaged .* Run `tidu build`"):
        published(loaded)
    build(loaded, "again")
    assert published(loaded).rows["annual_returns"] == 50


def test_what_a_dead_process_left_is_swept(loaded: Home) -> None:
    left = loaded.facts / ".building-9.duckdb"
    left.write_bytes(b"half")
    build(loaded, "again", anew=True)
    assert not left.exists()


def test_facts_are_published_under_a_name_of_their_own(loaded: Home) -> None:
    build_ = published(loaded)
    assert facts_file(loaded, build_).name == f"facts-{build_.build}-{build_.content[:8]}.duckdb"
