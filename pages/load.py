"""Is a file fit to be loaded, and what does loading it change?"""

from __future__ import annotations

import streamlit as st

from pages.components.build_list import build_list
from pages.components.facts import facts_parts, published_build, reader_scope, watch_build
from pages.components.header import scope_line
from pages.components.links import Step, next_steps
from pages.components.load_files import check_files, file_inputs, files_table, findings_of
from pages.components.load_run import load_panel, loaded_files
from pages.components.receipt_table import receipt_table
from pages.components.words import t
from pipelines.receipt_list import receipts

build, received = published_build(), receipts()
st.title(t("load.title"), anchor=False)
scope_line(
    [*(facts_parts(build) if build else [t("facts.none")]), t("load.kept")],
    synthetic=build is not None and build.synthetic,
)
files, dataset = file_inputs()
if files:
    handed = check_files(files, dataset, received)
    loaded_files(handed, received, build, reader_scope())
    if len(handed) > 1:
        files_table(handed)
        load_panel(handed, dataset, received)
        findings_of(handed)
    else:
        findings_of(handed)
        load_panel(handed, dataset, received)
else:
    st.caption(t("load.how"))

of_receipts, of_builds = st.tabs(
    [t("load.receipts", count=received.height), t("load.builds")], key="load_tabs"
)
with of_receipts:
    receipt_table(received)
with of_builds:
    build_list()

next_steps(
    [
        Step("quality", t("load.next_quality")),
        Step("overview", t("load.next_overview")),
        Step("methods", t("load.next_methods")),
    ]
)
watch_build(build)
