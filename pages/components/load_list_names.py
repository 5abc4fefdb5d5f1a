"""What official lists name, before they are loaded: matched, by a former name, without a firm, named twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.access import Facts
from data.home import home
from pages.components.header import section
from pages.components.load_files import Handed
from pages.components.numbers import MISSING, exact
from pages.components.states import loading
from pages.components.twin import table_with_export
from pages.components.words import t
from pipelines.intake.check import Checked
from pipelines.list_preview import LOOKED_UP, counts, listed_names, names_alike
from pipelines.workflow.listed_names import decisions, waiting

_SHOWN = ("name", "uscc", "registered", "times", "file", "sheet", "cell")


def names_preview(ready: Sequence[Handed], day: dt.date, facts: Facts | None) -> None:
    """The names of lists that can be loaded, their firms as of the day, and names that are like an unmatched one."""
    digests = tuple(one.upload.digest for one in ready)
    built = facts.build.file if facts else ""
    with loading(t("title_lists.names_of")):
        decided = max((one.number for one in decisions(home())), default=0)
        names = _names(digests, day, built, [one.checked for one in ready], decided, facts)
    section(t("title_lists.preview"), t("title_lists.preview_said"))
    found = counts(names)
    st.markdown(t("title_lists.counts", **{kind: exact(count) for kind, count in found.items()}))
    parts = {
        "unmatched": names.filter(pl.col("matched_by").is_null()),
        "former_name": names.filter(pl.col("matched_by") == "former_name"),
        "repeated": names.filter(pl.col("times") > 1),
        "names": names,
    }
    labels = [t(f"title_lists.part.{part}", count=exact(rows.height)) for part, rows in parts.items()]
    for tab, (part, rows) in zip(st.tabs(labels, key="list_tabs"), parts.items(), strict=True):
        with tab:
            if rows.is_empty():
                st.caption(t(f"title_lists.none.{part}"))
            elif part == "unmatched":
                _unmatched(rows, built, facts)
            else:
                _table(rows, part)


def _unmatched(rows: pl.DataFrame, built: str, facts: Facts | None) -> None:
    with loading(t("title_lists.alike_of")):
        alike = _alike(tuple(rows["name"].head(LOOKED_UP)), built, facts)
    st.caption(t("title_lists.alike_said", count=exact(min(rows.height, LOOKED_UP))))
    said = [
        t("title_lists.alike_one", alike=name, uscc=uscc or MISSING, percent=likeness)
        for name, likeness, uscc in alike.select("alike", "likeness_pct", "uscc").iter_rows()
    ]
    offered = (
        alike.with_columns(pl.Series("alike", said, dtype=pl.String))
        .group_by("name", maintain_order=True)
        .agg(pl.col("alike").str.join(t("rule.semicolon")))
    )
    _table(
        rows.drop("uscc", "registered").join(offered, on="name", how="left", maintain_order="left"),
        "unmatched",
        ("name", "alike", "times", "file", "sheet", "cell"),
    )


def _table(rows: pl.DataFrame, part: str, columns: Sequence[str] = _SHOWN) -> None:
    table = rows.select(columns)
    table_with_export(
        table.with_columns(pl.col(pl.String).fill_null(MISSING)),
        name=f"title_lists_{part}",
        key=f"list_{part}",
        labels={name: t(f"title_lists.column.{name}") for name in columns},
        exported=table,
    )


# Both kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=16, scope="session", show_spinner=False)
def _names(
    digests: tuple[str, ...],  # noqa: ARG001 - the cache goes by it
    day: dt.date,
    built: str,  # noqa: ARG001 - as above
    _lists: Sequence[Checked],
    decided: int,  # noqa: ARG001 - as above
    _facts: Facts | None,
) -> pl.DataFrame:
    return listed_names(_lists, day, _facts, waiting(home()))


@st.cache_resource(max_entries=16, scope="session", show_spinner=False)
def _alike(unmatched: tuple[str, ...], built: str, _facts: Facts | None) -> pl.DataFrame:  # noqa: ARG001 - as above
    return names_alike(unmatched, _facts)
