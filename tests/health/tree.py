"""The files of the project as a clone has them: neither caches nor what a checkout works on."""

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("data", "metrics", "pipelines", "pages")
IGNORED = {".git", ".venv", "__pycache__", "build", "dist", "node_modules"}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file under version control or about to be, relative to the checkout, sorted."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        found = {Path(name) for name in listed.split("\0") if name}
    else:
        found = {path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()}
    return tuple(sorted(path for path in found if (ROOT / path).is_file() and not unlisted(path)))


def unlisted(path: Path) -> bool:
    parts = set(path.parts)
    return bool(parts & IGNORED) or path.parts[:2] == ("data", "local") or any("cache" in p for p in parts)


def python_files(*folders: str) -> list[Path]:
    wanted = [path for path in project_files() if path.suffix == ".py"]
    return [path for path in wanted if not folders or path.parts[0] in folders]


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def parsed(path: Path) -> ast.Module:
    return ast.parse(read(path), filename=str(path))
