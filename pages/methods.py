"""How firms are judged: every rule of the rulebook, generated from its files."""

from __future__ import annotations

from data.appraisal_policy import load_scheme
from data.dataset import contract, datasets
from data.rounds import rounds
from data.rulebook import rule_sets, size_standard, standard
from data.rules import TIERS
from pages.components.filters import carried, choice, chosen
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.method_sections import (
    appraisal_sections,
    contract_sections,
    size_sections,
    standard_sections,
    title_sections,
)
from pages.components.receipt_words import dataset_names
from pages.components.words import language, t

SIZE, TITLES, APPRAISAL, CONTRACT = "size", "titles", "appraisal", "contract"
TOPICS = (*TIERS, SIZE, TITLES, APPRAISAL, CONTRACT)
DATASET = "annual_returns"


def topic_filter() -> str:
    """The standard, the size classes, the titles, the appraisal, or the data formats."""
    names = {tier: t(f"tier.{tier}") for tier in TIERS} | {
        topic: t(f"methods.{topic}") for topic in TOPICS[len(TIERS) :]
    }
    return choice("tier", TOPICS, label=t("methods.tier"), show=names.__getitem__, default=TIERS[0])


def detail_filter() -> str:
    """What the topic is divided by: rule sets, rounds, datasets; "" for a topic that is one."""
    topic = chosen("tier", TOPICS, TIERS[0])
    if topic == CONTRACT:
        names = dataset_names()
        return choice(
            "dataset", datasets(), label=t("methods.dataset"), show=names.__getitem__, default=DATASET
        )
    if topic == APPRAISAL:
        titles = {each.code: getattr(each.title, language()) for each in rounds()}
        return choice(
            "round",
            list(titles),
            label=t("methods.round"),
            show=titles.__getitem__,
            default=next(iter(titles)),
        )
    if topic in TIERS:
        known = {each.id: each.document.number for each in rule_sets() if each.shipped}
        return choice(
            "rules", list(known), label=t("methods.rules"), show=known.__getitem__, default=next(iter(known))
        )
    return ""


topic, detail = title_with_filters(t("methods.title"), topic_filter, detail_filter)
generated = t("methods.scope_generated")
if topic == SIZE:
    scope_line([generated, t("methods.scope_version", version=f"{SIZE}@{size_standard().version}")])
    size_sections(size_standard())
elif topic == TITLES:
    scope_line([generated])
    title_sections()
    next_steps([Step("titles_due", t("methods.next_due"))])
elif topic == APPRAISAL:
    scheme = load_scheme(detail)
    version = t("methods.scope_version", version=f"{detail}@{scheme.version[:10]}")
    scope_line(
        [generated, version, t("methods.scope_assumption"), f"**{getattr(scheme.notice, language())}**"]
    )
    appraisal_sections(scheme)
    next_steps([Step("appraisal_results", t("methods.next_results"))])
elif topic == CONTRACT:
    scope_line([generated, detail])
    contract_sections(contract(detail))
else:
    rule = standard(detail, topic)
    scope_line([generated, t("methods.scope_version", version=f"{rule.id}@{rule.version}")])
    standard_sections(rule)
    next_steps([Step("score_firm", t("methods.next_score"), carried("tier"))])
