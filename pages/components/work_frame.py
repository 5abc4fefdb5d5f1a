"""What the pages of people's work share: who may be here, which appraisal is looked at, and how it is named."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.appraisals import Appraisal, appraisal_of
from data.dataset import contract
from data.home import home
from data.manifest import Published
from data.readers import SEATS, Reader
from pages.components.facts import facts_parts, published_build, stop_without, watch_build
from pages.components.filters import choice
from pages.components.header import scope_line, title_with_filters
from pages.components.numbers import iso
from pages.components.reader_switch import become, reader
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import both, t
from pages.components.work_reads import Appraised, appraisals_of, appraised
from pipelines.workflow.self_evaluation import SelfEvaluation, read


def only_for(role: str, title: str) -> Reader:
    """The reader, if theirs is the role; else say whose page it is, offer to be that reader, and end the run."""
    by = reader()
    if by.role != role:
        st.title(title, anchor=False)
        st.info(t(f"reader.only.{role}"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            wanted = _wanted(role)
            st.button(
                t("reader.become"), type="primary", key="reader_become", on_click=become, args=(wanted,)
            )
        st.stop()
    return by


def appraisals_or_stop(
    build: Published | None, by: Reader, title: str
) -> tuple[Published, tuple[Appraisal, ...]]:
    """The build and the appraisals in it; where there are none say why, and end the run."""
    found = appraisals_of(build, by.scope) if build else ()
    if build is None or not found:
        stop_without(build, title, t("work.no_appraisal"), t("work.no_appraisal_step"))
    return build, found


def own_appraisal(title: str) -> tuple[Reader, Published, Appraised, SelfEvaluation]:
    """The head of a province's own page: who reads, the build, what was computed of them, what they have said of it."""
    by = only_for("province", title)
    build, offered = appraisals_or_stop(published_build(), by, title)
    watch_build(build)
    unit = by.unit or ""
    (code,) = title_with_filters(title, lambda: appraisal_filter(offered))
    appraisal = chosen_appraisal(code)
    with loading(t("work.loading")):
        found = appraised(build, by.scope, appraisal).of(unit)
        standing = read(home(), by, appraisal, unit)
    who = unit_names()[unit]
    work_scope(build, found, who)
    if found.totals.is_empty():
        empty(t("my_province.not_in", unit=who), t("my_province.not_in_step"))
        st.stop()
    return by, build, found, standing


def appraisal_filter(found: Sequence[Appraisal], first: Appraisal | None = None) -> str:
    """The choice among the appraisals, beginning with ``first`` or else the latest; returns its code."""
    names = {one.code: appraisal_name(one) for one in found}
    return choice(
        "appraisal",
        list(names),
        label=t("work.appraisal"),
        show=names.__getitem__,
        default=(first or found[0]).code,
    )


def chosen_appraisal(code: str) -> Appraisal:
    """The appraisal of a filter's code."""
    found = appraisal_of(code)
    if found is None:
        raise KeyError(f"{code!r} is no appraisal.")
    return found


def appraisal_name(one: Appraisal) -> str:
    """An appraisal as people say it: round, support batch, year."""
    rounds = {value.code: both(value) for value in contract("key_firms").column("round").values}
    name = rounds.get(one.round, one.round)
    return t("work.appraisal_name", round=name, batch=one.support_batch, year=one.year)


def work_scope(build: Published, found: Appraised, who: str) -> None:
    """The scope line: for whom, which appraisal, as of when, which data; and that it is a product model."""
    parts = [who, appraisal_name(found.appraisal), t("work.as_of", day=iso(found.as_of)), *facts_parts(build)]
    scope_line([*parts, f"**{t('appraisal.notice')}**"], synthetic=build.synthetic)


def _wanted(role: str) -> Reader:
    if role == "province":
        names = unit_names(programme=True)
        code = st.selectbox(t("reader.unit"), list(names), format_func=names.__getitem__, key="reader_wanted")
        return Reader("province", unit=code)
    if role == "panelist":
        seats = {at: t("reader.seat_of", seat=at) for at in range(1, SEATS + 1)}
        seat = st.selectbox(t("reader.seat"), list(seats), format_func=seats.__getitem__, key="reader_wanted")
        return Reader("panelist", seat=seat)
    return Reader(role)  # type: ignore[arg-type]
