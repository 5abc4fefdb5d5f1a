"""What official lists that count did to the titles: holders before and after, opened and ended, receipt and build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.access import Scope
from data.home import home
from data.manifest import Published
from pages.components.facts import facts_of
from pages.components.figures import Figure, headline_figures
from pages.components.filters import put
from pages.components.header import section
from pages.components.load_run import first_built, is_just_loaded
from pages.components.member_pages import Records
from pages.components.member_proofs import Source, held_part, registry_proof, row_part
from pages.components.numbers import MISSING, exact, iso
from pages.components.plain_text import plain
from pages.components.states import error
from pages.components.twin import table_with_export
from pages.components.unit_map import unit_names
from pages.components.words import t
from pipelines.title_lists import Listed, Terms, effects, listed

_WARNED = ("repeated", "unmatched", "new_on_review", "without_title")


def lists_result(receipts: Sequence[int], terms: Terms, build: Published, scope: Scope) -> None:
    """What the lists of these receipts brought; nothing where there are none."""
    if not receipts:
        return
    shown = t("rule.list").join(map(str, receipts))
    if not set(receipts) <= set(build.receipts):
        error(t("load.not_built", receipt=shown), plain(terms.batch), t("load.not_built_remedy"))
        return
    numbers = tuple(sorted(receipts))
    found, opened, ended = _result(build.file, scope, numbers, terms, build)
    said = t(
        "title_lists.loaded" if is_just_loaded(receipts) else "title_lists.was_loaded",
        receipt=shown,
        names=exact(found.names),
        tier=t(f"tier.{terms.tier}"),
        event=t(f"title_lists.event.{terms.event}"),
        batch=plain(terms.batch),
        day=iso(terms.date),
    )
    (st.success if is_just_loaded(receipts) else st.info)(f"{said}  \n{first_built(numbers[-1], build)}")
    headline_figures(_figures(found, opened, ended, terms, build, scope))
    _warnings(found, terms)
    unmatched = opened.filter(pl.col("uscc").is_null())
    if unmatched.height:
        section(t("title_lists.unmatched", count=exact(unmatched.height)), t("title_lists.unmatched_said"))
        rows = _readable(unmatched).select("name", "province", "file", "sheet", "cell")
        table_with_export(
            rows.with_columns(pl.col(pl.String).fill_null(MISSING)),
            name=f"unmatched_receipt{'-'.join(map(str, numbers))}",
            exported=rows,
            key="list_result",
            labels={name: t(f"proof.column.{name}") for name in rows.columns},
        )
        st.button(
            t("names.go", count=exact(unmatched.height)),
            key="list_to_names",
            on_click=put,
            args=("kind", "names", "files"),
        )


def _figures(
    found: Listed, opened: pl.DataFrame, ended: pl.DataFrame, terms: Terms, build: Published, scope: Scope
) -> list[Figure]:
    before = Source(build, scope, terms.date - dt.timedelta(days=1))
    after = Source(build, scope, terms.date)

    def held(source: Source, count: int) -> Records:
        return held_part(source, terms.tier, count, t("proof.part_of.before", day=iso(source.as_of)))

    parts = {
        "before": (before, found.total_before, held(before, found.total_before)),
        "after": (after, found.total_after, held(after, found.total_after)),
        "opened": (after, found.opened, _part(opened, "opened")),
        "ended": (after, found.ended, _part(ended, "ended")),
    }
    return [_figure(of, *each) for of, each in parts.items()]


def _figure(of: str, source: Source, count: int, part: Records) -> Figure:
    label = t(f"title_lists.figure.{of}")
    value = exact(count)
    proof = registry_proof(source, label, value, t(f"title_lists.formula.{of}"), [part], "titles_of_list")
    return Figure(key=f"list_{of}", label=label, value=value, proof=proof, remark=iso(source.as_of))


def _part(rows: pl.DataFrame, of: str) -> Records:
    return row_part(_readable(rows), t(f"title_lists.records.{of}"), f"list_{of}")


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    found = rows.with_columns(
        pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String)
    )
    if "ended_by" not in rows.columns:
        return found
    said = {code: t(f"proof.ended_by.{code}") for code in rows["ended_by"].unique()}
    return found.with_columns(pl.col("ended_by").replace_strict(said, default=None, return_dtype=pl.String))


def _warnings(found: Listed, terms: Terms) -> None:
    counts = vars(found) | {"repeated": len(found.repeated)}
    lines = [
        t(f"title_lists.warned.{warning}", count=exact(counts[warning]))
        for warning in _WARNED
        if counts[warning]
    ]
    if terms.replaces and not found.total_before:
        lines.append(t("title_lists.warned.nothing_before", batch=plain(terms.replaces)))
    if lines:
        st.warning("  \n".join(lines))


@st.cache_resource(max_entries=16, scope="session", show_spinner=False)
def _result(
    file: str,  # noqa: ARG001 - the cache goes by it
    scope: Scope,
    receipts: tuple[int, ...],
    terms: Terms,
    _build: Published,
) -> tuple[Listed, pl.DataFrame, pl.DataFrame]:
    opened, ended = effects(facts_of(_build, scope), receipts, terms)
    return listed(home(), receipts, terms), opened, ended
