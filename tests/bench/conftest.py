"""Ratios of running times, measured in one run: seconds are recorded, ratios are what a goal speaks of."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

RESULTS = Path(__file__).with_name("results.jsonl")


@dataclass(frozen=True)
class Ratio:
    """How many times as long `subject` takes as `reference`; seconds are medians, `goal` is not asserted."""

    name: str
    subject: str
    reference: str
    subject_s: float
    reference_s: float
    ratio: float
    repeats: int
    goal: str
    note: str
    load: float


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    name: str,
    subject: tuple[str, Callable[[], object]],
    reference: tuple[str, Callable[[], object]],
    *,
    repeats: int = 7,
    warm_up: int = 1,
    scale: float = 1.0,
    goal: str = "",
    note: str = "",
) -> Ratio:
    """Time the two in turn, so that a slow minute of the machine falls on both.

    Args:
        name: what is compared, as it stands in the record.
        subject: label and callable under test.
        reference: label and callable it is measured against.
        repeats: timed runs of each; the median counts.
        warm_up: untimed runs of each before.
        scale: multiplies the subject's seconds where it ran on a sample; `note` must then say so.
        goal: what the ratio is meant to be, printed beside it: a busy machine shall not fail a run.
        note: what a reader has to know to read the ratio rightly.
    """
    if scale != 1 and not note:
        message = f"{name}: a subject timed on a sample needs a note that says so"
        raise ValueError(message)
    for _ in range(warm_up):
        subject[1]()
        reference[1]()
    taken: list[tuple[float, float]] = [(seconds(subject[1]), seconds(reference[1])) for _ in range(repeats)]
    subject_s = statistics.median(pair[0] for pair in taken) * scale
    reference_s = statistics.median(pair[1] for pair in taken)
    return Ratio(
        name, subject[0], reference[0], subject_s, reference_s, subject_s / reference_s, repeats, goal, note,
        os.getloadavg()[0],
    )  # fmt: skip


def record(ratio: Ratio) -> None:
    """Print the ratio and append it to the git-ignored results, with the machine it was taken on."""
    print(
        f"\n{ratio.name}: {ratio.subject} {ratio.subject_s * 1000:.1f} ms, "
        f"{ratio.reference} {ratio.reference_s * 1000:.1f} ms, ratio {ratio.ratio:.2f}"
        + (f", goal {ratio.goal}" if ratio.goal else "")
        + (f" ({ratio.note})" if ratio.note else "")
        + f" [load {ratio.load:.1f}]"
    )
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    line = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **asdict(ratio), **machine}
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(line, ensure_ascii=False) + "\n")


@pytest.fixture
def measured() -> Callable[..., Ratio]:
    """`measured(name, (label, callable), (label, callable), …)` compares, records and gives the ratio."""

    def run(name: str, subject, reference, **options) -> Ratio:
        ratio = compare(name, subject, reference, **options)
        record(ratio)
        return ratio

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.bench)
