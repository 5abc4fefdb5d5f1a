"""What stands beside a panelist's form: the computed indicators with their reasons, and what the province says."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.home import home
from data.manifest import Published
from data.readers import Reader
from pages.components.proof import proof_button
from pages.components.twin import table_with_export
from pages.components.words import both, t
from pages.components.work_proofs import indicator_proof, names, points_said, weight_said
from pages.components.work_reads import Appraised
from pipelines.workflow.self_evaluation import read

_PLACES = 2


def evidence(build: Published, by: Reader, found: Appraised, unit: str) -> None:
    """The computed indicators, layer by layer: points, full marks, why points are lost, and their rows."""
    reasons: dict[str, list[str]] = {}
    for indicator, said in found.lost.select("indicator", "said").iter_rows():
        reasons.setdefault(indicator, []).append(said)
    nodes = {row["code"]: row for row in found.nodes.iter_rows(named=True)}
    for layer in found.scheme.layers.values():
        computed = [
            code
            for code, indicator in layer.indicators.items()
            if indicator.kind == "computed" and nodes[code]["state"] != "not_applicable"
        ]
        low = sum(nodes[code]["points_low"] for code in computed)
        high = sum(nodes[code]["points_high"] for code in computed)
        most = sum(nodes[code]["weight_used"] for code in computed)
        points = points_said(low, high)
        title = t("my_reviews.layer", layer=both(layer), points=points, most=weight_said(most))
        with st.expander(title):
            for code in computed:
                _line(build, by, found, unit, code, nodes[code], reasons.get(code, []))


def own_words(by: Reader, found: Appraised, unit: str) -> None:
    """The province's own points and explanations; only what was handed in."""
    standing = read(home(), by, found.appraisal, unit)
    st.markdown(f"**{t('my_reviews.own_title')}**")
    if standing.handed_in is None or standing.state != "submitted":
        st.caption(t("my_reviews.no_self"))
        return
    known = names(found)
    table = pl.DataFrame(
        [
            (known[code], None if entry.value is None else float(entry.value), entry.explanation)
            for code in known
            if (entry := standing.entry(code)).version
        ],
        schema={"indicator": pl.String, "own": pl.Float64, "explanation": pl.String},
        orient="row",
    )
    st.caption(t("my_reviews.self_receipt", number=standing.handed_in.number))
    table_with_export(
        table.with_columns(pl.col("own").round(_PLACES)),
        name=f"self_evaluation_{unit}",
        key=f"review_self_{unit}",
        labels={name: t(f"work.column.{name}") for name in table.columns},
    )


def _line(
    build: Published, by: Reader, found: Appraised, unit: str, code: str, node: dict, reasons: list[str]
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        points = points_said(node["points_low"], node["points_high"])
        most = weight_said(node["weight_used"])
        st.markdown(t("my_reviews.line", name=names(found)[code], points=points, most=most), width="content")
        key = f"review_{unit}_{code}"
        proof_button(indicator_proof(build, by.scope, found, unit, code, key), key)
    said = [reason for reason in reasons if reason]
    if said:
        st.caption("  \n".join(said))
