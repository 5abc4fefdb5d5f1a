"""What every test may ask for: the checkout, and outside programs that may be missing.

A test that needs an outside program carries its marker (chromium, java, postgres). Where the program is
missing the test is skipped with the reason; where TIDU_REQUIRE names it, the test fails instead.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "java": ("java",),
    "postgres": ("pg_ctl", "postgres"),
}


MODULES = {"java": "pyspark"}  # what drives the program, where it is not among the ordinary packages


def find_program(name: str) -> str | None:
    return next((path for candidate in PROGRAMS[name] if (path := shutil.which(candidate))), None)


def missing(name: str) -> str | None:
    """The program, or else the module that drives it, if it is not there."""
    if find_program(name) is None:
        return name
    module = MODULES.get(name)
    return module if module and find_spec(module) is None else None


def required() -> set[str]:
    return {name.strip() for name in os.environ.get("TIDU_REQUIRE", "").split(",") if name.strip()}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in PROGRAMS:
        if item.get_closest_marker(name) is None or not (absent := missing(name)):
            continue
        if name in required():
            pytest.fail(f"{absent} is missing, and TIDU_REQUIRE names {name}", pytrace=False)
        pytest.skip(f"{absent} is not installed on this machine")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def store_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store for everything a test runs, and no worker behind its back; never the checkout's own store."""
    folder = tmp_path_factory.mktemp("store") / "tidu"
    os.environ["TIDU_HOME"] = str(folder)
    os.environ["TIDU_WORKER"] = "off"
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for tests marked `chromium`; Playwright drives it by executable_path."""
    path = find_program("chromium")
    assert path is not None, "mark the test with pytest.mark.chromium"
    return path


@pytest.fixture(scope="session")
def soak_scale() -> int:
    """1 in `make soak-short`, 20 in `make soak`: multiply the number of random cases by it."""
    return {"short": 1, "long": 20}[os.environ.get("TIDU_SOAK", "short")]
