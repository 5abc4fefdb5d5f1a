"""Listed names without a firm: what is known of firms with a name like each, and a person's decision on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
import streamlit as st

from data.access import Scope
from data.home import home
from data.manifest import Published
from pages.components.facts import facts_of
from pages.components.header import section
from pages.components.numbers import MISSING, exact, iso
from pages.components.plain_text import plain
from pages.components.reader_switch import reader
from pages.components.receipt_words import moment
from pages.components.states import empty, error, loading
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.after_build import start_worker
from pipelines.build import BuildError
from pipelines.list_preview import suggestions, unmatched_names, with_states
from pipelines.workflow.listed_names import (
    LONGEST,
    Decided,
    apply_waiting,
    decide,
    decisions,
    waiting,
)
from pipelines.workflow.refusals import ConflictError, IncompleteError

_OFFERED = 500
_SAID, _REFUSED = "names_said", "names_refused"
_COLUMNS = ("name", "state", "province", "tiers", "times", "file", "sheet", "cell")


def load_names_part(build: Published | None, scope: Scope) -> None:
    """Everything about names to confirm, in the order in which it is done."""
    if build is None or not (build.rows.get("title_lists") or build.rows.get("title_events")):
        empty(t("names.no_lists"), t("names.no_lists_step"))
        return
    st.caption(t("names.intro"))
    found = with_states(_unmatched(build.file, scope, build), home())
    record = decisions(home())
    latest = {one.listed: one for one in record}
    waits = waiting(home()).height
    _counts(found, latest, waits)
    _told()
    _apply(waits)
    open_ones = found.filter(pl.col("state") == "open")
    if open_ones.is_empty():
        st.info(t("names.none_open"))
    else:
        _confirm(open_ones, latest, build, scope)
    labels = [
        t("names.part.unmatched", count=exact(found.height)),
        t("names.part.log", count=exact(len(record))),
    ]
    of_names, of_record = st.tabs(labels, key="names_tabs")
    with of_names:
        _names_table(found)
    with of_record:
        _record(record, latest)


def _counts(found: pl.DataFrame, latest: dict[str, Decided], waits: int) -> None:
    by = dict(found.group_by("state").len().iter_rows())
    firms = sum(one.decision == "firm" for one in latest.values())
    st.markdown(
        t(
            "names.counts",
            open=exact(by.get("open", 0)),
            none=exact(by.get("none", 0)),
            firm=exact(firms),
            waiting=exact(waits),
        )
    )


def _told() -> None:
    """What the last decision led to, said once."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said)
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(refused)


def _apply(waits: int) -> None:
    if not waits:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(t("names.waiting", count=exact(waits)), width="stretch")
        pressed = st.button(t("names.apply", count=exact(waits)), key="names_apply")
    with st.container():
        if pressed:
            _apply_now()


def _apply_now() -> None:
    try:
        # In a thread: a click elsewhere ends this run, but never a build half way.
        with st.spinner(t("names.applying")), ThreadPoolExecutor(1) as worker:
            count, build = worker.submit(apply_waiting, home(), reader()).result()
    except BuildError as failure:
        error(t("load.build_failed"), plain(str(failure)), t("load.build_failed_remedy"))
        return
    start_worker()
    st.session_state[_SAID] = t("names.applied", count=exact(count), build=build.build)
    st.rerun()


def _confirm(open_ones: pl.DataFrame, latest: dict[str, Decided], build: Published, scope: Scope) -> None:
    offered = open_ones.head(_OFFERED)
    rows = {row["listed"]: row for row in offered.iter_rows(named=True)}
    shown = {listed: row["name"] for listed, row in rows.items()}
    # A name that has its decision leaves the list, and the next one takes its place.
    if st.session_state.get("names_choice") not in rows:
        st.session_state.pop("names_choice", None)
    chosen = st.selectbox(
        t("names.choose"),
        list(rows),
        format_func=lambda listed: shown.get(listed, listed),
        key="names_choice",
    )
    if open_ones.height > _OFFERED:
        st.caption(t("names.choose_more", shown=exact(_OFFERED), count=exact(open_ones.height)))
    row = rows[chosen or offered["listed"][0]]
    place = " ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part)
    st.markdown(
        t(
            "names.stands",
            province=unit_names().get(row["province"]) or t("names.no_province"),
            tiers=_tiers(row["tiers"]),
            place=plain(place),
            times=exact(row["times"]),
        )
    )
    st.text_input(
        t("names.reason"), key="names_reason", placeholder=t("names.reason_hint"), max_chars=LONGEST
    )
    seen = latest[row["listed"]].version if row["listed"] in latest else 0
    _firms(row, seen, build, scope)


def _firms(row: dict[str, Any], seen: int, build: Published, scope: Scope) -> None:
    with loading(t("names.looking")):
        alike = _suggested(build.file, scope, row["name"], row["province"], build)
    section(t("names.alike_title"))
    if alike.is_empty():
        st.info(t("names.nothing_alike"))
    for number, firm in enumerate(alike.iter_rows(named=True)):
        with st.container(horizontal=True, vertical_alignment="center", border=True, gap="medium"):
            said = t("names.suggestion", name=plain(firm["name"] or firm["former"] or ""), uscc=firm["uscc"])
            st.markdown(f"{said}  \n{_evidence(firm, row['province'])}", width="stretch")
            st.button(
                t("names.this"),
                key=f"names_this_{number}",
                on_click=_decide,
                args=(row["name"], "firm", seen, firm["uscc"]),
            )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.button(
            t("names.none"),
            key="names_none",
            help=t("names.none_help"),
            on_click=_decide,
            args=(row["name"], "none", seen),
        )
        st.text_input(t("names.code"), key="names_code", max_chars=18, width=260)
        st.button(t("names.by_code"), key="names_by_code", on_click=_decide, args=(row["name"], "firm", seen))


