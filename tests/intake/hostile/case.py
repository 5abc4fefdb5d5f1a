"""What a hostile file is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Case:
    """One hostile file and what the check must say of it.

    errors: cells that must each carry a blocking finding ("" = one that names no cell).
    warnings: cells that must each carry a warning.
    rules: rule ids that must be among the findings.
    accepted: whether the file is taken; None where either end is fair, so long as it is plain.
    values: ("revenue", 0) -> the typed value the first row must have when the file is taken.
    heavy: read in a process of its own, under a clock and a memory limit.
    """

    name: str
    story: str
    write: Callable[[Path], Path]
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    accepted: bool | None = False
    values: Mapping[tuple[str, int], Any] = field(default_factory=dict)
    heavy: bool = False


CASES: dict[str, Case] = {}


def hostile(**expected: Any) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    """Register a writer as a case: its name is the id, its docstring the story."""

    def register(write: Callable[[Path], Path]) -> Callable[[Path], Path]:
        name = write.__name__.replace("_", "-")
        assert name not in CASES and write.__doc__, name
        CASES[name] = Case(name=name, story=write.__doc__, write=write, **expected)
        return write

    return register
