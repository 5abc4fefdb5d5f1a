"""What a page says when it cannot show a figure: empty, error, locked, loading."""

from __future__ import annotations

import streamlit as st

from pages.components.words import t


def empty(reason: str, first_step: str = "") -> None:
    """Why there is nothing, and the first step to change that."""
    lines = [t("state.empty", reason=reason)]
    if first_step:
        lines.append(t("state.first_step", step=first_step))
    st.info("\n\n".join(lines))


def error(what: str, where: str, remedy: str) -> None:
    """What is wrong, where, and what to do."""
    st.error("\n\n".join([t("state.error", what=what, where=where), t("state.remedy", remedy=remedy)]))


def locked(rule: str, until: str) -> None:
    """By what rule something cannot be changed, and until when."""
    st.warning(t("state.locked", rule=rule, until=until))


def loading(what: str):  # noqa: ANN201 - Streamlit does not export the type of its spinner
    """A context manager that says what is being read."""
    return st.spinner(t("state.loading", what=what))
