"""No number of the policy stands in Python: thresholds, points and windows live in data/policy/ alone.

A literal counts when it takes part in a comparison, or is given a name of its own, and is a figure of some
rule in any unit the code may hold it in (yuan, fen, 万元, percent as a fraction, scaled percent). 0, 1, 2 and
powers of ten are units and neutral elements and never count. Where such a literal is no policy number, the
line says what it is: `# not policy: pixels`. Where no rule is known (pages/components and pipelines/reports draw,
pipelines/intake reads files, pipelines/demo makes data up), single digits, named constants and the lengths of things
are left alone.
"""

import ast
import re
from fractions import Fraction
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

import pytest

from data.strict_yaml import load
from tests.health.tree import ROOT, parsed, project_files, python_files, read

GUARDED = ("metrics", "pages", "pipelines")
RULELESS = {("pages", "components"), ("pipelines", "intake"), ("pipelines", "demo"), ("pipelines", "reports")}
EXCUSE = "# not policy: "
# Rules state amounts in 万元, code perhaps in yuan or fen; percentages in code may be fractions or scaled.
AMOUNT_UNITS = (Fraction(1), Fraction(10**4), Fraction(10**6))
PERCENT_UNITS = (Fraction(1), Fraction(1, 100), Fraction(10**15))
SINGLE_DIGITS = {Fraction(digit) for digit in range(10)}
OPERATORS = {
    ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv, ast.Pow: pow, ast.LShift: lambda a, b: a * 2**b,
}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w.-])")
WORDS = {
    "zh",
    "en",
    "number",
    "source",
    "link",
    "annex",
    "article",
    "codes",
    "divisions",
    "from",
    "to",
    "year",
}


def figures(tree: Any) -> set[Fraction]:
    """Every number of a rule file that decides; words, document numbers and codes are left aside."""
    if isinstance(tree, dict):
        found = set().union(*(figures(branch) for name, branch in tree.items() if name not in WORDS), set())
        return found | set().union(*(figures(name) for name in tree), set())
    if isinstance(tree, list):
        return set().union(*(figures(branch) for branch in tree), set())
    return {Fraction(number) for number in NUMBER.findall(tree)}


def policy_numbers() -> set[Fraction]:
    files = [p for p in project_files() if p.parts[:2] == ("data", "policy") and p.suffix == ".yaml"]
    found = set().union(*(figures(load(ROOT / path)) for path in files))
    decisive = {number for number in found if not neutral(number)}
    percentages = {number * unit for number in decisive if number < 100 for unit in PERCENT_UNITS}
    return percentages | {number * unit for number in decisive if number >= 100 for unit in AMOUNT_UNITS}


def neutral(number: Fraction) -> bool:
    return number in {0, 1, 2} or re.fullmatch(r"10*", str(number)) is not None


def suspects(tree: ast.Module, *, ruleless: bool = False) -> list[tuple[int, Fraction]]:
    """Line and value of each number that is compared with something or given a name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and not (ruleless and measures_length(node)):
            roots = [node.left, *node.comparators]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and named_constant(node) and not ruleless:
            roots = [node.value]
        elif isinstance(node, ast.match_case):
            roots = [node.pattern]
        elif isinstance(node, ast.Call) and called(node) in {"is_between", "clip", "Fraction", "Decimal"}:
            roots = list(node.args)
        else:
            continue
        found += [number for root in roots for number in numbers(root)]
    return sorted(set(found))


def measures_length(node: ast.Compare) -> bool:
    return any(
        isinstance(side, ast.Call) and called(side).startswith("len")
        for side in [node.left, *node.comparators]
    )


def named_constant(node: ast.Assign | ast.AnnAssign) -> bool:
    if node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id.isupper() for target in targets)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def numbers(root: ast.AST) -> list[tuple[int, Fraction]]:
    """Line and value of every number under a node; an expression of numbers alone counts by its result."""
    value = folded(root)
    if value is not None:
        return [(root.lineno, value)]
    # A position in a sequence is no figure.
    children = [root.value] if isinstance(root, ast.Subscript) else ast.iter_child_nodes(root)
    return [number for child in children for number in numbers(child)]


def folded(node: ast.AST) -> Fraction | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        written = str(node.value).strip()
        return Fraction(written) if re.fullmatch(r"\d+(\.\d+)?", written) else None
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        left, right = folded(node.left), folded(node.right)
        return None if left is None or right is None else Fraction(OPERATORS[type(node.op)](left, right))
    return None


def policy_numbers_in(source: str, policy: set[Fraction], *, ruleless: bool = False) -> list[str]:
    lines = source.splitlines()
    return [
        f"line {line}: {float(value):g}"
        for line, value in suspects(ast.parse(source), ruleless=ruleless)
        if value in policy
        and not neutral(value)
        and EXCUSE not in lines[line - 1]
        and not (ruleless and value in SINGLE_DIGITS)
    ]


POLICY = policy_numbers()


def test_the_policy_has_numbers() -> None:
    assert {Fraction(60), Fraction(55), Fraction(55, 100), Fraction(500 * 10**4), Fraction(15)} <= POLICY


@pytest.mark.parametrize("path", python_files(*GUARDED), ids=str)
def test_no_policy_number_stands_in_code(path: Path) -> None:
    found = policy_numbers_in(read(path), POLICY, ruleless=path.parts[:2] in RULELESS)
    assert found == [], f"move it to data/policy/, or write '{EXCUSE}what it is'"


@pytest.mark.parametrize(
    "bad",
    [
        "passed = score >= 60",
        "PASS_MARK = 60",
        "low = debt_ratio <= 0.55",
        "rich = equity_fen >= 500 * 1_000_000",
        "ok = ratio >= Fraction(5, 100)",
        "ok = pl.col('score').is_between(20, 40)",
        "EDGES = {'debt': 55, 'share': 70}",
    ],
)
def test_a_policy_number_in_code_is_found(bad: str) -> None:
    assert policy_numbers_in(bad, POLICY)


@pytest.mark.parametrize(
    "fine",
    [
        "half = height / 2",
        "chart(height=300)",
        "if n > 1: f()",
        "GAP = 15  # not policy: pixels",
        "FEN = 10**6",
    ],
)
def test_other_numbers_are_left_alone(fine: str) -> None:
    assert policy_numbers_in(fine, POLICY) == []


def test_where_no_rule_is_known_only_comparisons_count() -> None:
    assert policy_numbers_in("LONGEST = 300", POLICY, ruleless=True) == []
    assert policy_numbers_in("low = share < 70", POLICY, ruleless=True) == ["line 1: 70"]


def test_every_guarded_file_parses() -> None:
    assert all(parsed(path) for path in python_files(*GUARDED))
