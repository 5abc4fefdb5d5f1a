"""The published facts as a page meets them: which build, for whom, and what to say where there is none.

Results are cached by the page under (build, scope, arguments), so a new build is never answered from an old one.
"""

from __future__ import annotations

import datetime as dt
from typing import NoReturn

import streamlit as st

from data import access
from data.access import Facts, NoFactsError, Scope
from data.manifest import Published
from pages.components.header import scope_line
from pages.components.numbers import exact, iso
from pages.components.reader_switch import reader
from pages.components.states import empty
from pages.components.words import t

_LOOK_EVERY_S = 2.0


def published_build() -> Published | None:
    """The build in force for this run; None before the first one."""
    return access.current()


def reader_scope() -> Scope:
    """What this reader may see of the facts: the operator and the ministry everything, a province its own."""
    return reader().scope


def facts_of(build: Published, scope: Scope) -> Facts:
    """The facts of the build that the page is drawn from; where another was published meanwhile, draw it again."""
    facts = access.read(scope)
    if facts.build != build:
        st.rerun()
    return facts


def facts_for_export(build: Published, scope: Scope) -> Facts:
    """The same, when nobody's page is being drawn. Raises NoFactsError where another build is in force by now."""
    facts = access.read(scope)
    if facts.build != build:
        raise NoFactsError(f"Build {build.build} is no longer in force: read the page again.")
    return facts


def default_as_of(build: Published) -> dt.date:
    """The day figures hold for unless the reader asks otherwise: the latest day of a loaded fact."""
    return build.as_of or build.published_at.date()


def build_said(build: Published) -> str:
    """The build's number, and the day and time at which it was published."""
    published = build.published_at.astimezone()
    return t("facts.build", build=build.build, day=iso(published.date()), time=f"{published:%H:%M:%S}")


def facts_parts(build: Published) -> list[str]:
    """What the scope line says of the build: its number, when it was published, and of what sample it is."""
    parts = [build_said(build)]
    if build.sample_of:
        parts.append(t("facts.sample", n=exact(build.sample_of)))
    return parts


def no_facts() -> None:
    """Say that nothing is loaded yet, and the first step."""
    empty(t("facts.none"), t("facts.first_step"))


def stop_without(build: Published | None, title: str, lacking: str, step: str) -> NoReturn:
    """End the run of a page whose facts are not there: its title, what is lacking in this build, and the first step."""
    st.title(title, anchor=False)
    if build is None:
        no_facts()
    else:
        scope_line(facts_parts(build), synthetic=build.synthetic)
        empty(lacking, step)
    st.stop()


def watch_build(build: Published | None) -> None:
    """Look for a newer build while the page is open, and draw the page again when there is one."""
    seen = build.build if build else None

    @st.fragment(run_every=_LOOK_EVERY_S)
    def look() -> None:
        now = access.current()
        if (now.build if now else None) != seen:
            st.rerun(scope="app")

    look()
