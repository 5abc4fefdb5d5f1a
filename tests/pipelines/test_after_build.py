"""The worker computes what a build lacks, once, one process at a time, and always for the build in force."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.home import Home
from data.manifest import Published, published
from pipelines import after_build
from pipelines.after_build import LOCK, ensure_worker, failures, start_worker, work
from pipelines.loading import load
from tests.conftest import ROOT
from tests.pipelines.small_files import write_returns

STEPS = ["write_names", "write_scores", "read_again", "write_changes"]
WITHIN_S = 300


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    load(home, [write_returns(tmp_path / "a.csv", [1, 2])])
    return home


def build_of(home: Home) -> Published:
    build = published(home)
    assert build is not None
    return build


def steps_taken(home: Home, monkeypatch: pytest.MonkeyPatch, *failing: str) -> list[tuple[str, int]]:
    """Put a light step in the place of each real one: it leaves what the real one leaves. Returns what ran."""
    ran: list[tuple[str, int]] = []

    def light(name: str):
        def step(at: Home, build: Published) -> None:
            ran.append((name, build.build))
            if name in failing:
                raise ValueError("no room left")
            left = {
                "write_names": after_build.files_of(at, build)[:1],
                "write_scores": after_build.files_of(at, build)[1:],
                "read_again": [at.derived / str(build.build) / "quality" / "quality.json"],
                "write_changes": after_build.changes_files(at, build),
            }
            for file in left[name]:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(b"x")

        step.__name__ = name
        return step

    for name in STEPS:
        monkeypatch.setattr(after_build, name, light(name))
    return ran


def test_the_worker_does_all_that_is_missing_in_order_and_once(home, monkeypatch) -> None:
    ran = steps_taken(home, monkeypatch)
    work(home)
    work(home)
    assert ran == [(step, 1) for step in STEPS]
    assert ensure_worker(build_of(home), where=home) == "done"


def test_what_is_there_is_not_done_again(home, monkeypatch) -> None:
    ran = steps_taken(home, monkeypatch)
    work(home)
    after_build.files_of(home, build_of(home))[-1].unlink()
    work(home)
    assert ran[len(STEPS) :] == [("write_scores", 1)]


def test_a_step_that_fails_keeps_no_other_back_and_is_not_tried_for_ever(home, monkeypatch) -> None:
    ran = steps_taken(home, monkeypatch, "write_scores")
    work(home)
    work(home)
    assert ran == [(step, 1) for step in STEPS if step != "write_changes"], "which reads the scores"
    build = build_of(home)
    assert failures(build, home) == {"write_scores": "ValueError: no room left"}
    assert ensure_worker(build, "write_scores", home) == "failed"
    assert ensure_worker(build, "write_names", home) == "done"


def test_starting_the_worker_tries_again_what_failed(home, monkeypatch) -> None:
    steps_taken(home, monkeypatch, "write_scores")
    work(home)
    monkeypatch.setenv("TIDU_WORKER", "")
    started = []
    monkeypatch.setattr(after_build.subprocess, "Popen", lambda *command, **_: started.append(command))
    start_worker(home)
    assert failures(build_of(home), home) == {}
    assert len(started) == 1


def test_a_build_published_meanwhile_is_taken_up_and_the_older_one_dropped(
    home, tmp_path, monkeypatch
) -> None:
    ran = steps_taken(home, monkeypatch)
    first = after_build.write_names

    def names_while_another_file_is_loaded(at: Home, build: Published) -> None:
        first(at, build)
        if build.build == 1:
            load(at, [write_returns(tmp_path / "b.csv", [3])])

    names_while_another_file_is_loaded.__name__ = "write_names"
    monkeypatch.setattr(after_build, "write_names", names_while_another_file_is_loaded)
    work(home)
    assert ran == [("write_names", 1), *((step, 2) for step in STEPS)]


def test_only_one_process_works_at_a_time(home, monkeypatch) -> None:
    ran = steps_taken(home, monkeypatch)
    home.derived.mkdir(parents=True)
    with (home.derived / LOCK).open("a+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        work(home)
        assert ran == []
        assert ensure_worker(build_of(home), where=home) == "working"
    work(home)
    assert len(ran) == len(STEPS)


def test_the_worker_sweeps_away_what_a_dead_one_left(home, monkeypatch) -> None:
    steps_taken(home, monkeypatch)
    folder = home.derived / "1"
    (folder / "quality" / ".spill-1").mkdir(parents=True)
    (folder / ".scores_srdi.parquet.99").write_bytes(b"half")
    work(home)
    assert [path.name for path in home.derived.rglob(".*")] == []


def test_without_a_build_there_is_nothing_to_do(tmp_path: Path) -> None:
    work(Home(tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def test_a_page_that_lacks_a_table_starts_the_worker_and_does_not_wait(home, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_WORKER", "")
    started = []
    monkeypatch.setattr(after_build.subprocess, "Popen", lambda *command, **_: started.append(command))
    assert ensure_worker(build_of(home), where=home) == "working"
    assert len(started) == 1


def test_tests_can_keep_the_worker_off(home, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_WORKER", "off")
    started = []
    monkeypatch.setattr(after_build.subprocess, "Popen", lambda *command, **_: started.append(command))
    start_worker(home)
    assert started == []


def test_the_real_worker_outlives_its_caller_and_finishes(home, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_WORKER", "")
    build = build_of(home)
    start_worker(home)
    deadline = time.monotonic() + WITHIN_S
    while ensure_worker(build, where=home) == "working":
        assert time.monotonic() < deadline, (home.derived / "worker.log").read_text()
        time.sleep(0.3)
    assert failures(build, home) == {}
    report = json.loads((home.derived / "1" / "quality" / "quality.json").read_text(encoding="utf-8"))
    assert report["agrees"]
    assert [path.name for path in home.derived.rglob(".*")] == []


def test_a_worker_killed_at_work_leaves_no_half_file_and_the_next_goes_on(home) -> None:
    environment = {**os.environ, "TIDU_HOME": str(home.folder)}
    command = [sys.executable, "-m", "pipelines.after_build"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    names, *scores = after_build.files_of(home, build_of(home))
    deadline = time.monotonic() + WITHIN_S
    while not names.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert not all(file.exists() for file in scores), "it was killed before it was done"
    work(home)
    assert ensure_worker(build_of(home), where=home) == "done"
    assert [path.name for path in home.derived.rglob(".*")] == []
