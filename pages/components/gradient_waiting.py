"""The state between a build and what is computed for it: said, looked after, and left by itself."""

from __future__ import annotations

import streamlit as st

from data.manifest import Published
from pages.components.numbers import exact
from pages.components.states import error
from pages.components.words import t
from pipelines.after_build import ensure_worker, failures, start_worker

_LOOK_EVERY_S = 2.0


def waiting(build: Published, step: str) -> None:
    """Say that something is being computed for a build, and draw the page again when it is there.

    ``step`` is the worker's step that the page needs: write_names or write_scores.
    """
    if ensure_worker(build, step) == "failed":
        error(
            t("gradient.failed", build=build.build),
            failures(build).get(step, ""),
            t("gradient.failed_remedy"),
        )
        st.button(t("gradient.try_again"), on_click=start_worker, type="primary")
        return
    firms = max(build.rows.get("annual_returns", 0), build.rows.get("enterprises", 0))
    st.info(t(f"gradient.waiting.{step}", build=build.build, rows=exact(firms)))
    _look(build, step)


@st.fragment(run_every=_LOOK_EVERY_S)
def _look(build: Published, step: str) -> None:
    if ensure_worker(build, step) != "working":
        st.rerun(scope="app")
