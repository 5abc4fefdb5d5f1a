"""Every test that was written is run: a file that pytest does not collect proves nothing."""

import ast
from pathlib import Path

import pytest

from tests.health.tree import parsed, python_files


def holds_tests(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for node in tree.body
    ) or any(isinstance(node, ast.ClassDef) and node.name.startswith("Test") for node in tree.body)


def uncollected(path: Path, tree: ast.Module) -> bool:
    """Tests in a file that pytest passes over by its name or its place."""
    return holds_tests(tree) and not (path.name.startswith("test_") and path.parts[0] == "tests")


def hidden_tests(tree: ast.Module) -> list[str]:
    """Tests that never run: defined twice under one name, or inside another function."""
    top = [
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    twice = {name for name in top if top.count(name) > 1}
    inner = [
        child.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for child in ast.walk(node)
        if child is not node and isinstance(child, ast.FunctionDef) and child.name.startswith("test_")
    ]
    return sorted(twice) + inner


def test_every_file_with_tests_is_collected() -> None:
    assert [str(path) for path in python_files() if uncollected(path, parsed(path))] == []


def test_every_collected_file_has_tests() -> None:
    named = [path for path in python_files("tests") if path.name.startswith("test_")]
    assert [str(path) for path in named if not holds_tests(parsed(path))] == []


def test_no_test_hides_another() -> None:
    assert {str(path): names for path in python_files("tests") if (names := hidden_tests(parsed(path)))} == {}


def test_no_test_is_switched_off_without_its_reason() -> None:
    silent = []
    for path in python_files("tests"):
        for node in ast.walk(parsed(path)):
            text = ast.unparse(node) if isinstance(node, ast.Call | ast.Attribute) else ""
            if isinstance(node, ast.Attribute) and text.endswith(("mark.skip", "mark.xfail")):
                silent.append(f"{path}:{node.lineno}")
    assert silent == []


@pytest.mark.parametrize(
    ("name", "source"),
    [("tests/scoring.py", "def test_a():\n    assert 1"), ("metrics/test_a.py", "class TestA:\n    x = 1")],
)
def test_an_uncollected_test_is_found(name: str, source: str) -> None:
    assert uncollected(Path(name), ast.parse(source))


def test_a_hidden_test_is_found() -> None:
    assert hidden_tests(ast.parse("def test_a():\n    f()\ndef test_a():\n    g()")) == ["test_a"]
    assert hidden_tests(ast.parse("def f():\n    def test_b():\n        g()")) == ["test_b"]
