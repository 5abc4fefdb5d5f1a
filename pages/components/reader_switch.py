"""Who reads: the reader of this run, the pages they have, and the switch between roles on one machine.

Nobody signs in here, and the switch says so. The reader of a view is, in this order: the address's ``as``, what was
chosen in this session, the operator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from data.readers import OPERATOR, ROLES, SEATS, Reader, reader_of, unit_codes
from pages.components.unit_map import unit_names
from pages.components.words import language, t

PARAMETER = "as"
_CHOSEN = "chosen_reader"

# Sections and single pages of each role; whoever is not listed has them all.
_HAS: Mapping[str, tuple[str, ...]] = {
    "ministry": ("ministry", "firms_to_move_up", "calculators", "data"),
    "finance": (
        "overview", "provinces", "target_progress", "programme", "funds", "efficiency", "appraisal_results", "allocate",
        "quality", "methods", "policy",
    ),
    "province": ("province", "calculators", "methods", "policy"),
    "panelist": ("my_reviews", "methods", "policy"),
    "chair": ("decide", "appraisal_results", "methods", "policy"),
}  # fmt: skip


def reader() -> Reader:
    """The reader of this run."""
    asked = reader_of(st.query_params.get(PARAMETER)) or reader_of(st.session_state.get(_CHOSEN))
    return asked or OPERATOR


def keep_reader() -> Reader:
    """Remember the reader of this run and keep them in the address; call once a run, before the pages are offered."""
    current = reader()
    st.session_state[_CHOSEN] = current.code
    # Moving to another page clears the address; the reader goes along.
    if current != OPERATOR and st.query_params.get(PARAMETER) != current.code:
        st.query_params[PARAMETER] = current.code
    return current


def pages_of(by: Reader, sections: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The sections with the pages that this reader has, in their order; empty sections are left out."""
    listed = _HAS.get(by.role)
    if listed is None:
        return {section: list(stems) for section, stems in sections.items() if stems}
    own = {
        section: [stem for stem in stems if section in listed or stem in listed]
        for section, stems in sections.items()
    }
    first = {"province": "province", "panelist": "panel", "chair": "panel"}.get(by.role, "ministry")
    order = sorted(own, key=lambda section: section != first)
    return {section: own[section] for section in order if own[section]}


def reader_switch(by: Reader) -> None:
    """The switch of the sidebar: the role, and for whom it is held."""
    roles = {role: t(f"reader.role.{role}") for role in ROLES}
    _choice("role", roles, by.role, t("reader.label"), t("reader.help"))
    if by.role == "province":
        _choice("unit", unit_names(programme=True), by.unit or "", t("reader.unit"))
    if by.role == "panelist":
        seats = {str(seat): t("reader.seat_of", seat=seat) for seat in range(1, SEATS + 1)}
        _choice("seat", seats, str(by.seat), t("reader.seat"))


def become(by: Reader) -> None:
    """Be another reader from the next run on; for a button's callback."""
    st.session_state[_CHOSEN] = by.code
    for part in ("role", "unit", "seat"):
        for code in ("zh", "en"):
            st.session_state.pop(f"reader_{part}_{code}", None)
    if by == OPERATOR:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = by.code


def _choice(part: str, labels: Mapping[str, str], current: str, label: str, help: str | None = None) -> None:  # noqa: A002
    key = f"reader_{part}_{language()}"
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    arguments: dict[str, Any] = {"on_change": _switched, "args": (part, key)}
    st.selectbox(label, list(labels), format_func=labels.__getitem__, key=key, help=help, **arguments)


def _switched(part: str, key: str) -> None:
    picked = st.session_state[key]
    if part == "unit":
        become(Reader("province", unit=picked))
    elif part == "seat":
        become(Reader("panelist", seat=int(picked)))
    elif picked == "province":
        become(Reader("province", unit=unit_codes()[0]))
    else:
        become(Reader(picked, seat=1 if picked == "panelist" else None))
