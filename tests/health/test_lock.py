"""The locks hold every pinned package with hashes and no address; every dependency has a reason and a use."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.health.tree import PACKAGES, parsed, python_files, read

LOCKS = (
    "requirements.lock",
    "requirements-spark.lock",
    "requirements-dev.lock",
    "tests/bench/requirements.lock",
)

PYPROJECT = tomllib.loads(read(Path("pyproject.toml")))

USED_BY_OTHERS = {
    "duckdb-engine": "Great Expectations reads DuckDB through it, by the address of the file",
    "pyarrow": "Polars, DuckDB and Streamlit hand each other tables through it",
}


def pins(requirements: list) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for requirement in requirements:
        if isinstance(requirement, str):
            name, _, version = requirement.partition(";")[0].partition("==")
            found.setdefault(re.sub(r"\[.*\]", "", name).strip().lower(), set()).add(version.strip())
    return found


def faults_of_a_lock(text: str) -> list[str]:
    faults = [f"an address: {line}" for line in text.splitlines() if "//" in line]
    for block in re.split(r"\n(?=\S)", text):
        head = block.split("\n", 1)[0]
        if head and not head.startswith("#"):
            if "==" not in head:
                faults.append(f"not pinned: {head}")
            if "--hash=sha256:" not in block:
                faults.append(f"no hash: {head}")
    return faults


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_pinned_hashed_and_without_addresses(lock: str) -> None:
    assert faults_of_a_lock(read(Path(lock))) == []


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ("--index-url https://pypi.example/simple\na==1 \\\n    --hash=sha256:00", "an address"),
        ("a>=1 \\\n    --hash=sha256:00", "not pinned"),
        ("a==1\n    # via b", "no hash"),
    ],
)
def test_a_faulty_lock_is_refused(bad: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_of_a_lock(bad))


def test_the_locks_hold_what_pyproject_pins() -> None:
    groups = PYPROJECT["dependency-groups"]
    runtime = pins(PYPROJECT["project"]["dependencies"]) | pins(groups["build"])
    wanted = {
        "requirements.lock": runtime,
        "requirements-spark.lock": runtime | pins(PYPROJECT["project"]["optional-dependencies"]["spark"]),
        "requirements-dev.lock": runtime | pins(groups["dev"]),
        "tests/bench/requirements.lock": runtime | pins(groups["dev"]) | pins(groups["bench"]),
    }
    for lock, packages in wanted.items():
        locked = pins(re.findall(r"^[A-Za-z0-9_.-]+==[^ ;\\]+", read(Path(lock)), flags=re.MULTILINE))
        assert {name: locked.get(name) for name in packages} == packages, f"run `make lock` ({lock})"


def test_no_file_that_records_index_addresses_is_kept() -> None:
    ignored = read(Path(".gitignore")).splitlines()
    assert {"uv.lock", "pylock.toml"} <= set(ignored)


def test_every_runtime_dependency_is_pinned_and_has_a_reason() -> None:
    block = re.search(r"^dependencies = \[\n(.*?)^\]", read(Path("pyproject.toml")), re.DOTALL | re.MULTILINE)
    assert block is not None
    lines = block[1].strip().splitlines()
    bare = [line for line in lines if not re.fullmatch(r'\s*"[^"]+==[^"]+",\s+# \S.*', line)]
    assert bare == []


def distributions_of(module: str) -> set[str]:
    return {name.lower().replace("_", "-") for name in packages_distributions().get(module, [])}


def imported_modules() -> set[str]:
    return {name for path in [Path("app.py"), *python_files(*PACKAGES)] for name in imports(parsed(path))}


def test_every_runtime_dependency_is_imported() -> None:
    used = set().union(*(distributions_of(module) for module in imported_modules()))
    assert set(pins(PYPROJECT["project"]["dependencies"])) - used - set(USED_BY_OTHERS) == set()


def test_everything_imported_is_a_dependency_of_our_own() -> None:
    outside = imported_modules() - set(sys.stdlib_module_names) - set(PACKAGES)
    declared = set(pins(PYPROJECT["project"]["dependencies"]))
    optional = {
        name for extra in PYPROJECT["project"]["optional-dependencies"].values() for name in pins(extra)
    }
    found = {
        module for module in outside if not distributions_of(module) & declared and module not in optional
    }
    assert found == set()


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def test_imports_are_read_wherever_they_stand() -> None:
    source = "import a.b\nfrom c.d import e\ndef f():\n    import g\n    from . import h\n"
    assert imports(ast.parse(source)) == {"a", "c", "g"}
