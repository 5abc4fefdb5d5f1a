"""What the units reported on the 25 measures: how many are in force, and one measure's status, document and figure."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data import register
from data.access import Scope
from data.dataset import contract
from data.manifest import Published
from metrics import environment
from metrics.origin import ROW
from pages.components.facts import build_said, default_as_of, facts_of
from pages.components.filters import choice
from pages.components.header import section
from pages.components.member_proofs import Source
from pages.components.numbers import exact, iso
from pages.components.programme_reads import records
from pages.components.proof import Proof, is_open, proof_button
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import both, t

DATASET = "environment_measures"


def has_measures(build: Published | None) -> bool:
    """Whether any unit has reported on the measures."""
    return build is not None and bool(build.rows.get(DATASET))


def reported_view(build: Published, scope: Scope) -> None:
    """The units by measures in force, then one measure of theirs; of the latest year up to the build's day."""
    rows = _rows(build.file, scope, build)
    day = default_as_of(build)
    year = rows.filter(pl.col("year") <= day.year)["year"].max() or rows["year"].max()
    section(t("policy.section.reported", year=year), t("policy.said.reported"))
    known = register.measures().measures
    counted = environment.by_unit(rows, int(year), len(known))  # type: ignore[arg-type]
    _table(counted.with_columns(pl.col("province").replace_strict(unit_names())), f"measures_{year}")
    names = {str(one.number): t("policy.numbered", number=one.number, name=both(one)) for one in known}
    first = next(str(one.number) for one in known if one.checks)
    number = choice(
        "measure", list(names), label=t("policy.column.measure"), show=names.__getitem__, default=first
    )
    found = environment.of_measure(rows, int(year), int(number))  # type: ignore[arg-type]
    _one_measure(found, known[int(number) - 1], f"measure_{number}_{year}")
    source = Source(build, scope, day)
    key = f"measure_{number}"
    parts = [records(source, DATASET, found, "status")] if is_open(key) else []
    proof = Proof(
        title=names[number],
        value=t("policy.units_said", count=exact(found.height)),
        formula=t("policy.formula"),
        as_of=iso(day),
        article=register.measures().document,
        marks=(register.measures().mark,),
        parts=parts,
        build=build_said(build),
    )
    proof_button(proof, key, t("policy.rows_behind"))


def _one_measure(found: pl.DataFrame, measure: register.Measure, name: str) -> None:
    column = contract(DATASET).column("indicator_value")
    statuses = {value.code: both(value) for value in contract(DATASET).column("status").values}
    table = found.select(
        pl.col("province").replace_strict(unit_names()),
        pl.col("status").replace(statuses),
        "document_no",
        indicator=pl.col("indicator_value").cast(pl.Float64) / column.scale,
    )
    st.caption(t("policy.value_means", value=both(measure.value)))
    for check in measure.checks:
        if check.of != "reserved":
            continue
        told = {"name": both(check), "percent": exact(check.at_least_pct), "mark": check.mark}
        st.caption(t("policy.at_least", **told))
        enough = environment.at_least(found["indicator_value"], check.at_least_pct, column.scale)
        said = {True: t("policy.enough"), False: t("policy.short"), None: None}
        table = table.with_columns(verdict=pl.Series([said[one] for one in enough], dtype=pl.String))
    _table(table, name)


def _table(table: pl.DataFrame, name: str) -> None:
    labels = {column: t(f"policy.column.{column}") for column in table.columns}
    table_with_export(table, name=f"policy_{name}", key=f"policy_{name}", labels=labels)


@st.cache_resource(max_entries=4, show_spinner=False)
def _rows(file: str, scope: Scope, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    columns = ", ".join((*contract(DATASET).fields, *ROW))
    found = facts_of(_build, scope).table(DATASET).select(columns).pl()
    return found.with_columns(pl.col("status").cast(pl.String)).sort(ROW)
