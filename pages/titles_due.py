"""Which titles fall due next, which wait for their review, and who missed the annual update?"""

from __future__ import annotations

import datetime as dt

from data import published
from pages.components.due_reads import due_of
from pages.components.due_views import due_figures, due_list, due_view
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
from pages.components.numbers import iso
from pages.components.states import loading
from pages.components.unit_map import unit_names
from pages.components.words import t

ALL = "all"
MONTHS = ("3", "6", "12", "24", "36")  # not policy: spans to choose from
build, scope = published_build(), reader_scope()


def as_of_filter() -> str:
    """The day from which titles are due."""
    return day("as_of", label=t("due.as_of"), default=default_as_of(build)).isoformat() if build else ""


def tier_filter() -> str:
    """The tier whose titles are shown."""
    return choice(
        "tier",
        published.TIERS,
        label=t("due.tier"),
        show=lambda code: t(f"tier_short.{code}"),
        default="little_giant",
    )


def months_filter() -> str:
    """How many months ahead."""
    return choice(
        "months",
        MONTHS,
        label=t("due.months"),
        show=lambda n: t("due.months_said", n=n),
        default="12",
        as_buttons=True,
    )


def unit_filter() -> str:
    """One reporting unit, or the whole country."""
    offered = [ALL, *unit_names(programme=True)]
    shown = {ALL: t("due.country")} | unit_names()
    return choice("province", offered, label=t("due.unit"), show=shown.__getitem__, default=ALL)


watch_build(build)
if build is None or not has_titles(build):
    stop_without(build, t("due.title"), t("due.no_titles"), t("facts.no_titles_step"))

chosen, tier, unit = title_with_filters(t("due.title"), as_of_filter, tier_filter, unit_filter)
months, place = months_filter(), None if unit == ALL else unit
with loading(t("due.loading")):
    source = Source(build, scope, dt.date.fromisoformat(chosen))
    found = due_of(source, tier, int(months)).of(place)
scope_line(
    [
        t("due.country") if place is None else unit_names()[place],
        t("overview.scope_registry"),
        t("due.span", day=iso(source.as_of), until=iso(found.until)),
        *facts_parts(build),
    ],
    synthetic=build.synthetic,
)
headline_figures(due_figures(source, found, place))
due_view(source, found, place)
due_list(source, found, place)

next_steps(
    [
        Step("target_progress", t("due.next_progress"), carried("tier", "as_of", "province")),
        Step("provinces", t("due.next_provinces"), carried("tier", "as_of", "province")),
        Step("firms", t("due.next_firms"), carried("province")),
    ]
)
