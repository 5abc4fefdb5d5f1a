"""The reader's language, and the words in it.

The language of a view is, in this order: the link's ``lang``, what this reader chose in this session, the browser's.
"""

from __future__ import annotations

import threading

import streamlit as st

from data import words
from pages.components.frame import stand_in_frame

PARAMETER = "lang"
_CHOSEN = "chosen_language"
_SWITCH = "language_switch"
_OWN_NAMES = {"zh": "中文", "en": "English"}

# A view asks for its language a thousand times, and the address answers slowly. A session's runs have a thread of
# their own, and the frame settles the language at the head of each.
_RUN = threading.local()


def language() -> str:
    """The code of the language to show: ``zh`` or ``en``."""
    return getattr(_RUN, "language", None) or _language_asked()


def _language_asked() -> str:
    stand_in_frame()
    asked = st.query_params.get(PARAMETER)
    if asked in words.LANGUAGES:
        return asked
    chosen = st.session_state.get(_CHOSEN)
    if chosen in words.LANGUAGES:
        return chosen
    # Without a browser (exports, tests) there is no locale; the programme's own language is Chinese.
    locale = st.context.locale or "zh"
    return "zh" if locale.lower().startswith("zh") else "en"


def t(key: str, **params: object) -> str:
    """The word for ``key`` in the reader's language; see `data.words.text`."""
    return words.text(key, language(), **params)


def both(labels: object) -> str:
    """The reader's language out of anything that carries ``zh`` and ``en``: a mapping, or a model's two fields."""
    code = language()
    return labels[code] if isinstance(labels, dict) else getattr(labels, code)


def keep_language() -> str:
    """Remember the language of this run and keep it in the address; call once a run, before any word."""
    current = _RUN.language = _language_asked()
    if st.query_params.get(PARAMETER) == current or st.session_state.get(_CHOSEN) == current:
        st.session_state[_CHOSEN] = current
        # Moving to another page clears the address; a chosen language goes along.
        if st.query_params.get(PARAMETER) != current:
            st.query_params[PARAMETER] = current
    return current


def language_switch() -> None:
    """The switch between the languages, each under its own name."""
    st.segmented_control(
        t("app.language"),
        words.LANGUAGES,
        default=language(),
        format_func=_OWN_NAMES.__getitem__,
        key=_SWITCH,
        required=True,
        label_visibility="collapsed",
        on_change=_switched,
    )


def _switched() -> None:
    chosen = _RUN.language = st.session_state[_SWITCH]
    st.session_state[_CHOSEN] = chosen
    st.query_params[PARAMETER] = chosen
