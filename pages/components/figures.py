"""The headline figures of a page: at most four cards, each with unit, change since a named date, and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.proof import Proof, proof_button

AT_MOST = 4


@dataclass(frozen=True)
class Figure:
    """One headline figure.

    ``label`` carries the unit; ``value`` is the rounded text, ``exact`` what the hover shows; ``change`` and
    ``since`` are the change and its named date; ``remark`` and ``detail`` are two
    short lines under it (a share, a condition, a reason).
    """

    key: str
    label: str
    value: str
    proof: Proof
    exact: str = ""
    change: str = ""
    since: str = ""
    remark: str = ""
    detail: str = ""


def headline_figures(figures: Sequence[Figure]) -> None:
    """Draw the cards in a row; they wrap on a narrow screen."""
    if len(figures) > AT_MOST:
        raise ValueError(f"{len(figures)} headline figures; a page shows at most {AT_MOST}.")
    for column, figure in zip(st.columns(len(figures), gap="small"), figures, strict=True):
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            _card(figure)


def _card(figure: Figure) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall", wrap=False):
        st.metric(
            figure.label,
            figure.value,
            figure.change or None,
            delta_color="off",
            delta_arrow="off",
            delta_description=figure.since or None,
            help=figure.exact or None,
        )
        proof_button(figure.proof, figure.key)
    below = [line for line in (figure.remark, figure.detail) if line]
    if below:
        st.caption("  \n".join(below))
