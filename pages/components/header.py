"""The head of every page: a one-line title in the reader's words, and the scope the figures hold for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages.components.words import t

_BETWEEN = "  ·  "
_TITLE_SHARE = 3.4


def title_with_filters(title: str, *filters: Callable[[], str]) -> tuple[str, ...]:
    """The title with the page's filters at its right; returns what each filter gives. Then call `scope_line`."""
    head, side = st.columns([_TITLE_SHARE, len(filters)], vertical_alignment="bottom", gap="small")
    head.title(title, anchor=False)
    values = []
    for place, draw in zip(side.columns(len(filters), gap="small", wrap=False), filters, strict=True):
        with place:
            values.append(draw())
    return tuple(values)


def scope_line(parts: Sequence[str], *, synthetic: bool = False, help: str = "") -> None:  # noqa: A002
    """Province, tier, as-of, data build, basis, source marks; synthetic data is always marked."""
    shown = [part for part in parts if part]
    if synthetic:
        shown.insert(0, f":orange-badge[{t('app.synthetic')}]")
    if shown:
        st.caption(_BETWEEN.join(shown), help=help or None)


def section(title: str, subtitle: str = "") -> None:
    """A heading inside a page; the subtitle names the denominator or the basis."""
    st.subheader(title, anchor=False)
    if subtitle:
        st.caption(subtitle)
