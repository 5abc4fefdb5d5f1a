"""The fields of a self-evaluation: each saved by itself as soon as it is left, against the version that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial

import polars as pl
import streamlit as st

from data.appraisals import Appraisal
from data.home import home
from data.manifest import Published
from data.readers import Reader
from metrics.appraisal.indicators import as_decimal
from pages.components.left_fields import Field, keep_mine, save_left_fields, show_field, take_theirs
from pages.components.numbers import exact, signed
from pages.components.proof import proof_button
from pages.components.receipt_words import moment
from pages.components.words import both, t
from pages.components.work_proofs import indicator_proof, points_said, weight_said
from pages.components.work_reads import Appraised
from pipelines.workflow.refusals import ConflictError, LockedError
from pipelines.workflow.self_evaluation import Entry, SelfEvaluation, save

_PLACES, _KEPT_PLACES = 2, 4
_HEIGHT = 80
_NARROW = (1, 1, 2.4)


def form(build: Published, by: Reader, found: Appraised, standing: SelfEvaluation, layer: str) -> None:
    """The fields of one layer; locked ones are shown as they were handed in."""
    for code in found.scheme.layers[layer].indicators:
        with st.container(border=True, gap="small"):
            _indicator(build, by, found, standing, code)


def system_values(found: Appraised) -> dict[str, Decimal | None]:
    """Points of every indicator as computed, to four places; None where they are not certain."""
    rows = found.nodes.filter(pl.col("level") == "indicator")
    values: dict[str, Decimal | None] = {}
    for code, used, low, high in rows.select("code", "used", "share_low", "share_high").iter_rows():
        is_sure = low is not None and low == high
        values[code] = as_decimal(str(Fraction(used) * Fraction(low)), _KEPT_PLACES) if is_sure else None
    return values


def compared_values(found: Appraised, standing: SelfEvaluation) -> Mapping[str, Decimal | None]:
    """What own points are held against: the computed points, and once handed in those of that moment."""
    if standing.state == "submitted" and standing.handed_in:
        return standing.handed_in.system
    return system_values(found)


def deviation(system: Decimal | None, entry: Entry) -> Decimal | None:
    """How much the own points differ from the computed ones; None where they do not, or cannot be compared."""
    if system is None or entry.value is None:
        return None
    found = round(entry.value - system, _PLACES)
    return found or None


def adopt_button(by: Reader, found: Appraised, standing: SelfEvaluation) -> None:
    """Fill every empty field that has a computed value with it; a field that somebody fills meanwhile is left alone."""
    empty = {
        code: value
        for code, value in system_values(found).items()
        if value is not None and not standing.entry(code).version
    }
    st.button(
        t("self_evaluation.adopt", count=len(empty)),
        key="self_adopt",
        disabled=not empty or standing.state == "submitted",
        on_click=_adopt,
        args=(by, found.appraisal, empty),
        help=t("self_evaluation.adopt_help"),
    )


def _indicator(build: Published, by: Reader, found: Appraised, standing: SelfEvaluation, code: str) -> None:
    indicator, entry = found.scheme.indicator(code), standing.entry(code)
    node = found.nodes.filter(pl.col("code") == code).row(0, named=True)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        weight = weight_said(node["weight_used"])
        st.markdown(
            f"**{both(indicator)}** {t('self_evaluation.weight', weight=weight)}",
            help=both(indicator.formula),
        )
        proof_button(
            indicator_proof(build, by.scope, found, standing.province, code, f"self_{code}"), f"self_{code}"
        )
    if node["state"] == "not_applicable":
        st.caption(t("self_evaluation.not_applicable"))
        return
    system = compared_values(found, standing).get(code)
    computed, own, said = st.columns(_NARROW, gap="medium")
    with computed:
        st.caption(t("self_evaluation.system"))
        if standing.state == "submitted" and system is not None:
            shown = points_said(float(system), float(system))
        else:
            shown = points_said(node["points_low"], node["points_high"])
        st.markdown(f"**{shown}**")
        if why := _why(found, code):
            st.caption("  \n".join(why))
    if standing.state == "submitted":
        with own:
            st.caption(t("self_evaluation.own"))
            st.markdown(f"**{exact(entry.value, _PLACES)}**")
            _badge(system, entry)
        with said:
            st.caption(t("self_evaluation.explanation"))
            st.text(entry.explanation or "—")
        return
    key = f"self_{found.appraisal.code}_{standing.province}_{code}"
    number = None if entry.value is None else float(entry.value)
    saving = partial(_save, by, found.appraisal, code, system)
    field = show_field(key, entry.version, number, entry.explanation, saving)
    with own:
        st.number_input(
            t("self_evaluation.own"),
            min_value=0.0,
            max_value=round(float(node["weight_used"]), _KEPT_PLACES) or 0.0,
            step=0.1,
            format="%.2f",
            key=f"{key}_value",
            on_change=save_left_fields,
        )
        _badge(system, entry)
    with said:
        st.text_area(
            t("self_evaluation.explanation"),
            key=f"{key}_said",
            height=_HEIGHT,
            max_chars=2000,
            on_change=save_left_fields,
        )
    _told(field, key)


def _save(
    by: Reader,
    appraisal: Appraisal,
    code: str,
    system: Decimal | None,
    seen: int,
    number: float | None,
    said: str,
) -> int:
    value = None if number is None else Decimal(str(number))
    saved = save(home(), by, appraisal, code, seen=seen, value=value, explanation=said, system_value=system)
    return saved.version


def _told(field: Field, key: str) -> None:
    """What became of the last save: nothing to say where it is on the disk."""
    if field.wrong:
        st.error(t("self_evaluation.not_saved", why=field.wrong))
    current: Entry | None = field.conflict
    if current is None or current.saved_at is None:
        return
    st.error(
        t(
            "self_evaluation.conflict",
            at=moment(current.saved_at),
            value=exact(current.value),
            explanation=current.explanation or "—",
        )
    )
    with st.container(horizontal=True, gap="small"):
        st.button(t("self_evaluation.take_theirs"), key=f"{key}_theirs", on_click=take_theirs, args=(key,))
        st.button(t("self_evaluation.keep_mine"), key=f"{key}_mine", on_click=keep_mine, args=(key,))


def _adopt(by: Reader, appraisal: Appraisal, values: dict[str, Decimal]) -> None:
    for code, value in values.items():
        try:
            save(home(), by, appraisal, code, seen=0, value=value, system_value=value)
        except ConflictError:
            continue
        except LockedError:
            return


def _badge(system: Decimal | None, entry: Entry) -> None:
    apart = deviation(system, entry)
    if apart is not None:
        word = t("self_evaluation.deviation", points=signed(apart))
        st.markdown(f":{'blue' if entry.explanation else 'orange'}-badge[{word}]")


def _why(found: Appraised, code: str) -> list[str]:
    """Why the indicator loses points, or what it lacks; one line for each part."""
    return [said for said in found.lost.filter(pl.col("indicator") == code)["said"] if said]
