"""Load the synthetic country: written as files, taken in by the one door, marked synthetic on every receipt.

What people enter (a panel's scores, self-evaluations) follows through the workflow's own functions.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from data.home import Home
from data.manifest import Published
from data.manifest import published as published_build
from pipelines.build import Progress
from pipelines.demo.programme_people import enter
from pipelines.demo.write import FEWEST_YEARS, write_country
from pipelines.loading import load
from pipelines.receipts import live


class RealDataError(Exception):
    """The store holds data that is not made up; a synthetic country is never mixed into it."""


def load_country(
    home: Home,
    firms: int,
    seed: int,
    building: Progress | None = None,
    years: int = FEWEST_YEARS,
) -> tuple[Published, list[Path]]:
    """Write and load a synthetic country; returns the published build and the workbooks to try the load page with.

    Raises RealDataError where the store holds anything that is not synthetic.
    """
    if any(not receipt.synthetic for receipt in live(home)):
        raise RealDataError(
            f"{home.folder} holds data that is not synthetic. Set TIDU_HOME to another folder for the demo."
        )
    kept = home.folder / "demo"
    home.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.folder, prefix=".demo-") as folder:
        files = write_country(Path(folder), firms, seed, years)
        to_load = [file for file in files if file.to_load]
        sample_of = next((file.sample_of for file in files if file.sample_of), None)
        outcomes, published = load(
            home,
            [file.path for file in to_load],
            [file.dataset for file in to_load],
            synthetic=True,
            sample_of=sample_of,
            building=building,
        )
        refused = [outcome.checked.file for outcome in outcomes if outcome.receipt is None]
        if refused or published is None:
            raise RuntimeError(f"the demo wrote files that its own reader refuses: {', '.join(refused)}")
        enter(home)
        published = published_build(home) or published
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        return published, [
            Path(shutil.move(file.path, kept)) for file in files if not file.to_load and file.dataset
        ]
