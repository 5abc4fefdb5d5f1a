"""An allocation in words: each line explained step by step, each constraint with its article, each refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

from data.words import has, text
from metrics.allocation_cases import CaseError, Constraint
from metrics.step_ledger import STEPS, AllocationError, difference
from pipelines.allocation import Outcome

_SHOWN_NAMES = 8  # not policy: names in a sentence
_PLACES = 10**4
FEN_PER_WAN = 10**6


def money(fen: int, language: str) -> str:
    """An exact amount: 万元 in Chinese, yuan in English; a true minus."""
    return text("allocation.amount", language, amount=bare(fen, language))


def bare(fen: int, language: str) -> str:
    """The same without its unit, for a column that is headed by it."""
    amount = Decimal(abs(fen)) / (FEN_PER_WAN if language == "zh" else 100)
    plain = f"{amount:,f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return ("\u2212" if fen < 0 else "") + plain


def signed_money(fen: int, language: str) -> str:
    """An exact change, with its sign."""
    return money(fen, language) if fen <= 0 else f"+{money(fen, language)}"


def names_of(outcome: Outcome, keys: Sequence[str], language: str) -> str:
    """The names of some keys, the first few of many."""
    shown = text("allocation.and", language).join(outcome.names.get(key, key) for key in keys[:_SHOWN_NAMES])
    more = len(keys) - _SHOWN_NAMES
    return shown if more <= 0 else text("allocation.and_more", language, names=shown, count=len(keys))


def explanation(outcome: Outcome, key: str, language: str) -> str:
    """How one line comes to its amount: every step that changes something, in a sentence."""
    row = outcome.allocation.ledger.rows[key]
    said = [_measured(outcome, key, row["base"], language)]
    for before, step in pairwise(STEPS):
        if row[step] != row[before]:
            said.append(_step(outcome, key, step, row[before], row[step], language))
    said.append(text("allocation.step_said.final", language, amount=money(row["whole"], language)))
    return text("allocation.semicolon", language).join(said) + text("allocation.stop", language)


def difference_said(first: Outcome, second: Outcome, key: str, language: str) -> str:
    """Why a line has more or less under the second scenario: the steps that make the difference, in a sentence."""
    steps = difference(first.allocation.ledger, second.allocation.ledger, key)
    name = second.names.get(key) or first.names.get(key) or key
    total = sum(steps.values())
    amounts = {
        "first": money(first.allocation.ledger.amounts().get(key, 0), language),
        "second": money(second.allocation.ledger.amounts().get(key, 0), language),
    }
    if not any(steps.values()):
        return text("allocation.no_difference", language, name=name, **amounts)
    parts = text("allocation.and", language).join(
        text(
            "allocation.part", language,
            step=text(f"allocation.step.{step}", language), amount=signed_money(amount, language),
        )
        for step, amount in steps.items()
        if amount
    )  # fmt: skip
    word = "more" if total > 0 else "less" if total < 0 else "same"
    return text(
        f"allocation.difference.{word}", language,
        name=name, amount=money(abs(total), language), parts=parts, **amounts,
    )  # fmt: skip


def constraint_said(outcome: Outcome, constraint: Constraint, language: str) -> str:
    """What a constraint asks, and what this allocation has."""
    key = f"allocation.constraint.{constraint.code}"
    who = names_of(outcome, constraint.keys, language)
    words = text(key, language, **_filled(constraint, language))
    return f"{words}{text('allocation.who', language, names=who)}" if who else words


def article_of(outcome: Outcome, constraint: Constraint, language: str) -> dict[str, str]:
    """Document, section and source mark of a constraint; the product's own rules have none."""
    article = outcome.asked.round.articles.get(constraint.rule)
    if article is None:
        return {"document": text("allocation.own_rule", language), "article": "", "mark": ""}
    return {
        "document": article.document,
        "article": getattr(article, language),
        "mark": article.mark,
    }


def refusal(error: CaseError | AllocationError, names: Mapping[str, str], language: str) -> str:
    """Why no ledger can be made, and what to do."""
    said: dict[str, Any] = {name: money(value, language) for name, value in error.values.items()}
    grade = f"allocation.grade.{error.key}"
    said["name"] = text(grade, language) if has(grade, language) else names.get(error.key, error.key)
    return text(f"allocation.refused.{error.reason}", language, **said)


def _measured(outcome: Outcome, key: str, base: int, language: str) -> str:
    given = outcome.inputs[key]
    measured = outcome.allocation.measured[key]
    if outcome.case == "central":
        found = outcome.asked.round
        how = "by_base" if given.get("base") is not None else "by_firms"
        said = text(
            f"allocation.step_said.{how}", language,
            firms=given["firms"], each=money(found.firm_entitlement_fen, language),
            share=found.tranche(outcome.asked.tranche).share,
            amount=money(measured, language),
        )  # fmt: skip
        cut = "scaled"
    elif (given.get("kind") or "key_little_giant") == "key_little_giant":
        rule = text(f"allocation.rule.{outcome.by}", language)
        said = text("allocation.step_said.by_rule", language, rule=rule, amount=money(measured, language))
        cut = "scaled"
    else:
        said = text("allocation.step_said.requested", language, amount=money(measured, language))
        cut = "cut"
    if base == measured:
        return said
    more = text(f"allocation.step_said.{cut}", language, amount=money(base, language))
    return said + text("allocation.semicolon", language) + more


def _step(outcome: Outcome, key: str, step: str, before: int, after: int, language: str) -> str:
    given = outcome.inputs[key]
    amounts = {"amount": money(after, language), "change": signed_money(after - before, language)}
    match step:
        case "continued" if outcome.case == "central":
            return text("allocation.step_said.continued", language, count=given["continued"], **amounts)
        case "continued":
            result = given["result"] or "none"
            said = text(f"allocation.result.{result}", language)
            return text("allocation.step_said.not_continued", language, result=said, **amounts)
        case "graded" if not given.get("grade"):
            return text("allocation.step_said.ungraded", language, **amounts)
        case "graded":
            factor = outcome.asked.factor_of[given["grade"]]
            grade = text(f"allocation.grade.{given['grade']}", language)
            return text(
                "allocation.step_said.graded",
                language,
                grade=grade,
                factor=f"{factor.normalize():f}",
                **amounts,
            )
        case "excepted":
            who = {"reason": given["reason"], "approver": given["approver"]}
            return text("allocation.step_said.excepted", language, **who, **amounts)
        case _:
            return text(f"allocation.step_said.{step}", language, **amounts)


def _filled(constraint: Constraint, language: str) -> dict[str, str]:
    said = {}
    for name, value in constraint.values.items():
        if name == "share":
            # Printed towards the side that fails, so that 89.99999 % never reads as 90 %.
            round_off = ceil if constraint.code == "empowerment" else floor
            said[name] = _plain(Fraction(round_off(value * _PLACES), _PLACES))
        elif name == "bound":
            said[name] = _plain(Fraction(value))
        elif name in ("count", "most"):
            said[name] = str(value)
        else:
            said[name] = money(int(value), language)
    return said


def _plain(value: Fraction) -> str:
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"