def _evidence(firm: dict[str, Any], listed_province: str | None) -> str:
    unit = unit_names().get(firm["province"]) or MISSING
    which = (
        "same_province" if firm["is_same_province"] else "other_province" if listed_province else "province"
    )
    parts = [
        t("names.evidence.likeness", percent=firm["likeness_pct"]),
        t(f"names.evidence.{which}", province=unit),
    ]
    if firm["city"]:
        parts.append(t("names.evidence.city", city=plain(firm["city"])))
    if firm["former"]:
        word = "former_to" if firm["in_use_to"] else "former"
        day = iso(firm["in_use_to"]) if firm["in_use_to"] else ""
        parts.append(t(f"names.evidence.{word}", former=plain(firm["former"]), day=day))
    parts.append(
        t("names.evidence.tiers", tiers=_tiers(firm["tiers"]))
        if firm["tiers"]
        else t("names.evidence.no_tiers")
    )
    return t("rule.semicolon").join(parts)


def _decide(name: str, decision: Any, seen: int, uscc: str | None = None) -> None:
    code = st.session_state.get("names_code", "") if uscc is None else uscc
    reason = st.session_state.get("names_reason", "")
    _record_decision(name, decision, seen, reason, code, "names_code")


def _undo(options: dict[int, Decided]) -> None:
    one = options.get(st.session_state.get(f"names_undo_of_{language()}", 0))
    if one:
        reason = st.session_state.get("names_undo_reason", "")
        _record_decision(one.name, "withdrawn", one.version, reason, "", "names_undo_reason")


def _record_decision(name: str, decision: Any, seen: int, reason: str, code: str, cleared: str) -> None:
    try:
        done = decide(home(), reader(), name, decision, reason=reason, seen=seen, uscc=code)
    except IncompleteError as refused:
        field = refused.fields[0]
        st.session_state[_REFUSED] = t(f"names.refused.{field}", most=exact(LONGEST))
        return
    except ConflictError:
        st.session_state[_REFUSED] = t("names.refused.changed")
        return
    st.session_state[cleared] = ""
    st.session_state[_SAID] = t(
        "names.saved", number=done.number, name=plain(done.name), decision=_decision(done)
    )


def _names_table(found: pl.DataFrame) -> None:
    if found.is_empty():
        st.caption(t("names.none_open"))
        return
    states = {state: t(f"names.state.{state}") for state in found["state"].unique()}
    units = unit_names()
    table = found.select(_COLUMNS).with_columns(
        pl.col("state").replace(states),
        pl.col("province").replace_strict(units, default=None, return_dtype=pl.String),
        pl.Series("tiers", [_tiers(tiers) for tiers in found["tiers"]], dtype=pl.String),
    )
    table_with_export(
        table.with_columns(pl.col(pl.String).replace("", None).fill_null(MISSING)),
        name="unmatched_names",
        key="names_unmatched",
        labels={column: t(f"names.column.{column}") for column in _COLUMNS},
        exported=table,
    )


def _record(record: list[Decided], latest: dict[str, Decided]) -> None:
    if not record:
        st.caption(t("names.log_none"))
        return
    standing = {one.number: one for one in latest.values() if one.decision != "withdrawn"}
    rows = [
        {
            "number": str(one.number),
            "name": one.name,
            "decision": t(f"names.decision.{one.decision}"),
            "uscc": one.uscc or "",
            "reason": one.reason,
            "by": _by(one.by),
            "saved_at": moment(one.saved_at),
            "standing": "✓" if one.number in standing else "",
        }
        for one in reversed(record)
    ]
    table_with_export(
        pl.DataFrame(rows),
        name="name_decisions",
        key="names_log",
        labels={column: t(f"names.column.{column}") for column in rows[0]},
    )
    if not standing:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        labels = {
            number: t("names.undo_one", number=number, name=one.name, decision=_decision(one))
            for number, one in sorted(standing.items(), reverse=True)
        }
        st.selectbox(
            t("names.undo_of"),
            list(labels),
            format_func=lambda number: labels.get(number, str(number)),
            key=f"names_undo_of_{language()}",
        )
        st.text_input(t("names.undo_reason"), key="names_undo_reason", max_chars=LONGEST)
        st.button(t("names.undo"), key="names_undo", on_click=_undo, args=(standing,))


def _decision(one: Decided) -> str:
    said = t(f"names.decision.{one.decision}")
    return f"{said} {one.uscc}" if one.uscc else said


def _by(code: str) -> str:
    return t(f"reader.role.{code}") if code in ("operator", "ministry") else code


def _tiers(joined: str) -> str:
    return t("rule.list").join(t(f"tier.{tier}") for tier in joined.split(","))


@st.cache_resource(max_entries=4, show_spinner=False)
def _unmatched(file: str, scope: Scope, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    return unmatched_names(facts_of(_build, scope))


@st.cache_resource(max_entries=64, show_spinner=False)
def _suggested(file: str, scope: Scope, name: str, province: str | None, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - as above
    return suggestions(facts_of(_build, scope), name, province)
