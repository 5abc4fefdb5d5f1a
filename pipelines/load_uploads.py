"""Files handed over on a page: tried without a trace, then loaded through the one door like any other file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from data.home import home
from data.manifest import Published
from pipelines.after_build import start_worker
from pipelines.build import Progress
from pipelines.intake.check import Checked
from pipelines.loading import Loaded, load
from pipelines.uploads import plain_name
from pipelines.workflow.listed_names import hand_over

Reading = Callable[[str, int, int], None]


def try_upload(name: str, content: bytes, dataset: str | None, reading: Reading | None = None) -> Checked:
    """Check an upload as loading it would, and store nothing; ``dataset`` None to recognise it by its headers."""
    with tempfile.TemporaryDirectory(prefix="tidu-upload-") as folder:
        paths = _put(Path(folder), [(name, content)])
        [outcome], _ = load(home(), paths, dataset, dry_run=True, reading=reading)
    return outcome.checked


def load_uploads(
    files: Sequence[tuple[str, bytes]],
    dataset: str | None,
    *,
    replaces: int | None = None,
    terms: Mapping[str, str] | None = None,
    reading: Reading | None = None,
    building: Progress | None = None,
) -> tuple[list[Loaded], Published | None]:
    """Load uploads, given as name and bytes, and have the worker begin on the new build; the rest as `loading.load`."""
    with tempfile.TemporaryDirectory(prefix="tidu-upload-") as folder:
        paths = _put(Path(folder), files)
        outcomes, build = load(
            home(),
            paths,
            dataset,
            replaces=replaces,
            terms=terms,
            reading=reading,
            building=building,
            before_build=hand_over if terms else None,
        )
    if build:
        start_worker()
    return outcomes, build


def _put(folder: Path, files: Sequence[tuple[str, bytes]]) -> list[Path]:
    """Each file in a folder of its own: two may have the same name."""
    paths = []
    for number, (name, content) in enumerate(files):
        path = folder / str(number) / plain_name(name)
        path.parent.mkdir()
        path.write_bytes(content)
        paths.append(path)
    return paths
