"""kill -9 at any instant of a load, a build or a rollback: nothing acknowledged is lost, nothing is half-done."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data import access
from data.home import Home
from data.manifest import facts_file, published
from pipelines.build import build
from pipelines.count import count
from pipelines.loading import load
from pipelines.receipts import live
from pipelines.rollback import builds
from tests.pipelines.killed import ROWS, file_of

KILLS = {1: 15, 20: 200}
LONGEST_S = 0.9


@pytest.mark.soak
def test_a_process_killed_at_any_instant_loses_and_halves_nothing(
    tmp_path: Path, root: Path, soak_scale: int
) -> None:
    home, draw, number = Home(tmp_path / "home"), random.Random(20261125), 0
    load(home, [file_of(tmp_path, number)])
    for kill in range(KILLS[soak_scale]):
        number += 1
        before = loaded(home)
        begun, finished = run_and_kill(home, tmp_path, number, draw, root)
        number = max([number, *(int(line.split()[2]) for line in begun if line.startswith("begin load"))])
        expect_one_of(home, before, begun, finished, f"kill {kill}")
        expect_whole(home)
        number += 1
        load(home, [file_of(tmp_path, number)])
        assert number in loaded(home), "the next load works"
        expect_whole(home)


def run_and_kill(
    home: Home, folder: Path, first: int, draw: random.Random, root: Path
) -> tuple[list[str], int]:
    """Start the process, kill it at a random instant after it is ready; what it began, and how much it finished."""
    command = [sys.executable, "-m", "tests.pipelines.killed", str(home.folder), str(folder), str(first)]
    child = subprocess.Popen(
        [*command, str(draw.randrange(10**9))], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline().startswith("ready")
    time.sleep(draw.uniform(0, LONGEST_S))
    child.send_signal(signal.SIGKILL)
    said = child.stdout.read().splitlines()
    child.wait()
    whole = [line for line in said if line.startswith(("begin", "done", "refused"))]
    return [line for line in whole if line.startswith("begin")], sum(
        line.startswith(("done", "refused")) for line in whole
    )


def loaded(home: Home) -> set[int]:
    """The numbers of the files that count."""
    return {int(receipt.file.removesuffix(".csv")) for receipt in live(home)}


def expect_one_of(home: Home, before: set[int], begun: list[str], finished: int, where: str) -> None:
    """What counts is what every finished step left, or that and the step that was under way: never less, never half."""
    held = {entry["build"]: {int(one.file.removesuffix(".csv")) for one in every(home) if one.id in entry["receipts"]}
            for entry in builds(home)}  # fmt: skip
    state = before
    for line in begun[:finished]:
        state = after(state, line, held)
    possible = [state] + [after(state, line, held) for line in begun[finished:]]
    assert loaded(home) in possible, f"{where}: {begun}, {finished} finished"


def after(state: set[int], line: str, held: dict[int, set[int]]) -> set[int]:
    _, kind, *rest = line.split()
    if kind == "load":
        return state | {int(rest[0])}
    return held[int(rest[0])] if kind == "rollback" else state


def every(home: Home) -> list:
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from data.work import Receipt
    from pipelines.receipts import reading

    with Session(reading(home), expire_on_commit=False) as session:
        return list(session.scalars(select(Receipt)))


def expect_whole(home: Home) -> None:
    """The published build opens and holds whole files only; a build then holds exactly what counts."""
    assert facts_file(home, published(home)).exists()
    per_file = (
        access.read(access.MINISTRY, home)
        .table("annual_returns")
        .aggregate("receipt_id, count(*)", "receipt_id")
    )
    assert {rows for _, rows in per_file.fetchall()} <= {ROWS}
    assert count(home, "annual_returns") == ROWS * len(loaded(home))
    now = build(home, "after the kill")
    assert now.rows["annual_returns"] == ROWS * len(loaded(home))
    assert list(home.facts.glob(".building-*")) == []
