"""What is installed is what was written: the wheel holds every file that the program reads, and nothing else."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.health.tree import PACKAGES, ROOT, project_files, python_files, read

SHIPPED = (*PACKAGES, ".streamlit", "app.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of a wheel built from a clean copy, without any network."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for path in project_files():
        (copy / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        out,
        copy,
    ]
    done = subprocess.run(build, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("tidu-*.whl")
    return {name for name in zipfile.ZipFile(built).namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_file_the_program_reads(wheel: set[str]) -> None:
    assert wheel == {path.as_posix() for path in project_files() if path.parts[0] in SHIPPED}


def test_every_folder_of_code_is_a_listed_package() -> None:
    listed = tomllib.loads(read(Path("pyproject.toml")))["tool"]["setuptools"]["packages"]
    assert set(listed) == {".".join(path.parent.parts) for path in python_files(*PACKAGES)}
    assert [name for name in listed if not (ROOT / name.replace(".", "/") / "__init__.py").exists()] == []
