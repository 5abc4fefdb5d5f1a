"""A backup holds everything acknowledged, and a restored store equals the original to the content of its facts."""

import tarfile
from pathlib import Path

import pytest

from data.home import Home
from data.manifest import published
from pipelines.backup import BackupError, back_up, restore
from pipelines.loading import load
from pipelines.receipts import live
from pipelines.rollback import builds, roll_back
from tests.pipelines.small_files import write_returns


@pytest.fixture
def loaded(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    load(home, [write_returns(tmp_path / "a.csv", range(30))])
    load(home, [write_returns(tmp_path / "b.csv", range(20, 50), revenue=2000)])
    return home


def receipts(home: Home) -> list[tuple]:
    return [(one.id, one.sha256, one.file, one.received_at, one.places) for one in live(home)]


def test_a_restored_store_equals_the_original(loaded: Home, tmp_path: Path) -> None:
    back_up(loaded, tmp_path / "store.tar")
    other = Home(tmp_path / "other")
    done = restore(other, tmp_path / "store.tar")
    assert done.equals_original is True
    assert done.before is None
    assert sorted(folder.name for folder in tmp_path.glob("other*")) == ["other"]
    assert done.published.content == published(loaded).content
    assert receipts(other) == receipts(loaded)
    assert {file.name: file.read_bytes() for file in other.intake.iterdir()} == {
        file.name: file.read_bytes() for file in loaded.intake.iterdir()
    }


def test_a_restore_puts_the_present_store_aside(loaded: Home, tmp_path: Path) -> None:
    back_up(loaded, tmp_path / "store.tar")
    content = published(loaded).content
    load(loaded, [write_returns(tmp_path / "c.csv", [99])])
    later = published(loaded).content
    done = restore(loaded, tmp_path / "store.tar")
    assert published(loaded).content == content
    assert published(Home(done.before)).content == later


def test_what_was_withdrawn_stays_withdrawn(loaded: Home, tmp_path: Path) -> None:
    roll_back(loaded, 1)
    back_up(loaded, tmp_path / "store.tar")
    other = Home(tmp_path / "other")
    restore(other, tmp_path / "store.tar")
    assert published(other).rows["annual_returns"] == 30
    assert roll_back(other, 2).published.rows["annual_returns"] == 50
    assert len(builds(other)) == len(builds(loaded)) + 2


@pytest.mark.parametrize("damage", ["truncated", "not_a_tar", "changed_file"])
def test_a_damaged_backup_changes_nothing(loaded: Home, tmp_path: Path, damage: str) -> None:
    archive = tmp_path / "store.tar"
    back_up(loaded, archive)
    whole = archive.read_bytes()
    if damage == "truncated":
        archive.write_bytes(whole[: len(whole) // 2])
    elif damage == "not_a_tar":
        archive.write_bytes(b"not an archive")
    else:
        archive.write_bytes(whole.replace(b",1000,", b",1001,", 1))
    before = published(loaded)
    with pytest.raises(BackupError, match=r"store\.tar|intake/"):
        restore(loaded, archive)
    assert published(loaded) == before
    assert [path.name for path in tmp_path.iterdir() if "restor" in path.name] == []


def test_a_backup_cannot_write_outside_its_folder(loaded: Home, tmp_path: Path) -> None:
    archive = tmp_path / "store.tar"
    back_up(loaded, archive)
    (tmp_path / "evil").write_text("x")
    with tarfile.open(archive, "a") as packed:
        packed.add(tmp_path / "evil", "../../outside")
    with pytest.raises(BackupError):
        restore(Home(tmp_path / "other"), archive)
    assert not (tmp_path.parent / "outside").exists()


def test_there_must_be_a_store_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no store"):
        back_up(Home(tmp_path / "none"), tmp_path / "store.tar")
