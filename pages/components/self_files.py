"""The files of a self-evaluation: the template and what comes back filled in, errors marked; and the report."""

from __future__ import annotations

import hashlib
from functools import partial

import streamlit as st

from data.dataset import WORKBOOKS
from data.home import home
from data.manifest import Published
from data.readers import Reader
from pages.components.facts import facts_for_export
from pages.components.findings_panel import acceptance, refusal
from pages.components.plain_text import plain
from pages.components.prefilled import workbook_buttons
from pages.components.receipt_words import dataset_names
from pages.components.states import error
from pages.components.upload import MOST_MEGABYTES, Upload
from pages.components.words import language, t
from pages.components.work_reads import Appraised
from pipelines.build import BuildError
from pipelines.intake.check import Checked
from pipelines.load_uploads import load_uploads
from pipelines.reports.self_evaluation_content import report_content
from pipelines.reports.self_evaluation_report import report_bytes
from pipelines.self_evaluation_template import facts_of as own_facts
from pipelines.uploads import check_upload
from pipelines.workflow.own_rows import others_rows
from pipelines.workflow.self_evaluation import SelfEvaluation

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_REPORTS = {"docx": _DOCX, "pdf": "application/pdf"}
_SHOWN = 8


def template_in_and_out(found: Appraised, standing: SelfEvaluation) -> None:
    """The template with what is known filled in, and the uploader for what comes back."""
    unit = standing.province
    for name in WORKBOOKS:
        st.markdown(t(f"load.workbook.{name}"))
        workbook_buttons(name, unit, found.appraisal, "self_template")
    st.caption(t("self_evaluation.template_note"))
    if standing.state == "submitted":
        st.caption(t("self_evaluation.no_upload"))
        return
    given = st.file_uploader(
        t("self_evaluation.upload"),
        key="self_upload",
        help=t("load.upload_help"),
        max_upload_size=MOST_MEGABYTES,
    )
    if given is not None:
        content = given.getvalue()
        _handed(Upload(given.name, content, hashlib.sha256(content).hexdigest()), unit)


def report_buttons(build: Published, by: Reader, found: Appraised, standing: SelfEvaluation) -> None:
    """The report in Word and PDF, made when it is asked for."""
    with st.container(horizontal=True, gap="small"):
        for kind, mime in _REPORTS.items():
            for code in sorted(("zh", "en"), key=lambda code: code != language()):
                st.download_button(
                    t(f"self_evaluation.report.{kind}_{code}"),
                    partial(_report, build, by, found, standing.province, kind, code),
                    f"self_evaluation_{standing.province}_{found.appraisal.code}_{code}.{kind}",
                    mime,
                    key=f"self_report_{kind}_{code}",
                    on_click="ignore",
                )
    st.caption(t("self_evaluation.report_note"))


def _handed(given: Upload, unit: str) -> None:
    """What the check says of the file; where nothing blocks, the button that loads it."""
    with st.spinner(t("load.checking", file=plain(given.name), number=1, count=1)):
        checked = _checked(given.digest, given.name, given.content)
    if not checked.accepted:
        refusal(given, checked, "load.refused")
        return
    strange = others_rows(checked, own_facts(unit), unit)
    if strange.height:
        titles = dataset_names()
        places = [
            t("self_evaluation.row_of", dataset=titles[name], row=row)
            for name, row in strange.select("dataset", "row_no").head(_SHOWN).iter_rows()
        ]
        error(
            t("self_evaluation.others_rows", count=strange.height),
            t("rule.semicolon").join(places),
            t("self_evaluation.others_remedy"),
        )
        return
    acceptance(given, checked)
    if not st.button(t("load.button"), type="primary", key="self_load"):
        return
    try:
        with st.spinner(t("load.starting")):
            load_uploads([(given.name, given.content)], None)
    except BuildError as failure:
        error(t("load.build_failed"), plain(str(failure)), t("load.build_failed_remedy"))
        return
    st.session_state["self_loaded"] = given.name
    st.rerun()


def _report(build: Published, by: Reader, found: Appraised, unit: str, kind: str, code: str) -> bytes:
    facts = facts_for_export(build, by.scope)
    content = report_content(home(), facts, by, found.appraisal, unit, code)
    return report_bytes(content, kind, code)  # type: ignore[arg-type]


# Kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def _checked(digest: str, name: str, _content: bytes) -> Checked:  # noqa: ARG001 - the cache goes by it
    return check_upload(name, _content, None)
