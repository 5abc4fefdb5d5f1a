"""The form of the size page: an industry code found by number or name, and the figures that can count."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.industries import english_name, industry_codes
from metrics.scoring.rule_words import Words
from pages.components.words import language, t
from pipelines.intake.check import Checked, check_rows
from pipelines.intake.findings import render

DATASET = "annual_returns"
FIGURES = ("employees", "revenue", "total_assets")
_ANSWERS = "size_answers"


def size_form(words: Words) -> dict[str, str]:
    """Draw the form; returns what was submitted last in this session, by column; nothing before that."""
    given = st.session_state.get(_ANSWERS, {})
    names = code_names(language())
    findings = _findings(given)
    with st.form("size", border=True):
        codes = list(names)
        at = codes.index(given["industry_code"]) if given.get("industry_code") in names else None
        st.selectbox(
            t("size_class.code"),
            codes,
            index=at,
            format_func=names.__getitem__,
            filter_mode="contains",
            placeholder=t("size_class.code_placeholder"),
            help=t("size_class.code_help"),
            key=_key("industry_code"),
        )
        for field in FIGURES:
            st.text_input(
                words.header(field),
                value=given.get(field, ""),
                key=_key(field),
                help=t(f"size_class.figure_help.{field}"),
            )
            for said in findings.get(field, ()):
                st.caption(f":red[{said}]")
        st.form_submit_button(
            t("size_class.submit"), type="primary", width="stretch", on_click=_gather, args=(language(),)
        )
    return given


def checked_answers(given: dict[str, str]) -> Checked:
    """The answers through the same check as a file; blank is missing."""
    row = {field: [given.get(field) or None] for field in ("industry_code", *FIGURES)}
    return check_rows(pl.DataFrame(row, schema=dict.fromkeys(row, pl.String)), DATASET, needs=())


def code_names(code: str) -> dict[str, str]:
    """Every industry code below the sections, with its name in the reader's language."""
    known = [item for item in industry_codes().values() if not item.is_section]
    if code == "zh":
        return {item.code: f"{item.code} {item.name}" for item in known}
    return {item.code: f"{item.code} {english_name(item.code)} · {item.name}" for item in known}


def _findings(given: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not given:
        return found
    for row in render(checked_answers(given).findings, language()).iter_rows(named=True):
        found.setdefault(row["column"], []).append(
            t("size_class.said", message=row["message"], remedy=row["remedy"])
        )
    return found


def _gather(language: str) -> None:
    fields = ("industry_code", *FIGURES)
    taken = {field: str(st.session_state.get(f"size_{field}_{language}") or "").strip() for field in fields}
    st.session_state[_ANSWERS] = taken


def _key(field: str) -> str:
    # The browser holds the shown label of a choice; in the other language that label does not exist.
    return f"size_{field}_{language()}"
