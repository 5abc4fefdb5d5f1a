"""The arrows between the packages hold, and a planted arrow the wrong way is found."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.health.tree import PACKAGES, ROOT, parsed, python_files


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def importers_of_the_frame(modules: dict[str, ast.Module]) -> list[str]:
    """Which modules import app.py, the frame that nothing may lean on."""
    return [
        name
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(alias.name == "app" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "app")
    ]


def test_the_arrows_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


WRONG_ARROWS = {
    "data.leaf": ("metrics", "pages, then pipelines"),
    "metrics.leaf": ("pipelines", "pages, then pipelines"),
    "pipelines.leaf": ("pages", "pages, then pipelines"),
    "metrics.words": ("data.words", "metrics read rules"),
    "metrics.screen": ("streamlit", "no Streamlit"),
    "pipelines.screen": ("streamlit", "no Streamlit"),
    "data.chart": ("plotly", "no Streamlit"),
    "metrics.store": ("openpyxl", "metrics are pure"),
    "pages.query": ("duckdb", "pages draw"),
    "pages.receipts": ("data.work", "pages read facts"),
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said under each broken contract, in a house with every wrong arrow in it."""
    house = tmp_path_factory.mktemp("house")
    plant_house(house)
    for module, (imported, _) in WRONG_ARROWS.items():
        (house / module.replace(".", "/")).with_suffix(".py").write_text(
            f"import {imported}\n", encoding="utf-8"
        )
    done = lint_imports(house)
    assert done.returncode == 1, done.stdout + done.stderr
    _, _, broken = done.stdout.partition("Broken contracts")
    parts = re.split(r"^(.+)\n-+$", broken, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("module", WRONG_ARROWS)
def test_a_wrong_arrow_is_found(module: str, findings: dict[str, str]) -> None:
    imported, contract = WRONG_ARROWS[module]
    said = "".join(text for name, text in findings.items() if name.startswith(contract))
    assert f"{module} -> {imported}" in said, findings


def test_the_allowed_arrows_pass(tmp_path: Path) -> None:
    plant_house(tmp_path)
    (tmp_path / "metrics/right.py").write_text(
        "import data.rulebook\nfrom data import dataset\n", encoding="utf-8"
    )
    (tmp_path / "pages/right.py").write_text(
        "import streamlit, metrics.right, pipelines, data.words\n", "utf-8"
    )
    done = lint_imports(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def plant_house(folder: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for module in ("rulebook", "dataset", "words", "work", "migrations"):
        (folder / "data" / f"{module}.py").touch()


def test_nothing_imports_the_frame() -> None:
    assert importers_of_the_frame({str(path): parsed(path) for path in python_files(*PACKAGES)}) == []
    assert importers_of_the_frame({"bad": ast.parse("from app import frame")}) == ["bad"]
