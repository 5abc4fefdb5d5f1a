"""How firms are judged: every rule of the rulebook, generated from its files."""

from __future__ import annotations

from data.dataset import contract
from data.rulebook import rule_sets, size_standard, standard
from data.rules import TIERS
from pages.components.filters import carried, choice
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.method_sections import contract_sections, size_sections, standard_sections
from pages.components.words import t

SIZE, CONTRACT, DATASET = "size", "contract", "annual_returns"
TOPICS = (*TIERS, SIZE, CONTRACT)


def topic_filter() -> str:
    """The standard, the size classes, or the data format."""
    names = {tier: t(f"tier.{tier}") for tier in TIERS} | {
        SIZE: t("methods.size"),
        CONTRACT: t("methods.contract"),
    }
    return choice("tier", TOPICS, label=t("methods.tier"), show=names.__getitem__, default=TIERS[0])


def rules_filter() -> str:
    """The rule set, among those that hold a standard."""
    names = {known.id: known.document.number for known in rule_sets() if known.shipped}
    return choice(
        "rules", list(names), label=t("methods.rules"), show=names.__getitem__, default=next(iter(names))
    )


topic, rule_set = title_with_filters(t("methods.title"), topic_filter, rules_filter)
if topic == SIZE:
    scope_line(
        [
            t("methods.scope_generated"),
            t("methods.scope_version", version=f"{SIZE}@{size_standard().version}"),
        ]
    )
    size_sections(size_standard())
elif topic == CONTRACT:
    scope_line([t("methods.scope_generated"), DATASET])
    contract_sections(contract(DATASET))
else:
    rule = standard(rule_set, topic)
    scope_line(
        [t("methods.scope_generated"), t("methods.scope_version", version=f"{rule.id}@{rule.version}")]
    )
    standard_sections(rule)
    next_steps([Step("score_firm", t("methods.next_score"), carried("tier"))])
