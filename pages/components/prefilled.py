"""The workbooks of a province, filled with what the facts know of it: for whom, of which year, and the download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.appraisals import Appraisal
from data.rounds import load_round
from pages.components.reader_switch import reader
from pages.components.unit_map import unit_names
from pages.components.upload import XLSX
from pages.components.words import both, language, t
from pipelines.self_evaluation_template import facts_of, latest_appraisal, workbook_bytes, years_asked


def prefilled_workbook(name: str) -> None:
    """Choose the province and the year, then the workbook; a province has only its own."""
    own = reader().unit
    units = {code: shown for code, shown in unit_names(programme=True).items() if own is None or code == own}
    unit = st.selectbox(
        t("reader.unit"), list(units), format_func=units.__getitem__, key=f"load_workbook_unit_{language()}"
    )
    facts = facts_of(unit)
    years, latest = years_asked(facts)
    first = years.index(latest) if latest else 0
    year = st.selectbox(t("load.workbook_year"), years, index=first, key="load_workbook_year")
    found = latest_appraisal(facts, unit, year)
    if found is None:
        st.caption(t("load.workbook_none", unit=units[unit], year=year))
        return
    workbook_buttons(name, unit, found, "load_workbook")
    st.caption(
        t(
            "load.workbook_of",
            unit=units[unit],
            round=both(load_round(found.round).title),
            batch=found.support_batch,
            year=year,
        )
    )


def workbook_buttons(name: str, unit: str, of: Appraisal, key: str) -> None:
    """The workbook under the headers of the reader's language before those of the other, made when asked for."""
    with st.container(horizontal=True, gap="small"):
        for code in sorted(("zh", "en"), key=lambda code: code != language()):
            st.download_button(
                t(f"upload.template_{code}"),
                partial(_made, name, unit, of, code),
                f"{name}_{unit}_{of.code}_{code}.xlsx",
                XLSX,
                key=f"{key}_{name}_{code}",
                on_click="ignore",
            )


def _made(name: str, unit: str, of: Appraisal, code: str) -> bytes:
    return workbook_bytes(name, facts_of(unit), unit, of, code)
