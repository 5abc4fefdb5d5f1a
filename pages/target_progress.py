"""How far are the targets, at what pace, and where do titles go from here?"""

from __future__ import annotations

import datetime as dt

from data import published
from pages.components.facts import (
    default_as_of,
    facts_parts,
    published_build,
    reader_scope,
    stop_without,
    watch_build,
)
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice, day
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.member_proofs import Source
from pages.components.member_reads import has_titles
from pages.components.progress_fan import fan_view
from pages.components.progress_figures import progress_figures
from pages.components.progress_reads import progress_of
from pages.components.progress_views import beside_view, units_view
from pages.components.published_words import when
from pages.components.states import loading
from pages.components.words import t

build, scope = published_build(), reader_scope()


def as_of_filter() -> str:
    """The day the progress is measured on."""
    return day("as_of", label=t("progress.as_of"), default=default_as_of(build)).isoformat() if build else ""


def tier_filter() -> str:
    """The tier whose target it is."""
    return choice(
        "tier",
        published.TIERS,
        label=t("progress.tier"),
        show=lambda code: t(f"tier_short.{code}"),
        default="little_giant",
    )


watch_build(build)
if build is None or not has_titles(build):
    stop_without(build, t("progress.title"), t("progress.no_titles"), t("facts.no_titles_step"))

chosen, tier = title_with_filters(t("progress.title"), as_of_filter, tier_filter)
with loading(t("progress.loading")):
    source = Source(build, scope, dt.date.fromisoformat(chosen))
    found = progress_of(source, tier)
horizon, classes = published.targets().horizon, published.targets().pace
scope_line(
    [
        t(f"tier.{tier}"),
        t("overview.scope_registry"),
        t("overview.scope_as_of", when=when(source.as_of, "day")),
        t("progress.horizon", until=horizon.to.isoformat()),
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
    help=t(
        "progress.classes_help",
        significant=classes.significant_from_percent,
        moderate=classes.moderate_from_percent,
    ),
)
headline_figures(progress_figures(source, found))
fan_view(source, found)
units_view(source, found)
beside_view(source, found)

next_steps(
    [
        Step("titles_due", t("progress.next_due"), carried("tier", "as_of")),
        Step("firms_to_move_up", t("progress.next_move_up"), carried("tier")),
        Step("provinces", t("progress.next_provinces"), carried("tier", "as_of")),
        Step("overview", t("progress.next_overview"), carried("tier", "as_of")),
    ]
)
