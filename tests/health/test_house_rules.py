"""What no file may contain, how large it may grow, what it may be called, and what may lie at the top."""

import ast
import re
from pathlib import Path

import pytest

from tests.health.tree import PACKAGES, ROOT, parsed, project_files, python_files, read

TOP_LEVEL = {
    ".ci", ".gitignore", ".streamlit", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "app.py", "data",
    "docs", "metrics", "pages", "pipelines", "pyproject.toml", "requirements-dev.lock", "requirements-spark.lock",
    "requirements.lock", "tests",
}  # fmt: skip

BANNED_NAMES = ("utils", "util", "helpers", "helper", "manager", "common", "misc")

# A letter in brackets keeps this file from holding what it forbids.
UNFINISHED = [r"\bTO[D]O\b", r"\bFIX[M]E\b", r"\bXX[X]\b", r"\braise NotImplemented[E]rror"]
OUTSIDE = [r"/wor[k]/", r"/tm[p]/\w", r"/roo[t]/", r"/hom[e]/\w", r"\bissue #?\d"]
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".csv", ".cfg", ".txt", ""}
LONGEST = 400


def forbidden_words(text: str) -> list[str]:
    return [found[0] for pattern in UNFINISHED + OUTSIDE for found in re.finditer(pattern, text)]


def swallowed_errors(tree: ast.Module) -> list[int]:
    """Lines of a bare except, and of an except clause that does nothing at all."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or only_passes(node.body))
    ]


def empty_functions(tree: ast.Module) -> list[int]:
    """Lines of functions without a body; a protocol's methods and a group of commands only declare."""
    protocols = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for child in ast.walk(node)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and id(node) not in protocols
        and only_passes(node.body)
        and not any(
            word in ast.unparse(decorator)
            for decorator in node.decorator_list
            for word in ("overload", ".group(")
        )
    ]


def only_passes(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(statement, ast.Pass)
        or (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
            and (statement.value.value is ... or isinstance(statement.value.value, str))
        )
        for statement in body
    )


def test_no_file_speaks_of_the_unfinished_or_the_outside() -> None:
    found = {
        str(path): words
        for path in project_files()
        if path.suffix in TEXT and (words := forbidden_words(read(path)))
    }
    assert found == {}


@pytest.mark.parametrize("bad", ["# TO\x44O later", "raise NotImplemented\x45rror", "see /wor\x6b/main"])
def test_a_forbidden_word_is_found(bad: str) -> None:
    assert forbidden_words(bad)


def test_no_error_is_swallowed_and_no_function_is_empty() -> None:
    assert {str(path): lines for path in python_files() if (lines := swallowed_errors(parsed(path)))} == {}
    assert {str(path): lines for path in python_files() if (lines := empty_functions(parsed(path)))} == {}


def test_a_swallowed_error_and_an_empty_function_are_found() -> None:
    assert swallowed_errors(ast.parse("try:\n    f()\nexcept:\n    g()")) == [3]
    assert swallowed_errors(ast.parse("try:\n    f()\nexcept ValueError:\n    pass")) == [3]
    assert empty_functions(ast.parse("def f():\n    '''Say something.'''")) == [1]
    assert empty_functions(ast.parse("def f():\n    return 1")) == []


def python_in_queries(tree: ast.Module) -> list[int]:
    """Lines where a Polars query would call back into Python.

    Such a query waits for the interpreter on Polars' own threads, while another session may hold the interpreter and
    wait for these threads (`DataFrame.to_pandas`, which every table on a page goes through): the server stands still
    for good.
    """
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"map_elements", "map_batches", "map_groups", "map_rows"}
    ]


def test_no_query_calls_back_into_python() -> None:
    sources = python_files("data", "metrics", "pages", "pipelines")
    assert {str(path): lines for path in sources if (lines := python_in_queries(parsed(path)))} == {}


def test_a_query_that_calls_back_is_found() -> None:
    assert python_in_queries(ast.parse("f.select(\n  pl.col('a').map_elements(str.upper))")) == [2]


def test_files_stay_readable_in_one_sitting() -> None:
    long = {str(path): n for path in python_files() if (n := len(read(path).splitlines())) > LONGEST}
    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in project_files() if path.stem in BANNED_NAMES] == []


def test_the_top_level_holds_what_the_readme_describes_and_nothing_else() -> None:
    assert {path.parts[0] for path in project_files()} - TOP_LEVEL == set()


def test_every_package_says_what_it_is() -> None:
    for package in PACKAGES:
        assert ast.get_docstring(parsed(Path(package) / "__init__.py")), f"{package}/__init__.py"


def test_no_text_file_holds_carriage_returns_or_a_byte_order_mark() -> None:
    sources = [path for path in project_files() if path.suffix in {".py", ".md", ".yaml", ".toml"}]
    assert [str(p) for p in sources if b"\r" in (ROOT / p).read_bytes() or read(p).startswith("\ufeff")] == []
