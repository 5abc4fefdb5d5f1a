"""``python -m pipelines.second_reader FACTS OUT``: exit 0 when both readers agree, 1 when not or when it failed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipelines.second_reader.read import read_build


def main(facts: str, out: str) -> int:
    """Read a facts file into a folder, giving way to whoever is at work."""
    os.nice(10)
    found = read_build(Path(facts), Path(out))
    for row in found["agreement"]:
        if row["agrees"] is False:
            sys.stderr.write("the readers differ: {dataset} {rule} {column} {first} {second}\n".format(**row))
    return 0 if found["agrees"] else 1


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stderr.flush()
    # at an ordinary exit DuckDB's binding fills the log with objects that it takes for leaked
    os._exit(status)
