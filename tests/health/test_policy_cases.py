"""Every band, requirement, through-train and size class has a case that a lawyer can read.

The rule files are asked what they can decide; the cases under tests/policy/ are asked what they show. Neither is
derived from the other.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.rule_files import POLICY
from data.rule_inputs import inputs_of
from data.rulebook import rule_sets, size_standard, standard
from data.rules import (
    Bands,
    BestOf,
    Criterion,
    FirstOf,
    Levels,
    Named,
    Node,
    PerUnits,
    Rule,
    SizeStandard,
    Standard,
    Ticks,
)
from data.strict_yaml import load
from tests.health.tree import ROOT

CASES = ROOT / "tests" / "policy"
SHIPPED = [(found.id, tier) for found in rule_sets() for tier in found.shipped]
Case = dict[str, Any]


def cases_of(rule_set: str, name: str) -> list[Case]:
    path = CASES / rule_set / f"{name}.yaml"
    return load(path)["cases"] if path.exists() else []


def possible_points(rule: Rule) -> set[Decimal]:
    """The points that a rule can give, each of which wants a case; a province's own points are any up to its cap."""
    match rule:
        case Bands():
            return {Decimal(points) for _, points in rule.steps} | {Decimal(0)}
        case FirstOf():
            return {Decimal(option.points) for option in rule.options}
        case Levels():
            return {Decimal(points) for _, points in rule.points}
        case Ticks():
            return {Decimal(min(rule.each * ticks, rule.cap)) for ticks in range(len(rule.fields) + 1)}
        case PerUnits():
            return {Decimal(points) for points in range(0, rule.cap + 1, rule.points)}
        case BestOf():
            return set().union(*(possible_points(item) for item in rule.items))
        case _:
            return set()


def shown_points(criterion: Criterion, cases: list[Case]) -> set[Decimal]:
    expected = [case["expect"].get("points", {}) for case in cases]
    return {Decimal(points[criterion.id]) for points in expected if criterion.id in points}


def named_parts(node: object) -> list[Named]:
    """The named conditions under a node, such as the through-trains of a route."""
    if isinstance(node, Named):
        return [node, *named_parts(node.when)]
    if isinstance(node, tuple):
        return [part for item in node for part in named_parts(item)]
    if isinstance(node, Node):
        return [part for name in type(node).model_fields for part in named_parts(getattr(node, name))]
    return []


def without_cases(rules: Standard, cases: list[Case]) -> list[str]:
    """What a standard can decide and no case shows."""
    missing = []
    for criterion in rules.criteria:
        shown = shown_points(criterion, cases)
        wanted = possible_points(criterion.rule)
        missing += [f"{criterion.id}: no case with {points} points" for points in sorted(wanted - shown)]
        missing += [f"{criterion.id}: no case"] if not shown else []
    failed = {rule for case in cases for rule in case["expect"].get("failed", [])}
    missing += [f"{rule.id}: no case fails it" for rule in rules.requirements if rule.id not in failed]
    for route in (route for rule in rules.requirements for route in rule.routes):
        taken = [case for case in cases if case["expect"].get("route") == route.id]
        missing += [] if taken else [f"route {route.id}: no case takes it"]
        if route.id == "through_train":
            missing += [
                f"through-train {part.id}: no case takes it"
                for part in named_parts(route.when)
                if not any(touches(case, part) for case in taken)
            ]
    return missing


def touches(case: Case, part: Named) -> bool:
    given = {cell.split("@")[0] for cell in case.get("given", {})}
    return bool(given & {cell.field for cell in inputs_of(part)})


def without_size_cases(size: SizeStandard, cases: list[Case]) -> list[str]:
    shown = {
        (industry.id, case["expect"]["size_class"])
        for case in cases
        for industry in size.industries
        if "size_class" in case["expect"]
        and any(
            str(case.get("given", {}).get("industry_code", "")).startswith(code) for code in industry.codes
        )
    }
    wanted = {(industry.id, name) for industry in size.industries for name, _ in size.classes}
    return sorted(f"{industry}: no case of {name}" for industry, name in wanted - shown)


@pytest.mark.parametrize(("rule_set", "tier"), SHIPPED)
def test_every_band_requirement_and_route_has_a_case(rule_set: str, tier: str) -> None:
    assert without_cases(standard(rule_set, tier), cases_of(rule_set, tier)) == []


def test_every_class_of_every_industry_has_a_case() -> None:
    assert without_size_cases(size_standard(), cases_of("size-2011", "size")) == []


def test_a_band_without_a_case_is_found() -> None:
    rules, cases = standard("measures-2022", "innovative"), cases_of("measures-2022", "innovative")
    fewer = [case for case in cases if case["expect"].get("points", {}).get("growth") != "20"]
    assert "growth: no case with 20 points" in without_cases(rules, fewer)
    assert without_cases(rules, [])[0] == "ip: no case with 0 points"


def test_a_size_class_without_a_case_is_found() -> None:
    cases = [case for case in cases_of("size-2011", "size") if case["expect"].get("size_class") != "micro"]
    assert "construction: no case of micro" in without_size_cases(size_standard(), cases)


def test_every_case_says_in_both_languages_what_the_document_says() -> None:
    files = sorted(CASES.rglob("*.yaml"))
    assert {path.parent.name for path in files} >= {rule_set for rule_set, _ in SHIPPED}
    bare = [
        f"{path.name}: {case.get('zh') or case.get('en') or case}"
        for path in files
        for case in load(path)["cases"]
        if not (case.get("zh") and case.get("en") and case.get("article") and case.get("expect"))
    ]
    assert bare == []


def test_every_rule_file_of_a_shipped_standard_is_mirrored_by_cases() -> None:
    mirrored = {Path(rule_set) / f"{tier}.yaml" for rule_set, tier in SHIPPED}
    assert {path for path in mirrored if not (POLICY / path).exists()} == set()
    assert {path for path in mirrored if not (CASES / path).exists()} == set()
