"""Filters whose value lives in the address, so that a link restores the view.

Codes go into the address, never labels: a link works in both languages. Identifiers and answers never go there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import streamlit as st

from data.words import LANGUAGES
from pages.components.words import language


def choice(
    name: str,
    options: Sequence[str],
    *,
    label: str,
    show: Callable[[str], str],
    default: str,
    as_buttons: bool = False,
) -> str:
    """A choice among codes, kept in the address under ``name`` unless it is the default; returns the code."""
    current = chosen(name, options, default)
    key = _widget_key(name)
    # What the widget held on another page gives way to the address; a click was kept before this run began.
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    # Read now: whoever asks for a label later may do so outside the reader's run, in another language.
    labels = {code: show(code) for code in options}
    arguments = {
        "format_func": labels.__getitem__,
        "key": key,
        "on_change": _keep,
        "args": (name, key, default, tuple(options)),
    }
    if as_buttons:
        st.segmented_control(label, options, required=True, **arguments)
    else:
        st.selectbox(label, options, **arguments)
    return current


def switch(name: str, *, label: str, default: bool = False, help: str | None = None) -> bool:  # noqa: A002
    """A yes/no filter, kept in the address as ``name=1`` or ``name=0`` unless it is the default."""
    codes = {"1": True, "0": False}
    standard = "1" if default else "0"
    current = codes[chosen(name, list(codes), standard)]
    key = _widget_key(name)
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    st.toggle(label, key=key, help=help, on_change=_keep_switch, args=(name, key, default))
    return current


def day(name: str, *, label: str, default: dt.date, help: str | None = None) -> dt.date:  # noqa: A002
    """A date, kept in the address as ``name=2025-09-01`` unless it is the default; an impossible date is ignored."""
    asked = _as_day(st.query_params.get(name)) or _as_day(st.session_state.get(_memory_key(name)))
    current = asked or default
    # The default may follow another filter: then the widget is a new one.
    key = f"{_widget_key(name)}_{default.isoformat()}"
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    st.date_input(
        label,
        key=key,
        format="YYYY-MM-DD",
        help=help,
        on_change=_keep_day,
        args=(name, key, default.isoformat()),
    )
    if asked and asked != default:
        _set(name, asked.isoformat(), default.isoformat())
    return current


def put(name: str, value: str, default: str) -> None:
    """Set a filter from a button's callback; its widgets follow, in whichever language they were drawn."""
    for code in LANGUAGES:
        st.session_state.pop(_widget_key(name, code), None)
    _set(name, value, default)


def chosen(name: str, options: Sequence[str], default: str) -> str:
    """The code in force: the address's, else what was chosen earlier in this session, else the default.

    An unknown code in an address is ignored.
    """
    for asked in (st.query_params.get(name), st.session_state.get(_memory_key(name))):
        if asked in options:
            st.session_state[_memory_key(name)] = asked
            if asked != default and st.query_params.get(name) != asked:
                st.query_params[name] = asked
            return asked
    return default


def carried(*names: str) -> dict[str, str]:
    """The filters of ``names`` that are set, for links that carry the view to another page."""
    return {name: value for name in names if (value := st.query_params.get(name))}


def _keep(name: str, key: str, default: str, options: Sequence[str]) -> None:
    # A browser that answers with a label that has changed meanwhile gives the label itself, which is no code.
    if (picked := st.session_state[key]) in options:
        _set(name, picked, default)


def _keep_switch(name: str, key: str, default: bool) -> None:
    _set(name, "1" if st.session_state[key] else "0", "1" if default else "0")


def _keep_day(name: str, key: str, default: str) -> None:
    picked = st.session_state[key]
    _set(name, picked.isoformat() if picked else default, default)


def _as_day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _set(name: str, value: str, default: str) -> None:
    st.session_state[_memory_key(name)] = value
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def _memory_key(name: str) -> str:
    return f"filter_{name}"


def _widget_key(name: str, code: str = "") -> str:
    # The browser holds the shown label of a choice; in the other language that label does not exist.
    return f"filter_{name}_{code or language()}"
