"""The builds, newest first, and the way back to one behind a confirmation that names what is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from data.home import home
from pages.components.numbers import MISSING
from pages.components.plain_text import plain
from pages.components.receipt_table import receipt_rows
from pages.components.receipt_words import moment
from pages.components.states import empty, error, loading
from pages.components.twin import table_with_export
from pages.components.words import language, t
from pipelines.build import BuildError
from pipelines.receipt_list import ChangedError, GoingBack, go_back, going_back, receipts
from pipelines.rollback import EMPTY, NoBuildError, builds

_WENT_BACK = "went_back"
_NAMED = ("receipt_id", "file", "dataset", "rows", "received")
_HASH_SHOWN = 8


def build_list() -> None:
    """The builds of the store, and going back."""
    listed = builds(home())
    if not listed:
        empty(t("load.no_builds"), t("load.no_receipts_step"))
        return
    _went_back(listed)
    _table(listed)
    _way_back(listed)


def _table(listed: Sequence[dict[str, Any]]) -> None:
    rows = pl.DataFrame(
        {
            "build": [entry["build"] for entry in listed],
            "built": [moment(entry["built_at"]) for entry in listed],
            "reason": [_reason(entry["reason"]) for entry in listed],
            "receipts": [len(entry["receipts"]) for entry in listed],
            "current_rows": [sum(entry["rows"].values()) for entry in listed],
            "content": [entry["content"][:_HASH_SHOWN] for entry in listed],
            "seconds": [entry["seconds"] for entry in listed],
            "state": [t(f"load.build.{_state(entry)}") for entry in listed],
        }
    )
    labels = {name: t(f"load.column.{name}") for name in rows.columns}
    table_with_export(rows, name=t("load.builds_name"), key="load_builds", labels=labels)


def _way_back(listed: Sequence[dict[str, Any]]) -> None:
    """Choose a build that holds something else than what counts now, and open the confirmation."""
    labels = {
        entry["build"]: t(
            "load.build_option",
            build=entry["build"],
            moment=moment(entry["built_at"]),
            receipts=len(entry["receipts"]),
        )
        for entry in listed
        if not entry["published"] or going_back(entry["build"]) != GoingBack((), ())
    }
    labels[EMPTY] = t("load.build_empty")
    # A new list of builds begins with its newest again: a choice made in another one is not carried over.
    in_force = next((entry["build"] for entry in listed if entry["published"]), EMPTY)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.selectbox(
            t("load.back_to"),
            list(labels),
            format_func=lambda number: labels.get(number, str(number)),
            key=f"load_back_to_{language()}_{listed[0]['build']}_{in_force}",
            help=t("load.back_help"),
        )
        pressed = st.button(t("load.back_button"), key="load_back")
    if pressed:
        st.dialog(
            t("load.confirm_title", build=chosen) if chosen else t("load.confirm_title_empty"), width="large"
        )(_confirm)(chosen, going_back(chosen))


def _confirm(to_build: int, shown: GoingBack) -> None:
    """The body of the dialog: which receipts go and come, then the two buttons."""
    known = receipts()
    if shown.withdrawn:
        st.markdown(t("load.confirm_withdrawn", count=len(shown.withdrawn)))
        _named(known, shown.withdrawn)
    if shown.taken_back:
        st.markdown(t("load.confirm_taken_back", count=len(shown.taken_back)))
        _named(known, shown.taken_back)
    if not (shown.withdrawn or shown.taken_back):
        st.markdown(t("load.confirm_nothing"))
    st.caption(t("load.confirm_note"))
    with st.container(horizontal=True, gap="small"):
        agreed = st.button(t("load.confirm_button"), type="primary", key="load_confirm")
        if st.button(t("load.confirm_keep"), key="load_keep"):
            st.rerun()
    if agreed:
        _go_back(to_build, shown)


def _named(known: pl.DataFrame, numbers: Sequence[int]) -> None:
    rows = receipt_rows(known.filter(pl.col("receipt_id").is_in(list(numbers)))).select(_NAMED)
    st.dataframe(
        rows.rename({name: t(f"load.column.{name}") for name in _NAMED}),
        hide_index=True,
        column_config={t("load.column.rows"): st.column_config.NumberColumn(format="localized")},
    )


def _go_back(to_build: int, shown: GoingBack) -> None:
    try:
        with loading(t("load.going_back")):
            done = go_back(to_build, shown)
    except ChangedError:
        error(t("load.changed"), t("load.changed_where"), t("load.changed_remedy"))
    except NoBuildError:
        error(t("load.no_such_build", build=to_build), t("load.changed_where"), t("load.changed_remedy"))
    except BuildError as failure:
        error(t("load.build_failed"), plain(str(failure)), t("load.back_failed_remedy"))
    else:
        st.session_state[_WENT_BACK] = {
            "to": to_build,
            "build": done.published.build,
            "withdrawn": tuple(done.withdrawn),
            "taken_back": tuple(done.taken_back),
        }
        st.rerun()


def _went_back(listed: Sequence[dict[str, Any]]) -> None:
    """What going back has done, as long as its build is in force."""
    done = st.session_state.get(_WENT_BACK)
    if not done or not any(entry["published"] and entry["build"] == done["build"] for entry in listed):
        return
    between = t("rule.list")
    st.success(
        t(
            "load.went_back" if done["to"] else "load.went_back_empty",
            to=done["to"],
            build=done["build"],
            withdrawn=between.join(map(str, done["withdrawn"])) or MISSING,
            taken_back=between.join(map(str, done["taken_back"])) or MISSING,
        )
    )


def _reason(reason: str) -> str:
    word, _, build = reason.partition(" to ")
    if build == str(EMPTY):
        return t("load.reason.rollback_empty")
    return t(f"load.reason.{word}", build=build) if build else t(f"load.reason.{word}")


def _state(entry: dict[str, Any]) -> str:
    if entry["published"]:
        return "published"
    return "kept" if entry["kept"] else "gone"
