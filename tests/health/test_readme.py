"""The README is true: its commands exist, its links lead somewhere, and CI runs its test command."""

import re
from pathlib import Path

import pytest

from tests.health.tree import ROOT, read

README = read(Path("README.md"))


def section(title: str, text: str = README) -> str:
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"README has no section '{title}'"
    return found[1]


def commands(text: str) -> list[str]:
    blocks = re.findall(r"^```(?:sh|bash|text)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def dead_links(text: str) -> list[str]:
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    return [target for target in targets if not re.match(r"[a-z]+:", target) and not (ROOT / target).exists()]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    (command,) = commands(section("Run the tests"))
    lines = [line.split("||")[0].strip() for line in read(Path(".ci/run")).splitlines()]
    assert command in lines


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(Path("Makefile")), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`", README)) | {
        command.split()[1] for command in commands(README) if command.startswith("make ")
    }
    assert named <= targets


def test_every_command_named_exists_and_every_command_is_named() -> None:
    from pipelines.cli import main

    named = set(re.findall(r"\btidu ([a-z]+)\b", README))
    assert named == set(main.commands)


def test_every_link_leads_somewhere() -> None:
    assert dead_links(README) == []
    for path in sorted((ROOT / "docs").glob("*.md")):
        assert [
            link for link in dead_links(path.read_text("utf-8")) if not (path.parent / link).exists()
        ] == []


def test_the_readme_shows_a_real_screenshot() -> None:
    shown = re.findall(r"!\[[^\]]+\]\((docs/images/[^)]+\.png)\)", README)
    assert shown
    for picture in shown:
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("bad", ["[a](docs/nowhere.md)", "![a](docs/images/none.png)"])
def test_a_dead_link_is_found(bad: str) -> None:
    assert dead_links(bad)


def test_decisions_have_a_date_and_at_most_five_lines() -> None:
    for entry in re.split(r"^### ", read(Path("docs/decisions.md")), flags=re.MULTILINE)[1:]:
        title, *lines = entry.strip().splitlines()
        assert re.match(r"\d{4}-\d\d-\d\d: \S", title), title
        assert len([line for line in lines if line.strip()]) <= 5, title
