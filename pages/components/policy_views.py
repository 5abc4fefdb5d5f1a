"""The register drawn as tables: documents, duties, days, texts, readings, and the 25 measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from data import register
from pages.components.header import section
from pages.components.numbers import exact, iso
from pages.components.states import empty
from pages.components.twin import export_buttons, labelled
from pages.components.words import both, t


def documents_view() -> None:
    """Every document with publisher, dates, standing, source mark and where a copy was seen."""
    section(t("policy.section.documents"), t("policy.said.documents"))
    _table(
        "documents",
        (
            {
                "number": one.number,
                "title": both(one),
                "publisher": both(one.publisher),
                "issued": iso(one.issued),
                "effective": iso(one.effective),
                "standing": t(f"policy.standing.{one.standing}"),
                "mark": one.mark,
                "note": both(one.note),
                "link": one.link,
            }
            for one in register.documents()
        ),
    )


def duties_view() -> None:
    """Who does what, on which page; and who signed the opinions of 2020."""
    found = register.duties()
    section(t("policy.section.duties"), t("policy.said.duties"))
    _table(
        "duties",
        (
            {
                "who": both(one.who),
                "what": both(one.what),
                **_cited(one),
                "page": t(f"page.{one.page}") if one.page else "",
            }
            for one in found.duties
        ),
    )
    names = t("number.and").join(both(one) for one in found.signatories)
    st.caption(t("policy.signatories", count=len(found.signatories), names=names))


def calendar_view() -> None:
    """The days and windows of the yearly work."""
    section(t("policy.section.calendar"), t("policy.said.calendar"))
    _table(
        "calendar",
        (
            {
                "from": iso(one.from_),
                "to": iso(one.to),
                "days": one.days,
                "place": both(one.place) if one.place else t("policy.country"),
                "what": both(one),
                **_cited(one),
            }
            for one in register.calendar()
        ),
    )


def texts_view() -> None:
    """What is said and shown as text: the tiers, aims, notices to enterprises, sources, kinds of support, words."""
    for kind in register.KINDS:
        section(t(f"policy.kind.{kind}"))
        own = [one for one in register.texts() if one.kind == kind]
        lines = [t("policy.text", text=both(one), document=one.document, mark=one.mark) for one in own]
        st.markdown("\n".join(lines))


def readings_view() -> None:
    """How contradictions are read, and what could not be confirmed."""
    found = register.readings()
    section(t("policy.section.readings"), t("policy.said.readings"))
    _table(
        "readings",
        ({"reading": both(one), "evidence": both(one.evidence), **_cited(one)} for one in found.readings),
    )
    section(t("policy.section.unconfirmed"), t("policy.said.unconfirmed"))
    _table("unconfirmed", ({"what": both(one)} for one in found.unconfirmed))


def measures_view() -> None:
    """The 25 measures with what each asks for and what could be followed."""
    found = register.measures()
    section(t("policy.section.measures"), t("policy.said.measures", document=found.document))
    _table(
        "measures",
        (
            {
                "measure": one.number,
                "area": both(found.areas[one.area]),
                "title": both(one),
                "points": t("policy.semicolon").join(
                    [
                        *(_point(point) for point in one.points),
                        *(
                            t(
                                "policy.at_least",
                                name=both(check),
                                percent=exact(check.at_least_pct),
                                mark=check.mark,
                            )
                            for check in one.checks
                        ),
                        *([t("policy.seen_on", page=t(f"page.{one.page}"))] if one.page else []),
                    ]
                ),
                "value": both(one.value),
            }
            for one in found.measures
        ),
    )


def no_measures_loaded() -> None:
    """Say that no unit has reported on the measures, and the first step."""
    empty(t("policy.no_measures"), t("policy.no_measures_step"))


def _point(point: register.Point) -> str:
    return t("policy.text_only", point=both(point)) if point.is_text else both(point)


def _cited(one: Any) -> Mapping[str, str]:
    return {"document": one.document, "mark": one.mark}


def _table(key: str, rows: Iterable[Mapping[str, Any]]) -> None:
    table = pl.DataFrame(list(rows))
    labels = {name: t(f"policy.column.{name}") for name in table.columns}
    read = table
    if "link" in table.columns:
        to = pl.format("[{}](https://{})", pl.lit(t("policy.copy")), "link")
        read = read.with_columns(link=pl.when(pl.col("link") != "").then(to).otherwise(pl.lit("")))
    some = [name for name in read.columns if not (read[name].cast(pl.String).fill_null("") == "").all()]
    # Sentences: a grid would cut them.
    st.table(labelled(read.select(some), labels), border="horizontal", hide_index=True)
    export_buttons(labelled(table, labels), name=f"policy_{key}", key=f"policy_{key}")
