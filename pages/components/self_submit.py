"""What must and should be in order before a self-evaluation is handed in; handing in; and what is locked after."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from data.home import home
from data.manifest import Published
from data.readers import Reader
from pages.components.plain_text import plain
from pages.components.receipt_words import moment
from pages.components.self_form import compared_values, deviation, system_values
from pages.components.states import error, locked
from pages.components.words import t
from pages.components.work_proofs import names
from pages.components.work_reads import Appraised
from pipelines.build import BuildError
from pipelines.workflow.handed_in import enter_pending, pending
from pipelines.workflow.refusals import ConflictError, WorkflowError
from pipelines.workflow.self_evaluation import SelfEvaluation, submit


@dataclass(frozen=True)
class Gaps:
    """Indicators, by name: without own points, differing without an explanation, with incomplete data."""

    unfilled: list[str]
    unexplained: list[str]
    uncertain: list[str]


def gaps_of(found: Appraised, standing: SelfEvaluation) -> Gaps:
    """What is not in order yet; what does not apply is never a gap."""
    known, system = names(found), compared_values(found, standing)
    applying = {
        code: state
        for code, state in found.nodes.filter(level="indicator").select("code", "state").iter_rows()
        if state != "not_applicable"
    }
    judged = set(found.scheme.judged)
    return Gaps(
        [known[code] for code in applying if standing.entry(code).value is None],
        [
            known[code]
            for code in applying
            if deviation(system.get(code), standing.entry(code)) is not None
            and not standing.entry(code).explanation
        ],
        [known[code] for code in applying if system.get(code) is None and code not in judged],
    )


def standing_banner(standing: SelfEvaluation) -> None:
    """That it is locked, by what rule and until when; or that it was returned, and why."""
    if standing.state == "submitted" and standing.handed_in:
        done = standing.handed_in
        locked(
            t("self_evaluation.lock_rule", number=done.number, at=moment(done.at)),
            t("self_evaluation.lock_until"),
        )
    if standing.state == "returned":
        st.warning(t("self_evaluation.returned", reason=plain(standing.returned)))


def submit_panel(build: Published, by: Reader, found: Appraised, standing: SelfEvaluation) -> None:
    """The list to go through, and the button; after handing in, the receipt."""
    if standing.state == "submitted" and standing.handed_in:
        _receipt(standing)
        return
    gaps = gaps_of(found, standing)
    _item(not gaps.unexplained, "explained", gaps.unexplained, must=True)
    _item(not gaps.unfilled, "filled", gaps.unfilled, must=False)
    _item(not gaps.uncertain, "certain", gaps.uncertain, must=False)
    st.caption(t("self_evaluation.submit_note", build=build.build))
    if st.button(
        t("self_evaluation.submit"),
        type="primary",
        key="self_submit",
        disabled=bool(gaps.unexplained) or not standing.entries,
        help=None if standing.entries else t("self_evaluation.nothing_yet"),
    ):
        st.dialog(t("self_evaluation.confirm_title"))(_confirm)(build, by, found, standing, gaps)


def _confirm(build: Published, by: Reader, found: Appraised, standing: SelfEvaluation, gaps: Gaps) -> None:
    st.markdown(t("self_evaluation.confirm", open=len(gaps.unfilled), all=len(names(found))))
    if not st.button(t("self_evaluation.confirm_button"), type="primary", key="self_confirm"):
        return
    seen = {entry.indicator: entry.version for entry in standing.entries.values()}
    try:
        with st.spinner(t("self_evaluation.submitting")):
            submit(
                home(),
                by,
                found.appraisal,
                system_values(found),
                seen=seen,
                build=build.build,
                synthetic=build.synthetic,
            )
    except ConflictError as conflict:
        name = names(found).get(conflict.current.indicator, conflict.current.indicator)
        error(t("self_evaluation.changed"), name, t("self_evaluation.changed_remedy"))
        return
    except BuildError as failure:
        error(t("self_evaluation.not_entered"), plain(str(failure)), t("self_evaluation.not_entered_remedy"))
        return
    except WorkflowError as refused:
        error(t("self_evaluation.refused"), plain(str(refused)), t("self_evaluation.changed_remedy"))
        return
    st.rerun()


def _receipt(standing: SelfEvaluation) -> None:
    done = standing.handed_in
    if done is None:
        return
    st.success(
        t(
            "self_evaluation.receipt",
            number=done.number,
            at=moment(done.at),
            build=done.build,
            sha256=done.sha256,
        )
    )
    if any(number == done.number for number, *_ in pending(home())):
        st.warning(t("self_evaluation.pending"))
        if st.button(t("self_evaluation.enter"), key="self_enter"):
            enter_pending(home())
            st.rerun()


def _item(is_done: bool, word: str, rest: list[str], *, must: bool) -> None:
    mark = ":green-badge[✓]" if is_done else f":{'red' if must else 'orange'}-badge[{len(rest)}]"
    st.markdown(f"{mark} {t(f'self_evaluation.check.{word}')}")
    if rest:
        st.caption(t("rule.list").join(rest))
