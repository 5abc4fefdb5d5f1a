"""Where this installation keeps its facts and its work: one folder, `TIDU_HOME`.

Without the variable it is `data/local/` of a checkout, and the user's data folder where Tidu is installed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CODE = Path(__file__).parent


@dataclass(frozen=True)
class Home:
    """The parts of a store; nothing is created by asking."""

    folder: Path

    @property
    def work(self) -> Path:
        """The work store: receipts, withdrawals, builds."""
        return self.folder / "work.sqlite"

    @property
    def intake(self) -> Path:
        """Files as they were received, under the hash of their bytes."""
        return self.folder / "intake"

    @property
    def staged(self) -> Path:
        """Typed rows of accepted files; made again from the intake when absent."""
        return self.folder / "staged"

    @property
    def facts(self) -> Path:
        """Published builds, immutable."""
        return self.folder / "facts"

    @property
    def derived(self) -> Path:
        """What is computed once for a build after it is published, by its number."""
        return self.folder / "derived"

    @property
    def manifest(self) -> Path:
        """Which build is published."""
        return self.folder / "manifest.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that builds or goes back."""
        return self.folder / "lock"


def home() -> Home:
    """The store in force: `TIDU_HOME`, the checkout's `data/local/`, or the user's data folder."""
    if asked := os.environ.get("TIDU_HOME"):
        return Home(Path(asked).expanduser().absolute())
    if (_CODE.parent / "pyproject.toml").exists():
        return Home(_CODE / "local")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Home(Path(base) / "tidu")
