"""A writer of two: saves one contested field again and again, each time on what stands, and a field of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from pipelines.workflow import self_evaluation as own
from pipelines.workflow.refusals import ConflictError

AT = Appraisal("round-1", 3, 2025)
BY = Reader("province", unit="440000")


def main(home: Home, saves: int, name: str) -> None:
    """Until so many saves are acknowledged; says the version of each."""
    seen = 0
    for number in range(saves):
        own.save(home, BY, AT, f"own_{name}", seen=number, value=number)
        while True:
            try:
                saved = own.save(home, BY, AT, "execution", seen=seen, explanation=f"{name} {number}")
            except ConflictError as conflict:
                seen = conflict.current.version
                continue
            seen = saved.version
            sys.stdout.write(f"{seen}\n")
            sys.stdout.flush()
            break


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3])
