"""Whether the two readers agree: one line, an alarm that names every difference, or that it is being read."""

from __future__ import annotations

import streamlit as st

from data.manifest import Published
from pages.components.numbers import exact
from pages.components.plain_text import plain
from pages.components.quality_words import check_rows, column_name, labels, rule_name, sample_rows
from pages.components.receipt_words import dataset_names, moment
from pages.components.states import error
from pages.components.twin import table_with_export
from pages.components.words import t
from pipelines.after_build import ensure_worker, failures, start_worker
from pipelines.quality import Quality

_STEP = "read_again"
_LOOK_EVERY_S = 2.0


def verdict(found: Quality) -> None:
    """One line when the readers agree, else the alarm."""
    counts = {"agreed": exact(found.agreed), "moment": moment(found.read_at)}
    if found.agrees:
        st.success(t("quality.agree", **counts), icon=":material/check_circle:")
        return
    differing = found.disagreements
    st.error(t("quality.differ", count=exact(differing.height), **counts), icon=":material/error:")
    for dataset, rule, column, _, first, second, _ in differing.iter_rows():
        said = {
            "dataset": dataset_names().get(dataset, dataset),
            "column": plain(column_name(dataset, column)),
            "rule": plain(rule_name(dataset, rule)),
            "first": exact(first),
        }
        if second is None:
            problem = found.problems.get((dataset, rule, column), t("quality.unknown_rule"))
            st.markdown(t("quality.difference_unasked", problem=plain(problem), **said))
        else:
            st.markdown(t("quality.difference", second=exact(second), **said))
    rows = check_rows(differing)
    table_with_export(
        rows, name=t("quality.differences_name"), key="quality_differences", labels=labels(rows)
    )
    samples = sample_rows(found)
    if samples.height:
        st.markdown(t("quality.samples"))
        table_with_export(
            samples, name=t("quality.samples_name"), key="quality_samples", labels=labels(samples)
        )


def waiting(build: Published) -> None:
    """Say that the second reader is at work, and draw the page again when it is done; or that it failed."""
    if ensure_worker(build, _STEP) == "failed":
        error(
            t("quality.failed", build=build.build),
            plain(failures(build).get(_STEP, "")),
            t("quality.failed_remedy"),
        )
        st.button(t("quality.try_again"), on_click=start_worker, type="primary", key="quality_again")
        return
    st.info(t("quality.reading", build=build.build), icon=":material/hourglass_top:")
    _look(build)


@st.fragment(run_every=_LOOK_EVERY_S)
def _look(build: Published) -> None:
    if ensure_worker(build, _STEP) != "working":
        st.rerun(scope="app")
