"""Where do firms lose their points, and which could win them back most easily?"""

from __future__ import annotations

import streamlit as st

from data.access import NoFactsError
from data.rules import TIERS
from metrics.scoring.outcome import VERDICTS
from pages.components.facts import facts_parts, no_facts, published_build, reader_scope, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice
from pages.components.gradient_charts import bars, heatmap
from pages.components.gradient_firms import firm_list
from pages.components.gradient_reads import EVERY, Listed, counted, rule_of, tallies
from pages.components.gradient_views import Asked, headline_of, provenance, table_labels, table_of, view_of
from pages.components.gradient_waiting import waiting
from pages.components.header import scope_line, section, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.numbers import exact
from pages.components.rule_choice import words
from pages.components.states import empty
from pages.components.twin import twin
from pages.components.unit_map import unit_names
from pages.components.words import t

ALL = "all"
names = unit_names()


def tier_filter() -> str:
    """The standard that the firms are held against."""
    return choice(
        "tier", TIERS, label=t("gradient.tier"), show=lambda code: t(f"tier_short.{code}"), default="srdi"
    )


def province_filter() -> str:
    """One reporting unit, or the whole country."""
    offered = [ALL, *unit_names(programme=True)]
    show = {ALL: t("gradient.country")} | names
    return choice("province", offered, label=t("gradient.province"), show=show.__getitem__, default=ALL)


tier, place = title_with_filters(t("gradient.title"), tier_filter, province_filter)
province = None if place == ALL else place
build, reader, rule = published_build(), reader_scope(), rule_of(tier)
watch_build(build)
if build is None:
    no_facts()
    st.stop()
try:
    found = tallies(build, reader)
except NoFactsError:
    scope_line(facts_parts(build), synthetic=build.synthetic)
    waiting(build, "write_scores")
    st.stop()

said = words()
source = provenance(rule, found.year, said)
scope_line(
    [names.get(place, t("gradient.country")), source["as_of"], source["article"], *facts_parts(build)],
    synthetic=build.synthetic,
    help=f"{t('gradient.rule_help')}  \n{source['rule']}",
)
everyone = Listed(tier, EVERY, province)
firms = counted(found, everyone)
if not firms:
    empty(t("gradient.no_returns"), t("gradient.no_returns_step"))
    st.stop()
view = view_of(found, rule, province, said)
headline_figures(headline_of(Asked(build, reader, everyone), found, view, said))

kind = "score" if rule.criteria else "unmet"
section(t(f"gradient.view_title.{kind}"), t(f"gradient.view_subtitle.{kind}", count=exact(firms)))
twin(
    {
        t(f"gradient.bars_tab.{kind}"): lambda: bars(view, "gradient_bars"),
        t("gradient.cells_tab"): lambda: heatmap(view, province, "gradient_cells"),
    },
    table_of(found, rule, province, said),
    name=f"gradient_{tier}",
    key="gradient_twin",
    labels=table_labels(),
)

section(t("gradient.firms_title"), t("gradient.firms_subtitle"))
options = {
    row["id"]: t(f"gradient.list_of.{kind}", name=row["name"]) for row in view.items.iter_rows(named=True)
}
options |= {
    verdict: t("gradient.list_of.verdict", name=t(f"score_firm.verdict.{verdict}"))
    for verdict in VERDICTS.values()
}
chosen = choice(
    "list", list(options), label=t("gradient.list"), show=options.__getitem__, default=view.items["id"][0]
)
listed = Listed(tier, chosen, province)
firm_list(build, reader, listed, rule, counted(found, listed), found.year or 0)

next_steps(
    [
        Step("firms", t("gradient.next_firms"), carried("tier", "province")),
        Step("provinces", t("gradient.next_provinces"), carried("tier", "province")),
        Step("score_firm", t("gradient.next_score"), carried("tier")),
        Step("methods", t("gradient.next_methods"), carried("tier")),
    ]
)
