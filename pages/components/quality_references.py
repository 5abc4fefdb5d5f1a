"""What rows point to and is not in the facts: what, how often, where, and the remedy; one line when all is there."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.components.header import section
from pages.components.numbers import MISSING, exact
from pages.components.quality_words import column_name, labels
from pages.components.receipt_words import dataset_names
from pages.components.twin import table_with_export
from pages.components.words import t
from pipelines.quality import Quality


def reference_findings(found: Quality) -> None:
    """Draw the section; nothing where no row points anywhere, or an earlier release read the build."""
    if found.references is None or found.references.is_empty():
        return
    section(t("quality.references_title"), t("quality.references_subtitle"))
    missing = found.references.filter(pl.col("unknown") > 0)
    if missing.is_empty():
        rows = exact(int(found.references["rows"].sum()))
        st.success(
            t("quality.references_whole", count=exact(found.references.height), rows=rows),
            icon=":material/check_circle:",
        )
        return
    st.warning(
        t(
            "quality.references_missing",
            rows=exact(int(missing["unknown"].sum())),
            count=exact(missing.height),
        )
    )
    table = _counted(missing.sort("is_loaded", "unknown", descending=True))
    table_with_export(
        table, name=t("quality.references_name"), key="quality_references", labels=labels(table)
    )
    st.markdown(t("quality.references_first"))
    first = _placed(found.unknown)
    table_with_export(
        first, name=t("quality.references_rows_name"), key="quality_reference_rows", labels=labels(first)
    )


def _counted(missing: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {
            **_said(row),
            "rows": row["rows"],
            "unknown": row["unknown"],
            "remedy": t(
                f"quality.remedy.{'unknown' if row['is_loaded'] else 'not_loaded'}",
                to=dataset_names()[row["to"]],
            ),
        }
        for row in missing.iter_rows(named=True)
    ]
    return pl.DataFrame(rows)


def _placed(unknown: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {
            **_said(row),
            "value": row["value"],
            "file": row["file"] or MISSING,
            "sheet": row["sheet"] or MISSING,
            "cell": row["cell"] or str(row["row_no"]),
        }
        for row in unknown.iter_rows(named=True)
    ]
    return pl.DataFrame(rows)


def _said(row: dict) -> dict[str, str]:
    columns = t("rule.list").join(column_name(row["dataset"], column) for column in row["columns"])
    titles = dataset_names()
    return {"dataset": titles[row["dataset"]], "column": columns, "to": titles[row["to"]]}
