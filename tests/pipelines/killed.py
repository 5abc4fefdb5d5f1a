"""The process that is killed: does one thing after another in a store, and says before and after each."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from data.home import Home
from pipelines.build import build
from pipelines.loading import load
from pipelines.rollback import NoBuildError, builds, roll_back
from tests.pipelines.small_files import write_returns

ROWS = 20


def file_of(folder: Path, number: int) -> Path:
    """The file with that number: firms of its own, so that its rows are told from any other's."""
    return write_returns(folder / f"{number}.csv", range(number * ROWS, number * ROWS + ROWS))


def main(home: Home, folder: Path, first: int, seed: int) -> None:
    """Until killed: load a new file, build anew, or go back to an earlier build."""
    draw, number = random.Random(seed), first
    say(f"ready {os.getpid()}")
    while True:
        kind = draw.choices(["load", "build", "rollback"], [5, 2, 2])[0]
        if kind == "load":
            path = file_of(folder, number)
            say(f"begin load {number}")
            load(home, [path])
            number += 1
        elif kind == "build":
            say("begin build")
            build(home, "build", anew=True)
        else:
            earlier = [entry["build"] for entry in builds(home)[1:6]]
            if not earlier:
                continue
            chosen = draw.choice(earlier)
            say(f"begin rollback {chosen}")
            try:
                roll_back(home, chosen)
            except NoBuildError as refused:
                say(f"refused {refused}")
                continue
        say("done")


def say(line: str) -> None:
    """One line that is out before anything else happens."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
