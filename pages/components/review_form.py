"""The form of the judged indicators, generated from the scheme: each score saved as it is left, blind till then."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import polars as pl
import streamlit as st

from data.appraisals import Appraisal
from data.home import home
from data.readers import Reader
from pages.components.filters import put
from pages.components.header import section
from pages.components.left_fields import save_left_fields, show_field, take_theirs
from pages.components.numbers import exact
from pages.components.plain_text import plain
from pages.components.receipt_words import moment
from pages.components.states import error, locked
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import both, t
from pages.components.work_proofs import names, weight_said
from pages.components.work_reads import Appraised
from pipelines.workflow.panel import WHOLE, Review, Score, save_score, scores_visible, submit_scores
from pipelines.workflow.refusals import IncompleteError, WorkflowError

_HEIGHT, _PLACES, _HASH = 80, 2, 16


def form(by: Reader, found: Appraised, own: Review) -> None:
    """A field for each indicator that the panel judges."""
    for code in found.scheme.judged:
        node = found.nodes.filter(pl.col("code") == code).row(0, named=True)
        with st.container(border=True, gap="small"):
            weight = weight_said(node["weight_used"])
            indicator = found.scheme.indicator(code)
            st.markdown(
                f"**{both(indicator)}** {t('self_evaluation.weight', weight=weight)}",
                help=f"{indicator.source.document} {both(indicator.source)}",
            )
            st.caption(both(indicator.formula))
            if own.number is not None:
                _kept(own.score(code), node["weight_used"])
            else:
                _field(by, found.appraisal, own, code)


def lock_banner(own: Review, following: str | None, default: str) -> None:
    """The receipt of a review that is handed in, by what rule it is locked, and the way to the next one.

    ``following``: the next province that waits, None where none does; ``default``: the page's first province.
    """
    if own.submitted_at is None:
        return
    st.success(
        t("my_reviews.receipt", number=own.number, at=moment(own.submitted_at), hash=own.sha256[:_HASH]),
        icon=":material/receipt_long:",
    )
    locked(
        t("my_reviews.lock_rule", number=own.number, at=moment(own.submitted_at)), t("my_reviews.lock_until")
    )
    if following is None:
        st.caption(t("my_reviews.all_done"))
        return
    st.button(
        t("my_reviews.next", unit=unit_names()[following]),
        key="review_next",
        type="primary",
        on_click=put,
        args=("unit", following, default),
    )


def submit_panel(by: Reader, found: Appraised, own: Review) -> None:
    """The button that hands in and locks, with what is not done and what lacks its reason."""
    if own.number is not None:
        return
    judged, known = found.scheme.judged, names(found)
    not_done = [known[code] for code in judged if own.score(code).value is None]
    if not_done:
        st.caption(t("my_reviews.not_done", names=t("rule.list").join(not_done)))
    if st.button(t("my_reviews.submit"), type="primary", key="review_submit"):
        seen = {code: own.score(code).version for code in judged}
        try:
            submit_scores(home(), by, found.appraisal, own.province, judged, seen=seen)
        except IncompleteError as refused:
            lacking = t("rule.list").join(known.get(code, code) for code in refused.fields)
            word = "no_reason" if refused.fields else "nothing_yet"
            error(
                t(f"my_reviews.{word}"), lacking or t("my_reviews.whole_form"), t(f"my_reviews.{word}_remedy")
            )
            return
        except WorkflowError as refused:
            error(t("self_evaluation.refused"), plain(str(refused)), t("my_reviews.changed_remedy"))
            return
        # What was handed in stays in view; by itself the page would go on to the next province that waits.
        st.query_params["unit"] = own.province
        st.rerun()


def colleagues(by: Reader, found: Appraised, own: Review) -> None:
    """The other panelists' scores of the province, once one's own are handed in."""
    if own.number is None:
        st.caption(t("my_reviews.blind"))
        return
    seen = scores_visible(home(), by, found.appraisal, own.province)
    others = seen.filter(pl.col("panelist") != own.seat)
    section(t("my_reviews.colleagues_title"))
    if others.is_empty():
        st.caption(t("my_reviews.no_colleagues"))
        return
    table_with_export(
        others.select(
            indicator=pl.col("indicator").replace(names(found)),
            seat="panelist",
            score=pl.col("score").cast(pl.Float64),
            reason="reason",
        ),
        name=f"scores_{own.province}",
        key=f"colleagues_{own.province}",
        labels={name: t(f"work.column.{name}") for name in ("indicator", "seat", "score", "reason")},
    )


def _kept(score: Score, weight: float) -> None:
    if score.value is None:
        st.markdown(t("my_reviews.was_not_done"))
        return
    points = exact(round(float(score.value) * weight / float(WHOLE), _PLACES))
    st.markdown(t("my_reviews.kept", score=exact(score.value), points=points))
    st.text(score.reason or "—")


def _field(by: Reader, appraisal: Appraisal, own: Review, code: str) -> None:
    score = own.score(code)
    key = f"review_{appraisal.code}_{own.province}_{by.seat}_{code}"
    number = None if score.value is None else float(score.value)
    saving = partial(_save, by, appraisal, own.province, code)
    field = show_field(key, score.version, number, score.reason, saving)
    narrow, wide = st.columns([1, 2.2], gap="medium")
    with narrow:
        st.number_input(
            t("my_reviews.score"),
            min_value=0.0,
            max_value=float(WHOLE),
            step=1.0,
            format="%g",
            key=f"{key}_value",
            help=t("my_reviews.score_help"),
            on_change=save_left_fields,
        )
    with wide:
        st.text_area(
            t("my_reviews.reason"),
            key=f"{key}_said",
            height=_HEIGHT,
            max_chars=2000,
            on_change=save_left_fields,
        )
    if field.wrong:
        st.error(t("self_evaluation.not_saved", why=field.wrong))
    current: Score | None = field.conflict
    if current is not None and current.saved_at is not None:
        st.error(
            t(
                "my_reviews.conflict",
                at=moment(current.saved_at),
                score=exact(current.value),
                reason=current.reason or "—",
            )
        )
        st.button(t("self_evaluation.take_theirs"), key=f"{key}_theirs", on_click=take_theirs, args=(key,))


def _save(
    by: Reader, appraisal: Appraisal, province: str, code: str, seen: int, number: float | None, said: str
) -> int:
    score = None if number is None else Decimal(str(number))
    return save_score(home(), by, appraisal, province, code, seen=seen, score=score, reason=said).version
