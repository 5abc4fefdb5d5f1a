"""Is a file fit to be loaded, and what does loading it change?"""

from __future__ import annotations

import streamlit as st

from pages.components.build_list import build_list
from pages.components.facts import facts_parts, published_build, reader_scope, watch_build
from pages.components.filters import choice
from pages.components.header import scope_line
from pages.components.links import Step, next_steps
from pages.components.load_lists import load_lists_part
from pages.components.load_names import load_names_part
from pages.components.load_run import load_files_part
from pages.components.receipt_table import receipt_table
from pages.components.words import t
from pipelines.receipt_list import receipts

FILES, LISTS, NAMES = "files", "lists", "names"

build, received = published_build(), receipts()
st.title(t("load.title"), anchor=False)
scope_line(
    [*(facts_parts(build) if build else [t("facts.none")]), t("load.kept")],
    synthetic=build is not None and build.synthetic,
)
kinds = {kind: t(f"title_lists.kind.{kind}") for kind in (FILES, LISTS)} | {NAMES: t("names.kind")}
kind = choice(
    "kind",
    list(kinds),
    label=t("title_lists.kind_label"),
    show=kinds.__getitem__,
    default=FILES,
    as_buttons=True,
)
if kind == LISTS:
    load_lists_part(build, reader_scope())
elif kind == NAMES:
    load_names_part(build, reader_scope())
else:
    load_files_part(received, build, reader_scope())

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
        Step("methods", t("load.next_methods"), {"tier": "contract"}),
    ]
)
watch_build(build)
