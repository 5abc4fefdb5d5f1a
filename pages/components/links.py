"""What to do next: links to other pages that carry the filters of this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from pages.components.words import PARAMETER, t

_PAGES = Path(__file__).parent.parent
_OFFERED = "offered_pages"


@dataclass(frozen=True)
class Step:
    """A link: the page's file stem, the words, the filters it carries."""

    page: str
    label: str
    carries: Mapping[str, str] = field(default_factory=dict)


def offer_pages(stems: Iterable[str]) -> None:
    """Say which pages this reader has; the frame calls it once a run, before the page."""
    st.session_state[_OFFERED] = frozenset(stems)


def next_steps(steps: Sequence[Step]) -> None:
    """Draw the links in one line that wraps; a page this reader does not have is left out."""
    offered = st.session_state.get(_OFFERED, frozenset())
    steps = [step for step in steps if step.page in offered]
    if not steps:
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.markdown(f"**{t('next.title')}**", width="content")
        for step in steps:
            language = st.query_params.get(PARAMETER)
            carried = {**step.carries, **({PARAMETER: language} if language else {})}
            st.page_link(
                _PAGES / f"{step.page}.py", label=f":primary[{step.label}]", query_params=carried or None
            )
