"""Server time of the pages over the whole country of 1.1 million firms, against the same pages over a small one.

TIDU_BENCH_STORE names a store that holds the large country already; without it one is made, which takes minutes.

What is timed is the run of the frame and the page on the server's side by Streamlit's own runner. Two habits of
`AppTest` are undone for it: it runs a page without its frame, and it compiles every script again before each run. What
it adds, the reading of the messages into its tree, is about 3 ms of a run.
"""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from data.home import Home
from pipelines.after_build import work
from pipelines.demo_store import load_country
from tests.bench.conftest import Ratio, record
from tests.framed import keep_frame
from tests.health.tree import ROOT

FIRMS, SMALL, SEED = 1_100_000, 5_000, 2025
TIERS = ("innovative", "srdi", "little_giant")
DAYS = ("2025-12-31", "2025-06-30", "2024-12-31", "2024-03-31")
UNITS = ("330000", "440300", "XPCC", "510000")
FILTERS: dict[str, dict[str, tuple[str, ...]]] = {
    "overview": {"tier": TIERS, "as_of": DAYS, "cities": ("0", "1")},
    "provinces": {"tier": TIERS, "as_of": DAYS, "province": UNITS},
    "gradient": {"tier": TIERS, "province": UNITS},
    "firms": {"held": TIERS, "province": UNITS},
    "quality": {"province": UNITS},
    "target_progress": {"tier": TIERS, "as_of": DAYS},
    "titles_due": {"tier": TIERS, "as_of": DAYS, "province": UNITS[:2]},
    "firms_to_move_up": {"tier": ("srdi", "little_giant"), "province": UNITS},
    "funds": {"as_of": DAYS, "province": UNITS},
    "efficiency": {"as_of": DAYS},
    "appraisal_results": {"province": UNITS},
    "allocate": {"tranche": ("1", "2"), "province": UNITS},
}
AGAIN = 20


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Path]]:
    made = {}
    for firms in (SMALL, FIRMS):
        given = os.environ.get("TIDU_BENCH_STORE", "") if firms == FIRMS else ""
        made[firms] = Path(given) if given else tmp_path_factory.mktemp(f"country-{firms}")
        if not given:
            home = Home(made[firms])
            load_country(home, firms, SEED)
            work(home)
    yield made
    for firms, folder in made.items():
        if firms == SMALL or not os.environ.get("TIDU_BENCH_STORE"):
            shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def as_in_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame around every page, and scripts compiled once."""
    keep_frame(monkeypatch)
    compiled = ScriptCache()
    monkeypatch.setattr(app_test, "ScriptCache", lambda: compiled)
    monkeypatch.setattr(local_script_runner, "ScriptCache", lambda: compiled)


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def timed(app: AppTest, address: dict[str, str]) -> float:
    for name, value in address.items():
        app.query_params[name] = value
    start = time.perf_counter()
    app.run()
    taken = time.perf_counter() - start
    assert [error.message for error in app.exception] == []
    return taken


def page_times(store: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], list[float]]:
    """Seconds of each change of filters not seen before, and of the same view drawn again."""
    monkeypatch.setenv("TIDU_HOME", str(store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page(f"pages/{page}.py").run()
    named = FILTERS[page]
    views = [dict(zip(named, values, strict=True)) for values in itertools.product(*named.values())]
    assert app.sidebar.caption, "the frame stands around the page"
    changed = [timed(app, view) for view in views]
    return changed[1:], [timed(app, views[-1]) for _ in range(AGAIN)]


@pytest.mark.parametrize("page", FILTERS)
def test_a_page_over_the_whole_country_costs_little_more_than_over_a_small_one(
    page: str, stores: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    times: dict[int, tuple[list[float], list[float]]] = {
        firms: page_times(store, page, monkeypatch) for firms, store in stores.items()
    }
    said: list[tuple[str, Callable[[tuple[list[float], list[float]]], list[float]], str]] = [
        ("another filter", lambda pair: pair[0], "150 ms at the 95th percentile"),
        ("the view again", lambda pair: pair[1], "300 ms at the 95th percentile"),
    ]
    for what, of, goal in said:
        large, small = p95(of(times[FIRMS])), p95(of(times[SMALL]))
        record(
            Ratio(
                f"page {page}, {what}, 95th percentile of {len(of(times[FIRMS]))}",
                f"{FIRMS:,} firms",
                f"{SMALL:,} firms",
                large,
                small,
                large / small,
                len(of(times[FIRMS])),
                goal,
                "the server's run of the script, without browser",
                os.getloadavg()[0],
            )
        )
