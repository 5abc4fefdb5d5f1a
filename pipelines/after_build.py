"""The worker: what is computed once for a build after it is published; ``python -m pipelines.after_build``.

Names for the search and scores of the registry first, then the second reader, and last what would lift a firm. One
process works at a time, under a lock of its own; it gives way to others, skips what is done, and drops a build that is
no longer in force for the one that is. Files appear whole: whatever instant it dies at, the next worker goes on from
there.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from data.access import NoFactsError
from data.home import Home
from data.home import home as home_in_force
from data.manifest import Published, facts_file, published
from pipelines.durable import write_in_place
from pipelines.registry_changes import changes_files, write_changes
from pipelines.registry_scores import OvertakenError, files_of, write_names, write_scores

State = Literal["done", "working", "failed"]
LOCK = "worker.lock"
LOG = "worker.log"
_FAILURES = "failures.json"
_NICE = 10  # not policy: how far the worker stands back
_LOOK_EVERY_S = 0.5  # not policy: how often it looks for a newer build
_CODE = Path(__file__).parent.parent


def start_worker(where: Home | None = None) -> None:
    """Start the worker in a process of its own, which outlives this one; nothing where ``TIDU_WORKER=off``.

    What failed for the published build is tried again.
    """
    home = where or home_in_force()
    if os.environ.get("TIDU_WORKER") == "off":
        return
    home.derived.mkdir(parents=True, exist_ok=True)
    build = published(home)
    if build:
        _failures_file(home, build).unlink(missing_ok=True)
    with (home.derived / LOG).open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "pipelines.after_build"],
            cwd=_CODE,
            env={**os.environ, "TIDU_HOME": str(home.folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def ensure_worker(build: Published, needs: str = "", where: Home | None = None) -> State:
    """For a page that lacks a derived table: how its build stands; a worker is started where none is at work.

    ``needs``: the step that the page waits for (write_names, write_scores, read_again, write_changes), else all of
    them. ``failed``: it could not be computed, see `failures`; `start_worker` tries it again.
    """
    home = where or home_in_force()
    missing = [step.__name__ for step in _steps(home, build) if needs in ("", step.__name__)]
    if not missing:
        return "done"
    if set(missing) <= set(failures(build, home)):
        return "failed"
    with _lock(home) as is_ours:
        is_idle = is_ours
    if is_idle:
        start_worker(home)
    return "working"


def failures(build: Published, where: Home | None = None) -> dict[str, str]:
    """What steps could not be taken for a build, by name as in `ensure_worker`, and why, in one line each."""
    try:
        return json.loads(_failures_file(where or home_in_force(), build).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def work(home: Home) -> None:
    """Compute what is missing for the published build, and for any that is published meanwhile.

    Returns at once where another process is at work: that one looks for a newer build before and after it lets go.
    """
    while (build := published(home)) and next(_pending(home, build), None):
        with _lock(home) as is_ours:
            if not is_ours:
                return
            _sweep(home)
            while (build := published(home)) and (step := next(_pending(home, build), None)):
                _take(step, home, build)


def read_again(home: Home, build: Published) -> None:
    """Let the second reader read a build, in a process that is ended when a newer build is published.

    Raises OvertakenError then, and RuntimeError where the reader ends without a report.
    """
    out = _report(home, build).parent
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pipelines.second_reader", str(facts_file(home, build)), str(out)]
    reader = subprocess.Popen(command, cwd=_CODE, stdin=subprocess.DEVNULL)
    try:
        while reader.poll() is None:
            if published(home) != build:
                raise OvertakenError
            with contextlib.suppress(subprocess.TimeoutExpired):
                reader.wait(_LOOK_EVERY_S)
    finally:
        if reader.poll() is None:
            reader.terminate()
            reader.wait()
    # It ends with 1 where the readers differ as well: that is a finding, and the report tells it.
    if not _report(home, build).exists():
        raise RuntimeError(f"the second reader ended with {reader.returncode} and left no report.")


Step = Callable[[Home, Published], object]


def _steps(home: Home, build: Published) -> Iterator[Step]:
    """What is still to be computed for a build, in order."""
    names, *scores = files_of(home, build)
    if not names.exists():
        yield write_names
    if not all(file.exists() for file in scores):
        yield write_scores
    if not _report(home, build).exists():
        yield read_again
    # It reads the scores: where these failed, there is nothing to go on.
    if all(file.exists() for file in scores) and not all(
        file.exists() for file in changes_files(home, build)
    ):
        yield write_changes


def _pending(home: Home, build: Published) -> Iterator[Step]:
    failed = failures(build, home)
    return (step for step in _steps(home, build) if step.__name__ not in failed)


def _take(step: Step, home: Home, build: Published) -> None:
    began = time.monotonic()
    try:
        step(home, build)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and the next step is taken
        if isinstance(error, OvertakenError | NoFactsError) or published(home) != build:
            return
        traceback.print_exception(error)
        _record(home, build, {step.__name__: f"{type(error).__name__}: {error}"})
        return
    sys.stderr.write(f"build {build.build}: {step.__name__} took {time.monotonic() - began:.1f} s\n")
    sys.stderr.flush()


def _record(home: Home, build: Published, failed: Mapping[str, str]) -> None:
    text = json.dumps({**failures(build, home), **failed}, ensure_ascii=False)
    write_in_place(_failures_file(home, build), text.encode())


def _report(home: Home, build: Published) -> Path:
    return home.derived / str(build.build) / "quality" / "quality.json"


def _failures_file(home: Home, build: Published) -> Path:
    return home.derived / str(build.build) / _FAILURES


@contextlib.contextmanager
def _lock(home: Home) -> Iterator[bool]:
    """Whether this process is the one at work until the end of the block; the system lets go where it dies."""
    home.derived.mkdir(parents=True, exist_ok=True)
    with (home.derived / LOCK).open("a+b") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _sweep(home: Home) -> None:
    """Take away what a worker that died left half-written; only the holder of the lock writes here."""
    for left in [*home.derived.glob("*/.*"), *home.derived.glob("*/quality/.*")]:
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


if __name__ == "__main__":
    os.nice(_NICE)
    work(home_in_force())
