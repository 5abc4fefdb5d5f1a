"""What it would take: the ranked plans with which a firm would meet the standard, and what no figure changes."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.rulebook import changes
from metrics.scoring.rule_words import Words
from pages.components.criterion_rows import change_words
from pages.components.firm_answers import Answers
from pages.components.proof import Proof, proof_button
from pages.components.verdict import cells_table, source
from pages.components.words import t
from pipelines.one_firm import OneFirm


def way_list(firm: OneFirm, words: Words, entered: Answers) -> None:
    """Plans, smallest changes first; each is enough by itself."""
    found, year = firm.explanation, firm.explanation.year
    if found.verdict == "meets":
        st.info(t("score_firm.ways_met"))
        return
    if firm.ways.blocked:
        blocked = [
            item.requirement for item in found.requirements if item.requirement.id in firm.ways.blocked
        ]
        names = t("score_firm.names_join").join(words.label(requirement.label) for requirement in blocked)
        st.error(t("score_firm.ways_blocked", names=names))
    if not firm.ways.plans:
        st.info(t("score_firm.ways_none", most=changes().most_changes))
    else:
        st.caption(t("score_firm.ways_intro"))
    for number, plan in enumerate(firm.ways.plans, start=1):
        name = t("score_firm.plan", number=number)
        steps = [t("score_firm.plan_change", **change_words(change, words)) for change in plan.changes]
        proof = Proof(
            title=name,
            value=t("score_firm.names_join").join(steps),
            formula=t("score_firm.proof_ways"),
            members=cells_table([change.item for change in plan.changes], year, words, entered),
            basis=t("score_firm.ways_source"),
            **source(found, words),
        )
        with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
            st.markdown(f"**{name}**", width="content")
            st.markdown("  \n".join(steps), width="stretch")
            proof_button(proof, f"plan_{number}")
    if firm.ways.plans:
        st.caption(t("score_firm.ways_source"))


def way_table(firm: OneFirm, words: Words) -> pl.DataFrame:
    """The plans as a table: one row a change."""
    rows = [
        {"plan": str(number), **change_words(change, words)}
        for number, plan in enumerate(firm.ways.plans, start=1)
        for change in plan.changes
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("plan", "cell", "now", "needed"), pl.String))
