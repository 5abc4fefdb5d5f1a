"""Publishing: what must be in order, the button that freezes the run, the manifest and the minutes."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from data.home import home
from data.manifest import Published
from data.readers import Reader
from pages.components.decide_reads import UnderReview
from pages.components.plain_text import plain
from pages.components.receipt_words import moment
from pages.components.states import error
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pages.components.work_reads import run_results
from pipelines.reports.minutes import minutes_bytes
from pipelines.workflow.decision import PublishedRun, publish
from pipelines.workflow.refusals import WorkflowError

_MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def publish_view(build: Published, by: Reader, found: UnderReview) -> None:
    """The list to go through, the button, and the run in force."""
    names = unit_names()
    open_ = [names[unit] for unit in found.graded if unit not in set(found.decided["province"])]
    waiting = [
        t("decide.review_of", unit=names[unit], seat=seat)
        for unit, seat in found.progress.filter(pl.col("submitted_at").is_null())
        .select("province", "panelist")
        .iter_rows()
    ]
    _item(bool(found.graded) and not open_, "decided", open_, must=True)
    _item(not waiting, "reviews", waiting, must=False)
    st.caption(t("decide.publish_note"))
    if st.button(
        t("decide.publish"),
        type="primary",
        key="decide_publish",
        disabled=bool(open_) or not found.graded,
    ):
        _publish(build, by, found)
    if found.run:
        _run(build, found, found.run)


def _publish(build: Published, by: Reader, found: UnderReview) -> None:
    appraisal, scheme = found.appraised.appraisal, found.appraised.scheme
    try:
        with st.spinner(t("decide.publishing")):
            publish(
                home(),
                by,
                appraisal,
                build=build.build,
                facts=build.content,
                scheme={"code": scheme.round, "sha256": scheme.version},
                seed=scheme.certainty.seed,
                scores=found.scores,
                decided=found.decided,
                results=run_results(build, by.scope, appraisal, found.scores),
                graded=frozenset(found.graded),
            )
    except WorkflowError as refused:
        error(t("decide.not_published"), plain(str(refused)), t("my_reviews.changed_remedy"))
        return
    st.rerun()


def _run(build: Published, found: UnderReview, run: PublishedRun) -> None:
    st.success(
        t(
            "decide.run",
            number=run.number,
            at=moment(run.at),
            build=run.build,
            inputs=run.inputs_sha256,
            manifest=run.manifest_sha256,
        )
    )
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("decide.manifest"),
            run.manifest,
            f"run_{found.appraised.appraisal.code}_{run.number}.json",
            "application/json",
            key="decide_manifest",
            on_click="ignore",
        )
        for kind, mime in _MIMES.items():
            st.download_button(
                t(f"decide.minutes_{kind}"),
                partial(minutes_bytes, run, kind, language(), synthetic=build.synthetic),  # type: ignore[arg-type]
                f"minutes_{found.appraised.appraisal.code}_{run.number}.{kind}",
                mime,
                key=f"decide_minutes_{kind}",
                on_click="ignore",
            )
    st.caption(t("decide.run_note"))


def _item(is_done: bool, word: str, rest: list[str], *, must: bool) -> None:
    mark = ":green-badge[✓]" if is_done else f":{'red' if must else 'orange'}-badge[{len(rest)}]"
    st.markdown(f"{mark} {t(f'decide.check.{word}')}")
    if rest:
        st.caption(t("rule.list").join(rest))
