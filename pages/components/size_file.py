"""The size classes of a file of firms: upload, findings or counts, the table of firms, the download."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from data.rulebook import size_standard
from metrics.scoring.rule_words import Words
from pages.components import charts
from pages.components.downloads import downloads
from pages.components.figures import Figure, headline_figures
from pages.components.findings_panel import acceptance, refusal
from pages.components.header import section
from pages.components.numbers import exact, headline, percent
from pages.components.proof import Proof
from pages.components.size_result import class_name
from pages.components.states import empty
from pages.components.twin import twin
from pages.components.upload import checked, template_buttons, upload
from pages.components.words import t
from pipelines.exports import xlsx_bytes
from pipelines.intake.check import Checked
from pipelines.scoring import sizes_of

NEEDS = ("uscc", "name")
CLASSES = ("large", "medium", "small", "micro", "undetermined")
SME = ("large", "medium", "small", "micro")
HEIGHT = 220


# Kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def sizes(digest: str, version: str, _checked: Checked) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    """uscc, name, industry, size_class of the firms of an accepted file."""
    return sizes_of(_checked)


def size_file(words: Words) -> None:
    """Everything of the file mode, in the order in which it happens."""
    given = upload("size_upload", t("upload.label_size"))
    if given is None:
        empty(t("size_class.file_start"), t("size_class.file_first_step"))
        template_buttons("size")
        return
    with st.spinner(t("size_class.working")):
        found = checked(given.digest, given.name, given.content, NEEDS)
    if not found.accepted:
        refusal(given, found, "upload.refused_size")
        return
    acceptance(given, found)
    table = sizes(given.digest, size_standard().version, found)
    _counts(table, words)
    name = t("size_class.file_name", name=given.stem)
    title = t("size_class.download_title", count=exact(table.height))
    st.markdown(f"**{title}**", help=t("size_class.download_help"))
    said, labels = _in_words(table, words)
    worded = partial(xlsx_bytes, said.rename(labels))
    codes = table.select("uscc", "name", "size_class")
    downloads(codes, worded, name, "size_download", t("size_class.download_words"))
    section(t("size_class.counts_title"))
    twin({t("twin.chart"): lambda: _chart(table)}, said, name=name, key="sizes", labels=labels)


def _in_words(table: pl.DataFrame, words: Words) -> tuple[pl.DataFrame, dict[str, str]]:
    """The classes in words, and the header of each column."""
    industries = {item.id: words.label(item.label) for item in size_standard().industries}
    unplaced = t("size_class.unplaced_short")
    classes = {name: class_name(name) for name in CLASSES}
    said = table.select(
        "uscc",
        "name",
        pl.col("industry").replace_strict(industries, default=unplaced, return_dtype=pl.String),
        pl.col("size_class").replace_strict(classes, return_dtype=pl.String),
    )
    labels = {field: words.field(field) for field in ("uscc", "name")}
    return said, labels | {"industry": t("size_class.industry"), "size_class": t("size_class.result")}


def _counts(table: pl.DataFrame, words: Words) -> None:
    counts = dict(table["size_class"].value_counts().iter_rows())
    total = max(table.height, 1)
    sme = sum(counts.get(name, 0) for name in SME if name != "large")
    wanted = {"large": counts.get("large", 0), "sme": sme, "undetermined": counts.get("undetermined", 0)}
    size = size_standard()
    figures = []
    for name, count in wanted.items():
        of = [name] if name != "sme" else [each for each in SME if each != "large"]
        proof = Proof(
            title=t(f"size_class.count_{name}"),
            value=exact(count),
            formula=t("size_class.proof_open" if name == "undetermined" else "size_class.proof_formula"),
            members=table.filter(pl.col("size_class").is_in(of)).select("uscc", "name"),
            rule=f"{size.id}@{size.version}",
            article=words.document(size.document),
            marks=(size.document.source,),
            absent="" if count else t("size_class.proof_absent"),
            labels={field: words.field(field) for field in ("uscc", "name")},
        )
        remark = (
            t("size_class.open_remark")
            if name == "undetermined"
            else t("score_file.share", share=percent(100 * count / total))
        )
        detail = (
            t("rule.list").join(
                t("size_class.step", name=class_name(each), amount=exact(counts.get(each, 0))) for each in of
            )
            if name == "sme"
            else ""
        )
        figures.append(
            Figure(name, t(f"size_class.count_{name}"), headline(count), proof, remark=remark, detail=detail)
        )
    headline_figures(figures)


def _chart(table: pl.DataFrame) -> None:
    counts = dict(table["size_class"].value_counts().iter_rows())
    firms = [counts.get(name, 0) for name in CLASSES]
    colours = charts.palette()
    chart = charts.figure(
        charts.bar(
            x=[class_name(name) for name in CLASSES],
            y=firms,
            text=[exact(count) for count in firms],
            textposition="outside",
            cliponaxis=False,
            textfont={"color": colours.text},
            marker={"color": [colours.tiers["srdi"]] * len(SME) + [colours.quiet]},
            hovertemplate="%{x} %{y:,}<extra></extra>",
        ),
        height=HEIGHT,
        bargap=0.45,
        yaxis={"visible": False, "range": [0, max(*firms, 1) * 1.2]},
        margin={"l": 4, "r": 8, "t": 20, "b": 4},
    )
    charts.draw(chart, key="sizes", alt=t("size_class.chart_alt", count=exact(table.height)))
