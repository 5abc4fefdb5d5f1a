"""Which standard an assessment goes by: tier, kind, accounting year, date, rule set, all kept in the address.

Where no rule set in force is in this release the page says so, names the dates and offers ways on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.rulebook import NoRuleSetError, rule_set_for, rule_sets
from data.rules import TIERS, Kind, Period, RuleSet, Standard
from metrics.scoring.rule_words import Words
from metrics.scoring.rulebook_tables import periods
from pages.components.filters import choice, day, put, switch
from pages.components.header import scope_line
from pages.components.words import language, t
from pipelines.scoring import choose_standard, default_assessment

BY_DATE = "by_date"
KINDS = get_args(Kind)
FIRST_TIER = TIERS[0]


@dataclass(frozen=True)
class Assessment:
    """What is assessed: the tier's standard, for which kind, which accounting year, on which day, under what rules."""

    tier: str
    kind: str
    year: int
    on: dt.date
    rule_set: str
    waived: tuple[str, ...]


def words() -> Words:
    """The words of rules in the reader's language."""
    return Words(language(), t)


def years() -> list[str]:
    """Accounting years that can be assessed: from the one before the first rule set to the last full year."""
    last = dt.datetime.now(tz=dt.UTC).year - 1
    first = min(period.first for _, period in periods()).year - 1
    return [str(year) for year in range(last, first - 1, -1)]


def assessment_filters(year_filter: Callable[[], int] | None = None, title: str = "") -> Assessment:
    """Draw the filters, the standard beside the title where one is given; `year_filter` draws other years."""
    tier_place, *places = _places(title)
    with tier_place:
        tier = choice(
            "tier",
            TIERS,
            label=t("score_firm.tier"),
            show=lambda code: t(f"tier_short.{code}"),
            default=FIRST_TIER,
            as_buttons=True,
        )
    with places[0]:
        kind = choice(
            "kind", KINDS, label=t("score_firm.kind"), show=lambda code: t(f"kind.{code}"), default=KINDS[0]
        )
    with places[1]:
        year = (year_filter or _year)()
    with places[2]:
        on = day(
            "on",
            label=t("score_firm.assessed_on"),
            default=default_assessment(year),
            help=t("score_firm.assessed_on_help"),
        )
    with places[3]:
        shipped = {known.id: known for known in rule_sets() if tier in known.shipped}
        names = {BY_DATE: t("score_firm.by_date")} | {
            code: known.document.number for code, known in shipped.items()
        }
        rule_set = choice(
            "rules", list(names), label=t("score_firm.rules"), show=names.__getitem__, default=BY_DATE
        )
    return Assessment(tier, kind, year, on, rule_set, _waived(tier, kind, shipped))


def _places(title: str) -> list[DeltaGenerator]:
    """A place for the standard, then two pairs of filters: four in a line, or two on a narrow screen."""
    beside = st.container()
    if title:
        head, beside = st.columns([1.6, 1], gap="small", vertical_alignment="bottom")
        head.title(title, anchor=False)
    pairs = st.columns(2, gap="small")
    return [beside, *(place for pair in pairs for place in pair.columns(2, gap="small", wrap=False))]


def _year() -> int:
    offered = years()
    year = choice("year", offered, label=t("score_firm.year"), show=str, default=offered[0])
    # The default follows the calendar: a link must keep its year when the calendar has moved on.
    st.query_params["year"] = year
    return int(year)


def _waived(tier: str, kind: str, shipped: dict[str, RuleSet]) -> tuple[str, ...]:
    """Conditions that can be left out for this kind: off unless asked for, and marked as open."""
    waived = []
    for code in shipped:
        for waiver in choose_standard(tier, kind, dt.date.max, code).waivers:
            if kind in waiver.kinds and waiver.id not in waived:
                label = t("score_firm.waive", condition=t(f"score_firm.waive_condition.{waiver.id}"))
                if switch(f"waive_{waiver.id}", label=label, help=words().label(waiver.label)):
                    waived.append(waiver.id)
    return tuple(waived)


def governing(chosen: Assessment) -> Standard | None:
    """The standard that the assessment goes by; None, with the locked state drawn, when it cannot be opened."""
    try:
        return choose_standard(chosen.tier, chosen.kind, chosen.on, _asked(chosen), chosen.waived)
    except NoRuleSetError:
        _locked(chosen)
        return None


