"""How did the provinces do in the yearly appraisal, how sure is it, and which firms go on?"""

from __future__ import annotations

import streamlit as st

from pages.components.appraisal_figures import headline_of
from pages.components.appraisal_reads import assessed, opens_first, shown
from pages.components.appraisal_views import lists_view, unit_view, units_view
from pages.components.facts import published_build, reader_scope, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import carried, choice
from pages.components.header import title_with_filters
from pages.components.links import Step, next_steps
from pages.components.numbers import iso
from pages.components.reader_switch import reader
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import t
from pages.components.work_frame import (
    appraisal_filter,
    appraisals_or_stop,
    chosen_appraisal,
    work_scope,
)

build, scope = published_build(), reader_scope()
watch_build(build)
build, offered = appraisals_or_stop(build, reader(), t("results.title"))
(code,) = title_with_filters(t("results.title"), lambda: appraisal_filter(offered, opens_first(offered)))
with loading(t("work.loading")):
    found = shown(build, scope, chosen_appraisal(code))
    listed = assessed(build, scope, found.appraisal)
work_scope(build, found.found, t("results.scope_units", units=found.units.height))
if found.units.is_empty():
    empty(t("results.nobody"), t("work.no_appraisal_step"))
    st.stop()

if found.run is None:
    st.info(t("results.preview"))
else:
    run = {"number": found.run.number, "day": iso(found.run.at.astimezone().date()), "build": found.run.build}
    st.success(t("results.published", **run, sha=found.run.manifest_sha256[:8]))
    if not found.is_current:
        st.warning(t("results.changed_since"))
headline_figures(headline_of(found, listed))
units_view(found)
units = found.units["province"].to_list()
place = choice("province", units, label=t("results.unit"), show=unit_names().__getitem__, default=units[0])
unit_view(found, place)
lists_view(found, listed)

next_steps(
    [
        Step("decide", t("results.next_decide"), carried("appraisal")),
        Step("allocate", t("results.next_allocate"), carried("appraisal")),
        Step("funds", t("results.next_funds"), carried("province")),
        Step("provinces", t("results.next_provinces"), carried("province")),
    ]
)
