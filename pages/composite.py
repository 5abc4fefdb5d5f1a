"""Who leads in an index of weighted indicators, how firm is the rank, and where do the points come from?"""

from __future__ import annotations

import streamlit as st

from pages.components.composite_figures import index_figures
from pages.components.composite_files import example_buttons, given_tables, index_of
from pages.components.composite_views import index_view, reasons_view
from pages.components.figures import headline_figures
from pages.components.filters import carried
from pages.components.header import scope_line
from pages.components.links import Step, next_steps
from pages.components.states import empty
from pages.components.words import t

st.title(t("composite.title"), anchor=False)
scope = st.container()
given = given_tables()
with scope:
    scope_line(
        [t("composite.scope"), t("upload.private")],
        synthetic=given is not None and given.is_example,
        help=t("composite.scope_help"),
    )

if given is None:
    empty(t("composite.empty"), t("composite.first_step"))
    example_buttons()
    st.stop()
found = index_of(given)
if found is None:
    example_buttons()
    st.stop()

headline_figures(index_figures(given, found))
index_view(given, found)
reasons_view(given, found)
if given.is_example:
    example_buttons()

next_steps(
    [
        Step("appraisal_results", t("composite.next_appraisal"), carried("province")),
        Step("efficiency", t("composite.next_efficiency")),
        Step("allocate", t("composite.next_allocate")),
    ]
)