def rule_scope(chosen: Assessment, rule: Standard, private: str = "") -> None:
    """The scope line: standard, document, dates, version, source mark; `private` says what is not kept."""
    said = words()
    period = next((p for known, p in periods(chosen.tier, chosen.kind) if known.id == rule.rule_set), None)
    parts = [said.label(rule.title), said.document(rule.document)]
    if period:
        parts.append(t("score_firm.scope_force", span=span(period)))
    if not _in_force(chosen, rule):
        st.markdown(t("score_firm.scope_override", day=chosen.on.isoformat()))
    mark = rule.document.source
    parts += [t("score_firm.scope_marks", mark=mark), private or t("score_firm.scope_private")]
    scope_line(
        parts,
        help="  \n".join(
            [
                f"{mark} {t(f'mark.{mark}')}",
                t("score_firm.scope_version", version=said.standard(rule)),
                t("score_firm.link_note"),
            ]
        ),
    )


def span(period: Period) -> str:
    """From when to when a document governs."""
    first = period.first.isoformat()
    if period.last is None:
        return t("rule.from_on", first=first)
    return t("rule.from_to", first=first, last=period.last.isoformat())


def file_scope(chosen: Assessment, private: str) -> None:
    """The scope line of a page that learns its year from a file: without one, it may be no rule set yet."""
    try:
        rule = choose_standard(chosen.tier, chosen.kind, chosen.on, _asked(chosen), chosen.waived)
    except NoRuleSetError:
        scope_line([t(f"tier.{chosen.tier}"), private])
    else:
        rule_scope(chosen, rule, private)


def _asked(chosen: Assessment) -> str | None:
    return None if chosen.rule_set == BY_DATE else chosen.rule_set


def _in_force(chosen: Assessment, rule: Standard) -> bool:
    try:
        return rule_set_for(chosen.tier, chosen.kind, chosen.on) == rule.rule_set
    except NoRuleSetError:
        return False


def _covers(period: Period, on: dt.date) -> bool:
    return period.first <= on and (period.last is None or on <= period.last)


def _locked(chosen: Assessment) -> None:
    """Why no rule can be applied, by what dates, and the ways on."""
    said = words()
    known = periods(chosen.tier, chosen.kind)
    asked = {"day": chosen.on.isoformat(), "kind": t(f"kind.{chosen.kind}"), "tier": t(f"tier.{chosen.tier}")}
    found = next(((rule_set, period) for rule_set, period in known if _covers(period, chosen.on)), None)
    if found:
        reason = t(
            "score_firm.locked.not_shipped",
            **asked,
            document=said.document(found[0].document),
            first=found[1].first.isoformat(),
        )
    else:
        reason = t("score_firm.locked.none", **asked)
    spans = t("rule.semicolon").join(
        t("score_firm.locked.span", document=said.document(rule_set.document), span=span(period))
        for rule_set, period in known
    )
    st.warning(f"{reason}\n\n{t('score_firm.locked.spans', spans=spans)}")
    st.markdown(f"**{t('score_firm.locked.way_on')}**")
    with st.container(horizontal=True, gap="small"):
        for key, (label, change, values) in enumerate(_ways_on(chosen)):
            st.button(
                label,
                key=f"way_on_{key}",
                on_click=change,
                args=values,
                type="secondary" if key else "primary",
            )


def _ways_on(chosen: Assessment) -> list[tuple[str, Callable[..., None], tuple[str, ...]]]:
    said, offered = words(), years()
    shipped = [known for known in rule_sets() if chosen.tier in known.shipped]
    found: list[tuple[str, Callable[..., None], tuple[str, ...]]] = [
        (
            t("score_firm.locked.override", document=said.document(known.document)),
            put,
            ("rules", known.id, BY_DATE),
        )
        for known in shipped
    ]
    for other in KINDS:
        spans = [period for known, period in periods(chosen.tier, other) if known in shipped]
        open_to_it = any(_covers(period, chosen.on) for period in spans)
        if other != chosen.kind and open_to_it:
            label = t("score_firm.locked.kind", kind=t(f"kind.{other}"))
            found.append((label, put, ("kind", other, KINDS[0])))
    for year in offered:
        on = default_assessment(int(year))
        if any(
            _covers(period, on) for known, period in periods(chosen.tier, chosen.kind) if known in shipped
        ):
            label = t("score_firm.locked.date", day=on.isoformat())
            found.append((label, _assess_year, (year, offered[0])))
            break
    return found


def _assess_year(year: str, default: str) -> None:
    put("year", year, default)
    put("on", default_assessment(int(year)).isoformat(), default_assessment(int(year)).isoformat())
