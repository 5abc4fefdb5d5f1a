"""Every word exists in every language, is used, and fills the same places; every label is in both."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from data.strict_yaml import load
from data.words import LANGUAGES, LOCALE, catalogue, places
from tests.health.tree import PACKAGES, ROOT, parsed, project_files, python_files

# The functions that take a key of the catalogue as their first argument.
ASKERS = {"t", "text", "has"}

# A contract's column is named in Chinese by the header it stands under.
HALVES = {"zh": "zh", "en": "en", "zh_header": "zh"}

LABELLED = {("data", "policy"), ("data", "contracts")}

# A language is called by its own name; the Chinese steps of ten thousand are used in Chinese alone.
OWN_NAMES = {"pages/components/words.py": ("中文",), "pages/components/numbers.py": ("万", "亿")}


def faults_of_catalogues(words: dict[str, dict[str, str]]) -> list[str]:
    faults = []
    every_key = set().union(*words.values())
    for language, known in words.items():
        faults += [f"{language}: no word for {key}" for key in sorted(every_key - set(known))]
    for key in sorted(set.intersection(*(set(known) for known in words.values()))):
        if len({places(known[key]) for known in words.values()}) > 1:
            faults.append(f"{key}: the languages fill different places")
    return faults


def literals(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def patterns(tree: ast.AST) -> set[tuple[str, str]]:
    """Beginning and end of every key that is put together at run time, as in f"page.{stem}"."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            first, last = node.values[0], node.values[-1]
            head = first.value if isinstance(first, ast.Constant) else ""
            tail = last.value if isinstance(last, ast.Constant) and last is not first else ""
            if "." in str(head):
                found.add((str(head), str(tail)))
    return found


def asked_keys(tree: ast.AST) -> set[str]:
    """Keys written out in full where a word is asked for."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in ASKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return {key for key in found if "." in key and " " not in key}


def unused(keys: set[str], trees: list[ast.AST]) -> list[str]:
    written = set().union(*(literals(tree) for tree in trees))
    made = set().union(*(patterns(tree) for tree in trees))
    return sorted(
        key for key in keys
        if key not in written and not any(key.startswith(head) and key.endswith(tail) for head, tail in made)
    )  # fmt: skip


def unlabelled(tree: Any, at: str) -> list[str]:
    """Where a mapping speaks one language and not the other; a word in Chinese has its English beside it."""
    if isinstance(tree, dict):
        spoken = {HALVES[half] for half in HALVES if tree.get(half)}
        here = [at] if set(tree) & set(HALVES) and len(spoken) < len(LANGUAGES) else []
        return here + [found for key, branch in tree.items() for found in unlabelled(branch, f"{at}.{key}")]
    if isinstance(tree, list):
        return [found for n, branch in enumerate(tree) for found in unlabelled(branch, f"{at}[{n}]")]
    return []


def test_the_languages_hold_the_same_words_with_the_same_places() -> None:
    assert {path.name for path in LOCALE.iterdir()} == set(LANGUAGES)
    files = [{path.name for path in (LOCALE / language).iterdir()} for language in LANGUAGES]
    assert all(names == files[0] for names in files)
    assert faults_of_catalogues({language: dict(catalogue(language)) for language in LANGUAGES}) == []


def test_a_missing_word_and_a_missing_place_are_found() -> None:
    faulty = {"zh": {"a.b": "甲{n}", "a.c": "丙"}, "en": {"a.b": "A"}}
    assert faults_of_catalogues(faulty) == ["en: no word for a.c", "a.b: the languages fill different places"]


def test_every_word_asked_for_exists() -> None:
    known = set(catalogue("zh"))
    asked = {
        str(path): asked_keys(parsed(path)) - known for path in [Path("app.py"), *python_files(*PACKAGES)]
    }
    assert {path: missing for path, missing in asked.items() if missing} == {}


def words_in_code(tree: ast.Module) -> list[str]:
    """Chinese in a literal, and text handed straight to Streamlit: a reader of the other language is left out."""
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    chinese = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in described
        and re.search("[\u4e00-\u9fff]", node.value)
    }
    shown = {
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("st.") and node.args
        for argument in [node.args[0]]
        if isinstance(argument, ast.Constant) and re.search(r"[A-Za-z] [A-Za-z]", str(argument.value))
    }
    return sorted(chinese | shown)


@pytest.mark.parametrize("path", [Path("app.py"), *python_files("pages", "metrics")], ids=str)
def test_words_stand_in_the_language_files_and_not_in_code(path: Path) -> None:
    assert [
        word for word in words_in_code(parsed(path)) if word not in OWN_NAMES.get(path.as_posix(), ())
    ] == []


def test_a_word_in_code_is_found() -> None:
    tree = ast.parse('"""研发"""\nst.title("Score a firm")\nlabel = "企业"\nst.query_params["lang"]')
    assert words_in_code(tree) == ["Score a firm", "企业"]


def test_every_word_is_used() -> None:
    trees = [parsed(path) for path in [Path("app.py"), *python_files(*PACKAGES)]]
    assert unused(set(catalogue("zh")), trees) == []


def test_unused_and_unknown_words_are_found() -> None:
    tree = ast.parse('t("a.b"); t(f"page.{stem}")')
    assert asked_keys(tree) == {"a.b"}
    assert unused({"a.b", "a.c", "page.x"}, [tree]) == ["a.c"]


@pytest.mark.parametrize(
    "path",
    [path for path in project_files() if path.suffix == ".yaml" and path.parts[:2] in LABELLED],
    ids=str,
)
def test_every_label_speaks_both_languages(path: Path) -> None:
    tree = load(ROOT / path)
    assert unlabelled(tree, path.name) == []


def test_a_label_in_one_language_is_found() -> None:
    assert unlabelled({"criteria": [{"zh": "研发", "points": "5"}]}, "x.yaml") == ["x.yaml.criteria[0]"]
